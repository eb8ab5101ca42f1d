"""Counts in English news: a number with the noun it counts, and what the words around make of it (rules 14, 16, 22).

Words and patterns only, no parser. A count is a candidate: the encoder points at those of an act, and `tolling` says
of which kind they are.

>>> [(c.whom, c.low, c.high, c.fate) for c in find_counts("Police arrested at least 30 men; one later died.")]
[('men', 30, None, 'arrested'), (None, 1, 1, 'killed')]
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from tocsin.knowledge.numbers import NumberTable, load_numbers
from tocsin.reading.count import Count
from tocsin.reading.count_fates import add_sums, judge_fate, share_fates
from tocsin.reading.counted import COLLECTIVES, NounFinder, counts_nothing, is_negated, is_plural
from tocsin.reading.fates import (
    MarkFinder,
    find_fate,
    names_animals,
)
from tocsin.reading.quantities import Quantity, QuantityFinder
from tocsin.records import Span, TollKind

#: "Rises to five", "from three to five": the new figure counts.
_UPDATED = re.compile(
    r"\b(?:ris\w*|rose|rais\w*|revis\w*|increas\w*|climb\w*|jump\w*|up|grew|grow\w*|went|cut|lower\w*|drop\w*|fell"
    r"|toll[^.;]{0,20})\s{1,3}$",
    re.I,
)
_PART = re.compile(r"(?:among (?:them|those|whom)|includ(?:ing|ed)|of (?:whom|them|which)|one of)\s{1,3}$", re.I)
_COMMA = re.compile(r",\s$")
_PRONOUN = re.compile(r"\b(?:he|him|she|her)\b(?!\s{1,3}(?:own|and)\b)", re.I)
_CLOSED = re.compile(r"\s{0,3}(?:[.,;)]|$)|\s{1,3}(?:later|was|had|has|died|of)\b")
#: Between a part and what it is part of: "four of the ten lorries".
_OF_THE = re.compile(r"\s{1,3}of\s{1,3}(?:the|its|his|her|their|those|these)\s{1,3}")
_KIN = re.compile(r"\s{1,3}and\s{1,3}(?:his|her|their)\s{1,3}")
_ARTICLES = frozenset({"a", "an"})
#: How far a word that makes a number a toll may stand from it.
_REACH = 160
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]{0,3}\s{1,3}(?=[\"'\u201c\u2018(\[]?[A-Z\d\u2022-])|\n")


def find_counts(text: str, table: NumberTable | None = None) -> tuple[Count, ...]:
    """All counts of a passage in order, with the bundled table of numbers or another."""
    return (_load_finder() if table is None else CountFinder(table)).find(text)


def find_lone_fate(text: str, phrase: Span) -> TollKind | None:
    """What became of one person whom a phrase names without a number, by words bound to it; None where it names more.

    >>> find_lone_fate("The raid killed Corporal Dren Vasa.", Span(16, 34))
    'killed'
    """
    return _load_finder().find_lone_fate(text, phrase)


def find_pronoun_fate(text: str) -> TollKind | None:
    """What became of the one person whom a passage calls "he", "him", "she" or "her"; None where it does not say.

    >>> find_pronoun_fate("Police arrested him on Tuesday.")
    'arrested'
    """
    return _load_finder().find_pronoun_fate(text)


@cache
def _load_finder() -> CountFinder:
    return CountFinder(load_numbers())


class CountFinder:
    """The patterns over one table of numbers; `find` is a pure function of the text."""

    def __init__(self, table: NumberTable) -> None:
        self._quantities = QuantityFinder(table)
        self._nouns = NounFinder(table)
        self._marks = MarkFinder(table)

    def find(self, text: str) -> tuple[Count, ...]:
        """The counts of a passage, in order; a sum ("a lieutenant and eleven men") before its second part."""
        marks = self._marks.find(text)
        starts = [m.span.start for m in marks]
        ends = [m.end() for m in _SENTENCE_END.finditer(text)]
        quantities = self._quantities.find(text)
        wholes = {b.span.start for a, b in pairwise(quantities) if _OF_THE.fullmatch(text, a.span.end, b.span.start)}
        read = [c for q in quantities if (c := self._read(text, q)) is not None]
        read = [replace(c, rule=f"{c.rule}-whole") if c.number.start in wholes else c for c in read]
        read = list(self._add_kin(text, read))
        numbers = [c.number.start for c in read if c.rule != "number-article"]
        judged: list[Count] = []
        for count in read:
            i = bisect_left(ends, count.number.start + 1)
            low = max(ends[i - 1] if i else 0, count.number.start - _REACH)
            high = min(ends[i] if i < len(ends) else len(text), count.span.end + _REACH)
            near = marks[bisect_left(starts, low) : bisect_left(starts, high)]
            at = bisect_left(numbers, count.number.end)
            judged.append(judge_fate(text, count, near, numbers[at] if at < len(numbers) else len(text)))
        # "a welder" is somebody only where words bound to it say so; "a bridge" is no count
        kept = [c for c in judged if c.rule != "number-article" or c.sort != "things"]
        return tuple(add_sums(text, share_fates(text, kept)))

    def find_lone_fate(self, text: str, phrase: Span) -> TollKind | None:
        """See the function of this name."""
        if not self._nouns.is_one_person(phrase.cut(text)):
            return None
        return find_fate(text, phrase, self._marks.find(text))

    def find_pronoun_fate(self, text: str) -> TollKind | None:
        """See the function of this name."""
        marks = self._marks.find(text)
        fates = (find_fate(text, Span(*m.span()), marks) for m in _PRONOUN.finditer(text))
        return next((fate for fate in fates if fate is not None), None)

    def _add_kin(self, text: str, counts: list[Count]) -> Iterator[Count]:
        """ "A farmer and his daughter" are two, "a woman and her two sons" three, "a herder and his sons" 3 or more.

        Those who belong together are told as one toll; others side by side stay two counts (`add_sums`).
        """
        end = 0
        for count in counts:
            if count.number.start < end:
                continue
            kin = self._count_kin(text, count, counts)
            yield kin or count
            end = kin.span.end if kin else end

    def _count_kin(self, text: str, count: Count, counts: list[Count]) -> Count | None:
        m = _KIN.match(text, count.span.end) if count.rule == "number-article" and count.sort == "people" else None
        if m is None:
            return None
        others = next((c for c in counts if c.number.start == m.end()), None)
        noun = self._nouns.find(text, m.end() - 1)
        low, high = (2, None) if is_plural(noun.head) else (1, 1)
        if others is not None:
            low, high = others.low, others.high
        if (others or noun).sort != "people":
            return None
        span = Span(count.span.start, (others or noun).span.end)
        return Count(span, span, 1 + low, None if high is None else 1 + high, span.cut(text), "people", "number-sum")

    def _read(self, text: str, quantity: Quantity) -> Count | None:
        """The number with its noun phrase, or None where it is no count."""
        if counts_nothing(text, quantity):
            return None
        words = quantity.span.cut(text).lower()
        noun = self._nouns.find(text, quantity.span.end)
        phrase = noun.span.cut(text)
        if noun.head and (self._nouns.is_measure(phrase) or names_animals(phrase)):
            return None
        if words in _ARTICLES and (noun.sort == "none" or noun.is_pronoun or is_plural(noun.head)):
            return None
        if words in _ARTICLES and noun.head in COLLECTIVES:
            return None
        if words == "one" and noun.sort == "none" and not _CLOSED.match(text, quantity.span.end):
            return None
        low, high, rule = self._settle_bounds(text, quantity, words, is_pronoun=noun.is_pronoun)
        span = Span(quantity.span.start, max(noun.span.end, quantity.span.end))
        return Count(quantity.span, span, low, high, phrase.strip() or None, noun.sort, rule)

    def _settle_bounds(
        self, text: str, quantity: Quantity, words: str, *, is_pronoun: bool
    ) -> tuple[int, int | None, str]:
        before = text[max(0, quantity.span.start - 40) : quantity.span.start]
        low, high, rule = quantity.low, quantity.high, quantity.rule
        if is_negated(text, quantity):
            low, high, rule = 0, 0, "number-none"
        elif words in _ARTICLES:
            rule = "number-article"
        elif rule == "number-range" and words.startswith("from ") and _UPDATED.search(before):
            low, rule = high or low, "number-update"
        if _PART.search(before) or (is_pronoun and _COMMA.search(before)):
            rule += "-part"
        return low, high, rule
