"""Answers to a benchmark's records, one line each: what `tocsin bench` writes for a scorer to compare with gold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any

from tocsin.desk.opening import find_home, load_knowledge
from tocsin.errors import IntakeError
from tocsin.incidents import find_origins, group_claims
from tocsin.intake import read_time
from tocsin.pipeline import Knowledge, read_claims
from tocsin.ports import SystemClock
from tocsin.predicting.coref import add_texts, answer_coref
from tocsin.predicting.detect import DETECT_NEEDS, answer_detect_deaths, answer_detect_incidents
from tocsin.predicting.groups import answer_copies, answer_incidents, answer_stories
from tocsin.predicting.outlook import answer_forecast
from tocsin.predicting.places import answer_places, answer_resolution
from tocsin.predicting.records import read_lines
from tocsin.reading.encoder import MODEL_PATH, Encoder
from tocsin.reading.parts import find_act_places, judge_words, read_acts, read_sayings
from tocsin.records import Article, Claim, Span, article_id, claim_to_codebook
from tocsin.settings import Settings

Record = Mapping[str, Any]
Answers = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """A benchmark's form: the fields each record must have with their kinds, what is answered, and how."""

    name: str
    needs: Mapping[str, type | UnionType]
    help: str
    answer: Callable[[Sequence[Record], Settings], Answers]


def read_records(path: Path, task_name: str, texts: Path | None = None) -> list[Record]:
    """The records of a gold file (JSONL or CSV, gzipped or not); `texts` holds the articles that they are of by "doc".

    Raises IntakeError for an unknown task, a file that is neither, or records that lack what the task needs.
    """
    task = _find_task(task_name)
    records: list[Record] = list(read_lines(path))
    if texts is not None:
        records = add_texts(records, read_lines(texts))
    for number, record in enumerate(records, 1):
        missing = [name for name, kind in task.needs.items() if not isinstance(record.get(name), kind)]
        if missing:
            raise IntakeError("gold file", f"{path} line {number}", f"lacks {', '.join(missing)} for task {task.name}")
    return records


def answer_records(records: Sequence[Record], task_name: str, settings: Settings) -> Answers:
    """One answer for each record, in order."""
    return _find_task(task_name).answer(records, settings)


def _find_task(name: str) -> Task:
    task = next((t for t in TASKS if t.name == name), None)
    if task is None:
        raise IntakeError("benchmark task", name, f"must be one of {', '.join(t.name for t in TASKS)}")
    return task


def _answer_types(records: Sequence[Record], settings: Settings) -> Answers:
    encoder = open_encoder(settings)
    for record in records:
        # a record with labels may hold no act at all: nothing is forced from it
        acts = read_acts(record["text"], encoder, is_single="labels" not in record)
        claims = [
            {"type": a.type, "mode": a.mode, "modality": a.modality, "actor": list(a.actor),
             "recipient": list(a.recipient)}
            for a in acts
        ]  # fmt: skip
        yield {"id": record["id"], "claims": claims}


def _answer_attribution(records: Sequence[Record], settings: Settings) -> Answers:
    encoder = open_encoder(settings)
    for record in records:
        rows = [
            {"source": _bounds(s.said_by), "cue": _bounds(s.cue), "content": _bounds(s.content)}
            for s in read_sayings(record["text"], encoder)
        ]
        yield {"doc_id": record["doc_id"], "attributions": rows}


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name."""
    return Encoder(settings.model or MODEL_PATH, threads=settings.reader_threads)


def _bounds(spans: Sequence[Span]) -> list[list[int]]:
    return [[s.start, s.end] for s in spans]


def _answer_factuality(records: Sequence[Record], settings: Settings) -> Answers:
    encoder = open_encoder(settings)
    for record in records:
        spans = [Span(*e["span"]) for e in record["events"]]
        judged = judge_words(record["text"], spans, encoder)
        rows = [
            {"span": [s.start, s.end], "label": j.label, "value": round(j.value, 4)}
            for s, j in zip(spans, judged, strict=True)
        ]
        yield {"id": record["id"], "events": rows}


def _answer_event_place(records: Sequence[Record], settings: Settings) -> Answers:
    """Where the act of a given verb happened, in the text's words."""
    encoder = open_encoder(settings)
    for record in records:
        spans = find_act_places(record["text"], Span(*record["verb"][0]), encoder) if record["verb"] else ()
        yield {"id": record["id"], "location": _bounds(spans)}


