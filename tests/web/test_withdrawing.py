"""Articles that are taken back, and pages that say something else when they are fetched again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.tellings import AT, ECHO, SHOT
from tests.web.checking import find_faults
from tests.web.test_changes import send
from tests.web.worlds import make_client
from tocsin.desk import Desk
from tocsin.errors import RecordError, UnknownIdError
from tocsin.incidents import match_claims
from tocsin.intake import Options
from tocsin.records import Filter

ALL = Filter(limit=0, with_background=True)
LIVE = "https://live.example/zubin"
MORE = "The road to Zubin Potok was closed in the afternoon, and the mayor called for calm in the town and around it."


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def writer(desk: Desk) -> Iterator[TestClient]:
    with make_client(desk) as made:
        yield made


def tell(desk: Desk, outlet: str, text: str, *, url: str | None = None, hours: int = 0) -> str:
    at = AT + timedelta(hours=hours)
    return desk.take_text(text, Options(outlet=outlet, published_at=at, url=url)).articles[0].id


def killings(desk: Desk) -> list[tuple[str, int]]:
    return [(i.state, len(i.claim_ids)) for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]


def test_a_retracted_article_speaks_for_nothing_and_can_come_back(desk: Desk) -> None:
    first, second = tell(desk, "Hill Wire", SHOT), tell(desk, "Valley Post", ECHO, hours=1)
    (before,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    assert before.origins == 2
    desk.retract_article(second, why="the outlet took it back")
    assert killings(desk) == [("reported", 1)]
    desk.retract_article(first, why="so did this one")
    (left,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    assert (left.id, left.state) == (before.id, "retracted")
    assert "so did this one" in left.reasons[0].detail
    tell(desk, "Coast Radio", "Police arrested nine students in Prizren on Sunday, a lawyer said.")
    assert ("retracted", 1) in killings(desk)
    for article in (first, second):
        desk.reinstate_article(article, why="they stand by it")
    (back,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    assert (back.id, back.state, set(back.claim_ids)) == (before.id, "reported", set(before.claim_ids))
    assert desk.store.check() == []


def test_a_page_fetched_again_is_a_revision_and_its_incidents_keep_their_names(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", f"{SHOT} {MORE}", url=LIVE)
    (before,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    updated = SHOT.replace("two", "three")
    second = tell(desk, "Hill Wire", f"{updated} {MORE}", url=LIVE, hours=3)
    assert second != first
    assert desk.store.withdrawals([first, second]).keys() == {first}
    (after,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    assert after.id == before.id
    assert {desk.store.claim(c).article_id for c in after.claim_ids} == {second}
    assert [(t.kind, t.best) for t in after.tolls] == [("killed", 3)]
    third = tell(desk, "Hill Wire", f"{SHOT.replace('two', 'four')} {MORE}", url=LIVE, hours=5)
    assert desk.store.withdrawals([first, second, third]).keys() == {first, second}
    assert len([i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]) == 1


def test_what_a_later_revision_drops_is_marked_retracted_and_leads_nowhere_else(desk: Desk) -> None:
    marched = "Thousands marched in Pristina on Sunday, organisers said."
    first = tell(desk, "Hill Wire", f"{SHOT} {MORE} {marched}", url=LIVE)
    (march,) = [i for i in desk.store.incidents(ALL) if i.type == "PROTEST"]
    desk.note_incident(march.id, "EXERCISE: the organisers were called")
    second = tell(desk, "Hill Wire", f"{SHOT} {MORE}", url=LIVE, hours=3)
    dropped = desk.store.incident(march.id)
    assert (dropped.id, dropped.state, dropped.claim_ids) == (march.id, "retracted", march.claim_ids)
    assert dropped.reasons[0].detail == f"article {first}: the later revision {second} no longer says it"
    desk.reinstate_article(first, why="EXERCISE: the page was cut short")
    assert desk.store.incident(march.id).state == "reported"
    assert desk.store.check() == []


def test_nobody_merges_or_splits_what_nobody_speaks_for(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", SHOT)
    tell(desk, "Coast Radio", "Police arrested nine students in Prizren on Sunday, a lawyer said.", hours=1)
    desk.retract_article(first, why="the outlet took it back")
    gone, kept = sorted(desk.store.incidents(ALL), key=lambda i: i.state != "retracted")
    for one, other in ((gone, kept), (kept, gone)):
        with pytest.raises(RecordError, match="may not be merged: nobody speaks for it"):
            desk.merge_incidents(one.id, [other.id], why="the same")
    with pytest.raises(RecordError, match="may not be split"):
        desk.split_incident(gone.id, gone.claim_ids[:1], why="two")


def test_a_person_s_word_goes_over_to_the_later_revision(desk: Desk) -> None:
    tell(desk, "Hill Wire", f"{SHOT} {MORE}", url=LIVE)
    tell(desk, "Valley Post", ECHO, hours=1)
    (whole,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    mine = next(c for c in whole.claim_ids if desk.store.article(desk.store.claim(c).article_id).url == LIVE)
    desk.split_incident(whole.id, [mine], why="two shootings")
    assert sorted(killings(desk)) == [("reported", 1), ("reported", 1)]
    tell(desk, "Hill Wire", f"{SHOT.replace('two', 'three')} {MORE}", url=LIVE, hours=3)
    assert sorted(killings(desk)) == [("reported", 1), ("reported", 1)]


@pytest.mark.parametrize(
    ("outlet", "text"),
    [
        ("Valley Post", f"{SHOT} {MORE} More later."),
        ("Hill Wire", "Police arrested nine students in Prizren on Sunday."),
    ],
)
def test_another_outlet_or_another_text_at_an_address_is_no_revision(desk: Desk, outlet: str, text: str) -> None:
    first = tell(desk, "Hill Wire", f"{SHOT} {MORE}", url=LIVE)
    tell(desk, outlet, text, url=LIVE, hours=3)
    assert desk.store.withdrawals([first]) == {}


def test_the_pages_say_so(writer: TestClient, desk: Desk) -> None:
    first = tell(desk, "Hill Wire", f"{SHOT} {MORE}", url=LIVE)
    second = tell(desk, "Hill Wire", f"{SHOT.replace('two', 'three')} {MORE}", url=LIVE, hours=3)
    assert f'href="/articles/{second}"' in writer.get(f"/articles/{first}").text
    page = writer.get(f"/articles/{second}").text
    assert "A later revision of" in page
    assert not list(find_faults(page))
    page = send(writer, f"/articles/{second}/retract", f"/articles/{second}", why="a <hoax>").text
    assert "a &lt;hoax&gt;" in page
    assert "Reinstate" in page
    send(writer, f"/articles/{second}/reinstate", f"/articles/{second}", why="no hoax")
    assert desk.store.withdrawals([second]) == {}
    told = writer.get(f"/api/articles/{second}").json()
    assert (told["withdrawal"], told["revision"]["earlier_id"]) == (None, first)
    assert writer.post(f"/api/articles/{second}/retract", json={"reason": "a hoax"}).json()["kind"] == "retracted"
    assert writer.post("/api/articles/art_x/retract", json={"reason": "a hoax"}).status_code == 404
    assert writer.post(f"/api/articles/{second}/reinstate", json={}).status_code == 422


def test_what_was_taken_back_offers_no_merge_and_no_split(writer: TestClient, desk: Desk) -> None:
    first = tell(desk, "Hill Wire", SHOT)
    (incident,) = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    page = f"/incidents/{incident.id}"
    assert f'action="{page}/merge"' in writer.get(page).text
    desk.retract_article(first, why="a hoax")
    shown = writer.get(page).text
    assert f'action="{page}/merge"' not in shown
    assert "there is nothing to merge or split while it stands so" in shown
    assert ">rule:" not in shown, "codes of records are told in words"


def test_what_cannot_be_withdrawn_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownIdError):
        desk.retract_article("art_x", why="gone")
    article = tell(desk, "Hill Wire", SHOT)
    with pytest.raises(RecordError, match="say in a line why"):
        desk.retract_article(article, why=" ")


def test_claims_of_two_revisions_are_matched_one_to_one(desk: Desk) -> None:
    first = tell(desk, "Hill Wire", f"{SHOT} Police arrested nine students in Prizren on Sunday.")
    second = tell(desk, "Hill Wire", f"{SHOT.replace('two', 'six')} Thousands marched in Pristina on Sunday.", hours=1)
    before, after = (desk.store.claims_of_article(a) for a in (first, second))
    matched = match_claims(before, after)
    assert len(matched) == 1
    assert len(set(matched.values())) == len(matched)
    assert match_claims([], after) == {}
