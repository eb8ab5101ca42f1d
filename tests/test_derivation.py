"""What is derived step by step is what is derived at once: tension, stages and alerts alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.desk import Desk, open_desk
from tocsin.intake import Options
from tocsin.records import Alert, Tension
from tocsin.settings import Settings

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


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        return START + timedelta(days=6)


def open_in(path: Path) -> Desk:
    path.mkdir()
    return open_desk(Settings(home=path), clock=Standing())


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
def test_one_by_one_and_all_at_once_come_to_the_same(tmp_path: Path, order: int) -> None:
    with open_in(tmp_path / "steps") as steps, open_in(tmp_path / "once") as once:
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
