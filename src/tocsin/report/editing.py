"""Edits as pure functions: a sentence replaced, dropped, added or put back; the machine's own words are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tocsin.errors import RecordError, UnknownIdError
from tocsin.report.sentences import SECTION_TITLES, Block, Report, Section, SectionKey, Sentence
from tocsin.report.wording import straighten

LONGEST_SENTENCE, MOST_EDITS, MOST_CITES = 1000, 400, 50


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person did to one sentence.

    sentence_id  of a drafted sentence
    text         the new words, or None: dropped
    was          fingerprint of the machine's words when it was edited: another draft since then shows
    """

    sentence_id: str
    text: str | None
    was: str


@dataclass(frozen=True, slots=True)
class Addition:
    """A sentence that a person adds at the end of a section, with what it stands on."""

    section: SectionKey
    text: str
    cites: tuple[str, ...]


def fingerprint_words(text: str) -> str:
    """Sixteen hexadecimal digits that tell a sentence's words from any others."""
    return hashlib.sha256(straighten(text).encode()).hexdigest()[:16]


def replace_sentence(report: Report, sentence_id: str, text: str) -> Report:
    """The report with other words for one sentence; an empty text or the machine's own leave it as drafted.

    Raises UnknownIdError for a sentence it does not have, RecordError for words too long.
    """
    words = _clean_words(text)

    def change(sentence: Sentence) -> Sentence:
        machine = sentence.drafted or sentence.text
        if sentence.state == "added":
            return replace(sentence, text=words or sentence.text)
        if words in ("", machine):
            return replace(sentence, text=machine, state="drafted", drafted=None)
        return replace(sentence, text=words, state="replaced", drafted=machine)

    return _change(report, sentence_id, change)


def drop_sentence(report: Report, sentence_id: str) -> Report:
    """The report without one sentence: a drafted one is kept, marked as dropped; an added one goes."""
    if any(s.id == sentence_id and s.state == "added" for s in report.sentences):
        kept = (replace(s, blocks=tuple(b for b in s.blocks if b.key != sentence_id)) for s in report.sections)
        return replace(report, sections=tuple(section for section in kept if section.blocks))

    def change(sentence: Sentence) -> Sentence:
        machine = sentence.drafted or sentence.text
        return replace(sentence, text=machine, state="dropped", drafted=machine)

    return _change(report, sentence_id, change)


def add_sentence(report: Report, section: SectionKey, text: str, cites: Sequence[str]) -> Report:
    """The report with one more sentence at the end of a section; raises RecordError for one that cites nothing."""
    words, ids = _clean_words(text), tuple(dict.fromkeys(id_.strip() for id_ in cites if id_.strip()))
    if section not in SECTION_TITLES:
        raise RecordError("section", section, f"must be one of {', '.join(SECTION_TITLES)}")
    if not words:
        raise RecordError("sentence", text[:40], "must say something")
    if not ids or len(ids) > MOST_CITES:
        raise RecordError("sentence", words[:40], f"must cite 1 to {MOST_CITES} incidents, claims or other records")
    digest = hashlib.sha256("\x1f".join((words, *ids)).encode()).hexdigest()[:12]
    sentence = Sentence(f"{section}/added/{digest}", words, ids, state="added")
    if any(s.id == sentence.id for s in report.sentences):
        return report
    block = Block(f"{section}/added/{digest}", (sentence,))
    held = {s.key: s for s in report.sections}
    held[section] = Section(section, (*held[section].blocks, block) if section in held else (block,))
    return replace(report, sections=tuple(held[key] for key in SECTION_TITLES if key in held))


def apply_edits(
    report: Report, edits: Iterable[Edit], additions: Iterable[Addition]
) -> tuple[Report, tuple[Edit, ...]]:
    """The report edited, and the edits that no longer fit: their sentence is gone or reads otherwise now."""
    astray: list[Edit] = []
    known = {s.id: fingerprint_words(s.text) for s in report.sentences}
    for edit in edits:
        if known.get(edit.sentence_id) != edit.was:
            astray.append(edit)
        elif edit.text is None:
            report = drop_sentence(report, edit.sentence_id)
        else:
            report = replace_sentence(report, edit.sentence_id, edit.text)
    for addition in additions:
        report = add_sentence(report, addition.section, addition.text, addition.cites)
    return report, tuple(astray)


def list_edits(report: Report) -> tuple[tuple[Edit, ...], tuple[Addition, ...]]:
    """What people did to a report: applied to the same draft it gives the same report."""
    edits, additions = [], []
    for section in report.sections:
        for sentence in (s for block in section.blocks for s in block.everything):
            if sentence.state == "added":
                additions.append(Addition(section.key, sentence.text, sentence.cites))
            elif sentence.state != "drafted":
                text = None if sentence.state == "dropped" else sentence.text
                edits.append(Edit(sentence.id, text, fingerprint_words(sentence.drafted or "")))
    return tuple(edits), tuple(additions)


def _clean_words(text: str) -> str:
    words = straighten(text)
    if len(words) > LONGEST_SENTENCE:
        raise RecordError("sentence", words[:40] + "…", f"must be {LONGEST_SENTENCE} characters or fewer")
    return words


def _change(report: Report, sentence_id: str, change: Callable[[Sentence], Sentence]) -> Report:
    if sentence_id not in {s.id for s in report.sentences}:
        raise UnknownIdError("sentence", sentence_id, "is not in this report")

    def one(sentence: Sentence) -> Sentence:
        return change(sentence) if sentence.id == sentence_id else sentence

    def block(held: Block) -> Block:
        heading = one(held.heading) if held.heading else None
        return replace(held, heading=heading, sentences=tuple(map(one, held.sentences)))

    sections = tuple(replace(s, blocks=tuple(map(block, s.blocks))) for s in report.sections)
    return replace(report, sections=sections)
