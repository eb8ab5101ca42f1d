"""One place or area: its tension day by day and its incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.desk import Desk
from tocsin.desk.views import PlaceView, show_place
from tocsin.errors import UnknownIdError
from tocsin.ports import Store
from tocsin.records import Alert, Filter, Stage, Tension
from tocsin.web.asking import AskedHere
from tocsin.web.charting import draw_spark
from tocsin.web.indicators import STANDINGS, Indicator, find_indicators
from tocsin.web.naming import find_names, find_told_name, list_footnotes
from tocsin.web.pages.alerts import find_silence
from tocsin.web.pages.forecasts import TALK, Block, list_months_ahead, make_blocks
from tocsin.web.pages.listing import make_rows
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.windows import find_newest_day

router = APIRouter()
DAYS_IN_TABLE = 60
_STAGES: tuple[str, ...] = get_args(Stage)


@router.get("/places")
def list_places(request: Request, desk: DeskHere) -> Response:
    """Every place with a tension series, the gravest first."""
    tensions = list_tensions(desk.store)
    return render(request, "places.html", tensions=tensions, footnotes=list_footnotes(desk, held=tensions))


@router.get("/places/{gazetteer_id}")
def show(request: Request, desk: DeskHere, asked: AskedHere, gazetteer_id: str) -> Response:
    """One place."""
    view = find_place(desk, gazetteer_id, asked.wanted)
    blocks = make_blocks(desk, gazetteer_id)
    newest, indicators, alerts = stand_at_place(desk, gazetteer_id, view.tensions, blocks)
    return render(
        request,
        "place.html",
        view=view,
        asked=asked,
        newest=newest,
        indicators=indicators,
        standings=STANDINGS,
        names=find_names(desk, gazetteer_id),
        spark=draw_spark(view.tensions),
        blocks=blocks,
        talk=TALK,
        days=list(reversed(view.tensions))[:DAYS_IN_TABLE],
        rows=make_rows(desk.store, view.incidents),
        alerts=alerts,
        footnotes=list_footnotes(desk, (i.place for i in view.incidents), view.tensions[-1:]),
    )


def stand_at_place(
    desk: Desk, place_id: str, series: Sequence[Tension], blocks: Sequence[Block] | None = None
) -> tuple[Tension | None, list[Indicator], list[Alert]]:
    """The day that stands for now, the alert rules on it, and the place's alerts; no rule is asked without a day."""
    newest = find_shown(series, find_newest_day(desk.store, Filter(with_background=True)))
    alerts = [a for a in desk.store.alerts() if a.place_id == place_id]
    if newest is None:
        return None, [], alerts
    forecast = make_blocks(desk, place_id) if blocks is None else blocks
    outlooks = list_months_ahead(forecast, desk.clock.now().date())
    return newest, find_indicators(desk, newest, alerts, find_muted(desk, alerts), outlooks), alerts


def find_muted(desk: Desk, alerts: Iterable[Alert]) -> frozenset[str]:
    """Those of the alerts that stand and that a silence holds back now."""
    standing = (alert for alert in alerts if alert.state in ("firing", "acknowledged"))
    return frozenset(alert.id for alert in standing if find_silence(desk, alert) is not None)


def find_place(desk: Desk, place_id: str, wanted: Filter) -> PlaceView:
    """The place with its series and incidents; raises UnknownIdError where neither desk nor gazetteer knows it.

    The gazetteer is asked last: it has to be loaded, and a place with news has its name in the store. While the
    exercise is loaded its places are among those that it holds.
    """
    view = show_place(desk.store, place_id, "", wanted)
    if view.tensions:
        return view
    name = find_told_name(desk.store, place_id, [incident.place for incident in view.incidents])
    if name is None:
        has_exercise = desk.store.counts().exercise_articles > 0
        row = desk.knowledge(has_exercise).gazetteer.row(place_id)
        if row is None:
            raise UnknownIdError("place", place_id, "no news names it and the gazetteer does not hold it")
        name = row.name
    return PlaceView(place_id, name, view.tensions, view.incidents)


def list_tensions(store: Store) -> list[Tension]:
    """Every place on the newest day reported on: the gravest stage first, then the highest surprise, then level.

    A series may run on to the day of something that is only planned: nobody has reported from there yet.
    """
    newest = find_newest_day(store, Filter(with_background=True))
    shown = {t.place_id: t for t in store.latest_tensions()}
    if newest is not None:
        shown |= {t.place_id: t for t in store.tensions(since=newest, until=newest)}

    def rank(t: Tension) -> tuple[int, bool, float, float, str, str]:
        grave = -_STAGES.index(t.stage) if t.stage else 1
        return grave, t.surprise is None, -(t.surprise or 0.0), -t.level, t.place_name, t.place_id

    return sorted(shown.values(), key=rank)


def find_shown(series: Sequence[Tension], newest: date | None) -> Tension | None:
    """The day of a series (oldest first) that stands for now: the last that is not after `newest`."""
    reported = [t for t in series if newest is None or t.day <= newest]
    return reported[-1] if reported else series[-1] if series else None
