"""Forecasts are made, kept, scored when the truth arrives, and summed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast.valdena import draw_history, make_history
from tocsin.errors import RecordError, SettingError
from tocsin.forecast import explain_missing, key_forecast, make_forecasts, score_past, sum_track_records
from tocsin.forecast.ledger import KEPT, Forecast
from tocsin.records.codec import from_json, to_json

PAST = make_history([2] * 12 + list(range(12)), [0] * 24, [None] * 19 + [1] * 5, [3] * 23 + [None])
ON = date(2003, 1, 4)
BASELINES = ("conflictology", "last")


def make(value: float, target: str = "2003-01", **fields: object) -> Forecast:
    whole = Forecast(
        "orle-0", "Orle 0", ON, "2002-12", target, "month", 1, "deaths", "last", "1", (value,) * KEPT,
        float(value >= 1), float(value >= 25),
    )  # fmt: skip
    return replace(whole, **fields)  # type: ignore[arg-type]  # fields of several kinds


def test_each_ready_unit_model_and_lead_has_a_forecast() -> None:
    made = make_forecasts(PAST, made_on=ON, horizon=3, models=BASELINES)
    assert made == make_forecasts(PAST, made_on=ON, horizon=3, models=BASELINES)
    assert [(f.unit, f.model, f.lead) for f in made] == [
        (unit, model, lead) for unit in ("orle-0", "orle-1") for model in BASELINES for lead in (1, 2, 3)
    ]
    first = made[0]
    assert (first.known_to, first.target, first.made_on, first.version) == ("2002-12", "2003-01", ON, "1")
    assert (first.p1, first.p25) == (pytest.approx(11 / 12), 0)
    assert first.read_quantile(0.1) <= first.median <= first.read_quantile(0.9)
    assert len(first.quantiles) == KEPT
    assert from_json(Forecast, to_json(first)) == first


def test_why_a_unit_has_none_is_said() -> None:
    made = make_forecasts(PAST, made_on=ON, horizon=1, models=BASELINES)
    reasons = {(m.unit, m.model): m.reason for m in explain_missing(made, PAST, BASELINES)}
    assert reasons == {
        (unit, model): reason
        for unit, reason in [
            ("orle-2", "too little history: 5 of 24 months"),
            ("orle-3", "too little history: 23 of 24 months"),
        ]
        for model in BASELINES
    }
    gone = make_history([1] * 30 + [None])
    assert make_forecasts(gone, made_on=date(2010, 1, 1), horizon=1) == ()
    (missing,) = explain_missing((), gone, ["mix"])
    assert missing.reason == "not observed in 2003-07, the last month of the history"
    few = make_history([1] * 30)
    made = make_forecasts(few, made_on=date(2010, 1, 1), horizon=1, models=["trees", "last"])
    (missing,) = explain_missing(made, few, ["trees", "last"])
    assert "too few examples in the whole history to teach trees" in missing.reason


def test_the_default_is_the_mix_beside_its_peer_by_week_too() -> None:
    history = draw_history(8, 120, period="week")
    made = make_forecasts(history, made_on=date(2010, 1, 1), horizon=4)
    assert {(f.model, f.lead) for f in made} == {(m, n) for m in ("mix", "conflictology") for n in (1, 2, 3, 4)}
    assert {f.target for f in made if f.lead == 4} == {history.label(history.last + 4)}
    assert all(list(f.quantiles) == sorted(f.quantiles) for f in made)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(RecordError, match="1 to 36 months"):
        make_forecasts(PAST, made_on=ON, horizon=37)
    with pytest.raises(RecordError, match="is not over on 2002-12-31"):
        make_forecasts(PAST, made_on=date(2002, 12, 31), horizon=1)
    with pytest.raises(SettingError, match="must be one of"):
        make_forecasts(PAST, made_on=ON, horizon=1, models=["oracle"])
    assert make_forecasts(make_history([1]), made_on=ON, horizon=1) == ()


def test_a_forecast_is_scored_when_its_truth_arrives_and_not_before() -> None:
    forecast = make(4)
    assert score_past([forecast], PAST) == ()
    (outcome,) = score_past([forecast], make_history([0] * 24 + [1]))
    assert (outcome.truth, outcome.error, outcome.crps) == (1, 3, 3)
    assert outcome.crps_log == pytest.approx(np.log(5 / 2))
    assert (outcome.inside80, outcome.brier1, outcome.brier25) == (False, 0, 0)
    (surprised,) = score_past([make(0)], make_history([0] * 24 + [30]))
    assert (surprised.error, surprised.brier1, surprised.brier25) == (-30, 1, 1)


@pytest.mark.parametrize(
    "fields", [{"measure": "deadly incidents"}, {"period": "week", "target": "2003-W02"}, {"unit": "x"}]
)
def test_what_the_history_does_not_speak_of_stays_open(fields: dict[str, str]) -> None:
    assert score_past([make(1, **fields)], make_history([0] * 30)) == ()


def test_a_gap_stays_open() -> None:
    assert score_past([make(1)], make_history([0] * 24 + [None, 3])) == ()


def test_the_newest_are_summed_up_in_a_sentence() -> None:
    truth = make_history([0] * 24 + [2] * 14)
    targets = [f"2003-{m:02d}" for m in range(1, 13)] + ["2004-01", "2004-02"]
    outcomes = score_past([make(9, t) for t in targets[:2]] + [make(3, t) for t in targets[2:]], truth)
    (record,) = sum_track_records(reversed(outcomes))
    assert (record.unit, record.model, record.number, record.mean_error, record.coverage80) == (
        "orle-0",
        "last",
        12,
        1,
        0,
    )
    assert str(record) == "its last 12 forecasts: mean error +1.0, coverage of the 80 % interval 0%, Brier 0.000"
    assert sum_track_records(outcomes, newest=14)[0].mean_error == pytest.approx((2 * 7 + 12) / 14)
    assert sum_track_records([]) == ()


def test_models_and_units_have_records_of_their_own() -> None:
    truth = make_history([0] * 30, [0] * 30)
    kept = [make(1), make(1, model="mix"), make(1, unit="orle-1")]
    assert [(r.unit, r.model) for r in sum_track_records(score_past(kept, truth))] == [
        ("orle-0", "last"), ("orle-0", "mix"), ("orle-1", "last"),
    ]  # fmt: skip
    assert len({key_forecast(f) for f in kept}) == 3
    assert key_forecast(make(1)) == key_forecast(make(2, made_on=date(2003, 1, 9)))


@given(st.lists(st.integers(0, 99).map(float), min_size=KEPT, max_size=KEPT), st.floats(0.001, 0.999))
def test_quantiles_are_read_in_order(values: list[float], level: float) -> None:
    forecast = make(0, quantiles=tuple(sorted(values)))
    assert forecast.read_quantile(level) in values
    assert forecast.read_quantile(level) <= forecast.read_quantile(0.999)
