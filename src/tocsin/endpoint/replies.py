"""What an answer of the endpoint means: its status, what it says of its troubles, and the words of the model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tocsin.errors import ReaderUnavailableError, ReadingError, TocsinError
from tocsin.settings import Secret

_MAX_TOLD = 200
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
#: Statuses with which endpoints refuse a field of the request that they do not know.
_REFUSES_FORM = frozenset({400, 415, 422, 501})


class BusyError(ReaderUnavailableError):
    """The endpoint is busy, failing or slow for the moment; `wait_seconds` is what it asks for, or None."""

    def __init__(self, what: str, which: object, why: str, wait_seconds: float | None = None) -> None:
        super().__init__(what, which, why)
        self.wait_seconds = wait_seconds


class RefusedFormError(ReaderUnavailableError):
    """The endpoint refuses the request as put; with fewer options it may take it."""


class CutOffError(ReadingError):
    """The model ran out of room before its answer was whole; a shorter part may fit."""


def judge_status(
    status: int, body: bytes, wait: float | None, address: str, model: str, key: Secret | None, has_options: bool
) -> TocsinError:
    """The error that a status other than 200 stands for; the key never gets into it, even if the endpoint echoes it."""
    told = _tell_trouble(body, key)
    said = f" ({told})" if told else ""
    if status in (401, 403):
        remedy = "refuses the key that is set" if key else "wants a key: set TOCSIN_ENDPOINT_KEY"
        return ReaderUnavailableError("endpoint", address, f"answers {status}: {remedy}")
    if status in _BUSY:
        return BusyError("endpoint", address, f"answers {status}{said}", wait)
    if 300 <= status < 400:
        reason = f"answers {status}: redirects are not followed; give the final address as endpoint_address"
        return ReaderUnavailableError("endpoint", address, reason)
    if status == 413:
        return ReadingError("article part", address, "is too long for the endpoint (413): lower endpoint_max_words")
    if has_options and status in _REFUSES_FORM:
        return RefusedFormError("endpoint", address, f"answers {status}{said}")
    if status == 404:
        reason = f"answers 404{said}: it has no chat completions there, or no model {model!r}"
        return ReaderUnavailableError("endpoint", address, reason)
    return ReaderUnavailableError("endpoint", address, f"answers {status}{said}")


def read_content(body: bytes, address: str, model: str) -> str:
    """The words of the model out of a chat completion; raises for a body that holds none."""
    reply = _load(body)
    if not isinstance(reply, dict):
        reason = "does not speak the chat completions protocol: its answer is no JSON object"
        raise ReaderUnavailableError("endpoint", address, reason)
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        told = _tell_trouble(body, None)
        reason = f"gives no choices{f' ({told})' if told else ''}"
        raise ReaderUnavailableError("endpoint", address, reason)
    message = choices[0].get("message")
    content = _join(message.get("content")) if isinstance(message, dict) else ""
    ending = choices[0].get("finish_reason")
    if ending == "length":
        raise CutOffError("answer of the endpoint", model, "is cut off: the model ran out of room")
    if ending == "content_filter" or (isinstance(message, dict) and message.get("refusal")):
        raise ReadingError("answer of the endpoint", model, "is a refusal: the model will not code this article")
    if not content.strip():
        raise ReadingError("answer of the endpoint", model, "is empty")
    return content


def _join(content: Any) -> str:
    """Content comes as one text, or as a list of parts."""
    if isinstance(content, list):
        return "".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
    return content if isinstance(content, str) else ""


def tell_wait(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks to wait, at least 0; None without one, or with one that says nothing."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(min(int(header.strip()[:9]), 86_400))
    try:
        then = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _tell_trouble(body: bytes, key: Secret | None) -> str:
    """What an endpoint says of its trouble: one short line, without the key; empty where it says nothing in JSON."""
    reply = _load(body)
    error = reply.get("error", reply.get("detail", reply.get("message"))) if isinstance(reply, dict) else None
    told = error.get("message") if isinstance(error, dict) else error
    if not isinstance(told, str):
        return ""
    if key is not None and key.reveal():
        told = told.replace(key.reveal(), repr(key))
    clean = "".join(c if c.isprintable() else " " for c in told[: 4 * _MAX_TOLD])
    return " ".join(clean.split())[:_MAX_TOLD]


def _load(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
