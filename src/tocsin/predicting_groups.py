"""Answers to the benchmarks of grouping: which records belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.incidents import find_origins, find_stories, group_claims
from tocsin.incidents.facts import fold_place_name
from tocsin.knowledge.weights import load_merge_weights
from tocsin.records import Article, Claim, EventType, Evidence, PartialDate, Party, Place, Toll
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
_BEFORE = re.compile(r"-\s*(\d{1,2} [A-Z]{3} \d\d)")
_QUOTED = re.compile(r'"([^"]+)"')


def answer_incidents(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The incident of each MUC template, each a claim of its article: by the desk's own weights, nothing else."""
    weights = load_merge_weights()
    # each template stands as an article of its own, published when its text says that it happened before
    articles = {str(r["id"]): Article(str(r["id"]), "", _BEGINNING, published_at=_read_muc_until(r)) for r in records}
    claims = [make_muc_claim(r) for r in records]
    grouping = group_claims(claims, articles, {}, {}, weights, now=_BEGINNING)
    home = {claim: incident.id for incident in grouping.incidents for claim in incident.claim_ids}
    for record in records:
        yield {"id": record["id"], "cluster": home[str(record["id"])]}


def make_muc_claim(record: Record) -> Claim:
    """A MUC template's slots as a claim: type, date, place, who was struck, who is said to have done it."""
    type_, mode = _MUC_ACTS[record["type"]]
    struck = dict.fromkeys([*record["victims"], *record["victims_described"], *record["targets"]])
    doers = dict.fromkeys(
        name
        for slot in (record["perp_org"], record["perp_individual"])
        for row in slot
        for name in _QUOTED.findall(row)
    )
    told = "; ".join(struck) or record["type"].lower()
    date = _read_muc_day(record["date"])
    return Claim(
        str(record["id"]), str(record["id"]), type_, Evidence(told, 0, len(told)), mode=mode, date=date,
        recipient=tuple(Party(name) for name in struck), actor=tuple(Party(name) for name in doers),
        place=_make_muc_place(record), tolls=_read_muc_tolls(record),
        modality="actual" if record["stage"] == "ACCOMPLISHED" else "planned",
    )  # fmt: skip


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


def _make_muc_place(record: Record) -> Place | None:
    country = record["country"]
    names = [name for name in record["place"] if name]
    if country == "-":
        return None
    area = f"name:{fold_place_name(country)}:{country}"
    if not names:
        return Place(country.title(), "country", country, gazetteer_id=area)
    within = (*(f"name:{fold_place_name(n)}:{country}" for n in reversed(names[:-1])), area)
    key = f"name:{fold_place_name(names[-1])}:{country}"
    return Place(names[-1], "settlement", country, gazetteer_id=key, within=within)


def _read_muc_tolls(record: Record) -> tuple[Toll, ...]:
    dead = {name for row in record["effect"] if row.startswith("DEATH") for name in _QUOTED.findall(row)}
    tolls = []
    for row in record["victim_number"]:
        number, _, names = row.partition(":")
        if number.strip().isdigit() and dead & set(_QUOTED.findall(names)):
            tolls.append(Toll("killed", int(number), int(number)))
    return tuple(tolls)
