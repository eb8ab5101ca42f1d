"""Reports through the API: the list, one with its citations, its files; markings refuse them as on the pages."""

from __future__ import annotations

from datetime import date

from starlette.testclient import TestClient

from tests.web.worlds import World
from tocsin.desk.marking import mark_record
from tocsin.records.report import KeptReport
from tocsin.report import ReportRequest
from tocsin.reporting.drafting import make_period
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
