"""Claims accepted, rejected, fixed and added on the pages and through the API, without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml.html import FormElement
from starlette.testclient import TestClient

from tests.tellings import tell_shooting
from tests.web.checking import find_faults, parse_page, read_words
from tests.web.test_changes import send
from tests.web.worlds import HOSTILE, World, make_client
from tocsin.desk import Desk
from tocsin.records import Claim, Filter

ALL = Filter(limit=0, with_background=True)


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
def claim(desk: Desk) -> Claim:
    return next(c for c in desk.store.claims(ALL) if c.evidence.text.startswith("Gunmen"))


def open_form(client: TestClient, path: str) -> FormElement:
    """The form of a page whose address is the page's own, as a browser holds it."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    assert not list(find_faults(page.text))
    return next(f for f in parse_page(page.text).forms if f.get("action") == path.split("?")[0])


def fields_of(form: FormElement) -> list[tuple[str, str]]:
    return [(str(k), str(v)) for k, v in form.form_values()]


def submit(client: TestClient, form: FormElement, **given: str) -> Any:
    """Send a form with some of its fields filled in anew, as a browser would; follow where it leads."""
    sent = [(name, value) for name, value in fields_of(form) if name not in given] + list(given.items())
    body = {name: [v for n, v in sent if n == name] for name, _ in sent}
    answer = client.post(form.get("action"), data=body)
    return client.get(answer.headers["location"].split("#")[0]) if answer.status_code == 303 else answer


def test_a_claim_is_accepted_rejected_and_reopened_where_it_stands(
    reviewer: TestClient, desk: Desk, claim: Claim
) -> None:
    page = f"/articles/{claim.article_id}"
    shown = send(reviewer, f"/claims/{claim.id}/accept", page).text
    assert "The claim is accepted" in shown
    assert "accepted by" in " ".join(shown.split())
    assert desk.store.standings([claim.id])[claim.id] == "accepted"
    newest = desk.store.corrections([claim.id])[claim.id][-1].id
    assert send(reviewer, f"/claims/{claim.id}/reject", page, seen=newest).status_code == 422, "without a reason"
    shown = send(reviewer, f"/claims/{claim.id}/reject", page, seen=newest, why=HOSTILE).text
    assert not list(find_faults(shown))
    assert "<script>alert" not in shown
    assert "<s>" in shown
    assert "0 claims, 1 rejected" in shown
    assert claim.id not in {c.id for c in desk.store.claims(ALL)}
    newest = desk.store.corrections([claim.id])[claim.id][-1].id
    shown = send(reviewer, f"/claims/{claim.id}/reopen", page, seen=newest, why="it is one").text
    assert "1 claim" in shown
    history = parse_page(shown).xpath("//details[starts-with(summary, 'History')]//li")
    assert [read_words(li).split(": ")[1] for li in history] == ["reopened", "rejected", "accepted"]


def test_a_claim_is_fixed_on_a_plain_form_with_the_machine_s_value_beside(
    reviewer: TestClient, desk: Desk, claim: Claim
) -> None:
    path = f"/claims/{claim.id}/fix"
    form = open_form(reviewer, path)
    assert submit(reviewer, form, why="nothing").status_code == 422, "a form sent back as it came changes nothing"
    shown = submit(reviewer, form, why="as a <trial> has it", certainty="hedged", background="yes")
    assert "The correction is kept" in shown.text
    assert "as a &lt;trial&gt; has it" in shown.text
    assert "the machine read" in shown.text
    assert not list(find_faults(shown.text))
    said = desk.store.corrections([claim.id])[claim.id]
    assert {c.field: c.machine for c in said} == {"certainty": '"asserted"', "background": "false"}
    assert "Machine: asserted" in read_words(open_form(reviewer, path))
    refused = submit(reviewer, form, why="too late", certainty="asserted", background="no")
    assert refused.status_code == 422, "the form was opened before the correction"
    assert desk.store.claim(claim.id).certainty == "hedged"


