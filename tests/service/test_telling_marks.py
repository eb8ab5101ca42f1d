"""Marks and the courier: asked at each try, kept to on each channel by its own limit, and nothing leaves unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.empty_databases import put_database
from tests.notify.made import (
    NOW,
    WORDS,
    Hook,
    Reply,
    make_email,
    make_webhook,
    mark,
    put_incident,
    run_hook,
    tell_of,
)
from tests.notify.servers import run_mailboxes
from tocsin.errors import StoreError
from tocsin.notify.mail import MailNotifier
from tocsin.notify.telling import BARE_TITLE
from tocsin.notify.webhook import WebhookNotifier
from tocsin.ports import Notifier, Store
from tocsin.service.delivering import Courier
from tocsin.service.judging import Round
from tocsin.store import open_store

HOOK, MAIL = "watch-hook", "watch-mail"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(put_database(tmp_path / "desk.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with run_hook() as running:
        yield running


def make_courier(store: Store, address: str, clock: FixedClock) -> Courier:
    return Courier(store, {HOOK: WebhookNotifier(make_webhook(address))}, clock=clock, chance=lambda: 0.0)


def read_told(hook: Hook) -> list[tuple[str | None, str]]:
    """Mark and subject of what the web server was sent, in order."""
    return [(told["tlp"], told["subject"]) for told in (json.loads(body) for _, body in hook.got)]


def test_a_mark_that_is_given_between_two_tries_holds_for_the_second(store: Store, hook: Hook) -> None:
    told = put_incident(store)
    store.add_notices([tell_of(told)], lambda _: (HOOK,))
    clock = FixedClock(NOW)
    courier = make_courier(store, hook.address, clock)
    hook.replies = [Reply(500), Reply(500), Reply(200)]
    for tlp in (None, "TLP:AMBER", "TLP:RED"):
        mark(store, told.article_id, tlp)
        courier.run_once()
        clock.time += timedelta(hours=1)
    (_, plain), (amber, marked), (red, bare) = read_told(hook)
    assert (amber, marked) == ("TLP:AMBER", f"[TLP:AMBER] {plain}")
    assert (red, bare) == ("TLP:RED", f"[TLP:RED] IMMEDIATE \u00b7 {BARE_TITLE}")
    assert [word for word in WORDS if word in hook.got[2][1].decode()] == []
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1, "a receiver still knows it again"


def test_an_outlets_mark_is_kept_to_on_each_channel_by_its_own_limit(store: Store, hook: Hook) -> None:
    told = put_incident(store)
    mark(store, told.outlet_id, "TLP:RED")
    store.add_notices([tell_of(told)], lambda _: (HOOK, MAIL))
    with run_mailboxes() as run:
        box = run()
        notifiers: dict[str, Notifier] = {
            HOOK: WebhookNotifier(make_webhook(hook.address)),
            MAIL: MailNotifier(make_email(box.port, tlp="TLP:RED")),
        }
        assert Courier(store, notifiers, clock=FixedClock(NOW)).run_once() == Round(sent=2)
    assert read_told(hook) == [("TLP:RED", f"[TLP:RED] IMMEDIATE \u00b7 {BARE_TITLE}")]
    (mail,) = box.took
    assert mail["Subject"].startswith("[TLP:RED] IMMEDIATE \u00b7 Orle: ")


class Unreadable:
    """A store whose marks cannot be read; everything else is the real one's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def has_markings(self) -> bool:
        raise StoreError("database", "desk.sqlite", "refuses (disk I/O error)")


def test_nothing_leaves_while_marks_cannot_be_read(store: Store, hook: Hook) -> None:
    store.add_notices([tell_of(put_incident(store))], lambda _: (HOOK,))
    courier = make_courier(Unreadable(store), hook.address, FixedClock(NOW))  # type: ignore[arg-type]  # stands for a store
    assert courier.run_once() == Round(failed=1)
    assert hook.got == []
