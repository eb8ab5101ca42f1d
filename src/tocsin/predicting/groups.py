"""Answers to the benchmarks of grouping: which records belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.desk.opening import find_home, load_knowledge
from tocsin.incidents import find_origins, find_stories, group_claims
from tocsin.knowledge.weights import load_merge_weights
from tocsin.places import Gazetteer, resolve_mentions
from tocsin.places.location import make_place
from tocsin.records import (
    Article,
    Claim,
    EventType,
    Evidence,
    PartialDate,
    Party,
    Place,
    PlaceMention,
    Span,
    Toll,
    TollKind,
)
from tocsin.settings import Settings

Record = Mapping[str, Any]

#: Records without a time follow one another as they stand in the file.
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def answer_copies(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The origin of each text, the records read as a stream."""
    articles = [
        Article(str(r["id"]), r["text"], _BEGINNING + timedelta(seconds=number)) for number, r in enumerate(records)
    ]
    origins = find_origins(articles)
    for record in records:
        yield {"id": record["id"], "cluster": origins[str(record["id"])]}


def answer_stories(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The story of each article or headline."""
    stories = find_stories({str(r["id"]): r.get("text") or r.get("title") or "" for r in records})
    for record in records:
        yield {"id": record["id"], "cluster": stories[str(record["id"])]}


#: MUC-3/4 incident types as PLOVER acts.
_MUC_ACTS: Mapping[str, tuple[EventType, str | None]] = {
    "ATTACK": ("ASSAULT", None), "BOMBING": ("ASSAULT", "explosives"), "KIDNAPPING": ("ASSAULT", "abduct"),
    "ARSON": ("ASSAULT", "destroy"), "ROBBERY": ("COERCE", "seize"), "FORCED WORK STOPPAGE": ("COERCE", "restrict"),
}  # fmt: skip
_MUC_TOLLS: tuple[tuple[str, TollKind], ...] = (
    ("DEATH", "killed"), ("INJURY", "injured"), ("REGAINED FREEDOM", "abducted"),
)  # fmt: skip
_BEFORE = re.compile(r"-\s*(\d{1,2} [A-Z]{3} \d\d)")
_QUOTED = re.compile(r'"([^"]+)"')
#: "12", "12-" (at least 12).
_COUNT = re.compile(r"(\d{1,6})(-?)")
_NAME = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")


def answer_incidents(records: Sequence[Record], settings: Settings) -> Iterator[dict[str, Any]]:
    """The incident of each MUC template, each a claim of its article: by the desk's own weights, nothing else."""
    weights, gazetteer = load_merge_weights(), load_knowledge(settings, find_home(settings)).gazetteer
    claims = make_muc_claims(records, gazetteer)
    grouping = group_claims(claims, make_muc_articles(records), {}, {}, weights, now=_BEGINNING)
    home = {claim: incident.id for incident in grouping.incidents for claim in incident.claim_ids}
    for record in records:
        yield {"id": record["id"], "cluster": home[str(record["id"])]}


def make_muc_articles(records: Sequence[Record]) -> dict[str, Article]:
    """The articles of the templates by id, published when a template says that it happened before, if one does."""
    untils: dict[str, list[datetime]] = {str(r["doc"]): [] for r in records}
    for record in records:
        if until := _read_muc_until(record):
            untils[str(record["doc"])].append(until)
    return {id_: Article(id_, "", _BEGINNING, published_at=max(u, default=None)) for id_, u in untils.items()}


def make_muc_claims(records: Sequence[Record], gazetteer: Gazetteer) -> list[Claim]:
    """MUC templates as claims, in order, their places looked up in the desk's gazetteer."""
    places: dict[tuple[str, ...], Place | None] = {}
    for record in records:
        named = _name_muc_place(record)
        if named not in places:
            places[named] = _locate_muc_place(named, gazetteer)
    numbers = Counter[str]()
    claims = []
    for record in records:
        claims.append(_make_muc_claim(record, places[_name_muc_place(record)], numbers[str(record["doc"])]))
        numbers[str(record["doc"])] += 1
    return claims


def _make_muc_claim(record: Record, place: Place | None, number: int) -> Claim:
    """A template's slots: type, date, place, who was struck, who is said to have done it. The slots are all capitals.

    number  how many templates of the article stand before it
    """
    type_, mode = _MUC_ACTS[record["type"]]
    names = [_write_name(name) for name in record["victims"]]
    held = set(record["victims"])
    described = [phrase.lower() for phrase in (*record["victims_described"], *record["targets"]) if phrase not in held]
    struck = tuple(dict.fromkeys([*names, *described]))
    doers = [_write_name(name) for row in record["perp_org"] for name in _QUOTED.findall(row)]
    doers += [name.lower() for row in record["perp_individual"] for name in _QUOTED.findall(row)]
    told = "; ".join(struck) or record["type"].lower()
    start = 10_000 * number
    return Claim(
        str(record["id"]), str(record["doc"]), type_, Evidence(told, start, start + len(told)), mode=mode,
        date=_read_muc_day(record["date"]), recipient=tuple(Party(name) for name in struck),
        actor=tuple(Party(name) for name in dict.fromkeys(doers)), place=place, tolls=_read_muc_tolls(record),
        modality="actual" if record["stage"] == "ACCOMPLISHED" else "planned",
    )  # fmt: skip


def _write_name(name: str) -> str:
    return _NAME.sub(lambda m: m[0].capitalize(), name)


def _read_muc_day(given: str | None) -> PartialDate | None:
    try:
        return PartialDate.of_day(datetime.fromisoformat(given).date()) if given else None
    except ValueError:  # some days of the key do not exist
        return None


def _read_muc_until(record: Record) -> datetime | None:
    """The day before which it happened, where the key gives no more ("- 04 MAR 90")."""
    m = _BEFORE.fullmatch(str(record.get("date_raw") or "").strip())
    try:
        return datetime.strptime(m[1].title(), "%d %b %y").replace(tzinfo=UTC) if m else None
    except ValueError:
        return None


def _name_muc_place(record: Record) -> tuple[str, ...]:
    """Names from the finest to the country."""
    country = record["country"].strip("( ")
    named = (*reversed([name for name in record["place"] if name]), *([] if country in ("", "-") else [country]))
    return tuple(dict.fromkeys(_write_name(name) for name in named))


def _locate_muc_place(named: Sequence[str], gazetteer: Gazetteer) -> Place | None:
    """The first name beside the others, as the gazetteer knows it; else a place in the next one, without a point."""
    if not named:
        return None
    text, name = ", ".join(named), named[0]
    (found,) = resolve_mentions([PlaceMention(name, Span(0, len(name)))], text, gazetteer)
    if found.row is not None and (place := make_place(found, None, gazetteer)):
        return place
    around = _locate_muc_place(named[1:], gazetteer)
    if around is None:
        return Place(name, "settlement")
    areas = (*([around.gazetteer_id] if around.gazetteer_id else ()), *around.within)
    return Place(name, "site", around.country, within=areas)


def _read_muc_tolls(record: Record) -> tuple[Toll, ...]:
    """Killed, injured and abducted, where the key gives the number of those whom it befell."""
    tolls = []
    for effect, kind in _MUC_TOLLS:
        hurt = {name for row in record["effect"] if row.startswith(effect) for name in _QUOTED.findall(row)}
        if kind == "abducted" and record["type"] == "KIDNAPPING":
            hurt = {name for row in record["victim_number"] for name in _QUOTED.findall(row)}
        for row in record["victim_number"]:
            number, _, phrases = row.partition(":")
            whom = _QUOTED.findall(phrases)
            if (m := _COUNT.fullmatch(number.strip())) and hurt.intersection(whom):
                tolls.append(Toll(kind, int(m[1]), None if m[2] else int(m[1]), whom[0].lower()))
    return tuple(tolls)
