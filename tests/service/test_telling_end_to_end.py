"""Reports in, notices out, with every part real: desk, courier, a web server and a mail server on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import NOW, FixedClock
from tests.notify.made import SECRET, Hook, Reply, run_hook
from tests.notify.servers import Mailbox, run_mailboxes
from tocsin.desk import Desk
from tocsin.desk.marking import find_notice_marks
from tocsin.intake import GuardedFetcher, Options
from tocsin.pipeline import Knowledge
from tocsin.records import Delivery, NoticeCause
from tocsin.records.marking import AskedMark
from tocsin.service.delivering import open_courier
from tocsin.service.doctor import Finding, examine
from tocsin.settings import Settings
from tocsin.store import open_store

ROOT = Path(__file__).parents[2]
CHANNELS = """
[[channel]]
name = "duty-phone"
kind = "webhook"
address = "{address}"
secret_file = "hook.secret"
allow_private = true
timeout_seconds = 1

[[channel]]
name = "watch-room"
kind = "email"
host = "localhost"
port = {port}
security = "none"
sender = "desk@example.org"
recipients = ["watch@orle.example.org"]
timeout_seconds = 5
"""
#: Invented reports of one deadly attack, told by two outlets of their own.
REPORTS = (
    ("Radio One", "EXERCISE: Gunmen shot dead three police officers in Zubin Potok on Friday, a hospital doctor said."),
    ("The Wire", "EXERCISE: Three policemen were killed on Friday when men opened fire at a patrol in Zubin Potok."),
)  # fmt: skip


@dataclass
class Room:
    """A desk's files, and the two ends that its notices go to."""

    settings: Settings
    clock: FixedClock
    hook: Hook
    box: Mailbox
    knowledge: Callable[[bool], Knowledge]

    def open(self) -> Desk:
        assert self.settings.database is not None
        store = open_store(self.settings.database)
        fetcher = GuardedFetcher(self.settings)
        return Desk(store, self.knowledge, lambda: fetcher, settings=self.settings, clock=self.clock)

    def hooked(self) -> list[NoticeCause]:
        """What the web server was sent, in order."""
        return [json.loads(body)["notice"]["cause"] for _, body in self.hook.got]


@pytest.fixture
def room(tmp_path: Path, knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Room]:
    with ExitStack() as running:
        hook = running.enter_context(run_hook())
        box = running.enter_context(run_mailboxes())()
        (tmp_path / "hook.secret").write_text(SECRET.reveal(), "utf-8")
        channels = tmp_path / "channels.toml"
        channels.write_text(CHANNELS.format(address=hook.address, port=box.port), "utf-8")
        # the gazetteer that is built there already, the desk's own database
        settings = Settings(home=knowledge_home, database=f"sqlite:///{tmp_path}/desk.sqlite", channels=channels)
        yield Room(settings, FixedClock(NOW), hook, box, get_knowledge)


def take_attack(desk: Desk, at: datetime = NOW) -> list[str]:
    taken = [desk.take_text(text, Options(outlet=outlet, published_at=at)) for outlet, text in REPORTS]
    return [part.articles[0].id for part in taken]


def wait_until(is_so: Callable[[], object]) -> None:
    """Look again and again; the test's own time limit ends it if it never comes."""
    waiting = threading.Event()
    while not is_so():
        waiting.wait(0.02)


def deliveries(desk: Desk, channel: str) -> list[Delivery]:
    return desk.store.deliveries(channel=channel)


def are_sent(desk: Desk, count: int) -> bool:
    """Whether each channel has sent so many notices and has nothing left."""
    counts = desk.store.delivery_counts()
    return counts == {"duty-phone": {"sent": count}, "watch-room": {"sent": count}}


def has_failed(desk: Desk, channel: str, attempts: int) -> bool:
    """Whether the channel's one notice was tried so often in vain and waits."""
    return [(d.state, d.attempts) for d in deliveries(desk, channel)] == [("waiting", attempts)]


def find_channel(settings: Settings, name: str) -> Finding:
    (finding,) = [f for f in examine(settings) if f.what == f"channel {name}"]
    return finding


