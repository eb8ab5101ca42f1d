"""What became of those who are counted, by the words around a number and the counts beside it; and what they sum to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from tocsin.reading.count import Count
from tocsin.reading.fates import Mark, bind_mark, find_total, kind_of_noun, names_people, rank_mark
from tocsin.records import Span, TollKind

_AMONG = re.compile(r"[^.;]\b(?:among (?:them|those|whom)|including)\s{1,3}$", re.I)
_CARRIED = re.compile(r"\b(?:carrying|containing|transporting|home to|population of|owned by)\s{1,3}$", re.I)
#: A crowd is counted, not its dead: "fired at a crowd of some 1,500 people".
_CROWD = re.compile(r"\b(?:crowd|throng|gathering|march|rally|demonstration|procession|queue)s? of\s{1,3}$", re.I)
#: What stands between two members of a list: "four members of the paramilitary force and a shepherd".
_LISTED = re.compile(r"(?:\s{1,3}of(?:\s{1,3}(?!and\b)[\w'\u2019-]+){1,4})?(?:\s{1,3}and|,(?:\sand)?)\s{1,3}")
_JOINED = re.compile(r"\s{1,3}and\s{1,3}")
#: Police arrest and gunmen abduct, but both capture, hold and take: the act decides.
CAPTIVITY: tuple[TollKind, ...] = ("arrested", "abducted")


def judge_fate(text: str, count: Count, near: list[Mark], following: int) -> Count:
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
    return replace(count, kinds=tuple(dict.fromkeys(kinds)), fate=fate)


def share_fates(text: str, counts: list[Count]) -> list[Count]:
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


def add_sums(text: str, counts: list[Count]) -> Iterator[Count]:
    """The counts, a sum ("a lieutenant and eleven men") before its second part."""
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
