"""From annotated records to what the encoder is asked to say about each word of a window."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from tocsin.knowledge.parties import SECTORS
from tocsin.reading.counting import find_counts
from tocsin.reading.dates import find_dates
from tocsin.reading.labels import MOST_LINKS, PHRASE_OF_ROLE, SAYING_ROLES
from tocsin.reading.wordpieces import Window, cut_windows

Record = dict[str, Any]
Bounds = tuple[int, int]
_ONE = re.compile(r"\b(?:an?|one|another)\b", re.I)


@dataclass(slots=True)
class Point:
    """A word from which arcs start, with its classes; a role that is missing in `fillers` is not known."""

    word: int
    classes: dict[str, str] = field(default_factory=dict)
    fillers: dict[str, list[Bounds]] = field(default_factory=dict)


@dataclass(slots=True)
class Example:
    """One window and what is known about it; what is not known is left out of the loss.

    is_whole    every trigger of the window is a point: all other words are none
    is_said     every cue of an attribution is a point of `sayings`
    types       the types one of which the window's only event has; no trigger is given
    single      roles of that event
    words_are   (head, word, class) of single words
    phrases     kind of phrase and its first and last word
    """

    window: Window
    corpus: str
    points: list[Point] = field(default_factory=list)
    sayings: list[Point] = field(default_factory=list)
    is_whole: bool = False
    is_said: bool = False
    types: tuple[str, ...] = ()
    mode: str | None = None
    single: dict[str, list[Bounds]] = field(default_factory=dict)
    words_are: list[tuple[str, int, str]] = field(default_factory=list)
    phrases: list[tuple[str, int, int]] = field(default_factory=list)


def find_words(window: Window, start: int, end: int) -> Bounds | None:
    """First word of a stretch of characters and the one after its last; None where it is outside the window."""
    first = int(np.searchsorted(window.ends, start, side="right"))
    last = int(np.searchsorted(window.starts, end, side="left"))
    return (first, last) if first < last else None


# --- articles under the codebook


def make_article_examples(record: Record, tokenizer: Tokenizer) -> list[Example]:
    """The windows of an annotated article (nearly always one)."""
    text = record["text"]
    marks = [_mark_claim(record, claim) for claim in record["claims"]]
    return [_make_window_example(window, marks) for window in cut_windows(text, tokenizer)]


def crop_article(record: Record, rng: random.Random) -> Record:
    """An article of only some of its paragraphs, with the claims whose passage is in them."""
    text = record["text"]
    lines = [m.span() for m in re.finditer(r"[^\n]+", text)]
    if len(lines) < 3:
        return record
    first = rng.randrange(0, len(lines) - 1)
    last = rng.randrange(first, len(lines))
    start, end = lines[first][0], lines[last][1]
    claims = []
    for claim in record["claims"]:
        evidence = claim["evidence"]
        if start <= evidence["start"] and evidence["end"] <= end:
            moved = {**evidence, "start": evidence["start"] - start, "end": evidence["end"] - start}
            claims.append({**claim, "evidence": moved})
    return {**record, "text": text[start:end], "claims": claims}


@dataclass(slots=True)
class _Marked:
    """A claim with the places of its words in the text; a role that could not be found is missing."""

    claim: Record
    trigger: Bounds
    fillers: dict[str, list[Bounds]]
    words_are: list[tuple[str, Bounds, str]]


def _mark_claim(record: Record, claim: Record) -> _Marked:
    text, evidence = record["text"], (claim["evidence"]["start"], claim["evidence"]["end"])
    at = _find_phrase(text, claim["trigger"], evidence, evidence) or evidence
    fillers: dict[str, list[Bounds]] = {"evidence": [evidence]}
    words_are: list[tuple[str, Bounds, str]] = []
    for role in ("actor", "recipient"):
        found = [(_find_phrase(text, party["text"], evidence, at), party) for party in claim[role]]
        if all(span for span, _ in found):
            fillers[role] = [span for span, _ in found if span]
        words_are += [("sector", span, party["sector"]) for span, party in found if span and party["sector"] in SECTORS]
    _mark_attribution(text, claim, evidence, at, fillers, words_are)
    place = claim["place"]
    found_place = _find_phrase(text, place["name"], evidence, at) if place else None
    if place is None or found_place:
        fillers["place"] = [found_place] if found_place else []
    _mark_date(record, claim, evidence, at, fillers)
    _mark_tolls(text, claim, evidence, fillers, words_are)
    return _Marked(claim, at, fillers, words_are)


def _mark_attribution(
    text: str, claim: Record, evidence: Bounds, at: Bounds, fillers: dict[str, list[Bounds]],
    words_are: list[tuple[str, Bounds, str]],
) -> None:  # fmt: skip
    names = (("speaker", "cue"), ("inner_speaker", "inner_cue"))
    for (speaker_role, cue_role), link in zip(names, [*claim["attribution"][:MOST_LINKS], None, None], strict=False):
        if link is None:
            fillers[speaker_role] = fillers[cue_role] = []
            continue
        speaker = _find_phrase(text, link["speaker"], evidence, at) if link["speaker"] else None
        if speaker or not link["speaker"]:
            fillers[speaker_role] = [speaker] if speaker else []
        cue = _find_phrase(text, link["cue"], evidence, speaker or at) if link["cue"] else None
        if cue or not link["cue"]:
            fillers[cue_role] = [cue] if cue else []
        told_by = speaker or cue
        if told_by and link["kind"]:
            words_are.append(("kind", told_by, link["kind"]))


def _mark_date(record: Record, claim: Record, evidence: Bounds, at: Bounds, fillers: dict[str, list[Bounds]]) -> None:
    if claim["date"] is None:
        fillers["date"] = []
        return
    published = read_day(record["published"])
    wanted = (claim["date"]["start"], claim["date"]["end"])
    spans = [
        (phrase.span.start, phrase.span.end)
        for phrase in find_dates(record["text"], published)
        if any((w.start.isoformat(), w.end.isoformat()) == wanted for w in (phrase.date, phrase.ahead) if w)
    ]
    if spans:
        fillers["date"] = [min(spans, key=lambda s: _remoteness(s, evidence, at))]


def _mark_tolls(
    text: str, claim: Record, evidence: Bounds, fillers: dict[str, list[Bounds]],
    words_are: list[tuple[str, Bounds, str]],
) -> None:  # fmt: skip
    spans: list[Bounds] = []
    for toll in claim["tolls"]:
        span = _find_number(text, toll, evidence, spans)
        if span is None:
            return
        spans.append(span)
        words_are.append(("toll", span, toll["kind"]))
    fillers["toll"] = spans


def _find_number(text: str, toll: Record, evidence: Bounds, taken: Sequence[Bounds]) -> Bounds | None:
    start, end = evidence
    passage = text[start:end]
    named = (toll.get("whom") or "").split()[-1:]
    counts = sorted(find_counts(passage), key=lambda c: named != (c.whom or "").split()[-1:])
    for count in counts:
        span = (start + count.number.start, start + count.number.end)
        if (count.low, count.high) == (toll["low"], toll["high"]) and span not in taken:
            return span
    if (toll["low"], toll["high"]) == (1, 1):
        whom = (toll.get("whom") or "").split()
        for one in _ONE.finditer(passage):
            near = passage[one.end() : one.end() + 60]
            if (not whom or whom[-1] in near) and (start + one.start(), start + one.end()) not in taken:
                return (start + one.start(), start + one.end())
    return None


def _find_phrase(text: str, phrase: str, evidence: Bounds, at: Bounds) -> Bounds | None:
    """The occurrence of a phrase that a claim means: in its passage, else the nearest before, else after."""
    pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
    spans = [m.span() for m in re.finditer(pattern, text)] or [m.span() for m in re.finditer(pattern, text, re.I)]
    return min(spans, key=lambda s: _remoteness(s, evidence, at)) if spans else None


def _remoteness(span: Bounds, evidence: Bounds, at: Bounds) -> tuple[int, int]:
    if evidence[0] <= span[0] and span[1] <= evidence[1]:
        return 0, abs(span[0] - at[0])
    if span[0] < at[0]:
        return 1, at[0] - span[0]
    # what follows within a line is as near as what went before
    return (1 if span[0] - at[1] < 200 else 2), span[0] - at[0]


def _make_window_example(window: Window, marks: Sequence[_Marked]) -> Example:
    example = Example(window, "articles", is_whole=True)
    inside = (int(window.starts[0]), int(window.ends[-1]))
    for mark in marks:
        if not (inside[0] <= mark.trigger[0] < inside[1]):
            continue
        where = find_words(window, *mark.trigger)
        if where is None:
            continue
        point = Point(where[0], _classes_of(mark.claim))
        for role, spans in mark.fillers.items():
            found = [find_words(window, *span) for span in spans]
            if all(found):
                point.fillers[role] = [f for f in found if f]
                if role in PHRASE_OF_ROLE:
                    example.phrases += [(PHRASE_OF_ROLE[role], f[0], f[1] - 1) for f in found if f]
        example.points.append(point)
        for head, span, name in mark.words_are:
            if words := find_words(window, *span):
                example.words_are += [(head, w, name) for w in range(*words)]
    return example


def _classes_of(claim: Record) -> dict[str, str]:
    mode = f"{claim['type']}/{claim['mode']}" if claim["mode"] else "none"
    return {
        "trigger": claim["type"], "mode": mode, "modality": claim["modality"], "certainty": claim["certainty"],
        "background": "background" if claim["background"] else "news",
        "links": str(min(len(claim["attribution"]), MOST_LINKS)),
    }  # fmt: skip


def read_day(published: str | None) -> date | None:
    """The day of an ISO time, or None."""
    return datetime.fromisoformat(published).date() if published else None


# --- sentences that hold one event


def make_sentence_example(record: Record, types: Sequence[str], tokenizer: Tokenizer, corpus: str) -> Example | None:
    """A sentence of which only the event's possible types and its parties are known; None where it is blank."""
    windows = list(cut_windows(record["text"], tokenizer))
    if len(windows) != 1:
        return None
    window, text, claim = windows[0], record["text"], record["claims"][0]
    example = Example(window, corpus, types=tuple(types))
    if claim.get("mode") and len(types) == 1:
        example.mode = f"{types[0]}/{claim['mode']}"
    for role in ("actor", "recipient"):
        if claim.get(role) is None:
            continue
        spans = [_find_phrase(text, p, (0, len(text)), (0, 0)) for p in claim[role] if p]
        words = [find_words(window, *span) for span in spans if span]
        if all(spans) and all(words):
            example.single[role] = [w for w in words if w]
            example.phrases += [("party", w[0], w[1] - 1) for w in words if w]
    return example


