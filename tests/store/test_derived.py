"""Derivations replace what the same stretch had before, keep history, and change nothing when they say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.store.worlds import START, make_alert, make_incident, make_link, make_readings, make_tension, run_flow
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Claim, Filter, Incident
from tocsin.store.sql_store import SqlStore
from tocsin.store.tables import alert_history, alerts, incidents, links, tensions

EVERYTHING = Filter(limit=0, with_background=True)
DAY = START.date()


def _fill(store: Store, count: int = 3) -> tuple[list[Reading], list[Claim]]:
    readings = make_readings(count)
    for reading in readings:
        store.add_reading(reading)
    return readings, [claim for reading in readings for claim in reading.claims]


def test_incident_is_kept_with_its_claims(store: Store) -> None:
    readings, claims = _fill(store)
    incident = make_incident(claims[:2], START)
    store.save_derivation(Derivation(incidents=(incident,), articles_derived=(readings[0].article.id,)))
    assert store.incident(incident.id) == incident
    assert store.incidents_by_id([incident.id, "inc_none"]) == {incident.id: incident}
    assert store.incidents_of_claims([c.id for c in claims]) == {c.id: incident.id for c in claims[:2]}
    assert store.underived_article_ids() == [r.article.id for r in readings[1:]]
    assert store.incidents_between(START, START) == [incident]
    assert store.incidents_between(START + timedelta(seconds=1), START + timedelta(days=1)) == []
    assert store.check() == []


def test_claim_moves_between_incidents(store: Store) -> None:
    _, claims = _fill(store)
    first, second = make_incident(claims[:3], START), make_incident(claims[3:4], START)
    store.save_derivation(Derivation(incidents=(first, second)))
    smaller, larger = replace(first, claim_ids=first.claim_ids[:2]), make_incident([claims[3], claims[2]], START)
    store.save_derivation(Derivation(incidents=(smaller, larger)))
    assert store.incidents_of_claims([claims[2].id]) == {claims[2].id: larger.id}
    assert store.incident(first.id) == smaller
    assert store.check() == []


def test_merged_incident_is_answered_by_its_heir(store: Store) -> None:
    _, claims = _fill(store)
    a, b, c = (make_incident([claims[n]], START) for n in range(3))
    store.save_derivation(Derivation(incidents=(a, b, c)))
    ab = make_incident([claims[1], claims[0]], START)
    store.save_derivation(Derivation(incidents=(ab,), gone_incident_ids=(a.id,), redirects={a.id: b.id}))
    assert store.incident(a.id) == ab
    abc = make_incident([claims[2], claims[1], claims[0]], START)
    store.save_derivation(Derivation(incidents=(abc,), gone_incident_ids=(b.id,), redirects={b.id: c.id}))
    assert store.incident(a.id) == abc, "redirects are followed as far as they go"
    assert store.incidents_by_id([a.id, c.id]) == {a.id: abc, c.id: abc}
    assert [i.id for i in store.incidents(EVERYTHING)] == [c.id]
    store.save_derivation(Derivation(incidents=(a, replace(abc, claim_ids=(claims[2].id, claims[1].id)))))
    assert store.incident(a.id) == a, "a merge that is undone gives the incident its name back"
    assert store.check() == []


def test_redirects_in_a_circle_end(store: Store) -> None:
    store.save_derivation(Derivation(redirects={"inc_a": "inc_b", "inc_b": "inc_a"}))
    with pytest.raises(UnknownIdError):
        store.incident("inc_a")


def test_bad_derivations_keep_nothing(store: Store) -> None:
    readings, claims = _fill(store)
    good = make_incident(claims[:1], START)
    store.save_derivation(Derivation(incidents=(good,)))
    done = (readings[1].article.id,)
    other = make_incident(claims[1:2], START)
    unknown = replace(other, claim_ids=("clm_none",))
    greedy = replace(other, claim_ids=(claims[1].id, claims[0].id))
    link = make_link("clm_none", good)
    for derivation, error, reason in (
        (Derivation(incidents=(other, replace(other, id="inc_2")), articles_derived=done), StoreError, "two incidents"),
        (Derivation(incidents=(greedy,), articles_derived=done), StoreError, "is still in incident"),
        (Derivation(incidents=(unknown,), articles_derived=done), UnknownIdError, "clm_none"),
        (Derivation(incidents=(replace(other, claim_ids=()),), articles_derived=done), StoreError, "no claims"),
        (Derivation((other,), (other.id,), articles_derived=done), StoreError, "both saved and gone"),
        (Derivation(incidents=(other,), links=(link,), articles_derived=done), UnknownIdError, "clm_none"),
    ):
        with pytest.raises(error, match=reason):
            store.save_derivation(derivation)
    assert store.incidents(EVERYTHING) == [good]
    assert readings[1].article.id in store.underived_article_ids()


def test_links_are_a_history(store: Store) -> None:
    _, claims = _fill(store)
    claim = claims[0]
    there, away, back = (make_link(claim, i, hours=h) for h, i in enumerate(("inc_a", "inc_b", "inc_a")))
    assert there.id == back.id, "the same id may come twice: a claim may move away and back"
    for link in (there, there, away, replace(away, made_at=START + timedelta(days=1)), back):
        store.save_derivation(Derivation(links=(link,)))
    assert store.link_history([claim.id]) == [there, away, back]
    assert store.newest_links([claim.id, claims[1].id]) == {claim.id: back}
    store.save_derivation(Derivation(links=(replace(back, score=0.5),)))
    assert store.newest_links([claim.id])[claim.id].score == 0.5


def test_same_derivation_changes_nothing(store: Store) -> None:
    readings, claims = _fill(store)
    derivation = Derivation(
        incidents=(make_incident(claims[:2], START, outlets=("out_a",)),),
        gone_incident_ids=("inc_gone",),
        redirects={"inc_gone": make_incident(claims[:2], START).id},
        links=(make_link(claims[0], "inc_a"),),
        tensions=(make_tension("toy:orle", DAY, 2.5),),
        gone_tensions=(("toy:vasht", DAY),),
        alerts=(make_alert(),),
        articles_derived=(readings[0].article.id,),
        origins={readings[0].article.id: readings[0].article.id},
    )
    store.save_derivation(derivation)
    before = _row_versions(store)
    later = tuple(replace(alert, updated_at=START + timedelta(days=1)) for alert in derivation.alerts)
    store.save_derivation(replace(derivation, alerts=later))
    assert _row_versions(store) == before
    assert store.alerts() == list(derivation.alerts), "that the desk says the same later is no change"


def _row_versions(store: Store) -> list[object]:
    """All rows that a derivation writes, with PostgreSQL's number of the transaction that wrote each."""
    assert isinstance(store, SqlStore)
    found: list[object] = []
    with store._connections.reading() as connection:
        for table in (incidents, links, tensions, alerts, alert_history):
            found += connection.execute(select(table))
        if store._connections.dialect == "postgresql":
            found += connection.exec_driver_sql(
                "SELECT xmin::text, id FROM incidents UNION SELECT xmin::text, id FROM alerts"
            )
    return found


