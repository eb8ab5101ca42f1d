"""The first screen: what rings, what is new, and the box that takes a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.ports import Store
from tocsin.records import Filter, Tension
from tocsin.web.charting import Spark, draw_spark
from tocsin.web.drawing import tally_sketches
from tocsin.web.forms import FORM_IS_OURS
from tocsin.web.mapping import count_incidents, sort_places
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_rows
from tocsin.web.pages.places import list_tensions
from tocsin.web.reaching import DeskHere, find_outlines
from tocsin.web.rendering import render
from tocsin.web.ringing import find_lately_resolved, group_alerts
from tocsin.web.windows import find_newest_day

router = APIRouter()
NEWEST, HOTTEST, MOST_RINGING, RECENT_DAYS = 8, 6, 3, 7
#: Newest incidents on the small map.
ON_SMALL_MAP = 500
LOAD_EXERCISE_NOTICE, REMOVE_EXERCISE_NOTICE = "exercise-loaded", "exercise-removed"


@dataclass(frozen=True, slots=True)
class Recent:
    """How much is new in the days since `since`, which count back from the newest day there is, not from today."""

    since: date
    until: date
    articles: int
    claims: int
    incidents: int


def count_recent(store: Store, today: date) -> Recent | None:
    """The summary line's figures; None on an empty desk.

    The days end with the newest incident or article: a report of the day after is counted with what it tells of, and
    one that claims a day to come does not move them.
    """
    happened = find_newest_day(store, Filter(with_background=True))
    shown = [(article.published_at or article.taken_at).date() for article in store.articles(Filter(limit=1))]
    newest = max((day for day in (happened, *(min(day, today) for day in shown)) if day is not None), default=None)
    if newest is None:
        return None
    wanted = Filter(since=newest - timedelta(days=RECENT_DAYS - 1), until=newest)
    return Recent(
        newest - timedelta(days=RECENT_DAYS - 1),
        newest,
        store.count_articles(wanted),
        store.count_claims(wanted),
        store.count_incidents(wanted),
    )


def list_hottest(store: Store) -> list[tuple[Tension, Spark]]:
    """The places with the most surprising, then the highest tension, each with its last weeks as a line."""
    hottest = [t for t in list_tensions(store) if t.level > 0][:HOTTEST]
    return [(t, draw_spark(store.tensions(place_id=t.place_id))) for t in hottest]


@router.get("/")
def show_front(request: Request, desk: DeskHere) -> Response:
    """The first screen."""
    newest = desk.store.incidents(Filter(limit=NEWEST))
    drawn = desk.store.sketches(Filter(limit=ON_SMALL_MAP))
    outlines, places = find_outlines(request), dict.fromkeys(sketch.place for sketch in drawn)
    groups, hottest = group_alerts(desk.store.alerts(states=["firing"])), list_hottest(desk.store)
    resolved = find_lately_resolved(desk.store)[:MOST_RINGING]
    answered = group_alerts(desk.store.alerts(states=["acknowledged"]))[:MOST_RINGING]
    ringing = [
        alert for group in (*groups[:MOST_RINGING], *answered, *resolved) for alert in (group.lead, *group.nested)
    ]
    return render(
        request,
        "front.html",
        recent=count_recent(desk.store, desk.clock.now().date()),
        groups=groups[:MOST_RINGING],
        further=len(groups) - MOST_RINGING,
        resolved=resolved,
        answered=answered,
        rows=make_rows(desk.store, newest),
        hottest=hottest,
        picture=sort_places(tally_sketches(drawn), outlines),
        has_own_shapes=bool(outlines.areas),
        count_incidents=count_incidents,
        on_small_map=ON_SMALL_MAP,
        footnotes=list_footnotes(desk, places, [*ringing, *(t for t, _ in hottest)]),
        total=desk.store.count_incidents(Filter()),
        wants_exercise=desk.store.counts().exercise_articles == 0,
    )


@router.post("/exercise/remove", dependencies=FORM_IS_OURS)
def remove_exercise(desk: DeskHere) -> Response:
    """Take the exercise out, wholly."""
    desk.remove_exercise()
    return RedirectResponse(f"/?notice={REMOVE_EXERCISE_NOTICE}", 303)


@router.post("/exercise/load", dependencies=FORM_IS_OURS)
def load_exercise(desk: DeskHere) -> Response:
    """Take the exercise in."""
    desk.load_exercise()
    return RedirectResponse(f"/?notice={LOAD_EXERCISE_NOTICE}", 303)
