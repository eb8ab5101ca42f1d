"""Arrays of many places against the records of one: the same figures."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warning.district import BRIDGE, DAY, MILL, NAMES, TESKE, VALLEY, days_from, make_incident
from tests.warning.reference import score_by_definition
from tocsin.knowledge.weights import TensionWeights, load_tension_weights
from tocsin.records import Incident, PartialDate, Tension
from tocsin.warning import SpotMemory, TensionBook, series
from tocsin.warning.series import STATES, Block, lay_out_incidents, score_blocks

WEIGHTS = load_tension_weights()
#: Short windows, so that a few days already hold every state.
SHORT = replace(WEIGHTS, window_days=3, past_days=9, least_past_days=4, coverage_days=6, silent_days=2)
PLACES = [TESKE, BRIDGE, MILL, VALLEY, None]
ACTS = [("ASSAULT", None), ("AID", None), ("THREATEN", None), ("PROTEST", "obstruct"), ("CONSULT", None)]


def make_world(dice: random.Random, days: int) -> tuple[list[Incident], dict[date, frozenset[str]]]:
    """Incidents of all kinds, and outlets that come and go."""
    incidents = []
    for n in range(dice.randrange(1, 40)):
        type_, mode = dice.choice(ACTS)
        day = dice.choice([None, *range(days)])
        fields = dice.choice(
            [
                {},
                {},
                {},
                {"background": True},
                {"modality": "planned"},
                {"modality": "conditional"},
                {"state": "denied"},
                {"is_exercise": True},
            ]
        )
        if day is not None and dice.random() < 0.2:
            fields = {**fields, "date": PartialDate.of_month(2026, 3)}
        outlets = tuple(dice.sample(["out_a", "out_b", "out_c", "out_d"], dice.randrange(3)))
        place = dice.choice(PLACES)
        incidents.append(make_incident(str(n), type_, day, mode=mode, place=place, outlets=outlets, **fields))
    activity = {}
    for n in range(-20, days):
        names = [o for o in ("out_a", "out_b", "out_c") if dice.random() < 0.6 and (n < 12 or o != "out_b")]
        if names and not 15 < n < 20:
            activity[DAY + timedelta(days=n)] = frozenset(names)
    return incidents, activity


def as_rows(blocks: list[Block], first: date) -> dict[tuple[str, date], tuple[object, ...]]:
    rows = {}
    for block in blocks:
        for row, (place, is_exercise) in enumerate(block.places):
            for at in range(block.begins[row], block.level.shape[1]):
                state = STATES[block.state[row, at]]
                rows[place, first + timedelta(days=at)] = (
                    round(block.hostile[row, at], 3), round(block.cooperative[row, at], 3),
                    round(block.level[row, at], 3), round(block.surprise[row, at], 3) if state == "scored" else None,
                    round(block.heard[row, at] / block.reporting[row, at], 3) if block.reporting[row, at] else None,
                    state, round(block.announced[row, at], 3), is_exercise,
                )  # fmt: skip
    return rows


def of_record(row: Tension) -> tuple[object, ...]:
    return (
        row.hostile,
        row.cooperative,
        row.level,
        row.surprise,
        row.coverage,
        row.state,
        row.announced,
        row.is_exercise,
    )


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([SHORT, WEIGHTS]), st.integers(1, 5), st.integers(1, 30))
def test_the_arrays_hold_what_the_records_say(
    dice: random.Random, weights: TensionWeights, size: int, days: int
) -> None:
    incidents, activity = make_world(dice, days)
    until = DAY + timedelta(days=days + 2)
    records = score_by_definition(incidents, activity, weights, until=until, place_names=NAMES)
    book = TensionBook(incidents, activity, weights, until=until, place_names=NAMES)
    assert [of_record(r) for r in book.rows()] == [of_record(r) for r in records]
    assert all(book.find(r.place_id, r.day, is_exercise=r.is_exercise) is not None for r in records)
    for record in records:  # what rules are asked about is what is told
        figures = book.measure(record.place_id, record.day, is_exercise=record.is_exercise)
        assert figures is not None
        told = (record.state, record.level, record.surprise, record.coverage)
        assert (figures.state, figures.level, figures.surprise, figures.coverage) == told
        assert book.measure(record.place_id, record.day, is_exercise=not record.is_exercise) is None
    layout = lay_out_incidents(incidents, weights, until)
    if layout is None:
        assert records == ()
        return
    rows = as_rows(list(score_blocks(layout, activity, weights, size=size)), layout.first)
    expected = {(r.place_id, r.day): of_record(r) for r in records}
    assert rows.keys() == expected.keys()
    for key, row in expected.items():
        assert rows[key] == pytest.approx(row, abs=1.1e-3), key


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_a_book_that_remembers_the_last_one_is_the_same(dice: random.Random, is_large: bool) -> None:
    memory = SpotMemory()
    incidents, activity = make_world(dice, 12)
    until, weights = DAY + timedelta(days=14), SHORT
    for _ in range(6):
        with pytest.MonkeyPatch.context() as patched:
            if is_large:
                patched.setattr(series, "MOST_REMEMBERED", 5)
            given_ = (incidents, activity, weights)
            book = TensionBook(*given_, until=until, place_names=NAMES, memory=memory)
            assert list(book.rows()) == list(TensionBook(*given_, until=until, place_names=NAMES).rows())
        more, _ = make_world(dice, 12)
        incidents = [i for i in incidents if dice.random() < 0.8]
        known = {i.id for i in incidents}
        match dice.randrange(5):
            case 0:
                incidents += [i for i in more if i.id not in known][:2]
            case 1:
                incidents = [*incidents[1:], *(replace(i, state="denied") for i in incidents[:1])]
            case 2:
                until += timedelta(days=dice.choice([-1, 1]))
            case 3:
                weights = WEIGHTS if weights is SHORT else SHORT


def test_places_that_stay_as_they_were_are_not_filed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    filed: list[int] = []
    file = series._file_spot

    def count(some: list[Incident], weights: TensionWeights, last: int) -> series._Spot:
        filed.append(len(some))
        return file(some, weights, last)

    monkeypatch.setattr(series, "_file_spot", count)
    memory, until = SpotMemory(), DAY + timedelta(days=3)
    incidents = [make_incident(str(n), "ASSAULT", 0, place=place) for n, place in enumerate((TESKE, MILL, MILL))]
    TensionBook(incidents, {}, SHORT, until=until, place_names=NAMES, memory=memory)
    assert sorted(filed) == [1, 2]
    filed.clear()
    more = [*incidents, make_incident("more", "ASSAULT", 1, place=TESKE)]
    TensionBook(more, {}, SHORT, until=until, place_names=NAMES, memory=memory)
    assert filed == [2]


def test_every_state_is_met() -> None:
    """The world above must hold what it is meant to compare."""
    seen: set[str] = set()
    for seed in range(20):
        incidents, activity = make_world(random.Random(seed), 30)
        until = DAY + timedelta(days=32)
        layout = lay_out_incidents(incidents, SHORT, until)
        if layout is not None:
            seen |= {str(row[5]) for row in as_rows(list(score_blocks(layout, activity, SHORT)), layout.first).values()}
    assert seen == set(STATES)


def test_nothing_counted_is_nothing_laid_out() -> None:
    told = [make_incident("a", background=True), make_incident("b", place=None), make_incident("c", day=9)]
    assert lay_out_incidents(told, WEIGHTS, DAY) is None
    assert lay_out_incidents([], WEIGHTS, DAY) is None


def test_blocks_cover_every_place_once_in_order() -> None:
    places = [replace(TESKE, gazetteer_id=f"g:{n}", within=()) for n in range(10)]
    incidents = [make_incident(str(n), place=place) for n, place in enumerate(places)]
    layout = lay_out_incidents(incidents, WEIGHTS, DAY + timedelta(days=3))
    assert layout is not None
    blocks = list(score_blocks(layout, days_from(-90, 3, "out_a"), WEIGHTS, size=4))
    assert [len(b.places) for b in blocks] == [4, 4, 2]
    assert tuple(p for b in blocks for p in b.places) == layout.places
    assert layout.places == tuple(sorted(layout.places))
    assert all(np.isfinite(b.level).all() for b in blocks)


def test_an_axis_without_any_outlet_is_silent() -> None:
    layout = lay_out_incidents([make_incident("a", outlets=())], WEIGHTS, DAY + timedelta(days=2))
    assert layout is not None
    (block,) = score_blocks(layout, {}, WEIGHTS)
    assert np.isnan(block.surprise).all()
    at = block.begins[0]
    assert [STATES[s] for s in block.state[0, at:]] == ["too-little-history", "sources-silent", "sources-silent"]
