"""Who did it: what the pages of alerts and outlets say of who acknowledged, assigned, muted and graded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import NOW, World, make_client
from tocsin.records import Outlet, Silence, outlet_id
from tocsin.web.ringing_words import list_deeds


def read_deeds(client: TestClient, alert_id: str) -> list[str]:
    page = parse_page(client.get(f"/alerts/{alert_id}").text)
    rows = page.get_element_by_id("h-deeds").getparent().getparent().xpath(".//*[@class='row-main']")
    return [read_words(row) for row in rows]


def test_an_alerts_page_says_who_did_what(placing: World) -> None:
    desk, alert = placing.desk, placing.alert
    desk.mark_alert(alert.id, "acknowledged", "calling <Orle>", assigned_to="Ben", who="ana")
    desk.mark_alert(alert.id, "acknowledged", assigned_to="", who="cora")
    desk.mark_alert(alert.id, "firing", who="ana")
    silence = desk.silence(NOW + timedelta(hours=4), why="known", who="dora", place_id=alert.place_id, rule=alert.rule)
    desk.end_silence(silence.id, who="emil")
    with make_client(desk) as client:
        told, text = read_deeds(client, alert.id), client.get(f"/alerts/{alert.id}").text
    assert "ana : acknowledged; Ben looks after it: calling <Orle>" in told
    assert "cora : said who looks after it; nobody looks after it any more" in told
    assert "ana : took the acknowledgement back" in told
    assert any(
        row.startswith("dora : muted it, until 14 Mar 2026, 16:00 UTC") and row.endswith("known") for row in told
    )
    assert "emil : ended the silence" in told
    assert told[-1].startswith("the desk, by its rules")
    assert sum("calling" in row for row in told) == 1, "a note stands where it was given"
    assert list(find_faults(text)) == []


def test_silences_of_other_rules_places_and_times_are_not_its_own(changing: World) -> None:
    desk, alert = changing.desk, changing.alert
    until = NOW + timedelta(hours=4)
    desk.store.add_silence(Silence("sil_r", NOW, until, "dora", "another rule", rule="quite-another"))
    desk.store.add_silence(Silence("sil_p", NOW, until, "dora", "elsewhere", "overlay:elsewhere"))
    whole = Silence("sil_w", NOW, until, "dora", "the whole country", "country:XKX", is_exercise=alert.is_exercise)
    desk.store.add_silence(whole)
    over = replace(alert, began_on=(NOW + timedelta(days=9)).date())
    assert [deed.note for deed in list_deeds(desk, alert) if deed.what == "muted"] == ["the whole country"]
    assert [deed for deed in list_deeds(desk, over) if deed.what == "muted"] == []


def test_an_outlets_page_says_who_graded_it_and_why(changing: World, writer: TestClient) -> None:
    desk, id_ = changing.desk, outlet_id("Hill Wire")
    desk.store.save_outlet(Outlet(id_, "Hill Wire"))
    desk.grade_outlet(id_, "C", "fair <so> far", who="ana")
    desk.grade_outlet(id_, "B", "right in nine of ten", who="ben")
    text = writer.get(f"/outlets/{id_}").text
    assert text.index("right in nine of ten") < text.index("fair &lt;so&gt; far"), "newest first"
    assert "before: C" in text
    assert [(g.made_by, g.before, g.reliability) for g in desk.store.outlet_grades(id_)] == [
        ("ben", "C", "B"), ("ana", "F", "C"),
    ]  # fmt: skip
    assert list(find_faults(text)) == []
    assert writer.get("/outlets/out_none").status_code == 404


def test_a_grade_from_before_that_was_kept_says_so(changing: World, writer: TestClient) -> None:
    id_ = outlet_id("Old Wire")
    changing.desk.store.save_outlet(Outlet(id_, "Old Wire", reliability="B", reliability_reason="long ago"))
    assert "Graded before the desk kept who graded." in writer.get(f"/outlets/{id_}").text
