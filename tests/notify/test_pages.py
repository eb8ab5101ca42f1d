"""Atom, RSS and CAP as the web desk serves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import feedparser
import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.conftest import FixedClock
from tests.notify.made import NOW, WORDS, make_notice, mark, put_incident, tell_of
from tests.notify.schemas import check_xml
from tocsin.desk import Desk
from tocsin.desk.accounts import make_account, make_api_token
from tocsin.notify.telling import BARE_TITLE
from tocsin.ports import Derivation
from tocsin.records import Alert
from tocsin.records.marking import Tlp
from tocsin.web import make_app
from tocsin.web.pages import syndication

CHAIN = [make_notice(1), make_notice(2, "more-reports"), make_notice(3, "retracted")]


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk: Desk = make_desk(FixedClock(NOW + timedelta(hours=1)))
    alert = Alert(
        CHAIN[0].alert_ids[0], "forces", "1", "Forces moved", "EXERCISE", "overlay:orle-district", "Orle", "IMMEDIATE",
        NOW.date(), NOW.date(), "firing", NOW, "7 quiet days",
    )  # fmt: skip
    silent = Alert(
        "alt_silent", "forces", "1", "Forces moved", "EXERCISE", "overlay:orle-district", "Orle", "IMMEDIATE",
        NOW.date(), NOW.date(), "firing", NOW, "7 quiet days",
    )  # fmt: skip
    desk.store.save_derivation(Derivation(alerts=(alert, silent)))
    desk.store.add_notices([*CHAIN, make_notice(group="grp_exercise", is_exercise=True)], lambda _: ())
    return desk


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    """The desk's own application, with the routes in front of its pages."""
    app = make_app(desk, warm_up=False)
    if not any(getattr(route, "path", "") == "/alerts.atom" for route in app.routes):
        app.include_router(syndication.router)
        app.router.routes.insert(0, app.router.routes.pop())
    with TestClient(app, base_url="http://localhost:8765") as made:
        yield made


def read_cap(client: TestClient, path: str) -> dict[str, str | None]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/cap+xml; charset=utf-8"
    root = check_xml(answer.content, "CAP-v1.2.xsd")
    return {etree.QName(element).localname: element.text for element in root}


@pytest.mark.parametrize(("form", "schema"), [("atom", "atom.xsd"), ("rss", "rss-2_0.xsd")])
def test_feeds(client: TestClient, form: str, schema: str) -> None:
    answer = client.get(f"/alerts.{form}")
    assert answer.headers["content-type"] == f"application/{form}+xml; charset=utf-8"
    check_xml(answer.content, schema)
    feed = feedparser.parse(answer.content)
    assert [entry.id.rpartition(":")[2] for entry in feed.entries] == [n.id for n in CHAIN[::-1]]
    assert feed.entries[0].link == f"http://localhost:8765/alerts/{CHAIN[0].alert_ids[0]}"
    with_exercise = feedparser.parse(client.get(f"/alerts.{form}?exercise=true&limit=1").content)
    assert [entry.title.startswith("[EXERCISE]") for entry in with_exercise.entries] == [True]
    assert client.get(f"/alerts.{form}?limit=1000").status_code == 422


def test_a_notice_as_cap(client: TestClient) -> None:
    told = read_cap(client, f"/notices/{CHAIN[1].id}.cap")
    assert (told["identifier"], told["sender"]) == (CHAIN[1].id, "tocsin@localhost")
    assert (told["status"], told["scope"], told["msgType"]) == ("Draft", "Restricted", "Update")
    assert told["references"] == f"tocsin@localhost,{CHAIN[0].id},2026-03-20T12:00:00-00:00"
    assert (told["restriction"] or "").startswith("TLP:AMBER. ")
    actual = read_cap(client, f"/notices/{CHAIN[1].id}.cap?status=actual&scope=public")
    assert (actual["status"], actual["scope"]) == ("Actual", "Public")
    assert client.get(f"/notices/{CHAIN[1].id}.cap?status=maybe").status_code == 422


def test_an_alert_as_cap_is_its_last_notice(client: TestClient) -> None:
    told = read_cap(client, f"/alerts/{CHAIN[0].alert_ids[0]}.cap")
    assert (told["identifier"], told["msgType"]) == (CHAIN[2].id, "Cancel")


