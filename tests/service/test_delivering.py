"""The courier: waits, gives up, survives every failure, and sends each delivery once."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from tests.conftest import FixedClock, Places
from tests.notify.made import NOW, SECRET, UNHURRIED, Hook, Reply, make_email, make_notice, make_webhook, run_hook
from tests.notify.servers import Mailbox, run_mailboxes
from tocsin.errors import DeliveryError, KnowledgeError, StoreError
from tocsin.notify import Wanted
from tocsin.notify.mail import MailNotifier
from tocsin.notify.webhook import MAX_RETRY_AFTER_SECONDS, WebhookNotifier
from tocsin.ports import Store
from tocsin.records import Notice, NoticePart
from tocsin.records.marking import Tlp
from tocsin.service.delivering import Courier, find_channels_file, load_desk_channels, open_courier
from tocsin.service.judging import (
    GIVE_UP_AFTER,
    JITTER,
    LEAST_ATTEMPTS,
    Outcome,
    Round,
    judge_failure,
    wait_after,
)
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.store.leases import LONGEST_WAIT
from tocsin.store.tables import deliveries, notices

ROOT = Path(__file__).parents[2]
HOOK, MAIL = "watch-hook", "watch-mail"


@pytest.fixture
def store(place: Places, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(place(tmp_path / "desk.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with run_hook() as running:
        yield running


@pytest.fixture
def run_mail() -> Iterator[Callable[..., Mailbox]]:
    with run_mailboxes() as run:
        yield run


def put(store: Store, *channels: str, count: int = 1, **changes: object) -> list[Notice]:
    made = [make_notice(group=f"grp_{n}", **changes) for n in range(count)]
    store.add_notices(made, lambda _: channels)
    return made


def make_courier(store: Store, address: str, clock: FixedClock | None = None, **channel: object) -> Courier:
    notifier = WebhookNotifier(make_webhook(address, **channel))
    return Courier(store, {HOOK: notifier}, clock=clock or FixedClock(NOW), chance=lambda: 0.0)


class Broken:
    """A notifier with a defect of its own."""

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        raise ZeroDivisionError("open sesame")


class Stuck:
    """A notifier that does not come back until it is let go."""

    def __init__(self) -> None:
        self.is_reached, self.let_go = threading.Event(), threading.Event()

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        self.is_reached.set()
        self.let_go.wait(30)


# --- waits


def test_each_channel_is_sent_its_own_part_of_a_digest(store: Store, hook: Hook) -> None:
    def part(name: str, area: str) -> NoticePart:
        return NoticePart(f"alt_{name}", f"{name}.", f"g:{name}", name, "ROUTINE", (area,), (), (), ())

    parts = (part("Orle", "country:XVA"), part("Isel", "country:XQA"))
    put(store, HOOK, MAIL, cause="digest", precedence="ROUTINE", parts=parts, changes=("Isel.", "Orle."), lines=())
    notifiers = {name: WebhookNotifier(replace(make_webhook(hook.address), name=name)) for name in (HOOK, MAIL)}
    wanted = {HOOK: Wanted(areas=("country:XVA",)), MAIL: Wanted(areas=("country:XZA",))}
    courier = Courier(store, notifiers, clock=FixedClock(NOW), chance=lambda: 0.0, wanted=wanted)
    assert courier.run_once() == Round(sent=1, given_up=1)
    (body,) = [json.loads(sent) for _, sent in hook.got]
    assert body["notice"]["changes"] == ["Orle."]
    assert "Isel" not in json.dumps(body)
    (given_up,) = [d for d in store.deliveries() if d.channel == MAIL]
    assert "wants nothing of this digest any more" in (given_up.fault or "")


def test_waits_grow_and_stay() -> None:
    waits = [wait_after(n, None, 0.0).total_seconds() for n in range(1, 8)]
    assert waits == [30, 120, 600, 1800, 3600, 3600, 3600]


@UNHURRIED
@given(st.integers(1, 1000), st.none() | st.floats(0, MAX_RETRY_AFTER_SECONDS), st.floats(0, 1))
def test_chance_and_the_other_sides_wish_are_bounded(attempts: int, asked: float | None, chance: float) -> None:
    wait = wait_after(attempts, asked, chance)
    plain = wait_after(attempts, None, 0.0)
    assert plain <= wait <= max(plain * (1 + JITTER) + timedelta(milliseconds=1), timedelta(seconds=asked or 0))
    assert wait < LONGEST_WAIT, "or the outbox would take it for a clock that was put back"


def judge(attempts: int, after: timedelta, **options: bool) -> Outcome:
    why = DeliveryError("e-mail", "desk", "no", **{"is_final": False} | options)
    return judge_failure(attempts, NOW, why, now=NOW + after, chance=0.0)


def test_a_day_and_some_attempts_are_enough() -> None:
    assert judge(LEAST_ATTEMPTS, timedelta(hours=22)).state == "waiting"
    assert judge(LEAST_ATTEMPTS, GIVE_UP_AFTER).state == "given-up"
    assert judge(LEAST_ATTEMPTS - 1, timedelta(days=9)).state == "waiting", "the desk was off, or the clock was set"
    assert judge(1, timedelta(0), is_final=True) == Outcome("given-up", None, "desk: no")
    assert judge(1, timedelta(0), is_final=True, is_partial=True) == Outcome("sent", None, "desk: no")
    assert judge(1, timedelta(0), is_partial=True).state == "waiting", "for those who do not have it yet"
    assert judge(LEAST_ATTEMPTS, GIVE_UP_AFTER, is_partial=True).state == "sent"


# --- one courier


def test_a_notice_is_sent_once(store: Store, hook: Hook) -> None:
    notices = put(store, HOOK, count=20)
    assert make_courier(store, hook.address).run_once() == Round(sent=20)
    assert make_courier(store, hook.address).run_once() == Round()
    told = sorted(json.loads(body)["notice"]["id"] for _, body in hook.got)
    assert told == sorted(n.id for n in notices)
    assert store.delivery_counts() == {HOOK: {"sent": 20}}


def test_a_failure_is_tried_again_when_its_time_has_come(store: Store, hook: Hook) -> None:
    put(store, HOOK)
    clock = FixedClock(NOW)
    courier = make_courier(store, hook.address, clock)
    hook.replies = [Reply(500), Reply(429, {"Retry-After": "300"}), Reply(200)]
    assert courier.run_once() == Round(failed=1)
    (kept,) = store.deliveries()
    assert (kept.state, kept.next_at) == ("waiting", NOW + timedelta(seconds=30))
    assert kept.fault is not None
    assert "answers with status 500" in kept.fault
    assert courier.run_once() == Round()
    clock.time += timedelta(seconds=30)
    assert courier.run_once() == Round(failed=1)
    assert store.deliveries()[0].next_at == clock.time + timedelta(seconds=300)
    clock.time += timedelta(seconds=300)
    assert courier.run_once() == Round(sent=1)
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1


def test_a_server_that_is_down_for_a_day_is_given_up_and_can_be_retried(store: Store, hook: Hook) -> None:
    put(store, HOOK)
    clock = FixedClock(NOW)
    courier = make_courier(store, hook.address, clock)
    hook.replies = [Reply(503)]
    rounds = []
    while clock.time < NOW + timedelta(hours=30):
        rounds.append(courier.run_once())
        clock.time += timedelta(minutes=30)
    assert sum(rounds, Round()).given_up == 1
    (kept,) = store.deliveries()
    assert kept.state == "given-up"
    assert kept.fault is not None
    assert kept.fault.endswith(f"(given up after {kept.attempts} attempts)")
    hook.replies = [Reply(200)]
    assert courier.run_once() == Round()
    assert store.retry_deliveries(HOOK, clock.time) == 1
    assert courier.run_once() == Round(sent=1)


def test_gone_is_given_up_at_once(store: Store, hook: Hook) -> None:
    put(store, HOOK)
    hook.replies = [Reply(410)]
    assert make_courier(store, hook.address).run_once() == Round(given_up=1)


def test_a_channel_that_left_the_file_waits_for_it_and_says_so(store: Store, hook: Hook) -> None:
    put(store, "old-channel", HOOK)
    assert make_courier(store, hook.address).run_once() == Round(sent=1, failed=1)
    (kept,) = store.deliveries(channel="old-channel")
    assert (kept.state, kept.fault) == ("waiting", "old-channel: is not in the file of channels")


def test_a_defect_of_a_notifier_is_a_failure_like_any_other(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    put(store, HOOK)
    courier = Courier(store, {HOOK: Broken()}, clock=FixedClock(NOW))
    assert courier.run_once() == Round(failed=1)
    fault = store.deliveries()[0].fault
    assert fault is not None
    assert "a defect of the desk (ZeroDivisionError)" in fault
    assert "sesame" not in fault
    assert "ZeroDivisionError" in caplog.text


def test_nothing_secret_is_logged_or_kept(store: Store, hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    put(store, HOOK)
    hook.replies = [Reply(500)]
    make_courier(store, hook.address).run_once()
    shown = caplog.text + repr(store.deliveries())
    assert SECRET.reveal() not in shown
    assert "hidden-in-the-query" not in shown


def test_mail_to_some_counts_as_sent_with_its_fault(store: Store, run_mail: Callable[..., Mailbox]) -> None:
    put(store, MAIL)
    box = run_mail()
    box.rcpt = {"gone@orle.example.org": "550 no such user"}
    channel = make_email(box.port, recipients=("gone@orle.example.org", "here@orle.example.org"))
    courier = Courier(store, {MAIL: MailNotifier(channel)}, clock=FixedClock(NOW))
    assert courier.run_once() == Round(sent=1)
    (kept,) = store.deliveries()
    assert kept.state == "sent"
    assert kept.fault is not None
    assert "not to gone@orle.example.org" in kept.fault


def test_mail_goes_again_to_those_alone_whom_the_server_put_off(store: Store, run_mail: Callable[..., Mailbox]) -> None:
    put(store, MAIL)
    box = run_mail()
    box.rcpt = {"gone@orle.example.org": "550 no such user", "late@orle.example.org": "450 greylisted, try again"}
    everybody = ("gone@orle.example.org", "late@orle.example.org", "here@orle.example.org")
    clock = FixedClock(NOW)
    courier = Courier(store, {MAIL: MailNotifier(make_email(box.port, recipients=everybody))}, clock=clock)
    assert courier.run_once() == Round(failed=1)
    clock.time += timedelta(hours=1)
    assert courier.run_once() == Round(failed=1), "still put off"
    box.rcpt = {}
    clock.time += timedelta(hours=1)
    assert courier.run_once() == Round(sent=1)
    assert box.recipients == [["here@orle.example.org"], ["late@orle.example.org"]]
    (kept,) = store.deliveries()
    assert (kept.state, "gone@orle.example.org: 550" in (kept.fault or "")) == ("sent", True)


def test_mail_refused_for_good_after_it_was_put_off_names_all_who_have_it_not(
    store: Store, run_mail: Callable[..., Mailbox]
) -> None:
    put(store, MAIL)
    box = run_mail()
    box.rcpt = {"gone@orle.example.org": "550 no such user", "late@orle.example.org": "450 greylisted, try again"}
    everybody = ("gone@orle.example.org", "late@orle.example.org", "here@orle.example.org")
    clock = FixedClock(NOW)
    courier = Courier(store, {MAIL: MailNotifier(make_email(box.port, recipients=everybody))}, clock=clock)
    assert courier.run_once() == Round(failed=1)
    box.rcpt["late@orle.example.org"] = "551 moved"
    clock.time += timedelta(hours=1)
    assert courier.run_once() == Round(sent=1)
    (kept,) = store.deliveries()
    assert kept.fault is not None
    assert "gone@orle.example.org: 550" in kept.fault
    assert "late@orle.example.org: 551" in kept.fault


def test_mail_that_was_put_off_carries_the_same_message_id(store: Store, run_mail: Callable[..., Mailbox]) -> None:
    put(store, MAIL)
    box = run_mail()
    box.data = ["451 too busy", "die"]
    clock = FixedClock(NOW)
    courier = Courier(store, {MAIL: MailNotifier(make_email(box.port))}, clock=clock)
    rounds = []
    for _ in range(3):
        rounds.append(courier.run_once())
        clock.time += timedelta(hours=1)
    assert rounds == [Round(failed=1), Round(failed=1), Round(sent=1)]
    assert (box.seen, len(box.took)) == (3, 1)


# --- several at once


def test_two_couriers_on_one_database_send_each_delivery_once(place: Places, tmp_path: Path, hook: Hook) -> None:
    stores = [open_store(place(tmp_path / "desk.sqlite")) for _ in range(2)]
    put(stores[0], HOOK, count=60)
    couriers = [make_courier(s, hook.address) for s in stores]
    done: list[Round] = []
    threads = [threading.Thread(target=lambda c=c: done.append(c.run_once())) for c in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done, Round()) == Round(sent=60)
    ids = [headers["webhook-id"] for headers, _ in hook.got]
    assert len(ids) == len(set(ids)) == 60
    for opened in stores:
        opened.close()


def test_a_channel_that_hangs_holds_up_no_other(store: Store, hook: Hook) -> None:
    put(store, "stuck", HOOK, count=5)
    stuck = Stuck()
    notifiers = {"stuck": stuck, HOOK: WebhookNotifier(make_webhook(hook.address))}
    courier = Courier(store, notifiers, clock=FixedClock(NOW), tick_seconds=0.01)
    courier.start()
    try:
        assert stuck.is_reached.wait(30)
        wait_until(lambda: store.delivery_counts()[HOOK] == {"sent": 5})
        assert "sent" not in store.delivery_counts()["stuck"]
    finally:
        stuck.let_go.set()
        courier.stop()


def test_a_courier_that_is_stopped_leaves_the_rest_as_it_is(store: Store) -> None:
    put(store, "stuck", count=5)
    stuck = Stuck()
    courier = Courier(store, {"stuck": stuck}, clock=FixedClock(NOW))
    courier.start()
    assert stuck.is_reached.wait(30)
    stopping = threading.Thread(target=courier.stop)
    stopping.start()
    wait_until(lambda: courier._stop.is_set())
    stuck.let_go.set()
    stopping.join()
    assert store.delivery_counts() == {"stuck": {"sent": 1, "waiting": 4}}
    assert {d.attempts for d in store.deliveries(states=["waiting"])} == {0}


def test_a_grave_notice_waits_for_no_more_than_the_one_in_hand(store: Store) -> None:
    class Slow:
        """A server on which a FLASH comes in while it takes the first of many lesser notices."""

        def __init__(self) -> None:
            self.took: list[str] = []

        def send(self, notice: Notice, tlp: Tlp | None) -> None:
            if not self.took:
                store.add_notices([make_notice(group="grp_flash", precedence="FLASH")], lambda _: (HOOK,))
            self.took.append(notice.precedence)

    put(store, HOOK, count=5, precedence="ROUTINE")
    slow = Slow()
    assert Courier(store, {HOOK: slow}, clock=FixedClock(NOW)).run_once() == Round(sent=6)
    assert slow.took == ["ROUTINE", "FLASH", *["ROUTINE"] * 4]


def test_one_notice_that_cannot_be_read_back_holds_up_no_other(store: Store, hook: Hook) -> None:
    broken = make_notice(group="grp_broken", precedence="FLASH")
    rows = {"id": broken.id, "group": broken.group, "number": 1, "cause": "fired", "made_at": NOW, "is_exercise": False}
    way = {"notice_id": broken.id, "channel": HOOK, "state": "waiting", "rank": 3, "attempts": 0, "next_at": NOW}
    with store._connections.writing() as connection:  # type: ignore[attr-defined]  # no method writes such a row
        connection.execute(insert(notices), rows | {"payload": "{}"})
        connection.execute(insert(deliveries), way | {"changed_at": NOW})
    put(store, HOOK)
    assert make_courier(store, hook.address).run_once() == Round(sent=1)
    assert store.delivery_counts() == {HOOK: {"given-up": 1, "sent": 1}}


def test_a_courier_that_is_woken_looks_at_once(store: Store, hook: Hook) -> None:
    courier = Courier(store, {HOOK: WebhookNotifier(make_webhook(hook.address))}, clock=FixedClock(NOW),
                      tick_seconds=600)  # fmt: skip
    courier.start()
    try:
        put(store, HOOK)
        courier.wake()
        wait_until(lambda: store.delivery_counts()[HOOK] == {"sent": 1})
    finally:
        courier.stop()


class Forgetful:
    """A store whose disk is full at the wrong moment; everything else is the real one's."""

    def __init__(self, store: Store, failures: int) -> None:
        self._store, self._failures = store, failures

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def finish_delivery(self, *args: object, **options: object) -> bool:
        self._failures -= 1
        if self._failures >= 0:
            raise StoreError("database", "desk.sqlite", "refuses (disk is full)")
        return self._store.finish_delivery(*args, **options)  # type: ignore[arg-type]  # handed on as they came


