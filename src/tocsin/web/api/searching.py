"""Searching everything: what the command palette asks while a person types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import JSONResponse

from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.asking import AskedHere
from tocsin.web.language import speak
from tocsin.web.phrases import cut_short
from tocsin.web.reaching import DeskHere
from tocsin.web.searching import Findings, search_desk
from tocsin.web.titles import title_incident

router = make_router("lists")
#: Hits of each kind.
MOST_HITS = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `url` opens it, `note` tells it apart."""

    title: str
    note: str
    url: str
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The newest hits of one kind; `url` opens all `total` of them."""

    kind: Literal["incidents", "claims", "articles", "places"]
    total: int
    url: str
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What holds the words that were asked for, kinds without a hit left out."""

    query: str
    groups: list[HitGroup]


@router.get("/search", response_model=SearchAnswer)
def get_search(
    desk: DeskHere,
    asked: AskedHere,
    spoken: Annotated[
        Literal["en", "sr-Latn", "sq"], Query(description="language that titles of incidents are made in")
    ] = "en",
) -> JSONResponse:
    """The newest five incidents, claims and articles that hold the words of `query`, and five places of such a name.

    Words are looked for from their beginnings; all of them must occur. Background is included.
    """
    query = asked.wanted.query or ""
    found = search_desk(desk, asked.wanted, MOST_HITS)
    here = {
        kind: asked.link(f"/{kind}", with_background=None if kind == "articles" else True)
        for kind in ("incidents", "claims", "articles")
    }
    with speak(spoken):
        told = _list_incidents(found)
    groups = [
        HitGroup("incidents", found.incident_count, here["incidents"], told),
        HitGroup("claims", found.claim_count, here["claims"], _list_claims(found)),
        HitGroup("articles", found.article_count, here["articles"], _list_articles(found)),
        HitGroup("places", len(found.places), asked.link("/search"), _list_places(found)),
    ]
    return answer(SearchAnswer(query, [group for group in groups if group.hits]))


def _list_incidents(found: Findings) -> list[Hit]:
    told = [one.incident for one in found.incidents]
    return [
        Hit(str(title_incident(i)), str(i.date or i.reported_at.date()), f"/incidents/{i.id}", i.is_exercise)
        for i in told
    ]


def _list_claims(found: Findings) -> list[Hit]:
    return [
        Hit(cut_short(c.evidence.text, 120), c.type, f"/articles/{c.article_id}#e-{c.id}", False) for c in found.claims
    ]


def _list_articles(found: Findings) -> list[Hit]:
    return [
        Hit(cut_short(a.title or a.text, 120), f"{a.outlet_name or ''} {a.shown_at.date()}".strip(),
            f"/articles/{a.id}", a.is_exercise)
        for a in found.articles
    ]  # fmt: skip


def _list_places(found: Findings) -> list[Hit]:
    return [
        Hit(p.name, " ".join(filter(None, (p.row.precision, p.row.country))), f"/places/{p.row.id}", False)
        for p in found.places
    ]