def test_the_exercise_is_never_actual(client: TestClient) -> None:
    path = f"/notices/{make_notice(group='grp_exercise').id}.cap?status=actual"
    assert read_cap(client, path)["status"] == "Exercise"


@pytest.mark.parametrize("path", ["/notices/ntc_none.cap", "/alerts/alt_none.cap", "/alerts/alt_silent.cap"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    told = client.get(path, headers={"accept": "application/cap+xml, */*"})
    assert (told.status_code, told.headers["content-type"], set(told.json())) == (
        404, "application/json", {"what", "which", "why"},
    )  # fmt: skip
    page = client.get(path, headers={"accept": "text/html,*/*"})
    assert (page.status_code, "<h1" in page.text) == (404, True)


def test_the_public_address_is_used(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(public_address="https://desk.example.org/tocsin/")
    desk.store.add_notices(CHAIN, lambda _: ())
    # a desk with a public address is one that others reach: it asks who reads
    reader = make_account("reader", "viewer", desk.clock.now())
    desk.store.add_account(reader)
    _, secret = make_api_token(desk.store, reader, "feed reader", "viewer", 30, desk.clock.now())
    with TestClient(make_app(desk, warm_up=False), base_url="http://localhost:8765") as client:
        assert client.get("/alerts.atom").status_code == 401
        client.headers["authorization"] = f"Bearer {secret}"
        feed = feedparser.parse(client.get("/alerts.atom").content)
        assert feed.feed.id == "tag:desk.example.org,2026-01-01:notices"
        assert feed.entries[0].link.startswith("https://desk.example.org/tocsin/alerts/alt_")
        assert read_cap(client, f"/notices/{CHAIN[0].id}.cap")["sender"] == "tocsin@desk.example.org"


ADDRESSES = ("/alerts.atom", "/alerts.rss", "/notices/{id}.cap", "/notices/{id}.cap?status=actual&scope=public")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_mark_given_later_holds_in_feeds_and_cap(make_desk: Callable[..., Desk], address: str) -> None:
    desk = make_desk(FixedClock(NOW))
    told = put_incident(desk.store)
    notice = tell_of(told)
    desk.store.add_notices([notice], lambda _: ())
    with TestClient(make_app(desk, warm_up=False), base_url="http://localhost:8765") as client:

        def read() -> str:
            return client.get(address.format(id=notice.id)).text

        assert "TLP:" not in read().replace("TLP:AMBER. For those", "")
        mark(desk.store, told.article_id, "TLP:AMBER")
        assert "[TLP:AMBER] IMMEDIATE \u00b7 Orle: Forces moved" in read()
        mark(desk.store, told.outlet_id, "TLP:AMBER+STRICT")
        bare = read()
        assert f"[TLP:AMBER+STRICT] IMMEDIATE \u00b7 {BARE_TITLE}" in bare
        assert f"http://localhost:8765/alerts/{notice.alert_ids[0]}" in bare
        assert [word for word in WORDS if word in bare] == []


@pytest.mark.parametrize(
    ("own", "tlp", "shown"),
    [("TLP:AMBER", None, "TLP:AMBER"), ("TLP:AMBER", "TLP:GREEN", "TLP:AMBER"), ("TLP:CLEAR", "TLP:RED", "TLP:RED")],
)
def test_the_restriction_is_the_stricter_of_the_desks_mark_and_the_notices(
    make_desk: Callable[..., Desk], own: str, tlp: Tlp | None, shown: str
) -> None:
    desk = make_desk(FixedClock(NOW), tlp=own, notice_feed_tlp="TLP:RED")
    told = put_incident(desk.store)
    notice = tell_of(told)
    desk.store.add_notices([notice], lambda _: ())
    mark(desk.store, told.article_id, tlp)
    with TestClient(make_app(desk, warm_up=False), base_url="http://localhost:8765") as client:
        cap = read_cap(client, f"/notices/{notice.id}.cap")
        assert (cap["restriction"] or "").startswith(f"{shown}. ")
        assert "Valdena" in client.get(f"/notices/{notice.id}.cap").text, "the setting lets all words pass"
