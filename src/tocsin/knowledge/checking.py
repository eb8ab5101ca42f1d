"""Reading the values of a table against a closed schema; every refusal names the table, the key and what is allowed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from sys import float_info
from typing import Any

from tocsin.errors import KnowledgeError


def check_keys(where: str, table: Any, needed: Collection[str], optional: Collection[str] = ()) -> None:
    """Refuse what is no table, a key that is unknown and one that is missing; keys are told in the order given."""
    needed = sorted(needed) if isinstance(needed, Set) else needed
    allowed = ", ".join([*needed, *optional])
    if not isinstance(table, Mapping):
        raise KnowledgeError("table", where, f"must hold the keys {allowed}")
    if strange := sorted(table.keys() - {*needed, *optional}):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {allowed}")
    if missing := [key for key in needed if key not in table]:
        raise KnowledgeError("key", f"{where}: {missing[0]}", "is missing")


def read_table(where: str, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table inside a table."""
    value = table[key]
    if not isinstance(value, Mapping):
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a table")
    return value


def read_tables(where: str, table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Tables of their own, as [[key]]."""
    rows = table[key]
    if not isinstance(rows, list) or not all(isinstance(r, Mapping) for r in rows):
        raise KnowledgeError("key", f"{where}: {key}", f"must be tables of their own: [[...{key}]]")
    return rows


def read_text(where: str, table: Mapping[str, Any], key: str) -> str:
    """A text that is not blank."""
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a text")
    return value


def read_texts(where: str, table: Mapping[str, Any], key: str) -> list[str]:
    """A list of at least one text."""
    value = table[key]
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a list of at least one text")
    return value


def read_choice(where: str, table: Mapping[str, Any], key: str, allowed: Collection[str]) -> Any:
    """One of the texts allowed."""
    value = table[key]
    if not isinstance(value, str) or value not in allowed:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", f"must be one of {', '.join(allowed)}")
    return value


def read_choices(where: str, table: Mapping[str, Any], key: str, allowed: Collection[str]) -> Any:
    """At least one of the texts allowed, as a tuple."""
    values = read_texts(where, table, key)
    if strange := [v for v in values if v not in allowed]:
        raise KnowledgeError("value", f"{where}: {key} = {strange[0]!r}", f"must be among {', '.join(allowed)}")
    return tuple(values)


def read_whole(
    where: str, table: Mapping[str, Any], key: str, low: int, high: int, *, default: int | None = None
) -> int:
    """A whole number within bounds; `default` stands for a key that is not there."""
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", f"must be a whole number from {low} to {high}")
    return value


def read_number(where: str, table: Mapping[str, Any], key: str, low: float, high: float) -> float:
    """A number within bounds."""
    value = table[key]
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", f"must be a number from {low:g} to {high:g}")
    return float(value)


def read_weight(which: str, table: Mapping[str, Any], key: str) -> float:
    """A weight of the knowledge file `which`: any number there is, which nan and infinity are not."""
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= float_info.max:
        raise KnowledgeError("knowledge file", f"{which}, {key}", f"must be a number, not {value!r}")
    return float(value)


def read_weights(which: str, table: Mapping[str, Any], part: str, names: Collection[str]) -> dict[str, float]:
    """The weights in the table `part` of the knowledge file `which`: one for each of the names, in their order."""
    told = table.get(part)
    if not isinstance(told, Mapping) or told.keys() != {*names}:
        raise KnowledgeError("knowledge file", which, f"[{part}] must hold exactly {', '.join(names)}")
    return {name: read_weight(f"{which}, {part}", told, name) for name in names}


def read_optional_number(where: str, table: Mapping[str, Any], key: str) -> float | None:
    """A number, 0 or more, or None for a key that is not there."""
    value = table.get(key)
    if value is None:
        return None
    # TOML knows nan, which is below no bound and above none, and whole numbers that no float can hold
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= float_info.max:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a number, 0 or more")
    return float(value)


def read_flag(where: str, table: Mapping[str, Any], key: str) -> bool:
    """True or false; a key that is not there is false."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be true or false")
    return value
