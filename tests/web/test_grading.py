"""Grades given by hand and notes on incidents: on the pages without a script, and through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from tests.tellings import tell_shooting
from tests.web.checking import find_faults, parse_page, read_words
from tests.web.test_changes import send
from tests.web.worlds import HOSTILE, make_client
from tocsin.desk import Desk
from tocsin.records import Filter, Incident


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    tell_shooting(desk)
    return desk


@pytest.fixture
def reviewer(desk: Desk) -> Iterator[TestClient]:
    with make_client(desk) as made:
        yield made


@pytest.fixture
def incident(desk: Desk) -> Incident:
    (found,) = desk.store.incidents(Filter(limit=0, with_background=True))
    return found


def test_a_claim_is_graded_by_hand_and_given_back_to_the_rule(
    reviewer: TestClient, desk: Desk, incident: Incident
) -> None:
    page, claim = f"/incidents/{incident.id}", incident.claim_ids[0]
    path = f"/claims/{claim}/grade"
    assert send(reviewer, path, page, credibility="4").status_code == 422, "without a reason"
    for wrong in ("", "7", "0", "rule2", "4.0"):
        assert send(reviewer, path, page, credibility=wrong, why="x").status_code == 422
    shown = send(reviewer, path, page, credibility="4", why=f"a forger {HOSTILE}").text
    assert "The grade is kept" in shown
    assert not list(find_faults(shown))
    assert "<script>alert" not in shown
    card = read_words(parse_page(shown).get_element_by_id(f"c-{claim}"))
    assert "Credibility 4, doubtful, by a person: somebody at this desk: a forger" in card
    assert "The rule gives 1, confirmed by other independent origins:" in card
    assert "graded 4: doubtful" in card
    assert "the rule gave 1: confirmed by other independent origins" in card
    assert send(reviewer, path, page, credibility="2", why="unread").status_code == 409
    seen = desk.store.corrections([claim])[claim][-1].id
    form = next(f for f in parse_page(shown).forms if f.get("action") == path)
    assert dict(form.form_values())["seen"] == seen
    shown = send(reviewer, path, page, credibility="rule", why="no forger", seen=seen).text
    assert "by a person:" not in read_words(parse_page(shown).get_element_by_id(f"c-{claim}"))
    assert desk.store.incident(incident.id) == incident


def test_an_incident_is_graded_by_hand(reviewer: TestClient, desk: Desk, incident: Incident) -> None:
    page = f"/incidents/{incident.id}"
    shown = send(reviewer, f"{page}/grade", page, credibility="3", why="after a call").text
    assert "Credibility 3: possibly true graded by a person" in read_words(parse_page(shown))
    assert not list(find_faults(shown))
    assert [g.credibility for g in desk.store.incident(incident.id).grades] == [3, 3]
    told = reviewer.get(f"/api{page}").json()
    assert [(g["credibility"], g["by_rule"]) for g in told["incident"]["grades"]] == [(3, 1), (3, 1)]
    given = {"credibility": 2, "reason": "again"}
    assert reviewer.post(f"/api{page}/grade", json=given).status_code == 409
    graded = reviewer.post(f"/api{page}/grade", json=given | {"seen": told["seen"]}).json()
    assert {g["credibility"] for g in graded["incident"]["grades"]} == {2}
    back = reviewer.post(f"/api{page}/grade", json={"credibility": None, "reason": "rule", "seen": graded["seen"]})
    assert back.json()["incident"]["grades"][0]["by_rule"] is None


def test_the_api_grades_a_claim_and_tells_its_history(reviewer: TestClient, incident: Incident) -> None:
    path = f"/api/claims/{incident.claim_ids[0]}/grade"
    for wrong in ({"credibility": 7, "reason": "x"}, {"reason": "x"}, {"credibility": 2}, {"credibility": "2"}):
        assert reviewer.post(path, json=wrong).status_code == 422
    (said,) = reviewer.post(path, json={"credibility": 5, "reason": "forged"}).json()["corrections"]
    assert (said["kind"], said["field"], said["machine"], said["value"]["credibility"]) == (
        "graded", "credibility", 1, 5
    )  # fmt: skip
    assert reviewer.post(path, json={"credibility": 4, "reason": "unread"}).status_code == 409


def test_a_note_stands_on_the_page_in_the_history_and_in_the_json(
    reviewer: TestClient, desk: Desk, incident: Incident
) -> None:
    page = f"/incidents/{incident.id}"
    assert "Nobody has noted anything yet." in reviewer.get(page).text
    assert send(reviewer, f"{page}/notes", page, note=" \n ").status_code == 422
    assert send(reviewer, f"{page}/notes", page, note="x" * 2001).status_code == 422
    send(reviewer, f"{page}/notes", page, note="call the\nhospital")
    shown = send(reviewer, f"{page}/notes", page, note=HOSTILE).text
    assert "The note is kept" in shown
    assert not list(find_faults(shown))
    assert "<script>alert" not in shown
    assert "call the<br>hospital" in shown
    notes = parse_page(shown).xpath("//section[@aria-labelledby='h-notes']//li")
    assert [HOSTILE.split()[0] in read_words(note) for note in notes] == [True, False], "newest first"
    assert "somebody at this desk" in read_words(notes[1])
    course = parse_page(shown).xpath("//section[@aria-labelledby='h-history']//li")
    assert "call the hospital" in read_words(course[1])
    told = reviewer.post(f"/api{page}/notes", json={"text": "by machine"})
    assert told.status_code == 201
    assert told.json()["notes"][0]["text"] == "by machine"
    assert told.json()["notes"][2]["made_by"] == "person:desk"
    assert reviewer.post(f"/api{page}/notes", json={"text": "x" * 2001}).status_code == 422
    assert "hospital" not in reviewer.get("/api/incidents.jsonl").text, "a note leaves the desk in no export"
    assert desk.store.incident(incident.id) == incident
