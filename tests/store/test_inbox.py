"""Marks, shifts and saved filters in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.store.worlds import START, make_article, make_claim, make_incident, make_link, make_readings, run_flow
from tocsin.errors import RecordError, UnknownIdError
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Filter, Incident, TollRange
from tocsin.records.correction import Correction, correction_id
from tocsin.records.inbox import InboxWanted, SavedFilter, digest_look, make_look, saved_filter_id
from tocsin.store.saved_filters import MOST_FILTERS

ALL = InboxWanted(Filter(limit=0, with_background=True))
LATER = START + timedelta(days=400)


@pytest.fixture
def held(store: Store) -> list[Incident]:
    """Three incidents of one claim each, in the order in which the desk derived them."""
    made = []
    for n in range(3):
        article = make_article(n)
        claim = make_claim(article)
        store.add_reading(Reading(article, (claim,)))
        made.append(make_incident([claim], article.shown_at))
        at = START + timedelta(hours=n)
        links = (make_link(claim, made[-1]),)
        store.save_derivation(Derivation((made[-1],), links=links, articles_derived=(article.id,), at=at))
    return made


def list_ids(store: Store, person: str = "ana", wanted: InboxWanted = ALL) -> list[str]:
    return [row.incident.id for row in store.inbox(person, wanted)]


def say(store: Store, incident: Incident, kind: str = "accepted") -> None:
    claim = store.claim(incident.claim_ids[0])
    id_ = correction_id(claim.id, kind, None, LATER, None)
    store.add_corrections([Correction(id_, claim.id, claim.article_id, kind, "person:ana", LATER, "why")])  # type: ignore[arg-type]


def change(store: Store, incident: Incident, at: int, **given: object) -> Incident:
    changed = replace(incident, **given)  # type: ignore[arg-type]
    store.save_derivation(Derivation((changed,), at=START + timedelta(hours=at)))
    return changed


def test_everything_is_unread_first_and_the_last_changed_stands_first(store: Store, held: list[Incident]) -> None:
    rows = store.inbox("ana", ALL)
    assert [row.incident for row in rows] == held[::-1]
    assert all(row.is_unread and not row.is_changed and row.mark is None for row in rows)
    assert [row.shown.changed_at for row in rows] == [START + timedelta(hours=n) for n in (2, 1, 0)]
    assert all(row.shown.digest == digest_look(make_look(row.incident)) for row in rows)
    counts = store.count_inbox("ana", ALL)
    assert (counts.total, counts.unread, counts.unjudged) == (3, 3, 3)


def test_unread_stands_before_unjudged_before_the_rest(store: Store, held: list[Incident]) -> None:
    first, second, third = held
    assert store.mark_seen("ana", {second.id: None, third.id: None}, LATER) == 2
    say(store, third)
    assert list_ids(store) == [first.id, second.id, third.id]
    assert list_ids(store, "ben") == [third.id, second.id, first.id]
    assert list_ids(store, wanted=replace(ALL, is_unread=True)) == [first.id]
    assert list_ids(store, wanted=replace(ALL, is_unjudged=True)) == [first.id, second.id]
    counts = store.count_inbox("ana", ALL)
    assert (counts.total, counts.unread, counts.unjudged) == (3, 1, 2)
    assert store.count_inbox("ana", replace(ALL, is_unread=True)).total == 1


def test_pages_join_to_the_list(store: Store, held: list[Incident]) -> None:
    store.mark_seen("ana", {held[1].id: None}, LATER)
    pages = [replace(ALL, filter=Filter(limit=1, offset=n, with_background=True)) for n in range(4)]
    assert [id_ for page in pages for id_ in list_ids(store, wanted=page)] == list_ids(store)


def test_what_changes_is_unread_again_and_the_mark_keeps_what_it_was(store: Store, held: list[Incident]) -> None:
    store.mark_seen("ana", {i.id: None for i in held}, LATER)
    tolls = (TollRange("killed", 3, 3, 5, "rule"),)
    changed = change(store, held[0], 9, tolls=tolls)
    first = store.inbox("ana", ALL)[0]
    assert (first.incident, first.is_changed, first.shown.changed_at) == (changed, True, START + timedelta(hours=9))
    assert first.mark is not None
    assert first.mark.look == make_look(held[0])
    assert first.mark.seen_at == LATER
    assert store.mark("ana", held[0].id) == first.mark
    assert store.mark("ben", held[0].id) is None


def test_what_a_reader_would_not_call_news_changes_nothing(store: Store, held: list[Incident]) -> None:
    store.mark_seen("ana", {i.id: None for i in held}, LATER)
    change(store, held[0], 9, outlets=("out_other",))
    change(store, held[1], 9, tolls=())
    assert store.count_inbox("ana", ALL).unread == 0
    assert store.shown([held[0].id])[held[0].id].changed_at == START


def test_a_look_that_is_over_is_not_marked(store: Store, held: list[Incident]) -> None:
    seen = {row.incident.id: row.shown.digest for row in store.inbox("ana", ALL)}
    change(store, held[0], 9, state="denied")
    assert store.mark_seen("ana", seen, LATER) == 2
    assert list_ids(store, wanted=replace(ALL, is_unread=True)) == [held[0].id]


def test_marks_are_renewed_forgotten_and_never_invented(store: Store, held: list[Incident]) -> None:
    assert store.mark_seen("ana", {held[0].id: None, "inc_none": None}, LATER) == 1
    assert store.mark_seen("ana", {held[0].id: None}, LATER + timedelta(hours=1)) == 1
    mark = store.mark("ana", held[0].id)
    assert mark is not None
    assert mark.seen_at == LATER + timedelta(hours=1)
    assert store.mark_unseen("ben", [held[0].id]) == 0
    assert store.mark_unseen("ana", [held[0].id, held[1].id]) == 1
    assert store.mark("ana", held[0].id) is None


def test_a_mark_goes_with_its_incident(store: Store, held: list[Incident]) -> None:
    store.mark_seen("ana", {held[0].id: None}, LATER)
    whole = replace(held[1], claim_ids=(*held[1].claim_ids, *held[0].claim_ids))
    store.save_derivation(
        Derivation((whole,), gone_incident_ids=(held[0].id,), redirects={held[0].id: whole.id}, at=LATER)
    )
    assert store.mark("ana", held[0].id) is None
    assert store.check() == []


def test_the_window_is_the_desks_own_time(store: Store, held: list[Incident]) -> None:
    assert list_ids(store, wanted=replace(ALL, since=START + timedelta(hours=1))) == [held[2].id, held[1].id]
    assert store.count_unread("ana", START + timedelta(hours=2), most=9) == 1
    assert store.count_unread("ana", None, most=9) == 3
    assert store.count_unread("ana", None, most=2) == 2
    store.mark_seen("ana", {i.id: None for i in held}, LATER)
    assert store.count_unread("ana", None, most=9) == 0


@pytest.mark.parametrize("kind", ["accepted", "rejected"])
def test_a_word_on_a_claim_judges_its_incident(store: Store, held: list[Incident], kind: str) -> None:
    assert not store.shown([held[0].id])[held[0].id].is_judged
    say(store, held[0], kind)
    assert store.shown([held[0].id])[held[0].id].is_judged
    change(store, held[0], 9, state="disputed")  # written anew, it is still judged
    assert store.shown([held[0].id])[held[0].id].is_judged


def test_a_word_taken_back_leaves_it_to_the_machine(store: Store, held: list[Incident]) -> None:
    say(store, held[0])
    claim = store.claim(held[0].claim_ids[0])
    said = store.corrections([claim.id])[claim.id][-1].id
    id_ = correction_id(claim.id, "reopened", None, LATER, said)
    store.add_corrections(
        [Correction(id_, claim.id, claim.article_id, "reopened", "person:ana", LATER, "why", replaces=said)]
    )
    assert not store.shown([held[0].id])[held[0].id].is_judged


def test_shifts_begin_and_end(store: Store) -> None:
    assert store.last_shifts("ana") == []
    assert store.end_shift("ana", START) is None
    first = store.begin_shift("ana", START)
    assert store.begin_shift("ana", LATER) == first
    ended = store.end_shift("ana", START + timedelta(hours=8))
    assert ended == replace(first, ended_at=START + timedelta(hours=8))
    second = store.begin_shift("ana", LATER)
    assert store.last_shifts("ana") == [second, ended]
    assert store.last_shifts("ben") == []
    early = store.end_shift("ana", START)
    assert early is not None
    assert early.ended_at == LATER


def make_filter(name: str, person: str = "ana", **given: object) -> SavedFilter:
    id_ = saved_filter_id(person, name, START)
    return SavedFilter(id_, person, name, "type=ASSAULT", START, **given)  # type: ignore[arg-type]


def test_filters_are_kept_changed_and_deleted(store: Store) -> None:
    kept = make_filter("Force at Orle")
    store.add_saved_filter(kept)
    assert store.saved_filter(kept.id) == kept
    changed = replace(kept, name="Force", query="type=COERCE", is_shared=True, feed_digest="0" * 64)
    store.change_saved_filter(changed)
    assert store.saved_filters("ana") == [changed]
    store.remove_saved_filter(kept.id)
    assert store.saved_filters("ana") == []
    for call in (store.saved_filter, store.remove_saved_filter):
        with pytest.raises(UnknownIdError, match="saved filter"):
            call(kept.id)
    with pytest.raises(UnknownIdError, match="saved filter"):
        store.change_saved_filter(changed)


def test_a_name_is_taken_whatever_its_letter_case(store: Store) -> None:
    store.add_saved_filter(make_filter("Force"))
    other = make_filter("Roads")
    store.add_saved_filter(other)
    for again in ("FORCE", "Force"):  # the second: the very same, sent twice at once
        with pytest.raises(RecordError, match="is taken"):
            store.add_saved_filter(make_filter(again))
    with pytest.raises(RecordError, match="is taken"):
        store.change_saved_filter(replace(other, name="force"))
    store.add_saved_filter(make_filter("Force", "ben"))
    store.change_saved_filter(replace(other, name="ROADS"))


def test_others_see_what_is_shared_after_their_own(store: Store) -> None:
    for kept in (
        make_filter("b", "ana", is_shared=True), make_filter("a", "ben"), make_filter("z", "ana"),
        make_filter("c", "ben", is_shared=True),
    ):  # fmt: skip
        store.add_saved_filter(kept)
    assert [f.name for f in store.saved_filters("ana")] == ["b", "z", "c"]
    assert [f.name for f in store.saved_filters("ben")] == ["a", "c", "b"]
    assert [f.name for f in store.saved_filters("cid")] == ["b", "c"]


def test_nobody_keeps_filters_without_end(store: Store) -> None:
    for n in range(MOST_FILTERS):
        store.add_saved_filter(make_filter(f"filter {n}"))
    with pytest.raises(RecordError, match="delete one first"):
        store.add_saved_filter(make_filter("one more"))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_the_list_is_what_plain_sets_say(world: tuple[Store, list[Incident]], data: st.DataObject) -> None:
    """Whatever is marked and forgotten, by whom: each list holds what a set kept beside it holds."""
    store, incidents = world
    ids = [i.id for i in incidents]
    person = data.draw(st.sampled_from(["ana", "ben"]))
    seen = {id_ for id_ in ids if store.mark(person, id_) is not None}
    read, forgotten = data.draw(st.sets(st.sampled_from(ids))), data.draw(st.sets(st.sampled_from(ids)))
    assert store.mark_seen(person, dict.fromkeys(read), LATER) == len(read)
    assert store.mark_unseen(person, forgotten) == len(forgotten & (seen | read))
    unread = set(ids) - ((seen | read) - forgotten)
    assert set(list_ids(store, person, replace(ALL, is_unread=True))) == unread
    assert store.count_inbox(person, ALL).unread == len(unread)
    assert set(list_ids(store, person)[: len(unread)]) == unread


@pytest.fixture
def world(store: Store) -> tuple[Store, list[Incident]]:
    run_flow(store, make_readings(8))
    return store, store.incidents(ALL.filter)


def test_a_database_without_an_inbox_gets_one(tmp_path: object) -> None:
    """What was derived before revision 0008 has its digest, its time and its judgement after it."""
    from pathlib import Path

    from alembic import command
    from alembic.config import Config

    from tocsin.store import open_store
    from tocsin.store.connecting import Connections
    from tocsin.store.sql_store import SqlStore
    from tocsin.store.upgrading import MIGRATIONS

    path = Path(str(tmp_path)) / "desk.sqlite"
    store = open_store(path)
    assert isinstance(store, SqlStore)
    run_flow(store, make_readings(4))
    incident = store.incidents(ALL.filter)[0]
    say(store, incident)
    before = store.shown([i.id for i in store.incidents(ALL.filter)])
    with store._connections.writing() as connection:
        connection.execute(text("UPDATE incidents SET digest = '', changed_at = '', is_judged = 0"))
        for statement in (
            "DROP INDEX ix_incidents_inbox", "DROP TABLE marks", "DROP TABLE shifts", "DROP TABLE saved_filters",
            "ALTER TABLE incidents DROP COLUMN digest", "ALTER TABLE incidents DROP COLUMN changed_at",
            "ALTER TABLE incidents DROP COLUMN is_judged", "UPDATE alembic_version SET version_num = '0007'",
        ):  # fmt: skip
            connection.execute(text(statement))
    store.close()
    connections, config = Connections(path), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connections.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        query = "SELECT id, digest, changed_at, is_judged FROM incidents"
        rows = {row.id: row for row in connection.execute(text(query))}
    connections.close()
    assert {i: rows[i].digest for i in before} == {i: s.digest for i, s in before.items()}
    assert {i: bool(rows[i].is_judged) for i in before} == {i: s.is_judged for i, s in before.items()}
    assert rows[incident.id].is_judged
    taken = {a.taken_at.isoformat(timespec="microseconds") for a in (r.article for r in make_readings(4))}
    assert {row.changed_at for row in rows.values()} <= taken
