"""A small invented world in which claims can be made in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tocsin.incidents import Grouping, group_claims
from tocsin.knowledge.weights import MergeWeights, load_merge_weights
from tocsin.records import (
    Article,
    Attribution,
    Claim,
    Evidence,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reliability,
    Toll,
)

NOW = datetime(2026, 4, 1, tzinfo=UTC)
WEIGHTS = load_merge_weights()
FIRST = PartialDate.of_day(date(2026, 3, 1))
SECOND = PartialDate.of_day(date(2026, 3, 2))
TESKE = Place("Teske", "settlement", "XVA", 40.1, 20.1, "g:teske", within=("g:upper-valley", "country:XVA"))
TOWN_AREAS = ("g:teske", "g:upper-valley", "country:XVA")
BRIDGE = Place("Teske bridge", "site", "XVA", 40.11, 20.11, "g:bridge", within=TOWN_AREAS)
VALLEY = Place("the Upper Valley", "district", "XVA", 40.2, 20.2, "g:upper-valley", within=("country:XVA",))
ORLAN = Place("Orlan", "settlement", "XVA", 43.0, 24.0, "g:orlan", within=("g:coast", "country:XVA"))
POLICE = Party("Vasnian police", "XVA", "COP")
REBELS = Party("the Northern Front", "XVA", "REB")
CROWD = Party("residents of Teske", "XVA", "CVL")


class World:
    """Articles, outlets and claims, filled claim by claim."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.outlets: dict[str, Outlet] = {}
        self.claims: list[Claim] = []
        self.origins: dict[str, str] = {}

    def outlet(self, name: str, reliability: Reliability = "F") -> Outlet:
        reason = None if reliability == "F" else "seen for a year"
        outlet = Outlet(f"out_{name}", name, reliability=reliability, reliability_reason=reason)
        self.outlets[outlet.id] = outlet
        return outlet

    def article(
        self, id_: str, outlet: str = "Wire", at: datetime | None = datetime(2026, 3, 2, 8, tzinfo=UTC), **more: Any
    ) -> Article:
        if f"out_{outlet}" not in self.outlets:
            self.outlet(outlet)
        article = Article(id_, "x" * 5000, NOW, outlet_id=f"out_{outlet}", outlet_name=outlet, published_at=at, **more)
        self.articles[id_] = article
        return article

    def claim(
        self,
        article: str,
        type_: Any = "ASSAULT",
        words: str = "they were beaten",
        *,
        by: tuple[str | None, Any] | None = None,
        killed: int | tuple[int, int | None] | None = None,
        **fields: Any,
    ) -> Claim:
        """Add a claim to the article called `article`, which is made where it is missing."""
        if article not in self.articles:
            self.article(article, outlet=f"Outlet {article}")
        nth = sum(c.article_id == article for c in self.claims)
        fields.setdefault("date", FIRST)
        fields.setdefault("place", TESKE)
        if by:
            fields["attribution"] = (Attribution(by[0], by[1], "said"),)
        if killed is not None:
            low, high = killed if isinstance(killed, tuple) else (killed, killed)
            fields["tolls"] = (Toll("killed", low, high),)
        evidence = Evidence(words, 100 * nth, 100 * nth + len(words))
        claim = Claim(f"clm_{article}_{nth}", article, type_, evidence, **fields)
        self.claims.append(claim)
        return claim

    def group(
        self,
        claims: Iterable[Claim] | None = None,
        held: Mapping[str, Link] | None = None,
        weights: MergeWeights = WEIGHTS,
    ) -> Grouping:
        wanted = self.claims if claims is None else list(claims)
        return group_claims(wanted, self.articles, self.outlets, self.origins, weights, now=NOW, held=held or {})


def only(grouping: Grouping) -> Incident:
    """The one incident that the claims must have made."""
    assert len(grouping.incidents) == 1, [(i.type, i.claim_ids) for i in grouping.incidents]
    return grouping.incidents[0]


def partition(grouping: Grouping) -> set[frozenset[str]]:
    """The claims of each incident."""
    return {frozenset(i.claim_ids) for i in grouping.incidents}
