"""Counts, notes, the end of the exercise, and the check that finds what is wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.worlds import (
    START,
    make_alert,
    make_article,
    make_incident,
    make_link,
    make_readings,
    make_tension,
    run_flow,
)
from tocsin.errors import StoreError
from tocsin.ports import Counts, Derivation, Reading, Store
from tocsin.records import Fault, Feed, Filter
from tocsin.store import open_store

EVERYTHING = Filter(limit=0, with_background=True)


def test_counts(store: Store) -> None:
    assert store.counts() == Counts(0, 0, 0, 0, 0, 0, 0, 0)
    real, exercise = make_readings(3), make_readings(2, seed=9, is_exercise=True)
    for reading in (*real, *exercise):
        store.add_reading(reading)
    store.add_feeds([Feed("fed_1", "https://hill.example/feed")])
    store.add_faults([Fault("flt_1", "x", "is empty", START)])
    claims = [c for r in real for c in r.claims]
    store.save_derivation(Derivation(incidents=(make_incident(claims, START),), alerts=(make_alert(),)))
    total = sum(len(r.claims) for r in (*real, *exercise))
    outlets = len({r.article.outlet_id for r in (*real, *exercise)})
    assert store.counts() == Counts(5, total, 1, 1, outlets, 1, 1, 2)


def test_notes(store: Store) -> None:
    assert store.note("exercise") is None
    store.set_note("exercise", "loaded")
    store.set_note("exercise", "removed")
    assert store.note("exercise") == "removed"


def _content(store: Store) -> list[object]:
    return [
        store.articles(EVERYTHING),
        store.claims(EVERYTHING),
        store.incidents(EVERYTHING),
        store.tensions(),
        store.alerts(),
        store.outlets(),
        store.count_claims(Filter(query="villagers", with_background=True)),
        store.underived_article_ids(),
    ]


def test_exercise_goes_without_a_trace(store: Store) -> None:
    real = make_readings(12)
    run_flow(store, real)
    before = _content(store)
    exercise = make_readings(9, seed=3, is_exercise=True)
    exercise = [replace(r, outlet=replace(r.outlet, id=f"{r.outlet.id}_x")) for r in exercise if r.outlet]
    for reading in exercise:
        store.add_reading(reading)
    claims = [c for r in exercise for c in r.claims]
    incident = make_incident(claims, START, is_exercise=True)
    gone = make_incident(claims[1:2], START).id
    store.save_derivation(
        Derivation(
            incidents=(incident,),
            redirects={gone: incident.id},
            links=tuple(make_link(c, incident) for c in claims),
            tensions=(make_tension("toy:exercise", START.date(), 1.0, is_exercise=True),),
            alerts=(make_alert("toy:exercise", is_exercise=True),),
            articles_derived=tuple(r.article.id for r in exercise),
            origins={r.article.id: r.article.id for r in exercise},
        )
    )
    store.set_alert_state(make_alert("toy:exercise").id, "acknowledged", None, START)
    assert store.counts().exercise_articles == 9
    assert store.remove_exercise() == 9
    assert _content(store) == before
    assert store.counts().exercise_articles == 0
    assert store.link_history([claims[0].id]) == []
    assert store.incidents_by_id([gone]) == {}
    assert store.check() == []
    assert store.remove_exercise() == 0


def test_exercise_that_touched_real_news_lets_go_of_it(store: Store) -> None:
    real, played = make_readings(1)[0], make_readings(1, seed=5, is_exercise=True)[0]
    played = replace(played, outlet=replace(real.outlet, is_exercise=True) if real.outlet else None)
    named = replace(real, outlet=None)
    store.add_reading(played)
    store.add_reading(named)
    mixed = make_incident([real.claims[0], played.claims[0]], START)
    store.save_derivation(
        Derivation(
            incidents=(mixed,),
            links=(make_link(real.claims[0], mixed),),
            articles_derived=(real.article.id, played.article.id),
            origins={real.article.id: played.article.id},
        )
    )
    store.remove_exercise()
    assert store.underived_article_ids() == [real.article.id], "its claims are to be grouped anew"
    assert store.incidents(EVERYTHING) == []
    assert store.origins([real.article.id]) == {}
    assert store.outlet(str(real.article.outlet_id)).is_exercise, "a real article still names it"
    assert len(store.link_history([real.claims[0].id])) == 1, "history stays"
    assert store.check() == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE claims SET payload = '{}'", "cannot be read back"),
        ("DELETE FROM claims WHERE seq = 1", "was kept with"),
        ("DELETE FROM claim_words", "does not hold the words of all claims"),
        ("UPDATE articles SET text = 'Something else was said.'", "its evidence is not what its article says"),
        ("DELETE FROM incident_claims", "its claims are not those that are linked to it"),
        ("UPDATE incidents SET payload = 'x'", "cannot be read back"),
        ("UPDATE tensions SET payload = 'x'", "cannot be read back"),
        ("DELETE FROM articles", "names a row of articles that does not exist"),
    ],
)
def test_check_finds_damage(tmp_path: Path, damage: str, problem: str) -> None:
    path = tmp_path / "desk.sqlite"
    store = open_store(path)
    run_flow(store, make_readings(6))
    assert store.check() == []
    by_hand = sqlite3.connect(path, isolation_level=None)
    for trigger in by_hand.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        by_hand.execute(f"DROP TRIGGER {trigger[0]}")
    by_hand.execute(damage)
    by_hand.close()
    problems = store.check()
    store.close()
    assert any(problem in line for line in problems), problems


def test_closed_store_refuses(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="is closed"):
        store.counts()
    with pytest.raises(StoreError, match="is closed"):
        store.add_reading(Reading(make_article(1)))
