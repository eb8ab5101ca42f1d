"""Lists: everything that meets a filter, a part at a time."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

import tocsin
from tocsin.desk.dealings import SORT_KEYS, parse_sort, show_dealings, sort_dealings
from tocsin.desk.exporting import refuse_lax_incidents
from tocsin.desk.outlets import show_outlets
from tocsin.desk.views import list_articles
from tocsin.errors import RecordError
from tocsin.places.naming import load_naming
from tocsin.ports import Counts
from tocsin.records import AlertState, FeedState
from tocsin.records.outlet import OutletPace
from tocsin.web.api import shapes
from tocsin.web.api.dealing_rows import make_dealing_table
from tocsin.web.api.foretelling import list_forecast_shapes
from tocsin.web.api.making import make_article_line, make_claims, make_days
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.asked import Asked
from tocsin.web.asking import AskedHere
from tocsin.web.drawing import Answers, area_to_plain, draw_sketches, tag_drawing
from tocsin.web.mapping import MOST_DRAWN, sort_places
from tocsin.web.naming import name_alert
from tocsin.web.reaching import DeskHere, find_outlines

router = make_router("lists")


_Mark = Annotated[str, Query(max_length=20, description="TLP 2.0 marking; no laxer than that of anything in it")]
_Precise = Annotated[bool, Query(description="1 keeps the words of parties in what is TLP:CLEAR or GREEN")]
_Sort = Annotated[str, Query(description=f"column to order by: {', '.join(SORT_KEYS)}")]


def _head(asked: Asked, total: int) -> tuple[int, int, int]:
    return total, asked.wanted.limit, asked.wanted.offset


def _most(asked: Asked) -> int:
    return min(asked.wanted.limit, MOST_DRAWN) if asked.has_limit else MOST_DRAWN


@router.get("/articles", response_model=shapes.ArticleList)
def get_articles(desk: DeskHere, asked: AskedHere) -> JSONResponse:
    """Articles, newest first, without their texts."""
    lines = [make_article_line(row.article, row.claims) for row in list_articles(desk.store, asked.wanted)]
    return answer(shapes.ArticleList(*_head(asked, desk.store.count_articles(asked.wanted)), lines))


@router.get("/claims", response_model=shapes.ClaimList)
def get_claims(desk: DeskHere, asked: AskedHere) -> JSONResponse:
    """Claims in the codebook's fields, newest first."""
    claims = make_claims(desk.store, desk.store.claims(asked.wanted))
    return answer(shapes.ClaimList(*_head(asked, desk.store.count_claims(asked.wanted)), claims))


@router.get("/incidents", response_model=shapes.IncidentList)
def get_incidents(desk: DeskHere, asked: AskedHere) -> JSONResponse:
    """Incidents, newest first."""
    incidents = desk.store.incidents(asked.wanted)
    return answer(shapes.IncidentList(*_head(asked, desk.store.count_incidents(asked.wanted)), incidents))


@router.get("/actors", response_model=shapes.DealingList)
def get_actors(desk: DeskHere, asked: AskedHere, sort: _Sort = "") -> JSONResponse:
    """Who does what to whom: deeds by pair of parties. `by_party`, `to_party`, `realm` and `counted` ask for its parts.

    An incident counts once, for the first party named on each side.
    """
    view, wanted = show_dealings(desk.store, asked.wanted), asked.wanted
    part = sort_dealings(view.dealings, parse_sort(sort))[wanted.offset : wanted.offset + wanted.limit]
    return answer(
        shapes.DealingList(
            *_head(asked, len(view.dealings)), view.step, list(view.periods), view.deeds, view.denied, view.planned,
            view.conditional, view.left_out, view.read, view.total, part,
        )
    )  # fmt: skip


@router.get(
    "/actors.csv",
    response_class=StreamingResponse,
    response_model=None,
    responses={200: {"content": {"text/csv": {}}}},
)
def get_actors_csv(
    desk: DeskHere, asked: AskedHere, sort: _Sort = "", tlp: _Mark = "", *, precise: _Precise = False
) -> StreamingResponse:
    """The same as a file to keep; without `limit`, all of it. A column for each week or month stands at the end."""
    chosen = refuse_lax_incidents(desk, asked.unbounded().wanted, tlp)
    wanted = asked.wanted if asked.has_limit else asked.unbounded().wanted
    view = show_dealings(desk.store, wanted)
    last = wanted.offset + wanted.limit if wanted.limit else None
    part = sort_dealings(view.dealings, parse_sort(sort))[wanted.offset : last]
    table = make_dealing_table(view, part, tlp=chosen, is_precise=precise)
    named = {"content-disposition": 'attachment; filename="tocsin-actors.csv"', "cache-control": "no-store"}
    return StreamingResponse(table.to_csv(), media_type="text/csv", headers=named)


@router.get("/areas", response_model=shapes.AreaList)
def get_areas(request: Request, desk: DeskHere, asked: AskedHere) -> JSONResponse:
    """Districts, regions and countries with the incidents placed no finer: what a map counts and does not pin."""
    picture = sort_places(desk.store.tally_places(asked.wanted), find_outlines(request))
    plain: list[Any] = [area_to_plain(area, asked) for area in picture.areas]
    return answer(shapes.AreaList(plain))


