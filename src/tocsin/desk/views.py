"""What one screen shows, gathered from the store: the web pages, the API and the exports all read these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.desk.grading import find_notes
from tocsin.desk.revising import Revision, compare_revisions
from tocsin.incidents import Point, compare_speakers, is_persons
from tocsin.ports import Store
from tocsin.records import (
    Article,
    Claim,
    Feed,
    FeedState,
    Filter,
    Incident,
    Link,
    Outlet,
    Reason,
    Sighting,
    Tension,
    Withdrawal,
)
from tocsin.records.correction import Correction


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One line of the inbox."""

    article: Article
    claims: int


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article with its claims in order of the text, and the incident each belongs to (by claim id).

    withdrawal  why it speaks for no incident any more, or None
    revision    how it differs from the earlier revision of its page, or None where it is the first
    """

    article: Article
    outlet: Outlet | None
    claims: tuple[Claim, ...]
    incident_of: dict[str, str]
    sightings: tuple[Sighting, ...]
    origin_id: str | None
    withdrawal: Withdrawal | None = None
    revision: Revision | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What one speaker says of an incident: his claims, in order of publication.

    speaker  the outermost speaker as first written; None: the outlet's own voice, then `outlet` says whose
    """

    speaker: str | None
    outlet: Outlet | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Claims that were put into an incident at once, by one hand, for one reason.

    came_from  incidents that they were in before
    """

    made_at: datetime
    made_by: str
    incident_id: str
    claim_ids: tuple[str, ...]
    came_from: tuple[str, ...]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident with its claims by speaker; `articles`, `links` and `outlets` are keyed by id (links by claim).

    points   what its speakers agree or differ on; their numbers are those of `versions`
    history  every joining, parting and placing of its claims, newest first
    notes    people's notes on it and on what has become part of it, newest first
    """

    incident: Incident
    versions: tuple[Version, ...]
    articles: dict[str, Article]
    outlets: dict[str, Outlet]
    links: dict[str, Link]
    points: tuple[Point, ...]
    history: tuple[Move, ...]
    notes: tuple[Correction, ...] = ()

    @property
    def everyone(self) -> frozenset[int]:
        """The numbers of all speakers."""
        return frozenset(range(len(self.versions)))

    @property
    def is_placed(self) -> bool:
        """Whether a person has placed any of its claims."""
        return any(is_persons(link) for link in self.links.values())


@dataclass(frozen=True, slots=True)
class OutletRow:
    """One outlet with how much it gave and the feeds it is fetched from, each with its health."""

    outlet: Outlet
    articles: int
    feeds: tuple[tuple[Feed, FeedState], ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place or area: its series (oldest first) and the incidents in it (newest first)."""

    place_id: str
    place_name: str
    tensions: tuple[Tension, ...]
    incidents: tuple[Incident, ...]


def list_articles(store: Store, wanted: Filter) -> list[ArticleRow]:
    """The inbox: articles with their number of claims, newest first."""
    articles = store.articles(wanted)
    counts = store.claim_counts([a.id for a in articles])
    return [ArticleRow(a, counts.get(a.id, 0)) for a in articles]


def show_article(store: Store, article_id: str) -> ArticleView:
    """One article with all that is read out of it; raises UnknownIdError."""
    article = store.article(article_id)
    claims = store.claims_of_article(article_id)
    return ArticleView(
        article,
        store.outlet(article.outlet_id) if article.outlet_id else None,
        tuple(claims),
        store.incidents_of_claims([c.id for c in claims]),
        tuple(store.sightings(article_id)),
        store.origins([article_id]).get(article_id),
        store.withdrawals([article_id]).get(article_id),
        compare_revisions(store, article_id),
    )


def show_incident(store: Store, incident_id: str) -> IncidentView:
    """One incident, its claims grouped by who says so; raises UnknownIdError."""
    incident = store.incident(incident_id)
    by_id = store.claims_by_id(incident.claim_ids)
    claims = [by_id[c] for c in incident.claim_ids if c in by_id]
    articles = store.articles_by_id({c.article_id for c in claims})
    outlets = {o: store.outlet(o) for o in {a.outlet_id for a in articles.values()} if o}
    versions = group_by_speaker(claims, articles, outlets)
    history = store.link_history(incident.claim_ids)
    return IncidentView(
        incident,
        versions,
        articles,
        outlets,
        links={link.claim_id: link for link in history},
        points=compare_speakers([version.claims for version in versions]),
        history=tell_history(history),
        notes=find_notes(store, incident, history),
    )


def tell_history(links: Iterable[Link]) -> tuple[Move, ...]:
    """Links, oldest first, as the moves that they were made by, newest first; a link that only renews is none."""
    home: dict[str, Link] = {}
    moves: dict[tuple[datetime, str, str, str], list[tuple[str, str | None]]] = {}
    reasons: dict[tuple[datetime, str, str, str], Reason] = {}
    for link in links:
        before = home.get(link.claim_id)
        home[link.claim_id] = link
        is_rule = link.made_by.startswith("rule:")
        if before and before.incident_id == link.incident_id and is_rule:
            continue
        reason = None if is_rule or not link.reasons else link.reasons[0]
        key = (link.made_at, link.made_by, link.incident_id, reason.detail if reason else "")
        came_from = before.incident_id if before and before.incident_id != link.incident_id else None
        moves.setdefault(key, []).append((link.claim_id, came_from))
        if reason:
            reasons[key] = reason
    return tuple(
        Move(key[0], key[1], key[2], tuple(c for c, _ in moved),
             tuple(sorted({before for _, before in moved if before})), reasons.get(key))
        for key, moved in reversed(moves.items())
    )  # fmt: skip


def group_by_speaker(
    claims: list[Claim], articles: dict[str, Article], outlets: dict[str, Outlet]
) -> tuple[Version, ...]:
    """Claims by their outermost speaker, each outlet's own voice and each outlet's unnamed speakers apart."""
    versions: dict[tuple[str, str], Version] = {}
    for claim in claims:
        article = articles.get(claim.article_id)
        outlet = outlets.get(article.outlet_id) if article and article.outlet_id else None
        named = " ".join((claim.speaker or "").casefold().removeprefix("the ").split())
        key = (named, "") if named else ("", outlet.id if outlet else claim.article_id)
        held = versions.get(key) or Version(claim.speaker, None if named else outlet, ())
        versions[key] = replace(held, claims=(*held.claims, claim))
    return tuple(versions.values())


def list_outlets(store: Store, now: datetime) -> tuple[list[OutletRow], list[tuple[Feed, FeedState]]]:
    """All outlets with their feeds, and the feeds that no outlet is known for."""
    counts = store.outlet_article_counts()
    outlets = store.outlets()
    known = {o.id for o in outlets}
    health = [(f, f.state(now)) for f in store.feeds()]
    rows = [OutletRow(o, counts.get(o.id, 0), tuple((f, s) for f, s in health if f.outlet_id == o.id)) for o in outlets]
    return rows, [(f, s) for f, s in health if f.outlet_id not in known]


def show_place(store: Store, place_id: str, place_name: str, wanted: Filter) -> PlaceView:
    """One place's series and incidents; empty where nothing happened there."""
    series = store.tensions(place_id=place_id, since=wanted.since, until=wanted.until)
    incidents = store.incidents(replace(wanted, place_id=place_id))
    return PlaceView(place_id, series[-1].place_name if series else place_name, tuple(series), tuple(incidents))
