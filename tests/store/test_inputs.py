"""Articles, claims, sightings and faults come in whole, once, and never change."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.worlds import START, make_article, make_claim, make_link, make_readings
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Evidence, Fault, Filter, Outlet, Sighting, outlet_id
from tocsin.store import open_store

EVERYTHING = Filter(limit=0, with_background=True)


def test_reading_is_kept_whole(store: Store, reopen: Callable[[], Store]) -> None:
    readings = make_readings(5)
    assert [store.add_reading(reading) for reading in readings] == [True] * 5
    again = reopen()
    for reading in readings:
        article = reading.article
        assert again.article(article.id) == article
        assert again.has_article(article.id)
        assert tuple(again.claims_of_article(article.id)) == reading.claims
        assert again.sightings(article.id) == list(reading.sightings)
        assert reading.outlet in again.outlets()
        assert [again.claim(c.id) for c in reading.claims] == list(reading.claims)
    assert again.underived_article_ids() == [r.article.id for r in readings]
    assert again.check() == []


def test_known_article_adds_only_sightings(store: Store) -> None:
    reading = make_readings(1)[0]
    article = reading.article
    store.add_reading(reading)
    later = Sighting(article.id, "https://copy.example/1", START + timedelta(days=2))
    seen_again = replace(reading.sightings[0], seen_at=START + timedelta(days=9))
    extra = make_claim(article, 0, 4, type="AID")
    changed = Reading(replace(article, fault="none"), (*reading.claims, extra), (seen_again, later))
    assert store.add_reading(changed) is False
    assert store.article(article.id) == article
    assert tuple(store.claims_of_article(article.id)) == reading.claims
    assert store.sightings(article.id) == [reading.sightings[0], later]
    assert store.known_addresses([later.address, "https://new.example"]) == {later.address}


def test_nothing_to_keep_waits_for_no_writer(store: Store) -> None:
    """Of most articles there is no fault: each would else wait for whoever derives."""
    done = threading.Event()

    def add() -> None:
        store.add_faults([])
        done.set()

    thread = threading.Thread(target=add)
    with store._connections.writing():  # type: ignore[attr-defined]
        thread.start()
        assert done.wait(10)
    thread.join()


def test_long_address_is_kept(store: Store) -> None:
    article = make_article(1)
    address = "https://hill.example/" + "x" * 20_000
    store.add_reading(Reading(article, sightings=(Sighting(article.id, address, START),)))
    assert store.known_addresses([address]) == {address}


def test_known_outlet_keeps_its_grade(store: Store) -> None:
    outlet = Outlet(outlet_id("Hill Wire"), "Hill Wire")
    store.add_reading(Reading(make_article(1), outlet=outlet))
    store.grade_outlet(outlet.id, "C", "fair so far", by="ana", at=START)
    store.add_reading(Reading(make_article(2), outlet=outlet))
    assert store.outlet(outlet.id).reliability == "C"


def test_evidence_must_stand_in_the_article(store: Store) -> None:
    article = make_article(1)
    false = replace(make_claim(article), evidence=Evidence("Nobody said this", 0, 16))
    with pytest.raises(StoreError, match="its evidence is not what article"):
        store.add_reading(Reading(article, (make_claim(article), false)))
    assert not store.has_article(article.id)


def test_claim_of_another_article_is_refused(store: Store) -> None:
    article, other = make_article(1), make_article(2)
    with pytest.raises(StoreError, match="belongs to article"):
        store.add_reading(Reading(article, (make_claim(other),)))
    with pytest.raises(StoreError, match="belongs to article"):
        store.add_reading(Reading(article, sightings=(Sighting(other.id, "https://hill.example", START),)))


def test_doubled_claim_keeps_nothing(store: Store) -> None:
    article = make_article(1)
    claim = make_claim(article)
    with pytest.raises(StoreError, match="refuses"):
        store.add_reading(Reading(article, (claim, claim), (), Outlet("out_x", "X")))
    assert not store.has_article(article.id)
    assert store.outlets() == []
    assert store.articles(Filter(query="farmers")) == []
    assert store.check() == []


def test_text_that_is_no_utf8_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be stored as UTF-8"):
        store.add_reading(Reading(make_article(1, "a lone \ud800 surrogate")))
    assert store.counts().articles == 0


def test_unknown_ids(store: Store) -> None:
    for read in (store.article, store.claim, store.incident, store.alert, store.outlet, store.feed):
        with pytest.raises(UnknownIdError, match="nothing_here"):
            read("nothing_here")
    assert store.has_article("nothing_here") is False
    assert store.claims_of_article("nothing_here") == []
    assert store.sightings("nothing_here") == []


def test_faults_newest_first_and_renewed(store: Store) -> None:
    first, second = Fault("flt_1", "a.pdf", "is a PDF", START), Fault("flt_2", "b", "is empty", START)
    store.add_faults([first, first])
    store.add_faults([replace(second, at=START + timedelta(hours=1))])
    assert [f.id for f in store.faults()] == ["flt_2", "flt_1"]
    store.add_faults([replace(first, at=START + timedelta(hours=2))])
    assert [f.id for f in store.faults()] == ["flt_1", "flt_2"]
    assert [f.id for f in store.faults(limit=1)] == ["flt_1"]
    assert len(store.faults(limit=0)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET text = 'other'",
        "DELETE FROM articles",
        "UPDATE claims SET payload = '{}'",
        "DELETE FROM claims",
        "UPDATE links SET incident_id = 'other'",
        "DELETE FROM links",
        "UPDATE alert_history SET state = 'resolved'",
    ],
)
def test_input_is_append_only_even_by_hand(tmp_path: Path, statement: str) -> None:
    from tests.store.worlds import make_alert

    reading = make_readings(1)[0]
    store = open_store(tmp_path / "desk.sqlite")
    store.add_reading(reading)
    store.save_derivation(Derivation(links=(make_link(reading.claims[0], "inc_1"),), alerts=(make_alert(),)))
    store.close()
    by_hand = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    try:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            by_hand.execute(statement)
    finally:
        by_hand.close()
