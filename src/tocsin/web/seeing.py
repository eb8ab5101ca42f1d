"""When a visitor last looked at an incident: kept in the visitor's own cookie, the desk remembers nothing of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

SEEN_COOKIE = "tocsin_seen"
#: So many incidents are remembered, the latest first; the cookie stays under the four kilobytes that browsers keep.
MOST_SEEN = 80
_KEPT_DAYS = 90
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_ENTRY = re.compile(r"([\w-]{1,40})\.(\d{1,10})")


def find_last_look(request: Request, record_id: str) -> datetime | None:
    """When this browser last showed the record, to the second; None where it never did, or long ago."""
    seconds = _read(request).get(_shorten(record_id))
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)


def remember_look(request: Request, response: Response, record_id: str, now: datetime, *, secure: bool) -> None:
    """Let the browser remember that it shows the record now; `secure`: over https alone."""
    seen = {_shorten(record_id): int((now - _EPOCH).total_seconds())}
    seen |= {id_: at for id_, at in _read(request).items() if id_ not in seen}
    kept = "~".join(f"{id_}.{at}" for id_, at in list(seen.items())[:MOST_SEEN])
    response.set_cookie(
        SEEN_COOKIE, kept, max_age=_KEPT_DAYS * 86_400, httponly=True, samesite="strict", secure=secure,
        path="/incidents",
    )  # fmt: skip


def _read(request: Request) -> dict[str, int]:
    given = request.cookies.get(SEEN_COOKIE, "")[:8000]
    return {m[1]: int(m[2]) for m in map(_ENTRY.fullmatch, given.split("~")) if m}


def _shorten(record_id: str) -> str:
    return record_id[-16:]
