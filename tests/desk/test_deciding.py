"""What people decide, decided on what the desk has been told by then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.conftest import FixedClock
from tests.desk.test_remembering import tell
from tocsin.desk import Desk
from tocsin.ports import Reading
from tocsin.records import Article, Claim, Evidence, PartialDate, Place, incident_id

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORLE = Place("Orle", "settlement", "XVA", 40.1, 20.1, "g:orle", within=("country:XVA",))


def write(number: int, *told: tuple[str, str]) -> tuple[Article, tuple[Claim, ...]]:
    """An article of one sentence a claim, each with its type."""
    text = " ".join(f"EXERCISE {words}." for _, words in told)
    at, day = START + timedelta(hours=number), PartialDate.of_day(START.date())
    article = Article(f"art_{number}", text, at, outlet_id=f"out_{number}", outlet_name=f"Outlet {number}")
    claims = []
    for nth, (type_, words) in enumerate(told):
        evidence = Evidence.cut_from(text, text.index(words), text.index(words) + len(words))
        claims.append(Claim(f"clm_{number}{nth}", article.id, type_, evidence, date=day, place=ORLE))  # type: ignore[arg-type]
    return article, tuple(claims)


def test_a_merging_takes_what_waits_along(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(FixedClock())
    tell(desk, [write(1, ("PROTEST", "People marched through Orle"), ("AID", "Grain came to Orle by lorry"))], START)
    article, claims = write(2, ("AID", "Lorries with grain came to Orle"))
    desk.store.add_reading(Reading(article, claims))
    march, grain = incident_id("clm_10"), incident_id("clm_11")
    made = desk.merge_incidents(march, [grain], why="the marchers brought it")
    assert set(made.claim_ids) == {"clm_10", "clm_11", "clm_20"}
    assert desk.store.incident(grain).id == march
