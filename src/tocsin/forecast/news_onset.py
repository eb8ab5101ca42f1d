"""What news adds to the risk of onset of a quiet place: learnt beside history alone, used only where it helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tocsin.forecast.features import Bools, Training, describe_history, draw_training
from tocsin.forecast.history import Floats, History
from tocsin.forecast.ledger import NewsRule
from tocsin.forecast.news import News, NewsFeatures, describe_news
from tocsin.forecast.onset import PENALTY
from tocsin.forecast.regression import Regression, teach_regression

# Every number here was chosen on invented worlds of the seeds for choosing alone (benchmarks/heeding.py).
_NEWS_PENALTY = 50.0
_MOST_ROWS = 20_000
#: Fewer onsets than this while news was heard teach nothing; the same month foretold from several counts once.
LEAST_ONSETS = 20
#: The odds that history alone gives are asked of a regression that has not seen the unit: one of so many folds.
_FOLDS = 4
#: Of the origins with news the last so many parts are held back to see whether it helps.
_HELD_BACK = 1 / 3
#: By how many standard errors, units taken as independent, news must have been better there.
_LEAST_GAIN = 1.0


class Verdict(NamedTuple):
    """Whether the news has a part ("helped") or why not, and the number that the rule tells."""

    rule: NewsRule
    number: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Heeding:
    """What the news makes of the chances of history alone.

    chances  units x leads; NaN where history alone stands
    added    units x leads x names: what each column adds to the log odds; NaN likewise
    values   units x names: the columns in the last period
    names    of the columns
    why      for each unit why history alone stands, or None
    verdict  of the whole
    """

    chances: Floats
    added: Floats
    values: Floats
    names: tuple[str, ...]
    why: tuple[Verdict | None, ...]
    verdict: Verdict


def heed_news(history: History, news: News, leads: Sequence[int], least: float, chances: Floats, seed: int) -> Heeding:
    """The chances of an onset (a count of `least` or more among units without one for a year) with the news.

    news     aligned to the history (`align_news`)
    chances  units x leads: what history alone says (`onset.rate_onsets`), NaN for units that are not quiet

    A ridge logistic regression on a few columns of the news, taught by quiet origins at which news was heard, says what
    is to be added to the log odds of history alone; those it is taught with come from a regression that has not seen
    the unit. Nothing is added where the news has too few onsets to teach it, where it did not help on the last third of
    the origins, which it had then not seen, or where a unit was not heard of in the last period and for half a year.
    """
    leads = tuple(leads)
    told = describe_news(news)
    answer = np.full((len(history.units), len(leads)), np.nan)
    added = np.full((*answer.shape, len(told.names)), np.nan)
    values = told.values[:, -1] if history.counts.size else np.zeros((len(history.units), len(told.names)))
    why: list[Verdict | None] = [_why_alone(told, chances, n) for n in range(len(history.units))]
    verdict, regression = _learn(history, told, leads, least, seed)
    if regression is None:
        return Heeding(answer, added, values, told.names, tuple(w or verdict for w in why), verdict)
    for n in (n for n, fault in enumerate(why) if fault is None):
        columns = _widen(np.repeat(values[n : n + 1], len(leads), axis=0), np.asarray(leads, dtype=np.float64))
        parts = regression.scale(columns) * regression.weights
        known = np.clip(chances[n], 1e-9, 1 - 1e-9)
        odds = np.clip(np.log(known / (1 - known)) + parts.sum(axis=1), -20.0, 20.0)
        answer[n] = 1 / (1 + np.exp(-odds))
        added[n] = parts[:, 1:].reshape(len(leads), 2, -1).sum(axis=1)
    return Heeding(answer, added, values, told.names, tuple(why), verdict)


def _why_alone(told: NewsFeatures, chances: Floats, unit: int) -> Verdict | None:
    if np.isnan(chances[unit]).all():
        return Verdict("not-quiet")
    if not told.is_told.shape[1] or not told.is_told[unit, -1]:
        return Verdict("not-listening")
    return None


def _learn(
    history: History, told: NewsFeatures, leads: tuple[int, ...], least: float, seed: int
) -> tuple[Verdict, Regression | None]:
    """What to add by the news, and why; None where nothing is."""
    features = describe_history(history) if history.counts.size else None
    if features is None:
        return Verdict("few-onsets", 0), None
    rows = draw_training(
        history, features, leads, most=_MOST_ROWS, seed=seed, among=(features.worst < least) & told.is_told
    )
    happened = rows.outcomes >= least
    onsets = len(set(zip(rows.unit[happened].tolist(), (rows.origin + rows.lead)[happened].tolist(), strict=True)))
    if onsets < LEAST_ONSETS:
        return Verdict("few-onsets", onsets), None
    columns, offset = (
        _widen(told.values[rows.unit, rows.origin], rows.lead.astype(np.float64)),
        _ask_others(rows, happened),
    )
    gain, error = _try_out(rows, happened, columns, offset)
    if not gain > _LEAST_GAIN * error:
        return Verdict("no-gain"), None
    return Verdict("helped", round(100 * gain, 1)), teach_regression(columns, happened, _NEWS_PENALTY, offset)


def _widen(values: Floats, leads: Floats) -> Floats:
    """The columns, and the same divided by the lead: what is reported now tells less of later."""
    return np.concatenate([values, values / leads[:, None]], axis=1)


def _ask_others(rows: Training, happened: Bools) -> Floats:
    """The log odds of history alone, each row's from a regression on the rows of other units."""
    odds = np.zeros(len(happened))
    fold = np.unique(rows.unit, return_inverse=True)[1] % _FOLDS
    for held in range(_FOLDS):
        mine = fold == held
        if mine.any() and not mine.all():
            odds[mine] = teach_regression(rows.columns[~mine], happened[~mine], PENALTY).ask(rows.columns[mine])
    return odds


def _try_out(rows: Training, happened: Bools, columns: Floats, offset: Floats) -> tuple[float, float]:
    """How much of the log loss the news takes away on the last third of the origins, and the standard error of that.

    The regression that is tried has seen no outcome later than the first of those origins.
    """
    cut = np.quantile(rows.origin, 1 - _HELD_BACK)
    early, late = rows.origin + rows.lead <= cut, rows.origin > cut
    if not happened[early].any() or not happened[late].any():
        return 0.0, 0.0
    level = teach_regression(columns[early][:, :0], happened[early], _NEWS_PENALTY, offset[early])
    plain = offset[late] + level.weights[0]
    with_news = offset[late] + teach_regression(columns[early], happened[early], _NEWS_PENALTY, offset[early]).ask(
        columns[late]
    )
    before, after = (_lose(odds, happened[late]) for odds in (plain, with_news))
    by_unit = np.bincount(rows.unit[late], before - after)
    by_unit = by_unit[np.unique(rows.unit[late])]
    total = before.sum()
    return float(by_unit.sum() / total), float(by_unit.std() * np.sqrt(len(by_unit)) / total)


def _lose(odds: Floats, happened: Bools) -> Floats:
    loss: Floats = np.logaddexp(0, odds) - happened * odds
    return loss