def test_what_went_out_and_could_not_be_written_down_is_not_sent_again(
    store: Store, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, HOOK)
    clock = FixedClock(NOW)
    courier = make_courier(Forgetful(store, 1), hook.address, clock)  # type: ignore[arg-type]  # stands for a store
    assert courier.run_once() == Round()
    assert "disk is full" in caplog.text
    assert store.delivery_counts() == {HOOK: {"sending": 1}}
    clock.time += timedelta(minutes=10)
    assert courier.run_once() == Round(sent=1)
    assert len(hook.got) == 1
    assert store.delivery_counts() == {HOOK: {"sent": 1}}


# --- crashes


def run_program(database: Path | str, address: str, when: str, minutes: int = 0) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tests.notify.crash_courier", str(database), address, when, str(minutes)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(("when", "arrivals"), [("before-send", 1), ("after-send", 2)])
def test_a_desk_killed_in_the_middle_loses_nothing(
    place: Places, tmp_path: Path, hook: Hook, when: str, arrivals: int
) -> None:
    database = place(tmp_path / "desk.sqlite")
    store = open_store(database)
    (notice,) = put(store, HOOK)
    killed = run_program(database, hook.address, when)
    assert killed.returncode == -9, killed.stderr
    assert store.delivery_counts() == {HOOK: {"sending": 1}}
    early = run_program(database, hook.address, "nowhere")
    assert (early.stdout, len(hook.got)) == ("0 0 0\n", arrivals - 1), "the lease of the dead still holds"
    late = run_program(database, hook.address, "nowhere", minutes=10)
    assert late.stdout == "1 0 0\n", late.stderr
    assert len(hook.got) == arrivals
    assert {(h["webhook-id"], b) for h, b in hook.got} == {(hook.got[0][0]["webhook-id"], hook.got[0][1])}
    assert json.loads(hook.got[0][1])["notice"]["id"] == notice.id
    assert store.delivery_counts() == {HOOK: {"sent": 1}}
    store.close()


