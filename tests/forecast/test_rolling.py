"""Rolling origins: every model at every origin, each from its own past; and the answers to the benchmark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.forecast.valdena import draw_history, make_history
from tocsin.errors import IntakeError, RecordError
from tocsin.forecast.models import MODELS, sample_models
from tocsin.forecast.rolling import join_cases, rank_units, roll_windows, score_window, sum_scores
from tocsin.predicting.outlook import answer_forecast
from tocsin.settings import Settings

WORLD = draw_history(12, 84)
ORIGINS = (WORLD.last - 18, WORLD.last - 6)


def test_a_window_says_what_was_said_at_its_origin() -> None:
    windows = list(roll_windows(WORLD, ORIGINS, (1, 3), names=list(MODELS), seed=1, size=240))
    assert [w.origin for w in windows] == list(ORIGINS)
    for window in windows:
        then = sample_models(WORLD.truncate(window.origin), (1, 3), list(MODELS), seed=1, size=240)
        for name in MODELS:
            np.testing.assert_array_equal(window.samples[name], then[name])
        assert sum(window.weights.values()) == pytest.approx(1)


def test_scores_of_a_window_by_hand() -> None:
    history = make_history([0] * 12 + [0, 2], [30] * 12 + [None, 40], [0] * 12 + [0, 0])
    (window,) = roll_windows(history, [history.first + 11], (1, 2), names=["last", "zero"], seed=1, size=12)
    cases = score_window(window, history)
    assert cases["last"].units == ("orle-0", "orle-0", "orle-1", "orle-2", "orle-2")
    np.testing.assert_array_equal(cases["last"].crps, [0, 2, 10, 0, 0])
    np.testing.assert_array_equal(cases["last"].worst, [0, 0, 30, 0, 0])
    scores = sum_scores(cases["last"])
    assert (scores.cases, scores.crps, scores.brier_many) == (5, 2.4, 0)
    assert (scores.onsets_peaceful, scores.auc_peaceful, scores.onsets_quiet, scores.auc_quiet) == (1, 0.5, 0, None)
    assert [(s.unit, s.cases) for s in rank_units(cases["last"], cases["zero"])] == [
        ("orle-0", 2), ("orle-1", 1), ("orle-2", 2),
    ]  # fmt: skip
    assert sum_scores(join_cases([cases["last"], cases["last"]])).cases == 10


def test_what_has_no_outcome_has_no_score() -> None:
    (window,) = roll_windows(WORLD, [WORLD.last], (1,), names=["zero"], seed=1, size=12)
    with pytest.raises(RecordError, match="no outcome is known"):
        sum_scores(score_window(window, WORLD)["zero"])
    with pytest.raises(RecordError, match="must lie within the history"):
        list(roll_windows(WORLD, [WORLD.last + 1], (1,), names=["zero"], seed=1))


# --- the benchmark
def rows(history: Any) -> list[dict[str, Any]]:
    return [
        {"unit": u.id, "month": history.label(history.first + t), "value": v}
        for u, row in zip(history.units, history.counts.tolist(), strict=True)
        for t, v in enumerate(row)
    ]


def test_questions_are_answered_from_their_own_origin(tmp_path: Path) -> None:
    asked = [{"unit": "orle-0", "month": "2008-03", "lead": lead} for lead in (3, 4)]
    answers = list(answer_forecast([*rows(WORLD), *asked], Settings(home=tmp_path)))
    assert {(a["month"], a["lead"]) for a in answers} == {("2008-03", 3), ("2008-03", 4)}
    assert len(answers) == 2 * 12
    assert all(len(a["samples"]) == 1200 for a in answers)
    assert json.loads(json.dumps(answers[0])) == answers[0]


def test_without_questions_the_last_years_are_answered_from_october(tmp_path: Path) -> None:
    history = draw_history(2, 144)  # 2001 to 2012: ten years to learn from before October 2011
    answers = list(answer_forecast(rows(history), Settings(home=tmp_path)))
    assert {a["month"] for a in answers} == {f"2012-{m:02d}" for m in range(1, 13)}
    assert {(a["month"], a["lead"]) for a in answers if a["unit"] == "orle-0"} == {
        (f"2012-{m:02d}", m + 2) for m in range(1, 13)
    }
    ends_in_october = [r for r in rows(history) if r["month"] <= "2012-10"]
    assert "2013-12" in {a["month"] for a in answer_forecast(ends_in_october, Settings(home=tmp_path))}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"unit": "a", "month": "2019-44", "value": 1}, "is no month such as 2019-03"),
        ({"unit": "a", "month": "2019-04", "value": "many"}, "is no number in value"),
        ({"unit": "a", "month": "2019-04", "value": -1}, "0 or more"),
        ({"unit": "a", "month": "2019-04"}, "is no number in value"),
        ({"unit": "a", "month": "2019-04", "lead": "soon"}, "is no number in lead"),
    ],
)
def test_records_that_make_no_history_are_named(record: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=why):
        list(answer_forecast([record], Settings(home=tmp_path)))