def test_an_attack_is_told_once_on_each_channel_and_taken_back_once(room: Room) -> None:
    with room.open() as desk, open_courier(desk.store, room.settings, clock=room.clock).running(desk):
        articles = take_attack(desk)
        wait_until(lambda: are_sent(desk, 1))
        desk.advance()
        room.clock.time += timedelta(minutes=5)
        for article in articles:
            desk.retract_article(article, why="EXERCISE: the hospital says that nobody was brought in")
        wait_until(lambda: are_sent(desk, 2))
        desk.advance()
    assert room.hooked() == ["fired", "retracted"]
    first, second = room.box.took
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "Zubin Potok" in first["Subject"]
    body = first.get_body(("plain",))
    assert body is not None
    assert "2 origins" in body.get_content()
    assert find_channel(room.settings, "duty-phone").found == "2 notices sent"


def test_an_attack_that_a_red_report_tells_leaves_without_a_word_of_it_to_its_very_end(room: Room) -> None:
    with room.open() as desk, open_courier(desk.store, room.settings, clock=room.clock).running(desk):
        taken = [
            desk.take_text(text, Options(outlet=outlet, published_at=NOW), mark=AskedMark("TLP:RED", "ana"))
            for outlet, text in REPORTS
        ]
        wait_until(lambda: are_sent(desk, 1))
        room.clock.time += timedelta(minutes=5)
        for part in taken:
            desk.retract_article(part.articles[0].id, why="EXERCISE: it was given in confidence")
        wait_until(lambda: are_sent(desk, 2))
    assert room.hooked() == ["fired", "retracted"]
    parts = [part for mail in room.box.took for part in mail.walk() if not part.is_multipart()]
    told = [str(part.get_content()) for part in parts] + [body.decode() for _, body in room.hook.got]
    assert len(told) == 6
    for text in told:
        assert "TLP:RED" in text
        assert [word for word in ("Zubin", "Potok", "police", "hospital", "inc_", "origin") if word in text] == []


def test_the_mark_of_an_article_holds_for_what_was_told_from_it_when_it_is_taken_back(room: Room) -> None:
    (outlet, text), (other, more) = REPORTS
    with room.open() as desk:
        red = desk.take_text(text, Options(outlet=outlet, published_at=NOW), mark=AskedMark("TLP:RED", "ana"))
        desk.take_text(more, Options(outlet=other, published_at=NOW))
        room.clock.time += timedelta(minutes=5)
        desk.retract_article(red.articles[0].id, why="EXERCISE: it was given in confidence")
        told = desk.store.notices(9)
        assert desk.store.markings_behind(incident_ids=told[-1].incident_ids) == [], "the incident stands without it"
        assert find_notice_marks(desk.store, told) == {notice.id: "TLP:RED" for notice in told}


def test_a_webhook_that_hangs_and_then_fails_gets_the_notice_once_and_holds_up_no_mail(room: Room) -> None:
    room.hook.replies = [Reply(is_silent=True), Reply(500), Reply(204)]
    with room.open() as desk:
        courier = open_courier(desk.store, room.settings, clock=room.clock)
        with courier.running(desk):
            take_attack(desk)
            wait_until(lambda: room.box.took)
            silent, failing = "gave no answer within 1 s", "answers with status 500"
            for attempt, wait, why in ((1, timedelta(seconds=40), silent), (2, timedelta(minutes=3), failing)):
                wait_until(partial(has_failed, desk, "duty-phone", attempt))
                finding = find_channel(room.settings, "duty-phone")
                assert finding.state == "missing"
                assert finding.found.startswith("1 notices wait: duty-phone (127.0.0.1:")
                assert finding.found.endswith(why)
                room.clock.time += wait
                courier.wake()
            wait_until(lambda: are_sent(desk, 1))
            desk.advance()
    assert room.hooked() == ["fired"] * 3, "two that were not taken, and one that was"
    assert len({head["webhook-id"] for head, _ in room.hook.got}) == 1
    assert len(room.box.took) == 1