def test_tensions(store: Store) -> None:
    series = [make_tension(p, DAY + timedelta(days=n), float(n)) for n in range(4) for p in ("toy:a", "toy:b")]
    store.save_derivation(Derivation(tensions=tuple(reversed(series))))
    assert store.tensions() == series
    assert (
        store.tensions(place_id="toy:a", since=DAY + timedelta(days=1), until=DAY + timedelta(days=2)) == series[2:6:2]
    )
    hot = replace(series[-1], surprise=3.0)
    store.save_derivation(Derivation(tensions=(hot,), gone_tensions=(("toy:a", DAY + timedelta(days=3)),)))
    assert store.latest_tensions() == [hot, series[4]]
    assert store.tensions(place_id="toy:b") == [*series[1:6:2], hot]


def test_latest_tensions_hottest_first(store: Store) -> None:
    made = [("a", None, 9.0), ("b", 0.5, 1.0), ("c", 2.0, 0.0), ("d", None, 3.0), ("e", 0.0, 1.0)]
    store.save_derivation(Derivation(tensions=tuple(make_tension(p, DAY, lv, surprise=s) for p, s, lv in made)))
    assert [t.place_id for t in store.latest_tensions()] == ["c", "b", "e", "a", "d"]


def test_persons_word_on_an_alert_stands(store: Store) -> None:
    alert = make_alert()
    store.save_derivation(Derivation(alerts=(alert,)))
    later = START + timedelta(hours=1)
    held = store.set_alert_state(alert.id, "acknowledged", "called the mayor", later)
    assert (held.state, held.note, held.updated_at) == ("acknowledged", "called the mayor", later)
    assert store.alert(alert.id) == held

    next_day = replace(alert, day=DAY + timedelta(days=1), updated_at=START + timedelta(days=1), title="Still rising")
    store.save_derivation(Derivation(alerts=(next_day,)))
    assert store.alert(alert.id) == replace(next_day, state="acknowledged", note="called the mayor")

    over = replace(next_day, state="resolved", updated_at=START + timedelta(days=2), note="three calm days")
    store.save_derivation(Derivation(alerts=(over,)))
    assert store.alert(alert.id) == replace(over, note="called the mayor")

    store.save_derivation(Derivation(alerts=(next_day,)))
    assert store.alert(alert.id).state == "acknowledged", "the same run does not ring twice"
    assert store.set_alert_state(alert.id, "firing", None, later).note == "called the mayor"
    store.save_derivation(Derivation(alerts=(over,)))
    store.save_derivation(Derivation(alerts=(next_day,)))
    assert store.alert(alert.id).state == "firing", "given back to the desk"


