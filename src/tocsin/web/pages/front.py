"""The first screen: what rings, what is new, and the box that takes a report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.ports import Store
from tocsin.records import Filter, Tension
from tocsin.web.asking import AskedHere, find_newest_day
from tocsin.web.charting import Spark, draw_spark
from tocsin.web.forms import FORM_IS_OURS
from tocsin.web.mapping import count_incidents, sort_places
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_rows
from tocsin.web.pages.places import list_tensions
from tocsin.web.reaching import DeskHere, find_outlines
from tocsin.web.rendering import render
from tocsin.web.ringing import find_lately_resolved, group_alerts

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


def count_recent(store: Store) -> Recent | None:
    """The summary line's figures; None on an empty desk."""
    newest = find_newest_day(store, Filter(with_background=True))
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
    drawn = desk.store.incidents(Filter(limit=ON_SMALL_MAP))
    groups, hottest = group_alerts(desk.store.alerts(states=["firing"])), list_hottest(desk.store)
    resolved = find_lately_resolved(desk.store)[:MOST_RINGING]
    ringing = [alert for group in (*groups[:MOST_RINGING], *resolved) for alert in (group.lead, *group.nested)]
    return render(
        request,
        "front.html",
        recent=count_recent(desk.store),
        groups=groups[:MOST_RINGING],
        further=len(groups) - MOST_RINGING,
        resolved=resolved,
        rows=make_rows(desk.store, newest),
        hottest=hottest,
        picture=sort_places(drawn, find_outlines(request)),
        count_incidents=count_incidents,
        on_small_map=ON_SMALL_MAP,
        footnotes=list_footnotes(desk, (i.place for i in drawn), [*ringing, *(t for t, _ in hottest)]),
        total=desk.store.count_incidents(Filter()),
        wants_exercise=desk.store.counts().exercise_articles == 0,
    )


@router.get("/search")
def search(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents and articles that hold the words asked for, the newest of each."""
    wanted = replace(asked.wanted, limit=10, offset=0, with_background=True)
    has_words = bool(wanted.query)
    found = desk.store.incidents(wanted) if has_words else []
    return render(
        request,
        "search.html",
        asked=asked,
        rows=make_rows(desk.store, found),
        footnotes=list_footnotes(desk, (i.place for i in found)),
        articles=desk.store.articles(wanted) if has_words else [],
        incident_count=desk.store.count_incidents(wanted) if has_words else 0,
        article_count=desk.store.count_articles(wanted) if has_words else 0,
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