@router.get("/map", response_model=shapes.Drawing)
def get_map(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """What the map page draws, in short rows; to keep a file, take `incidents.geojson`, which holds every field.

    Without `limit` the newest 20,000 incidents of `total`, with `areas` as `/api/areas` gives them and `names`, the
    names of countries under the desk's naming policy where they differ from everyday English. Answers 304 to the
    `ETag` of an answer that still holds.
    """
    outlines, wanted = find_outlines(request), asked.at_most(_most(asked)).wanted
    tag = tag_drawing(desk.store.derivation_number(), asked, outlines, desk.settings.naming_policy)
    headers = {"cache-control": "private, no-cache"} | ({"etag": tag} if tag else {})
    if tag and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    answers: Answers = request.app.state.drawings
    if (drawn := answers.find(tag)) is not None:
        return Response(drawn, media_type="application/json", headers=headers)
    sketches = desk.store.sketches(wanted)
    total = len(sketches) if len(sketches) < wanted.limit else desk.store.count_incidents(asked.wanted)
    naming = load_naming(desk.settings.naming_policy)
    names = {id_.removeprefix("country:"): name for id_, name in naming.labels.items() if id_.startswith("country:")}
    drawn = draw_sketches(sketches, outlines, asked, total=total, names=names).encode()
    answers.keep(tag, drawn)
    return Response(drawn, media_type="application/json", headers=headers)


@router.get("/tensions", response_model=shapes.TensionList)
def get_tensions(desk: DeskHere, asked: AskedHere) -> JSONResponse:
    """Tension of one place by day (`place_id`, `since`, `until`); without a place, each place's newest day.

    Where the outlets were silent the sums are null.
    """
    wanted = asked.wanted
    if wanted.place_id is None:
        return answer(shapes.TensionList(make_days(desk, desk.store.latest_tensions())))
    series = desk.store.tensions(place_id=wanted.place_id, since=wanted.since, until=wanted.until)
    return answer(shapes.TensionList(make_days(desk, series)))


@router.get("/alerts", response_model=shapes.AlertList)
def get_alerts(
    desk: DeskHere, state: Annotated[str, Query(description="firing, acknowledged, resolved or retracted")] = ""
) -> JSONResponse:
    """Alerts, newest first; those of one state, or all."""
    states: list[AlertState] = [s for s in get_args(AlertState) if s == state]
    if state and not states:
        raise RecordError("alert state", state[:40], f"must be one of {', '.join(get_args(AlertState))}")
    return answer(shapes.AlertList([name_alert(desk, a) for a in desk.store.alerts(states=states or None)]))


@router.get("/forecasts", response_model=shapes.ForecastList)
def get_forecasts(
    desk: DeskHere,
    history: Annotated[str, Query(max_length=80, description="name of a history; else the first one there is")] = "",
    place_id: Annotated[str, Query(max_length=200, description="gazetteer id: what every history says of it")] = "",
) -> JSONResponse:
    """What is forecast for the units of one history, or for one place with its past errors; and all histories."""
    return answer(list_forecast_shapes(desk, history, place_id))


@router.get("/silences", response_model=shapes.SilenceList)
def get_silences(
    desk: DeskHere, ended: Annotated[bool, Query(description="also those that are over")] = False
) -> JSONResponse:
    """What no notices are sent for, now or from a later time on, the last to end first."""
    return answer(shapes.SilenceList(desk.store.silences(after=None if ended else desk.clock.now())))


@router.get("/notices", response_model=shapes.NoticeList)
def get_notices(
    desk: DeskHere,
    alert_id: Annotated[str | None, Query(max_length=40, description="of one alert")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JSONResponse:
    """What people were told, the newest first, and how far each telling got."""
    told = desk.store.notices(limit, alert_id=alert_id)
    return answer(shapes.NoticeList([shapes.NoticeAnswer(n, desk.store.deliveries(notice_id=n.id)) for n in told]))


@router.get("/outlets", response_model=shapes.OutletList)
def get_outlets(desk: DeskHere) -> JSONResponse:
    """Outlets with their grade, their number of articles and what they gave in the last 7 and 28 days."""
    view = show_outlets(desk.store, desk.clock.now())
    lines = [
        shapes.OutletLine(row.outlet, row.articles, view.paces.get(row.outlet.id, OutletPace())) for row in view.outlets
    ]
    return answer(shapes.OutletList(lines))


@router.get("/feeds", response_model=shapes.FeedList)
def get_feeds(desk: DeskHere) -> JSONResponse:
    """Feeds by address, with their health and what their outlets gave in the last 7 and 28 days."""
    rows = sorted(show_outlets(desk.store, desk.clock.now()).feeds, key=lambda row: (row.feed.address, row.feed.id))
    return answer(shapes.FeedList([shapes.FeedLine(row.feed, row.state, row.pace) for row in rows]))


@router.get("/counts", response_model=Counts)
def get_counts(desk: DeskHere) -> JSONResponse:
    """How much the desk holds."""
    return answer(desk.store.counts())


@router.get("/health", response_model=shapes.Health)
def get_health(request: Request, desk: DeskHere) -> JSONResponse:
    """Whether the desk works. Answers 200 also where a feed fails: read `status`."""
    now = desk.clock.now()
    states: dict[FeedState, int] = dict.fromkeys(get_args(FeedState), 0)
    for feed in desk.store.feeds():
        states[feed.state(now)] += 1
    watcher = request.app.state.watcher
    problem = watcher.problem if watcher else None
    return answer(
        shapes.Health(
            status="degraded" if problem or states["failing"] or states["late"] else "ok",
            version=tocsin.__version__,
            is_watching=watcher is not None and not watcher.is_standing_by,
            round_at=watcher.round_at if watcher else None,
            problem=problem,
            feeds=states,
        )
    )