# --- the desk's own


def test_a_desk_without_a_file_has_no_channels(tmp_path: Path, store: Store) -> None:
    settings = Settings(home=tmp_path)
    assert find_channels_file(settings) is None
    assert load_desk_channels(settings) == ()
    assert open_courier(store, settings).run_once() == Round()
    with pytest.raises(KnowledgeError, match="No such file"):
        load_desk_channels(replace(settings, channels=tmp_path / "mine.toml"))


@pytest.mark.parametrize("setting", ["alert_rules", "alert_policy"])
def test_a_desk_that_could_never_ring_does_not_start(tmp_path: Path, store: Store, setting: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('version = "mine/1"\n[surprise]\n', "utf-8")
    with pytest.raises(KnowledgeError, match="surprise"):
        open_courier(store, Settings(home=tmp_path, **{setting: file}))  # type: ignore[arg-type]  # both are files


def test_the_file_in_home_is_the_desks(tmp_path: Path, store: Store, hook: Hook) -> None:
    (tmp_path / "key").write_text(SECRET.reveal(), "utf-8")
    (tmp_path / "channels.toml").write_text(
        f'[[channel]]\nname = "{HOOK}"\nkind = "webhook"\naddress = "{hook.address}"\nsecret_file = "key"\n'
        "allow_private = true\n",
        "utf-8",
    )
    put(store, HOOK)
    courier = open_courier(store, Settings(home=tmp_path, public_address="https://desk.example.org"),
                           clock=FixedClock(NOW))  # fmt: skip
    assert courier.run_once() == Round(sent=1)
    assert json.loads(hook.got[0][1])["links"]["alerts"][0].startswith("https://desk.example.org/alerts/alt_")


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look again and again; the test's own time limit ends it if it never comes."""
    waiting = threading.Event()
    while not is_so():
        waiting.wait(0.01)
