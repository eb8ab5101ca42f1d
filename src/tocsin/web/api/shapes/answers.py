"""How records become answers, what a refusal is, and the head of every list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tocsin.records import to_plain


class Problem(BaseModel):
    """What went wrong: what, which value, and why or what is allowed."""

    what: str
    which: str
    why: str


@dataclass(frozen=True, slots=True)
class ListHead:
    """How many records meet the filter, and which part of them this is."""

    total: int
    limit: int
    offset: int


def answer(record: Any, status: int = 200) -> JSONResponse:
    """A record or shape as JSON, by the records' own codec: no second one may disagree with the exports."""
    return JSONResponse(_plain(record), status)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return to_plain(value)