def test_desks_own_note_goes_with_its_state(store: Store) -> None:
    alert = make_alert()
    taken_back = replace(alert, state="retracted", note="what fired it was regrouped")
    for derived in (alert, taken_back, alert):
        store.save_derivation(Derivation(alerts=(derived,)))
        assert store.alert(alert.id) == derived


def test_alert_history_is_kept(store: Store) -> None:
    assert isinstance(store, SqlStore)
    alert = make_alert()
    store.save_derivation(Derivation(alerts=(alert, alert)))
    store.set_alert_state(alert.id, "acknowledged", "seen", START)
    store.save_derivation(Derivation(alerts=(replace(alert, state="resolved"),)))
    with store._connections.reading() as connection:
        rows = connection.execute(select(alert_history).order_by(alert_history.c.seq)).all()
    assert [(row.made_by, row.state, row.note) for row in rows] == [
        ("desk", "firing", None),
        ("person", "acknowledged", "seen"),
        ("desk", "resolved", "seen"),
    ]


def test_alerts_by_state(store: Store) -> None:
    early, late = make_alert("toy:a"), make_alert("toy:b", day=DAY + timedelta(days=2), state="resolved")
    store.save_derivation(Derivation(alerts=(early, late)))
    assert store.alerts() == [late, early]
    assert store.alerts(states=["firing", "acknowledged"]) == [early]
    assert store.alerts(states=[]) == []
    assert [store.count_alerts(states) for states in (["firing", "acknowledged"], ["firing"], [])] == [1, 1, 0]
    with pytest.raises(UnknownIdError):
        store.set_alert_state("alt_none", "resolved", None, START)
    with pytest.raises(StoreError, match="must be one of firing"):
        store.set_alert_state(early.id, "loud", None, START)  # type: ignore[arg-type]


def test_origins(store: Store) -> None:
    readings, _ = _fill(store)
    first, copy = readings[0].article.id, readings[1].article.id
    store.save_derivation(Derivation(origins={first: first, copy: copy}))
    store.save_derivation(Derivation(origins={copy: first}))
    assert store.origins([first, copy, readings[2].article.id]) == {first: first, copy: first}


def test_flow_twice_is_flow_once(store: Store) -> None:
    readings = make_readings(25)
    run_flow(store, readings)
    before = _row_versions(store)
    run_flow(store, readings)
    assert _row_versions(store) == before
    assert store.underived_article_ids() == []
    held: list[Incident] = store.incidents(EVERYTHING)
    assert sorted(c for i in held for c in i.claim_ids) == sorted(c.id for r in readings for c in r.claims)
    assert store.check() == []
