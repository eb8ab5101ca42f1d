"""Answers to the benchmarks on places: names with their points, and points of given names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tocsin.desk.opening import find_home, load_knowledge
from tocsin.errors import ReadingError
from tocsin.pipeline import Knowledge
from tocsin.places import Resolution, find_mentions, iterate_peoples, resolve_mentions
from tocsin.ports import SystemClock
from tocsin.records import Article, PlaceMention, Span
from tocsin.settings import Settings

Record = Mapping[str, Any]
Answers = Iterator[dict[str, Any]]


def answer_places(records: Sequence[Record], settings: Settings) -> Answers:
    """Names found in the text, each with its point. The sets mark adjectives of countries too, so these are added."""
    knowledge = load_knowledge(settings, find_home(settings))
    for record in records:
        text = record["text"]
        names = _read_names(text, knowledge)
        mentions = list(find_mentions(text, knowledge.gazetteer, names=names))
        for span, _ in iterate_peoples(text):
            if not any(m.span and m.span.overlaps(span) for m in mentions):
                mentions.append(PlaceMention(span.cut(text), span))
        found = resolve_mentions(mentions, text, knowledge.gazetteer, beside=())
        yield {"doc_id": record["doc_id"], "toponyms": [tell_toponym(r) for r in found if r.mention.span]}


def answer_resolution(records: Sequence[Record], settings: Settings) -> Answers:
    """Points of the names whose spans are given."""
    knowledge = load_knowledge(settings, find_home(settings))
    for record in records:
        text = record["text"]
        spans = dict.fromkeys(Span(t["start"], t["end"]) for t in record["toponyms"])
        mentions = [PlaceMention(s.cut(text), s) for s in spans]
        beside = find_mentions(text, knowledge.gazetteer, names=_read_names(text, knowledge))
        found = resolve_mentions(mentions, text, knowledge.gazetteer, beside=beside)
        yield {"doc_id": record["doc_id"], "toponyms": [tell_toponym(r) for r in found]}


def _read_names(text: str, knowledge: Knowledge) -> Sequence[PlaceMention] | None:
    article = Article("gold", text, SystemClock().now(), language="en")
    try:
        return knowledge.reader.read_article(article).names
    except ReadingError:
        return None


def tell_toponym(found: Resolution) -> dict[str, Any]:
    """A name and its point: of the place chosen, or else of what the text puts around or beside it."""
    span = found.mention.span
    row = found.row or found.around or found.near
    return {
        "start": span.start if span else None, "end": span.end if span else None,
        "lat": row.lat if row else None, "lon": row.lon if row else None,
        "geonames_id": str(found.row.geonames_id) if found.row and found.row.geonames_id else None,
    }  # fmt: skip
