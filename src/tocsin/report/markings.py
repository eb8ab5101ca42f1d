"""Markings: the Traffic Light Protocol 2.0 (FIRST, August 2022), the exercise, and who may be named.

The order of restriction is TLP's own: CLEAR, GREEN, AMBER, AMBER+STRICT, RED.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tocsin.errors import RecordError
from tocsin.records.marking import TLP_ORDER, Tlp, is_public

if TYPE_CHECKING:
    from tocsin.report.sentences import Report

#: TLP 2.0's own colours of the letters, on black.
TLP_COLOURS: dict[Tlp, str] = {
    "TLP:CLEAR": "#FFFFFF",
    "TLP:GREEN": "#33FF00",
    "TLP:AMBER": "#FFC000",
    "TLP:AMBER+STRICT": "#FFC000",
    "TLP:RED": "#FF2B2B",
}
#: What each marking allows, in TLP 2.0's sense and our words.
TLP_MEANINGS: dict[Tlp, str] = {
    "TLP:CLEAR": "may be shared with everybody",
    "TLP:GREEN": "may be shared within the community, not in public",
    "TLP:AMBER": "for the recipient's organisation and its clients, on a need-to-know basis",
    "TLP:AMBER+STRICT": "for the recipient's organisation only",
    "TLP:RED": "for the recipients named only",
}
EXERCISE = "EXERCISE"


def choose_marking(asked: Tlp, parts: Iterable[Tlp]) -> Tlp:
    """The most restrictive of what is asked for and of what the report is made from."""
    return max((asked, *parts), key=TLP_ORDER.index)


def is_for_everybody(tlp: Tlp, has_names: bool | None) -> bool:
    """Whether people's names stay out: as a person decided, or else where the marking lets anybody read it."""
    return is_public(tlp) if has_names is None else not has_names


def check_exercise(flags: Iterable[bool]) -> bool:
    """Whether everything is exercise; raises RecordError where exercise and real news would stand in one report."""
    held = set(flags)
    if len(held) > 1:
        raise RecordError(
            "report",
            "exercise and real news",
            "may not stand in one report: choose one of the two, or remove the exercise",
        )
    return held == {True}


def list_keywords(report: Report) -> list[str]:
    """What a file's own properties are tagged with: its marking, and the exercise."""
    return [report.tlp, *([EXERCISE] if report.is_exercise else [])]


def describe_marking(report: Report) -> str:
    """The same in a sentence: file managers and archives show it beside the name."""
    invented = f"{EXERCISE}: everything in it is invented. " if report.is_exercise else ""
    return f"{invented}{report.tlp}: {TLP_MEANINGS[report.tlp]}."
