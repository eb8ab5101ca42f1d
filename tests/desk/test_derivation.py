"""What is derived step by step is what is derived at once: tension, stages and alerts alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Places
from tests.forecasting.worlds import NAME, draw_rows, write_counts
from tocsin.desk import Desk
from tocsin.desk.foresight import Foresight
from tocsin.desk.stretch import RUN_DAYS
from tocsin.forecasting.running import import_file
from tocsin.intake import GuardedFetcher, Options
from tocsin.knowledge.rules import load_alert_rules
from tocsin.pipeline import Knowledge
from tocsin.places import open_gazetteer
from tocsin.records import Alert, Filter, Tension
from tocsin.settings import Settings
from tocsin.store import open_store

START = datetime(2026, 3, 9, 12, tzinfo=UTC)
#: EXERCISE: invented reports; outlet, day, text. The last tells of a town that nothing else is told of.
REPORTS = (
    ("Radio One", 0, "Villagers blocked the road at Jarinje on Monday, police said."),
    ("The Wire", 0, "Residents set up a barricade at Jarinje on Monday."),
    ("Radio One", 1, "Troops were put on alert in Zvecan on Tuesday, the ministry said."),
    ("The Wire", 1, "The government threatened to use force in Zvecan if the barricades stay."),
    ("The Wire", 2, "Gunmen shot dead two policemen in Zubin Potok on Wednesday, a doctor said."),
    ("Radio One", 2, "Two police officers were killed on Wednesday when men opened fire in Zubin Potok."),
    ("Radio One", 3, "Police beat three protesters in Zvecan on Thursday."),
    ("The Wire", 3, "Police beat three protesters in Zvecan on Thursday, witnesses said."),
    ("Radio One", 5, "The barricade at Jarinje was removed on Saturday."),
    ("The Wire", 5, "Police arrested four men in Leposavic on Saturday."),
)


@dataclass
class Hands:
    """A clock that stands where it is put."""

    at: datetime = START + timedelta(days=6)

    def now(self) -> datetime:
        return self.at


Opens = Callable[..., Desk]


@pytest.fixture
def open_in(tmp_path: Path, get_knowledge: Callable[[bool], Knowledge], place: Places) -> Opens:
    """Open a desk in a folder of its own, with knowledge of one's own if wanted."""

    def open_one(name: str, clock: Hands | None = None, **changes: object) -> Desk:
        settings = Settings(home=tmp_path / name)
        (tmp_path / name).mkdir(exist_ok=True)
        held = {is_exercise: replace(get_knowledge(is_exercise), **changes) for is_exercise in (False, True)}  # type: ignore[arg-type]  # any of its fields
        store = open_store(place(tmp_path / name / "desk.sqlite"))
        knowledge = held.__getitem__
        return Desk(store, knowledge, lambda: GuardedFetcher(settings), settings=settings, clock=clock or Hands())

    return open_one


def take(desk: Desk, report: tuple[str, int, str]) -> None:
    outlet, day, text = report
    desk.take_text(text, Options(outlet=outlet, published_at=START + timedelta(days=day)))


def picture(desk: Desk) -> tuple[list[Tension], list[Alert]]:
    """All but the names of incidents, which stay with the claim that came first: those depend on the order."""
    tensions = [replace(t, incident_ids=(), reasons=()) for t in desk.store.tensions()]
    alerts = [
        replace(a, updated_at=START, fired_at=START, incident_ids=(), reasons=())
        for a in desk.store.alerts()
        if a.state != "retracted"
    ]
    return tensions, sorted(alerts, key=lambda a: a.id)


@pytest.mark.parametrize("order", [1, -1])
def test_one_by_one_and_all_at_once_come_to_the_same(open_in: Opens, order: int) -> None:
    with open_in("steps") as steps, open_in("once") as once:
        for report in REPORTS[::order]:
            take(steps, report)
        for report in REPORTS:
            outlet, day, text = report
            options = Options(outlet=outlet, published_at=START + timedelta(days=day))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Desk, "derive", lambda *_: None)  # read and kept, not yet derived
                once.take_text(text, options)
        once.derive()
        tensions, alerts = picture(once)
        assert {t.stage for t in tensions} > {"alert"}
        assert len({t.place_id for t in tensions}) > 5
        assert picture(steps) == (tensions, alerts)


