"""Reports through the API: the list, one with its citations, its files; markings refuse them as on the pages."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.worlds import World
from tocsin.desk.marking import mark_record
from tocsin.records.report import KeptReport
from tocsin.report import ReportRequest
from tocsin.reporting.drafting import make_period
from tocsin.reporting.edits import act_on_sentence
from tocsin.reporting.kept import finalize_report, keep_report

REQUEST = ReportRequest(*make_period(date(2026, 3, 8), date(2026, 3, 14)))


def keep(world: World) -> KeptReport:
    return keep_report(world.desk, REQUEST, by="ana", is_exercise=False)


def test_the_list_and_its_states(changing: World, writer: TestClient) -> None:
    assert writer.get("/api/reports").json() == {"reports": []}
    first = keep(changing)
    finalize_report(changing.desk, first.id, by="ana", seen=0)
    second = keep_report(changing.desk, REQUEST, by="ben", is_exercise=False)
    assert [r["id"] for r in writer.get("/api/reports").json()["reports"]] == [second.id, first.id]
    for state, id_ in (("final", first.id), ("draft", second.id)):
        assert [r["id"] for r in writer.get("/api/reports", params={"state": state}).json()["reports"]] == [id_]
    assert writer.get("/api/reports", params={"state": "lost"}).status_code == 422
    assert len(writer.get("/api/reports", params={"limit": 1}).json()["reports"]) == 1


def test_one_with_its_citations_and_files(changing: World, writer: TestClient) -> None:
    kept = keep(changing)
    told = writer.get(f"/api/reports/{kept.id}").json()
    assert told["kept"]["made_by"] == "ana"
    assert (told["problems"], told["laxity"], told["mails"]) == ({}, None, [])
    sentences = [s for section in told["report"]["sections"] for block in section["blocks"] for s in block["sentences"]]
    assert all(sentence["cites"] for sentence in sentences)
    for form, address in told["files"].items():
        answer = writer.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].endswith(f'-draft.{form}"')
    assert writer.get("/api/reports/rep_none").status_code == 404
    assert writer.get(f"/api/reports/{kept.id}/file/odt").json()["why"] == "must be one of pdf, docx, html, md"


def test_a_marking_that_is_too_lax_gives_no_file(changing: World, writer: TestClient) -> None:
    kept = keep(changing)
    mark_record(changing.desk.store, changing.desk.clock, changing.articles["radio"].id, "TLP:RED", who="ben")
    assert "must be TLP:RED or stricter" in writer.get(f"/api/reports/{kept.id}").json()["laxity"]
    refused = writer.get(f"/api/reports/{kept.id}/file/md")
    assert refused.status_code == 422
    assert refused.json()["what"] == "marking"


WEEK = {"first_day": "2026-03-08", "last_day": "2026-03-14", "exercise": False}


def test_a_program_drafts_one_and_makes_it_final(changing: World, writer: TestClient) -> None:
    made = writer.post("/api/reports", json=WEEK | {"title": " The  week ", "tlp": "TLP:RED", "pages": 5})
    assert made.status_code == 201, made.text
    told = made.json()
    id_ = told["kept"]["id"]
    assert told == writer.get(f"/api/reports/{id_}").json()
    assert (told["kept"]["title"], told["report"]["tlp"], told["report"]["most_pages"]) == ("The week", "TLP:RED", 5)
    sentence = told["report"]["sections"][0]["blocks"][0]["sentences"][0]["id"]
    assert act_on_sentence(changing.desk, id_, sentence, "drop", by="ana", seen=0).is_kept
    late = writer.post(f"/api/reports/{id_}/finalize", json={"seen": 0})
    assert (late.status_code, late.json()["what"]) == (409, "report")
    seen = writer.get(f"/api/reports/{id_}").json()["edits"][-1]["seq"]
    final = writer.post(f"/api/reports/{id_}/finalize", json={"seen": seen})
    assert final.status_code == 200, final.text
    assert (final.json()["kept"]["state"], final.json()["kept"]["number"]) == ("final", 1)
    assert writer.post(f"/api/reports/{id_}/finalize", json={"seen": seen}).status_code == 422, "it is final already"


@pytest.mark.usefixtures("no_sectors")
def test_what_cannot_be_drafted_is_refused_with_what_is_allowed(changing: World, writer: TestClient) -> None:
    for changes, status, told in (
        ({"tlp": "TLP:GREEN"}, 422, "as the desk is set"),
        ({"last_day": "2026-01-01"}, 422, "must begin before it ends"),
        ({"first_day": "0001-01-01", "last_day": "0001-01-02"}, 422, "within the years"),
        ({"first_day": "2025-01-01"}, 422, "92 days or fewer"),
        ({"exercise": None}, 422, "may not stand in one report"),
        ({"shape": "long"}, 422, "shape"),
    ):
        answer = writer.post("/api/reports", json=WEEK | changes)
        assert (changes, answer.status_code) == (changes, status), answer.text
        assert told in answer.text
    assert changing.desk.store.reports() == []
    green = writer.post("/api/reports", json=WEEK | {"tlp": "TLP:GREEN", "laxer_because": "agreed"}).json()
    assert (green["report"]["is_public"], green["laxer_because"]) == (True, "agreed")
