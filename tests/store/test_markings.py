"""Marks: the newest holds, earlier ones stay, and what records stand on is found through claims, articles, outlets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.store.worlds import START, make_article, make_claim, make_incident, make_link, make_readings, run_flow
from tocsin.errors import StoreError
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Filter
from tocsin.records.marking import Marking
from tocsin.store.sql_store import SqlStore

EVERYTHING = Filter(limit=0, with_background=True)


def mark(marked_id: str, tlp: str | None, hours: int = 0) -> Marking:
    return Marking(marked_id, tlp, "ana", START + timedelta(hours=hours), "asked by the sender")  # type: ignore[arg-type]


def test_the_newest_mark_holds_and_all_stay(store: Store) -> None:
    assert not store.has_markings()
    first, last = mark("art_a", "TLP:RED"), mark("art_a", None, 1)
    store.add_marking(first)
    assert store.has_markings()
    assert store.markings(["art_a", "art_b"]) == {"art_a": first}
    store.add_marking(last)
    assert store.markings(["art_a"]) == {}, "a mark that was taken away is none"
    assert store.marking_history("art_a") == [last, first]
    assert isinstance(store, SqlStore)
    with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
        connection.execute(text("UPDATE markings SET marked_id = 'x'"))


def test_a_mark_comes_in_with_its_article_and_is_not_loosened_by_handing_it_in_again(store: Store) -> None:
    (reading,) = make_readings(1)
    for tlp, held in (("TLP:AMBER", "TLP:AMBER"), ("TLP:RED", "TLP:RED"), ("TLP:GREEN", "TLP:RED")):
        store.add_reading(replace(reading, marking=mark(reading.article.id, tlp)))
        assert store.markings([reading.article.id])[reading.article.id].tlp == held
    assert len(store.marking_history(reading.article.id)) == 2


def test_what_records_stand_on(store: Store) -> None:
    run_flow(store, make_readings(3))
    incident = next(i for i in store.incidents(EVERYTHING) if i.claim_ids)
    claim = store.claims_by_id(incident.claim_ids)[incident.claim_ids[0]]
    article = store.article(claim.article_id)
    assert article.outlet_id is not None
    for marking in (mark(article.id, "TLP:RED"), mark(article.outlet_id, "TLP:AMBER"), mark("art_other", "TLP:RED")):
        store.add_marking(marking)
    for behind in (
        store.markings_behind(incident_ids=[incident.id]),
        store.markings_behind(claim_ids=[claim.id]),
        store.markings_behind(article_ids=[article.id]),
    ):
        assert {m.marked_id for m in behind} == {article.id, article.outlet_id}
    assert store.markings_behind() == []


def test_what_an_incident_stood_on_once(store: Store) -> None:
    articles = [make_article(n, outlet=f"Outlet {n}") for n in range(4)]
    told = [make_claim(article) for article in articles]
    for article, claim in zip(articles, told, strict=True):
        store.add_reading(Reading(article, (claim,)))
    whole = make_incident(told[:3], START)
    store.save_derivation(Derivation(incidents=(whole,), links=tuple(make_link(c, whole) for c in told[:3])))
    left = make_incident(told[:1], START)
    store.save_derivation(Derivation(incidents=(left,)))
    assert left.id == whole.id
    assert articles[2].outlet_id is not None
    marks = [mark(articles[1].id, "TLP:RED"), mark(articles[2].outlet_id, "TLP:AMBER"), mark(articles[3].id, "TLP:RED")]
    for marking in marks:
        store.add_marking(marking)
    assert store.markings_behind(incident_ids=[whole.id]) == []
    (found,) = store.markings_ever_behind([whole.id, "inc_other"]).items()
    assert (found[0], {m.marked_id for m in found[1]}) == (whole.id, {articles[1].id, articles[2].outlet_id})
    store.add_marking(mark(articles[1].id, None))
    assert store.markings_ever_behind([whole.id]) == {whole.id: [marks[1]]}
    assert store.markings_ever_behind([]) == {}
