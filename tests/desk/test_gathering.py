"""Who hands in side by side is derived together, and nobody waits long for anybody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import tocsin.desk.desk
from tocsin.desk import Desk
from tocsin.desk.gathering import Gathering


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
