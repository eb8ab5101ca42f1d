"""Run as a program: a courier that is killed at one point of one delivery.

Arguments: the database, the address of a webhook, and where it dies: before-send, after-send or nowhere.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta

from tests.conftest import FixedClock
from tests.notify.made import NOW, make_webhook
from tocsin.notify.webhook import WebhookNotifier
from tocsin.records import Notice
from tocsin.records.marking import Tlp
from tocsin.service.delivering import Courier
from tocsin.store import open_store


class Deadly:
    """A real notifier in a process that is killed around it."""

    def __init__(self, inner: WebhookNotifier, when: str) -> None:
        self._inner, self._when = inner, when

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        if self._when == "before-send":
            os.kill(os.getpid(), signal.SIGKILL)
        self._inner.send(notice, tlp)
        if self._when == "after-send":
            os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, address: str, when: str, minutes: int) -> None:
    store = open_store(database)
    channel = make_webhook(address)
    clock = FixedClock(NOW + timedelta(minutes=minutes))
    courier = Courier(store, {channel.name: Deadly(WebhookNotifier(channel), when)}, clock=clock)
    done = courier.run_once()
    sys.stdout.write(f"{done.sent} {done.failed} {done.given_up}\n")
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