def test_a_place_is_looked_up_and_chosen_without_losing_what_was_typed(
    reviewer: TestClient, desk: Desk, claim: Claim
) -> None:
    path = f"/claims/{claim.id}/fix"
    form = open_form(reviewer, path)
    looked = submit(reviewer, form, search="Prizren", look="place", why="seen there", modality="negated")
    assert looked.status_code == 200
    assert not list(find_faults(looked.text))
    assert desk.store.corrections([claim.id]) == {}, "looking a place up changes nothing"
    form = next(f for f in parse_page(looked.text).forms if f.get("action") == path)
    held = dict(fields_of(form))
    assert (held["why"], held["modality"], held["place"]) == ("seen there", "negated", "keep")
    (row, *_) = desk.knowledge().gazetteer.find("Prizren")
    assert row.id in form.xpath(".//input[@name='place']/@value")
    submit(reviewer, form, place=row.id)
    fixed = desk.store.claim(claim.id)
    assert fixed.place is not None
    assert (fixed.place.gazetteer_id, fixed.modality) == (row.id, "negated")
    submit(reviewer, open_form(reviewer, path), place="none", why="it does not say where")
    assert desk.store.claim(claim.id).place is None
    nothing = submit(reviewer, open_form(reviewer, path), search="qqqqxx", look="place")
    assert "No place of that name" in nothing.text


def test_parties_tolls_and_speakers_are_rows_of_a_form(reviewer: TestClient, desk: Desk, claim: Claim) -> None:
    form = open_form(reviewer, f"/claims/{claim.id}/fix")
    rows = {
        "f-actor1-text": "The <b>Black</b> band",
        "f-actor1-country": "XKX",
        "f-toll1-kind": "killed",
        "f-toll1-low": "3",
        "f-toll1-high": "",
        "f-link1-speaker": "the governor",
    }
    for id_, value in rows.items():
        form.get_element_by_id(id_).value = value
    form.get_element_by_id("f-actor1-sector").value = "REB"
    shown = submit(reviewer, form, why="the indictment")
    assert "&lt;b&gt;Black&lt;/b&gt; band" in shown.text
    fixed = desk.store.claim(claim.id)
    assert [(p.text, p.country, p.sector) for p in fixed.actor] == [("The <b>Black</b> band", "XKX", "REB")]
    assert [(t.kind, t.low, t.high) for t in fixed.tolls] == [("killed", 3, None)]
    assert fixed.attribution[0].speaker == "the governor"
    form = open_form(reviewer, f"/claims/{claim.id}/fix")
    form.get_element_by_id("f-toll1-low").value = "-4 <i>"
    refused = submit(reviewer, form, why="so")
    assert refused.status_code == 422
    assert "whole number" in refused.text
    assert "<i>" not in refused.text


def test_a_missed_claim_is_added_with_its_passage(reviewer: TestClient, desk: Desk, claim: Claim) -> None:
    path = f"/articles/{claim.article_id}/claims/new"
    form = open_form(reviewer, path)
    sent = {"type": "ACCUSE", "mode": "allege", "why": "missed"}
    assert submit(reviewer, form, evidence="the mayor sang", **sent).status_code == 422
    assert submit(reviewer, form, evidence="the mayor said", **(sent | {"type": ""})).status_code == 422
    shown = submit(reviewer, form, evidence="the mayor  said", **sent)
    assert "added by a person" in shown.text
    assert not list(find_faults(shown.text))
    added = next(c for c in desk.store.claims(ALL) if c.type == "ACCUSE")
    assert added.evidence.text == "the mayor said"
    assert desk.store.check() == []


def test_what_an_incident_shows_is_put_right_and_its_claims_are_judged_there(
    reviewer: TestClient, desk: Desk, claim: Claim
) -> None:
    home = desk.store.incidents_of_claims([claim.id])[claim.id]
    page = f"/incidents/{home}"
    assert not list(find_faults(reviewer.get(page).text))
    sent = {"incident": home}
    assert "accepted" in send(reviewer, f"/claims/{claim.id}/accept", page, **sent).text
    assert submit(reviewer, open_form(reviewer, f"/claims/{claim.id}/fix?incident={home}"), why="x").status_code == 422
    form = open_form(reviewer, f"{page}/fix")
    form.get_element_by_id("f-date-start").value = "2026-03-15"
    form.get_element_by_id("f-date-end").value = ""
    shown = submit(reviewer, form, why="the hospital's <record>")
    assert "The correction is kept" in shown.text
    assert str(desk.store.incident(home).date) == "2026-03-15"
    assert {str(c.date) for c in desk.store.claims(ALL)} == {"2026-03-15"}
    assert submit(reviewer, form, why="again").status_code == 409, "opened before the last correction"


