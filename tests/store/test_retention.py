"""Retention: what nobody stands on goes, what somebody stands on stays whole, and the database's guards hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.store.worlds import START, make_incident, make_link, make_readings, make_tension
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Derivation, Reading, Retained, Store
from tocsin.records import Alert, Fault, Filter, Withdrawal, alert_id
from tocsin.store import citations
from tocsin.store.sql_store import SqlStore

COUNT = 24
EVERYTHING = Filter(limit=0, with_background=True)
#: The readings lie six hours apart, six days in all.
LATER = START + timedelta(days=400)
HALF = START + timedelta(days=3)


def fill(store: Store, readings: list[Reading]) -> None:
    """Neighbours tell one happening together; what else each of them tells is told by nobody besides."""
    for reading in readings:
        store.add_reading(reading)
    groups = []
    for first, second in zip(readings[::2], readings[1::2], strict=True):
        groups.append([first.claims[0], second.claims[0]])
        groups += [[claim] for reading in (first, second) for claim in reading.claims[1:]]
    shown = {r.article.id: r.article.shown_at for r in readings}
    made = [make_incident(group, shown[group[0].article_id]) for group in groups]
    days = [
        make_tension("toy:orle", i.reported_at.date() - timedelta(days=n), 1.0, incident_ids=(i.id,))
        for n, i in enumerate(made[:3])
    ]
    days.append(make_tension("toy:south", START.date(), 0.0))
    store.save_derivation(
        Derivation(
            incidents=tuple(made),
            links=tuple(make_link(claim_id, i) for i in made for claim_id in i.claim_ids),
            tensions=tuple(days),
            articles_derived=tuple(r.article.id for r in readings),
            origins={
                second.article.id: first.article.id for first, second in zip(readings, readings[1::4], strict=False)
            },
        )
    )


@pytest.fixture
def full(store: Store) -> Store:
    fill(store, make_readings(COUNT))
    return store


def claims_of(store: Store, incident_id: str) -> list[str]:
    return list(store.incident(incident_id).claim_ids)


def opens_all_sentences(store: Store) -> bool:
    """Whether every incident that is listed opens each of its sentences in its text."""
    for incident in store.incidents(EVERYTHING):
        for claim in store.claims_by_id(incident.claim_ids).values():
            article = store.article(claim.article_id)
            if claim.evidence.span.cut(article.text) != claim.evidence.text:
                return False
        if len(store.claims_by_id(incident.claim_ids)) != len(incident.claim_ids):
            return False
    return True


def test_a_plan_says_what_a_run_does_and_writes_nothing(full: Store) -> None:
    before = full.counts()
    planned = full.plan_retention(HALF)
    assert full.counts() == before
    assert planned.articles > 0
    assert full.retain(HALF, LATER) == planned
    after = full.counts()
    assert after.articles == before.articles - planned.articles
    assert after.incidents == before.incidents - planned.incidents
    assert full.check() == []
    assert opens_all_sentences(full)
    assert full.plan_retention(HALF) == Retained()


def test_nothing_young_goes(full: Store) -> None:
    young = {a.id for a in full.articles(EVERYTHING) if max(a.shown_at, a.taken_at) >= HALF}
    full.retain(HALF, LATER)
    assert young <= {a.id for a in full.articles(EVERYTHING)}


def cite(store: Store, incident_id: str) -> None:
    """An alert that stands on an incident."""
    day = START.date()
    alert = Alert(
        alert_id("rule", "toy:orle", day), "rule", "1", "T", "h", "toy:orle", "Orle", "ROUTINE", day, day, "resolved",
        START, "c", incident_ids=(incident_id,),
    )  # fmt: skip
    store.save_derivation(Derivation(alerts=(alert,)))


def retract(store: Store, incident_id: str) -> None:
    claim = store.claim(claims_of(store, incident_id)[0])
    store.add_withdrawal(Withdrawal(claim.article_id, "retracted", "person:Ana", LATER, "hoax"))


@pytest.mark.parametrize("touch", [cite, retract])
def test_what_a_person_touched_or_an_alert_cites_stays_with_all_its_sentences(
    full: Store, touch: Callable[[Store, str], None]
) -> None:
    plan = full.plan_retention(LATER)
    assert plan.articles == COUNT, "without anybody's word everything would go"
    incident = full.incidents(EVERYTHING)[-1]
    touch(full, incident.id)
    full.retain(LATER, LATER)
    assert full.incident(incident.id) == incident
    texts = full.articles_by_id(c.article_id for c in full.claims_by_id(incident.claim_ids).values())
    assert texts
    assert opens_all_sentences(full)
    assert full.check() == []
    assert full.counts().articles < COUNT


def test_a_run_searches_what_is_only_added_to_once_and_sees_what_is_added_meanwhile(
    full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(full, SqlStore)
    first, *_, last = full.incidents(EVERYTHING)
    searched: list[str] = []
    find_ids = citations._CITED.findall

    class Search:
        def findall(self, payload: str) -> list[str]:
            searched.append(payload)
            found: list[str] = find_ids(payload)
            return found

    monkeypatch.setattr(citations, "_CITED", Search())
    run = citations.Citations()
    for incident, payloads in ((first, 2), (last, 2)):  # the alert, and the newest line of its history
        cite(full, incident.id)
        searched.clear()
        with full._connections.reading() as connection:
            found = run.find(connection)
        assert {first.id, incident.id} <= found
        assert len(searched) == payloads


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.sets(st.integers(0, COUNT - 1), max_size=6), days=st.integers(0, 12), seed=st.integers(1, 10**6))
def test_whatever_is_cited_stays_and_the_database_is_sound(
    tmp_path_factory: pytest.TempPathFactory, kept: set[int], days: int, seed: int
) -> None:
    from tocsin.store import open_store

    store = open_store(tmp_path_factory.mktemp("retained") / "desk.sqlite")
    try:
        fill(store, make_readings(COUNT, seed))
        listed = store.incidents(EVERYTHING)
        cited = [listed[n % len(listed)] for n in sorted(kept)]
        for incident in cited:
            cite(store, incident.id)
        before = store.counts()
        done = store.retain(START + timedelta(days=days), LATER)
        assert store.counts().articles == before.articles - done.articles
        assert store.counts().claims == before.claims - done.claims
        assert store.check() == []
        assert opens_all_sentences(store)
        for incident in cited[-1:]:  # one alert of one id cites the last
            assert store.incident(incident.id) == incident
    finally:
        store.close()


def test_an_article_that_stays_for_one_incident_keeps_all_its_claims(full: Store) -> None:
    incident = full.incidents(EVERYTHING)[-1]
    cite(full, incident.id)
    article_id = full.claim(claims_of(full, incident.id)[0]).article_id
    claims = full.claims_of_article(article_id)
    full.retain(LATER, LATER)
    assert full.claims_of_article(article_id) == claims


def test_a_feed_does_not_bring_back_what_was_retired_but_a_person_may(full: Store) -> None:
    reading = make_readings(COUNT)[0]
    address = str(reading.article.url)
    full.retain(LATER, LATER)
    assert not full.has_article(reading.article.id)
    told = rf"was let go of by the retention on {LATER:%Y-%m-%d} .SHA-256 of its text: {reading.article.digest}"
    with pytest.raises(UnknownIdError, match=told):
        full.article(reading.article.id)
    assert full.known_addresses([address, "https://other.example/"]) == {address}
    assert full.add_reading(reading)
    assert full.article(reading.article.id) == reading.article


def test_the_guards_let_go_only_of_what_was_written_down(full: Store) -> None:
    assert isinstance(full, SqlStore)
    article = full.articles(EVERYTHING)[-1]
    refused = (
        f"DELETE FROM articles WHERE id = '{article.id}'",
        f"DELETE FROM claims WHERE article_id = '{article.id}'",
        "DELETE FROM links",
    )
    for statement in refused:
        with pytest.raises(StoreError, match="append-only"), full._connections.writing() as connection:
            connection.execute(text(statement))
    full.retain(LATER, LATER)
    for statement in (
        "DELETE FROM retirements",
        "UPDATE retirements SET digest = 'x'",
        "DELETE FROM retired_addresses",
    ):
        with pytest.raises(StoreError, match="append-only"), full._connections.writing() as connection:
            connection.execute(text(statement))


def test_who_is_handed_in_again_is_guarded_again(full: Store) -> None:
    from dataclasses import replace

    assert isinstance(full, SqlStore)
    reading = make_readings(COUNT)[0]
    full.retain(LATER, LATER)
    again = replace(reading.article, taken_at=LATER)
    full.add_reading(replace(reading, article=again))
    for statement in ("DELETE FROM claims", "DELETE FROM articles"):
        with pytest.raises(StoreError, match="append-only"), full._connections.writing() as connection:
            connection.execute(text(statement))


def test_an_earlier_revision_that_stays_keeps_the_one_that_replaced_it(full: Store) -> None:
    incident = full.incidents(EVERYTHING)[-1]
    cite(full, incident.id)
    earlier = full.claim(claims_of(full, incident.id)[0]).article_id
    later = next(a.id for a in full.articles(EVERYTHING) if a.id != earlier)
    full.add_withdrawal(Withdrawal(earlier, "superseded", "desk", LATER, "the page changed", later))
    full.save_derivation(Derivation(articles_derived=tuple(full.underived_article_ids())))
    full.retain(LATER, LATER)
    assert full.article(later).id == later
    assert full.withdrawals([earlier])[earlier].later_id == later


def test_what_waits_for_a_derivation_stays(store: Store) -> None:
    for reading in make_readings(3):
        store.add_reading(reading)
    assert store.retain(LATER, LATER).articles == 0


def test_a_stopped_run_goes_on_where_it_stopped(full: Store) -> None:
    assert full.retain(LATER, LATER, is_stopped=lambda: True) == Retained()
    assert full.retain(LATER, LATER).articles == COUNT


def test_days_of_tension_go_unless_all_they_count_is_there(full: Store) -> None:
    incident = full.incidents(EVERYTHING)[-1]
    cite(full, incident.id)
    full.retain(LATER, LATER)
    held = {i.id for i in full.incidents(EVERYTHING)}
    for tension in full.tensions():
        assert tension.incident_ids
        assert held.issuperset(tension.incident_ids)


def test_faults_are_forgotten_after_their_days(store: Store) -> None:
    at = datetime.fromisoformat("2031-01-01T00:00:00+00:00")
    store.add_faults([Fault(f"flt_{n}", "x", "y", at + timedelta(days=n)) for n in range(4)])
    assert store.drop_faults(at + timedelta(days=2)) == 2
    assert len(store.faults()) == 2


def test_an_incident_that_went_is_unknown(full: Store) -> None:
    id_ = full.incidents(EVERYTHING)[-1].id
    full.retain(LATER, LATER)
    with pytest.raises(UnknownIdError):
        full.incident(id_)
