"""Atom, RSS and CAP as the web desk serves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.conftest import FixedClock
from tests.notify.made import NOW, WORDS, make_notice, mark, put_incident, tell_of
from tests.notify.schemas import check_xml
from tocsin.desk import Desk, export_notices
from tocsin.desk.accounts import make_account, make_api_token
from tocsin.desk.export_notices import GONE
from tocsin.export.areas import Area
from tocsin.notify.telling import BARE_TITLE
from tocsin.ports import Derivation
from tocsin.records import Alert, NoticeLine, Party
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


@pytest.mark.parametrize("path", ["/alerts.atom", "/alerts.rss", f"/notices/{CHAIN[1].id}.cap"])
def test_who_has_it_already_is_not_sent_it_again(client: TestClient, desk: Desk, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get(path, headers={"if-none-match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"if-none-match": '"other"'}).content == first.content
    if "cap" not in path:
        desk.store.add_notices([make_notice(4, "fired")], lambda _: ())
        assert client.get(path, headers={"if-none-match": tag}).status_code == 200, "there is a new one"


def test_an_empty_feed_is_known_all_day(make_desk: Callable[..., Desk]) -> None:
    clock = FixedClock(NOW)
    with TestClient(make_app(make_desk(clock), warm_up=False), base_url="http://localhost:8765") as client:
        tag = client.get("/alerts.atom").headers["etag"]
        clock.time = NOW + timedelta(hours=3)
        assert client.get("/alerts.atom", headers={"if-none-match": tag}).status_code == 304


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


@pytest.mark.parametrize("own", ["TLP:AMBER", "TLP:GREEN"])
def test_what_everybody_may_read_names_nobody_and_no_exact_place(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    """Of a desk that is TLP:CLEAR or GREEN, and in a CAP message of public scope; unless a person decides otherwise."""
    monkeypatch.setattr(export_notices, "make_finder", lambda _: {}.get)  # a place that is not known may be exact
    desk = make_desk(FixedClock(NOW), tlp=own)
    told = put_incident(desk.store, recipient=(Party("Ana Korvin, the mayor of Orle", None, "GOV"),))
    gone = NoticeLine("inc_gone", "Attack: gunmen \u2192 Petar Ilicevic, Orle")
    notice = replace(
        tell_of(told, number=2),
        lines=(NoticeLine(told.incident.id, "Attack: gunmen \u2192 Ana Korvin, the mayor of Orle"), gone),
        place_id="geonames:4242",
        place_name="the house of Ana Korvin",
        changes=("Forces moved (the house of Ana Korvin): resolved",),
        assigned_to="nadia",
    )
    desk.store.add_notices([notice], lambda _: ())
    held = ("Korvin", "Ilicevic", "nadia", "geonames:4242")
    with TestClient(make_app(desk, warm_up=False), base_url="http://localhost:8765") as client:
        for address in ADDRESSES:
            asked = address.format(id=notice.id)
            is_public = own == "TLP:GREEN" or "scope=public" in asked
            known = [word for word in held if ".cap" in asked or word != "geonames:4242"]
            answer = client.get(asked).text
            assert [word for word in held if word in answer] == ([] if is_public else known), asked
            assert ("mayor of Orle" in answer, told.incident.id in answer) == (True, True)
            assert (GONE in answer) is is_public
            precise = client.get(f"{asked}{'&' if '?' in asked else '?'}precise=1").text
            assert [word for word in held if word in precise] == known


def test_a_sector_of_the_desk_is_a_bare_call_to_everybody(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(FixedClock(NOW), tlp="TLP:CLEAR")
    told = put_incident(desk.store)
    notice = tell_of(told, place_id="layer:sector-north", place_name="Sector North")
    desk.store.add_notices([notice], lambda _: ())
    area = Area("Sector North", "district", is_drawn=True)
    monkeypatch.setattr(export_notices, "make_finder", lambda _: {"layer:sector-north": area}.get)
    with TestClient(make_app(desk, warm_up=False), base_url="http://localhost:8765") as client:
        for address in ADDRESSES:
            answer = client.get(address.format(id=notice.id)).text
            assert (BARE_TITLE in answer, "Sector North" in answer, "sector-north" in answer) == (True, False, False)


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