def test_the_same_through_the_api(reviewer: TestClient, desk: Desk, claim: Claim) -> None:
    path = f"/api/claims/{claim.id}"
    empty = reviewer.get(f"{path}/corrections").json()
    assert (empty["standing"], empty["seen"], empty["corrections"]) == ("read", None, [])
    body: dict[str, Any] = {"changes": {"certainty": "hedged"}, "reason": "alleged"}
    made = reviewer.post(f"{path}/corrections", json=body)
    assert made.status_code == 201
    told = made.json()
    assert (told["claim"]["certainty"], told["as_read"]["certainty"]) == ("hedged", "asserted")
    (one,) = told["corrections"]
    assert (one["field"], one["machine"], one["value"], one["made_by"]) == (
        "certainty", "asserted", "hedged", "person:desk",
    )  # fmt: skip
    again = reviewer.post(f"{path}/corrections", json={"changes": {"certainty": "asserted"}, "reason": "no"})
    assert again.status_code == 409
    assert "meanwhile" in again.json()["why"]
    seen = {"certainty": one["id"]}
    body = {"changes": {"certainty": "asserted"}, "reason": "no", "seen": seen}
    newest = reviewer.post(f"{path}/corrections", json=body).json()["seen"]
    assert reviewer.post(f"{path}/accept", json={}).status_code == 409
    newest = reviewer.post(f"{path}/accept", json={"seen": newest}).json()["seen"]
    rejected = reviewer.post(f"{path}/reject", json={"reason": "a film", "seen": newest}).json()
    assert (rejected["standing"], rejected["claim"]["incident"]) == ("rejected", None)
    assert reviewer.post(f"{path}/reopen", json={"reason": "no", "seen": rejected["seen"]}).json()["standing"] == "read"
    added = reviewer.post(
        f"/api/articles/{claim.article_id}/claims",
        json={"type": "ACCUSE", "evidence": "the mayor said", "reason": "missed", "values": {"mode": "allege"}},
    )
    assert added.status_code == 201
    assert added.json()["standing"] == "added"
    assert added.json()["corrections"][0]["value"]["type"] == "ACCUSE"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("claims/clm_x/corrections", {"changes": {"certainty": "hedged"}, "reason": "x"}, 404),
        ("claims/clm_x/accept", {}, 404),
        ("articles/art_x/claims", {"type": "ACCUSE", "evidence": "x", "reason": "x"}, 404),
        ("claims/{id}/corrections", {"changes": {}, "reason": "x"}, 422),
        ("claims/{id}/corrections", {"changes": {"id": "clm_y"}, "reason": "x"}, 422),
        ("claims/{id}/corrections", {"changes": {"certainty": "hedged"}}, 422),
        ("claims/{id}/corrections", {"changes": {"type": "X" * 5000}, "reason": "x"}, 422),
        ("claims/{id}/corrections", {"changes": {"actor": [[]]}, "reason": "x"}, 422),
        ("claims/{id}/corrections", {"changes": {"place": {"lat": 0, "lon": 0}}, "reason": "x"}, 422),
        ("claims/{id}/reject", {}, 422),
        ("claims/{id}/reject", {"reason": "x", "by": "me"}, 422),
        ("claims/{id}/reopen", {"reason": "x"}, 422),
        ("articles/{article}/claims", {"type": "ACCUSE", "evidence": "not there", "reason": "x"}, 422),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(
    reviewer: TestClient, desk: Desk, claim: Claim, path: str, body: dict[str, Any], status: int
) -> None:
    answer = reviewer.post("/api/" + path.format(id=claim.id, article=claim.article_id), json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"what", "which", "why"}
    assert len(answer.text) < 1500
    assert desk.store.corrections([claim.id]) == {}


def test_a_form_of_another_site_changes_nothing(reviewer: TestClient, desk: Desk, claim: Claim) -> None:
    for path in (f"/claims/{claim.id}/accept", f"/claims/{claim.id}/fix", f"/articles/{claim.article_id}/claims/new"):
        assert reviewer.post(path, data={"why": "x"}).status_code == 403
    assert desk.store.corrections([claim.id]) == {}


def test_every_claim_of_a_hostile_world_has_a_sound_form(writer: TestClient, changing: World) -> None:
    for name, claim in changing.claims.items():
        for path in (f"/claims/{claim.id}/fix", f"/articles/{claim.article_id}/claims/new"):
            page = writer.get(path)
            assert page.status_code == 200, name
            assert not list(find_faults(page.text)), name
            assert HOSTILE not in page.text
        form = open_form(writer, f"/claims/{claim.id}/fix")
        assert "changes nothing" in submit(writer, form, why="as it came").text, name
    for incident in changing.incidents.values():
        assert not list(find_faults(writer.get(f"/incidents/{incident.id}/fix").text))
    assert writer.get("/claims/clm_x/fix").status_code == 404
    assert writer.get("/articles/art_x/claims/new").status_code == 404
    assert writer.get("/incidents/inc_x/fix").status_code == 404