def test_a_mail_server_that_refuses_is_shown_by_the_doctor_and_can_be_tried_again(room: Room) -> None:
    room.box.rcpt = {"watch@orle.example.org": "550 no such box"}
    with room.open() as desk, open_courier(desk.store, room.settings, clock=room.clock).running(desk):
        take_attack(desk)
        wait_until(lambda: [d.state for d in deliveries(desk, "watch-room")] == ["given-up"])
        wait_until(lambda: [d.state for d in deliveries(desk, "duty-phone")] == ["sent"])
        finding = find_channel(room.settings, "watch-room")
        assert finding.state == "broken"
        assert finding.found.startswith("1 notices given up: watch-room (localhost:")
        assert "550 no such box" in finding.found
        assert finding.remedy == "tocsin channels outbox --retry watch-room"
        assert "550" in str(deliveries(desk, "watch-room")[0].fault)
        room.box.rcpt = {}
        assert desk.store.retry_deliveries("watch-room", room.clock.now()) == 1
        wait_until(lambda: are_sent(desk, 1))
    assert (room.hooked(), len(room.box.took)) == (["fired"], 1)


def test_whom_a_mail_did_not_reach_is_shown_by_the_doctor_for_a_week(room: Room) -> None:
    channels = room.settings.channels
    assert channels is not None
    two = '["watch@orle.example.org", "gone@orle.example.org"]'
    channels.write_text(channels.read_text("utf-8").replace('["watch@orle.example.org"]', two), "utf-8")
    room.box.rcpt = {"gone@orle.example.org": "550 no such box"}
    with room.open() as desk:
        take_attack(desk)
        room.clock.time = datetime.now(UTC)  # the doctor looks at the machine's clock
        open_courier(desk.store, room.settings, clock=room.clock).run_once()
        assert are_sent(desk, 1)
    found = [f for f in examine(room.settings) if f.what == "channel watch-room"]
    assert [(f.state, f.found) for f in found] == [
        ("ok", "1 notices sent"), ("missing", "1 of the last 7 days' notices did not reach everybody")
    ]  # fmt: skip


def test_a_clock_that_was_ahead_when_people_were_told_is_shown_by_the_doctor(room: Room) -> None:
    with room.open() as desk:
        take_attack(desk)
        assert len(desk.store.notices(9)) == 1
    assert {f.state for f in examine(room.settings) if f.what == "clock"} == {"ok"}
    room.settings = replace(room.settings, database=f"{room.settings.database}.ahead")
    room.clock.time = NOW.replace(year=2054)  # a Friday as well
    with room.open() as desk:
        take_attack(desk, room.clock.time)
        assert len(desk.store.notices(9)) == 1
    (finding,) = [f for f in examine(room.settings) if f.what == "clock" and f.state == "broken"]
    assert "the last notice was made at 2054-03-20 12:00" in finding.found


#: Takes the reports in as a program of its own, and is killed when alerts are kept and their notice is not.
DYING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from tests.conftest import FixedClock
from tests.service.test_telling_end_to_end import take_attack
from tocsin.desk.announcing import Announcer
from tocsin.desk.opening import make_desk
from tocsin.settings import Settings
Announcer._keep = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
home, database, channels = sys.argv[1:]
take_attack(make_desk(Settings(home=Path(home), database=database, channels=Path(channels)), clock=FixedClock()))
"""


def test_a_desk_killed_between_alert_and_notice_tells_it_when_it_comes_back(room: Room) -> None:
    settings = room.settings
    places = [str(path) for path in (settings.home, settings.database, settings.channels)]
    killed = subprocess.run(
        [sys.executable, "-c", DYING, *places], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert killed.returncode == -9, killed.stderr
    with room.open() as desk:
        assert [a.rule for a in desk.store.alerts(states=["firing"])], "the alert was kept"
        assert desk.store.notices(9) == []
        room.clock.time += timedelta(minutes=2)
        with open_courier(desk.store, settings, clock=room.clock).running(desk):
            desk.advance()
            wait_until(lambda: are_sent(desk, 1))
            desk.advance()
    with room.open() as desk, open_courier(desk.store, settings, clock=room.clock).running(desk):
        desk.advance()
        assert are_sent(desk, 1)
    assert room.hooked() == ["fired"]
    assert len(room.box.took) == 1
