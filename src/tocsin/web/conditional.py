"""Answers that a program asks for again and again: 304 where nothing has changed (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response


def answer_unless_known(request: Request, body: bytes, kind: str) -> Response:
    """The body under its `ETag`, or 304 to an asker that has it already; what stands in it is for him alone."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"cache-control": "private, no-cache", "etag": tag}
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{kind}; charset=utf-8", headers=headers)


def _is_known(asked: str, tag: str) -> bool:
    """Whether the tag is among those of a header; also as a weak one, as a proxy that compresses makes it."""
    return asked.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in asked.split(",")}


def begin_of_day(now: datetime) -> datetime:
    """What stands for the last change of a feed that holds nothing: the same all day, or nobody would ever know it."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
