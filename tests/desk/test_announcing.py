"""From a report to the outbox, through a whole desk: told once, taken back aloud, quiet while muted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from tests.empty_databases import put_database
from tocsin.desk import Desk
from tocsin.desk.announcing import Announcer
from tocsin.errors import RecordError
from tocsin.intake import GuardedFetcher, Options
from tocsin.knowledge.rules import load_alert_rules
from tocsin.notify import make_test_notice
from tocsin.pipeline import Knowledge
from tocsin.ports import Store
from tocsin.records import Notice, notice_id
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.warning import group_id
from tocsin.warning.notices import EVERYWHERE

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
def desk(make_desk: Callable[..., Desk], tmp_path: Path, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("HOOK_SECRET", "x" * 32)
    (tmp_path / "channels.toml").write_text(CHANNELS, "utf-8")
    return make_desk(hands)


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


def test_a_planned_silence_holds_in_its_own_hours(desk: Desk, hands: Hands) -> None:
    planned = desk.silence(START + timedelta(hours=30), why="EXERCISE: a drill", begins=START + timedelta(hours=26))
    assert (planned.starts_at, planned.made_at) == (START + timedelta(hours=26), START)
    take_attack(desk)
    assert [n.cause for n in told(desk)] == ["fired"], "what is planned mutes nothing yet"
    hands.at = START + timedelta(hours=27)
    desk.announce()
    assert len(told(desk)) == 1, "no reminder while it holds"
    hands.at = START + timedelta(hours=31)
    desk.announce()
    assert len(told(desk)) == 2


def test_a_silence_of_a_rule_set_and_of_rules_named_alike(desk: Desk) -> None:
    for meant in ({"rule": "outlook-*"}, {"rule": "deadly-*", "at_most": "ROUTINE"}):
        desk.silence(START + timedelta(hours=4), why="EXERCISE: a drill", **meant)  # type: ignore[arg-type]
    take_attack(desk)
    assert len(told(desk)) == 1, "others are meant"
    (lead, *_) = desk.store.alerts(states=["firing"])
    desk.silence(START + timedelta(hours=4), why="EXERCISE: a drill", rule=f"{lead.rule[:4]}*", rule_set=lead.sets[0])
    assert desk.announce() == ()


def test_a_silence_may_not_begin_too_late_nor_mean_a_set_that_is_none(desk: Desk) -> None:
    with pytest.raises(RecordError, match="must begin within 366 days"):
        desk.silence(START + timedelta(days=400, hours=1), why="a drill", begins=START + timedelta(days=400))
    with pytest.raises(RecordError, match="must end after now, and within 31 days of its beginning"):
        desk.silence(START + timedelta(days=40), why="a drill", begins=START + timedelta(days=2))
    with pytest.raises(RecordError, match="must be one of peacekeeping, ngo-security"):
        desk.silence(START + timedelta(hours=1), why="a drill", rule_set="peace")
    with pytest.raises(RecordError, match="is no rule of this desk"):
        desk.silence(START + timedelta(hours=1), why="a drill", rule="deadly-violance*")
    assert desk.store.silences() == []


def test_a_silence_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(RecordError, match="say in a line why"):
        desk.silence(START + timedelta(hours=1), why="  ")


@pytest.mark.parametrize(("place_id", "rule"), [("country:XZZ", None), (None, "deadly-violance"), ("Orle", "x")])
def test_a_silence_of_what_is_not_known_is_refused(desk: Desk, place_id: str | None, rule: str | None) -> None:
    with pytest.raises(RecordError, match=r"is no rule of this desk; must be one of .*deadly-violence|gazetteer"):
        desk.silence(START + timedelta(hours=1), why="a drill", place_id=place_id, rule=rule)
    assert desk.store.silences() == []


def test_a_silence_of_what_has_rung_is_kept_though_its_rule_was_taken_out(desk: Desk) -> None:
    take_attack(desk)
    (alert, *_) = desk.store.alerts(states=["firing"])
    desk._knowledge[False] = replace(desk.knowledge(), rules=())
    silence = desk.silence(START + timedelta(hours=1), why="a drill", place_id=alert.place_id, rule=alert.rule)
    assert desk.store.silences() == [silence]


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


# --- the clock
def test_a_clock_that_jumps_back_and_forth_tells_nothing_twice_and_leaves_no_days_of_the_future(
    desk: Desk, hands: Hands
) -> None:
    take_attack(desk)
    for days in (12, 0, 12, 0, -3, 12, 0):
        hands.at = START + timedelta(days=days)
        desk.advance()
        desk.announce()
    assert [n.cause for n in told(desk)] == ["fired", "resolved"]
    assert {t.day for t in desk.store.latest_tensions()} == {START.date()}
    assert [a.state for a in desk.store.alerts() if a.rule == "deadly-violence"] == ["firing"]


def test_a_silence_holds_while_the_clock_is_put_back_before_its_beginning(desk: Desk, hands: Hands) -> None:
    silence = desk.silence(START + timedelta(hours=4), why="a shooting drill is announced")
    hands.at = START - timedelta(minutes=30)
    take_attack(desk)
    desk.announce()
    assert told(desk) == []
    desk.end_silence(silence.id)  # before it began, as the clock tells
    assert [n.cause for n in told(desk)] == ["fired"]
    assert desk.announce() == ()


def test_a_small_alert_that_ends_at_midnight_stands_in_the_digest_of_the_morning(
    tmp_path: Path, hands: Hands, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'version = "mine/1"\n[[rule]]\nname = "shots"\ntitle = "People killed"\nsets = ["peacekeeping"]\n'
        'precedence = "ROUTINE"\nhypothesis = "EXERCISE"\ncleared_by = "EXERCISE"\nwithin_days = 1\n'
        'widest = "settlement"\nkeep_days = 0\n'
        '[[rule.condition]]\nkind = "incidents"\ntypes = ["ASSAULT"]\n'
        '[[rule.yes]]\nnote = "EXERCISE"\nincidents = [{ day = 0, type = "ASSAULT" }]\n'
        '[[rule.no]]\nnote = "EXERCISE"\nincidents = [{ day = 0, type = "AGREE" }]\n',
        "utf-8",
    )
    knowledge = replace(get_knowledge(False), rules=load_alert_rules(rules))
    settings = Settings(home=tmp_path)
    store = open_store(put_database(tmp_path / "desk.sqlite"))
    with Desk(store, lambda _: knowledge, lambda: GuardedFetcher(settings), settings=settings, clock=hands) as desk:
        take_attack(desk)
        assert [a.state for a in desk.store.alerts()] == ["firing"]
        for hours in (5, 12, 13, 17, 18, 19, 30, 42):
            hands.at = START + timedelta(hours=hours)
            desk.advance()
        assert [a.state for a in desk.store.alerts()] == ["resolved"]
        assert [(n.cause, n.made_at) for n in told(desk)] == [("digest", START + timedelta(hours=18))]


class Asked:
    """A store that remembers which alerts it was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def alerts_by_id(self, ids: Iterable[str]) -> Any:
        asked = list(ids)
        self.ids.update(asked)
        return self._store.alerts_by_id(asked)


