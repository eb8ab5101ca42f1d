"""From a report to the outbox, through a whole desk: told once, taken back aloud, quiet while muted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.announcing import Announcer
from tocsin.desk import Desk, open_desk
from tocsin.errors import RecordError
from tocsin.intake import Options
from tocsin.records import Notice
from tocsin.settings import Settings

START = datetime(2026, 3, 9, 12, tzinfo=UTC)
CHANNELS = """
[[channel]]
name = "watch-room"
kind = "webhook"
address = "http://127.0.0.1:9/never"
secret_env = "HOOK_SECRET"
allow_private = true
at_least = "PRIORITY"
"""


class Hands:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def desk(tmp_path: Path, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOOK_SECRET", "x" * 32)
    (tmp_path / "channels.toml").write_text(CHANNELS, "utf-8")
    with open_desk(Settings(home=tmp_path), clock=hands) as desk:
        yield desk


#: Invented reports of one deadly attack, told by two outlets of their own.
REPORTS = (
    ("Radio One", "EXERCISE: Gunmen shot dead three police officers in Zubin Potok on Monday, a hospital doctor said."),
    ("The Wire", "EXERCISE: Three policemen were killed on Monday when men opened fire at a patrol in Zubin Potok."),
)  # fmt: skip


def take(desk: Desk, outlet: str, text: str, at: datetime) -> str:
    taken = desk.take_text(text, Options(outlet=outlet, published_at=at))
    return taken.articles[0].id


def take_attack(desk: Desk) -> list[str]:
    return [take(desk, outlet, text, START) for outlet, text in REPORTS]


def told(desk: Desk) -> list[Notice]:
    return desk.store.notices(50)[::-1]


def test_an_attack_that_two_outlets_tell_gives_one_notice_in_the_outbox(desk: Desk) -> None:
    rung = []
    desk.on_notices = lambda: rung.append(1)
    take_attack(desk)
    (notice,) = told(desk)
    assert (notice.cause, notice.precedence, notice.title) == ("fired", "IMMEDIATE", "People killed")
    assert "Zubin Potok" in notice.place_name
    assert len(notice.lines) == 1
    assert "2 origins" in notice.lines[0].text
    (delivery,) = desk.store.deliveries(notice_id=notice.id)
    assert (delivery.channel, delivery.state) == ("watch-room", "waiting")
    assert rung == [1]


def test_what_was_told_is_not_told_again_by_another_desk_over_the_same_files(desk: Desk) -> None:
    take_attack(desk)
    assert desk.announce() == ()
    again = Announcer(desk.store, desk.settings)
    assert again.announce(desk.knowledge, now=desk.clock.now()) == ()
    assert len(told(desk)) == 1


def test_a_crash_before_the_notice_is_kept_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Desk, "announce", lambda _: ())  # as if the desk died between the two transactions
        take_attack(desk)
    assert told(desk) == []
    assert [n.cause for n in desk.announce()] == ["fired"]


def test_a_retracted_report_takes_the_alert_back_aloud(desk: Desk, hands: Hands) -> None:
    articles = take_attack(desk)
    hands.at += timedelta(minutes=5)
    for article in articles:
        desk.retract_article(article, why="EXERCISE: the hospital says that nobody was brought in")
    assert [n.cause for n in told(desk)] == ["fired", "retracted"]
    assert told(desk)[1].previous == told(desk)[0].id
    assert [d.channel for d in desk.store.deliveries(notice_id=told(desk)[1].id)] == ["watch-room"]


def test_a_silence_keeps_people_from_being_told_until_it_ends(desk: Desk) -> None:
    silence = desk.silence(START + timedelta(hours=4), why="a shooting drill is announced")
    take_attack(desk)
    assert told(desk) == []
    assert desk.store.alerts(states=["firing"])
    desk.end_silence(silence.id)
    assert [n.cause for n in told(desk)] == ["fired"]


@pytest.mark.parametrize("ahead", [timedelta(0), -timedelta(hours=1), timedelta(days=32)])
def test_a_silence_must_end_and_not_too_late(desk: Desk, ahead: timedelta) -> None:
    with pytest.raises(RecordError, match="must end after now"):
        desk.silence(START + ahead, why="a drill")


def test_a_silence_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(RecordError, match="say in a line why"):
        desk.silence(START + timedelta(hours=1), why="  ")


def test_nobody_answers_and_the_desk_insists_once(desk: Desk, hands: Hands) -> None:
    take_attack(desk)
    hands.at += timedelta(minutes=61)
    desk.advance()
    assert [n.cause for n in told(desk)] == ["fired", "escalated"]
    desk.mark_alert(told(desk)[0].alert_ids[0], "acknowledged", "on it", assigned_to="  duty   officer ")
    hands.at += timedelta(hours=8)
    desk.advance()
    assert [n.cause for n in told(desk)] == ["fired", "escalated"]
    assert desk.store.alert(told(desk)[0].alert_ids[0]).assigned_to == "duty officer"


def test_old_news_fires_and_wakes_nobody(desk: Desk) -> None:
    long_ago = START - timedelta(days=400)
    for outlet, text in REPORTS:
        take(desk, outlet, text, long_ago)
    assert told(desk) == []


def test_the_end_is_told_when_the_days_go_by(desk: Desk, hands: Hands) -> None:
    take_attack(desk)
    hands.at += timedelta(days=5)
    desk.advance()
    assert [n.cause for n in told(desk)] == ["fired", "resolved"]
