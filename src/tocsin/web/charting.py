"""Small drawings that the server makes: a place's tension as a word-sized line, and its series for the bar chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.records import Alert, Tension

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
        return Spark((), None, "no days counted")
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
    return Spark(
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in drawn if len(run) > 1),
        drawn[-1][-1] if drawn else None,
        f"level over {days} days to {end.isoformat()}, highest {top:.1f}, last {series[-1].level:.1f}",
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
