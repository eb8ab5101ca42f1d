"""What the situation report goes by, from `report.toml`: weights of severity, words for codes, words that are no names.

The weights are ours: PLOVER's scores (`plover.toml`) give the act, a logarithm of each toll is added so that the
hundredth victim does not outweigh the first ten, and what has not happened weighs less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.wording import load_wording
from tocsin.records import Modality, SpeakerKind, TollKind
from tocsin.records.incident import IncidentState

_FILE = "report.toml"
#: Files whose small-lettered words are ordinary words, never names.
_WORD_FILES = ("plover.toml", "wording.toml", "numbers.toml", "parties.toml", "alert_rules.toml", _FILE)
_WORD = re.compile(r"[^\W\d_]+")
_SECTIONS = frozenset({"version", "act", "tolls", "modalities", "states", "sectors", "speakers", "marks"})


@dataclass(frozen=True, slots=True)
class ReportTable:
    """What settles the order of incidents and the words of codes.

    hostile, cooperative  points for each unit of PLOVER's score on either side
    tolls                 kind of toll to points for each doubling of the number
    modalities, states    the share of the sum that is left
    sectors, speakers     codes in words, for reports that name nobody
    marks                 capitalised words that need no record
    ordinary              words that begin a sentence and are no names
    """

    version: str
    hostile: float
    cooperative: float
    tolls: Mapping[str, float]
    modalities: Mapping[str, float]
    states: Mapping[str, float]
    sectors: Mapping[str, str]
    speakers: Mapping[str, str]
    marks: frozenset[str]
    ordinary: frozenset[str]


@cache
def load_report_table(path: Path | None = None) -> ReportTable:
    """The bundled table or a user's own of the same form; raises KnowledgeError naming file and key."""
    table, which = load_toml(_FILE, path), str(path or _FILE)
    _check_keys(which, table, _SECTIONS)
    _check_keys(f"{which}: act", table["act"], frozenset({"hostile", "cooperative"}))
    _check_keys(f"{which}: marks", table["marks"], frozenset({"words", "ordinary"}))
    return ReportTable(
        version=str(table["version"]),
        hostile=_number(f"{which}: act", table["act"], "hostile"),
        cooperative=_number(f"{which}: act", table["act"], "cooperative"),
        tolls=_numbers(f"{which}: tolls", table["tolls"], get_args(TollKind)),
        modalities=_numbers(f"{which}: modalities", table["modalities"], get_args(Modality)),
        states=_numbers(f"{which}: states", table["states"], get_args(IncidentState)),
        sectors=dict(table["sectors"]),
        speakers=_check_keys(f"{which}: speakers", table["speakers"], frozenset(get_args(SpeakerKind))),
        marks=frozenset(word.casefold() for word in table["marks"]["words"]),
        ordinary=frozenset(table["marks"]["ordinary"]),
    )


@cache
def load_ordinary_words() -> frozenset[str]:
    """Words that the desk's own knowledge writes in small letters: at the head of a sentence they are no names."""
    acts = (text.casefold() for text in load_wording()["acts"].values())
    texts = (text for name in _WORD_FILES for text in _list_texts(load_toml(name)))
    small = {word for text in (*texts, *acts) for word in _WORD.findall(text) if word.islower()}
    return frozenset(small) | load_report_table().ordinary


def _list_texts(value: Any) -> Iterator[str]:
    """Every text in a loaded file, its keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield str(key)
            yield from _list_texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from _list_texts(held)


def _numbers(where: str, table: Any, names: tuple[str, ...]) -> dict[str, float]:
    _check_keys(where, table, frozenset(names))
    return {name: _number(where, table, name) for name in names}


def _number(where: str, table: Mapping[str, Any], key: str) -> float:
    value = table[key]
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 100:
        raise KnowledgeError("weight", f"{where}: {key} = {value!r}", "must be a number from 0 to 100")
    return float(value)


def _check_keys(where: str, table: Any, allowed: frozenset[str]) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise KnowledgeError("table", where, f"must hold the keys {', '.join(sorted(allowed))}")
    if strange := sorted(table.keys() - allowed):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(sorted(allowed))}")
    if missing := sorted(allowed - table.keys()):
        raise KnowledgeError("key", f"{where}: {missing[0]}", "is missing")
    return table
