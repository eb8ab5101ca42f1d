"""Decisions bear the name of the account that made them, whatever a form says; and nobody is overruled unread."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.auth.conftest import House
from tests.web.auth.test_entering import send
from tests.web.checking import find_faults, parse_page
from tests.web.worlds import World
from tocsin.incidents import PERSON
from tocsin.web import make_app  # noqa: F401 - the application is what is asked

FORGED = {"who": "somebody", "made_by": "person:somebody", "person": "somebody", "name": "somebody"}


@pytest.fixture(autouse=True)
def no_derivation(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand-made world is derived already, and there is no reader here."""
    monkeypatch.setattr(type(house.desk), "derive", lambda *_: None)


def test_a_verdict_bears_the_accounts_name(house: House, world: World) -> None:
    claim = world.claims["talks"]
    for role, verdict in (("analyst", "accept"), ("editor", "reject"), ("admin", "reopen")):
        seen = (house.desk.store.corrections([claim.id]).get(claim.id) or [None])[-1]
        fields = {"why": "heard the tape", **({"seen": seen.id} if seen else {})}
        answer = send(
            house.client(role), f"/claims/{claim.id}/{verdict}", at=f"/articles/{claim.article_id}", **FORGED, **fields
        )
        assert answer.status_code == 303, answer.text
    said = house.desk.store.corrections([claim.id])[claim.id]
    assert [one.made_by for one in said] == [f"{PERSON}{role}" for role in ("analyst", "editor", "admin")]


def test_the_api_signs_as_well(house: House, world: World) -> None:
    claim = world.claims["talks"]
    client = house.client("analyst")
    answer = client.post(f"/api/claims/{claim.id}/accept", json={"reason": "heard it"})
    assert answer.json()["corrections"][0]["made_by"] == "person:analyst"
    answer = client.post(f"/api/claims/{claim.id}/reject", json={"reason": "x", "made_by": "person:somebody"})
    assert answer.status_code == 422, "no field says who"


def test_merges_withdrawals_and_silences_bear_it_too(house: House, world: World) -> None:
    client, store = house.client("editor"), house.desk.store
    kept, other = world.incidents["talks"], world.incidents["threat"]
    where = f"/incidents/{kept.id}"
    send(client, f"{where}/merge", at=where, other=other.id, why="one meeting", **FORGED)
    links = store.newest_links(other.claim_ids)
    assert {link.made_by for link in links.values()} == {"person:editor"}
    article = world.articles["radio"]
    send(client, f"/articles/{article.id}/retract", at=f"/articles/{article.id}", why="taken back", **FORGED)
    assert store.withdrawals([article.id])[article.id].made_by == "person:editor"
    alert = f"/alerts/{world.alert.id}"
    send(client, f"{alert}/mute", at=alert, hours="4", why="known", **FORGED)
    assert [silence.made_by for silence in store.silences()] == ["editor"]


def test_an_acknowledgement_bears_it_in_the_alerts_history(house: House, world: World) -> None:
    from sqlalchemy import text

    from tocsin.store.sql_store import SqlStore

    alert = f"/alerts/{world.alert.id}"
    send(house.client("analyst"), f"{alert}/state", at=alert, state="acknowledged", assigned_to="besa", **FORGED)
    store: Any = house.desk.store
    assert isinstance(store, SqlStore)
    with store._connections.reading() as connection:
        rows = [
            tuple(r) for r in connection.execute(text("SELECT made_by, person, state FROM alert_history ORDER BY seq"))
        ]
    assert rows[-1] == ("person", "analyst", "acknowledged")
    assert store.alert(world.alert.id).assigned_to == "besa", "whom it is assigned to is said freely"


def read_fix(client: Any, path: str) -> dict[str, str]:
    """The fields of the form that corrects a claim, as a browser would send them back."""
    form = next(f for f in parse_page(client.get(path).text).forms if f.action == path)
    return {name: value for name, value in form.form_values() if name != "look"}


def test_two_analysts_who_correct_one_field_are_not_written_over_unread(house: House, world: World) -> None:
    claim = world.claims["talks"]
    path = f"/claims/{claim.id}/fix"
    one, two = house.client("analyst"), house.client("editor")
    first, second = read_fix(one, path), read_fix(two, path)
    assert one.post(path, data=first | {"modality": "planned", "why": "it is for Monday"}).status_code == 303
    answer = two.post(path, data=second | {"modality": "negated", "why": "he denied it"})
    assert answer.status_code == 409
    assert not list(find_faults(answer.text))
    page = parse_page(answer.text)
    words = " ".join(" ".join(page.xpath("//main//text()")).split())
    assert "was changed by person:analyst meanwhile" in words
    assert "It now says planned You wrote negated" in words
    assert "Nothing of yours was kept" in words
    assert house.desk.store.claim(claim.id).modality == "planned"
    again = read_fix(two, path)
    assert two.post(path, data=again | {"modality": "negated", "why": "he denied it"}).status_code == 303
    said = [c for c in house.desk.store.corrections([claim.id])[claim.id] if c.field == "modality"]
    assert [c.made_by for c in said] == ["person:analyst", "person:editor"]


def test_the_api_tells_both_values(house: House, world: World) -> None:
    path = f"/api/claims/{world.claims['talks'].id}/corrections"
    client = house.client("analyst")
    assert client.post(path, json={"changes": {"certainty": "hedged"}, "reason": "a rumour"}).status_code == 201
    answer = client.post(path, json={"changes": {"certainty": "asserted"}, "reason": "on record"})
    assert answer.status_code == 409
    assert (answer.json()["theirs"], answer.json()["yours"]) == ("hedged", "asserted")


def test_an_incident_that_was_corrected_meanwhile_is_a_conflict_too(house: House, world: World) -> None:
    incident = world.incidents["talks"]
    path = f"/incidents/{incident.id}/fix"
    one, two = house.client("analyst"), house.client("editor")
    first, second = read_fix(one, path), read_fix(two, path)
    assert one.post(path, data=first | {"modality": "planned", "why": "it is for Monday"}).status_code == 303
    answer = two.post(path, data=second | {"modality": "negated", "why": "he denied it"})
    assert answer.status_code == 409
    assert "You wrote" in answer.text


def test_pages_leave_out_what_the_role_may_not_do(house: House, world: World) -> None:
    forms = {
        "/": "/take",
        f"/alerts/{world.alert.id}": f"/alerts/{world.alert.id}/state",
        f"/incidents/{world.incidents['clash'].id}": f"/incidents/{world.incidents['clash'].id}/merge",
        f"/articles/{world.articles['radio'].id}": f"/articles/{world.articles['radio'].id}/retract",
        "/outlets": "/feeds",
    }
    viewer, admin = house.client("viewer"), house.client("admin")
    allowed = {"/sign-out", "/inbox/marks", "/inbox/shift", "/language"}
    for page, action in forms.items():
        text = viewer.get(page).text
        assert not list(find_faults(text)), page
        offered = {f.action for f in parse_page(text).forms if f.method == "POST"}
        assert offered <= allowed, (page, offered)
        assert action in {f.action for f in parse_page(admin.get(page).text).forms}, page
