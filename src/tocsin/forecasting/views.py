"""What a screen shows of forecasts: what lies ahead of a unit, how wrong past ones were, and why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tocsin.forecast import Forecast, Outcome, TrackRecord, Unit, explain_missing, key_forecast, score_past
from tocsin.forecast import sum_track_records as sum_records
from tocsin.forecast.features import MANY
from tocsin.forecast.ledger import ForecastKey
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecast.periods import YEAR, number_period, read_period
from tocsin.forecast.scoring import CalibrationRow, UnitSkill, compare_units, tabulate_calibration, tabulate_ranks
from tocsin.forecasting.histories import Held, open_sound
from tocsin.forecasting.running import BEST, PEER, SPEAKING, find_run
from tocsin.ports import ForecastRun, KeptForecast, Store
from tocsin.records import from_json

#: So many past forecasts stand beside the next; the record sums as many.
SHOWN_PAST = 12
#: Among so many rows of a unit and model they are looked for: 36 leads at most of each of as many periods.
MOST_ROWS = 36 * SHOWN_PAST
#: Forecasts of a history that are scored at most, those of the latest periods; a year of 200 countries is 29,000.
MOST_SCORED = 30_000


@dataclass(frozen=True, slots=True)
class UnitOutlook:
    """What the newest forecast of one history says of a unit, beside what past ones said and what came.

    place_id      its gazetteer id, or None
    run           when and from what the forecasts were made, or None where there is none
    ahead, peer   forecasts of periods that are not over, by the best model there is and by its peer, the next first
    recent        the last counts, oldest first: period and count, None for a gap
    past          forecasts whose truth is known, latest period first, of each period the one made last before it
    record        what those of the best model by history alone came to, beside the peer's; None where none has come due
    own_record    what those of the model that speaks in `ahead` came to: another where the news has a part
    with_news     what the past forecasts with news came to, and `without_news` those by history alone of the same
                  periods, made on the same days; None where no such has come due
    missing       why nothing is said, or None
    """

    held: Held
    unit: Unit
    place_id: str | None
    run: ForecastRun | None
    ahead: tuple[Forecast, ...]
    peer: tuple[Forecast, ...]
    recent: tuple[tuple[str, float | None], ...]
    past: tuple[Outcome, ...]
    record: TrackRecord | None
    peer_record: TrackRecord | None
    own_record: TrackRecord | None
    with_news: TrackRecord | None
    without_news: TrackRecord | None
    missing: str | None

    @property
    def next(self) -> Forecast | None:
        """The nearest of what lies ahead."""
        return self.ahead[0] if self.ahead else None


@dataclass(frozen=True, slots=True)
class NewsScores:
    """Of the same past forecasts those with the news, and those by history alone: whether news helps here.

    brier1, brier25  of the chances of at least 1 and of at least 25; crps_log  of log1p counts
    """

    cases: int
    brier1: float
    alone_brier1: float
    brier25: float
    alone_brier25: float
    crps_log: float
    alone_crps_log: float


@dataclass(frozen=True, slots=True)
class HistoryScores:
    """How the past forecasts of one history turned out.

    cases        scored forecasts of the best model; is_cut: older ones are left out
    crps, peer_crps  mean CRPS of the best model and of its peer over the same cases, as is `crps_log`
    coverage80   share of truths inside the 80 % interval
    some, many   calibration of the chances of at least 1 and of at least 25
    ranks        share of truths in each tenth of their forecasts
    skills       log1p CRPS of each unit beside the peer's, the worst skill first
    news         of those that were made with the news too, both; None where none has come due
    """

    history: str
    cases: int
    is_cut: bool
    crps: float = 0.0
    peer_crps: float = 0.0
    crps_log: float = 0.0
    peer_crps_log: float = 0.0
    coverage80: float = 0.0
    brier1: float = 0.0
    brier25: float = 0.0
    some: tuple[CalibrationRow, ...] = ()
    many: tuple[CalibrationRow, ...] = ()
    ranks: tuple[float, ...] = ()
    skills: tuple[UnitSkill, ...] = ()
    news: NewsScores | None = None


# --- one unit
def find_unit_outlooks(store: Store, wanted: str, *, today: date) -> tuple[UnitOutlook, ...]:
    """What each history says of a unit, given by its id, by a gazetteer id or by its name; none where none has it.

    Deaths before incidents, months before weeks, imported histories before own ones.
    """
    found = []
    for held in open_sound(store.histories()):
        unit = held.find_unit(wanted)
        if unit is not None:
            found.append(_show_unit(store, held, unit, today))
    return tuple(sorted(found, key=_rank))


def _rank(outlook: UnitOutlook) -> tuple[bool, bool, bool, bool]:
    kept = outlook.held.kept
    return (not outlook.ahead, kept.measure != "deaths", kept.period != "month", kept.is_own)


def _show_unit(store: Store, held: Held, unit: Unit, today: date) -> UnitOutlook:
    run = find_run(store, held)
    newest: list[Forecast] = []
    if run is not None:
        rows = store.forecasts(held.kept.name, units=[unit.id], basis=run.basis, known_to=run.known_to)
        newest = read_forecasts(rows)
    return _make_outlook(held, unit, run, newest, _score_unit(store, held, unit, today), today)


def _score_unit(store: Store, held: Held, unit: Unit, today: date) -> tuple[Outcome, ...]:
    """For each model the last periods whose truth is known, each with the forecast that was made last before it.

    One a period: a forecast of every month a year ahead makes twelve of each, and the last twelve would tell of one.
    """
    known = held.known_by(today)
    scored: list[Outcome] = []
    for model in SPEAKING:
        rows = store.forecasts(
            held.kept.name, units=[unit.id], model=model, until=known.label(known.last), limit=MOST_ROWS
        )
        nearest: dict[str, KeptForecast] = {}
        for row in rows:
            if row.target not in nearest or row.known_to > nearest[row.target].known_to:
                nearest[row.target] = row
        scored += score_past(read_forecasts(nearest.values()), known)[:SHOWN_PAST]
    return tuple(scored)


def _make_outlook(
    held: Held, unit: Unit, run: ForecastRun | None, newest: Iterable[Forecast], scored: Sequence[Outcome], today: date
) -> UnitOutlook:
    period = held.history.period
    now = number_period(today, period)
    ahead = sorted((f for f in newest if read_period(f.target, period) >= now), key=lambda f: f.target)
    by_model = {model: tuple(f for f in ahead if f.model == model) for model in SPEAKING}
    best = BEST if by_model[BEST] else PEER
    speaking = next((by_model[model] for model in SPEAKING if by_model[model]), ())
    with_news, without_news = _compare_news(scored)
    records = {r.model: r for r in sum_records(scored, newest=SHOWN_PAST)}
    return UnitOutlook(
        held, unit, held.places.get(unit.id), run, speaking, by_model[PEER], _list_recent(held, unit, today),
        tuple(o for o in scored if o.forecast.model == best), records.get(best), records.get(PEER),
        records.get(speaking[0].model if speaking else best), with_news, without_news,
        None if speaking else _explain(held, unit, run, today),
    )  # fmt: skip


def _compare_news(scored: Iterable[Outcome]) -> tuple[TrackRecord | None, TrackRecord | None]:
    """The records with the news and by history alone, over the forecasts that were made both ways."""
    by_model: dict[str, dict[ForecastKey, Outcome]] = {NEWS_MODEL: {}, BEST: {}}
    for outcome in scored:
        if outcome.forecast.model in by_model:
            by_model[outcome.forecast.model][_pair(outcome)] = outcome
    both = [key for key in by_model[NEWS_MODEL] if key in by_model[BEST]]
    records = (sum_records((some[key] for key in both), newest=SHOWN_PAST) for some in by_model.values())
    with_news, without_news = (some[0] if some else None for some in records)
    return with_news, without_news


def _list_recent(held: Held, unit: Unit, today: date) -> tuple[tuple[str, float | None], ...]:
    known = held.known_by(today)
    row = known.counts[known.units.index(unit)][-YEAR[known.period] :]
    first = known.last - len(row) + 1
    return tuple((known.label(first + n), None if np.isnan(c) else float(c)) for n, c in enumerate(row))


def _explain(held: Held, unit: Unit, run: ForecastRun | None, today: date) -> str:
    known = held.known_by(today)
    why = next((m.reason for m in explain_missing((), known, (BEST,)) if m.unit == unit.id), "")
    if why and not why.startswith("too few examples"):
        return why
    if run is None:
        return "no forecast has been made of this history yet: tocsin forecast run, or wait for the desk's next round"
    last = known.label(known.last)
    return f"the history ends with {last}, and what was forecast from it is over: import a newer file"


# --- a whole history
def list_unit_outlooks(store: Store, held: Held, *, today: date) -> tuple[UnitOutlook, ...]:
    """Every unit of a history with what lies ahead; the peer and the past are left out: `score_history` sums them."""
    run = find_run(store, held)
    by_unit = _read_run(store, run) if run is not None else {}
    units = held.history.units
    return tuple(_make_outlook(held, unit, run, by_unit.get(unit.id, ()), (), today) for unit in units)


def _read_run(store: Store, run: ForecastRun) -> dict[str, list[Forecast]]:
    """The forecasts of a run by unit: those of the first of `SPEAKING` that has any."""
    by_unit: dict[str, list[Forecast]] = {}
    for model in SPEAKING:
        covered = set(by_unit)
        rows = store.forecasts(run.history, model=model, basis=run.basis, known_to=run.known_to)
        for made in read_forecasts(row for row in rows if row.unit not in covered):
            by_unit.setdefault(made.unit, []).append(made)
    return by_unit


def score_history(store: Store, held: Held, *, today: date, most: int = MOST_SCORED) -> HistoryScores:
    """How a history's past forecasts turned out, each against the counts as the history has them now.

    Of each model the `most` of the latest periods are scored: 30,000 take about two seconds.
    """
    known = held.known_by(today)
    last = known.label(known.last)
    scored = {
        model: score_past(
            _keep_newest(read_forecasts(store.forecasts(held.kept.name, model=model, until=last, limit=most))),
            known,
        )
        for model in SPEAKING
    }
    peers = {_pair(o): o for o in scored[PEER]}
    pairs = [(o, peers[_pair(o)]) for o in scored[BEST] if _pair(o) in peers]
    if not pairs:
        return HistoryScores(held.kept.name, 0, is_cut=False)
    ours, theirs = [o for o, _ in pairs], [p for _, p in pairs]
    truths = np.array([o.truth for o in ours])
    logs = [np.array([o.crps_log for o in some]) for some in (ours, theirs)]
    skills = compare_units([o.forecast.unit for o in ours], logs[0], logs[1])
    return HistoryScores(
        held.kept.name,
        len(ours),
        len(scored[BEST]) >= most,
        crps=_mean(o.crps for o in ours),
        peer_crps=_mean(o.crps for o in theirs),
        crps_log=float(logs[0].mean()),
        peer_crps_log=float(logs[1].mean()),
        coverage80=_mean(o.inside80 for o in ours),
        brier1=_mean(o.brier1 for o in ours),
        brier25=_mean(o.brier25 for o in ours),
        some=tabulate_calibration(np.array([o.forecast.p1 for o in ours]), truths > 0),
        many=tabulate_calibration(np.array([o.forecast.p25 for o in ours]), truths >= MANY),
        ranks=tabulate_ranks(np.array([o.forecast.quantiles for o in ours]), truths),
        skills=tuple(sorted(skills, key=lambda s: (s.skill is None, s.skill or 0.0, s.unit))),
        news=_score_news(scored[NEWS_MODEL], scored[BEST]),
    )


def _score_news(with_news: Iterable[Outcome], alone: Iterable[Outcome]) -> NewsScores | None:
    by_key = {_pair(o): o for o in alone}
    pairs = [(o, by_key[_pair(o)]) for o in with_news if _pair(o) in by_key]
    if not pairs:
        return None
    told = np.array([[(o.brier1, o.brier25, o.crps_log) for o in pair] for pair in pairs]).mean(axis=0)
    (brier1, brier25, log), (alone1, alone25, alone_log) = told.tolist()
    return NewsScores(len(pairs), brier1, alone1, brier25, alone25, log, alone_log)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _pair(outcome: Outcome) -> ForecastKey:
    return key_forecast(outcome.forecast)._replace(model="")


# --- rows to records
def read_forecasts(rows: Iterable[KeptForecast]) -> list[Forecast]:
    """The forecasts in rows of the store, in their order."""
    return [from_json(Forecast, row.payload) for row in rows]


def _keep_newest(forecasts: Iterable[Forecast]) -> list[Forecast]:
    """Of forecasts made again from the same period (after another import), the one kept last, which comes first."""
    kept: dict[ForecastKey, Forecast] = {}
    for forecast in forecasts:
        kept.setdefault(key_forecast(forecast), forecast)
    return list(kept.values())
