"""The starter list: feeds by region to choose from. What is added still waits to be confirmed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.errors import RecordError
from tocsin.knowledge.starter_feeds import (
    KINDS,
    REGIONS,
    choose_starter_feeds,
    find_starter_feeds,
    load_starter_feeds,
)
from tocsin.web.forms import CheckedForm
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
Choice = Annotated[str, Query(max_length=40)]


@router.get("/outlets/starter")
def show_starter(
    request: Request, desk: DeskHere, region: Choice = "", language: Choice = "", kind: Choice = ""
) -> Response:
    """The list, narrowed; what the desk has already is said."""
    every = load_starter_feeds()
    return render(
        request,
        "starter.html",
        rows=choose_starter_feeds(every, region=region or None, language=language or None, kind=kind or None),
        asked={"region": region, "language": language, "kind": kind},
        choices={"region": REGIONS, "language": sorted({row.language for row in every}), "kind": KINDS},
        held={feed.address for feed in desk.store.feeds()},
    )


@router.post("/outlets/starter")
def add_starter(desk: DeskHere, form: CheckedForm) -> Response:
    """Keep the feeds that are ticked; each waits to be confirmed."""
    names = [name for name in form.getlist("feed") if isinstance(name, str)]
    if not names:
        raise RecordError("starter feeds", "", "choose at least one: tick the box before its name")
    desk.add_starter_feeds(find_starter_feeds(load_starter_feeds(), names))
    return RedirectResponse("/outlets?notice=feed-added&sort=health#feeds", 303)
