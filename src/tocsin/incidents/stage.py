"""The stage: located claims in, incidents and links out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.incidents.anchors import find_countries
from tocsin.incidents.compose import compose_incident
from tocsin.incidents.decisions import is_persons
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.identity import FirstOf, LinkMemory, link_claims, name_groups, order_claims
from tocsin.incidents.partition import Partition
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

    claims    all that their articles say
    articles  by id, at least those of the claims
    outlets   by id; an article whose outlet is not among them counts as unreviewed
    origins   article id to the id of the earliest article of its origin (`find_origins`); a missing one is its own
    now       when new links are made
    held      the newest link of each claim that has one: incidents keep their identifiers, persons' links stay
    """
    partition = Partition(weights)
    pins = find_pins(held)
    countries = find_countries(claims)
    by_article: dict[str, list[Facts]] = defaultdict(list)
    for claim in {c.id: c for c in claims}.values():
        article = articles[claim.article_id]
        outlet = outlets.get(article.outlet_id or "")
        by_article[article.id].append(
            prepare_facts(
                claim, article, outlet, origins.get(article.id, article.id), weights, countries.get(article.id)
            )
        )
    for id_, facts in by_article.items():
        partition.put_article(id_, facts, pins)
    groups = [[partition.facts(c) for c in group] for group in partition.regroup().made]
    return settle_groups(groups, weights, partition.first_of, now=now, held=held)


def settle_groups(
    groups: Sequence[Sequence[Facts]],
    weights: MergeWeights,
    first_of: FirstOf,
    *,
    now: datetime,
    held: Mapping[str, Link] = _NOTHING_HELD,
    in_use: Container[str] = (),
    memory: LinkMemory | None = None,
) -> Grouping:
    """Name groups of claims, each in canonical order, and make their incidents and links.

    first_of  the claim that a claim repeats in a copy; itself, where it repeats none
    in_use    identifiers of incidents that other groups have
    memory    how links were explained before: it changes nothing but the time
    """
    memory = memory or LinkMemory()
    incidents: list[Incident] = []
    links: list[Link] = []
    for group, id_ in zip(groups, name_groups(groups, held, in_use), strict=True):
        ordered = order_claims(group, id_)
        incidents.append(compose_incident(ordered, id_, weights))
        links += link_claims(ordered, id_, weights, held, first_of, memory, now=now)
    return Grouping(tuple(incidents), tuple(links))


def find_pins(held: Mapping[str, Link]) -> dict[str, str]:
    """The claims that a person has placed, each with the incident it was placed in."""
    return {claim: link.incident_id for claim, link in held.items() if is_persons(link)}
