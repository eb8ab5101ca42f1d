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
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import cast

from tocsin.knowledge.numbers import NumberTable, load_numbers
from tocsin.reading.counted import COLLECTIVES, NounFinder, Sort, counts_nothing, is_negated, is_plural
from tocsin.reading.fates import (
    Mark,
    MarkFinder,
    bind_mark,
    find_fate,
    find_total,
    kind_of_noun,
    names_animals,
    names_people,
    rank_mark,
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
_AMONG = re.compile(r"[^.;]\b(?:among (?:them|those|whom)|including)\s{1,3}$", re.I)
_COMMA = re.compile(r",\s$")
_CARRIED = re.compile(r"\b(?:carrying|containing|transporting|home to|population of|owned by)\s{1,3}$", re.I)
#: A crowd is counted, not its dead: "fired at a crowd of some 1,500 people".
_CROWD = re.compile(r"\b(?:crowd|throng|gathering|march|rally|demonstration|procession|queue)s? of\s{1,3}$", re.I)
_PRONOUN = re.compile(r"\b(?:he|him|she|her)\b(?!\s{1,3}(?:own|and)\b)", re.I)
_CLOSED = re.compile(r"\s{0,3}(?:[.,;)]|$)|\s{1,3}(?:later|was|had|has|died|of)\b")
#: What stands between two members of a list: "four members of the paramilitary force and a shepherd".
_LISTED = re.compile(r"(?:\s{1,3}of(?:\s{1,3}(?!and\b)[\w'\u2019-]+){1,4})?(?:\s{1,3}and|,(?:\sand)?)\s{1,3}")
#: Between a part and what it is part of: "four of the ten lorries".
_OF_THE = re.compile(r"\s{1,3}of\s{1,3}(?:the|its|his|her|their|those|these)\s{1,3}")
_KIN = re.compile(r"\s{1,3}and\s{1,3}(?:his|her|their)\s{1,3}")
_JOINED = re.compile(r"\s{1,3}and\s{1,3}")
_ARTICLES = frozenset({"a", "an"})
#: Police arrest and gunmen abduct, but both capture, hold and take: the act decides.
CAPTIVITY: tuple[TollKind, ...] = ("arrested", "abducted")
#: How far a word that makes a number a toll may stand from it.
_REACH = 160
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]{0,3}\s{1,3}(?=[\"'\u201c\u2018(\[]?[A-Z\d\u2022-])|\n")


@dataclass(frozen=True, slots=True)
class Count:
    """A number and what it counts.

    number   the words of the number with what bounds it ("at least five")
    span     the same with the noun phrase that follows
    low      the least it says
    high     the most, or None where it is open
    whom     the noun phrase as written, or None for a bare number
    sort     what the noun names
    rule     which reading gave the bounds; "number-article" for "a soldier", "...-part" for a part of a total told,
             "...-whole" for what a part told is of
    fate     the kind that words bound to the number give it ("killed 3", "3 dead", "3 deaths"), or None
    has_own_fate  whether the noun itself names the fate
    kinds    all it may be a toll of by the words around it, likeliest first
    """

    number: Span
    span: Span
    low: int
    high: int | None
    whom: str | None
    sort: Sort
    rule: str
    fate: TollKind | None = None
    has_own_fate: bool = False
    kinds: tuple[TollKind, ...] = ()


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
            judged.append(_judge_fate(text, count, near, numbers[at] if at < len(numbers) else len(text)))
        # "a welder" is somebody only where words bound to it say so; "a bridge" is no count
        kept = [c for c in judged if c.rule != "number-article" or c.sort != "things"]
        return tuple(_add_sums(text, _share_fates(text, kept)))

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

        Those who belong together are told as one toll; others side by side stay two counts (`_add_sums`).
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


# --- what became of them
def _judge_fate(text: str, count: Count, near: list[Mark], following: int) -> Count:
    """The count with the kinds the words around it give; no word behind the `following` number is bound to it."""
    if count.sort in ("vehicles", "weapons"):
        return replace(count, kinds=(cast(TollKind, count.sort),))
    before = max(0, count.number.start - 30), count.number.start
    if _CARRIED.search(text, *before) or _CROWD.search(text, *before):
        near = []
    own = kind_of_noun(text[count.number.end : count.span.end])
    if own is None and count.sort == "none":
        own = find_total(text, count.number.start)
    bound = [
        (closeness, i)
        for i, mark in enumerate(near)
        if mark.span.start < following and (closeness := bind_mark(text, count.number, count.span, mark)) is not None
    ]
    mark = near[min(bound)[1]] if bound else None
    if mark is not None and count.sort == "things" and count.whom:
        if names_people(text, count.whom, mark):
            count = replace(count, sort="people")
        elif mark.kind in ("killed", "injured"):
            near, mark = [], None  # houses are burnt and seats are lost, but none is hurt
    fate = mark.kind if mark else own
    ranked = sorted(near, key=lambda mark: rank_mark(text, count.number, count.span, mark))
    kinds = [kind for kind in (fate, own, *(mark.kind for mark in ranked)) if kind is not None]
    if not kinds or count.sort == "people":
        kinds.append("participants")
    if "arrested" in kinds or "abducted" in kinds:
        at = min(kinds.index(k) for k in CAPTIVITY if k in kinds) + 1
        kinds[at:at] = [k for k in CAPTIVITY if k not in kinds]
    return replace(count, kinds=tuple(dict.fromkeys(kinds)), fate=fate, has_own_fate=own is not None)


def _share_fates(text: str, counts: list[Count]) -> list[Count]:
    """In "killed three soldiers and two clerks" the clerks fall too, in "a clerk and two guards died" the clerk."""
    shared = list(counts)
    for i in range(1, len(shared)):
        shared[i] = _share_fate(text, shared[i - 1], shared[i], shared[i - 1])
    for i in range(len(shared) - 1, 0, -1):
        shared[i - 1] = _share_fate(text, shared[i - 1], shared[i], shared[i])
    return shared


def _share_fate(text: str, first: Count, second: Count, giver: Count) -> Count:
    taker = second if giver is first else first
    if giver.fate is None or taker.sort in ("vehicles", "weapons"):
        return taker
    if giver is first and _AMONG.search(text, max(0, second.number.start - 40), second.number.start):
        # "killed 12, among them three children, and wounded nine": what follows the part is not bound to it
        return replace(taker, fate=giver.fate, kinds=tuple(dict.fromkeys((giver.fate, *taker.kinds))))
    if taker.fate is not None:
        return taker
    if not _LISTED.fullmatch(text, first.span.end, second.number.start):
        return taker
    return replace(taker, fate=giver.fate, kinds=tuple(dict.fromkeys((giver.fate, *taker.kinds))))


# --- sums
def _add_sums(text: str, counts: list[Count]) -> Iterator[Count]:
    for i, count in enumerate(counts):
        whole = _add_up(text, counts[i - 1], count) if i else None
        if whole is not None:
            yield whole
        yield count


def _add_up(text: str, first: Count, second: Count) -> Count | None:
    """ "A lieutenant and eleven soldiers" is twelve; two numbers side by side stay two counts (rule 16)."""
    if first.rule != "number-article" or second.sort != first.sort or second.high is None:
        return None
    if not _JOINED.fullmatch(text, first.span.end, second.number.start):
        return None
    span = Span(first.span.start, second.span.end)
    return Count(
        number=Span(span.start, second.number.end),
        span=span,
        low=first.low + second.low,
        high=1 + second.high,
        whom=span.cut(text),
        sort=second.sort,
        rule="number-sum",
        fate=second.fate or first.fate,
        kinds=tuple(dict.fromkeys((*second.kinds, *first.kinds))),
    )
