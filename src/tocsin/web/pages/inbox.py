"""The inbox: what needs one person's eyes, in the order in which it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk.inbox import MOST_ACCEPTED, accept_incidents, list_news
from tocsin.errors import RecordError
from tocsin.web.asking import PAGE_LENGTH
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.inboxing import (
    WITHIN,
    InboxAsked,
    InboxAskedHere,
    find_next_unread,
    find_window,
    link_row,
    parse_inbox_asked,
    read_chosen,
    tell_done,
    tell_news,
    want_inbox,
)
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import Paging, lead_to_last, make_choices, make_rows
from tocsin.web.persons import find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.ringing import group_alerts
from tocsin.web.saving import find_saved

router = APIRouter()
MOST_RINGING = 5
_INCIDENT = re.compile(r"inc_[a-z2-7]{16}")


@router.get("/inbox")
def show_inbox(request: Request, desk: DeskHere, asked: InboxAskedHere) -> Response:
    """What rings and nobody has answered, then the incidents: unread or changed, not judged, the rest."""
    person, now = find_person(request), desk.clock.now()
    window = find_window(desk.store, person, asked.within, now)
    wanted = want_inbox(asked, window)
    held = desk.store.inbox(person, wanted)
    counts = desk.store.count_inbox(person, wanted)
    if (last := lead_to_last(request, asked.link, asked.asked.wanted, counts.total)) is not None:
        return last  # marking what a page of unread incidents showed may have emptied it
    groups = group_alerts(desk.store.alerts(states=["firing"]))
    shifts = desk.store.last_shifts(person, 1)
    ringing = [alert for group in groups[:MOST_RINGING] for alert in (group.lead, *group.nested)]
    return render(
        request,
        "inbox.html",
        asked=asked.asked,
        inbox=asked,
        window=window,
        windows=list(WITHIN),
        shift=shifts[0] if shifts and shifts[0].ended_at is None else None,
        held=list(zip(held, make_rows(desk.store, [row.incident for row in held]), strict=True)),
        news={id_: tell_news(news) for id_, news in list_news(desk.store, held).items()},
        tallies=counts,
        groups=groups[:MOST_RINGING],
        further=len(groups) - MOST_RINGING,
        paging=_make_paging(asked, len(held), counts.total),
        choices=make_choices(desk, asked.asked),
        saved=find_saved(desk.store, person, asked.asked),
        most_accepted=MOST_ACCEPTED,
        **_tell(request),
        footnotes=list_footnotes(desk, (row.incident.place for row in held), ringing),
    )


@router.get("/inbox/next")
def go_on(
    request: Request, desk: DeskHere, asked: InboxAskedHere, after: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """On to the next unread incident of the inbox as it is asked for; back to the inbox where there is none."""
    person = find_person(request)
    window = find_window(desk.store, person, asked.within, desk.clock.now())
    found = find_next_unread(desk.store, person, want_inbox(asked, window), after)
    query = asked.query()
    if found is None:
        return RedirectResponse(f"/inbox?{query}&notice=all-read" if query else "/inbox?notice=all-read", 303)
    return RedirectResponse(link_row(found, query), 303)


@router.post("/inbox/marks")
def mark(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Mark the ticked incidents, or all that the page showed, as read or as unread."""
    ticks, person, lead = read_chosen(form), find_person(request), _read_way(form)
    action = field_text(form, "action")
    if action == "read":
        done = desk.store.mark_seen(person, ticks, desk.clock.now())
    elif action == "unread":
        done = desk.store.mark_unseen(person, ticks)
    else:
        raise RecordError("action", (action or "")[:40], "must be read or unread")
    passed = len(ticks) - done if action == "read" else 0
    return lead(f"{action}-{done}-{passed}")


@router.post("/inbox/accept")
def accept(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Accept every claim of the ticked incidents that nobody has judged."""
    ticks, lead = read_chosen(form), _read_way(form)
    done = accept_incidents(desk.store, desk.clock, ticks, who=find_person(request))
    return lead(f"accepted-{done.claims}-{done.passed}")


@router.post("/inbox/shift")
def change_shift(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Begin a shift, or end the one that the person is in."""
    person, now, action = find_person(request), desk.clock.now(), field_text(form, "action")
    if action == "begin":
        desk.store.begin_shift(person, now)
    elif action == "end":
        desk.store.end_shift(person, now)
    else:
        raise RecordError("action", (action or "")[:40], "must be begin or end")
    return RedirectResponse(f"/inbox?notice=shift-{'begun' if action == 'begin' else 'ended'}", 303)


def _tell(request: Request) -> dict[str, Any]:
    """What the page says of a deed; nothing, where the frame may have something to say."""
    told = tell_done(request.query_params.get("told", ""))
    return {"notice": told} if told else {}


def _read_way(form: CheckedForm) -> Callable[[str], Response]:
    """The way to the page that the form stands on, the incident's own or the inbox as it was asked for: made of what
    the page is to say. Read before anything is done, since a refusal says that nothing was."""
    one = field_text(form, "from") or ""
    if _INCIDENT.fullmatch(one):
        query = parse_inbox_asked(field_text(form, "inbox") or "").query()
        address = f"{link_row(one, query)}{'&' if query else '?'}"
    else:
        asked = parse_inbox_asked(field_text(form, "back") or "")
        wanted = asked.asked.wanted
        limit = wanted.limit if wanted.limit != PAGE_LENGTH else None
        query = asked.query(offset=wanted.offset or None, limit=limit)
        address = f"/inbox?{query}&" if query else "/inbox?"
    return lambda told: RedirectResponse(address + urlencode({"told": told}), 303)


def _make_paging(asked: InboxAsked, shown: int, total: int) -> Paging:
    wanted = asked.asked.wanted
    limit = wanted.limit if wanted.limit != PAGE_LENGTH else None
    before = max(wanted.offset - wanted.limit, 0)
    return Paging(
        first=wanted.offset + 1 if shown else 0,
        last=wanted.offset + shown,
        total=total,
        previous=asked.link(offset=before or None, limit=limit) if wanted.offset else None,
        next=asked.link(offset=wanted.offset + wanted.limit, limit=limit) if wanted.offset + shown < total else None,
    )