# --- bad input
def test_the_hour_that_a_report_is_dated_in_changes_nothing(open_in: Opens) -> None:
    zones = [ZoneInfo("Europe/Belgrade"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/St_Johns")]
    with open_in("utc") as utc, open_in("zones") as mixed:
        for number, (outlet, day, text) in enumerate(REPORTS):
            # over the night in which clocks in Serbia are put forward, and around midnight
            at = datetime(2026, 3, 28, 23, 30, tzinfo=UTC) + timedelta(days=day - 2, minutes=15 * number)
            for desk, zone in ((utc, UTC), (mixed, zones[number % 3])):
                desk.clock.at = at + timedelta(hours=1)  # type: ignore[attr-defined]  # the clock of this file
                desk.take_text(text, Options(outlet=outlet, published_at=at.astimezone(zone)))
        tensions, alerts = picture(utc)
        assert alerts
        assert picture(mixed) == (tensions, alerts)
        ids = [{i.id for i in desk.store.incidents_between(START, START + timedelta(days=60))} for desk in (utc, mixed)]
        assert ids[0] == ids[1]


def test_a_place_that_is_renamed_keeps_its_alerts_and_its_days(
    open_in: Opens, knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    with open_in("desk") as desk:
        for report in REPORTS:
            take(desk, report)
        desk.advance()
        before, places = desk.store.alerts(), {t.place_id: t.place_name for t in desk.store.latest_tensions()}
        told = [n.id for n in desk.store.notices(50)]
    (id_,) = (place for place, name in places.items() if name == "Zubin Potok" and place.startswith("geonames:"))
    row = get_knowledge(False).gazetteer.row(id_)
    assert row is not None
    renamed = open_gazetteer(knowledge_home, extra=[replace(row, name="EXERCISE Newname")])
    with open_in("desk", gazetteer=renamed) as desk:
        desk.store.set_note("advanced", "")
        desk.advance()
        take(desk, ("The Wire", 5, "Police beat three protesters in Zvecan on Saturday."))
        alerts = [a for a in desk.store.alerts() if a.place_id == id_]
        assert {a.id for a in alerts} == {a.id for a in before if a.place_id == id_} != set()
        assert {a.place_name for a in alerts} == {"EXERCISE Newname"}
        assert {a.id for a in before if a.state != "retracted"} <= {
            a.id for a in desk.store.alerts() if a.state != "retracted"
        }
        assert {t.place_name for t in desk.store.latest_tensions() if t.place_id == id_} == {"EXERCISE Newname"}
        assert {t.place_id for t in desk.store.latest_tensions()} >= places.keys()
        newer = [n for n in desk.store.notices(50) if n.id not in told]
        assert not [n.cause for n in newer if n.cause in ("fired", "retracted")]


@pytest.mark.parametrize("off", [RUN_DAYS - 5, RUN_DAYS + 40])
def test_a_desk_that_was_off_says_of_each_day_that_it_heard_nothing(open_in: Opens, off: int) -> None:
    clock = Hands()
    with open_in("desk", clock) as desk:
        for report in REPORTS:
            take(desk, report)
        clock.at += timedelta(days=off)
        desk.advance()
        days: dict[str, list[Tension]] = {}
        for tension in desk.store.tensions():
            days.setdefault(tension.place_id, []).append(tension)
        for rows in days.values():
            assert [t.day for t in rows] == [rows[0].day + timedelta(days=n) for n in range(len(rows))]
            assert rows[-1].day == clock.at.date()
            silent = [t for t in rows if t.day > (START + timedelta(days=6)).date()]
            assert {(t.state, t.surprise) for t in silent} <= {("sources-silent", None), ("too-little-history", None)}
        assert desk.store.alerts(states=["firing"]) == []


# --- forecasts
OUTLOOK_RULE = """version = "mine/1"
[[rule]]
name = "foretold"
title = "An attack where the forecast expects deaths"
sets = ["peacekeeping"]
precedence = "PRIORITY"
hypothesis = "EXERCISE"
cleared_by = "EXERCISE"
within_days = 2
widest = "country"
keep_days = 2
[[rule.condition]]
kind = "outlook"
within_months = 3
min_any = 0.5
[[rule.condition]]
kind = "incidents"
types = ["ASSAULT"]
[[rule.yes]]
note = "EXERCISE"
incidents = [{ day = 0, type = "ASSAULT" }]
outlook = { months = 1, any = 0.9, at_least_25 = 0.1 }
[[rule.no]]
note = "EXERCISE"
incidents = [{ day = 0, type = "ASSAULT" }]
"""
ATTACK = ("Radio One", 2, "Gunmen shot dead two policemen in Zubin Potok on Wednesday, a doctor said.")


@pytest.fixture
def foretold(open_in: Opens, tmp_path: Path) -> Callable[[Hands], Desk]:
    """A desk with one rule that asks the forecast."""
    path = tmp_path / "mine.toml"
    path.write_text(OUTLOOK_RULE, "utf-8")
    return lambda clock: open_in("foretold", clock, rules=load_alert_rules(path))


@pytest.mark.parametrize("off", [2, 30, 300])
def test_no_alert_stands_for_good_on_a_desk_that_was_off(open_in: Opens, off: int) -> None:
    clock = Hands(START + timedelta(days=2))
    with open_in("one", clock) as desk:
        take(desk, ATTACK)
        take(
            desk,
            (
                "Hill Wire",
                2,
                "Two policemen were killed in Zubin Potok on Wednesday when men opened fire on their car.",
            ),
        )
        (alert,) = [a for a in desk.store.alerts() if a.rule == "deadly-violence"]
        assert alert.state == "firing"
        clock.at += timedelta(days=off)
        desk.advance()
        (alert,) = [a for a in desk.store.alerts() if a.rule == "deadly-violence"]
        assert alert.state == ("firing" if off == 2 else "resolved")


def import_counts(desk: Desk, tmp_path: Path) -> None:
    path = write_counts(tmp_path / "counts.csv", draw_rows())
    import_file(desk.store, desk.knowledge().gazetteer, path, name=NAME, now=desk.clock.now())


def standing(desk: Desk) -> list[tuple[str, str, int, int]]:
    """Place, state, first and last day of the alerts."""
    first = START.date()
    return [(a.place_id, a.state, (a.began_on - first).days, (a.day - first).days) for a in desk.store.alerts()]


def test_a_forecast_rings_for_real_news_and_not_for_the_exercise_and_outlives_the_day(
    foretold: Callable[[Hands], Desk], tmp_path: Path
) -> None:
    clock = Hands(START + timedelta(days=2))
    with foretold(clock) as desk:
        import_counts(desk, tmp_path)
        desk.advance()
        outlet, _, text = ATTACK
        desk.take_text(f"EXERCISE: {text}", Options(outlet=outlet, published_at=clock.at), is_exercise=True)
        assert standing(desk) == []
        take(desk, ATTACK)
        assert standing(desk) == [("country:XKX", "firing", 2, 2)]
        (alert,) = desk.store.alerts()
        assert "forecast 1 months ahead" in alert.reasons[0].detail
        for days, held in (
            (3, ("firing", 2, 3)),
            (4, ("firing", 2, 3)),
            (5, ("firing", 2, 3)),
            (6, ("resolved", 2, 3)),
        ):
            clock.at = START + timedelta(days=days)
            desk.advance()
            assert standing(desk) == [("country:XKX", *held)]
        causes = [n.cause for n in desk.store.notices(9)][::-1]
        assert (causes[0], causes[-1], causes.count("fired"), causes.count("retracted")) == ("fired", "resolved", 1, 0)


def test_a_forecast_that_is_made_after_the_news_rings_at_once(
    foretold: Callable[[Hands], Desk], tmp_path: Path
) -> None:
    with foretold(Hands(START + timedelta(days=2))) as desk:
        take(desk, ATTACK)
        desk.advance()
        assert standing(desk) == []
        import_counts(desk, tmp_path)
        desk.advance()
        assert standing(desk) == [("country:XKX", "firing", 2, 2)]


def test_old_news_are_not_held_against_the_forecast_of_today(foretold: Callable[[Hands], Desk], tmp_path: Path) -> None:
    with foretold(Hands(START + timedelta(days=2))) as desk:
        import_counts(desk, tmp_path)
        desk.advance()
        outlet, _, text = ATTACK
        desk.take_text(text, Options(outlet=outlet, published_at=START - timedelta(days=400)))
        assert standing(desk) == []


def test_what_is_taken_back_is_taken_back_though_a_forecast_stands(
    foretold: Callable[[Hands], Desk], tmp_path: Path
) -> None:
    clock = Hands(START + timedelta(days=2))
    with foretold(clock) as desk:
        import_counts(desk, tmp_path)
        desk.advance()
        take(desk, ATTACK)
        clock.at += timedelta(days=1)
        desk.advance()
        (article,) = [a.id for a in desk.store.articles(Filter(limit=9))]
        desk.retract_article(article, why="EXERCISE: nobody was brought in")
        assert standing(desk) == [("country:XKX", "retracted", 2, 3)]
        desk.reinstate_article(article, why="EXERCISE: the hospital was mistaken")
        assert standing(desk) == [("country:XKX", "firing", 2, 3)]


def test_outlooks_are_read_once_a_day_and_again_after_a_round_of_forecasts(
    foretold: Callable[[Hands], Desk], open_in: Opens, tmp_path: Path
) -> None:
    with foretold(Hands()) as desk:
        foresight, knowledge, now = Foresight(desk.store), desk.knowledge(), desk.clock.now()
        nothing = foresight.find(knowledge, now=now)
        assert nothing == {}
        assert foresight.find(knowledge, now=now) is nothing
        import_counts(desk, tmp_path)
        desk.advance()
        found = foresight.find(knowledge, now=now)
        assert "country:XKX" in found
        assert foresight.find(knowledge, now=now + timedelta(minutes=5)) is found
        assert foresight.find(knowledge, now=now + timedelta(days=1)) is not found
        assert foresight.find(replace(knowledge, rules=()), now=now) == {}
