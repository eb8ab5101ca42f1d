"""The map and, beside it, the same in words and in a list."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.places.naming import load_naming
from tocsin.web.asking import AskedHere, find_newest_day
from tocsin.web.mapping import MOST_DRAWN, count_incidents, list_lands, sort_places
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_choices, make_paging, make_rows
from tocsin.web.reaching import DeskHere, find_outlines
from tocsin.web.rendering import render

router = APIRouter()
#: The chips over the map: windows that end on the newest day.
CHIPS = {"24h": "24 h", "7d": "7 days", "30d": "30 days", "all": "All"}
#: Points named one by one for each country; the page stays under 100 kB.
MOST_NAMED = 60


@router.get("/map")
def show_map(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents by place: points, areas with their counts, those of unknown place, and all of them in a paged list."""
    listed = desk.store.incidents(asked.wanted)
    total = desk.store.count_incidents(asked.wanted)
    is_whole = asked.wanted.offset == 0 and total <= len(listed)
    drawn = listed if is_whole else desk.store.incidents(asked.at_most(MOST_DRAWN).wanted)
    outlines = find_outlines(request)
    picture = sort_places(drawn, outlines)
    return render(
        request,
        "map.html",
        asked=asked,
        picture=picture,
        lands=list_lands(picture, outlines, load_naming(desk.settings.naming_policy)),
        count_incidents=count_incidents,
        most_named=MOST_NAMED,
        total=total,
        rows=make_rows(desk.store, listed),
        paging=make_paging("/map", asked, len(listed), total),
        chips=CHIPS,
        newest=find_newest_day(desk.store, asked.wanted),
        choices=make_choices(desk, asked),
        footnotes=list_footnotes(desk, (incident.place for incident in drawn)),
        has_exercise=desk.store.counts().exercise_articles > 0,
    )
