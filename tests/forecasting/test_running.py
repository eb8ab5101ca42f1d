"""Histories in, forecasts kept once, outlooks for rules; the clock, the gaps and the bad files on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forecast.valdena import make_history
from tests.forecasting.worlds import NAME, NOW, draw_rows, keep_incidents, list_kept, write_counts
from tocsin.errors import IntakeError, RecordError, SettingError, StoreError
from tocsin.forecast import Unit
from tocsin.forecasting.histories import close_history, map_units, open_history
from tocsin.forecasting.own import name_own, refresh_own
from tocsin.forecasting.running import (
    ImportReport,
    bring_forecasts_up_to_date,
    find_outlooks,
    import_file,
    run_forecasts,
)
from tocsin.forecasting.views import find_unit_outlooks, list_unit_outlooks, score_history
from tocsin.pipeline import Knowledge
from tocsin.places import Gazetteer
from tocsin.ports import Derivation, Store
from tocsin.records import TollRange
from tocsin.warning import Outlook

TODAY = NOW.date()


@pytest.fixture
def take(store: Store, gazetteer: Gazetteer, tmp_path: Path) -> Callable[..., ImportReport]:
    """Import rows of counts."""

    def take_rows(rows: list[tuple[str, str, int, str]] | None = None, **more: object) -> ImportReport:
        path = write_counts(tmp_path / "counts.csv", draw_rows() if rows is None else rows)
        given: dict[str, object] = {"name": NAME, "now": NOW} | more
        return import_file(store, gazetteer, path, **given)  # type: ignore[arg-type]

    return take_rows


# --- files
def test_a_file_becomes_a_history_with_its_places(take: Callable[..., ImportReport], store: Store) -> None:
    report = take(licence="EXERCISE, invented")
    held = open_history(store.history(NAME))
    assert held.history.counts.shape == (4, 30)
    assert (report.imported.rows, report.imported.used, report.mapped) == (120, 120, 3)
    assert held.places == {"Kosovo": "country:XKX", "Chad": "country:TCD", "Mali": "country:MLI"}
    assert report.unmapped == {"Valdena": "no country of that name or code"}
    assert (held.kept.licence, held.kept.is_own, held.kept.imported_at) == ("EXERCISE, invented", False, NOW)


COUNTS = st.one_of(st.none(), st.integers(0, 10**8).map(float), st.floats(0, 1e8))


@given(st.integers(0, 4).flatmap(lambda n: st.lists(st.lists(COUNTS, min_size=n, max_size=n), min_size=1, max_size=4)))
def test_what_is_kept_comes_back_with_its_gaps(rows: list[list[float | None]]) -> None:
    history = make_history(*rows)
    kept = close_history(history, {"orle-0": "country:XKX"}, name="x", level="country", at=NOW)
    held = open_history(kept)
    assert np.array_equal(held.history.counts, history.counts, equal_nan=True)
    assert (held.history.units, held.history.first) == (history.units, history.first)
    assert held.places == {"orle-0": "country:XKX"}
    assert "NaN" not in kept.payload


@pytest.mark.parametrize("broken", [{"payload": "{}"}, {"payload": "no"}, {"period": "day"}, {"measure": "x"}])
def test_a_history_of_another_form_is_refused_by_name(broken: dict[str, str]) -> None:
    kept = close_history(make_history([1, 2]), {}, name="EXERCISE x", level="country", at=NOW)
    with pytest.raises(StoreError, match=r"EXERCISE x.*import it again"):
        open_history(replace(kept, **broken))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is neither UCDP GED nor ACLED"),
        (b"a,b\n1,2\n", "it lacks"),
        (b"unit,month,value\n", "no row that can be counted"),
        (b"unit,month,value\nOrle,2026-13,1\nOrle,2026-01,-2\nOrle,2026-01,x\n", "no row that can be counted"),
        (b"unit,month,value\nOrl\xff,2026-01,1\n", "UTF-8|cannot be read"),
        (b"unit,week,value\nOrle,2026-W01,1\n", "cannot be told by month"),
    ],
)
def test_a_bad_file_is_refused_and_the_earlier_history_stays(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer, tmp_path: Path, body: bytes, why: str
) -> None:
    take()
    before = store.history(NAME)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(body)
    with pytest.raises(IntakeError, match=why):
        import_file(store, gazetteer, bad, name=NAME, now=NOW)
    assert store.history(NAME) == before


def test_a_file_that_is_not_there_or_a_reserved_name_is_refused(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer, tmp_path: Path
) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(IntakeError, match="cannot be opened"):
            import_file(store, gazetteer, path, name=NAME, now=NOW)
    with pytest.raises(SettingError, match="must not begin with 'own incidents'"):
        take(name="Own incidents: mine")
    assert store.histories() == []


def test_a_column_of_row_numbers_is_no_unit() -> None:
    from tocsin.forecast.history import check_size

    with pytest.raises(RecordError, match="what is taken for a unit"):
        check_size(1_000_000, 400, "month")


# --- the map
def test_units_are_found_on_the_map_by_id_code_and_name(gazetteer: Gazetteer) -> None:
    units = (
        Unit("Syria/Aleppo governorate", "Aleppo governorate", "SYR"),
        Unit("Nigeria/Borno state", "Borno state", "NGA"),
        Unit("admin1:AF.10", "somewhere", None),
        Unit("Ukraine/Donetsk", "Donetsk", "UKR"),
        Unit("Ukraine/Odesa region", "Odesa region", "UKR"),
        Unit("Valdena/Orle", "Orle", None),
        Unit("Chad/Nowhere", "Nowhere", "TCD"),
    )
    history = replace(make_history(*[[1, 2]] * 7), units=units)
    found, faults = map_units(history, "admin1", gazetteer)
    assert found == {
        "Syria/Aleppo governorate": "admin1:SY.09",
        "Nigeria/Borno state": "admin1:NG.27",
        "admin1:AF.10": "admin1:AF.10",
        "Ukraine/Donetsk": "admin1:UA.05",
        "Ukraine/Odesa region": "admin1:UA.17",
    }
    assert set(faults) == {"Valdena/Orle", "Chad/Nowhere"}


def test_of_a_state_and_its_successor_the_living_one_has_the_place(gazetteer: Gazetteer) -> None:
    units = (Unit("old", "Old", "XKX"), Unit("new", "New", "XKX"))
    found, faults = map_units(replace(make_history([1, None], [1, 2]), units=units), "country", gazetteer)
    assert (found, faults) == ({"new": "country:XKX"}, {"old": "2 units lie at country:XKX"})
    found, faults = map_units(replace(make_history([1, 1], [1, 2]), units=units), "country", gazetteer)
    assert (found, set(faults)) == ({}, {"old", "new"})


# --- runs
def test_running_twice_makes_nothing_twice(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take()
    (first,) = run_forecasts(store, gazetteer, now=NOW)
    kept = list_kept(store)
    assert (first.made, first.units, len(kept)) == (96, 4, 96)
    assert {f.known_to for f in kept} == {"2026-02"}
    assert {f.target for f in kept} == {f"2026-{m:02d}" for m in range(3, 13)} | {"2027-01", "2027-02"}
    (second,) = run_forecasts(store, gazetteer, now=NOW + timedelta(days=90))
    assert (second.is_due, list_kept(store)) == (False, kept)
    take(now=NOW + timedelta(days=1))
    assert [r.is_due for r in run_forecasts(store, gazetteer, now=NOW)] == [False]
    assert list_kept(store) == kept


def test_a_corrected_import_is_forecast_anew_and_the_old_forecasts_stay(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take()
    run_forecasts(store, gazetteer, now=NOW)
    old = {f.id for f in list_kept(store)}
    take(draw_rows(seed=6))
    run_forecasts(store, gazetteer, now=NOW)
    assert old < {f.id for f in list_kept(store)}
    assert len(list_kept(store)) == 192
    (outlook,) = find_unit_outlooks(store, "Kosovo", today=TODAY)
    assert len(outlook.ahead) == 12
    assert outlook.run is not None
    assert outlook.run.basis == store.history(NAME).digest[:16]
    take()  # back to the first file: its own forecasts speak again, and none is made
    assert [r.is_due for r in run_forecasts(store, gazetteer, now=NOW)] == [False]
    (outlook,) = find_unit_outlooks(store, "Kosovo", today=TODAY)
    assert outlook.run is not None
    assert outlook.run.basis == store.history(NAME).digest[:16]
    assert len(list_kept(store)) == 192


def test_a_month_that_is_not_over_is_neither_known_nor_scored(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take(draw_rows(31, last=date(2026, 3, 1)))
    run_forecasts(store, gazetteer, now=NOW)
    assert {f.known_to for f in list_kept(store)} == {"2026-02"}
    assert score_history(store, open_history(store.history(NAME)), today=TODAY).cases == 0
    in_april = NOW + timedelta(days=30)
    (report,) = run_forecasts(store, gazetteer, now=in_april)
    assert (report.is_due, report.made) == (True, 96)
    scores = score_history(store, open_history(store.history(NAME)), today=in_april.date())
    assert scores.cases == 4


def test_nothing_is_made_while_the_clock_is_behind(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take()
    run_forecasts(store, gazetteer, now=NOW)
    kept = list_kept(store)
    take(draw_rows(seed=9))
    for days in (1, 400):
        assert [r.is_due for r in run_forecasts(store, gazetteer, now=NOW - timedelta(days=days))] == [False]
    assert list_kept(store) == kept


def test_an_old_history_looks_ahead_of_today_or_says_that_it_cannot(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take(draw_rows(last=date(2025, 12, 1)))
    take(draw_rows(last=date(2023, 1, 1)), name="EXERCISE old")
    fine, old = run_forecasts(store, gazetteer, now=NOW)
    assert (fine.history, fine.fault) == (NAME, None)
    assert max(f.target for f in list_kept(store)) == "2027-02"
    assert old.fault is not None
    assert "37 months ago; at most 36" in old.fault
    assert find_outlooks(store, now=NOW)["country:XKX"][0].months == 1


def test_too_little_history_says_how_much_there_is(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take(draw_rows(5))
    (report,) = run_forecasts(store, gazetteer, now=NOW)
    assert (report.made, report.missing) == (0, {"too little history: 5 of 24 months": 4})
    (outlook,) = find_unit_outlooks(store, "country:XKX", today=TODAY)
    assert (outlook.missing, outlook.next) == ("too little history: 5 of 24 months", None)


def test_one_broken_history_does_not_keep_the_others(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take()
    kept = store.history(NAME)
    store.save_history(replace(kept, name="EXERCISE broken", payload="{}"))
    broken, fine = run_forecasts(store, gazetteer, now=NOW)
    assert broken.fault is not None
    assert (fine.made, broken.made) == (96, 0)
    assert "country:XKX" in find_outlooks(store, now=NOW)
    assert len(find_unit_outlooks(store, "Kosovo", today=TODAY)) == 1


def test_being_up_to_date_costs_nothing_and_a_new_month_or_import_is_seen(
    take: Callable[..., ImportReport], store: Store, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    knowledge = get_knowledge(False)
    assert bring_forecasts_up_to_date(store, lambda: knowledge, now=NOW) == 0
    take()
    assert bring_forecasts_up_to_date(store, lambda: knowledge, now=NOW) == 96

    def untouchable() -> Knowledge:
        raise AssertionError("nothing was due")

    assert bring_forecasts_up_to_date(store, untouchable, now=NOW) == 0
    take(draw_rows(seed=6))
    assert bring_forecasts_up_to_date(store, lambda: knowledge, now=NOW) == 96
    with pytest.raises(AssertionError, match="nothing was due"):
        bring_forecasts_up_to_date(store, untouchable, now=NOW + timedelta(days=30))


# --- scores
def test_past_forecasts_are_scored_when_the_truth_arrives(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    rows = draw_rows(33, last=date(2026, 5, 1))
    for month in range(3, 7):
        now = datetime(2026, month, 14, tzinfo=UTC)
        take([r for r in rows if r[1] < f"2026-{month:02d}"], now=now)
        run_forecasts(store, gazetteer, now=now)
    held, today = open_history(store.history(NAME)), date(2026, 6, 14)
    (outlook,) = find_unit_outlooks(store, "kosovo", today=today)
    truth = {r[1]: r[2] for r in rows if r[0] == "Kosovo"}
    assert [(o.forecast.target, o.forecast.known_to) for o in outlook.past] == [
        ("2026-05", "2026-04"), ("2026-04", "2026-03"), ("2026-03", "2026-02"),
    ]  # fmt: skip
    assert [o.truth for o in outlook.past] == [truth[o.forecast.target] for o in outlook.past]
    assert outlook.record is not None
    assert outlook.record.number == 3
    assert outlook.record.mean_error == pytest.approx(sum(o.error for o in outlook.past) / 3)
    scores = score_history(store, held, today=today)
    assert scores.cases == 4 * (3 + 2 + 1)
    assert sum(row.cases for row in scores.some) == scores.cases
    assert {s.unit: s.cases for s in scores.skills} == dict.fromkeys(("Kosovo", "Chad", "Mali", "Valdena"), 6)


def test_every_unit_is_listed_with_what_lies_ahead(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take()
    run_forecasts(store, gazetteer, now=NOW)
    outlooks = list_unit_outlooks(store, open_history(store.history(NAME)), today=TODAY)
    assert [(o.unit.id, o.place_id, len(o.ahead)) for o in outlooks] == [
        ("Chad", "country:TCD", 12), ("Kosovo", "country:XKX", 12), ("Mali", "country:MLI", 12), ("Valdena", None, 12),
    ]  # fmt: skip
    over = list_unit_outlooks(store, open_history(store.history(NAME)), today=date(2027, 3, 1))
    assert {o.missing for o in over} == {
        "the history ends with 2026-02, and what was forecast from it is over: import a newer file"
    }


# --- for rules
def test_outlooks_speak_of_places_on_the_map_from_this_month_on(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    assert find_outlooks(store, now=NOW) == {}
    take()
    run_forecasts(store, gazetteer, now=NOW)
    found = find_outlooks(store, now=NOW)
    assert set(found) == {"country:XKX", "country:TCD", "country:MLI"}
    assert [o.months for o in found["country:XKX"]] == list(range(1, 13))
    (outlook,) = find_unit_outlooks(store, "Kosovo", today=TODAY)
    assert found["country:XKX"][0] == Outlook(1, outlook.ahead[0].p1, outlook.ahead[0].p25)
    assert found["country:XKX"][0].score_of_25 > found["country:MLI"][0].score_of_25
    later = find_outlooks(store, now=NOW + timedelta(days=61))
    assert [o.months for o in later["country:XKX"]] == list(range(1, 11))
    assert later["country:XKX"][0] == replace(found["country:XKX"][2], months=1)


def test_the_history_known_to_the_latest_month_speaks(
    take: Callable[..., ImportReport], store: Store, gazetteer: Gazetteer
) -> None:
    take(name="EXERCISE new")
    take(draw_rows(last=date(2025, 11, 1), seed=8), name="EXERCISE a")
    take(draw_rows(seed=8), name="EXERCISE incidents", measure="deadly incidents")
    run_forecasts(store, gazetteer, now=NOW)
    new = next(o for o in find_unit_outlooks(store, "Chad", today=TODAY) if o.held.kept.name == "EXERCISE new")
    assert find_outlooks(store, now=NOW)["country:TCD"][0].any_score == new.ahead[0].p1


# --- own incidents
def test_own_incidents_become_histories_without_the_exercise(store: Store, gazetteer: Gazetteer) -> None:
    refresh_own(store, gazetteer, now=NOW)
    assert store.histories() == []
    keep_incidents(store, [date(2025, 10, 1), date(2025, 11, 5), date(2026, 1, 7), date(2026, 2, 28), date(2026, 3, 3)])
    keep_incidents(store, [date(2025, 11, 9), date(2025, 12, 9)], killed=50, is_exercise=True)
    refresh_own(store, gazetteer, now=NOW)
    held = open_history(store.history(name_own("country", "deaths", "month")))
    assert held.kept.is_own
    assert (held.history.label(held.history.first), held.history.label(held.history.last)) == ("2025-10", "2026-02")
    assert np.array_equal(held.history.counts, [[2, 2, np.nan, 2, 2]], equal_nan=True)
    assert held.places == {"country:XKX": "country:XKX"}
    assert {h.measure for h in store.histories()} == {"deaths", "deadly incidents"}
    reports = run_forecasts(store, gazetteer, now=NOW)
    assert {r.made for r in reports} == {0}
    (outlook, *_) = find_unit_outlooks(store, "country:XKX", today=TODAY)
    assert outlook.missing == "too little history: 4 of 24 months"


def test_a_clock_that_jumps_ahead_makes_no_years_of_peace(store: Store, gazetteer: Gazetteer) -> None:
    keep_incidents(store, [date(2025, 10, 1), date(2026, 2, 28), date(2026, 3, 3)])
    refresh_own(store, gazetteer, now=NOW + timedelta(days=3650))
    held = open_history(store.history(name_own("country", "deaths", "month")))
    assert held.history.label(held.history.last) == "2026-02"


def test_own_forecasts_are_made_once_a_month_though_the_past_is_corrected(store: Store, gazetteer: Gazetteer) -> None:
    days = [date(2023 + n // 12, n % 12 + 1, 10) for n in range(12, 38)] + [date(2026, 3, 3)]
    incidents = keep_incidents(store, [date(2024, 1, 1), *days])
    name = name_own("country", "deaths", "month")
    made = {r.history: r.made for r in run_forecasts(store, gazetteer, now=NOW)}
    assert made[name] > 0
    changed = replace(incidents[5], tolls=(TollRange("killed", 9, 9, 9, "by hand"),))
    store.save_derivation(Derivation(incidents=(changed,)))
    before = store.history(name).digest
    assert {r.made for r in run_forecasts(store, gazetteer, now=NOW)} == {0}
    assert store.history(name).digest != before
    assert "country:XKX" in find_outlooks(store, now=NOW)
