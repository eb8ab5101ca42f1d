"""What the newest report of what is asked for decides: where a window ends, and which day a page begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tocsin.ports import Store
from tocsin.records import Filter
from tocsin.web.asked import WINDOWS, Asked

#: So many of the last reported incidents are looked at for the newest day: a late report tells of an earlier one.
LOOKED_AT = 50


def find_newest_day(store: Store, wanted: Filter) -> date | None:
    """The newest day among the incidents last reported of those that `wanted` asks for; None where there is none.

    An incident's day is its date's last day, or, where no claim says when, the day it was first reported; never a day
    after that report, so that what is planned for next month does not end the window there.
    """
    wanted = replace(wanted, since=None, until=None, limit=LOOKED_AT, offset=0)
    return max(store.shown_days(wanted), default=None)


def resolve_window(store: Store, asked: Asked) -> Asked:
    """Put a time in the place of a window: it ends with the newest report of what is asked for, not now."""
    length = WINDOWS.get(asked.last or "all")
    newest = store.newest_report(asked.wanted) if length else None
    if length is None or newest is None:
        return asked
    return replace(asked, wanted=replace(asked.wanted, reported_since=newest - length))
