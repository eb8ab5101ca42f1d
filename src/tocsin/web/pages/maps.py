"""The map and, beside it, the same in a list."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.places.naming import footnotes
from tocsin.web.asking import WINDOWS, AskedHere, find_newest_day
from tocsin.web.mapping import MOST_DRAWN, MOST_LISTED, sort_places
from tocsin.web.pages.listing import make_choices, make_rows
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()


@router.get("/map")
def show_map(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents by place: points, areas with their counts, and those of unknown place."""
    drawn = replace(asked, wanted=replace(asked.wanted, limit=MOST_LISTED, offset=0))
    incidents = desk.store.incidents(drawn.wanted)
    picture = sort_places(incidents)
    return render(
        request,
        "map.html",
        asked=drawn,
        picture=picture,
        total=desk.store.count_incidents(drawn.wanted),
        shown=len(incidents),
        rows={row.incident.id: row for row in make_rows(desk.store, incidents)},
        windows=list(WINDOWS),
        newest=find_newest_day(desk.store, drawn.wanted),
        choices=make_choices(desk.store, drawn),
        footnotes=footnotes(i.place for i in incidents),
        has_exercise=desk.store.counts().exercise_articles > 0,
        most_drawn=MOST_DRAWN,
    )
