"""What was asked for, and the addresses that ask for the same: a filter with the window it was given as."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tocsin.records import Filter

#: Windows that end with the newest report of what is asked for; "all" has no bound.
WINDOWS: dict[str, timedelta | None] = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "all": None,
}
#: What asks for a stretch of time; whoever changes one of them takes the others back.
TIME_FIELDS = ("since", "until", "reported_since", "reported_until", "last")
_FIELDS = tuple(field.name for field in fields(Filter) if field.name not in ("limit", "offset"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter, and the window it was given as, if it was.

    wanted  what the store is asked for: `reported_since` already stands for the window
    last    a key of `WINDOWS` as given, or None
    has_limit whether a limit was given: an export without one holds everything
    """

    wanted: Filter
    last: str | None = None
    has_limit: bool = False

    def query(self, **changes: Any) -> str:
        """The query string that asks for the same, with `changes` (None takes a parameter out); no paging.

        `last` and the time it stands for never stand side by side; a change of any parameter but paging starts the
        list anew.
        """
        asked: dict[str, Any] = {name: getattr(self.wanted, name) for name in _FIELDS}
        if self.last:
            asked |= {"last": self.last, **dict.fromkeys(TIME_FIELDS[:-1])}
        asked |= changes
        return urlencode({name: _to_text(value) for name, value in asked.items() if value not in (None, False, "")})

    def link(self, path: str, **changes: Any) -> str:
        """`path` with the query string that asks for the same."""
        query = self.query(**changes)
        return f"{path}?{query}" if query else path

    def link_time(self, path: str, **times: Any) -> str:
        """`path` asked for the same in another stretch of time: a window, days or times; none of them for all."""
        return self.link(path, **(dict.fromkeys(TIME_FIELDS) | times))

    @property
    def time_fields(self) -> tuple[str, ...]:
        """What asks for a stretch of time."""
        return TIME_FIELDS

    @property
    def newest(self) -> datetime | None:
        """The newest report, with which the window ends; None without a window, or where nothing is in it."""
        length = WINDOWS.get(self.last or "all")
        since = self.wanted.reported_since
        return since + length if length is not None and since is not None else None

    @property
    def has_range(self) -> bool:
        """Whether days or times are asked for that are no window."""
        wanted = self.wanted
        return not self.last and any((wanted.since, wanted.until, wanted.reported_since, wanted.reported_until))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for (paging apart)."""
        return bool(self.query())

    def unbounded(self) -> Asked:
        """The same without paging: what an export holds."""
        return replace(self, wanted=replace(self.wanted, limit=0, offset=0))

    def at_most(self, limit: int) -> Asked:
        """The same from its beginning, `limit` of it at most: the map knows no pages."""
        return replace(self, wanted=replace(self.wanted, limit=limit, offset=0))

    def list_fields(self, *without: str) -> dict[str, str]:
        """The parameters that ask for the same, for the hidden fields of a form that changes those in `without`."""
        return dict(parse_qsl(self.query(**dict.fromkeys(without))))


def _to_text(value: Any) -> str:
    if value is True:
        return "1"
    if isinstance(value, datetime):
        return write_time(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def write_time(value: datetime) -> str:
    """A time as addresses have it: UTC, no longer than it must be ("2026-03-12T14:00Z")."""
    at = value.astimezone(UTC)
    unit = "microseconds" if at.microsecond else "seconds" if at.second else "minutes"
    return at.replace(tzinfo=None).isoformat(timespec=unit) + "Z"
