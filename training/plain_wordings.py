"""The file of plain wordings, `training/data/own/plain.txt`: patterns, what may fill them, lines without a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tocsin.knowledge.plover import load_ontology
from training.markup import DATA

WORDINGS = DATA / "own" / "plain.txt"
_MODALITIES = frozenset({"planned", "conditional", "negated"})


class PlainError(ValueError):
    """A line of the file that does not follow its form."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One pattern: `type` None where it holds no claim."""

    type: str | None
    mode: str | None
    modality: str
    words: str
    line: int


@dataclass(frozen=True, slots=True)
class Filler:
    """Phrases of one kind of party; `country` None: the report's own; "foreign": the other's; "-": not known."""

    sector: str
    country: str | None
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wordings:
    """What the file holds."""

    patterns: tuple[Wording, ...]
    tails: tuple[Wording, ...]
    quiet: tuple[Wording, ...]
    parties: Mapping[str, tuple[Filler, ...]]
    counted: Mapping[str, tuple[str, ...]]
    #: (words, kind, cue)
    speakers: tuple[tuple[str, str, str], ...]


@cache
def read_wordings(path: Path = WORDINGS) -> Wordings:
    """The file's patterns and fillers; PlainError names the line that is wrong."""
    patterns: list[Wording] = []
    tails: list[Wording] = []
    quiet: list[Wording] = []
    parties: dict[str, list[Filler]] = {}
    counted: dict[str, tuple[str, ...]] = {}
    speakers: list[tuple[str, str, str]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@@"):
            kind, _, rest = line[2:].partition(" ")
            counted[kind] = tuple(p.strip() for p in rest.split(";"))
        elif line.startswith("@"):
            kind, filler = _read_filler(line[1:], path, number)
            parties.setdefault(kind, []).append(filler)
        elif line.startswith("= "):
            head, _, rest = line[2:].partition("|")
            kind, cue = head.split()
            speakers += [(p.strip(), kind, cue) for p in rest.split(";")]
        elif line.startswith("- "):
            quiet.append(Wording(None, None, "actual", line[2:], number))
        else:
            (tails if line.startswith("+ ") else patterns).append(_read_pattern(line.removeprefix("+ "), path, number))
    fillers = {kind: tuple(held) for kind, held in parties.items()}
    return Wordings(tuple(patterns), tuple(tails), tuple(quiet), fillers, counted, tuple(speakers))


def _read_filler(line: str, path: Path, number: int) -> tuple[str, Filler]:
    head, _, rest = line.partition("|")
    words = head.split()
    if len(words) not in (2, 3) or not rest.strip():
        raise PlainError(f"{path}:{number}: a filler is: @kind SECTOR country | words; words")
    return words[0], Filler(words[1], words[2] if len(words) == 3 else None, tuple(p.strip() for p in rest.split(";")))


def _read_pattern(line: str, path: Path, number: int) -> Wording:
    head, _, words = line.partition("|")
    type_, *rest = head.split()
    ontology = load_ontology()
    if type_ not in ontology.types:
        raise PlainError(f"{path}:{number}: no type {type_!r}")
    modality = rest.pop() if rest and rest[-1] in _MODALITIES else "actual"
    mode = rest[0] if rest else None
    if mode and mode not in ontology.entry(type_).modes:
        raise PlainError(f"{path}:{number}: {type_} has no mode {mode!r}")
    return Wording(type_, mode, modality, words.strip(), number)
