"""Who does what to whom as a table to keep: a row for each pair of parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.desk.dealings import Dealing, Dealings, Side
from tocsin.export.fields import EXERCISE
from tocsin.export.table import Table
from tocsin.records.filters import WORDS_PREFIX
from tocsin.records.marking import is_public

_SIDE = ("key", "country", "sector", "names")
_COLUMNS = (
    "exercise", "tlp", *(f"actor_{part}" for part in _SIDE), *(f"recipient_{part}" for part in _SIDE), "deeds",
    "hostile", "cooperative", "types", "first_on", "last_on", "disputed", "denied", "planned", "conditional",
)  # fmt: skip


def make_dealing_table(view: Dealings, dealings: Sequence[Dealing], *, tlp: str, is_precise: bool = False) -> Table:
    """A row for each of `dealings` of `view`, with a column for the deeds of each of its periods; `tlp` marks each row.

    For the public, words that a party is written in are left out: they may be a person's name, and there is no single
    article here to say which of them are. `is_precise` keeps them: a person decides that.
    """
    periods = [f"{view.step}_{day.isoformat()}" for day in view.periods]
    told = {"tlp": tlp}
    without_words = is_public(tlp) and not is_precise
    rows = (
        _make_row(d, without_words=without_words) | told | dict(zip(periods, d.by_period, strict=True))
        for d in dealings
    )
    return Table((*_COLUMNS, *periods), rows)


def _make_row(dealing: Dealing, *, without_words: bool) -> dict[str, Any]:
    return {
        "exercise": EXERCISE if dealing.is_exercise else None,
        **_make_side("actor", dealing.actor, without_words=without_words),
        **_make_side("recipient", dealing.recipient, without_words=without_words),
        "deeds": dealing.incidents,
        "hostile": dealing.hostile,
        "cooperative": dealing.cooperative,
        "types": [f"{one.type} {one.incidents}" for one in dealing.types],
        "first_on": dealing.first_on,
        "last_on": dealing.last_on,
        "disputed": dealing.disputed,
        "denied": dealing.denied,
        "planned": dealing.planned,
        "conditional": dealing.conditional,
    }


def _make_side(role: str, side: Side, *, without_words: bool) -> dict[str, Any]:
    is_hidden = without_words and side.key.startswith(WORDS_PREFIX)
    key = WORDS_PREFIX.rstrip(":") if is_hidden else side.key
    told = (key, side.country, side.sector, None if without_words else list(side.names))
    return {f"{role}_{part}": value for part, value in zip(_SIDE, told, strict=True)}