def test_of_the_digests_of_half_a_year_the_last_alone_is_looked_at_again(desk: Desk) -> None:
    group = group_id(EVERYWHERE, is_exercise=False)
    digests = [
        replace(
            make_test_notice("x", START - timedelta(days=200 - n)), id=notice_id(group, n), group=group, number=n,
            cause="digest", alert_ids=(f"alt_{n}",),
        )
        for n in range(1, 180)
    ]  # fmt: skip
    desk.store.add_notices(digests, lambda _: ())
    take_attack(desk)
    asked = Asked(desk.store)
    Announcer(cast("Store", asked), desk.settings).announce(desk.knowledge, now=desk.clock.now())
    assert asked.ids == {"alt_179"}


def test_what_was_acknowledged_is_taken_back_aloud_and_told_when_it_is_reinstated(desk: Desk, hands: Hands) -> None:
    articles = take_attack(desk)
    for alert in desk.store.alerts(states=["firing"]):
        desk.mark_alert(alert.id, "acknowledged", "on it")
    hands.at += timedelta(minutes=5)
    for article in articles:
        desk.retract_article(article, why="EXERCISE: the hospital says that nobody was brought in")
    assert [n.cause for n in told(desk)] == ["fired", "retracted"]
    hands.at += timedelta(minutes=5)
    for article in articles:
        desk.reinstate_article(article, why="EXERCISE: the hospital was mistaken")
    assert [n.cause for n in told(desk)] == ["fired", "retracted", "fired"]
    assert desk.announce() == ()


# --- side by side
#: Invented; another district, so that its notices are another chain.
ELSEWHERE = (
    ("Radio One", "EXERCISE: Gunmen shot dead two villagers in Prizren on Monday, a doctor said."),
    ("The Wire", "EXERCISE: Two villagers were killed on Monday when men opened fire in Prizren."),
)  # fmt: skip


def run_side_by_side(*jobs: Callable[[], object]) -> None:
    """Run all at once; what one of them raises is raised here."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def test_reports_that_several_threads_hand_in_while_others_decide_are_told_once(desk: Desk, hands: Hands) -> None:
    take(desk, "Hill Post", "EXERCISE: The mayor of Zubin Potok called for calm on Monday.", START)
    reports = [*REPORTS, *ELSEWHERE] * 2  # each handed in twice
    jobs = [partial(take, desk, outlet, text, START) for outlet, text in reports]

    def acknowledge() -> None:
        for _ in range(20):
            for alert in desk.store.alerts(states=["firing"]):
                desk.mark_alert(alert.id, "acknowledged", "on it")

    def mute() -> None:
        for n in range(5):
            silence = desk.silence(START + timedelta(hours=1 + n), why="EXERCISE: a drill", place_id="country:SRB")
            desk.end_silence(silence.id)

    run_side_by_side(*jobs, acknowledge, desk.advance, desk.announce, mute)
    desk.advance()
    assert desk.store.underived_article_ids() == []
    assert desk.store.check() == []
    chains: dict[str, list[Notice]] = {}
    for notice in told(desk):
        chains.setdefault(notice.group, []).append(notice)
    for chain in chains.values():
        assert [n.number for n in chain] == list(range(1, len(chain) + 1))
        assert [n.cause for n in chain].count("fired") == 1
        assert {d.channel for n in chain for d in desk.store.deliveries(notice_id=n.id)} <= {"watch-room"}
    hands.at += timedelta(minutes=1)
    assert desk.announce() == ()


def test_two_desks_on_one_database_tell_once(make_desk: Callable[..., Desk], desk: Desk, hands: Hands) -> None:
    other = make_desk(hands)
    jobs = [partial(take, one, outlet, text, START) for one in (desk, other) for outlet, text in REPORTS]
    run_side_by_side(*jobs, desk.announce, other.announce)
    for one in (desk, other, desk):
        one.derive()
        one.advance()
    assert [n.cause for n in told(desk)] == ["fired"]
    (delivery,) = desk.store.deliveries()
    assert delivery.state == "waiting"
