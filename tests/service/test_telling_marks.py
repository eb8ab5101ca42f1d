"""Marks and the courier: asked at each try, kept to on each channel by its own limit, and nothing leaves unasked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.empty_databases import put_database
from tests.notify.made import (
    NOW,
    SECRET,
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
from tocsin.desk import Desk, export_notices
from tocsin.desk.export_notices import fit_for_all
from tocsin.errors import StoreError
from tocsin.export.areas import Area
from tocsin.notify.mail import MailNotifier
from tocsin.notify.telling import BARE_TITLE
from tocsin.notify.webhook import WebhookNotifier
from tocsin.ports import Notifier, Store
from tocsin.records import NoticeLine, Party
from tocsin.records.marking import Tlp
from tocsin.service.delivering import Courier, open_courier
from tocsin.service.judging import Round
from tocsin.settings import Settings
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


@pytest.mark.parametrize(
    ("own", "tlp", "limit", "is_public"),
    [("TLP:CLEAR", None, "TLP:RED", True), ("TLP:GREEN", "TLP:CLEAR", "TLP:RED", True),
     ("TLP:CLEAR", "TLP:GREEN", "TLP:RED", True), ("TLP:CLEAR", "TLP:AMBER", "TLP:AMBER", False),
     ("TLP:AMBER", None, "TLP:AMBER", False), ("TLP:AMBER", "TLP:GREEN", "TLP:RED", False),
     ("TLP:AMBER", None, "TLP:GREEN", True), ("TLP:AMBER", "TLP:GREEN", "TLP:CLEAR", True)],
)  # fmt: skip
def test_what_leaves_for_everybody_names_nobody_unless_the_channel_says_otherwise(
    make_desk: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    hook: Hook,
    own: str,
    tlp: Tlp | None,
    limit: Tlp,
    is_public: bool,
) -> None:
    monkeypatch.setattr(export_notices, "make_finder", lambda _: {}.get)  # a place that is not known may be exact
    desk = make_desk(FixedClock(NOW), tlp=own)
    told = put_incident(desk.store, recipient=(Party("Ana Korvin, the mayor of Orle", None, "GOV"),))
    mark(desk.store, told.article_id, tlp)
    line = NoticeLine(told.incident.id, "Attack: gunmen \u2192 Ana Korvin, the mayor of Orle")
    notice = tell_of(told, place_id="geonames:4242", place_name="the house of Ana Korvin", assigned_to="nadia")
    notice = replace(notice, lines=(line,))
    desk.store.add_notices([notice], lambda _: (HOOK, MAIL))
    held = ["Korvin", "nadia", "geonames:4242"]
    with run_mailboxes() as run:
        box = run()
        notifiers: dict[str, Notifier] = {
            HOOK: WebhookNotifier(make_webhook(hook.address)),
            MAIL: MailNotifier(make_email(box.port)),
        }
        fits = {HOOK: partial(fit_for_all, desk, limit=limit)}
        assert Courier(desk.store, notifiers, clock=FixedClock(NOW), fits=fits).run_once() == Round(sent=2)
        (mail,) = box.took
    [(_, body)] = hook.got
    assert [word for word in held if word in body.decode()] == ([] if is_public else held)
    assert "mayor of Orle" in body.decode()
    assert "Korvin" in mail["Subject"], "the channel that says so is told all"


def test_a_sector_of_the_desk_leaves_as_a_bare_call_for_everybody(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, hook: Hook
) -> None:
    area = Area("Sector North", "district", is_drawn=True)
    monkeypatch.setattr(export_notices, "make_finder", lambda _: {"layer:sector-north": area}.get)
    desk = make_desk(FixedClock(NOW), tlp="TLP:CLEAR")
    notice = tell_of(put_incident(desk.store), place_id="layer:sector-north", place_name="Sector North")
    desk.store.add_notices([notice], lambda _: (HOOK,))
    notifiers = {HOOK: WebhookNotifier(make_webhook(hook.address))}
    courier = Courier(desk.store, notifiers, clock=FixedClock(NOW), fits={HOOK: partial(fit_for_all, desk)})
    assert courier.run_once() == Round(sent=1)
    assert read_told(hook) == [(None, f"IMMEDIATE \u00b7 {BARE_TITLE}")]
    assert "ector" not in hook.got[0][1].decode()


@pytest.mark.parametrize("is_precise", [False, True])
def test_a_courier_that_cannot_withhold_names_calls_people_to_the_desk(
    store: Store, hook: Hook, tmp_path: Path, is_precise: bool
) -> None:
    (tmp_path / "hook.secret").write_text(SECRET.reveal(), "utf-8")
    (tmp_path / "channels.toml").write_text(
        f'[[channel]]\nname = "{HOOK}"\nkind = "webhook"\naddress = "{hook.address}"\nsecret_file = "hook.secret"\n'
        f"allow_private = true\nprecise = {str(is_precise).lower()}\n"
    )
    store.add_notices([tell_of(put_incident(store))], lambda _: (HOOK,))
    courier = open_courier(store, Settings(home=tmp_path, tlp="TLP:GREEN"), clock=FixedClock(NOW))
    assert courier.run_once() == Round(sent=1)
    assert (BARE_TITLE in read_told(hook)[0][1]) is not is_precise
