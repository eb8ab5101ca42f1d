"""A count: a number of a text with what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.reading.counted import Sort
from tocsin.records import Span, TollKind


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
    kinds: tuple[TollKind, ...] = ()
