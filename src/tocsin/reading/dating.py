"""Which of a passage's dates is the date of an act: rules of nearness, for a reader without (or unsure of) an arc.

In order: the evidence, its sentence, the heading of its line, the sentences before it in the paragraph (rule 15). A
date that belongs to another noun or to the verb of saying is passed over, and so is a deadline of what only is asked
for. Nothing found gives None: absent is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tocsin.reading.dates import DatedPhrase, is_long_past
from tocsin.records import EventType, PartialDate, Span

#: Acts of words alone: their date is that of the utterance and seldom that of the happening told before.
_OF_WORDS: frozenset[EventType] = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
#: Deeds of which a report tells several in a row.
_HAPPENINGS: frozenset[EventType] = frozenset({"ASSAULT", "PROTEST", "COERCE"})
_PERFECT = re.compile(r"\b(?:has|have|is|are)\b", re.I)
_SAYING = (
    r"(?:said|says|told|tells|announced|reported|stated|added|confirmed|wrote|claimed|denied|alleged|warned|according"
    r"|statement|report|bulletin|speaking|quoted)"
)
_SAID_THEN = re.compile(rf"\b{_SAYING}\b(?:\s{{1,3}}[^\s,.;]{{1,30}}){{0,4}}\s{{1,3}}(?:(?:late|early)\s)?$", re.I)
_FIRST_SINCE = re.compile(r"\b(?:first|second|third|fourth|fifth|worst|biggest|most|only)\b[^.;]{0,40}$", re.I)
_BOUNDARY = re.compile(r"[;:\u2013\u2014]|,? (?:which|who|when|while|after|before|where|whose|that|but)\b|, ")
_DEADLINE = re.compile(r"(?:by|before|within|until|till)\b", re.I)
_HEAD_END = re.compile(r"\s?[:.\u2013\u2014-]")
#: In characters, tried on half of the project's own articles: how far after its trigger the date of an act of words may
#: stand; how far a date elsewhere in the sentence reaches to a deed and to an act of words; how far a date carries over
#: to the sentences after its own; how far the date that heads a section reaches.
_FAR, _NEAR, _NEAR_WORDS, _CARRY, _SECTION = 30, 400, 20, 200, 2000
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]{0,3}\s{1,3}(?=[\"'\u201c\u2018(\[]?[A-Z\d\u2022-])|\n")


@dataclass(frozen=True, slots=True)
class ChosenDate:
    """The date taken for an act: the phrase, its meaning there, and where it stood ("evidence", "sentence", ...)."""

    phrase: DatedPhrase
    date: PartialDate
    where: str


def choose_date(
    phrases: Iterable[DatedPhrase],
    text: str,
    evidence: Span,
    trigger: Span,
    *,
    type_: EventType | None = None,
    is_ahead: bool = False,
    published: date | None = None,
) -> ChosenDate | None:
    """The date of the act at `trigger`, from the expressions of the whole text, or None.

    `is_ahead`: the act is planned or conditional, so "on Friday" is the next one and no date carries over to it.
    """
    act = _Act(text, evidence, trigger, type_, is_ahead, published)
    sentence = find_sentence(text, evidence)
    line = text.rfind("\n", 0, evidence.start) + 1
    usable = [p for p in phrases if p.rule != "date-dateline"]
    steps: list[tuple[str, list[DatedPhrase]]] = [
        ("evidence", [p for p in usable if _starts_in(p, evidence) and act.takes(p)]),
        ("sentence", [p for p in usable if _starts_in(p, sentence) and not _starts_in(p, evidence) and act.shares(p)]),
        ("heading", [p for p in usable if line <= p.span.start < line + 6 and act.heads(p)]),
        ("paragraph", [p for p in usable if line <= p.span.start < sentence.start and act.carries(p, sentence)]),
    ]
    for where, found in steps:
        if not found and where == "heading":
            found = [p for p in usable if line - _SECTION < p.span.start < line and act.heads_section(p, line)][-1:]
        if found:
            best = min(found, key=act.distance)
            return ChosenDate(best, act.meaning(best), where)
    return None


def find_sentence(text: str, within: Span, reach: int = 800) -> Span:
    """The sentence or sentences that hold a passage, by their full stops, looked for no further than `reach` away."""
    start = max(0, within.start - reach)
    for m in _SENTENCE_END.finditer(text, start, within.start + 3):  # it looks at the letters behind the gap
        start = m.end() if m.end() <= within.start else start
    after = _SENTENCE_END.search(text, max(within.end - 1, 0), within.end + reach)
    return Span(start, max(after.start() + 1 if after else min(len(text), within.end + reach), within.end))


def _starts_in(phrase: DatedPhrase, span: Span) -> bool:
    return span.start <= phrase.span.start < span.end


@dataclass(frozen=True, slots=True)
class _Act:
    """The act whose date is sought."""

    text: str
    evidence: Span
    trigger: Span
    type_: EventType | None
    is_ahead: bool
    published: date | None

    @property
    def is_of_words(self) -> bool:
        return self.type_ in _OF_WORDS

    def meaning(self, phrase: DatedPhrase) -> PartialDate:
        """ "Since Monday, after a battle": what stands behind the words happened on the day itself."""
        between = self.text[phrase.span.end : self.trigger.start]
        if phrase.named is not None and not self.is_ahead and re.match(r",? (?:when|after)\b", between):
            return phrase.named
        return phrase.looking(ahead=self.is_ahead)

    def distance(self, phrase: DatedPhrase) -> int:
        """Characters between words and trigger; each break of the sentence between them counts for thirty more."""
        low, high = sorted((phrase.span, self.trigger))
        between = self.text[low.end : high.start]
        return len(between) + 30 * len(_BOUNDARY.findall(between))

    def takes(self, phrase: DatedPhrase) -> bool:
        """Whether a date in the evidence can be the act's own."""
        start = phrase.span.start
        before = self.text[max(self.evidence.start, start - 60) : start]
        said = _SAID_THEN.search(before)
        if said and not self._is_trigger(start - len(said.group(0)), start):
            return False
        if self.text[start:].lower().startswith("since") and _FIRST_SINCE.search(before):
            return False
        if self.type_ == "THREATEN" and start > self.trigger.start:
            return False  # what is threatened, not when
        if not self.is_ahead:
            if self._lies_ahead(phrase):
                return False
            if self.is_of_words and start > self.trigger.end and start - self.trigger.end > _FAR:
                return False
        return True

    def _is_trigger(self, start: int, end: int) -> bool:
        return self.trigger.start < end and start < self.trigger.end

    def _lies_ahead(self, phrase: DatedPhrase) -> bool:
        is_deadline = _DEADLINE.match(self.text, phrase.span.start, phrase.span.end) is not None
        lasts = self.text[phrase.span.start :][:4].lower() in ("unti", "till")
        if is_deadline and not (lasts and not self.is_of_words):
            return True
        return self.published is not None and phrase.date.start > self.published

    def shares(self, phrase: DatedPhrase) -> bool:
        """Whether a date elsewhere in the sentence can hold for this clause too."""
        if phrase.span.start > self.evidence.start:
            return False
        if self.is_ahead:
            return self._leads(phrase)
        return not self._lies_ahead(phrase) and self.distance(phrase) <= (_NEAR_WORDS if self.is_of_words else _NEAR)

    def _leads(self, phrase: DatedPhrase) -> bool:
        return find_sentence(self.text, Span(phrase.span.start, phrase.span.start)).start >= phrase.span.start - 3

    def heads(self, phrase: DatedPhrase) -> bool:
        """Whether a date that opens the line ("MONDAY.", "10 July:", "14:20") heads all that follows on it."""
        if phrase.span.end > self.evidence.start or self.type_ == "THREATEN":
            return False
        return phrase.rule == "date-clock-line" or _HEAD_END.match(self.text, phrase.span.end) is not None

    def heads_section(self, phrase: DatedPhrase, line: int) -> bool:
        """Whether a date stands on a line of its own, with no empty line between it and the line of the act."""
        start = self.text.rfind("\n", 0, phrase.span.start) + 1
        end = self.text.find("\n", phrase.span.end)
        is_alone = phrase.span.start - start < 6 and end - phrase.span.end < 3
        return is_alone and "\n\n" not in self.text[phrase.span.end : line]

    def carries(self, phrase: DatedPhrase, sentence: Span) -> bool:
        """Whether the day of a sentence before goes on for this act (rule 15): violence told in the past tense."""
        if self.is_ahead or self._lies_ahead(phrase) or phrase.date.precision != "day":
            return False
        if self.type_ not in (*_HAPPENINGS, None) or self._is_in_perfect or is_long_past(phrase.date, self.published):
            return False
        return sentence.start - phrase.span.end <= _CARRY

    @property
    def _is_in_perfect(self) -> bool:
        """ "Has freed", "are being held": news without a day of its own."""
        return _PERFECT.search(self.text, self.evidence.start, self.trigger.end) is not None