# --- attributions


def make_saying_examples(record: Record, tokenizer: Tokenizer) -> Iterator[Example]:
    """The windows of an article whose attributions are marked: who says, by which words, what."""
    for window in cut_windows(record["text"], tokenizer):
        example = Example(window, "sayings", is_said=True)
        points: dict[int, Point] = {}
        for row in record["attributions"]:
            spans = {
                role: [w for s, e in row[name] if (w := find_words(window, s, e))]
                for role, name in zip(SAYING_ROLES, ("source", "cue", "content"), strict=True)
            }
            if not spans["said_cue"]:
                continue
            word = min(w[0] for w in spans["said_cue"])
            point = points.setdefault(word, Point(word, {}, {role: [] for role in SAYING_ROLES}))
            for role in SAYING_ROLES:
                point.fillers[role] += spans[role]
                if role in PHRASE_OF_ROLE:
                    example.phrases += [(PHRASE_OF_ROLE[role], w[0], w[1] - 1) for w in spans[role]]
        example.sayings = list(points.values())
        yield example


# --- single words


def make_standing_example(text: str, rows: Iterable[tuple[int, int, str]], tokenizer: Tokenizer) -> Example | None:
    """A sentence with the standing of some of its words: (start, end, class)."""
    windows = list(cut_windows(text, tokenizer))
    if len(windows) != 1:
        return None
    example = Example(windows[0], "standing")
    for start, end, name in rows:
        if words := find_words(windows[0], start, end):
            example.words_are.append(("standing", words[0], name))
    return example if example.words_are else None


