"""The inbox as a person and a program meet it: what is new, marks, shifts, many at once, filters, feeds and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree
from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_token, read_words
from tests.web.worlds import HOSTILE, NOW, ORLE, FixedClock, World, fill, make_claim, make_client, open_empty
from tocsin.desk.inbox import MOST_ACCEPTED, accept_incidents
from tocsin.errors import RecordError, UnknownIdError
from tocsin.ports import Derivation
from tocsin.records import Incident, Link, Party, TollRange, make_id
from tocsin.records.correction import Correction, correction_id
from tocsin.web.keymap import ACTIONS, load_keys, make_keys
from tocsin.web.saving import find_own, open_saved

ATOM = "{http://www.w3.org/2005/Atom}"


def post(client: TestClient, path: str, page: str = "/inbox", **fields: Any) -> Any:
    """Send a form as the page would, and follow where it leads."""
    answer = client.post(path, data=fields | {"token": read_token(client.get(page).text)})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def list_rows(client: TestClient, address: str = "/inbox?within=all") -> list[str]:
    """The incidents that a page lists, by id, in order."""
    page = parse_page(client.get(address).text)
    return [value.partition(":")[0] for value in page.xpath("//input[@name='incident']/@value")]


def read_row(client: TestClient, incident: Incident, address: str = "/inbox?within=all") -> str:
    """The words of an incident's row."""
    page = parse_page(client.get(address).text)
    (row,) = page.xpath(f"//li[.//input[starts-with(@value, '{incident.id}:')]]")
    return read_words(row)


def tick(client: TestClient, *incidents: Incident) -> list[str]:
    """What the boxes of these incidents send."""
    values = parse_page(client.get("/inbox?within=all&with_background=1").text).xpath(
        "//input[@name='incident']/@value"
    )
    return [value for value in values if value.partition(":")[0] in {i.id for i in incidents}]


def read_all(client: TestClient) -> Any:
    """Mark all that is shown as read."""
    shown = parse_page(client.get("/inbox?within=all").text).xpath("//input[@name='shown']/@value")
    return post(client, "/inbox/marks", action="read", all="1", shown=shown, back="within=all")


def change(world: World, name: str = "clash", **given: Any) -> Incident:
    """Derive an incident anew with other values."""
    changed = replace(world.incidents[name], **given)
    world.desk.store.save_derivation(Derivation((changed,), at=NOW + timedelta(minutes=5)))
    return changed


def judge(world: World, name: str, kind: str, who: str, at: Any = NOW + timedelta(minutes=9)) -> None:
    claim = world.claims[name]
    id_ = correction_id(claim.id, kind, None, at, None)
    made = Correction(id_, claim.id, claim.article_id, kind, f"person:{who}", at, "why")  # type: ignore[arg-type]
    world.desk.store.add_corrections([made])


# --- the list


