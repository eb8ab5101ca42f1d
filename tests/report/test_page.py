"""The pages: drafted and kept, edited and checked without JavaScript, two at once, made final, given as files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from starlette.testclient import TestClient

from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.ports import Derivation
from tocsin.reporting.kept import open_report
from tocsin.web.guards import TOKEN_COOKIE
from tocsin.web.pages import reports

WEEK = {"from": "2026-03-08", "to": "2026-03-14", "only": "real"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        made.get("/reports")
        yield made


def send(client: TestClient, address: str, **fields: Any) -> Any:
    return client.post(address, data={"token": client.cookies[TOKEN_COOKIE]} | fields, follow_redirects=False)


def draft(client: TestClient, **changes: str) -> str:
    """The address of a new draft."""
    answer = send(client, "/reports", **(WEEK | changes))
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path


def read(client: TestClient, address: str, **query: str) -> Any:
    answer = client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return lxml.html.document_fromstring(answer.text)


def press(client: TestClient, tree: Any, action: str, **changes: Any) -> Any:
    """Send a form of a page as a browser would, with its outer fields (`form="…"`) and some of them changed."""
    form = next(f for f in tree.xpath("//form[@method='post']") if f.get("action").endswith(action))
    inputs = [*form.xpath(".//*[@name]"), *tree.xpath(f"//*[@name and @form='{form.get('id')}']")]
    fields = {}
    for one in inputs:
        if one.tag == "button" or (one.get("type") == "checkbox" and one.get("checked") is None):
            continue
        value = one.value if one.tag in ("textarea", "select") else one.get("value")
        fields[one.get("name")] = (value or "").removeprefix("\n")
    return client.post(form.get("action"), data=fields | changes, follow_redirects=False)


def facts(world: World) -> str:
    return f"incidents/{world.incidents['clash'].id}/facts"


def list_problems(answer: Any) -> str:
    tree = lxml.html.document_fromstring(answer.text)
    return " ".join(p.text_content() for p in tree.xpath("//p[contains(@class, 'field-error')]"))


def test_the_list_is_there_before_anything_is_drafted(client: TestClient) -> None:
    tree = read(client, "/reports")
    assert tree.xpath("//input[@name='to']/@value") == ["2026-03-12"]
    assert "No report is kept yet" in tree.text_content()
    assert read(client, "/reports", **WEEK).xpath("//input[@name='from']/@value") == ["2026-03-08"], (
        "a link may fill it"
    )


def test_drafts_are_kept_and_listed_the_newest_first(client: TestClient) -> None:
    first, second = draft(client), draft(client, area="overlay:orle-bridge", tlp="TLP:AMBER+STRICT", title="Bridge")
    links = read(client, "/reports").xpath("//a[@class='row-link']/@href")
    assert links == [second, first]
    text = read(client, "/reports").text_content()
    assert "TLP:AMBER+STRICT" in text
    assert "drafted 14 Mar 2026" in text
    assert "by desk" in text


@pytest.mark.usefixtures("no_sectors")
def test_a_laxer_marking_than_the_desks_takes_a_reason_that_the_page_shows(client: TestClient) -> None:
    refused = send(client, "/reports", **WEEK, tlp="TLP:GREEN")
    assert refused.status_code == 422
    assert "or say why this report may be laxer" in refused.text
    tree = lxml.html.document_fromstring(refused.text)
    assert tree.xpath("//select[@name='tlp']")[0].value == "TLP:GREEN", "what was chosen stays chosen"
    address = draft(client, tlp="TLP:GREEN", laxer_because="asked for by <b>the mission</b>")
    tree = read(client, address)
    assert "It is marked more laxly than the desk is set: asked for by <b>the mission</b>" in tree.text_content()
    answer = press(client, tree, "/redraft", laxer_because="")
    assert answer.status_code == 422
    assert press(client, tree, "/redraft", tlp="TLP:AMBER", laxer_because="").status_code == 303
    assert "more laxly" not in read(client, address).xpath("string(//header[contains(@class, 'page-head')])")


def test_all_that_a_sentence_stands_on_is_a_link_away(client: TestClient, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(reports, "MOST_LINKS", 1)
    address = draft(client)
    (kept,) = world.desk.store.reports()
    summary = next(s for s in open_report(world.desk, kept.id).report.sentences if len(s.incident_ids) > 2)
    links = read(client, address).xpath("//a[contains(@href, '/cited?')]")
    assert {link.text_content() for link in links} >= {f"and {len(summary.cites) - 1} more"}
    tree = read(client, f"{address}/cited", sentence=summary.id)
    assert tree.xpath("//a[@class='row-link']/@href") == [f"/incidents/{id_}" for id_ in summary.incident_ids]
    assert summary.text in tree.text_content()
    facts_ = next(s for s in open_report(world.desk, kept.id).report.sentences if s.claim_ids)
    tree = read(client, f"{address}/cited", sentence=facts_.id)
    assert len(tree.xpath("//a[@class='row-link-plain' and contains(@href, '#e-clm_')]")) == len(facts_.claim_ids)
    for sentence, status in (("nothing", 404), ("", 404)):
        assert client.get(f"{address}/cited", params={"sentence": sentence}).status_code == status


def test_every_sentence_of_the_draft_is_shown_with_what_it_stands_on(client: TestClient, world: World) -> None:
    tree = read(client, draft(client))
    clash = world.incidents["clash"].id
    assert tree.xpath(f"//div[@id='s-incidents/{clash}/title']//a[@href='/incidents/{clash}']")
    rows = tree.xpath("//div[starts-with(@id, 's-')]")
    assert len(rows) > 10
    assert all("stands on" in row.text_content() for row in rows)
    assert tree.xpath("//*[contains(@class, 'field-error')]") == []
    assert tree.xpath("//main//script") == []


def test_every_link_of_a_citation_leads_somewhere(client: TestClient) -> None:
    tree = read(client, draft(client))
    links = {a.split("#")[0] for a in tree.xpath("//div[starts-with(@id, 's-')]//a/@href")}
    assert {link.split("/")[1].split("?")[0] for link in links} >= {"incidents", "articles", "alerts", "places"}
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []


@pytest.mark.parametrize(
    ("form", "head"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html>"), ("md", b"**TLP:AMBER**")]
)
def test_four_formats(client: TestClient, form: str, head: bytes) -> None:
    address = draft(client)
    assert read(client, address).xpath(f"//a[@href='{address}/file/{form}']")
    answer = client.get(f"{address}/file/{form}")
    assert answer.status_code == 200
    assert answer.content.startswith(head)
    assert f'filename="sitrep-everywhere-2026-03-08-2026-03-14-draft.{form}"' in answer.headers["content-disposition"]
    assert client.get(f"{address}/file/odt").status_code == 404


def test_a_sentence_is_edited_in_the_page_and_kept(client: TestClient, world: World) -> None:
    address = draft(client)
    tree = read(client, address, edit=facts(world))
    assert len(tree.xpath("//textarea[starts-with(@name, 'text:')]")) == 1
    answer = press(client, tree, "/sentences", **{f"text:{facts(world)}": "Police were at Orle.", "why": "shorter"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{address}?notice=report-edited#s-{facts(world)}"
    shown = read(client, address).text_content()
    assert "Police were at Orle." in shown
    assert "drafted: 12 Mar 2026" in shown
    assert "other words: shorter" in shown, "the history says who, what and why"
    body = client.get(f"{address}/file/md").text
    assert "Police were at Orle." in body
    assert "*(edited)*" in body


def test_a_section_is_edited_at_once(client: TestClient) -> None:
    address = draft(client)
    tree = read(client, address, section="summary")
    fields = tree.xpath("//textarea[starts-with(@name, 'text:summary/')]/@name")
    assert len(fields) > 2
    assert press(client, tree, "/sentences").status_code == 303, "unchanged words are no edits"
    assert "History" not in read(client, address).text_content()
    assert press(client, tree, "/sentences", **{"text:summary/all": "4 in all."}).status_code == 303
    assert "4 in all." in read(client, address).text_content()


def test_an_edit_beyond_the_records_is_refused_and_nothing_typed_is_lost(client: TestClient, world: World) -> None:
    address = draft(client)
    words = "Colonel Venn shot 40 people at Orle."
    answer = press(client, read(client, address, edit=facts(world)), "/sentences", **{f"text:{facts(world)}": words})
    assert answer.status_code == 422
    assert "'Venn'" in list_problems(answer)
    assert "'40'" in list_problems(answer)
    tree = lxml.html.document_fromstring(answer.text)
    assert tree.xpath(f"//textarea[@name='text:{facts(world)}']")[0].value.strip() == words
    assert "Venn" not in read(client, address).text_content()
    kept = press(client, tree, "/sentences", **{f"own:{facts(world)}": "1", "name": "Ana K."})
    assert kept.status_code == 303
    assert "assessment by Ana K." in read(client, address).text_content()
    assert f"{words} *(assessment by Ana K.)*" in client.get(f"{address}/file/md").text


def test_a_sentence_left_out_is_in_no_file_and_can_come_back(client: TestClient, world: World) -> None:
    address = draft(client)
    assert press(client, read(client, address), "/acts", do=f"drop:{facts(world)}").status_code == 303
    assert "2 outlets. Severity" not in client.get(f"{address}/file/md").text
    tree = read(client, address)
    assert "left out" in tree.text_content()
    assert tree.xpath(f"//button[@value='restore:{facts(world)}']")
    assert press(client, tree, "/acts", do=f"restore:{facts(world)}").status_code == 303
    assert "2 outlets. Severity" in client.get(f"{address}/file/md").text


def test_sentences_and_incidents_move(client: TestClient) -> None:
    address = draft(client)
    tree = read(client, address)
    movers = tree.xpath("//button[starts-with(@value, 'down:inc')]/@value")
    first, second, *_ = [value.removeprefix("down:") for value in movers if value.endswith("/title")]
    assert tree.xpath(f"//button[@value='up:{first}' and @disabled]")
    assert press(client, tree, "/acts", do=f"down:{first}").status_code == 303
    tree = read(client, address)
    order = [row.get("id") for row in tree.xpath("//div[starts-with(@id, 's-incidents/') and .//h3]")]
    assert order[:2] == [f"s-{second}", f"s-{first}"]
    assert press(client, tree, "/acts", do=f"up:{second}").status_code == 422
    assert press(client, tree, "/acts", do="burn:everything").status_code in (404, 422)


def test_a_sentence_is_added_with_what_it_stands_on(client: TestClient, world: World) -> None:
    address, clash = draft(client), world.incidents["clash"].id
    new = {"section": "gaps", "text": "Nobody else was at Orle bridge."}
    bad = press(
        client, read(client, address), "/additions", **new, cites=f"http://testserver/incidents/{clash}#history"
    )
    assert bad.status_code == 422
    assert "do not hold" in list_problems(bad), "an anchor is no record"
    assert lxml.html.document_fromstring(bad.text).xpath("//textarea[@name='text']")[0].value.strip() == new["text"]
    cites = f"http://testserver/incidents/{clash} {world.claims['gas'].id}"
    assert press(client, read(client, address), "/additions", **new, cites=cites).status_code == 303
    assert "Nobody else was at Orle bridge." in client.get(f"{address}/file/md").text
    bare = press(client, read(client, address), "/additions", section="gaps", text="It will get worse.", cites="")
    assert bare.status_code == 422
    own = press(
        client, read(client, address), "/additions", section="gaps", text="It will get worse.", cites="", own="1"
    )
    assert own.status_code == 303
    assert "It will get worse. *(assessment by desk)*" in client.get(f"{address}/file/md").text


def test_two_persons_at_one_sentence_see_both_texts(client: TestClient, world: World) -> None:
    address = draft(client)
    mine, theirs = (read(client, address, edit=facts(world)) for _ in range(2))
    assert press(client, theirs, "/sentences", **{f"text:{facts(world)}": "Theirs at Orle."}).status_code == 303
    answer = press(client, mine, "/sentences", **{f"text:{facts(world)}": "Orle it is."})
    assert answer.status_code == 409
    tree = lxml.html.document_fromstring(answer.text)
    assert "Theirs at Orle." in tree.text_content()
    assert tree.xpath("//textarea")[0].value.strip() == "Orle it is."
    assert "Theirs at Orle." in client.get(f"{address}/file/md").text
    assert press(client, tree, "/sentences").status_code == 303, "having seen both, a person may decide"
    assert "Orle it is." in client.get(f"{address}/file/md").text


def test_a_note_stays_among_those_who_edit(client: TestClient) -> None:
    address = draft(client)
    assert press(client, read(client, address), "/notes", section="gaps", note="ask Orle <b>").status_code == 303
    assert "ask Orle <b>" in read(client, address).text_content()
    assert "ask Orle" not in client.get(f"{address}/file/html").text


def test_a_report_is_made_final_and_corrected_by_a_new_version(client: TestClient, world: World) -> None:
    address = draft(client)
    stale = read(client, address)
    press(client, read(client, address, edit=facts(world)), "/sentences", **{f"text:{facts(world)}": "At Orle."})
    late = press(client, stale, "/finalize")
    assert late.status_code == 409, "who had not seen the edit cannot end the report"
    assert "At Orle." in late.text
    assert press(client, read(client, address), "/finalize").status_code == 303
    tree = read(client, address)
    assert "Version 1, final since 14 Mar 2026, 12:00 UTC." in tree.text_content()
    assert tree.xpath("//textarea") == []
    assert "-v1.pdf" in client.get(f"{address}/file/pdf").headers["content-disposition"]
    assert press(client, stale, "/acts", do=f"drop:{facts(world)}").status_code == 422
    corrected = urlsplit(press(client, tree, "/correct").headers["location"]).path
    assert "A draft is to replace this version" in read(client, address).text_content()
    assert press(client, read(client, corrected), "/finalize").status_code == 303
    assert "it replaces version 1 of 14 Mar 2026" in client.get(f"{corrected}/file/md").text
    assert "Version 2 replaces this one" in read(client, address).text_content()
    assert "replaced" in read(client, "/reports").text_content()


def test_a_new_draft_keeps_edits_and_says_which_no_longer_hold(client: TestClient, world: World) -> None:
    address = draft(client)
    tree = read(client, address, section="summary")
    press(client, tree, "/sentences", **{"text:summary/all": "all in all."})
    press(client, read(client, address, edit=facts(world)), "/sentences", **{f"text:{facts(world)}": "At Orle."})
    world.desk.store.save_derivation(Derivation(gone_incident_ids=(world.incidents["talks"].id,)))
    assert "has taken in more" in read(client, address).text_content()
    answer = press(client, read(client, address), "/redraft", tlp="TLP:RED", title="Anew")
    assert answer.status_code == 303
    text = read(client, address).text_content()
    assert "Edits that no longer hold" in text
    assert "all in all." in text
    assert "At Orle." in client.get(f"{address}/file/md").text
    assert "TLP:RED" in text
    assert "has taken in more" not in text


def test_no_file_of_a_draft_that_the_records_do_not_hold(client: TestClient, world: World) -> None:
    address = draft(client)
    press(
        client, read(client, address, edit=facts(world)), "/sentences", **{f"text:{facts(world)}": "2 outlets told it."}
    )
    clash = world.incidents["clash"]
    gone = replace(clash, outlets=clash.outlets[:1], claim_ids=clash.claim_ids[:1], origins=1, tolls=())
    world.desk.store.save_derivation(Derivation(incidents=(gone,)))
    answer = client.get(f"{address}/file/pdf")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "'2'" in list_problems(answer)


def test_hostile_titles_are_shown_as_text(client: TestClient) -> None:
    address = draft(client, title="<script>alert(1)</script>")
    answer = client.get(address)
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
    answer = send(client, "/reports", **(WEEK | changes))
    assert answer.status_code == 422
    assert "Traceback" not in answer.text
    assert read(client, "/reports").xpath("//a[@class='row-link']") == []


@pytest.mark.parametrize("action", ["sentences", "acts", "additions", "notes", "redraft", "finalize", "correct"])
def test_a_form_tampered_with_breaks_nothing(client: TestClient, action: str) -> None:
    address = draft(client)
    for seen in ("", "-1", "²", "9" * 40):
        answer = send(client, f"{address}/{action}", seen=seen, do="drop:", **{"text:": "x", "text:nowhere": "y"})
        assert answer.status_code in (303, 404, 409, 422)


def test_a_form_without_its_token_is_refused(client: TestClient) -> None:
    address = draft(client)
    for action in ("sentences", "acts", "additions", "notes", "redraft", "finalize", "correct"):
        assert send(client, f"{address}/{action}", token="x").status_code == 403
    assert client.get("/reports/rep_nowhere").status_code == 404


def test_no_edit_brings_its_own_citations(client: TestClient, world: World) -> None:
    """A drafted sentence's citations come from the records, whatever the browser sends."""
    address = draft(client)
    tree = read(client, address, edit=facts(world))
    sent = {f"cites:{facts(world)}": world.incidents["boats"].id, f"text:{facts(world)}": "Dorvu is quiet."}
    assert "'Dorvu'" in list_problems(press(client, tree, "/sentences", **sent))


def test_the_keys_for_editing_saving_and_ending_are_there(client: TestClient, world: World) -> None:
    keys = read(client, draft(client)).xpath("//@data-shortcut")
    assert {"e", "f", "a"} <= set(keys)
    ending = read(client, draft(client, area="overlay:orle-bridge")).xpath("//*[@data-shortcut='f']")[0]
    assert (ending.tag, ending.get("href")) == ("a", "#h-final"), "no single key ends a report"
    tree = read(client, draft(client, area="overlay:orle-district"), section="summary")
    assert tree.xpath("//button[@data-shortcut='s' and @form='words']")


def test_an_empty_desk_says_so(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk, make_client(desk) as client:
        client.get("/reports")
        address = draft(client)
        text = read(client, address).text_content()
    assert "that is not the same as calm" in text
    assert re.search(r"No forecast.*the desk holds no history", text, re.DOTALL)
