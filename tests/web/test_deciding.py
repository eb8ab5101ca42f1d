"""What a person decides about incidents, on the page and through the API, on a desk that reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.tellings import AT
from tests.web.checking import find_faults, parse_page
from tests.web.test_changes import send
from tests.web.worlds import make_client
from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.intake import Options
from tocsin.records import Filter
from tocsin.web.seeing import MOST_SEEN, SEEN_COOKIE

ALL = Filter(limit=0, with_background=True)


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    tell(desk, "Hill Wire", "Gunmen killed two policemen in Zubin Potok on Monday, the mayor said.", 0)
    tell(desk, "Valley Post", "Two policemen were shot dead by gunmen in Zubin Potok on Monday, residents said.", 1)
    tell(desk, "Coast Radio", "Police arrested nine students in Prizren on Sunday, a lawyer said.", 2)
    return desk


@pytest.fixture
def writer(desk: Desk) -> Iterator[TestClient]:
    with make_client(desk) as made:
        yield made


def tell(desk: Desk, outlet: str, text: str, hours: int) -> None:
    desk.take_text(text, Options(outlet=outlet, published_at=AT + timedelta(hours=hours)))


def sizes(desk: Desk) -> dict[str, int]:
    return {i.id: len(i.claim_ids) for i in desk.store.incidents(ALL)}


def find(desk: Desk, type_: str) -> str:
    return next(i.id for i in desk.store.incidents(ALL) if i.type == type_)


def test_two_incidents_are_made_one_and_the_old_address_leads_on(writer: TestClient, desk: Desk) -> None:
    shooting, arrest = find(desk, "ASSAULT"), find(desk, "COERCE")
    page = send(writer, f"/incidents/{shooting}/merge", f"/incidents/{shooting}", other=arrest, why="one <raid>")
    assert "The incidents are one" in page.text
    assert "one &lt;raid&gt;" in page.text
    assert sizes(desk) == {shooting: 3}
    assert writer.get(f"/incidents/{arrest}").headers["location"] == f"/incidents/{shooting}"
    tell(desk, "Hill Wire", "Gunmen wounded a driver in Gracanica on Monday, the mayor said.", 3)
    assert sizes(desk)[shooting] == 3, "a later run leaves it as the person said"
    assert not list(find_faults(writer.get(f"/incidents/{shooting}").text))


def test_claims_are_taken_out_and_given_back_to_the_rules(writer: TestClient, desk: Desk) -> None:
    shooting = find(desk, "ASSAULT")
    first, second = desk.store.incident(shooting).claim_ids
    page = send(writer, f"/incidents/{shooting}/split", f"/incidents/{shooting}", claim=second, why="another day")
    assert "stand as an incident of their own" in page.text
    new = desk.store.incidents_of_claims([second])[second]
    assert (sizes(desk)[shooting], sizes(desk)[new]) == (1, 1)
    assert "another day" in writer.get(f"/incidents/{shooting}").text
    send(writer, f"/incidents/{new}/release", f"/incidents/{new}", why="it was the same")
    assert sizes(desk)[shooting] == 2
    history = desk.store.link_history([second])
    assert [link.made_by.split(":")[0] for link in history] == ["rule", "person", "released", "rule"]
    assert first in desk.store.incident(shooting).claim_ids


def test_the_same_through_the_api(writer: TestClient, desk: Desk) -> None:
    shooting, arrest = find(desk, "ASSAULT"), find(desk, "COERCE")
    path = f"/api/incidents/{shooting}"
    merged = writer.post(f"{path}/merge", json={"other_ids": [arrest], "reason": "one raid"}).json()
    assert len(merged["incident"]["claim_ids"]) == 3
    assert merged["history"][0]["made_by"] == "person:desk"
    out = [c for c in merged["incident"]["claim_ids"] if desk.store.claim(c).type == "COERCE"]
    split = writer.post(f"{path}/split", json={"claim_ids": out, "reason": "no"}).json()
    assert split["incident"]["claim_ids"] == out
    assert writer.post(f"{path}/release", json={"reason": "as before"}).status_code == 200
    points = {p["value"]: p for p in writer.get(path).json()["points"]}
    assert points["it happened"]["agree"] == [0, 1]
    for bad in ({"claim_ids": ["clm_x"], "reason": "no"}, {"claim_ids": [], "reason": "no"}, {"claim_ids": out}):
        assert writer.post(f"{path}/split", json=bad).status_code == 422
    assert writer.post("/api/incidents/inc_x/merge", json={"other_ids": [arrest], "reason": "no"}).status_code == 404


def test_a_decision_without_a_reason_is_refused(desk: Desk, writer: TestClient) -> None:
    shooting, arrest = find(desk, "ASSAULT"), find(desk, "COERCE")
    with pytest.raises(RecordError, match="say in a line why"):
        desk.merge_incidents(shooting, [arrest], why="  ")
    assert send(writer, f"/incidents/{shooting}/merge", f"/incidents/{shooting}", other=arrest).status_code == 422
    assert len(sizes(desk)) == 2


def test_incidents_of_far_apart_days_can_be_one(desk: Desk) -> None:
    tell(desk, "Hill Wire", "Gunmen killed a farmer in Gracanica on Monday, the mayor said.", -24 * 200)
    late, early = (i.id for i in desk.store.incidents(ALL) if i.type == "ASSAULT")
    desk.merge_incidents(late, [early], why="the same gang's deed, told anew")
    assert sizes(desk)[late] == 3
    assert early not in sizes(desk)
    desk.release_incident(late, why="not so")
    assert sizes(desk)[late] == 2


def test_what_has_joined_since_the_last_look_is_marked(writer: TestClient, desk: Desk) -> None:
    shooting = find(desk, "ASSAULT")
    assert "since you last looked" not in writer.get(f"/incidents/{shooting}").text
    assert "Nothing has joined since you last looked" in writer.get(f"/incidents/{shooting}").text
    desk.clock = type(desk.clock)(desk.clock.now() + timedelta(minutes=5))  # type: ignore[call-arg]
    tell(desk, "Third Mail", "Gunmen shot dead two policemen in Zubin Potok on Monday, the army said.", 3)
    page = parse_page(writer.get(f"/incidents/{shooting}").text)
    assert "1 claim joined since you last looked" in " ".join(page.text_content().split())
    assert len(page.xpath("//article//span[@class='badge' and text()='new']")) == 1


def test_a_spoilt_or_endless_cookie_of_looks_does_no_harm(writer: TestClient, desk: Desk) -> None:
    shooting = find(desk, "ASSAULT")
    many = "~".join(f"inc{n}.{n}" for n in range(500))
    for given in ("", "~~~", "a.b", "<script>", many):
        writer.cookies.clear()
        answer = writer.get(f"/incidents/{shooting}", headers={"cookie": f"{SEEN_COOKIE}={given}"})
        assert answer.status_code == 200
        kept = next(v for v in answer.headers.get_list("set-cookie") if v.startswith(SEEN_COOKIE))
        assert kept.count("~") < MOST_SEEN
        assert "<script>" not in kept
