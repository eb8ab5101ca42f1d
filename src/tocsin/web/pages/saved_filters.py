"""Filters under a name: kept, changed, shared, deleted, and followed by feed readers."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.records.inbox import SavedFilter, clean_filter_name, saved_filter_id
from tocsin.web.asking import parse_asked
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.pages.syndication import find_address
from tocsin.web.persons import find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.saving import SCREENS, clean_query, find_own, list_conditions, list_saved, make_secret
from tocsin.web.windows import resolve_window

router = APIRouter()


@router.get("/filters")
def list_filters(request: Request, desk: DeskHere) -> Response:
    """A person's own filters, then those that others share."""
    return _render_list(request, desk)


@router.get("/filters/new")
def offer_filter(request: Request, desk: DeskHere) -> Response:
    """A form that keeps the conditions in its own address."""
    query = clean_query(request.url.query)
    screen = next((path for path, _name in SCREENS if path == request.query_params.get("screen")), "/inbox")
    return render(
        request,
        "filter_new.html",
        query=query,
        screen=screen,
        count=_count(desk, query),
        list_conditions=list_conditions,
    )


@router.post("/filters")
def add_filter(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Keep a filter, and go back to the screen that it was made on."""
    person, now = find_person(request), desk.clock.now()
    name, query = clean_filter_name(field_text(form, "name") or ""), clean_query(field_text(form, "query") or "")
    saved = SavedFilter(saved_filter_id(person, name, now), person, name, query, now, bool(field_text(form, "shared")))
    desk.store.add_saved_filter(saved)
    screen = next((path for path, _name in SCREENS if path == field_text(form, "screen")), None)
    query = "&".join(part for part in (query, "notice=filter-saved") if part)
    return RedirectResponse(f"{screen or '/filters'}?{query}", 303)


@router.post("/filters/{filter_id}")
def change_filter(request: Request, desk: DeskHere, filter_id: str, form: CheckedForm) -> Response:
    """Give a filter another name or other conditions, or share it."""
    saved = find_own(desk.store, find_person(request), filter_id)
    changed = replace(
        saved,
        name=clean_filter_name(field_text(form, "name") or ""),
        query=clean_query(field_text(form, "query") or ""),
        is_shared=bool(field_text(form, "shared")),
    )
    desk.store.change_saved_filter(changed)
    return RedirectResponse("/filters?notice=filter-changed", 303)


@router.post("/filters/{filter_id}/delete")
def delete_filter(request: Request, desk: DeskHere, filter_id: str, _form: CheckedForm) -> Response:
    """Delete a filter; its feed goes with it."""
    desk.store.remove_saved_filter(find_own(desk.store, find_person(request), filter_id).id)
    return RedirectResponse("/filters?notice=filter-deleted", 303)


@router.post("/filters/{filter_id}/feed")
def make_feed(request: Request, desk: DeskHere, filter_id: str, _form: CheckedForm) -> Response:
    """Give a filter a feed under a new secret address, which is shown this once; an earlier address ends."""
    saved = find_own(desk.store, find_person(request), filter_id)
    secret, digest = make_secret()
    desk.store.change_saved_filter(replace(saved, feed_digest=digest))
    address = f"{find_address(request, desk)}/feeds/filters/{saved.id}/{secret}"
    return _render_list(request, desk, fresh=saved.id, address=address)


@router.post("/filters/{filter_id}/feed/end")
def end_feed(request: Request, desk: DeskHere, filter_id: str, _form: CheckedForm) -> Response:
    """Let the feed's address lead nowhere any more."""
    desk.store.change_saved_filter(replace(find_own(desk.store, find_person(request), filter_id), feed_digest=None))
    return RedirectResponse("/filters?notice=feed-ended", 303)


def _render_list(request: Request, desk: DeskHere, fresh: str | None = None, address: str | None = None) -> Response:
    return render(
        request,
        "filters.html",
        kept=list_saved(desk, find_person(request)),
        screens=SCREENS,
        list_conditions=list_conditions,
        fresh=fresh,
        address=address,
    )


def _count(desk: DeskHere, query: str) -> int:
    asked = resolve_window(desk.store, parse_asked(dict(parse_qsl(query))))
    return desk.store.count_incidents(asked.wanted)
