"""A rule of the grammar of date expressions: a pattern, and the function that says what its match means.

Months and feasts are read with their capitals only ("may" and "march" are verbs); everything else in any case. All
repetitions are bounded, so that no text can make a pattern slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.reading.date_reading import Reading
from tocsin.records import PartialDate

Resolver = Callable[[Reading], "PartialDate | None"]


@dataclass(frozen=True, slots=True)
class DateRule:
    """One form of words.

    name    of the form, which a date's reason tells; several rules may read one form
    cues    keys of `date_cues.CUES`, one of which stands in every match; none: try the whole text
    leans   it says nothing without a date told before it

    A group `core` in the pattern is the expression itself where the pattern asks for a word before it.
    """

    name: str
    pattern: re.Pattern[str]
    resolve: Resolver
    cues: frozenset[str] = frozenset()
    leans: bool = False


def make_rule(
    name: str, cues: str, pattern: str, resolve: Resolver, flags: int = 0, *, leans: bool = False
) -> DateRule:
    """A rule with its pattern compiled; `cues` are keys of `date_cues.CUES`, separated by spaces."""
    return DateRule(name, re.compile(pattern, flags), resolve, frozenset(cues.split()), leans)
