"""Who hands in side by side is derived together, and nobody waits long for anybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import tocsin.desk.desk
from tocsin.desk import Desk
from tocsin.desk.gathering import Gathering, Stride


def test_whoever_is_alone_does_not_wait() -> None:
    gathering = Gathering(longest=60)
    with gathering.reading():
        pass
    gathering.wait()


def test_one_waits_until_the_last_has_read() -> None:
    gathering, done = Gathering(longest=60), threading.Event()
    order: list[str] = []

    def read(first: threading.Event, may_end: threading.Event) -> None:
        with gathering.reading():
            first.set()
            may_end.wait(60)
            order.append("read")

    begun, ends = [threading.Event(), threading.Event()], [threading.Event(), threading.Event()]
    readers = [threading.Thread(target=read, args=pair) for pair in zip(begun, ends, strict=True)]
    for reader in readers:
        reader.start()
    for event in begun:
        event.wait(60)

    def wait() -> None:
        gathering.wait()
        order.append("waited")
        done.set()

    threading.Thread(target=wait).start()
    ends[0].set()
    readers[0].join(60)
    assert not done.wait(0.05)
    ends[1].set()
    assert done.wait(60)
    assert sorted(order[:2]) == ["read", "read"]


def test_the_wait_has_an_end_though_somebody_always_reads() -> None:
    gathering = Gathering(longest=0.05)
    began = time.monotonic()
    with gathering.reading():
        gathering.wait()
    assert time.monotonic() - began >= 0.05


def test_one_that_fails_is_not_waited_for() -> None:
    gathering = Gathering(longest=60)
    with pytest.raises(ValueError, match="broken"), gathering.reading():
        raise ValueError("broken")
    gathering.wait()


def _keep_trying(gathering: Gathering, derive: Callable[[], None]) -> bool:
    with gathering.leading() as is_leader:
        if is_leader:
            gathering.look()
            derive()
    return is_leader


def test_those_who_wait_go_when_one_has_derived_for_all() -> None:
    """Nobody queues behind the next derivation to hear that his own was done in the last."""
    gathering = Gathering(back=0)
    first, second = threading.Event(), threading.Event()
    runs: list[int] = []

    def derive() -> None:
        runs.append(len(runs))
        (first, second)[min(len(runs) - 1, 1)].wait(60)

    with ThreadPoolExecutor(6) as pool:
        ahead = pool.submit(_keep_trying, gathering, derive)
        _wait_for(lambda: bool(runs))
        # they come while the first is under way, so that it may not have seen what they bring
        behind = [pool.submit(_keep_trying, gathering, derive) for _ in range(4)]
        _wait_for(lambda: gathering._waiting == 4)
        first.set()
        assert ahead.result(60)
        _wait_for(lambda: len(runs) == 2)
        late = pool.submit(_keep_trying, gathering, derive)
        second.set()
        assert sorted(one.result(60) for one in behind) == [False, False, False, True]
        assert late.result(60) or len(runs) == 2
    assert len(runs) <= 3


def test_a_leader_that_fails_has_derived_for_nobody() -> None:
    gathering, may_fail, runs = Gathering(back=0), threading.Event(), [0]

    def derive() -> None:
        runs[0] += 1
        if runs[0] == 1:
            may_fail.wait(60)
            raise ValueError("broken")

    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(_keep_trying, gathering, derive)
        _wait_for(lambda: runs[0] == 1)
        behind = pool.submit(_keep_trying, gathering, derive)
        _wait_for(lambda: gathering._waiting == 1)
        may_fail.set()
        with pytest.raises(ValueError, match="broken"):
            ahead.result(60)
        assert behind.result(60)
    assert runs == [2]


def test_who_was_just_let_go_is_waited_for_a_moment() -> None:
    gathering = Gathering(longest=60, back=0.4)
    held, waits = threading.Event(), []

    def derive_first() -> None:
        held.wait(60)

    def derive_next() -> None:
        began = time.monotonic()
        gathering.wait()
        waits.append(time.monotonic() - began)

    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(_keep_trying, gathering, derive_first)
        _wait_for(lambda: gathering._looks == 1)
        behind = pool.submit(_keep_trying, gathering, derive_next)
        _wait_for(lambda: gathering._waiting == 1)
        held.set()
        assert ahead.result(60)
        assert behind.result(60)
    assert waits[0] > 0.05
    began = time.monotonic()
    gathering.wait()  # nobody was let go this time
    assert time.monotonic() - began < 0.15


def _wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_reports_that_come_together_are_derived_together(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk()
    desk.take_text("Police beat a protester in Mitrovica on Saturday.")  # loads what is known
    runs: list[int] = []
    derive = tocsin.desk.desk.derive_pending

    def count(store: object, *given: object, **more: object) -> None:
        runs.append(len(desk.store.underived_article_ids()))
        derive(store, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tocsin.desk.desk, "derive_pending", count)
    monkeypatch.setattr(desk, "_gathering", Gathering(longest=60))
    gate = threading.Barrier(6)

    def hand_in(number: int) -> None:
        gate.wait(60)
        desk.take_text(f"Police arrested {number + 2} protesters in Zvecan on Saturday, residents said.")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hand_in, range(6)))
    assert sum(runs) == 6
    assert len(runs) <= 3
    assert not desk.store.underived_article_ids()


def test_a_long_round_is_derived_on_the_way_and_only_where_something_waits() -> None:
    runs: list[int] = []
    stride = Stride(least=-1, share=0)
    stride.go(lambda: runs.append(0))
    assert runs == [], "nothing has come"
    for n in (1, 2):
        stride.go(lambda n=n: runs.append(n), more=n)  # type: ignore[misc]
    stride.go(lambda: runs.append(3))
    assert runs == [1, 2]


def test_what_could_not_be_derived_still_waits() -> None:
    runs: list[int] = []

    def fail() -> None:
        raise ValueError("broken")

    stride = Stride(least=-1, share=0)
    with pytest.raises(ValueError, match="broken"):
        stride.go(fail, more=1)
    stride.go(lambda: runs.append(1))
    assert runs == [1]


def test_not_every_article_is_derived_alone() -> None:
    runs: list[int] = []
    stride = Stride(least=3600)
    for n in range(50):
        stride.go(lambda n=n: runs.append(n), more=1)  # type: ignore[misc]
    assert runs == []
