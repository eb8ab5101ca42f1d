"""Outlets with their grades, feeds with their health, and what could not be taken."""

from __future__ import annotations

from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk.outlets import show_outlets
from tocsin.desk.views import list_outlets
from tocsin.errors import RecordError
from tocsin.intake import write_opml
from tocsin.records import Reliability
from tocsin.records.outlet import OutletPace
from tocsin.web.forms import FORM_IS_OURS, CheckedForm, field_text
from tocsin.web.language import N_, _
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
MOST_FAULTS = 50
#: What feeds may be ordered by, in words.
ORDER_NAMES = {
    "name": N_("name"),
    "health": N_("health, what needs you first"),
    "fetched": N_("last fetch, the longest ago first"),
    "next": N_("next fetch, the soonest first"),
    "week": N_("articles in 7 days, the most first"),
    "month": N_("articles in 28 days, the most first"),
    "claims": N_("claims in 28 days, the most first"),
    "articles": N_("new articles so far, the most first"),
}
LONGEST_REASON = 1000


@router.get("/outlets")
def show(request: Request, desk: DeskHere, sort: Annotated[str, Query(max_length=20)] = "name") -> Response:
    """Outlets, feeds in one of the orders of `ORDER_NAMES`, faults."""
    view = show_outlets(desk.store, desk.clock.now(), sort)
    return render(
        request,
        "outlets.html",
        view=view,
        no_pace=OutletPace(),
        sort=sort,
        sorts={order: _(name) for order, name in ORDER_NAMES.items()},
        faults=desk.store.faults(MOST_FAULTS),
        watcher=request.app.state.watcher,
        markings=desk.store.markings(row.outlet.id for row in view.outlets),
    )


@router.get("/outlets/feeds.opml")
def get_opml(desk: DeskHere) -> Response:
    """All feeds as an OPML list: what another desk or a feed reader takes in."""
    return Response(
        write_opml(desk.store.feeds(), desk.store.outlets()),
        media_type="text/x-opml; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="tocsin-feeds.opml"'},
    )


@router.get("/outlets/{outlet_id}")
def show_one(request: Request, desk: DeskHere, outlet_id: str) -> Response:
    """One outlet: what is known of it, who graded it and why, how it is marked."""
    desk.store.outlet(outlet_id)  # refuses one that there is not
    rows, _strays = list_outlets(desk.store, desk.clock.now())
    return render(
        request,
        "outlet.html",
        row=next(row for row in rows if row.outlet.id == outlet_id),
        grades=desk.store.outlet_grades(outlet_id),
        markings=desk.store.marking_history(outlet_id),
    )


@router.post("/outlets/{outlet_id}/grade")
def grade(desk: DeskHere, outlet_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Keep an outlet's grade with its reason."""
    reason = field_text(form, "reason") or ""
    desk.grade_outlet(outlet_id, parse_reliability(field_text(form, "reliability")), check_reason(reason), who=who)
    home = f"/outlets/{quote(outlet_id, safe='')}" if field_text(form, "from") == outlet_id else "/outlets"
    return RedirectResponse(f"{home}?notice=graded", 303)


@router.post("/feeds")
def add_feed(desk: DeskHere, form: CheckedForm) -> Response:
    """Keep a feed's address; it waits to be confirmed."""
    desk.add_feed(field_text(form, "address") or "", outlet=field_text(form, "outlet"))
    return RedirectResponse("/outlets?notice=feed-added#feeds", 303)


@router.post("/feeds/{feed_id}/confirm", dependencies=FORM_IS_OURS)
def confirm_feed(desk: DeskHere, feed_id: str) -> Response:
    """Allow a feed to be fetched."""
    desk.confirm_feed(feed_id)
    return RedirectResponse("/outlets?notice=feed-confirmed#feeds", 303)


@router.post("/feeds/{feed_id}/off", dependencies=FORM_IS_OURS)
def turn_off_feed(desk: DeskHere, feed_id: str) -> Response:
    """Stop fetching a feed."""
    desk.turn_off_feed(feed_id)
    return RedirectResponse("/outlets?notice=feed-off#feeds", 303)


@router.post("/feeds/{feed_id}/remove", dependencies=FORM_IS_OURS)
def remove_feed(desk: DeskHere, feed_id: str) -> Response:
    """Forget a feed."""
    desk.remove_feed(feed_id)
    return RedirectResponse("/outlets?notice=feed-removed#feeds", 303)


def parse_reliability(given: str | None) -> Reliability:
    """An Admiralty letter; raises RecordError for anything else."""
    for letter in get_args(Reliability):
        if given == letter:
            return letter  # type: ignore[no-any-return]
    raise RecordError("reliability", given, f"must be one of {', '.join(get_args(Reliability))}")


def check_reason(given: str) -> str:
    """A reason of at most a thousand characters; raises RecordError for a longer one."""
    if len(given) > LONGEST_REASON:
        raise RecordError("reason", given[:40] + "…", f"must be {LONGEST_REASON} characters or fewer")
    return given
