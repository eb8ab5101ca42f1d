"""Times as tables count them: units since the beginning of 1970, written out as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: So many of a unit are a second, by the names that Arrow and NumPy have for them.
UNITS = {"D": None, "s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_moment(count: int, unit: str) -> str:
    """The time as 2026-03-08T09:30:00, its fraction of a second cut off, or the day ("D") as 2026-03-08.

    What lies beyond the calendar comes as its count, "4611686018427387904 s": no reader takes that for a time.
    """
    a_second = UNITS[unit]
    try:
        if a_second is None:
            return (_BEGIN.date() + timedelta(days=count)).isoformat()
        return (_BEGIN + timedelta(seconds=count // a_second)).isoformat()
    except OverflowError:
        return f"{count} {unit}"
