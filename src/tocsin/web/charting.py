"""Small drawings that the server makes: tension as a word-sized line and as a series, forecasts as ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.records import Alert, Tension
from tocsin.web.language import _

SPARK_WIDTH, SPARK_HEIGHT, SPARK_DAYS = 96, 24, 28
_PRECEDENCES = ("ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH")


@dataclass(frozen=True, slots=True)
class Spark:
    """A line through the levels of a place's last days.

    lines  one `points` attribute for each run of days without a gap: a day without a score is a gap, never zero
    label  the same in words
    """

    lines: tuple[str, ...]
    last: tuple[float, float] | None
    label: str


def draw_spark(series: Sequence[Tension], days: int = SPARK_DAYS) -> Spark:
    """The last `days` of a series (oldest first), scaled to its own highest level."""
    if not series:
        return Spark((), None, _("no days counted"))
    end = series[-1].day
    start = end - timedelta(days=days - 1)
    shown = {t.day: t.level for t in series if t.day >= start and t.state != "sources-silent"}
    top = max([*shown.values(), 1.0])
    runs: list[list[tuple[float, float]]] = [[]]
    for number in range(days):
        day = start + timedelta(days=number)
        if day in shown:
            x = 2 + number * (SPARK_WIDTH - 4) / max(days - 1, 1)
            runs[-1].append((round(x, 1), round(SPARK_HEIGHT - 2 - shown[day] / top * (SPARK_HEIGHT - 4), 1)))
        elif runs[-1]:
            runs.append([])
    drawn = [run for run in runs if run]
    last = "\N{EN DASH}" if series[-1].state == "sources-silent" else f"{series[-1].level:.1f}"
    return Spark(
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn if len(run) > 1),
        drawn[-1][-1] if drawn else None,
        _("level over %(days)s days to %(end)s, highest %(highest)s, last %(last)s")
        % {"days": days, "end": end.isoformat(), "highest": f"{top:.1f}", "last": last},
    )


def make_series(series: Sequence[Tension], alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """A place's days as the bar chart wants them; a day on which the outlets were silent has no figures."""
    ringing = _find_ringing(alerts)
    return [_make_day(t, ringing.get(t.day)) for t in series]


def _make_day(tension: Tension, alert: str | None) -> dict[str, Any]:
    is_silent = tension.state == "sources-silent"
    asked = {"place_id": tension.place_id, "since": tension.day.isoformat(), "until": tension.day.isoformat()}
    day: dict[str, Any] = {
        "day": tension.day.isoformat(),
        "hostile": None if is_silent else tension.hostile,
        "cooperative": None if is_silent else tension.cooperative,
        "level": None if is_silent else tension.level,
        "surprise": tension.surprise,
        "state": tension.state,
        "count": len(tension.incident_ids),
        "url": f"/incidents?{urlencode(asked)}",
    }
    return day | ({"alert": alert} if alert else {})


def _find_ringing(alerts: Sequence[Alert]) -> Mapping[date, str]:
    """The highest precedence that rang on each day."""
    ringing: dict[date, str] = {}
    for alert in alerts:
        for number in range((alert.day - alert.began_on).days + 1):
            day = alert.began_on + timedelta(days=number)
            ringing[day] = max(
                ringing.get(day, ""), alert.precedence, key=lambda p: (*_PRECEDENCES,).index(p) if p else -1
            )
    return ringing


def round_up(value: int) -> int:
    """A round number at or above `value` (1 or more): 1, 2 or 5 times a power of ten."""
    power: int = 10 ** (len(str(value)) - 1)
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)


FAN_WIDTH, FAN_HEIGHT = 720, 200
_FAN_LEFT, _FAN_RIGHT, _FAN_TOP, _FAN_BOTTOM = 44, 8, 12, 26
#: Counts that get a line across the chart, as far as it reaches.
_FAN_TICKS = (0, 1, 10, 100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class FanStep:
    """One period ahead: the ends of its 80 % and 50 % ranges and its median, in counts."""

    label: str
    low80: float
    low50: float
    median: float
    high50: float
    high80: float


@dataclass(frozen=True, slots=True)
class FanBar:
    """A range as a rectangle: `wide` (y and height) is the 80 % range, `narrow` the 50 % one, `median` a y."""

    x: float
    width: float
    wide: tuple[float, float]
    narrow: tuple[float, float]
    median: float
    label: str


@dataclass(frozen=True, slots=True)
class Fan:
    """The counts of the last periods as dots, and the ranges ahead as bars.

    dots   x, y and words of each observed count; a gap has none
    ticks  y and words of the lines across; marks  x and words under the axis
    label  the whole in words
    """

    bars: tuple[FanBar, ...]
    dots: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    now_x: float
    label: str


def draw_fan(recent: Sequence[tuple[str, float | None]], ahead: Sequence[FanStep], what: str) -> Fan:
    """Counts and ranges on one scale, that of log(1 + count): most are 0, and a war must fit in."""
    number = len(recent) + len(ahead)
    slot = (FAN_WIDTH - _FAN_LEFT - _FAN_RIGHT) / max(number, 1)
    top = max([3.0, *(step.high80 for step in ahead), *(count for _, count in recent if count is not None)])

    def at(count: float) -> float:
        share = math.log1p(count) / math.log1p(top)
        return round(FAN_HEIGHT - _FAN_BOTTOM - share * (FAN_HEIGHT - _FAN_TOP - _FAN_BOTTOM), 1)

    def middle(place: int) -> float:
        return round(_FAN_LEFT + (place + 0.5) * slot, 1)

    def make_bar(place: int, step: FanStep) -> FanBar:
        width = round(slot * 0.7, 1)
        wide, narrow = ((at(high), _reach(at(low) - at(high))) for low, high in
                        ((step.low80, step.high80), (step.low50, step.high50)))  # fmt: skip
        return FanBar(round(middle(place) - width / 2, 1), width, wide, narrow, at(step.median), step.label)

    labels = [label for label, _ in recent] + [step.label for step in ahead]
    every = max(1, math.ceil(number / 8))
    return Fan(
        tuple(make_bar(len(recent) + n, step) for n, step in enumerate(ahead)),
        tuple((middle(n), at(c), f"{label}: {c:g}") for n, (label, c) in enumerate(recent) if c is not None),
        tuple((at(tick), f"{tick:,}".replace(",", "\u202f")) for tick in _FAN_TICKS if tick <= top),
        tuple((middle(n), label) for n, label in enumerate(labels) if n % every == 0),
        round(_FAN_LEFT + len(recent) * slot, 1),
        _("%(what)s: the last %(counts)s counts, and the ranges of the %(periods)s periods ahead; the table has all")
        % {"what": what, "counts": len(recent), "periods": len(ahead)},
    )


def _reach(height: float) -> float:
    """A range from 0 to 0 is drawn as a line and not left out."""
    return round(max(height, 2.0), 1)
