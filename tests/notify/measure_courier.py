"""Run as a program: how fast notices leave for a webhook on this machine. Prints figures and asserts nothing.

The notices are put in at 20 a second first, as from a busy desk, and then all at once.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.notify.made import make_notice, make_webhook, run_hook
from tocsin.notify.webhook import WebhookNotifier
from tocsin.ports import Store
from tocsin.records import Notice
from tocsin.records.marking import Tlp
from tocsin.service.delivering import Courier
from tocsin.store import open_store


class Timed:
    """A real notifier that notes when each notice was taken."""

    def __init__(self, inner: WebhookNotifier) -> None:
        self._inner = inner
        self.done: dict[str, float] = {}

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        self._inner.send(notice, tlp)
        self.done[notice.id] = time.perf_counter()


def measure(store: Store, notifier: Timed, name: str, count: int, per_second: float, *, is_woken: bool = False) -> None:
    courier = Courier(store, {"watch-hook": notifier})
    courier.start()
    added = {}
    start = time.perf_counter()
    for n in range(count):
        notice = make_notice(group=f"grp_{name}_{n}", made_at=datetime.now(UTC))
        added[notice.id] = time.perf_counter()
        store.add_notices([notice], lambda _: ("watch-hook",))
        if is_woken:
            courier.wake()
        if per_second:
            time.sleep(max(0.0, start + (n + 1) / per_second - time.perf_counter()))
    while len(notifier.done) < count:
        time.sleep(0.01)
    seconds = time.perf_counter() - start
    courier.stop()
    waits = sorted(notifier.done[id_] - added[id_] for id_ in added)
    p50, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    sys.stdout.write(f"{name}: {count} notices, {count / seconds:.0f} a second, p50 {p50:.2f} s, p95 {p95:.2f} s\n")
    notifier.done.clear()


def main() -> None:
    with TemporaryDirectory() as folder, run_hook() as hook:
        store = open_store(Path(folder) / "desk.sqlite")
        notifier = Timed(WebhookNotifier(make_webhook(hook.address)))
        measure(store, notifier, "20 a second, by its tick", 400, 20)
        measure(store, notifier, "20 a second, woken by each", 400, 20, is_woken=True)
        measure(store, notifier, "all at once", 1000, 0)
        store.close()


if __name__ == "__main__":
    main()
