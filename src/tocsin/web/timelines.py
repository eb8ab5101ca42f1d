"""When incidents were first reported: bars of an hour, a day, a week, a month or a year, each a link to itself.

Every incident is in exactly one bar, so that the bars add up to the list, and a bar's link lists just what it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from tocsin.ports import Pulse, Store
from tocsin.records import Filter
from tocsin.web.asked import Asked
from tocsin.web.charting import round_up
from tocsin.web.dating import write_day, write_hour, write_month, write_short_day
from tocsin.web.language import N_, _, ngettext
from tocsin.web.phrases import family

Step = Literal["hour", "day", "week", "month", "year"]
#: The first step that needs no more bars than this is taken.
MOST_BARS = 130
WIDTH, HEIGHT = 480, 150
_LEFT, _TOP, _BOTTOM = 30, 6, 22
_DATED = 6
STEP_NAMES: dict[Step, str] = {
    "hour": N_("by hour"), "day": N_("by day"), "week": N_("by week"), "month": N_("by month"), "year": N_("by year"),
}  # fmt: skip
_WRITERS: dict[Step, Callable[[datetime], str]] = {
    "hour": write_hour, "day": write_day, "week": write_day, "month": write_month, "year": "{:%Y}".format,
}  # fmt: skip


def mark_hour(moment: datetime) -> str:
    """ "14:00" under the axis; at midnight the day that begins, "8 Mar", or nobody knows whose hours these are."""
    return f"{moment:%H}:00" if moment.hour else write_short_day(moment)


_MARKERS: dict[Step, Callable[[datetime], str]] = _WRITERS | {
    "hour": mark_hour, "day": write_short_day, "week": write_short_day,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of time, `until` exclusive, with its incidents; heights count from the line of zero.

    url  the same list narrowed to the stretch; None where nothing was reported
    """

    since: datetime
    until: datetime
    conflict: int
    cooperation: int
    x: float
    width: float
    up: float
    down: float
    label: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars without a gap, oldest first, and what stands around them; no bars where there is no incident.

    base  the address that a chosen stretch is added to
    """

    step: Step
    bars: tuple[Bar, ...]
    zero: float
    marks: tuple[tuple[float, int], ...]
    dated: tuple[tuple[float, str], ...]
    base: str

    @property
    def title(self) -> str:
        """What a bar counts."""
        return _(STEP_NAMES[self.step])

    @property
    def conflict(self) -> int:
        """How many acts of conflict."""
        return sum(bar.conflict for bar in self.bars)

    @property
    def cooperation(self) -> int:
        """How many acts of cooperation."""
        return sum(bar.cooperation for bar in self.bars)


def read_timeline(store: Store, asked: Asked, path: str) -> Timeline:
    """The timeline of the incidents that are asked for, whatever the page."""
    pulses = store.pulses(asked.wanted, "day")
    step = choose_step(pulses)
    return draw_timeline(store.pulses(asked.wanted, "hour") if step == "hour" else pulses, step, asked, path)


def choose_step(pulses: Sequence[Pulse]) -> Step:
    """Three days or fewer by the hour, else the finest step that needs no more than `MOST_BARS` bars."""
    if not pulses:
        return "day"
    first, last = pulses[0].began_at, pulses[-1].began_at
    days = (last - first).days + 1
    needed: dict[Step, float] = {"hour": days * 43, "day": days, "week": days / 7 + 1, "month": days / 28 + 1}
    return next((step for step, bars in needed.items() if bars <= MOST_BARS), "year")


def draw_timeline(pulses: Sequence[Pulse], step: Step, asked: Asked, path: str) -> Timeline:
    """Pulses (oldest first) as bars on one scale, conflict upwards, cooperation downwards."""
    base = asked.link(path, last=None, reported_since=None, reported_until=None)
    counts: dict[datetime, list[int]] = {}
    for pulse in pulses:
        held = counts.setdefault(begin(step, pulse.began_at), [0, 0])
        held[family(pulse.type) != "conflict"] += pulse.count
    if not counts:
        return Timeline(step, (), float(HEIGHT - _BOTTOM), (), (), base)
    stretches = _list_stretches(step, _find_first(step, min(counts), max(counts), asked.wanted), max(counts))
    top, depth = max(up for up, _down in counts.values()), max(down for _up, down in counts.values())
    reach = round_up(max(top, 1))
    scale = (HEIGHT - _TOP - _BOTTOM) / (reach + depth)
    slot = (WIDTH - _LEFT) / len(stretches)
    zero = round(_TOP + reach * scale, 1)
    bars = []
    for number, (since, until) in enumerate(stretches):
        conflict, cooperation = counts.get(since, (0, 0))
        bars.append(
            Bar(
                since, until, conflict, cooperation, round(_LEFT + number * slot, 2), round(slot, 2),
                round(conflict * scale, 1), round(cooperation * scale, 1), _say(step, since, conflict, cooperation),
                _narrow(asked, path, since, until) if conflict or cooperation else None,
            )
        )  # fmt: skip
    every = max(1, -(-len(bars) // _DATED))
    dated = tuple((round(b.x + slot / 2, 1), _MARKERS[step](b.since)) for b in bars[::every])
    marks = tuple((round(zero - value * scale, 1), value) for value in dict.fromkeys((reach, reach // 2)) if value)
    return Timeline(step, tuple(bars), zero, marks, dated, base)


def _find_first(step: Step, first: datetime, last: datetime, wanted: Filter) -> datetime:
    """A window is drawn from its beginning, silence and all, as long as that is not most of the picture."""
    if wanted.reported_since is None:
        return first
    asked = begin(step, wanted.reported_since)
    return asked if asked < first and len(_list_stretches(step, asked, last, MOST_BARS + 1)) <= MOST_BARS else first


def _list_stretches(
    step: Step, first: datetime, last: datetime, most: int | None = None
) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    since = first
    while since <= last and (most is None or len(found) < most):
        until = begin_next(step, since)
        found.append((since, until))
        since = until
    return found


def _narrow(asked: Asked, path: str, since: datetime, until: datetime) -> str:
    """What is asked for already still holds at both ends, so that the link lists what the bar counts."""
    wanted = asked.wanted
    since = max(since, wanted.reported_since or since)
    until = min(until, wanted.reported_until or until)
    return asked.link(path, last=None, reported_since=since, reported_until=until)


def _say(step: Step, since: datetime, conflict: int, cooperation: int) -> str:
    total = conflict + cooperation
    when = _WRITERS[step](since)
    if not total:
        return when
    counted = ngettext("%(num)s incident", "%(num)s incidents", total) % {"num": total}
    parts = _("%(conflict)s of conflict, %(cooperation)s of cooperation") % {
        "conflict": conflict, "cooperation": cooperation,
    }  # fmt: skip
    return f"{when}: {counted} ({parts})"


def begin(step: Step, at: datetime) -> datetime:
    """The beginning of the hour, day, week (from Monday), month or year that holds `at`, in UTC."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match step:
        case "hour":
            return hour
        case "day":
            return day
        case "week":
            return day - timedelta(days=min(day.weekday(), (day - datetime.min.replace(tzinfo=UTC)).days))
        case "month":
            return day.replace(day=1)
        case _:
            return day.replace(month=1, day=1)


def begin_next(step: Step, since: datetime) -> datetime:
    """The beginning of the next one."""
    ahead = {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=31),
    }
    return begin(step, since + ahead.get(step, timedelta(days=366)))
