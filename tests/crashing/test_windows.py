"""What a kill between two steps leaves behind, made step by step: the next start finishes it.

Each of these was lost, doubled or left over before; `benchmarks/crashing` found it or led to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, FixedClock
from tests.service.test_telling_end_to_end import REPORTS
from tocsin.desk import Desk
from tocsin.errors import StoreError
from tocsin.exercise import load_exercise
from tocsin.intake import Options
from tocsin.ports import Derivation, Reading
from tocsin.records import Article, Filter, Sighting, Withdrawal
from tocsin.store import connecting, open_store

MakeDesk = Callable[..., Desk]
SHOT = "EXERCISE: Gunmen killed two policemen in Zubin Potok on Monday, the mayor said."
MORE = " The road to Zubin Potok was closed in the afternoon, and the mayor called for calm in the town."
LIVE = "https://live.example/zubin"
EVERYTHING = Filter(limit=0, with_background=True)


def keep_revision(desk: Desk, earlier: Article) -> Article:
    """What a desk has done when it is killed right after it kept a page that says something else."""
    later = desk.take_text(SHOT + MORE, Options(outlet="Elsewhere", published_at=NOW)).articles[0]
    copy = replace(earlier, id="art_later", text=later.text, digest=later.digest)
    read, claims, _ = desk.read_article(copy)
    desk.store.add_reading(Reading(read, claims, (Sighting(copy.id, LIVE, NOW),)))
    return copy


def test_a_revision_kept_before_a_kill_takes_the_place_of_the_earlier_one(make_desk: MakeDesk) -> None:
    desk = make_desk()
    options = Options(outlet="Hill Wire", published_at=NOW, url=LIVE)
    earlier = desk.take_text(SHOT, options).articles[0]
    (claim,) = desk.store.claims_of_article(earlier.id)
    desk.correct_claim(claim.id, {"certainty": "hedged"}, why="EXERCISE: the mayor was not there")
    later = keep_revision(desk, earlier)
    again = make_desk()
    again.derive()
    held = again.store.withdrawals([earlier.id])[earlier.id]
    assert (held.kind, held.later_id) == ("superseded", later.id)
    carried = [c for c in again.store.claims_of_article(later.id) if c.type == claim.type]
    assert [c.certainty for c in carried] == ["hedged"], "what a person said is carried over with it"
    again.derive()
    assert len(again.store.corrections([carried[0].id])[carried[0].id]) == 1


def test_so_does_one_that_another_derivation_saw_before_it_was_its_turn(make_desk: MakeDesk) -> None:
    desk = make_desk()
    earlier = desk.take_text(SHOT, Options(outlet="Hill Wire", published_at=NOW, url=LIVE)).articles[0]
    later = keep_revision(desk, earlier)
    desk.store.save_derivation(Derivation(origins={later.id: later.id}))  # it was at work when the revision was kept
    desk.derive()
    assert desk.store.withdrawals([earlier.id])[earlier.id].later_id == later.id


def test_a_revision_that_a_person_undid_is_not_made_again(make_desk: MakeDesk) -> None:
    desk = make_desk()
    options = Options(outlet="Hill Wire", published_at=NOW, url=LIVE)
    earlier = desk.take_text(SHOT, options).articles[0]
    later = desk.take_text(SHOT + MORE, options).articles[0]
    assert desk.store.withdrawals([earlier.id])[earlier.id].later_id == later.id
    desk.reinstate_article(earlier.id, why="EXERCISE: both stand")
    for claim in desk.store.claims_of_article(later.id):
        desk.reject_claim(claim.id, why="EXERCISE: read wrongly")
    assert desk.store.withdrawals([earlier.id]) == {}


def test_a_withdrawal_and_what_it_carries_over_are_kept_together(make_desk: MakeDesk) -> None:
    desk = make_desk()
    earlier, later = (
        desk.take_text(text, Options(outlet="Hill Wire", published_at=NOW)).articles[0] for text in (SHOT, SHOT + MORE)
    )
    (claim,) = desk.store.claims_of_article(earlier.id)
    said = desk.reject_claim(claim.id, why="EXERCISE: read wrongly")
    withdrawal = Withdrawal(earlier.id, "superseded", "desk", NOW, "the page changed", later.id)
    with pytest.raises(StoreError, match="refuses"):  # the same correction cannot be kept a second time
        desk.store.add_withdrawal(withdrawal, [replace(said, replaces=said.id)])
    assert desk.store.withdrawals([earlier.id]) == {}


def test_who_was_not_answered_and_says_it_again_has_said_it_once(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk()
    for outlet, text in REPORTS:
        article = desk.take_text(text, Options(outlet=outlet, published_at=NOW)).articles[0]
    (alert, *_) = desk.store.alerts(states=["firing"])
    for said in ("called the mayor", "called the mayor", "called him again"):
        desk.mark_alert(alert.id, "acknowledged", f"EXERCISE: {said}", who="Ana")
    for _ in range(2):
        desk.retract_article(article.id, why="EXERCISE: the outlet took it back", who="Ana")
    with sqlite3.connect(tmp_path / "desk.sqlite") as connection:
        (withdrawn,) = connection.execute("SELECT count(*) FROM withdrawals").fetchone()
        (acknowledged,) = connection.execute("SELECT count(*) FROM alert_history WHERE made_by = 'person'").fetchone()
    connection.close()
    assert (withdrawn, acknowledged) == (1, 2)


def test_an_exercise_cut_short_is_loaded_to_its_end_by_the_next_start(make_desk: MakeDesk) -> None:
    desk = make_desk()

    def die(told: str) -> None:
        raise KeyboardInterrupt(told)

    with pytest.raises(KeyboardInterrupt):
        desk.load_exercise(die)
    again = make_desk()
    assert again.store.counts().articles == 1
    assert again.wants_exercise
    again.load_exercise()
    assert again.store.counts().articles == len(list(load_exercise().articles(NOW)))
    assert not again.wants_exercise


def test_days_that_a_clock_left_ahead_go_on_the_same_day(make_desk: MakeDesk) -> None:
    clock = FixedClock()
    desk = make_desk(clock)
    desk.advance()
    clock.time = NOW + timedelta(days=365)
    desk.take_text("EXERCISE: Gunmen killed two policemen in Zubin Potok on Friday, the mayor said.")
    assert desk.store.tensions(since=NOW.date() + timedelta(days=1)) != []
    clock.time = NOW
    desk.advance()
    assert desk.store.tensions(since=NOW.date() + timedelta(days=1)) == []


def test_those_behind_a_writer_that_waited_in_vain_do_not_wait_as_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 0.1)
    store = open_store(tmp_path / "desk.sqlite")
    store.set_note("a", "1")
    other = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE").close()
    with pytest.raises(StoreError, match="locked"):
        store.set_note("a", "2")
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 3600)
    with pytest.raises(StoreError, match="locked"):
        store.set_note("a", "2")
    other.close()
    store.set_note("a", "3")
    assert store.note("a") == "3"
    store.close()