@pytest.mark.parametrize(
    "address",
    [
        "/inbox", "/inbox?within=all", "/inbox?within=24h&unread=1&unjudged=1", "/inbox?type=ASSAULT&within=all",
        "/inbox?within=all&limit=1&offset=1", "/filters", "/filters/new", "/filters/new?type=ASSAULT&limit=7",
        "/keys", "/inbox?within=never", "/inbox?unread=perhaps", "/inbox?since=2026-03-09&until=2026-03-08",
        f"/filters/new?query={HOSTILE}", "/inbox?told=read-12-1", f"/inbox?told={HOSTILE}",
    ],
)  # fmt: skip
def test_every_page_is_sound_and_holds_no_markup_of_others(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (200, 422)
    assert not list(find_faults(answer.text))
    assert "<script>alert" not in answer.text


def test_every_page_of_an_empty_desk_says_what_next(empty: TestClient) -> None:
    for address in ("/inbox", "/inbox?unread=1", "/filters"):
        answer = empty.get(address)
        assert answer.status_code == 200
        assert not list(find_faults(answer.text))
        blank = parse_page(answer.text).xpath("//*[contains(@class, 'empty')]")[0]
        assert blank.xpath(".//p")
        assert blank.xpath(".//a")


def test_what_rings_stands_first_and_everything_is_unread(writer: TestClient, changing: World) -> None:
    page = parse_page(writer.get("/inbox?within=all").text)
    assert page.xpath(f"//section[@aria-labelledby='h-ringing']//a[@href='/alerts/{changing.alert.id}']")
    assert set(list_rows(writer)) == {i.id for n, i in changing.incidents.items() if n != "history"}
    assert "5 incidents: 5 unread or changed, 5 judged by nobody" in read_words(page)
    row = read_row(writer, changing.incidents["clash"])
    for words in ("unread", "ASSAULT", "Orle bridge", "12 Mar 2026", "4 claims", "injured", "disputed", "Radio Orle"):
        assert words in row, words
    changing.desk.mark_alert(changing.alert.id, "acknowledged", None)
    assert "h-ringing" not in writer.get("/inbox").text


def test_the_navigation_counts_what_is_unread(writer: TestClient, changing: World) -> None:
    def count() -> str:
        link = parse_page(writer.get("/about").text).xpath("//nav[@aria-label='Main']/a[@href='/inbox']")[0]
        assert link.get("data-key") == "n"
        return read_words(link)

    assert count() == "Inbox 4 unread"  # of seven days: the Arabic one was taken in with the rest, and told earlier
    read_all(writer)
    assert count() == "Inbox"
    change(changing, state="denied")
    assert count() == "Inbox 1 unread"


def test_reading_moves_nothing_and_a_look_writes_nothing(writer: TestClient, changing: World) -> None:
    for incident in changing.incidents.values():
        assert writer.get(f"/incidents/{incident.id}").status_code == 200
    writer.get("/inbox")
    assert changing.desk.store.count_unread("desk", None, most=99) == 5


# --- marks


def test_ticked_rows_are_marked_read_and_unread(writer: TestClient, changing: World) -> None:
    clash, talks = changing.incidents["clash"], changing.incidents["talks"]
    page = post(writer, "/inbox/marks", action="read", incident=tick(writer, clash, talks), back="within=all&unread=1")
    assert "2 incidents marked read." in page.text
    rows = parse_page(page.text).xpath("//input[@name='incident']/@value")
    assert len(rows) == 3  # it leads back to the list that the form stood on
    assert list_rows(writer)[-2:] == [clash.id, talks.id] or set(list_rows(writer)[-2:]) == {clash.id, talks.id}
    page = post(writer, "/inbox/marks", action="unread", incident=tick(writer, clash), back="")
    assert "1 incident marked unread." in page.text
    assert changing.desk.store.mark("desk", clash.id) is None


def test_all_that_is_shown_is_marked_without_a_single_tick(writer: TestClient, changing: World) -> None:
    assert "5 incidents marked read." in read_all(writer).text
    assert "Nothing here needs your eyes" in writer.get("/inbox?within=all&unread=1").text


def test_what_changed_meanwhile_stays_unread_and_is_said(writer: TestClient, changing: World) -> None:
    boxes = tick(writer, changing.incidents["clash"], changing.incidents["talks"])
    change(changing, state="denied")
    page = post(writer, "/inbox/marks", action="read", incident=boxes, back="within=all")
    assert "1 incident marked read. 1 changed meanwhile, or is gone, and was left as it is." in page.text
    assert list_rows(writer, "/inbox?within=all&unread=1")[0] == changing.incidents["clash"].id


@pytest.mark.parametrize(
    "fields", [{}, {"action": "read"}, {"action": "eat", "incident": "inc_a"}, {"incident": "inc_a"}]
)
def test_a_form_without_ticks_or_deed_is_refused_in_words(client: TestClient, fields: dict[str, str]) -> None:
    answer = post(client, "/inbox/marks", **fields)
    assert answer.status_code == 422
    assert "tick" in answer.text or "must be read or unread" in answer.text


def test_a_form_of_another_site_marks_nothing(writer: TestClient, changing: World) -> None:
    for path in ("/inbox/marks", "/inbox/accept", "/inbox/shift", "/filters", "/keys"):
        answer = writer.post(path, data={"action": "read", "incident": changing.incidents["clash"].id, "name": "x"})
        assert answer.status_code == 403, path
    assert changing.desk.store.mark("desk", changing.incidents["clash"].id) is None


def test_the_way_back_is_ours(writer: TestClient, changing: World) -> None:
    box = tick(writer, changing.incidents["clash"])
    for back in ("//evil.example", "https://evil.example/?a=1", "within=all&evil=1"):
        token = read_token(writer.get("/inbox").text)
        data = {"action": "read", "incident": box, "back": back, "token": token}
        where = urlsplit(writer.post("/inbox/marks", data=data).headers["location"])
        assert (where.netloc, where.path) == ("", "/inbox")
        assert "evil" not in where.query
    answer = writer.post("/inbox/marks", data={"action": "read", "incident": box, "from": "../../evil", "token": token})
    assert answer.headers["location"].startswith("/inbox?")


# --- what is new


def test_a_row_says_what_is_new_about_it(writer: TestClient, changing: World) -> None:
    clash = changing.incidents["clash"]
    alone = change(changing, claim_ids=clash.claim_ids[:2], state="reported", tolls=())
    read_all(writer)
    assert "changed" not in read_row(writer, alone).replace("changed here", "")
    changing.desk.store.save_derivation(Derivation((clash,), at=NOW + timedelta(hours=1)))
    row = read_row(writer, clash)
    for words in (
        "changed", "denied by The police", "2 new reports", "injured now 2 to 5, was none",
        "state now disputed, was reported",
    ):  # fmt: skip
        assert words in row, words
    assert list_rows(writer)[0] == clash.id


def test_a_merge_and_the_words_of_others_are_told(writer: TestClient, changing: World) -> None:
    clash, talks = changing.incidents["clash"], changing.incidents["talks"]
    read_all(writer)
    whole = replace(clash, claim_ids=(*clash.claim_ids, *talks.claim_ids))
    moved = talks.claim_ids[0]
    link = Link(make_id("lnk", moved, clash.id), moved, clash.id, 0.9, "rule:1", NOW)
    changing.desk.store.save_derivation(
        Derivation((whole,), (talks.id,), {talks.id: clash.id}, (link,), at=NOW + timedelta(hours=1))
    )
    judge(changing, "gas", "accepted", "ben")
    judge(changing, "hurt", "accepted", "desk")
    row = read_row(writer, clash)
    assert "1 new report" in row
    assert "merged with another incident" in row
    assert "ben accepted a claim" in row
    assert "desk accepted a claim" not in row
    assert "judged" in row


def test_an_incident_page_says_what_changed_since_one_looked(writer: TestClient, changing: World) -> None:
    clash = changing.incidents["clash"]
    path = f"/incidents/{clash.id}"
    alone = change(changing, claim_ids=clash.claim_ids[:3])
    form = parse_page(writer.get(path).text).xpath("//form[@data-mark-seen]")[0]
    fields = {i.get("name"): i.get("value") for i in form.xpath(".//input")}
    assert fields["incident"].startswith(f"{alone.id}:")
    page = post(writer, "/inbox/marks", path, action="read", **{n: v for n, v in fields.items() if n != "token"})
    assert "1 incident marked read." in page.text
    assert "Mark unread" in page.text
    assert "data-mark-seen" not in page.text
    assert "Nothing has joined since you last looked" in read_words(parse_page(page.text))
    changing.desk.store.save_derivation(Derivation((clash,), at=NOW + timedelta(hours=1)))
    text = read_words(parse_page(writer.get(path).text))
    assert "1 claim joined since you last looked, 14 Mar 2026, 12:00 UTC" in text
    assert "1 new report" in text
    change(changing, state="denied")
    assert "Changed since you last looked," in read_words(parse_page(writer.get(path).text)) or "joined" in text


# --- shifts


def test_a_shift_gives_the_inbox_its_window(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk, make_client(desk) as client:
        world = fill(desk)
        assert "since my last shift" not in client.get("/inbox").text
        page = post(client, "/inbox/shift", action="begin")
        assert "Your shift has begun" in page.text
        assert "You are in a shift since" in page.text
        desk.clock = FixedClock(NOW + timedelta(hours=8))
        assert "Begin my shift" in post(client, "/inbox/shift", action="end").text
        change(world, state="denied")  # five minutes after noon: while the shift was on
        desk.clock = FixedClock(NOW + timedelta(hours=20))
        later = replace(world.incidents["talks"], state="denied")
        desk.store.save_derivation(Derivation((later,), at=NOW + timedelta(hours=19)))
        post(client, "/inbox/shift", action="begin")
        page = client.get("/inbox")
        chip = parse_page(page.text).xpath("//a[contains(@class, 'choice') and @aria-current]")[0]
        assert read_words(chip) == "since my last shift 14 Mar 2026, 20:00 UTC"
        assert list_rows(client, "/inbox") == [later.id]
        assert set(list_rows(client, "/inbox?within=24h")) == {later.id, world.incidents["clash"].id}
        assert post(client, "/inbox/shift", action="sleep").status_code == 422


# --- many at once


def test_the_claims_of_ticked_incidents_are_accepted_at_once(writer: TestClient, changing: World) -> None:
    clash, talks, store = changing.incidents["clash"], changing.incidents["talks"], changing.desk.store
    judge(changing, "denial", "accepted", "ben")
    page = post(writer, "/inbox/accept", incident=tick(writer, clash, talks), back="within=all&unjudged=1")
    assert "4 claims accepted." in page.text
    assert set(store.standings([*clash.claim_ids, *talks.claim_ids]).values()) == {"accepted"}
    said = store.corrections(clash.claim_ids)
    assert [c.made_by for c in said[changing.claims["gas"].id]] == ["person:desk"]
    assert [c.made_by for c in said[changing.claims["denial"].id]] == ["person:ben"]
    assert clash.id not in list_rows(writer, "/inbox?within=all&unjudged=1")
    assert "0 claims accepted." in post(writer, "/inbox/accept", incident=tick(writer, clash), back="").text


def test_more_claims_than_anybody_reads_are_not_accepted(changing: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clash, desk = changing.incidents["clash"], changing.desk
    monkeypatch.setattr("tocsin.desk.inbox.MOST_ACCEPTED", 3)
    with pytest.raises(RecordError, match="tick fewer incidents"):
        accept_incidents(desk.store, desk.clock, {clash.id: None}, who="desk")
    assert set(desk.store.standings(clash.claim_ids).values()) == {"read"}
    assert MOST_ACCEPTED == 500


def test_what_looks_otherwise_by_now_is_not_accepted(writer: TestClient, changing: World) -> None:
    boxes = tick(writer, changing.incidents["clash"])
    changed = change(changing, state="denied")
    assert "0 claims accepted. 1 changed meanwhile" in post(writer, "/inbox/accept", incident=boxes, back="").text
    assert set(changing.desk.store.standings(changed.claim_ids).values()) == {"read"}


# --- from one to the next


def test_the_next_unread_follows_in_the_order_of_the_list(writer: TestClient, changing: World) -> None:
    order = list_rows(writer)
    for here, below in pairwise(order):
        answer = writer.get(f"/inbox/next?within=all&after={here}")
        assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, f"/incidents/{below}")
    answer = writer.get(f"/inbox/next?within=all&after={order[-1]}")
    assert urlsplit(answer.headers["location"]).path == f"/incidents/{order[0]}"
    first = changing.desk.store.incidents_by_id(order[:2]).values()
    post(writer, "/inbox/marks", action="read", incident=tick(writer, *first))
    answer = writer.get(f"/inbox/next?within=all&after={order[0]}")
    assert urlsplit(answer.headers["location"]).path == f"/incidents/{order[2]}"


def test_going_on_keeps_to_the_inbox_that_one_came_from(writer: TestClient, changing: World) -> None:
    rows = parse_page(writer.get("/inbox?within=all&type=ASSAULT").text).xpath("//a[@class='row-link']/@href")
    opened = next(row for row in rows if changing.incidents["clash"].id in row)
    page = parse_page(writer.get(opened).text)
    (onward,) = page.xpath("//a[@data-shortcut='n']/@href")
    assert "type=ASSAULT" in onward
    assert page.xpath("//a[starts-with(@href, '/inbox?')]/@href")[0] == "/inbox?within=all&type=ASSAULT"
    fields = {i.get("name"): i.get("value") for i in page.xpath("//form[@data-mark-seen]//input")}
    back = writer.post("/inbox/marks", data=fields | {"action": "read", "token": read_token(writer.get("/inbox").text)})
    assert "inbox=within%3Dall%26type%3DASSAULT" in back.headers["location"]
    answer = writer.get(onward)
    assert answer.headers["location"] == "/inbox?within=all&type=ASSAULT&notice=all-read"
    assert "Nothing is left unread here." in writer.get(answer.headers["location"]).text


def test_a_row_of_the_usual_inbox_has_a_plain_address(writer: TestClient, changing: World) -> None:
    change(changing)
    rows = parse_page(writer.get("/inbox").text).xpath("//a[@class='row-link'][contains(@href, 'inc_')]/@href")
    assert rows
    assert not any("?" in row for row in rows)


def test_an_unreadable_inbox_is_refused_in_words(client: TestClient, world: World) -> None:
    for address in (f"/incidents/{world.incidents['clash'].id}?inbox=within%3Dnever", "/inbox/next?within=never"):
        answer = client.get(address)
        assert answer.status_code == 422
        assert "must be one of" in answer.text
    assert client.get("/inbox/next?after=..%2F..%2Fevil&within=all").headers["location"].startswith("/incidents/inc_")


def test_the_claims_of_the_incident_in_sight_are_accepted_from_its_page(writer: TestClient, changing: World) -> None:
    clash = changing.incidents["clash"]
    path = f"/incidents/{clash.id}"
    page = parse_page(writer.get(path).text)
    (button,) = page.xpath("//button[@data-shortcut='a']")
    assert button.get("formaction") == "/inbox/accept"
    form = button.xpath("ancestor::form")[0]
    fields = {i.get("name"): i.get("value") for i in form.xpath(".//input")}
    told = post(writer, "/inbox/accept", path, **{n: v for n, v in fields.items() if n != "token"})
    assert "4 claims accepted." in told.text
    assert set(changing.desk.store.standings(clash.claim_ids).values()) == {"accepted"}
    assert not parse_page(told.text).xpath("//button[@data-shortcut='a']")


# --- saved filters


def save(client: TestClient, name: str, query: str, **fields: str) -> Any:
    return post(client, "/filters", name=name, query=query, **fields)


def test_a_filter_is_saved_where_it_was_made_and_opens_everywhere(writer: TestClient, changing: World) -> None:
    page = parse_page(writer.get("/incidents?type=ASSAULT&last=7d&limit=20").text)
    (link,) = page.xpath("//a[contains(., 'Save this filter')]")
    assert link.get("data-shortcut") == "s"
    form = parse_page(writer.get(link.get("href")).text).xpath("//form[@action='/filters']")[0]
    fields = {i.get("name"): i.get("value") for i in form.xpath(".//input[@type='hidden']") if i.get("name") != "token"}
    assert fields == {"query": "type=ASSAULT&last=7d", "screen": "/incidents"}
    page = post(writer, "/filters", "/filters/new", name="Force", **fields)
    assert "The filter is saved" in page.text
    assert page.url.path == "/incidents"
    text = writer.get("/filters").text
    for screen in ("inbox", "incidents", "map", "articles"):
        assert f'href="/{screen}?type=ASSAULT&amp;last=7d"' in text
        assert writer.get(f"/{screen}?type=ASSAULT&last=7d").status_code == 200
    chip = parse_page(writer.get("/inbox?within=all&unread=1").text).xpath(
        "//a[@class='choice' and contains(., 'Force')]/@href"
    )[0]
    assert chip == "/inbox?within=all&unread=1&type=ASSAULT&last=7d"
    (chosen,) = parse_page(writer.get(chip).text).xpath(
        "//a[@class='choice' and @aria-current and contains(., 'Force')]/@href"
    )
    assert chosen == "/inbox?within=all&unread=1"


def test_a_filter_is_changed_shared_and_deleted(writer: TestClient, changing: World) -> None:
    save(writer, "Force", "type=ASSAULT")
    (kept,) = changing.desk.store.saved_filters("desk")
    page = post(
        writer, f"/filters/{kept.id}", "/filters", name=" Roads ", query="?type=COERCE&limit=3&within=all", shared="1"
    )
    assert "The filter is changed." in page.text
    (changed,) = changing.desk.store.saved_filters("desk")
    assert (changed.name, changed.query, changed.is_shared) == ("Roads", "type=COERCE", True)
    assert "The filter is deleted" in post(writer, f"/filters/{kept.id}/delete", "/filters").text
    assert post(writer, f"/filters/{kept.id}/delete", "/filters/new").status_code == 404


REFUSED = [
    ("", "type=ASSAULT", "must not be empty"),
    ("   ", "", "must not be empty"),
    ("x" * 81, "", "80 characters or fewer"),
    ("FORCE", "", "is taken"),
    ("Other", "type=FOO", "must be one of"),
    ("Other", "since=2026-03-09&until=2026-03-08", "must not be after until"),
    ("Other", "query=" + "x" * 300, "200 characters or fewer"),
]


def test_a_filter_that_cannot_be_is_refused_in_words(writer: TestClient, changing: World) -> None:
    save(writer, "Force", "type=ASSAULT")
    for name, query, words in REFUSED:
        answer = save(writer, name, query)
        assert answer.status_code == 422, name
        assert words in answer.text
    assert len(changing.desk.store.saved_filters("desk")) == 1


def test_a_filter_that_matches_nothing_or_everything_is_kept_and_says_so(writer: TestClient) -> None:
    assert "No incident meets it now." in writer.get("/filters/new?country=AFG").text
    save(writer, "Nothing", "country=AFG")
    save(writer, "Everything", "")
    text = read_words(parse_page(writer.get("/filters").text))
    assert "no incident meets it now" in text
    assert "No condition: everything." in text


def test_a_filter_that_cannot_be_read_any_more_is_shown_with_why(writer: TestClient, changing: World) -> None:
    save(writer, "Force", "type=ASSAULT")
    (kept,) = changing.desk.store.saved_filters("desk")
    changing.desk.store.change_saved_filter(replace(kept, query="type=GONE&since=never"))
    page = writer.get("/filters")
    assert page.status_code == 200
    assert not list(find_faults(page.text))
    assert "It cannot be used any more" in page.text
    assert "/incidents?type=GONE" not in page.text
    assert writer.get("/inbox").status_code == 200
    with pytest.raises(RecordError, match="change or delete it"):
        open_saved(changing.desk.store, replace(kept, query="type=GONE"))


def test_nobody_changes_or_finds_what_belongs_to_another(changing: World) -> None:
    store = changing.desk.store
    with make_client(changing.desk) as client:
        save(client, "Force", "")
    (kept,) = store.saved_filters("desk")
    with pytest.raises(UnknownIdError, match="saved filter"):
        find_own(store, "ben", kept.id)
    store.change_saved_filter(replace(kept, is_shared=True))
    with pytest.raises(RecordError, match="belongs to somebody else"):
        find_own(store, "ben", kept.id)
    assert find_own(store, "desk", kept.id).name == "Force"


# --- feeds of filters


@pytest.fixture
def feed(writer: TestClient, changing: World) -> str:
    """The address of a feed of everything, without its form."""
    save(writer, "Everything <b>", "with_background=1")
    (kept,) = changing.desk.store.saved_filters("desk")
    page = post(writer, f"/filters/{kept.id}/feed", "/filters")
    assert not list(find_faults(page.text))
    address = parse_page(page.text).xpath("//code[@class='feed-address']")[0].text
    return urlsplit(address).path.removesuffix(".atom")


def test_a_feed_holds_what_the_list_holds(writer: TestClient, changing: World, feed: str) -> None:
    answer = writer.get(f"{feed}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = etree.fromstring(answer.content)
    assert root.findtext(f"{ATOM}title") == "Tocsin: Everything <b>"
    links = [e.find(f"{ATOM}link").get("href").rsplit("/", 1)[1] for e in root.iter(f"{ATOM}entry")]
    assert links == [i["incident"]["id"] if "incident" in i else i["id"] for i in list_incidents(writer)]
    told = " ".join(e.findtext(f"{ATOM}content") for e in root.iter(f"{ATOM}entry"))
    for words in ("Orle bridge", "injured 2 to 5", "The mayor called for talks.", "Radio Orle", "TLP:"):
        assert words in told, words
    boats = next(e for e in root.iter(f"{ATOM}entry") if changing.incidents["boats"].id in e.findtext(f"{ATOM}id"))
    assert boats.findtext(f"{ATOM}title").startswith("[EXERCISE]")
    rss = etree.fromstring(writer.get(f"{feed}.rss").content)
    guids = [g.text for g in rss.iter("guid")]
    assert guids == [e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")]


def list_incidents(client: TestClient) -> list[dict[str, Any]]:
    return list(client.get("/api/incidents?with_background=1").json()["incidents"])


def test_an_entry_is_renewed_when_its_incident_changes(writer: TestClient, changing: World, feed: str) -> None:
    def read() -> dict[str, str]:
        root = etree.fromstring(writer.get(f"{feed}.atom").content)
        return {e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}updated") for e in root.iter(f"{ATOM}entry")}

    before = read()
    changed = change(changing, state="denied")
    after = read()
    assert before.keys() == after.keys()
    assert [id_.rsplit(":", 1)[1] for id_ in before if before[id_] != after[id_]] == [changed.id]


def test_a_feed_is_only_at_its_secret_address(writer: TestClient, changing: World, feed: str) -> None:
    id_, secret = feed.rsplit("/", 2)[1:]
    (kept,) = changing.desk.store.saved_filters("desk")
    assert secret not in json.dumps([kept.feed_digest, writer.get("/filters").text, writer.get("/api/filters").text])
    for wrong in (f"/feeds/filters/{id_}/x", f"/feeds/filters/fil_none/{secret}", f"{feed}x"):
        for form in ("atom", "rss"):
            assert writer.get(f"{wrong}.{form}").status_code == 404
    post(writer, f"/filters/{id_}/feed", "/filters")
    assert writer.get(f"{feed}.atom").status_code == 404  # another address has taken its place
    post(writer, f"/filters/{id_}/feed/end", "/filters")
    assert changing.desk.store.saved_filter(id_).feed_digest is None


@pytest.fixture
def public(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path, tlp="TLP:CLEAR") as desk:
        yield fill(desk)


def test_a_public_feed_withholds_names_as_an_export_does(public: World) -> None:
    article = public.articles["gazette"]
    named = make_claim(
        article, "The police denied using tear gas at Orle. A minister", "ACCUSE",
        actor=(Party("Ana Korvin"),), recipient=(Party("the police", "XKX", "COP"),), place=ORLE,
    )  # fmt: skip
    public.desk.store.add_corrections([_add(named)])
    incident = replace(public.incidents["threat"], claim_ids=(*public.incidents["threat"].claim_ids, named.id),
                       actor=(Party("Ana Korvin"),), place=ORLE)  # fmt: skip
    public.desk.store.save_derivation(Derivation((incident,), at=NOW))
    with make_client(public.desk) as client:
        save(client, "All", "with_background=1&actor=korvin")
        (kept,) = public.desk.store.saved_filters("desk")
        page = post(client, f"/filters/{kept.id}/feed", "/filters")
        address = urlsplit(parse_page(page.text).xpath("//code[@class='feed-address']")[0].text).path
        for form in (address, address.replace(".atom", ".rss")):
            text = client.get(form).text
            assert incident.id in text
            assert "korvin" not in text.casefold(), "not in the address of the list either"
        assert "Korvin" in client.get(f"/incidents/{incident.id}").text


def _add(claim: Any) -> Correction:
    from tocsin.records import to_json

    id_ = correction_id(claim.id, "added", None, NOW, None)
    return Correction(id_, claim.id, claim.article_id, "added", "person:ana", NOW, "missed", value=to_json(claim))


# --- keys


def test_keys_are_changed_kept_and_reset(writer: TestClient, changing: World) -> None:
    assert "data-keys" not in writer.get("/inbox").text
    number = list(ACTIONS).index("n")
    page = post(writer, "/keys", "/keys", **{"key-0": "n", f"key-{number}": "w"})
    assert "The keys are kept." in page.text
    body = parse_page(page.text).xpath("//body")[0]
    assert json.loads(body.get("data-keys")) == {"j": "n", "n": "w"}
    assert body.get("data-keys-off") is None
    assert load_keys(changing.desk.store, "ben").text == ""
    page = post(writer, "/keys", "/keys", off="1")
    assert parse_page(page.text).xpath("//body/@data-keys-off") == [""]
    page = post(writer, "/keys", "/keys", reset="1", **{"key-0": "n"})
    assert "data-keys" not in page.text


def test_a_key_that_would_do_two_things_is_refused_and_the_form_comes_back(writer: TestClient, changing: World) -> None:
    answer = post(writer, "/keys", "/keys", **{"key-0": "x", "key-2": "ü"})
    assert answer.status_code == 422
    assert not list(find_faults(answer.text))
    assert "would do two things: “Next row” and “Tick the row”" in answer.text
    assert parse_page(answer.text).xpath("//input[@name='key-0']/@value") == ["x"]
    assert load_keys(changing.desk.store, "desk").text == ""


@pytest.mark.parametrize("key", ["ab", "\x07", "jj"])
def test_a_key_is_one_character(key: str) -> None:
    with pytest.raises(RecordError, match="one character"):
        make_keys({"j": key})


def test_keys_may_be_exchanged_and_unreadable_ones_are_as_they_come(changing: World) -> None:
    assert dict(make_keys({"j": "k", "k": "j"}).changed) == {"j": "k", "k": "j"}
    assert make_keys({"j": " ", "unknown": "j"}).text == ""
    for kept in ("", "[]", "no JSON", '{"keys": {"j": "k"}, "is_off": false}', '{"keys": 3, "is_off": false}'):
        changing.desk.store.set_note("keys:desk", kept)
        assert load_keys(changing.desk.store, "desk").text == ""


def test_every_key_of_the_pages_can_be_changed(client: TestClient, world: World) -> None:
    pages = ["/", "/inbox", "/incidents?limit=1&offset=1", "/articles", "/map", "/filters", f"/alerts/{world.alert.id}",
             f"/incidents/{world.incidents['clash'].id}"]  # fmt: skip
    for address in pages:
        keys = parse_page(client.get(address).text).xpath("//@data-shortcut")
        assert len(keys) == len(set(keys)), address
        assert set(keys) <= set(ACTIONS), address


# --- the API


def test_the_api_tells_and_marks_the_same(writer: TestClient, changing: World) -> None:
    told = writer.get("/api/inbox?within=all").json()
    assert (told["total"], told["unread"], told["unjudged"], told["since"]) == (5, 5, 5, None)
    assert [a["id"] for a in told["alerts"]] == [changing.alert.id]
    digests = {line["incident"]["id"]: line["digest"] for line in told["incidents"]}
    done = writer.post("/api/inbox/marks", json={"action": "read", "incidents": digests | {"inc_none": None}})
    assert done.json() == {"done": 5, "passed": 1}
    changed = change(changing, tolls=(TollRange("injured", 2, 3, 6, "rule"),))
    line = writer.get("/api/inbox?within=all&unread=1").json()["incidents"]
    assert [one["incident"]["id"] for one in line] == [changed.id]
    assert line[0]["is_changed"]
    assert line[0]["seen_at"] == NOW.isoformat()
    assert [(c["kind"], c["about"], c["was"], c["now"]) for c in line[0]["changes"]] == [
        ("toll", "injured", "2 to 5", "2 to 6")
    ]
    assert writer.post("/api/inbox/marks", json={"action": "read", "incidents": digests}).json()["done"] == 4
    assert writer.post("/api/inbox/marks", json={"action": "unread", "incidents": digests}).json()["done"] == 5
    accepted = writer.post("/api/inbox/accept", json={"incidents": {changed.id: line[0]["digest"]}}).json()
    assert accepted == {"claims": 4, "incidents": 1, "passed": 0}


def test_the_api_keeps_shifts_and_filters(writer: TestClient) -> None:
    assert writer.post("/api/inbox/shift", json={"action": "end"}).json() is None
    assert writer.post("/api/inbox/shift", json={"action": "begin"}).json()["began_at"] == NOW.isoformat()
    made = writer.post("/api/filters", json={"name": "Force", "query": "type=ASSAULT&offset=3"})
    assert made.status_code == 201
    kept = made.json()
    assert (kept["query"], kept["person"], kept["has_feed"]) == ("type=ASSAULT", "desk", False)
    path = f"/api/filters/{kept['id']}"
    changed = writer.put(path, json={"name": "Roads", "query": "", "is_shared": True}).json()
    assert writer.get("/api/filters").json() == {"filters": [changed]}
    assert writer.delete(path).status_code == 204
    assert writer.delete(path).status_code == 404
    assert writer.get("/api/filters").json() == {"filters": []}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/inbox/marks", {"action": "eat", "incidents": {"inc_a": None}}),
        ("/api/inbox/marks", {"action": "read", "incidents": {}}),
        ("/api/inbox/accept", {"incidents": [1]}),
        ("/api/inbox/shift", {"action": "sleep"}),
        ("/api/filters", {"name": " ", "query": ""}),
        ("/api/filters", {"name": "a", "query": "type=FOO"}),
        ("/api/filters", {"name": "a", "extra": 1}),
    ],
)
def test_a_body_that_does_not_fit_is_named(client: TestClient, path: str, body: object) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 422
    assert set(answer.json()) == {"what", "which", "why"}
