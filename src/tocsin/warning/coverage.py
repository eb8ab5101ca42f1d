"""Who was heard: without it a quiet place and a silenced one look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from tocsin.warning.surprise import sum_windows

Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Listening:
    """Which outlets were heard on each day of an axis.

    first    the first day of the axis
    outlets  ids, the columns of the two arrays
    heard    days x outlets: published anything that day
    normal   days x outlets: was heard often enough in the days before, or before it fell silent, to be missed
    """

    first: date
    outlets: tuple[str, ...]
    heard: Bools
    normal: Bools

    @property
    def any_heard(self) -> Bools:
        """For each day, whether anybody was heard."""
        return np.asarray(self.heard.any(axis=1), np.bool_)


def listen(
    activity: Mapping[date, frozenset[str]], first: date, until: date, past_days: int, share: float, missed_days: int
) -> Listening:
    """Lay the activity out by day from `first` to `until`; what lies outside is not looked at.

    An outlet normally reports on a day if, in the `past_days` before it, it was heard on at least `share` of the days
    on which anybody was. One that was heard on that share of all days when it was last heard is missed for
    `missed_days`: its own silence must not make it one that nobody listens for.
    """
    length = (until - first).days + 1
    outlets = tuple(sorted({o for day, heard in activity.items() if first <= day <= until for o in heard}))
    column = {outlet: i for i, outlet in enumerate(outlets)}
    heard = np.zeros((length, len(outlets)), np.bool_)
    for day, names in activity.items():
        if first <= day <= until:
            heard[(day - first).days, [column[o] for o in names]] = True
    days_with_news = _sum_before(heard.any(axis=1).astype(float), past_days)
    normal = np.zeros_like(heard)
    for i in range(len(outlets)):
        times = _sum_before(heard[:, i].astype(float), past_days)
        normal[:, i] = (times > 0) & (times >= share * days_with_news)
        normal[:, i] |= _is_missed(heard[:, i], normal[:, i] & (times >= share * past_days), missed_days)
    return Listening(first, outlets, heard, normal)


def _is_missed(heard: Bools, steady: Bools, days: int) -> Bools:
    """The days, at most so many, since an outlet was last heard, if it was `steady` on the first of them."""
    at = np.arange(len(heard))
    newest = np.maximum.accumulate(np.where(heard, at, -1))
    silent_from = np.concatenate([[0], newest[:-1] + 1])  # the day after it was last heard
    return np.asarray((silent_from > 0) & (at < silent_from + days) & steady[silent_from], np.bool_)


def _sum_before(values: npt.NDArray[np.float64], days: int) -> npt.NDArray[np.float64]:
    sums = sum_windows(values, days)
    return np.concatenate([[0.0], sums[:-1]])


def axis_start(first: date, window_days: int, past_days: int) -> date:
    """The first day that can bear on `first`."""
    return first - timedelta(days=window_days + past_days)