def make_place_example(record: Record, tokenizer: Tokenizer) -> Example | None:
    """A sentence with one verb and the words that say where that happened (or none)."""
    windows = list(cut_windows(record["text"], tokenizer))
    if len(windows) != 1:
        return None
    window = windows[0]
    verb = find_words(window, *record["verb"][0]) if record["verb"] else None
    spans = [find_words(window, *span) for span in record["location"]]
    if verb is None or not all(spans):
        return None
    example = Example(window, "places")
    example.points.append(Point(verb[0], {}, {"place": [s for s in spans if s]}))
    example.phrases += [("place", s[0], s[1] - 1) for s in spans if s]
    return example


# --- names of places and peoples


def make_name_examples(text: str, names: Iterable[tuple[int, int, str]], tokenizer: Tokenizer) -> Iterator[Example]:
    """The windows of a text all of whose names of places and peoples are known: (start, end, "place" or "people")."""
    rows = list(names)
    for window in cut_windows(text, tokenizer):
        classes = ["none"] * window.words
        for start, end, kind in rows:
            if words := find_words(window, start, end):
                first, last = words
                classes[first:last] = [kind, *(["inside" if kind == "place" else kind] * (last - first - 1))]
        example = Example(window, "names")
        example.words_are = [("name", word, name) for word, name in enumerate(classes)]
        yield example
