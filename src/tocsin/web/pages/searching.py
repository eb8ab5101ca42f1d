"""The page that searches everything."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.web.asking import AskedHere
from tocsin.web.naming import list_footnotes
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.searching import REACH, mark_words, search_desk

router = APIRouter()


@router.get("/search")
def search(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents, claims, articles and places that hold the words asked for, the newest of each."""
    found = search_desk(desk, asked.wanted)
    owners = desk.store.articles_by_id({claim.article_id for claim in found.claims})
    places = [*(f.incident.place for f in found.incidents), *(claim.place for claim in found.claims)]
    return render(
        request,
        "search.html",
        asked=asked,
        found=found,
        owners=owners,
        marked=lambda text, reach=REACH: mark_words(text, found.words, reach),
        footnotes=list_footnotes(desk, places),
    )