def _answer_claims(records: Sequence[Record], settings: Settings) -> Answers:
    """Claims of all articles, with the incidents that they make together."""
    knowledge = load_knowledge(settings, find_home(settings))
    articles = {str(r["id"]): make_gold_article(r) for r in records}
    claims = {name: read_claims(article, knowledge) for name, article in articles.items()}
    incidents = _group(list(articles.values()), [c for found in claims.values() for c in found], knowledge)
    for name, found in claims.items():
        rows = [{**claim_to_codebook(c, with_reasons=False), "incident": incidents.get(c.id)} for c in found]
        yield {"id": name, "claims": rows}


def make_gold_article(record: Record) -> Article:
    """A gold record as an article: its offsets count the text as given, so nothing is normalised."""
    text, title, outlet = record["text"], record.get("title"), record.get("outlet")
    published = read_time(record["published"]) if record.get("published") else None
    return Article(
        id=article_id(outlet, title, text, published), text=text, title=title, outlet_name=outlet,
        published_at=published, taken_at=SystemClock().now(),
    )  # fmt: skip


def _group(articles: Sequence[Article], claims: Sequence[Claim], knowledge: Knowledge) -> dict[str, str]:
    by_id = {a.id: a for a in articles}
    grouping = group_claims(
        claims, by_id, {}, find_origins(list(by_id.values())), knowledge.merge_weights, now=SystemClock().now(), held={}
    )
    return {claim: incident.id for incident in grouping.incidents for claim in incident.claim_ids}


#: The benchmarks that can be answered.
TASKS = (
    Task("types", {"id": str | int, "text": str}, "one-event sentences: type, mode, parties", _answer_types),
    Task("attribution", {"doc_id": str | int, "text": str}, "articles: who says what", _answer_attribution),
    Task(
        "factuality",
        {"id": str | int, "text": str, "events": list},
        "given words: whether their act happened",
        _answer_factuality,
    ),
    Task("places", {"doc_id": str | int, "text": str}, "articles: names of places, and where they are", answer_places),
    Task(
        "resolution",
        {"doc_id": str | int, "text": str, "toponyms": list},
        "given names of places: where they are",
        answer_resolution,
    ),
    Task(
        "event-place",
        {"id": str | int, "text": str, "verb": list},
        "given verbs: the words that say where it happened",
        _answer_event_place,
    ),
    Task(
        "claims",
        {"id": str | int, "text": str, "published": str},
        "whole articles: claims in the codebook's fields",
        _answer_claims,
    ),
    Task("copies", {"id": str | int, "text": str}, "texts: which are copies of one another", answer_copies),
    Task("stories", {"id": str | int}, "articles or headlines: which are of one story", answer_stories),
    Task(
        "coref",
        {"id": str | int, "doc": str | int, "tok": list, "lemma": str, "text": str},
        "given words of several articles (--texts): which tell of one act",
        answer_coref,
    ),
    Task(
        "incidents",
        {"id": str | int, "doc": str, "type": str, "place": list},
        "incident templates: which are of one happening",
        answer_incidents,
    ),
    Task(
        "forecast",
        {"unit": str | int, "month": str},
        "counts by unit and month: samples of what comes",
        answer_forecast,
    ),
    Task("detect-deaths", DETECT_NEEDS, "dated incidents (CSV as of UCDP GED): onsets of deaths", answer_detect_deaths),
    Task("detect-incidents", DETECT_NEEDS, "the same: onsets of incidents, by their number", answer_detect_incidents),
)
