"""The stage: located claims in, incidents and links out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.incidents.compose import compose_incident
from tocsin.incidents.facts import prepare_facts
from tocsin.incidents.grouping import form_groups
from tocsin.incidents.identity import link_claims, name_groups, order_claims
from tocsin.records import Article, Claim, Incident, Link, Outlet

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

_NOTHING_HELD: Mapping[str, Link] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Grouping:
    """What the claims amount to.

    incidents  in order of first report
    links      one for each claim; a link that held already is the same record
    """

    incidents: tuple[Incident, ...]
    links: tuple[Link, ...]


def group_claims(
    claims: Sequence[Claim],
    articles: Mapping[str, Article],
    outlets: Mapping[str, Outlet],
    origins: Mapping[str, str],
    weights: MergeWeights,
    *,
    now: datetime,
    held: Mapping[str, Link] = _NOTHING_HELD,
) -> Grouping:
    """Bring the claims of one happening together. The order of `claims` does not matter.

    articles  by id, at least those of the claims
    outlets   by id; an article whose outlet is not among them counts as unreviewed
    origins   article id to the id of the earliest article of its origin (`find_origins`); a missing one is its own
    now       when new links are made
    held      the newest link of each claim that has one: incidents keep their identifiers, persons' links stay
    """
    facts = sorted(
        (
            prepare_facts(c, a, outlets.get(a.outlet_id or ""), origins.get(a.id, a.id), weights)
            for c in {c.id: c for c in claims}.values()
            for a in (articles[c.article_id],)
        ),
        key=lambda f: f.order,
    )
    pinned = {claim: link.incident_id for claim, link in held.items() if link.made_by.startswith("person:")}
    groups = [[facts[i] for i in members] for members in form_groups(facts, weights, pinned)]
    groups.sort(key=lambda group: group[0].order)
    incidents: list[Incident] = []
    links: list[Link] = []
    for group, id_ in zip(groups, name_groups(groups, held), strict=True):
        ordered = order_claims(group, id_)
        incidents.append(compose_incident(ordered, id_, weights))
        links += link_claims(ordered, id_, weights, held, now=now)
    return Grouping(tuple(incidents), tuple(links))
