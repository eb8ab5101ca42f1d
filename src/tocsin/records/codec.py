"""Records to JSON and back, driven by their type hints.

`to_plain` gives only dicts, lists, strings, numbers, booleans and None; `from_plain` is its exact inverse and refuses
what does not fit, naming record, field and what is allowed. Dates are ISO 8601; times carry their offset and are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tocsin.errors import RecordError

T = TypeVar("T")
Decoder = Callable[[Any, str], Any]
_PLAIN = frozenset({str, int, float, bool, NoneType})


def to_plain(value: Any) -> Any:
    """The JSON form of a record, or of a tuple, date or plain value inside one."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(getattr(value, name)) for name in _names(kind)}
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
    hint: Any = kind
    decoded: T = _make_decoder(hint)(plain, kind.__name__)
    return decoded


def to_json(record: Any) -> str:
    """One line of JSON, keys in field order, non-ASCII letters kept."""
    return write_plain(to_plain(record))


def write_plain(plain: Any) -> str:
    """What `to_plain` gave, as `to_json` writes it."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """The inverse of `to_json`."""
    try:
        plain = json.loads(text)
    except ValueError as why:
        raise RecordError(kind.__name__, text[:60], f"is not JSON ({why})") from why
    return from_plain(kind, plain)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _make_decoder(hint: Any) -> Decoder:
    """What turns the JSON form of one type hint into its value: worked out once for each hint, for speed."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _make_optional_decoder(hint)
    if origin is Literal:
        return _make_literal_decoder(get_args(hint))
    if origin is tuple:
        return _make_tuple_decoder(get_args(hint)[0])
    if is_dataclass(hint):
        return _make_record_decoder(hint)
    if hint is datetime or hint is date:
        return partial(_decode_date, hint)
    return _make_plain_decoder(hint)


def _make_optional_decoder(hint: Any) -> Decoder:
    members = [m for m in get_args(hint) if m is not NoneType]
    if len(members) != 1 or NoneType not in get_args(hint):  # pragma: no cover - no record has such a field
        raise RecordError("field", hint, "only optional unions are supported")
    decode = _make_decoder(members[0])
    return lambda plain, where: None if plain is None else decode(plain, where)


def _make_literal_decoder(allowed: tuple[Any, ...]) -> Decoder:
    def decode(plain: Any, where: str) -> Any:
        if isinstance(plain, bool) or plain not in allowed:
            raise RecordError(where, plain, f"must be one of {', '.join(map(str, allowed))}")
        return plain

    return decode


def _make_tuple_decoder(member: Any) -> Decoder:
    decode_member = _make_decoder(member)

    def decode(plain: Any, where: str) -> Any:
        if not isinstance(plain, list | tuple):
            raise RecordError(where, plain, "must be a list")
        return tuple([decode_member(item, f"{where}[{i}]") for i, item in enumerate(plain)])

    return decode


def _make_plain_decoder(kind: type) -> Decoder:
    def decode(plain: Any, where: str) -> Any:
        if type(plain) is kind:
            return plain
        if kind is float and type(plain) is int:
            return float(plain)
        raise RecordError(where, plain, f"must be of type {kind.__name__}")

    return decode


def _make_record_decoder(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    names = frozenset(_names(kind))
    decoders = {name: (_make_decoder(hints[name]), f".{name}") for name in names}

    def decode(plain: Any, where: str) -> Any:
        if not isinstance(plain, dict):
            raise RecordError(where, plain, "must be an object")
        if not plain.keys() <= names:
            strange = min(plain.keys() - names)
            raise RecordError(where, strange, f"is not a field; allowed are {', '.join(sorted(names))}")
        values = {}
        for name, item in plain.items():
            decode_field, path = decoders[name]
            values[name] = decode_field(item, where + path)
        try:
            return kind(**values)
        except TypeError as why:
            raise RecordError(where, sorted(names - plain.keys()), f"fields are missing ({why})") from why

    return decode


def _decode_date(kind: type[date], plain: Any, where: str) -> date:
    if not isinstance(plain, str):
        raise RecordError(where, plain, "must be an ISO 8601 text")
    try:
        value = kind.fromisoformat(plain)
    except ValueError as why:
        raise RecordError(where, plain, "is not an ISO 8601 date or time") from why
    if isinstance(value, datetime) and value.tzinfo is None:
        raise RecordError(where, plain, "must carry a time zone")
    try:
        return value.astimezone(UTC) if isinstance(value, datetime) else value
    except OverflowError as why:
        raise RecordError(where, plain, "lies beyond the years 1 to 9999 in UTC") from why
