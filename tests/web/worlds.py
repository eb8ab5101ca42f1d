"""A desk of hand-made records in a real store, and a client on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.empty_databases import put_database
from tocsin.desk import Desk
from tocsin.errors import FetchError
from tocsin.ports import Derivation, Fetcher, Page, Reading
from tocsin.records import (
    Alert,
    Article,
    Attribution,
    Claim,
    Evidence,
    Fault,
    Feed,
    Grade,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reason,
    Sighting,
    Span,
    Tension,
    Toll,
    TollRange,
    alert_id,
    article_id,
    claim_id,
    digest_text,
    feed_id,
    incident_id,
    make_id,
    outlet_id,
)
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.web import make_app

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
ORLE = Place(
    "the bridge at Orle",
    "site",
    "XKX",
    42.89,
    20.86,
    "overlay:orle-bridge",
    "Orle bridge",
    ("overlay:orle-district", "country:XKX"),
    "kosovo-1244",
    (Reason("whole-name", "one place bears this name", 1.0, "1"),),
)
DISTRICT = Place(
    "Orle district", "district", "XKX", 42.9, 20.8, "overlay:orle-district", "Orle district", ("country:XKX",)
)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Stands still."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


class NoNetwork:
    """A fetcher that reaches nothing, as on a ship."""

    def fetch(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        raise FetchError("address", address, "cannot be reached")


@dataclass(frozen=True, slots=True)
class World:
    """The desk with the records that tests name."""

    desk: Desk
    articles: dict[str, Article]
    claims: dict[str, Claim]
    incidents: dict[str, Incident]
    alert: Alert
    feed: Feed
    gone_incident_id: str


def no_knowledge(_: bool) -> object:
    raise AssertionError("these pages must not need the reader")


def open_empty(
    folder: Path,
    fetcher: Callable[[], Fetcher] = NoNetwork,
    knowledge: Callable[[bool], Any] = no_knowledge,
    place: Callable[[Path], Path | str] = put_database,
    **given: object,
) -> Desk:
    """A desk with nothing in it."""
    settings = Settings(home=folder, **given)  # type: ignore[arg-type]
    return Desk(
        open_store(place(folder / "desk.sqlite")),
        knowledge,
        fetcher,
        settings=settings,
        clock=FixedClock(),  # type: ignore[arg-type]
    )


def make_article(outlet: Outlet | None, title: str | None, text: str, at: datetime | None, **more: object) -> Article:
    whole = f"{title}\n{text}" if title else text
    name = outlet.name if outlet else None
    return Article(
        article_id(name, title, whole, at),
        whole,
        NOW,
        title,
        outlet.id if outlet else None,
        name,
        published_at=at,
        language="en",
        digest=digest_text(whole),
        is_exercise=bool(outlet and outlet.is_exercise),
        **more,  # type: ignore[arg-type]
    )


def make_claim(article: Article, passage: str, type_: str, mode: str | None = None, **more: object) -> Claim:
    start = article.text.index(passage)
    return Claim(
        claim_id(article.id, type_, start),
        article.id,
        type_,
        Evidence.cut_from(article.text, start, start + len(passage)),  # type: ignore[arg-type]
        mode,
        reader="hand/1",
        trigger=Span(start, start + 1),
        reasons=(Reason("trigger-word", "by hand", 1.0, "1"),),
        **more,  # type: ignore[arg-type]
    )


def make_incident(claims: list[Claim], articles: list[Article], **more: object) -> Incident:
    first = claims[0]
    given: dict[str, object] = {
        "mode": first.mode,
        "modality": first.modality,
        "certainty": first.certainty,
        "background": first.background,
        "date": first.date,
        "place": first.place,
        "actor": first.actor,
        "recipient": first.recipient,
        "origins": len({a.outlet_id for a in articles}),
        "outlets": tuple(dict.fromkeys(a.outlet_id for a in articles if a.outlet_id)),
        "grades": tuple(Grade(c.id, 3, Reason("single-origin", "one origin tells it")) for c in claims),
        "is_exercise": articles[0].is_exercise,
        "reasons": (Reason("same-place", "Orle bridge and Orle bridge", 0.4, "1"),),
    }
    return Incident(
        incident_id(first.id),
        first.type,
        tuple(c.id for c in claims),
        articles[0].shown_at,
        **(given | more),  # type: ignore[arg-type]
    )


def fill(desk: Desk) -> World:
    """Write the hand-made world into a desk's store."""
    radio = Outlet(outlet_id("Radio Orle"), "Radio Orle", "radio", "XKX", "en", None, "B", "right three times in May")
    gazette = Outlet(outlet_id("The Gazette"), "The Gazette", "daily", "SRB", "en")
    drill = Outlet(outlet_id("Isle Wire"), "Isle Wire", "wire", "XHV", "en", is_exercise=True)
    day = date(2026, 3, 12)
    noon = datetime(2026, 3, 12, 12, tzinfo=UTC)
    police, crowd = Party("the police", "XKX", "COP"), Party("protesters", "XKX", "PRO")
    articles = {
        "radio": make_article(
            radio,
            "Clash at the bridge",
            "Police fired tear gas at protesters on the bridge at Orle, local media said. Two people were hurt. "
            "The mayor called for talks. In 1999 the bridge was shelled.",
            noon,
            url="https://radio-orle.example/clash",
        ),
        "gazette": make_article(
            gazette,
            HOSTILE,
            "The police denied using tear gas at Orle. A minister threatened sanctions & more.",
            noon + timedelta(hours=3),
        ),
        "arabic": make_article(gazette, "بيان", "أغلقت الشرطة الطريق في القرية يوم الخميس.", noon - timedelta(days=20)),
        "copy": make_article(gazette, "Clash at the bridge (agency)", "Police fired tear gas at protesters.", noon),
        "drill": make_article(drill, "Boats stay in", "Fishermen blocked the harbour of Dorvu.", noon),
        "broken": make_article(None, None, "\u4e2d\u6587", None, fault="language: 'zh': only English is read"),
    }
    dated = {"date": PartialDate.of_day(day)}
    claims = {
        "gas": make_claim(
            articles["radio"],
            "Police fired tear gas at protesters on the bridge at Orle",
            "ASSAULT",
            "crowd-control",
            actor=(police,),
            recipient=(crowd,),
            place=ORLE,
            certainty="hedged",
            attribution=(Attribution("local media", "media", "said"),),
            **dated,
        ),
        "hurt": make_claim(
            articles["radio"],
            "tear gas at protesters on the bridge at Orle, local media said. Two people were hurt.",
            "ASSAULT",
            actor=(),
            recipient=(Party("Two people"),),
            place=ORLE,
            tolls=(Toll("injured", 2, 2, "people"),),
            **dated,
        ),
        "talks": make_claim(
            articles["radio"],
            "The mayor called for talks.",
            "REQUEST",
            "meet",
            actor=(Party("The mayor", "XKX", "GOV"),),
            place=DISTRICT,
        ),
        "history": make_claim(
            articles["radio"],
            "In 1999 the bridge was shelled.",
            "ASSAULT",
            "heavy-weapons",
            background=True,
            date=PartialDate.of_year(1999),
            place=ORLE,
        ),
        "denial": make_claim(
            articles["gazette"],
            "The police denied using tear gas at Orle.",
            "ASSAULT",
            "crowd-control",
            actor=(police,),
            modality="negated",
            attribution=(Attribution("The police", "force", "denied"),),
            **dated,
        ),
        "threat": make_claim(
            articles["gazette"],
            "A minister threatened sanctions & more.",
            "THREATEN",
            "restrict",
            actor=(Party("A minister <b>", "SRB", "GOV"),),
        ),
        "closing": make_claim(
            articles["arabic"], "أغلقت الشرطة الطريق", "COERCE", "restrict", actor=(Party("الشرطة"),)
        ),
        "again": make_claim(
            articles["copy"],
            "Police fired tear gas at protesters.",
            "ASSAULT",
            "crowd-control",
            actor=(police,),
            **dated,
        ),
        "boats": make_claim(
            articles["drill"],
            "Fishermen blocked the harbour of Dorvu.",
            "PROTEST",
            "obstruct",
            actor=(Party("Fishermen"),),
            place=Place("Dorvu", "settlement", "XHV", -47.8, -126.1, "ex-dorvu", "Dorvu"),
        ),
    }
    of = {c.id: next(a for a in articles.values() if a.id == c.article_id) for c in claims.values()}
    for article in articles.values():
        outlet = next((o for o in (radio, gazette, drill) if o.id == article.outlet_id), None)
        held = tuple(c for c in claims.values() if c.article_id == article.id)
        seen = (Sighting(article.id, article.url, NOW),) if article.url else ()
        desk.store.add_reading(Reading(article, held, seen, outlet))
    desk.store.save_outlet(radio)

    def together(*names: str, **more: object) -> Incident:
        chosen = [claims[n] for n in names]
        return make_incident(chosen, [of[c.id] for c in chosen], **more)

    incidents = {
        "clash": together(
            "gas",
            "hurt",
            "denial",
            "again",
            state="disputed",
            tolls=(TollRange("injured", 2, 2, 5, "the most credible speaker's number"),),
        ),
        "talks": together("talks"),
        "history": together("history"),
        "threat": together("threat"),
        "closing": together("closing"),
        "boats": together("boats"),
    }
    gone = incident_id("clm_gone")
    alert = Alert(
        alert_id("rising-force", "overlay:orle-bridge", day),
        "rising-force",
        "1",
        "Force at Orle bridge",
        "violence may spread",
        "overlay:orle-bridge",
        "Orle bridge",
        "IMMEDIATE",
        day,
        date(2026, 3, 13),
        "firing",
        NOW,
        "seven days without a hostile act",
        (incidents["clash"].id,),
        False,
        (Reason("surprise", "surprise 3.1 is at least 2.0", None, "1"),),
    )
    desk.store.save_derivation(
        Derivation(
            incidents=tuple(incidents.values()),
            gone_incident_ids=(gone,),
            redirects={gone: incidents["clash"].id},
            links=tuple(
                Link(make_id("lnk", c, i.id), c, i.id, 0.9, "rule:1", NOW, (Reason("same-day", "both 12 March", 0.5),))
                for i in incidents.values()
                for c in i.claim_ids
            ),
            tensions=(*(_tension(day - timedelta(days=n)) for n in range(5)),),
            alerts=(alert,),
            articles_derived=tuple(a.id for a in articles.values()),
            origins={a.id: a.id for a in articles.values()} | {articles["copy"].id: articles["radio"].id},
        )
    )
    feed = Feed(feed_id("https://radio-orle.example/rss"), "https://radio-orle.example/rss", radio.id, problem=None)
    broken = replace(
        feed,
        id=feed_id("https://gazette.example/rss"),
        address="https://gazette.example/rss",
        outlet_id=gazette.id,
        confirmed_at=NOW,
        failures=2,
        problem="address: 'gazette.example': HTTP 500 <b>",
        next_due_at=NOW + timedelta(hours=2),
    )
    desk.store.add_feeds([feed, broken])
    desk.store.save_feed(broken)
    desk.store.add_faults([Fault(make_id("flt", "x"), "photo.bin", f"file: 'photo.bin': is binary {HOSTILE}", NOW)])
    return World(desk, articles, claims, incidents, alert, feed, gone)


def _tension(day: date) -> Tension:
    hostile = 7.0 if day == date(2026, 3, 12) else 0.5
    return Tension(
        "overlay:orle-bridge",
        "Orle bridge",
        day,
        hostile,
        0.0,
        hostile + 2,
        3.1,
        0.8,
        "sources-silent" if day == date(2026, 3, 9) else "scored",
        reasons=(Reason("level", "the last seven days", None, "1"),),
    )


def make_client(desk: Desk) -> TestClient:
    """A client that the host check lets pass; what goes wrong in a handler comes back as its answer."""
    app = make_app(desk, hosts=["testserver"], warm_up=False)
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)
