"""Records to JSON and back, driven by their type hints.

`to_plain` gives only dicts, lists, strings, numbers, booleans and None; `from_plain` is its exact inverse and refuses
what does not fit, naming record, field and what is allowed. Dates are ISO 8601; times carry their offset and are UTC.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tocsin.errors import RecordError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The JSON form of a record, or of a tuple, date or plain value inside one."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(item) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise RecordError("time", value.isoformat(), "must carry a time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """Make a record of class `kind` from its JSON form; raises RecordError on what does not fit."""
    decoded: T = _decode(kind, plain, kind.__name__)
    return decoded


def to_json(record: Any) -> str:
    """One line of JSON, keys in field order, non-ASCII letters kept."""
    return json.dumps(to_plain(record), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """The inverse of `to_json`."""
    try:
        plain = json.loads(text)
    except ValueError as why:
        raise RecordError(kind.__name__, text[:60], f"is not JSON ({why})") from why
    return from_plain(kind, plain)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(hint: Any, plain: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _decode_optional(hint, plain, where)
    if origin is Literal:
        if plain not in get_args(hint) or isinstance(plain, bool):
            raise RecordError(where, plain, f"must be one of {', '.join(map(str, get_args(hint)))}")
        return plain
    if origin is tuple:
        if not isinstance(plain, list | tuple):
            raise RecordError(where, plain, "must be a list")
        return tuple(_decode(get_args(hint)[0], item, f"{where}[{i}]") for i, item in enumerate(plain))
    if is_dataclass(hint):
        return _decode_record(hint, plain, where)
    if hint is datetime or hint is date:
        return _decode_date(hint, plain, where)
    if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, hint) or (isinstance(plain, bool) and hint is not bool):
        raise RecordError(where, plain, f"must be of type {hint.__name__}")
    return plain


def _decode_optional(hint: Any, plain: Any, where: str) -> Any:
    members = [m for m in get_args(hint) if m is not NoneType]
    if plain is None and NoneType in get_args(hint):
        return None
    if len(members) != 1:  # pragma: no cover - no record has such a field
        raise RecordError(where, hint, "only optional unions are supported")
    return _decode(members[0], plain, where)


def _decode_record(kind: Any, plain: Any, where: str) -> Any:
    if not isinstance(plain, dict):
        raise RecordError(where, plain, "must be an object")
    names = {f.name for f in fields(kind)}
    if strange := sorted(plain.keys() - names):
        raise RecordError(where, strange[0], f"is not a field; allowed are {', '.join(sorted(names))}")
    hints = _hints(kind)
    try:
        return kind(**{name: _decode(hints[name], item, f"{where}.{name}") for name, item in plain.items()})
    except TypeError as why:
        raise RecordError(where, sorted(names - plain.keys()), f"fields are missing ({why})") from why


def _decode_date(kind: type[date], plain: Any, where: str) -> date:
    if not isinstance(plain, str):
        raise RecordError(where, plain, "must be an ISO 8601 text")
    try:
        value = kind.fromisoformat(plain)
    except ValueError as why:
        raise RecordError(where, plain, "is not an ISO 8601 date or time") from why
    if isinstance(value, datetime) and value.tzinfo is None:
        raise RecordError(where, plain, "must carry a time zone")
    return value.astimezone(UTC) if isinstance(value, datetime) else value
