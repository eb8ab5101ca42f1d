"""Looks of incidents, what differs between two of them, shifts, and filters' names."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import RecordError
from tocsin.records import Grade, Incident, PartialDate, Party, Place, Reason, TollRange, from_json, to_json
from tocsin.records.inbox import (
    LONGEST_NAME,
    Look,
    SavedFilter,
    Shift,
    clean_filter_name,
    compare_looks,
    digest_look,
    find_absence,
    make_look,
)

NOW = datetime(2031, 3, 1, 6, tzinfo=UTC)
WHY = Reason("toy", "it says so")
INCIDENT = Incident(
    "inc_a", "ASSAULT", ("clm_a", "clm_b"), NOW, mode="firearms", date=PartialDate.of_day(date(2031, 3, 1)),
    place=Place("Orle", "settlement", "TLK", 1.5, -20.25, "toy:orle"), actor=(Party("Orle police"),),
    recipient=(Party("farmers"),), tolls=(TollRange("killed", 3, 3, 3, "one number"),), origins=2,
    grades=(Grade("clm_a", 3, WHY), Grade("clm_b", 2, WHY)),
)  # fmt: skip
LOOK = make_look(INCIDENT)
#: For each field of a look another value.
OTHERS: dict[str, Any] = {
    "claim_ids": ("clm_a",), "type": "COERCE", "mode": None, "state": "denied", "modality": "negated",
    "certainty": "hedged", "date": None, "place_id": "toy:mill", "place_name": "The mill", "parties": ("nobody",),
    "tolls": (), "origins": 3, "credibility": None,
}  # fmt: skip


def test_a_look_is_kept_whole() -> None:
    assert from_json(Look, to_json(LOOK)) == LOOK
    assert set(OTHERS) == {f.name for f in fields(Look)}
    assert LOOK.credibility == 2


@pytest.mark.parametrize("name", OTHERS)
def test_every_field_of_a_look_counts(name: str) -> None:
    other = replace(LOOK, **{name: OTHERS[name]})
    assert digest_look(other) != digest_look(LOOK)
    if name != "parties":  # who it was shows in the title; it is news, and not told apart
        assert compare_looks(LOOK, other)


def test_what_is_no_news_is_no_other_look() -> None:
    same = replace(
        INCIDENT, outlets=("out_x",), tolls=(replace(INCIDENT.tolls[0], rule="other"),), reasons=(WHY,), is_faint=True
    )
    assert digest_look(make_look(same)) == digest_look(LOOK)


def test_the_changes_are_told_exactly() -> None:
    after = replace(
        LOOK, claim_ids=("clm_a", "clm_c"), state="disputed", origins=3,
        tolls=(TollRange("killed", 3, 4, 5, ""), TollRange("injured", 2, 2, None, "")),
    )  # fmt: skip
    told = [(c.kind, c.about, c.was, c.now, c.claim_ids) for c in compare_looks(LOOK, after)]
    assert told == [
        ("joined", None, None, None, ("clm_c",)),
        ("left", None, None, None, ("clm_b",)),
        ("toll", "killed", "3", "3 to 5", ()),
        ("toll", "injured", None, "at least 2", ()),
        ("state", None, "reported", "disputed", ()),
        ("origins", None, "2", "3", ()),
    ]
    (place,) = compare_looks(LOOK, replace(LOOK, place_id="toy:other-orle"))
    assert (place.kind, place.was, place.now) == ("place", "Orle", "Orle")


@given(st.lists(st.sampled_from(sorted(OTHERS)), max_size=4), st.lists(st.sampled_from(sorted(OTHERS)), max_size=4))
def test_two_looks_are_alike_exactly_where_their_digests_are(one: list[str], two: list[str]) -> None:
    first, second = (replace(LOOK, **{n: OTHERS[n] for n in names}) for names in (one, two))
    assert (digest_look(first) == digest_look(second)) == (first == second)
    if first == second:
        assert compare_looks(first, second) == ()


def make_shift(began: int, ended: int | None) -> Shift:
    return Shift("ana", NOW + timedelta(hours=began), None if ended is None else NOW + timedelta(hours=ended))


@pytest.mark.parametrize(
    ("shifts", "hours"),
    [
        ([], None),
        ([make_shift(0, None)], None),
        ([make_shift(0, 8)], 8),
        ([make_shift(20, None), make_shift(0, 8)], 8),
        ([make_shift(20, 28), make_shift(0, 8)], 28),
        ([make_shift(20, None), make_shift(0, None)], 0),
    ],
)
def test_an_absence_begins_where_the_last_shift_ended(shifts: list[Shift], hours: int | None) -> None:
    assert find_absence(shifts) == (None if hours is None else NOW + timedelta(hours=hours))


def test_a_filter_has_a_name_in_one_line() -> None:
    assert clean_filter_name("  Force \n at Orle ") == "Force at Orle"
    for given_ in ("", "  \t", "x" * (LONGEST_NAME + 1)):
        with pytest.raises(RecordError, match="filter name"):
            clean_filter_name(given_)
    with pytest.raises(RecordError, match="or fewer"):
        SavedFilter("fil_a", "ana", "a", "x" * 2001, NOW)


def test_a_filter_is_seen_by_its_owner_and_by_whom_it_is_shared_with() -> None:
    mine = SavedFilter("fil_a", "ana", "a", "", NOW)
    assert (mine.is_seen_by("ana"), mine.is_seen_by("ben")) == (True, False)
    assert replace(mine, is_shared=True).is_seen_by("ben")
