"""The map with its timeline and, beside them, the same in words and in a list."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.places.naming import load_naming
from tocsin.web.asking import AskedHere
from tocsin.web.mapping import MOST_DRAWN, count_incidents, list_lands, sort_places
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import lead_to_last, make_choices, make_exports, make_paging, make_rows
from tocsin.web.reaching import DeskHere, find_outlines
from tocsin.web.rendering import render
from tocsin.web.timelines import read_timeline

router = APIRouter()
#: Points named one by one for each country, and countries that are told so; the page stays under 100 kB.
MOST_NAMED = 60


@router.get("/map")
def show_map(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents by place and by time: points, areas with their counts, those of unknown place, and a paged list."""
    listed = desk.store.incidents(asked.wanted)
    tallies = desk.store.tally_places(asked.wanted)
    outlines = find_outlines(request)
    picture = sort_places(tallies, outlines)
    if (last := lead_to_last(request, partial(asked.link, "/map"), asked.wanted, picture.size)) is not None:
        return last
    return render(
        request,
        "map.html",
        asked=asked,
        picture=picture,
        lands=list_lands(picture, outlines, load_naming(desk.settings.naming_policy)),
        count_incidents=count_incidents,
        most_named=MOST_NAMED,
        most_drawn=MOST_DRAWN,
        total=picture.size,
        timeline=read_timeline(desk.store, asked, "/map"),
        rows=make_rows(desk.store, listed),
        paging=make_paging("/map", asked, len(listed), picture.size),
        exports=make_exports(desk, asked, "incidents", "claims", "articles"),
        choices=make_choices(desk, asked),
        footnotes=list_footnotes(desk, (tally.place for tally in tallies)),
        has_exercise=desk.store.counts().exercise_articles > 0,
        has_own_shapes=bool(outlines.areas),
    )
