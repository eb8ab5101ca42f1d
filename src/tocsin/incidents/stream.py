"""Articles and claims as they come in, incidents as they change: the grouping of a live desk.

What has come and gone since changes nothing: after any sequence of steps the incidents hold the claims that grouping
all held ones at once would give. Memory is that of the stretch of time that is held.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.incidents.anchors import NOWHERE, Countries, find_countries
from tocsin.incidents.copies import OriginIndex, order_articles
from tocsin.incidents.facts import prepare_facts
from tocsin.incidents.identity import LinkMemory
from tocsin.incidents.partition import Partition
from tocsin.incidents.stage import find_pins, settle_groups
from tocsin.incidents.stream_records import Condenser
from tocsin.records import Article, Claim, Incident, Link, Outlet

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

_NOTHING_HELD: Mapping[str, Link] = MappingProxyType({})
_NOBODY: Mapping[str, Outlet] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of the stream changed.

    incidents  new ones and those that are not as they were
    gone       identifiers of incidents that are no more
    links      one for each claim of `incidents`; a link that held already is the same record
    origins    article id to origin, for the articles whose origin is new or another
    """

    incidents: tuple[Incident, ...]
    gone: tuple[str, ...]
    links: tuple[Link, ...]
    origins: Mapping[str, str]


class IncidentStream:
    """The incidents of a stretch of time, kept up to date."""

    def __init__(self, weights: MergeWeights) -> None:
        self._weights = weights
        self._origins = OriginIndex()
        self._partition = Partition(weights)
        self._condenser = Condenser()
        self._articles: dict[str, Article] = {}
        self._claims: dict[str, tuple[Claim, ...]] = {}
        self._countries: dict[str, str] = {}
        self._outlets: dict[str, Outlet] = {}
        self._links: dict[str, Link] = {}
        self._incidents: dict[str, Incident] = {}
        self._homes: dict[str, str] = {}
        self._explained = LinkMemory()

    def __len__(self) -> int:
        """How many claims are held."""
        return len(self._partition)

    def __contains__(self, claim_id: str) -> bool:
        """Whether a claim is held."""
        return claim_id in self._partition

    @property
    def incidents(self) -> Mapping[str, Incident]:
        """The incidents that are held, by identifier."""
        return MappingProxyType(self._incidents)

    def take(
        self,
        articles: Iterable[Article],
        claims: Iterable[Claim],
        outlets: Mapping[str, Outlet] = _NOBODY,
        *,
        now: datetime,
        held: Mapping[str, Link] = _NOTHING_HELD,
        countries: Countries = NOWHERE,
    ) -> Step:
        """Take in articles with all their claims; one that is held already is held with these claims instead.

        outlets    by id, at least those of the articles
        held       the newest links of claims, where there are: incidents keep their names, a person's links stay
        countries  what articles speak of that are taken with some of their claims alone
        """
        claims = list(claims)
        new = sorted({a.id: a for a in articles}.values(), key=order_articles)
        self._outlets |= {a.outlet_id: outlets[a.outlet_id] for a in new if a.outlet_id and a.outlet_id in outlets}
        self._links |= held
        changed = self._origins.add(new)
        by_article: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_article[claim.article_id].append(claim)
        found = {**find_countries(claims), **countries}
        for article in new:
            self._countries.pop(article.id, None)
            if article.id in found:
                self._countries[article.id] = sys.intern(found[article.id])
            mine = tuple({c.id: c for c in by_article[article.id]}.values())
            self._articles[article.id], self._claims[article.id] = self._condenser.condense(article, mine)
        for id_ in sorted({*changed, *(a.id for a in new), *(self._find_articles(held))} & self._articles.keys()):
            self._put(id_)
        return self._settle(now, {id_: self._origins.find_origin(id_) for id_ in changed})

    def forget(self, before: datetime, *, now: datetime) -> Step:
        """Let go of the incidents of which nothing was published since `before`, and of texts without a later copy.

        They are not `gone`: what was held of them elsewhere holds. An incident that is still reported stays whole.
        """
        over = {i.id: i for i in self._incidents.values() if all(self._is_old(c, before) for c in i.claim_ids)}
        claims = {c for incident in over.values() for c in incident.claim_ids}
        self._partition.drop_claims(claims)
        for id_ in over:
            del self._incidents[id_]
        for id_, article in list(self._articles.items()):
            if article.shown_at < before:
                left = tuple(c for c in self._claims[id_] if c.id not in claims)
                self._claims[id_] = left
                if not left:
                    del self._articles[id_], self._claims[id_]
                    self._countries.pop(id_, None)
        self._origins.forget(before)
        self._condenser.forget()
        return self._settle(now, {})

    def _put(self, article_id: str) -> None:
        article = self._articles[article_id]
        outlet = self._outlets.get(article.outlet_id or "")
        # an article whose text has been forgotten keeps to itself
        origin = self._origins.find_origin(article_id) if article_id in self._origins else article_id
        claims = self._claims[article_id]
        country = self._countries.get(article_id)
        facts = [prepare_facts(claim, article, outlet, origin, self._weights, country) for claim in claims]
        pins = find_pins({c.id: self._links[c.id] for c in claims if c.id in self._links})
        self._partition.put_article(article_id, facts, pins)

    def _settle(self, now: datetime, origins: Mapping[str, str]) -> Step:
        regrouping = self._partition.regroup()
        # a group that came out as it was keeps its incident as it is, unless another may take the name
        wished = {self._links[c].incident_id for group in regrouping.made for c in group if c in self._links}
        asked = [group for group in regrouping.kept if self._homes[group[0]] in wished]
        dissolved = {
            id_: incident
            for group in (*regrouping.gone, *asked)
            for id_ in {self._homes[c] for c in group if c in self._homes}
            if (incident := self._incidents.pop(id_, None)) is not None
        }
        groups = [[self._partition.facts(c) for c in group] for group in (*regrouping.made, *asked)]
        groups.sort(key=lambda group: group[0].order)
        grouping = settle_groups(
            groups,
            self._weights,
            self._partition.first_of,
            now=now,
            held=self._links,
            in_use=self._incidents,
            memory=self._explained,
        )
        for claim in {c for group in regrouping.gone for c in group if c not in self._partition}:
            self._links.pop(claim, None)
            self._homes.pop(claim, None)
            self._explained.forget(claim)
        self._links |= {link.claim_id: link for link in grouping.links}
        self._homes |= {link.claim_id: link.incident_id for link in grouping.links}
        self._incidents |= {incident.id: incident for incident in grouping.incidents}
        changed = tuple(i for i in grouping.incidents if dissolved.get(i.id) != i)
        ids = {i.id for i in changed}
        return Step(
            changed,
            tuple(sorted(dissolved.keys() - self._incidents.keys())),
            tuple(link for link in grouping.links if link.incident_id in ids),
            origins,
        )

    def _find_articles(self, held: Mapping[str, Link]) -> set[str]:
        """The articles of the claims that links are given for."""
        return {self._partition.facts(c).article.id for c in held if c in self._partition}

    def _is_old(self, claim_id: str, before: datetime) -> bool:
        return self._partition.facts(claim_id).article.shown_at < before
