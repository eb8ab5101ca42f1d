"""Small invented worlds for the store: articles, their claims, and what a plain grouping makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from tocsin.ports import Derivation, Reading, Store
from tocsin.records import (
    Alert,
    Article,
    Claim,
    Evidence,
    Filter,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reason,
    Sighting,
    Tension,
    alert_id,
    article_id,
    claim_id,
    digest_text,
    incident_id,
    make_id,
    outlet_id,
)

START = datetime(2031, 3, 1, 6, tzinfo=UTC)
ACTORS = ("Orle police", "Teleska guards", "river farmers", "Mayor Vučić-Ansa")
PLACES = (
    Place("Orle", "settlement", "TLK", 1.5, -20.25, "toy:orle", "Orle", ("toy:north", "toy:teleska")),
    Place("the bridge", "site", "TLK", 1.51, -20.2, "toy:bridge", "Orle bridge", ("toy:orle", "toy:north")),
    Place("the south", "region", "TLK", None, None, "toy:south", "South", ("toy:teleska",), "toy-note"),
    Place("Vasht", "settlement"),
    None,
)
TYPES = ("ASSAULT", "PROTEST", "COERCE", "CONSULT")
DEEDS = {"ASSAULT": "beat", "PROTEST": "blocked", "COERCE": "closed", "CONSULT": "met"}


def make_article(number: int, text: str | None = None, *, outlet: str = "Hill Wire", **given: object) -> Article:
    """The `number`-th report, six hours after the one before."""
    body = text if text is not None else f"Report {number}: farmers met at the mill."
    at = START + timedelta(hours=6 * number)
    fields: dict[str, object] = {
        "id": article_id(outlet, None, body, at),
        "text": body,
        "taken_at": at + timedelta(minutes=5),
        "outlet_id": outlet_id(outlet),
        "outlet_name": outlet,
        "url": f"https://hill.example/{number}",
        "published_at": at,
        "language": "en",
        "digest": digest_text(body),
    }
    return Article(**(fields | given))  # type: ignore[arg-type]


def make_claim(article: Article, start: int = 0, end: int | None = None, **given: object) -> Claim:
    """A claim whose evidence is a stretch of the article."""
    end = len(article.text) if end is None else end
    type_ = given.pop("type", "CONSULT")
    fields: dict[str, object] = {
        "id": claim_id(article.id, str(type_), start),
        "article_id": article.id,
        "type": type_,
        "evidence": Evidence.cut_from(article.text, start, end),
    }
    return Claim(**(fields | given))  # type: ignore[arg-type]


def make_reading(number: int, rng: random.Random, *, is_exercise: bool = False) -> Reading:
    """One report of one to three sentences, each a claim."""
    text, claims, outlet = "", [], f"Outlet {rng.randrange(4)}"
    parts = []
    for _ in range(rng.randint(1, 3)):
        type_, actor, place = rng.choice(TYPES), rng.choice(ACTORS), rng.choice(PLACES)
        where = f" at {place.name}" if place else ""
        start = len(text)
        text += f"{actor} {DEEDS[type_]} {rng.randint(2, 90)} villagers{where}. "
        parts.append((start, len(text) - 1, type_, actor, place))
    published = None if number % 7 == 3 else START + timedelta(hours=6 * number)
    article = make_article(number, text, outlet=outlet, published_at=published, is_exercise=is_exercise)
    for start, end, type_, actor, place in parts:
        day = (START + timedelta(hours=6 * number)).date()
        dated = rng.choice([None, PartialDate.of_day(day - timedelta(days=1)), PartialDate.of_week(day)])
        claims.append(
            make_claim(
                article,
                start,
                end,
                type=type_,
                actor=(Party(actor, "TLK", "COP"),),
                recipient=(Party("villagers", None, "CVL"),),
                place=place,
                date=dated,
                modality=rng.choice(["actual", "actual", "planned", "negated"]),
                certainty=rng.choice(["asserted", "hedged"]),
                background=rng.random() < 0.2,
                reader="toy/1",
                reasons=(Reason("toy-rule", "it says so", 0.5, "1"),),
            )
        )
    seen = Sighting(article.id, f"https://hill.example/{number}", article.taken_at)
    return Reading(
        article, tuple(claims), (seen,), Outlet(outlet_id(outlet), outlet, kind="radio", is_exercise=is_exercise)
    )


def make_readings(count: int, seed: int = 1, *, is_exercise: bool = False) -> list[Reading]:
    """A world of `count` reports."""
    rng = random.Random(seed)
    return [make_reading(number, rng, is_exercise=is_exercise) for number in range(count)]


def make_incident(claims: list[Claim], shown_at: datetime, **given: object) -> Incident:
    """An incident of these claims, the first of which founds it."""
    first = claims[0]
    fields: dict[str, object] = {
        "id": incident_id(first.id),
        "type": first.type,
        "claim_ids": tuple(c.id for c in claims),
        "reported_at": shown_at,
        "modality": first.modality,
        "certainty": first.certainty,
        "background": all(c.background for c in claims),
        "date": first.date,
        "place": first.place,
        "actor": first.actor,
        "recipient": first.recipient,
    }
    return Incident(**(fields | given))  # type: ignore[arg-type]


def make_link(claim: Claim | str, incident: Incident | str, *, score: float = 1.0, hours: int = 0) -> Link:
    """Why a claim is in an incident."""
    claim_id_ = claim if isinstance(claim, str) else claim.id
    incident_id_ = incident if isinstance(incident, str) else incident.id
    made_at = START + timedelta(hours=hours)
    return Link(make_id("lnk", claim_id_, incident_id_), claim_id_, incident_id_, score, "rule:toy", made_at)


def make_tension(place_id: str, day: date, level: float, **given: object) -> Tension:
    """A place-day."""
    fields: dict[str, object] = {
        "place_id": place_id,
        "place_name": place_id.title(),
        "day": day,
        "hostile": level,
        "cooperative": 0.0,
        "level": level,
        "surprise": None,
        "coverage": 1.0,
        "state": "scored",
    }
    return Tension(**(fields | given))  # type: ignore[arg-type]


def make_alert(place_id: str = "toy:orle", **given: object) -> Alert:
    """An alert of one rule."""
    began_on = START.date()
    fields: dict[str, object] = {
        "id": alert_id("toy-rule", place_id, began_on),
        "rule": "toy-rule",
        "rule_version": "1",
        "title": "Tension rises in Orle",
        "hypothesis": "a crowd gathers",
        "place_id": place_id,
        "place_name": "Orle",
        "precedence": "PRIORITY",
        "began_on": began_on,
        "day": began_on,
        "state": "firing",
        "updated_at": START,
        "cleared_by": "three calm days",
    }
    return Alert(**(fields | given))  # type: ignore[arg-type]


def derive_article(store: Store, article: Article) -> Derivation:
    """Group an article's claims, with all others of their type and place, in a way that only looks at the store."""
    claims = store.claims_of_article(article.id)
    homes: dict[tuple[str, str | None], list[Claim]] = {}
    for claim in claims:
        homes.setdefault(_key_of(claim), []).append(claim)
    incidents, links, gone, redirects = [], [], [], {}
    for key, new in homes.items():
        held = _held_incident(store, key)
        members = [*(store.claims_by_id(held.claim_ids).values() if held else ()), *new]
        members = list({c.id: c for c in members}.values())
        # every fifth claim makes the incident start anew under its newest claim, so that some go and are redirected
        if held and len(members) % 5 == 0:
            members = members[::-1]
            gone.append(held.id)
            redirects[held.id] = incident_id(members[0].id)
        incident = make_incident(members, held.reported_at if held else article.shown_at, outlets=(article.outlet_id,))
        incidents.append(incident)
        links += [make_link(c, incident, score=0.75) for c in members]
    day = article.shown_at.date()
    places = {c.place.gazetteer_id for c in claims if c.place and c.place.gazetteer_id}
    tensions = [make_tension(p, day, float(_count_day(store, p, day))) for p in sorted(places)]
    alerts = [make_alert(p, day=day, updated_at=article.shown_at) for p in sorted(places) if p == "toy:bridge"]
    return Derivation(
        incidents=tuple(incidents),
        gone_incident_ids=tuple(gone),
        redirects=redirects,
        links=tuple(links),
        tensions=tuple(tensions),
        alerts=tuple(alerts),
        articles_derived=(article.id,),
        origins={article.id: article.id},
    )


def _key_of(claim: Claim) -> tuple[str, str | None]:
    return claim.type, claim.place.gazetteer_id if claim.place else None


def _held_incident(store: Store, key: tuple[str, str | None]) -> Incident | None:
    everything = store.incidents_between(START - timedelta(days=1), START + timedelta(days=400))
    of_key = (i for i in everything if (i.type, i.place.gazetteer_id if i.place else None) == key)
    return next(of_key, None)


def _count_day(store: Store, place_id: str, day: date) -> int:
    return store.count_claims(Filter(place_id=place_id, since=day, until=day, with_background=True))


def run_flow(store: Store, readings: Iterable[Reading]) -> None:
    """What a desk does: catch up on what a crash left, then each reading and its derivation."""
    catch_up(store)
    for reading in readings:
        if store.add_reading(reading):
            catch_up(store)


def catch_up(store: Store) -> None:
    """Derive whatever awaits it, one article after the other."""
    for waiting in store.underived_article_ids():
        store.save_derivation(derive_article(store, store.article(waiting)))
