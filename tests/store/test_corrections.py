"""Corrections in the store: append-only, seen before they are replaced, and beside what the machine read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.store.worlds import START, make_readings, run_flow
from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import Claim, Filter, Place, to_json
from tocsin.records.correction import Correction, correction_id, write_value
from tocsin.store.sql_store import SqlStore

ALL = Filter(limit=0, with_background=True)
MILL = Place("the mill", "site", "TLK", 1.6, -20.1, "toy:mill", "The mill", ("toy:south", "toy:teleska"))


@pytest.fixture
def claim(store: Store) -> Claim:
    run_flow(store, make_readings(4))
    return store.claims(ALL)[0]


def say(claim: Claim, kind: str, nth: int = 0, **given: Any) -> Correction:
    at = START + timedelta(days=9, seconds=nth)
    id_ = correction_id(claim.id, kind, given.get("field"), at, given.get("replaces"))
    return Correction(id_, claim.id, claim.article_id, kind, "person:ana", at, "why", **given)  # type: ignore[arg-type]


def change(claim: Claim, field: str, value: Any, nth: int = 0, replaces: str | None = None) -> Correction:
    given = {"machine": write_value(getattr(claim, field)), "value": write_value(value), "replaces": replaces}
    return say(claim, "changed", nth, field=field, **given)


def test_a_claim_is_read_back_as_it_was_put_right_and_the_machines_value_stays(store: Store, claim: Claim) -> None:
    made = [change(claim, "type", "AID"), change(claim, "mode", None), change(claim, "place", MILL)]
    assert store.underived_article_ids() == []
    store.add_corrections(made)
    right = replace(claim, type="AID", mode=None, place=MILL)
    assert store.claim(claim.id) == right
    assert store.claims_by_id([claim.id]) == {claim.id: right}
    assert right in store.claims_of_article(claim.article_id)
    assert store.claims(Filter(type="AID", place_id="toy:south", with_background=True)) == [right]
    assert store.claims_as_read([claim.id, "clm_x"]) == {claim.id: claim}
    assert store.corrections([claim.id, "clm_x"]) == {claim.id: made}
    assert store.standings([claim.id, "clm_x"]) == {claim.id: "changed"}
    assert store.underived_article_ids() == [claim.article_id]
    if claim.place and claim.place.gazetteer_id and claim.place.gazetteer_id != "toy:south":
        assert right not in store.claims(Filter(place_id=claim.place.gazetteer_id, with_background=True))
    assert store.check() == []


def test_a_rejected_claim_is_in_no_list_and_no_count(store: Store, claim: Claim) -> None:
    before = store.count_claims(ALL), store.claim_counts([claim.article_id])[claim.article_id]
    rejected = say(claim, "rejected")
    store.add_corrections([rejected])
    assert claim.id not in {c.id for c in store.claims(ALL)}
    assert (store.count_claims(ALL), store.claim_counts([claim.article_id])[claim.article_id]) == (
        before[0] - 1, before[1] - 1,
    )  # fmt: skip
    assert claim not in store.claims_of_articles([claim.article_id])
    assert claim in store.claims_of_articles([claim.article_id], with_rejected=True)
    assert claim in store.claims_of_article(claim.article_id)
    assert not [a for a in store.articles(Filter(type=claim.type)) if a.id == claim.article_id] or before[1] > 1
    with pytest.raises(RecordError, match="reopen it first"):
        store.add_corrections([change(claim, "background", True, 1)])
    store.add_corrections([say(claim, "reopened", 2, replaces=rejected.id)])
    assert store.count_claims(ALL) == before[0]
    assert store.standing_counts() == {"read": before[0]}
    assert store.check() == []


def test_accepting_derives_nothing_anew_unless_the_claim_counted_for_nothing(store: Store, claim: Claim) -> None:
    accepted = say(claim, "accepted")
    store.add_corrections([accepted])
    assert store.underived_article_ids() == []
    rejected = say(claim, "rejected", 1, replaces=accepted.id)
    store.add_corrections([rejected])
    assert store.underived_article_ids() == [claim.article_id]
    store.add_corrections([say(claim, "accepted", 2, replaces=rejected.id)])
    assert store.standings([claim.id]) == {claim.id: "accepted"}
    assert store.underived_article_ids() == [claim.article_id]


def test_nobodys_word_is_written_over_unread(store: Store, claim: Claim) -> None:
    other = "asserted" if claim.certainty == "hedged" else "hedged"
    first = change(claim, "certainty", other)
    store.add_corrections([first])
    for late in (
        change(claim, "certainty", "asserted", 1),
        change(claim, "certainty", "asserted", 1, "cor_x"),
        say(claim, "rejected", 1),
        change(claim, "mode", None, 1, first.id),
    ):
        with pytest.raises(RecordError, match=r"meanwhile|is no correction"):
            store.add_corrections([change(claim, "background", True, 1), late])
    assert store.corrections([claim.id]) == {claim.id: [first]}, "all, or nothing"
    second = change(claim, "certainty", claim.certainty, 2, first.id)
    store.add_corrections([second, say(claim, "accepted", 3, replaces=second.id)])
    assert store.claim(claim.id) == claim


def test_what_is_not_there_cannot_be_corrected(store: Store, claim: Claim) -> None:
    strange = replace(claim, id="clm_x")
    with pytest.raises(UnknownIdError, match="clm_x"):
        store.add_corrections([say(strange, "rejected")])
    with pytest.raises(UnknownIdError):
        store.add_corrections([say(replace(claim, article_id="art_x"), "rejected")])
    for bad, kind in (
        (replace(strange, article_id="art_x"), UnknownIdError),
        (replace(strange, evidence=replace(claim.evidence, text="#" * len(claim.evidence.text))), StoreError),
        (claim, RecordError),
    ):
        with pytest.raises(kind):
            store.add_corrections([say(bad, "added", value=to_json(bad))])
    with pytest.raises(StoreError, match="is not the claim"):
        store.add_corrections([say(strange, "added", value=to_json(claim))])
    assert store.corrections([claim.id, "clm_x"]) == {}


def test_an_added_claim_is_one_of_its_articles(store: Store, claim: Claim) -> None:
    added = replace(claim, id="clm_added", type="AID", reader="person:ana", trigger=None, score=None)
    before = store.claim_counts([claim.article_id])[claim.article_id]
    store.add_corrections([say(added, "added", value=to_json(added))])
    assert store.claims(Filter(type="AID", with_background=True)) == [added]
    assert store.claim_counts([claim.article_id])[claim.article_id] == before + 1
    assert store.standing_counts()["added"] == 1
    assert store.check() == []


def test_an_article_is_reviewed_once_all_its_claims_are(store: Store, claim: Claim) -> None:
    assert store.reviewed_article_ids() == []
    claims = store.claims_of_article(claim.article_id)
    for nth, one in enumerate(claims):
        assert store.reviewed_article_ids() == []
        store.add_corrections([say(one, "accepted" if nth else "rejected", nth)])
    assert store.reviewed_article_ids() == [claim.article_id]
    assert store.reviewed_article_ids(is_exercise=True) == []
    newest = store.corrections([claims[0].id])[claims[0].id][-1]
    store.add_corrections([say(claims[0], "reopened", 99, replaces=newest.id)])
    assert store.reviewed_article_ids() == []


def test_a_restart_keeps_corrections(reopen: Callable[[], Store]) -> None:
    store = reopen()
    run_flow(store, make_readings(3))
    claim = store.claims(ALL)[0]
    made = change(claim, "certainty", "hedged")
    store.add_corrections([made])
    again = reopen()
    assert again.claim(claim.id).certainty == "hedged"
    assert again.corrections([claim.id]) == {claim.id: [made]}
    assert again.underived_article_ids() == [claim.article_id]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE corrections SET payload = 'x'",
        "DELETE FROM corrections",
        "UPDATE claims SET payload = 'x'",
        "UPDATE claims SET article_id = 'x'",
        "UPDATE claims SET start = 5",
    ],
)
def test_what_was_read_and_what_was_said_is_guarded(store: Store, claim: Claim, statement: str) -> None:
    store.add_corrections([say(claim, "rejected")])
    assert isinstance(store, SqlStore)
    with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claims SET standing = 'accepted' WHERE standing = 'rejected'",
        "UPDATE claims SET corrected = NULL",
        "UPDATE claims SET corrected = '{}' WHERE standing = 'changed'",
        "UPDATE claims SET standing = 'rejected' WHERE standing = 'read'",
    ],
)
def test_a_claim_that_does_not_stand_as_its_corrections_say_is_found(
    store: Store, claim: Claim, statement: str
) -> None:
    other = store.claims(ALL)[1]
    store.add_corrections([say(claim, "rejected"), change(other, "background", not other.background)])
    assert store.check() == []
    assert isinstance(store, SqlStore)
    with store._connections.writing() as connection:
        connection.execute(text(statement))
    assert any("corrections" in fault for fault in store.check())
