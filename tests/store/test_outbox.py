"""The outbox: nothing is told twice, nothing is lost, and two workers never hold the same delivery."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from tests.notify.made import NOW, make_notice
from tocsin.errors import StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import Delivery, Notice
from tocsin.store.leases import LONGEST_WAIT
from tocsin.store.outbox import put_notices
from tocsin.store.sql_store import SqlStore
from tocsin.store.tables import deliveries, notices

LEASE = 60.0


def to_both(_: Notice) -> tuple[str, ...]:
    return ("hook", "mail")


def claim(store: Store, after: float = 0.0, channel: str | None = "mail", limit: int = 10) -> list[Delivery]:
    held = store.claim_deliveries(NOW + timedelta(seconds=after), limit, LEASE, channel=channel)
    assert all(delivery.notice_id == notice.id for delivery, notice in held)
    return [delivery for delivery, _ in held]


def finish(store: Store, held: Delivery, state: str, **more: object) -> bool:
    return store.finish_delivery(held.notice_id, held.channel, held.attempts, state, at=NOW, **more)  # type: ignore[arg-type]  # each test gives what belongs


def test_notices_are_kept_once_with_their_deliveries(store: Store) -> None:
    chain = [make_notice(1), make_notice(2, "more-reports"), make_notice(1, group="grp_other", is_exercise=True)]
    assert store.add_notices(chain, to_both) == 3
    assert store.add_notices([chain[0], chain[0]], lambda _: ("third",)) == 0
    assert store.notice(chain[1].id) == chain[1]
    assert store.notices(10) == chain[::-1]
    assert store.notices(1) == [chain[2]]
    assert store.notices(10, group=chain[0].group) == [chain[1], chain[0]]
    assert store.notices(10, group=chain[0].group, below=2) == [chain[0]]
    assert store.notices(10, alert_id=chain[2].alert_ids[0]) == [chain[2]]
    assert store.notices(10, with_exercise=False) == [chain[1], chain[0]]
    assert store.last_notices([chain[0].group, "grp_other", "grp_none"]) == {
        chain[0].group: chain[1], "grp_other": chain[2],
    }  # fmt: skip
    assert store.delivery_counts() == {"hook": {"waiting": 3}, "mail": {"waiting": 3}}
    assert {d.channel for d in store.deliveries(notice_id=chain[0].id)} == {"hook", "mail"}
    with pytest.raises(UnknownIdError, match="ntc_none"):
        store.notice("ntc_none")


def test_a_second_notice_of_the_same_number_is_refused_whole(store: Store) -> None:
    store.add_notices([make_notice(1)], to_both)
    with pytest.raises(StoreError):
        store.add_notices([make_notice(2), make_notice(1, id="ntc_other")], to_both)
    assert len(store.notices(10)) == 1


def test_notices_join_a_transaction_that_is_open(store: Store) -> None:
    assert isinstance(store, SqlStore)

    def write_and_fail() -> None:
        with store._connections.writing() as connection:
            put_notices(connection, [make_notice()], to_both)
            raise RuntimeError("the rest of the transaction fails")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert (store.notices(10), store.delivery_counts()) == ([], {})
    with store._connections.writing() as connection:
        assert put_notices(connection, [make_notice()], to_both) == 1
    assert store.notices(10) == [make_notice()]


def test_what_was_told_cannot_be_changed(store: Store) -> None:
    assert isinstance(store, SqlStore)
    store.add_notices([make_notice(), make_notice(group="grp_exercise", is_exercise=True)], to_both)
    for statement in ("UPDATE notices SET number = 9", "DELETE FROM notices"):
        with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
            connection.execute(text(statement))
    with store._connections.writing() as connection:
        connection.execute(text("DELETE FROM notices WHERE is_exercise"))
    assert store.delivery_counts() == {"hook": {"waiting": 1}, "mail": {"waiting": 1}}


def test_a_claimed_delivery_is_held_until_its_lease_ends(store: Store) -> None:
    store.add_notices([make_notice()], to_both)
    assert store.due_channels(NOW - timedelta(seconds=1)) == []
    assert store.due_channels(NOW) == ["hook", "mail"]
    (held,) = claim(store)
    assert (held.state, held.attempts, held.next_at) == ("sending", 1, None)
    assert claim(store, 59) == []
    assert store.due_channels(NOW + timedelta(seconds=59)) == ["hook"]
    (again,) = claim(store, 60)
    assert (again.notice_id, again.channel, again.attempts) == (held.notice_id, held.channel, 2)
    assert not finish(store, held, "sent"), "who comes too late changes nothing"
    assert store.deliveries(channel="mail")[0].state == "sending"
    assert finish(store, again, "sent")
    assert not finish(store, again, "given-up")
    assert claim(store, 10_000) == []
    assert store.delivery_counts()["mail"] == {"sent": 1}


def test_no_alarm_comes_after_its_own_end(store: Store) -> None:
    first, end, other = make_notice(1), make_notice(2, "retracted"), make_notice(1, group="grp_other")
    store.add_notices([first, other], to_both)
    for held in claim(store):
        assert finish(store, held, "waiting", next_at=NOW + timedelta(hours=1), fault="451 too busy")
    store.add_notices([replace(end, made_at=NOW + timedelta(minutes=5))], to_both)
    (held,) = claim(store, 300)  # the server is still away
    assert (held.notice_id, held.attempts) == (first.id, 2)
    later = NOW + timedelta(seconds=400)
    assert store.finish_delivery(first.id, "mail", 2, "waiting", at=later, next_at=later + timedelta(hours=1))
    (held,) = claim(store, 400)  # it was tried, and holds the end up no longer
    assert (held.notice_id, held.attempts) == (end.id, 1)
    later += timedelta(seconds=2)
    assert store.finish_delivery(end.id, "mail", 1, "waiting", at=later, next_at=later + timedelta(seconds=30))
    assert claim(store, 431) == []
    (held,) = claim(store, 432)  # both once more, in their order
    assert held.notice_id == first.id
    assert store.finish_delivery(first.id, "mail", 3, "sent", at=later + timedelta(seconds=31))
    assert [d.notice_id for d in claim(store, 433)] == [end.id]


def test_a_failed_delivery_waits_and_keeps_its_fault(store: Store) -> None:
    store.add_notices([make_notice()], to_both)
    (held,) = claim(store)
    assert finish(store, held, "waiting", next_at=NOW + timedelta(seconds=30), fault="451 too busy" * 100)
    assert claim(store, 29) == []
    (kept,) = store.deliveries(states=["waiting"], channel="mail")
    assert (kept.attempts, kept.next_at, len(kept.fault or "")) == (1, NOW + timedelta(seconds=30), 500)
    (again,) = claim(store, 30)
    assert again.attempts == 2
    assert finish(store, again, "given-up", fault="550 no")
    assert claim(store, 10_000) == []
    assert store.retry_deliveries("mail", NOW) == 1
    (third,) = claim(store)
    assert (third.attempts, third.fault) == (1, "550 no")
    assert finish(store, third, "sent")
    assert store.deliveries(channel="mail")[0].fault is None
    assert store.retry_deliveries("mail", NOW) == 0


@pytest.mark.parametrize(("state", "more"), [("waiting", {}), ("sent", {"next_at": NOW}), ("sending", {})])
def test_an_end_that_makes_no_sense_is_refused(store: Store, state: str, more: dict[str, object]) -> None:
    store.add_notices([make_notice()], to_both)
    (held,) = claim(store)
    with pytest.raises(StoreError, match="delivery state"):
        finish(store, held, state, **more)


def test_the_gravest_leaves_first_and_then_the_oldest(store: Store) -> None:
    groups = [("grp_a", "ROUTINE"), ("grp_b", "FLASH"), ("grp_c", "ROUTINE"), ("grp_d", "IMMEDIATE")]
    made = [make_notice(group=g, precedence=p) for g, p in groups]
    store.add_notices(made, to_both)
    first, second = claim(store, limit=2), claim(store, limit=9)
    order = [d.notice_id for d in (*first, *second)]
    assert order == [made[n].id for n in (1, 3, 0, 2)]


def test_a_clock_that_was_put_back_holds_nothing_up(store: Store) -> None:
    """What was planned by a clock that was days ahead is due, and so is what it claimed."""
    store.add_notices([make_notice(), make_notice(group="grp_other")], lambda _: ("mail",))
    ahead = 5 * 86_400.0
    claimed, failed = claim(store, ahead)
    assert finish(store, failed, "waiting", next_at=NOW + timedelta(seconds=ahead + 30))
    assert {d.notice_id for d in claim(store)} == {claimed.notice_id, failed.notice_id}
    assert timedelta(seconds=ahead) > LONGEST_WAIT


def test_a_notice_that_cannot_be_read_back_is_given_up_and_holds_up_no_other(store: Store) -> None:
    assert isinstance(store, SqlStore)
    good = make_notice()
    store.add_notices([good], lambda _: ("mail",))
    row = {
        "id": "ntc_odd",
        "group": "grp_odd",
        "number": 1,
        "cause": "fired",
        "made_at": NOW,
        "is_exercise": False,
        "payload": "{}",
    }
    with store._connections.writing() as connection:
        connection.execute(insert(notices), row)
        values = {"notice_id": "ntc_odd", "channel": "mail", "state": "waiting", "rank": 3, "attempts": 0}
        connection.execute(insert(deliveries), values | {"next_at": NOW, "changed_at": NOW})
    assert [d.notice_id for d in claim(store)] == [good.id]
    (kept,) = store.deliveries(states=["given-up"])
    assert kept.notice_id == "ntc_odd"
    assert kept.fault is not None
    assert "cannot be read back" in kept.fault


def test_two_workers_never_hold_the_same_delivery(reopen: Callable[[], Store]) -> None:
    """Two stores stand for two processes: neither knows of the other's lock."""
    stores = [reopen(), reopen()]
    stores[0].add_notices([make_notice(group=f"grp_{n}") for n in range(60)], lambda _: ("mail",))
    start = threading.Barrier(4)

    def work(n: int) -> list[str]:
        start.wait()
        held = []
        while some := claim(stores[n % 2], limit=3):
            held += [d.notice_id for d in some]
        return held

    with ThreadPoolExecutor(4) as pool:
        held = [id_ for some in pool.map(work, range(4)) for id_ in some]
    assert len(held) == len(set(held)) == 60


def test_who_was_told_since_the_chain_last_ended(store: Store) -> None:
    chain = [make_notice(1), make_notice(2, "resolved"), make_notice(3), make_notice(4, "raised")]
    went = dict(zip((n.id for n in chain), (("old",), ("old",), ("mail",), ("hook", "mail")), strict=True))
    for n, notice in enumerate(chain):
        store.add_notices([notice], lambda notice: went[notice.id])
        expected = [{"old"}, set(), {"mail"}, {"hook", "mail"}][n]
        assert store.channels_told(notice.group) == expected
    assert store.channels_told("grp_none") == frozenset()


def test_idle_workers_read_only(store: Store) -> None:
    assert isinstance(store, SqlStore)
    with store._connections.writing():  # a writer at work holds up no worker that has nothing to do
        assert claim(store) == []
