"""The page: drafted with citations as links, edited and checked without JavaScript, taken away in four formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from starlette.testclient import TestClient

from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.web.guards import TOKEN_COOKIE

WEEK = {"from": "2026-03-08", "to": "2026-03-14", "only": "real"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        yield made


def read(client: TestClient, **changes: str) -> Any:
    answer = client.get("/reports", params=WEEK | changes)
    assert answer.status_code == 200, answer.text
    return lxml.html.document_fromstring(answer.text)


def fill_form(tree: Any) -> dict[str, Any]:
    """The fields of the form that edits, as a browser would send them unchanged."""
    (form,) = tree.xpath("//form[@method='post' and @action='/reports']")
    return {k: v for k, v in form.fields.items() if v is not None and not k.startswith(("drop:", "remove", "do"))}


def send(client: TestClient, fields: dict[str, Any], **changes: Any) -> Any:
    return client.post("/reports", data=fields | {"token": client.cookies[TOKEN_COOKIE]} | changes)


def test_the_form_is_there_before_anything_is_drafted(client: TestClient) -> None:
    tree = lxml.html.document_fromstring(client.get("/reports").text)
    assert tree.xpath("//input[@name='to']/@value") == ["2026-03-12"]
    assert tree.xpath("//textarea[starts-with(@name, 'text:')]") == []


def test_every_sentence_of_the_draft_is_shown_with_what_it_stands_on(client: TestClient, world: World) -> None:
    tree = read(client)
    clash = world.incidents["clash"].id
    assert tree.xpath(f"//div[@id='s-incidents/{clash}/title']//a[@href='/incidents/{clash}']")
    rows = tree.xpath("//div[starts-with(@id, 's-')]")
    assert len(rows) > 10
    assert all("stands on" in row.text_content() for row in rows)
    assert tree.xpath("//*[contains(@class, 'field-error')]") == []
    assert tree.xpath("//main//script") == []


def test_every_link_of_a_citation_leads_somewhere(client: TestClient) -> None:
    tree = read(client)
    links = {a.split("#")[0] for a in tree.xpath("//div[starts-with(@id, 's-')]//a/@href")}
    assert {link.split("/")[1].split("?")[0] for link in links} >= {"incidents", "articles", "alerts", "places"}
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []


@pytest.mark.parametrize(
    ("form", "head"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html>"), ("md", b"**TLP:AMBER**")]
)
def test_four_formats(client: TestClient, form: str, head: bytes) -> None:
    answer = send(client, fill_form(read(client)), do=form)
    assert answer.status_code == 200
    assert answer.content.startswith(head)
    assert f'filename="sitrep-everywhere-2026-03-08-2026-03-14.{form}"' in answer.headers["content-disposition"]


def test_an_edit_is_checked_and_taken_along(client: TestClient, world: World) -> None:
    fields = fill_form(read(client))
    name = f"text:incidents/{world.incidents['clash'].id}/facts"
    shown = lxml.html.document_fromstring(
        send(client, fields | {name: "Police and protesters met at Orle."}, do="check").text
    )
    assert "drafted: 12 Mar 2026" in shown.text_content()
    kept = fill_form(shown)
    assert kept[name] == "Police and protesters met at Orle."
    body = send(client, kept, do="md").text
    assert "Police and protesters met at Orle." in body
    assert "*(edited)*" in body


def test_an_edit_beyond_the_records_is_refused_and_gives_no_file(client: TestClient, world: World) -> None:
    name = f"text:incidents/{world.incidents['clash'].id}/facts"
    answer = send(client, fill_form(read(client)) | {name: "Colonel Venn shot 40 people at Orle."}, do="pdf")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    tree = lxml.html.document_fromstring(answer.text)
    problems = " ".join(p.text_content() for p in tree.xpath("//p[contains(@class, 'field-error')]"))
    assert "'Venn'" in problems
    assert "'40'" in problems
    assert fill_form(tree)[name] == "Colonel Venn shot 40 people at Orle.", "nothing typed is lost"


def test_a_dropped_sentence_is_in_no_file_and_can_come_back(client: TestClient, world: World) -> None:
    id_ = f"incidents/{world.incidents['clash'].id}/facts"
    fields = fill_form(read(client))
    assert "Severity" in send(client, fields, do="md").text
    shown = send(client, fields | {f"drop:{id_}": "1"}, do="check").text
    assert "left out" in shown
    again = fill_form(lxml.html.document_fromstring(shown))
    assert "2 outlets. Severity" not in send(client, again | {f"drop:{id_}": "1"}, do="md").text
    assert "2 outlets. Severity" in send(client, again, do="md").text


def test_a_sentence_is_added_with_what_it_stands_on(client: TestClient, world: World) -> None:
    clash = world.incidents["clash"].id
    new = {
        "new_section": "gaps",
        "new_text": "Nobody else was at Orle bridge.",
        "new_cites": f"http://testserver/incidents/{clash}#history {world.claims['gas'].id}",
    }
    shown = lxml.html.document_fromstring(send(client, fill_form(read(client)) | new, do="check").text)
    assert "Nobody else was at Orle bridge." in shown.text_content()
    assert shown.xpath("//p[contains(@class, 'field-error')]") != [], "an anchor is no record"
    new["new_cites"] = f"http://testserver/incidents/{clash} {world.claims['gas'].id}"
    shown = lxml.html.document_fromstring(send(client, fill_form(read(client)) | new, do="check").text)
    assert shown.xpath("//p[contains(@class, 'field-error')]") == []
    kept = fill_form(shown)
    assert "Nobody else was at Orle bridge." in send(client, kept, do="md").text
    out = lxml.html.document_fromstring(send(client, kept, do="check", remove=kept["added"]).text)
    assert "Nobody else" not in out.text_content()


def test_an_edit_of_an_older_draft_is_given_back(client: TestClient, world: World) -> None:
    id_ = f"incidents/{world.incidents['clash'].id}/facts"
    fields = fill_form(read(client))
    marks = json.loads(fields["drafted"]) | {id_: "0" * 16}
    answer = send(client, fields | {"drafted": json.dumps(marks), f"text:{id_}": "My own words."}, do="check")
    assert "Edits that fit no longer" in answer.text
    assert "My own words." in answer.text


def test_hostile_titles_are_shown_as_text(client: TestClient) -> None:
    answer = client.get("/reports", params=WEEK)
    assert "<script>alert" not in answer.text
    assert "onerror=alert(1)&gt;" in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "yesterday"},
        {"to": "2026-02-01"},
        {"to": "2027-03-08"},
        {"tlp": "TLP:WHITE"},
        {"pages": "0"},
        {"pages": "²"},
        {"only": ""},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_of_help(client: TestClient, changes: dict[str, str]) -> None:
    answer = client.get("/reports", params=WEEK | changes)
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("field", ["drafted", "added"])
@pytest.mark.parametrize("given", ["{", "[]", '{"cites": 7}', "[" * 5000])
def test_a_form_tampered_with_breaks_nothing(client: TestClient, field: str, given: str) -> None:
    assert send(client, fill_form(read(client)) | {field: given}, do="check").status_code in (200, 422)


def test_a_form_without_its_token_is_refused(client: TestClient) -> None:
    assert send(client, fill_form(read(client)), token="x").status_code == 403


def test_no_edit_brings_its_own_citations(client: TestClient, world: World) -> None:
    """A sentence's citations come from the records, whatever the browser sends."""
    id_ = f"incidents/{world.incidents['clash'].id}/facts"
    sent = fill_form(read(client)) | {f"cites:{id_}": world.incidents["boats"].id, f"text:{id_}": "Dorvu is quiet."}
    assert "'Dorvu'" in lxml.html.document_fromstring(send(client, sent, do="check").text).text_content()


def test_an_empty_desk_says_so(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk, make_client(desk) as client:
        text = client.get("/reports", params={"from": "2026-03-08", "to": "2026-03-14"}).text
    assert "that is not the same as calm" in text
