"""Rolling origins: what each model would have said from many past periods, and how good that was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.errors import RecordError
from tocsin.forecast.features import MANY
from tocsin.forecast.history import Floats, History
from tocsin.forecast.models import MEMBERS, MODELS, find_model, list_lessons, mix_members, sample_members
from tocsin.forecast.periods import YEAR
from tocsin.forecast.samples import SIZE, SMALL, chance_of, spread_evenly
from tocsin.forecast.scoring import (
    Bools,
    UnitSkill,
    compare_units,
    cover_outcomes,
    rank_chances,
    score_brier,
    score_crps,
    score_crps_log,
)


@dataclass(frozen=True, slots=True)
class Window:
    """The forecasts made at one origin.

    origin   number of the last period that was known
    samples  model to units x leads x size
    weights  of the mix's members; empty where it was not asked for
    """

    origin: int
    leads: tuple[int, ...]
    samples: Mapping[str, Floats]
    weights: Mapping[str, float]


def roll_windows(
    history: History, origins: Sequence[int], leads: Sequence[int], *, names: Sequence[str], seed: int, size: int = SIZE
) -> Iterator[Window]:
    """The forecasts from each origin in turn, each from the history cut off there.

    A mix learns its weights from earlier origins only, and from their outcomes as far as these were known at its own.
    Raises SettingError for an unknown model, RecordError for an origin outside the history.
    """
    models, leads = [find_model(name) for name in names], tuple(leads)
    made: dict[int, dict[str, Floats]] = {}
    for origin in sorted(origins):
        if not history.first <= origin <= history.last:
            raise RecordError("origin", history.label(origin), "must lie within the history")
        known = history.truncate(origin)
        samples: dict[str, Floats] = {}
        weights: dict[str, float] = {}
        if "mix" in names:
            samples = sample_members(known, leads, size, seed)
            for past in list_lessons(known):
                if past not in made:
                    made[past] = sample_members(history.truncate(past), leads, SMALL, seed)
            held = {past: made[past] for past in list_lessons(known)}
            made[origin] = {name: spread_evenly(samples[name], SMALL) for name in MEMBERS}
            samples["mix"], weights = mix_members(known, leads, samples, held, size, seed)
        for model in models:
            if model.name not in samples:
                samples[model.name] = MODELS[model.name].sample(known, leads, size, seed)
        yield Window(origin, leads, {name: samples[name] for name in names}, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The scored forecasts of one model, one a row: a unit, a lead, what came.

    worst   the greatest count in the year up to the origin: below 25 quiet, 0 peaceful
    some    P(>= 1);  many  P(>= 25);  inside  whether the central 90 % interval held the outcome
    """

    units: tuple[str, ...]
    outcomes: Floats
    worst: Floats
    crps: Floats
    crps_log: Floats
    some: Floats
    many: Floats
    inside: Bools


def score_window(window: Window, history: History) -> dict[str, Cases]:
    """Each model's forecasts of a window beside what came, where both are there."""
    outcomes = history.outcomes(window.origin, window.leads)
    year = history.truncate(window.origin).counts[:, -YEAR[history.period] :]
    worst = np.repeat(np.nan_to_num(year).max(axis=1, initial=0.0)[:, None], len(window.leads), axis=1)
    names = np.repeat(np.array([u.id for u in history.units], dtype=object)[:, None], len(window.leads), axis=1)
    scored = {}
    for model, samples in window.samples.items():
        known = ~np.isnan(outcomes) & ~np.isnan(samples[:, :, 0])
        x, y = samples[known], outcomes[known]
        scored[model] = Cases(
            tuple(names[known]), y, worst[known], score_crps(x, y), score_crps_log(x, y), chance_of(x, 1.0),
            chance_of(x, MANY), cover_outcomes(x, y, 0.9) if len(y) else np.zeros(0, dtype=np.bool_),
        )  # fmt: skip
    return scored


def join_cases(parts: Sequence[Cases]) -> Cases:
    """Several windows' cases as one."""
    fields = ("outcomes", "worst", "crps", "crps_log", "some", "many", "inside")
    joined = {name: np.concatenate([getattr(p, name) for p in parts]) for name in fields}
    return Cases(units=tuple(u for p in parts for u in p.units), **joined)


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's scores. AUC None where no onset, or nothing else, happened among those places.

    crps, crps_log              mean CRPS of counts and of log(1 + count)
    coverage                    share of outcomes inside the central 90 % interval; `where_deadly` of those above 0
    brier_some, brier_many      Brier scores of P(>= 1) and P(>= 25)
    auc_peaceful, auc_quiet     of P(>= 1) among places without a death in the year before, of P(>= 25) among places
                                without a period of 25; onsets: how many of each came
    """

    cases: int
    crps: float
    crps_log: float
    coverage: float
    coverage_where_deadly: float
    brier_some: float
    brier_many: float
    auc_peaceful: float | None
    onsets_peaceful: int
    auc_quiet: float | None
    onsets_quiet: int


def sum_scores(cases: Cases) -> Scores:
    """The scores of some cases; raises RecordError where there are none."""
    if not len(cases.outcomes):
        raise RecordError("forecasts", 0, "cannot be scored: no outcome is known for any of them")
    deadly, bad = cases.outcomes > 0, cases.outcomes >= MANY
    peaceful, quiet = cases.worst == 0, cases.worst < MANY
    return Scores(
        cases=len(cases.outcomes),
        crps=float(cases.crps.mean()),
        crps_log=float(cases.crps_log.mean()),
        coverage=float(cases.inside.mean()),
        coverage_where_deadly=float(cases.inside[deadly].mean()) if deadly.any() else float("nan"),
        brier_some=score_brier(cases.some, deadly),
        brier_many=score_brier(cases.many, bad),
        auc_peaceful=rank_chances(cases.some[peaceful], deadly[peaceful]),
        onsets_peaceful=int(deadly[peaceful].sum()),
        auc_quiet=rank_chances(cases.many[quiet], bad[quiet]),
        onsets_quiet=int(bad[quiet].sum()),
    )


def rank_units(ours: Cases, theirs: Cases) -> tuple[UnitSkill, ...]:
    """Skill on log1p CRPS unit by unit, ours against theirs over the same cases."""
    return compare_units(ours.units, ours.crps_log, theirs.crps_log)
