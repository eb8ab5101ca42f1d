"""Invented places whose violence is known to begin on given days, after a build-up or without one.

EXERCISE: every place, day and count is made by chance. Daily counts of five kinds of incident have a weekly rhythm,
more spread than Poisson's, a slow drift, days on which nobody was heard, spells of talk that lead nowhere, and
build-ups of threats, mobilisations and protests, some of which precede violence. In the middle a second outlet doubles
the articles, and some days one report is copied thirty times: neither adds an incident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MONTH, QUARTER, YEAR = 28, 91, 364
#: Kinds of incident with the mean number a place has in a day before its own level is drawn.
KINDS: Mapping[str, float] = {"ACCUSE": 0.5, "THREATEN": 0.12, "MOBILIZE": 0.06, "PROTEST": 0.12, "ASSAULT": 0.03}
BUILD_UP = ("THREATEN", "MOBILIZE", "PROTEST")
#: Build-ups as the news had them before real wars: half a year ahead on average (Chadefaux 2014, Journal of Peace
#: Research 51, 5-18: signs six months before civil wars, more than a year before others), and precede nine onsets in
#: ten, so that who knows the build-ups themselves finds .85 to .9 of the onsets with a third of the quarters alarmed.
LOUD: dict[str, Any] = {"foretold": 0.9, "weeks": (13, 39)}
_WEEK = np.array([1.15, 1.15, 1.1, 1.05, 1.1, 0.75, 0.7])


@dataclass(frozen=True, slots=True)
class World:
    """Invented places over some years, with their truth.

    counts    kind to incidents, places x days; 0 where nobody was heard
    articles  reports of them, copies included, places x days
    heard     places x days
    onsets    for each place the days on which violence begins
    foretold  whether a build-up preceded each
    episodes  places x days of planted violence
    swelling  places x days: how many times its usual rate a build-up has reached, 1 without one
    """

    counts: Mapping[str, Floats]
    articles: Floats
    heard: Bools
    onsets: Sequence[Sequence[int]]
    foretold: Sequence[Sequence[bool]]
    episodes: Bools
    swelling: Floats


def plant_world(
    seed: int,
    *,
    places: int = 60,
    years: int = 6,
    foretold: float = 0.7,
    weeks: tuple[int, int] = (6, 18),
    peak: tuple[float, float] = (3.0, 6.0),
) -> World:
    """A world by seed.

    foretold  share of the onsets that follow a build-up; one and a half onsets come in two years
    weeks     how long a build-up lasts at least and at most
    peak      how many times its usual rate it reaches at least and at most, on its last day
    """
    chance = np.random.default_rng(seed)
    days = years * YEAR
    rates = {kind: np.tile(_WEEK[np.arange(days) % 7] * mean, (places, 1)) for kind, mean in KINDS.items()}
    episodes = np.zeros((places, days), np.bool_)
    swelling = np.ones((places, days))
    onsets, signs = [], []
    for place in range(places):
        level = chance.gamma(2.0, 0.5) + 0.2
        for rate in rates.values():
            rate[place] *= level * np.exp(_drift(chance, days))
        mine = _draw_days(chance, days, each_year=0.75, apart=240)
        told = [bool(chance.random() < foretold) for _ in mine]
        for day, is_told in zip(mine, told, strict=True):
            end = day + int(chance.integers(20, 90))
            episodes[place, day:end] = True
            rates["ASSAULT"][place, day:end] += chance.uniform(0.8, 2.5)
            if is_told:
                _build_up(chance, swelling[place], day, weeks, peak)
        for day in _draw_days(chance, days, each_year=0.25, apart=200):
            _build_up(chance, swelling[place], day, weeks, peak)  # comes to nothing
        for kind in BUILD_UP:
            rates[kind][place] *= swelling[place]
        for day in _draw_days(chance, days, each_year=1.0, apart=60):
            rates["ACCUSE"][place, day : day + int(chance.integers(20, 70))] *= chance.uniform(3, 6)
        onsets.append(mine)
        signs.append(told)
    heard = _draw_heard(chance, places, days)
    # a gamma day with shape 1.5 around the rate: negative binomial counts
    counts = {
        k: np.where(heard, chance.poisson(r * chance.gamma(1.5, 1 / 1.5, r.shape)), 0.0) for k, r in rates.items()
    }
    articles = sum(counts.values()) * np.where(np.arange(days) < days // 2, 1.0, 2.0)
    articles = articles * np.where(chance.random((places, days)) < 0.01, 30.0, 1.0)
    return World(counts, articles, heard, onsets, signs, episodes, swelling)


def _drift(chance: np.random.Generator, days: int) -> Floats:
    """A slow wander about zero, some months long."""
    steps = np.repeat(chance.normal(0, 0.3, days // 60 + 2), 60)
    return np.convolve(steps, np.ones(60) / 60, "full")[30 : 30 + days]


def _draw_days(chance: np.random.Generator, days: int, *, each_year: float, apart: int) -> list[int]:
    """Days by chance, so far apart, not in the first year, which is everybody's past."""
    drawn: list[int] = []
    for day in sorted(chance.integers(YEAR, days, chance.poisson(each_year * days / YEAR)).tolist()):
        if not drawn or day - drawn[-1] >= apart:
            drawn.append(day)
    return drawn


def _build_up(
    chance: np.random.Generator, swelling: Floats, day: int, weeks: tuple[int, int], peak: tuple[float, float]
) -> None:
    """Threats, mobilisations and protests that swell until the day."""
    lead = min(day, int(chance.integers(7 * weeks[0], 7 * weeks[1] + 1)))
    swelling[day - lead : day] = np.linspace(1.0, chance.uniform(*peak), lead)


def _draw_heard(chance: np.random.Generator, places: int, days: int) -> Bools:
    heard = np.ones((places, days), np.bool_)
    for place in range(places):
        for day in chance.integers(0, days, chance.poisson(days / YEAR)):
            heard[place, day : day + int(chance.integers(5, 26))] = False
    return heard
