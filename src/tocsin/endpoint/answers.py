"""From the words of a model to the list of claims in them: bare JSON, fenced JSON, or JSON with prose around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

#: Only blanks may stand before the line's end: line ends there, too, would be tried one by one, over the whole answer.
_FENCED = re.compile(r"```[A-Za-z]*[^\S\n]*\n(.*?)```", re.DOTALL)
#: So many opening braces of a wordy answer are tried.
_MOST_TRIES = 300


def find_claims(answer: str) -> list[Any] | None:
    """The claims of an answer as plain JSON values, unchecked; None where the answer holds no such JSON.

    Of several such objects the last counts: a model that thinks aloud drafts before it answers.
    """
    whole = _claims_of(_load(answer))
    if whole is not None:
        return whole
    fenced = [found for block in _FENCED.findall(answer) if (found := _claims_of(_load(block))) is not None]
    if fenced:
        return fenced[-1]
    loose = [found for value in _iter_objects(answer) if (found := _claims_of(value)) is not None]
    return loose[-1] if loose else None


def _claims_of(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        claims = value.get("claims")
        return claims if isinstance(claims, list) else None
    if isinstance(value, list) and all(isinstance(v, dict) and "evidence" in v for v in value):
        return value
    return None


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _iter_objects(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MOST_TRIES):
        if at < 0:
            return
        try:
            value, stop = decoder.raw_decode(text, at)
            yield value
        except (ValueError, RecursionError):
            stop = at + 1
        at = text.find("{", stop)
