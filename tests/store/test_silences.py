"""Silences are kept, end by themselves or by a person, and never vanish."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.worlds import START
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import LONGEST_SILENCE, Silence, silence_id
from tocsin.records.silence import matches_pattern

SILENCE = Silence(
    silence_id("anna", START, "toy:orle", None), START, START + timedelta(hours=4), "anna", "a drill", "toy:orle"
)
#: What a desk of before has written down.
SILENCE_ID_OF_OLD = "sil_jelu27zvz4mec2tv"


def test_a_silence_comes_back_as_it_was_kept(store: Store) -> None:
    store.add_silence(SILENCE)
    store.add_silence(SILENCE)
    later = replace(SILENCE, id="sil_later", ends_at=START + timedelta(hours=9), rule="a-rule", at_most="PRIORITY")
    store.add_silence(later)
    assert store.silences() == [later, SILENCE]
    assert store.silences(after=START + timedelta(hours=5)) == [later]
    assert store.silences(limit=1) == [later]
    assert store.check() == []


def test_one_that_ends_before_it_begins_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="must end after it begins"):
        store.add_silence(replace(SILENCE, ends_at=START))


def test_a_person_may_end_it_once(store: Store) -> None:
    store.add_silence(SILENCE)
    at = START + timedelta(hours=1)
    ended = store.end_silence(SILENCE.id, at)
    assert (ended.ended_at, ended.ends_at) == (at, SILENCE.ends_at)
    assert not ended.holds_at(at)
    assert SILENCE.holds_at(at)
    assert store.end_silence(SILENCE.id, at + timedelta(hours=1)) == ended
    assert store.silences(after=at) == []
    with pytest.raises(UnknownIdError):
        store.end_silence("sil_none", at)


def test_it_holds_while_the_clock_is_put_back_before_its_beginning() -> None:
    assert SILENCE.holds_at(START - timedelta(hours=1))
    assert not SILENCE.holds_at(SILENCE.ends_at)
    ended = replace(SILENCE, ended_at=START + timedelta(hours=1))
    assert not ended.holds_at(START)  # a person's decision is not undone by the clock


def test_one_made_while_the_clock_ran_years_ahead_does_not_hold_for_years() -> None:
    assert SILENCE.holds_at(START - LONGEST_SILENCE)
    assert not SILENCE.holds_at(START - LONGEST_SILENCE - timedelta(seconds=1))


def test_one_that_is_over_stays_as_it_is(store: Store) -> None:
    store.add_silence(SILENCE)
    assert store.end_silence(SILENCE.id, START + timedelta(days=1)) == SILENCE


def test_the_exercise_takes_its_silences_with_it(store: Store) -> None:
    store.add_silence(SILENCE)
    store.add_silence(replace(SILENCE, id="sil_ex", is_exercise=True))
    store.remove_exercise()
    assert store.silences() == [SILENCE]


def plan(begins: timedelta, **more: object) -> Silence:
    at = START + begins
    id_ = silence_id("anna", at, None, None, made_at=START)
    return replace(Silence(id_, at, at + timedelta(hours=4), "anna", "a drill", made_at=START), **more)  # type: ignore[arg-type]


def test_one_that_is_planned_begins_when_it_says() -> None:
    planned = plan(timedelta(days=3))
    moments = timedelta(days=2), timedelta(days=3), timedelta(days=3, hours=4)
    assert [planned.state_at(START + ahead) for ahead in moments] == ["planned", "in-force", "over"]
    assert not planned.holds_at(START), "what is planned holds nothing back before"


def test_one_that_is_planned_and_dropped_is_over_and_out_of_the_list(store: Store) -> None:
    planned = plan(timedelta(days=3))
    store.add_silence(planned)
    assert store.silences(after=START) == [planned]
    dropped = store.end_silence(planned.id, START + timedelta(hours=1), "ben")
    assert dropped.state_at(START + timedelta(days=3, hours=1)) == "over"
    assert store.silences(after=START + timedelta(hours=1)) == []
    assert store.silences() == [dropped]
    assert store.check() == []


def test_two_that_are_planned_for_one_moment_are_two() -> None:
    ids = {silence_id("anna", START, None, None, rule_set=s, made_at=START - timedelta(1)) for s in (None, "a", "b")}
    assert len(ids) == 3
    assert silence_id("anna", START, None, None) == SILENCE_ID_OF_OLD


@pytest.mark.parametrize(
    ("pattern", "name", "is_meant"),
    [
        ("deadly", "deadly", True), ("deadly", "deadly-violence", False), ("deadly-*", "deadly-violence", True),
        ("*violence", "deadly-violence", True), ("*y-v*", "deadly-violence", True), ("*", "", True),
        ("a*a", "a", False), ("a*b*a", "aba", True), ("*b*b*", "ab", False), ("d?adly", "deadly", False),
        ("[a-z]*", "deadly", False), ("*a" * 60 + "b", "a" * 200, False),
    ],
)  # fmt: skip
def test_an_asterisk_stands_for_any_letters(pattern: str, name: str, is_meant: bool) -> None:
    assert matches_pattern(pattern, name) is is_meant
