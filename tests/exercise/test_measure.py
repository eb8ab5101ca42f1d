"""The flow against the exercise's truth: figures printed, and held above the floors in benchmarks/floors.toml."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tocsin.exercise import load_exercise, load_truth
from tocsin.exercise.loader import open_folder
from tocsin.exercise.measure import Outcome, collect_outcome, compare_with_truth, pair_incidents
from tocsin.records import Alert, Incident, PartialDate, Place

FLOORS = tomllib.loads((Path(__file__).parents[2] / "benchmarks" / "floors.toml").read_text("utf-8"))["exercise"]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return load_truth()


def digest_exercise() -> str:
    """Eight hexadecimal digits over the reports and the truth."""
    whole = hashlib.sha256((open_folder() / "truth.toml").read_bytes())
    for _, report in load_exercise().reports:
        whole.update(report.read_bytes())
    return whole.hexdigest()[:8]


def test_the_floors_belong_to_this_exercise() -> None:
    assert FLOORS["digest"] == digest_exercise(), "the exercise changed: measure it anew and set the floors"


def test_figures_stay_above_their_floors(make_desk: Any, capsys: pytest.CaptureFixture[str], truth: Any) -> None:
    desk = make_desk()
    desk.load_exercise()
    numbered = load_exercise().numbered_articles(desk.clock.now())
    figures = compare_with_truth(collect_outcome(desk.store, {a.id: n for n, a in numbered}), truth)
    with capsys.disabled():
        print(
            "\nEXERCISE:", ", ".join(f"{k} {v:.2f}" if isinstance(v, float) else f"{k} {v}" for k, v in figures.items())
        )
    too_low = {k: figures[k] for k, floor in FLOORS["least"].items() if figures[k] < floor}
    too_high = {k: figures[k] for k, ceiling in FLOORS["most"].items() if figures[k] > ceiling}
    assert (too_low, too_high) == ({}, {})
    assert figures["alarm_in_time"]


def perfect_outcome(truth: dict[str, Any]) -> Outcome:
    """What a flawless desk would hold: the truth itself, as incidents."""
    incidents, reports_of = [], {}
    for n, true in enumerate(truth["incidents"]):
        id_ = f"inc_{n}"
        when = PartialDate(true["start"], true["end"], "day")
        told = datetime(2026, 3, 15, tzinfo=UTC)
        state = "reported" if true["happened"] else "denied"
        incidents.append(Incident(id_, true["type"], (f"clm_{n}",), told, date=when, state=state, is_exercise=True))
        reports_of[id_] = frozenset(true["reports"])
    numbers = [number for number, _ in load_exercise().reports]
    origins = {n: n for n in numbers} | {r: g["origin"] for g in truth["copies"] for r in g["reports"]}
    return Outcome(tuple(incidents), reports_of, dict.fromkeys(numbers, 0), origins, (), ())


def test_a_flawless_desk_scores_full_marks(truth: dict[str, Any]) -> None:
    figures = compare_with_truth(perfect_outcome(truth), truth)
    assert figures["found"] == figures["precision"] == figures["date_right"] == figures["copies_found"] == 1.0
    assert figures["reports_gathered"] == 1.0
    assert figures["untrue_told_as_fact"] == figures["false_copies"] == 0


def test_an_empty_desk_scores_nothing(truth: dict[str, Any]) -> None:
    outcome = replace(perfect_outcome(truth), incidents=(), reports_of={})
    figures = compare_with_truth(outcome, truth)
    assert figures["found"] == 0.0
    assert figures["alarm_on"] is None
    assert figures["alarm_in_time"] is False


def test_each_incident_is_paired_once(truth: dict[str, Any]) -> None:
    outcome = perfect_outcome(truth)
    pairs = pair_incidents(truth["incidents"], outcome)
    assert len({incident.id for _, incident in pairs}) == len(pairs) == len(truth["incidents"])


def test_of_equals_what_agrees_in_most_is_paired_and_not_the_nearest_day(truth: dict[str, Any]) -> None:
    """A curfew of the same evening stood for an arrest whose day nobody told."""
    day = date(2026, 3, 12)
    arrest = {"type": "COERCE", "mode": "arrest", "place": "ex-nendry", "start": day, "end": day, "reports": ["50"]}
    told, nendry = datetime(2026, 3, 15, tzinfo=UTC), Place("Nendry", "settlement", gazetteer_id="ex-nendry")
    curfew = Incident("inc_a", "COERCE", ("clm_a",), told, mode="curfew", date=PartialDate(day, day, "day"))
    right = Incident("inc_b", "COERCE", ("clm_b",), told, mode="arrest", place=nendry)
    shared = {"inc_a": frozenset({"50"}), "inc_b": frozenset({"50"})}
    outcome = replace(perfect_outcome(truth), incidents=(curfew, right), reports_of=shared)
    assert pair_incidents([arrest], outcome) == [(arrest, right)]
    again = replace(outcome, reports_of=shared | {"inc_a": frozenset({"49", "50"})})
    assert pair_incidents([arrest | {"reports": ["49", "50"]}], again)[0][1] is curfew, "more shared reports go first"


@pytest.mark.parametrize(
    ("day", "in_time", "wrong"),
    [(date(2026, 3, 9), True, 0), (date(2026, 3, 12), False, 0), (date(2026, 3, 5), False, 1)],
)
def test_alarms_are_judged_by_their_day(truth: dict[str, Any], day: date, in_time: bool, wrong: int) -> None:
    alarm = Alert(
        "alt_1", "r", "1", "t", "h", "ex-tarvel", "Tarvel", "IMMEDIATE", day, day, "firing",
        datetime(2026, 3, 15, tzinfo=UTC), "c", is_exercise=True,
    )  # fmt: skip
    figures = compare_with_truth(replace(perfect_outcome(truth), alerts=(alarm,)), truth)
    assert (figures["alarm_in_time"], figures["alarms_on_days_they_must_not"]) == (in_time, wrong)


def test_the_exercise_is_whole() -> None:
    crisis = load_exercise()
    numbers = [n for n, _ in crisis.reports]
    articles = list(crisis.articles(datetime(2026, 3, 16, tzinfo=UTC)))
    assert len(numbers) == len(set(numbers)) == len(articles) >= 60
    assert {a.outlet_name for a in articles} == {o.name for o in crisis.outlets}
    assert all(
        a.is_exercise and a.published_at and crisis.start <= a.published_at.date() <= crisis.end for a in articles
    )
    assert all(80 <= len(a.text.split()) <= 360 for a in articles)
    assert [a.published_at for a in articles] == sorted(a.published_at for a in articles if a.published_at)
