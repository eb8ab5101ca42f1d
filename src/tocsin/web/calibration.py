"""Whether forecasts deserve trust, drawn by the server: chances said beside what came, and ranks of the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.forecast.scoring import CalibrationRow
from tocsin.web.language import _

WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 30
_SMALLEST, _LARGEST = 3.0, 9.0
#: 90 % of a normal distribution lie within so many deviations.
_WITHIN = 1.6449
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """One bin of chances: where it lies, its radius by its cases, and the y of both ends of its 90 % interval."""

    x: float
    y: float
    radius: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Reliability:
    """Chances said (across) beside how often it came (up); honest ones lie on the line from `begin` to `end`.

    ticks  y and words of the lines across; marks  x and words under the axis
    """

    dots: tuple[Dot, ...]
    begin: Point
    end: Point
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    label: str


@dataclass(frozen=True, slots=True)
class Ranks:
    """How often the truth fell into each tenth of its forecast, as bars: x, y, width, height and words of each.

    even  y of what each tenth would hold if the forecasts were honest
    """

    bars: tuple[tuple[float, float, float, float, str], ...]
    even: float
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    label: str


def draw_reliability(rows: Sequence[CalibrationRow], title: str) -> Reliability:
    """The bins of a calibration table as dots; the interval is Wilson's (1927), of as many cases that came as often."""
    most = max((row.cases for row in rows), default=1)
    return Reliability(
        tuple(_place_dot(row, most) for row in rows),
        (_across(0), _up(0)),
        (_across(1), _up(1)),
        tuple((_up(share), f"{share:.0%}") for share in _TICKS),
        tuple((_across(share), f"{share:.0%}") for share in _TICKS),
        _("%(title)s: chances said, to the right, and how often it came, upwards; the table has all")
        % {"title": title},
    )


def _place_dot(row: CalibrationRow, most: int) -> Dot:
    low, high = estimate_interval(row.came, row.cases)
    radius = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(row.cases / most)
    words = _("said %(said)s, came %(came)s of %(cases)s") % {
        "said": f"{row.said:.3f}", "came": f"{row.came:.3f}", "cases": row.cases,
    }  # fmt: skip
    return Dot(_across(row.said), _up(row.came), round(radius, 1), _up(low), _up(high), words)


def estimate_interval(share: float, cases: int) -> tuple[float, float]:
    """Wilson's 90 % interval of a share of so many cases (Wilson, J. Am. Stat. Assoc. 1927)."""
    z2 = _WITHIN**2
    middle = (share + z2 / (2 * cases)) / (1 + z2 / cases)
    reach = _WITHIN / (1 + z2 / cases) * math.sqrt(share * (1 - share) / cases + z2 / (4 * cases**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def draw_ranks(shares: Sequence[float], title: str) -> Ranks:
    """The shares of `scoring.tabulate_ranks` as bars that stand side by side."""
    top = max([2.5 / max(len(shares), 1), *shares])
    slot = (_across(1) - _across(0)) / max(len(shares), 1)

    def at(share: float) -> float:
        return _up(share / top)

    def make_bar(place: int, share: float) -> tuple[float, float, float, float, str]:
        return (
            round(_across(0) + place * slot + 1, 1), at(share), round(slot - 2, 1), round(_up(0) - at(share), 1),
            f"{share:.1%}",
        )  # fmt: skip

    ticks = tuple((at(tick / 10), f"{tick * 10} %") for tick in range(11) if tick / 10 <= top)
    return Ranks(
        tuple(make_bar(place, share) for place, share in enumerate(shares)),
        at(1 / max(len(shares), 1)),
        ticks[:: max(1, len(ticks) // 4)],
        tuple((_across(share), f"{share:.0%}") for share in _TICKS),
        _("%(title)s: in which part of its forecast the truth fell; the table has all") % {"title": title},
    )


def _across(share: float) -> float:
    return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)


def _up(share: float) -> float:
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)
