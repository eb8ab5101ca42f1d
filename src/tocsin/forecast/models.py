"""The models by name, and the mix that is made of some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.errors import SettingError
from tocsin.forecast.baselines import (
    sample_climatology,
    sample_conflictology,
    sample_fading,
    sample_last,
    sample_zero,
)
from tocsin.forecast.features import MANY
from tocsin.forecast.history import Floats, History
from tocsin.forecast.hurdle import sample_hurdle
from tocsin.forecast.mix import Lesson, learn_weights, pool_samples
from tocsin.forecast.onset import impose_chances, rate_onsets
from tocsin.forecast.periods import YEAR
from tocsin.forecast.samples import SIZE, SMALL
from tocsin.forecast.trees import sample_trees


@dataclass(frozen=True, slots=True)
class Model:
    """One way to forecast.

    version  changes when its forecasts would; kept with each forecast
    sample   (history, leads, size, seed) -> units x leads x size, from nothing but the history given
    """

    name: str
    version: str
    sample: Callable[[History, Sequence[int], int, int], Floats]


#: Called with a line about each step.
Step = Callable[[str], None]


def say_nothing(_: str) -> None:
    """For whoever watches no progress."""


#: How many past origins teach the mix, and how far apart they lie: a year for months, a quarter for weeks.
_LESSONS = 3
_LESSON_STEP = {"month": 12, "week": 13}
#: What the mix is made of. The first is the peer that scores are taken relative to. Climatology is left out: it made
#: the mix worse in the windows 2004-2011.
MEMBERS = ("conflictology", "fading", "hurdle", "trees")


def sample_members(
    history: History, leads: Sequence[int], size: int, seed: int, step: Step = say_nothing
) -> dict[str, Floats]:
    """The forecasts of the mix's members by name, each units x leads x size."""
    made = {}
    until = history.label(history.last) if history.counts.size else "no period"
    for name in MEMBERS:
        step(f"{name} as of {until}")
        made[name] = MODELS[name].sample(history, leads, size, seed)
    return made


def list_lessons(history: History) -> tuple[int, ...]:
    """The past origins that teach a mix made at the history's end, newest first; none before three years of history."""
    step, least = _LESSON_STEP[history.period], history.first + 3 * YEAR[history.period]
    return tuple(o for o in (history.last - step * k for k in range(1, _LESSONS + 1)) if o >= least)


def sample_mix(history: History, leads: Sequence[int], size: int, seed: int) -> Floats:
    """The mix: units x leads x size. It forecasts from past origins anew, each from what was known then, to learn."""
    past = {o: sample_members(history.truncate(o), leads, SMALL, seed) for o in list_lessons(history)}
    return mix_members(history, leads, sample_members(history, leads, size, seed), past, size, seed)[0]


def mix_members(
    history: History,
    leads: Sequence[int],
    members: Mapping[str, Floats],
    past: Mapping[int, Mapping[str, Floats]],
    size: int,
    seed: int,
    chances: Sequence[Floats] | None = None,
) -> tuple[Floats, dict[str, float]]:
    """The mix of forecasts made at the history's end, and its weights.

    past  origin to the members' forecasts made there; they are scored on outcomes within `history` alone. Quiet units
    then get the risks of onset that were learnt for them (`chances`, as `rate_both` gives them, where they are known
    already).
    """
    lessons = [Lesson(samples, history.outcomes(origin, leads)) for origin, samples in past.items()]
    weights = learn_weights(lessons, list(members))
    pooled = pool_samples(members, weights, size)
    some, many = rate_both(history, leads, seed) if chances is None else chances
    return impose_chances(pooled, some, many), weights


def rate_both(history: History, leads: Sequence[int], seed: int) -> tuple[Floats, Floats]:
    """The risks of onset by history alone: of a first count among the peaceful and of 25 among the quiet."""
    return rate_onsets(history, leads, 1.0, seed), rate_onsets(history, leads, MANY, seed)


MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        Model("zero", "1", sample_zero),
        Model("last", "1", sample_last),
        Model("climatology", "1", sample_climatology),
        Model("conflictology", "1", sample_conflictology),
        Model("fading", "1", sample_fading),
        Model("hurdle", "1", sample_hurdle),
        Model("trees", "1", sample_trees),
        Model("mix", "2", sample_mix),
    )
}


def find_model(name: str) -> Model:
    """The model of a name; raises SettingError for another."""
    if name not in MODELS:
        raise SettingError("forecast model", name, f"must be one of {', '.join(MODELS)}")
    return MODELS[name]


def sample_models(
    history: History,
    leads: Sequence[int],
    names: Sequence[str],
    *,
    seed: int,
    size: int = SIZE,
    chances: Sequence[Floats] | None = None,
    step: Step = say_nothing,
) -> dict[str, Floats]:
    """The forecasts of several models by name, each units x leads x size; what the mix and they share is made once.

    chances  as `rate_both` gives them, where they are known already
    step     told of each part before it is made
    """
    models = [find_model(name) for name in names]
    if "mix" not in names:
        return {m.name: m.sample(history, leads, size, seed) for m in models}
    members = sample_members(history, leads, size, seed, step)
    past = {o: sample_members(history.truncate(o), leads, SMALL, seed, step) for o in list_lessons(history)}
    step("risks of onset, and the mix")
    made = members | {"mix": mix_members(history, leads, members, past, size, seed, chances)[0]}
    return {m.name: made[m.name] if m.name in made else m.sample(history, leads, size, seed) for m in models}
