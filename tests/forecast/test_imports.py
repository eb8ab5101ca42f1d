"""Files that people have, good and bad, to histories; invented rows (EXERCISE)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import IntakeError
from tocsin.forecast.history import Unit
from tocsin.forecast.imports import Imported, import_history
from tocsin.forecast.occurrences import Occurrence, find_country
from tocsin.forecast.periods import read_period
from tocsin.forecast.spreading import spread_occurrences

GED = "id,type_of_violence,country,country_id,adm_1,date_start,date_end,date_prec,best,low,high"


def ged(*rows: str, **options: Any) -> Imported:
    """Rows of start, end, precision, best, country (Valdena), region."""
    lines = [GED]
    for n, row in enumerate(rows):
        start, end, precision, best, *rest = row.split(",")
        country, region = [*rest, "Valdena", "Orle"][:2] if rest else ("Valdena", "Orle")
        lines.append(f"{n},1,{country},9,{region},{start} 00:00:00.000,{end} 00:00:00.000,{precision},{best},0,9")
    return import_history([line + "\n" for line in lines], "ged.csv", **options)


def row_of(made: Imported, unit: str = "Valdena") -> list[float]:
    at = [u.id for u in made.history.units].index(unit)
    return [float(v) for v in made.history.counts[at]]


# --- UCDP GED
def test_ged_counts_by_month_with_zeros_between() -> None:
    made = ged("2019-01-05,2019-01-05,1,3", "2019-01-09,2019-01-11,2,4", "2019-03-31,2019-03-31,1,1")
    assert (made.kind, made.rows, made.used, dict(made.faults)) == ("UCDP GED", 3, 3, {})
    assert (made.history.first, row_of(made)) == (read_period("2019-01", "month"), [7, 0, 1])
    assert made.history.measure == "deaths"


def test_a_month_that_is_not_wholly_covered_is_left_out_and_said() -> None:
    made = ged("2019-01-05,2019-01-05,1,3", "2019-03-15,2019-03-15,1,1")
    assert row_of(made) == [3, 0]
    assert dict(made.faults) == {"outside the months that are wholly covered": 1}
    assert "2019-01-01 to 2019-02-28" in made.notes[0]
    told = ged("2019-01-05,2019-01-05,1,3", "2019-03-15,2019-03-15,1,1", until=date(2019, 4, 30))
    assert row_of(told) == [3, 0, 1, 0]
    since = ged("2019-03-05,2019-03-31,1,3", since=date(2019, 1, 10))
    assert (since.history.label(since.history.first), row_of(since)) == ("2019-02", [0, 3])


def test_a_row_over_several_months_is_shared_out_by_days_and_said() -> None:
    made = ged("2019-01-22,2019-02-28,5,38", "2019-03-31,2019-03-31,1,1")
    assert row_of(made) == [10, 28, 1]
    assert any("1 rows span several months" in note for note in made.notes)
    small = ged("2019-01-31,2019-02-28,4,1", "2019-03-31,2019-03-31,1,0")
    assert row_of(small) == [0, 1, 0], "whole deaths, where most of the days are"


def test_deadly_incidents_count_once_and_only_if_somebody_died() -> None:
    made = ged("2019-01-22,2019-02-28,5,38", "2019-02-03,2019-02-03,1,0", measure="deadly incidents")
    assert row_of(made) == [0, 1]
    assert made.history.measure == "deadly incidents"


def test_a_renamed_country_is_one_unit_under_its_oldest_id_and_newest_name() -> None:
    made = ged("2019-03-31,2019-03-31,1,5,eSwatini,Hhohho", "2019-01-05,2019-01-05,1,3,Swaziland,Hhohho")
    assert [(u.id, u.name, u.country) for u in made.history.units] == [("Swaziland", "eSwatini", "SWZ")]
    assert row_of(made, "Swaziland") == [3, 0, 5]
    assert "names of one unit, counted together: Swaziland, eSwatini (SWZ)" in made.notes
    regions = ged(
        "2019-01-05,2019-01-05,1,3,Swaziland,Hhohho", "2019-03-31,2019-03-31,1,5,eSwatini,hhohho",
        "2019-03-31,2019-03-31,1,2,Valdena,Hhohho", level="admin1",
    )  # fmt: skip
    assert [u.id for u in regions.history.units] == ["Swaziland/Hhohho", "Valdena/Hhohho"]
    assert row_of(regions, "Swaziland/Hhohho") == [3, 0, 5]


@pytest.mark.parametrize("period", ["month", "week"])
def test_a_state_is_a_gap_before_it_began_unless_the_list_says_more(period: Any) -> None:
    rows = ["2011-01-03,2011-01-03,1,1,Sudan,Orle", "2011-12-31,2011-12-31,1,7,South Sudan,Orle"]
    made = ged(*rows, period=period)
    young = np.array(row_of(made, "South Sudan"))
    assert not np.isnan(row_of(made, "Sudan")).any()
    begins = read_period({"month": "2011-07", "week": "2011-W27"}[period], period) - made.history.first
    assert np.isnan(young[:begins]).all()
    assert not np.isnan(young[begins:]).any()
    assert any(note.startswith("before it began a state is a gap, no zero: South Sudan") for note in made.notes)
    told = ged(*rows, "2011-03-07,2011-03-07,1,2,South Sudan,Orle", period=period)
    assert np.nansum(row_of(told, "South Sudan")) == (9 if period == "month" else 2)


def test_weeks_take_rows_dated_to_days_alone() -> None:
    by_day = "2021-01-04,2021-01-04,1,2", "2021-01-10,2021-01-11,2,2", "2021-01-17,2021-01-17,1,1"
    made = ged(*by_day, "2021-01-04,2021-01-31,4,50", period="week")
    assert row_of(made) == [3, 2]
    assert dict(made.faults) == {"dated too coarsely for weeks": 1}


def test_regions_and_types_of_violence() -> None:
    rows = "2019-01-31,2019-01-31,1,3,Valdena,Orle", "2019-01-31,2019-01-31,1,2,Valdena,Teske"
    made = ged(*rows, level="admin1")
    assert [u.id for u in made.history.units] == ["Valdena/Orle", "Valdena/Teske"]
    with pytest.raises(IntakeError, match="holds no row"):
        ged(*rows, kinds={2})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2019-13-05,2019-01-05,1,3", "no date in date_start"),
        ("2019-01-05,,1,3", "no date in date_end"),
        ("2019-01-05,2019-01-04,1,3", "ends before it starts"),
        ("2017-01-05,2019-01-04,5,3", "lasts more than a year"),
        ("2019-01-05,2019-01-05,x,3", "no whole number of 0 or more in date_prec"),
        ("2019-01-05,2019-01-05,1,-3", "no whole number of 0 or more in best"),
        ("2019-01-05,2019-01-05,1,1.000", "no whole number of 0 or more in best"),
        ("04/03/2019,2019-03-04,1,3", "no date in date_start"),
        ("2019-01-05,2019-01-05,1,nan", "no whole number of 0 or more in best"),
        ("2019-01-05,2019-01-05,1,٣", "no whole number of 0 or more in best"),
        ("2019-01-05,2019-01-05,1,3,,x", "no country"),
    ],
)
def test_bad_rows_are_counted_with_their_reason(row: str, reason: str) -> None:
    made = ged("2019-01-31,2019-01-31,1,1", row)
    assert (made.rows, made.used, dict(made.faults)) == (2, 1, {reason: 1})
    assert row_of(made) == [1]


def test_a_row_with_other_cells_than_columns_is_counted() -> None:
    lines = [GED, "1,1,Valdena,9,Orle,2019-01-31,2019-01-31,1,5,0,9", "1,2,3", ""]
    assert dict(import_history(lines, "ged.csv").faults) == {"not as many cells as columns": 1}


# --- ACLED
def test_acled_in_both_ways_of_writing_dates() -> None:
    lines = [
        '"event_date","event_type","country","admin1","fatalities","time_precision"',
        '"2023-01-15","Battles","Valdena","Orle","4","1"',
        '"31 March 2023","Battles","Valdena","Orle","2","3"',
        '"31 Brumaire 2023","Battles","Valdena","Orle","2","1"',
    ]
    made = import_history(lines, "acled.csv")
    assert (made.kind, row_of(made), made.used) == ("ACLED", [4, 0, 2], 2)
    assert dict(made.faults) == {"no date in event_date": 1}
    weekly = import_history(lines, "acled.csv", period="week")
    assert dict(weekly.faults) == {"no date in event_date": 1, "dated too coarsely for weeks": 1}


def test_acled_with_a_row_for_each_actor_counts_an_event_once() -> None:
    head = "event_id_cnty,event_date,event_type,country,admin1,actor1,fatalities"
    rows = [
        "VAL1,2023-01-15,Battles,Valdena,Orle,Army,4", "VAL1,2023-01-15,Battles,Valdena,Orle,Militia,4",
        "VAL2,2023-01-31,Battles,Valdena,Orle,Army,1", ",2023-01-31,Battles,Valdena,Orle,Army,1",
        ",2023-01-31,Battles,Valdena,Orle,Army,1",
    ]  # fmt: skip
    made = import_history([head, *rows], "acled.csv")
    assert (row_of(made), made.used, dict(made.faults)) == ([7], 4, {"the same event again": 1})


def test_a_release_and_its_updates_in_one_file_count_an_event_once() -> None:
    row = "7,1,Valdena,9,Orle,2019-01-31,2019-01-31,1,5,0,9"
    made = import_history([GED, row, row], "ged.csv")
    assert (row_of(made), dict(made.faults)) == ([5], {"the same event again": 1})


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_that_a_spreadsheet_parted_otherwise(sign: str) -> None:
    lines = ["\ufeffevent_date,event_type,country,fatalities,notes", '31-Mar-23,Battles,Valdena,2.0,"one, two"']
    made = import_history([line.replace(",", sign) for line in lines], "acled.csv")
    assert (made.kind, row_of(made), dict(made.faults)) == ("ACLED", [2], {})


@pytest.mark.parametrize(
    ("written", "month"),
    [("21 Mar 2019", "2019-03"), ("21-MAR-19", "2019-03"), ("1 Sept 1989", "1989-09"), ("5-Jun-98", "1998-06")],
)
def test_dates_as_spreadsheets_write_them(written: str, month: str) -> None:
    lines = ["event_date,event_type,country,fatalities", f"{written},Battles,Valdena,2"]
    made = import_history(lines, "acled.csv", until=date(2030, 1, 1))
    assert made.history.label(made.history.first) == month


def test_a_mistyped_year_makes_no_years_without_a_death() -> None:
    today = date(2019, 6, 10)
    rows = "2019-01-31,2019-01-31,1,3", "2091-01-31,2091-01-31,1,1", "2019-06-10,2019-06-11,1,1"
    made = ged(*rows, today=today)
    assert (row_of(made), dict(made.faults)) == ([3], {"dated after today": 2})
    lines = ["unit,month,value", "orle,2019-05,1", "orle,2019-06,1", "orle,2019-07,1"]
    counts = import_history(lines, "counts.csv", today=today)
    assert (row_of(counts, "orle"), dict(counts.faults)) == ([1, 1], {"dated after today": 1})
    old = "0219-01-31,0219-01-31,1,3", "2019-01-31,2019-01-31,1,3"
    made = ged(*old, today=today)
    assert (row_of(made), dict(made.faults)) == ([3], {"dated before 1800": 1})
    counts = import_history(["unit,month,value", "orle,0219-05,1", "orle,2019-05,1"], "counts.csv", today=today)
    assert (row_of(counts, "orle"), dict(counts.faults)) == ([1], {"dated before 1800": 1})
    made = ged("1919-01-31,1919-01-31,1,3", *old[1:], today=today)
    assert made.notes[1].startswith("nothing is dated between 1919-01-31 and 2019-01-31: look whether a year is")
    assert not any("mistyped" in note for note in ged(*old[1:], today=today).notes)
    with pytest.raises(IntakeError, match="cannot cover days up to 2019-12-31: today is 2019-06-10"):
        ged(*rows, today=today, until=date(2019, 12, 31))


def test_what_cannot_be_chosen_in_a_file_is_refused() -> None:
    acled = ["event_date,event_type,country,fatalities", "2023-01-31,Battles,Valdena,2"]
    with pytest.raises(IntakeError, match="is of the form ACLED: types of violence are UCDP's alone"):
        import_history(acled, "acled.csv", kinds={1})
    with pytest.raises(IntakeError, match="its own rows say which days are covered"):
        import_history(["unit,month,value", "a,2019-01,1"], "counts.csv", since=date(2019, 1, 1))


# --- counts
def test_counts_keep_their_gaps() -> None:
    lines = ["unit,month,value,name,country", "orle,2019-01,0,Orle,SRB", "orle,2019-03,3,Orle,SRB"]
    made = import_history(lines, "counts.csv")
    assert made.kind == "counts"
    assert made.history.units == (Unit("orle", "Orle", "SRB"),)
    np.testing.assert_array_equal(made.history.counts, [[0, np.nan, 3]])
    assert made.notes == ("1 units' months have no row and stay gaps",)


def test_counts_as_json_lines_and_by_day() -> None:
    rows = [
        {"unit": "orle", "date": day, "value": n} for n, day in enumerate(["2021-01-04", "2021-01-10", "2021-01-11"])
    ]
    made = import_history([json.dumps(r) for r in rows], "counts.jsonl", period="week")
    np.testing.assert_array_equal(made.history.counts, [[1, 2]])


def test_bad_counts_are_counted_with_their_reason() -> None:
    lines = [
        '{"unit": "orle", "month": "2019-01", "value": 1}', '{"unit": "orle", "month": "2019-01", "value": 7}',
        '{"unit": "orle", "month": "2019-44", "value": 1}', '{"unit": "", "month": "2019-01", "value": 1}',
        '{"unit": "orle", "month": "2019-02", "value": "many"}', '{"unit": "orle", "month": "2019-02", "value": -1}',
        '{"unit": "orle", "month": "2019-02", "value": NaN}', "[1]", "{broken",
        '{"unit": "orle", "month": "2019-03", "value": 0.5}',
    ]  # fmt: skip
    made = import_history(lines, "counts.jsonl")
    assert (made.rows, made.used) == (10, 1)
    assert dict(made.faults) == {
        "the same unit and month again": 1, "no month that exists": 1, "no unit": 3, "no number in value": 1,
        "a value that is no count": 2, "a value that is no whole number": 1,
    }  # fmt: skip
    np.testing.assert_array_equal(made.history.counts, [[1]])


def test_months_cannot_be_told_by_week() -> None:
    with pytest.raises(IntakeError, match="counts by month and cannot be told by week"):
        import_history(["unit,month,value", "a,2019-01,1"], "counts.csv", period="week")


# --- files that are none of these
@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "lacks for UCDP GED date_start, date_end"),
        (["a,b", "1,2"], "for ACLED event_date, event_type, country, fatalities"),
        (["date_start,date_end,country,best"], "lacks for UCDP GED date_prec;"),
        (["{broken"], "cannot be read as JSON Lines"),
        ([GED], "holds no row that can be counted"),
        (["unit,month,value", "orle,never,1"], "1 rows: no month that exists"),
        ([GED + "\n", '"' + "x" * 200_000 + '"'], "cannot be read as CSV"),
        (["unit,month,value", "a,1801-01,1", "a,9999-01,1"], "a date is wrong"),
    ],
)
def test_a_file_that_is_none_of_these_is_refused_by_name(lines: list[str], why: str) -> None:
    with pytest.raises(IntakeError) as caught:
        import_history(lines, "theirs.csv")
    assert "theirs.csv" in str(caught.value)
    assert why in str(caught.value)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from([GED, "unit,month,value", "", "{}"]))
def test_any_text_is_a_history_or_an_intake_error(lines: list[str], head: str) -> None:
    try:
        made = import_history([head, *lines], "any.csv")
    except IntakeError:
        return
    assert made.used <= made.rows


# --- spreading
days = st.dates(date(2018, 12, 20), date(2020, 2, 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(days, st.integers(0, 90), st.integers(0, 500)), min_size=1, max_size=8))
def test_no_death_is_lost_or_made(rows: list[tuple[date, int, int]]) -> None:
    held = [
        Occurrence("orle", "Orle", None, start, date.fromordinal(start.toordinal() + n), deaths, True)
        for start, n, deaths in rows
    ]
    spread = spread_occurrences(
        held, period="month", measure="deaths", since=date(2018, 12, 1), until=date(2020, 12, 31)
    )
    assert spread.history.counts.sum() == sum(o.deaths for o in held)
    assert (spread.history.counts == np.rint(spread.history.counts)).all()


def test_a_covered_place_without_any_row_is_all_zeros() -> None:
    held = [Occurrence("orle", "Orle", None, date(2019, 1, 31), date(2019, 1, 31), 3, True)]
    made = spread_occurrences(held, period="month", measure="deaths", units=[Unit("mill", "Mill")]).history
    assert [u.id for u in made.units] == ["mill", "orle"]
    np.testing.assert_array_equal(made.counts, [[0], [3]])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Myanmar (Burma)", "MMR"), ("Serbia", "SRB"), ("Valdena", None), ("Congo", "COG"), ("eSwatini", "SWZ"),
        ("DR Congo (Zaire)", "COD"), ("Republic of Congo", "COG"), ("Democratic Republic of Congo", "COD"),
    ],
)  # fmt: skip
def test_countries_are_known_by_the_names_that_lists_give(name: str, code: str | None) -> None:
    assert find_country(name) == code
