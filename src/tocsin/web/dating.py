"""Days, months and times in the language spoken now, for people; all in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tocsin.web.language import N_, _

#: In short, January first.
MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"),
    N_("Nov"), N_("Dec"),
)  # fmt: skip


def write_day(day: date) -> str:
    """ "8 Mar 2026"."""
    return _("%(day)s %(month)s %(year)s") % _part(day)


def write_short_day(day: date) -> str:
    """ "8 Mar"."""
    return _("%(day)s %(month)s") % _part(day)


def write_month(day: date) -> str:
    """ "Mar 2026"."""
    return _("%(month)s %(year)s") % _part(day)


def write_hour(moment: datetime) -> str:
    """ "8 Mar 14:00"."""
    return f"{write_short_day(moment)} {moment:%H}:00"


def write_time(moment: datetime) -> str:
    """ "8 Mar 2026, 14:05 UTC"."""
    utc = moment.astimezone(UTC)
    return f"{write_day(utc)}, {utc:%H:%M} UTC"


def _part(day: date) -> dict[str, object]:
    return {"day": day.day, "month": _(MONTHS[day.month - 1]), "year": day.year}
