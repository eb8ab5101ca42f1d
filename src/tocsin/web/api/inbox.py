"""The inbox, marks, shifts and saved filters through the API: of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from tocsin.desk.inbox import Accepted, News, accept_incidents, list_news
from tocsin.records import Alert, Incident
from tocsin.records.inbox import (
    LONGEST_NAME,
    LONGEST_QUERY,
    Change,
    InboxRow,
    SavedFilter,
    Shift,
    clean_filter_name,
    saved_filter_id,
)
from tocsin.web.api.given import Given
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.inboxing import MOST_TICKED, InboxAskedHere, find_window, want_inbox
from tocsin.web.persons import find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.saving import clean_query, find_own

router = make_router("inbox")


@dataclass(frozen=True, slots=True)
class InboxLine:
    """An incident in somebody's inbox.

    digest      of what it looks like: who marks it says that he has seen this one
    changed_at  when the desk gave it this look
    seen_at     when the person marked it, or null
    changes     what is other since then; `deniers` who denies it in what has joined (null: an unnamed voice);
                `came_from` incidents that were merged into it
    """

    incident: Incident
    digest: str
    changed_at: datetime
    is_unread: bool
    is_changed: bool
    is_judged: bool
    seen_at: datetime | None
    changes: list[Change]
    deniers: list[str | None]
    came_from: list[str]


@dataclass(frozen=True, slots=True)
class InboxAnswer:
    """A page of the inbox, and how much there is over all pages; `since` is null where everything is shown."""

    within: str
    since: datetime | None
    total: int
    unread: int
    unjudged: int
    alerts: list[Alert]
    incidents: list[InboxLine]


@dataclass(frozen=True, slots=True)
class MarksAnswer:
    """How many incidents were marked; `passed` had changed meanwhile, or were not marked as asked."""

    done: int
    passed: int


@dataclass(frozen=True, slots=True)
class FilterForm:
    """A saved filter; of its feed only whether there is one is told."""

    id: str
    name: str
    query: str
    person: str
    is_shared: bool
    has_feed: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FilterList:
    """A person's own filters, then those that others share."""

    filters: list[FilterForm]


class TicksGiven(Given):
    """Incidents, each with the digest of the look that was seen, or null for whatever it looks like now."""

    incidents: dict[str, str | None] = Field(min_length=1, max_length=MOST_TICKED)


class MarksGiven(TicksGiven):
    """Incidents to mark."""

    action: Literal["read", "unread"]


class ShiftGiven(Given):
    """Whether a shift begins or ends."""

    action: Literal["begin", "end"]


class FilterGiven(Given):
    """A filter to keep: `query` as in the address bar."""

    name: str = Field(min_length=1, max_length=4 * LONGEST_NAME)
    query: str = Field("", max_length=LONGEST_QUERY)
    is_shared: bool = False


@router.get("/inbox", response_model=InboxAnswer)
def get_inbox(request: Request, desk: DeskHere, asked: InboxAskedHere) -> JSONResponse:
    """What needs the person's eyes: unread or changed first, then what nobody has judged, then the rest."""
    person = find_person(request)
    window = find_window(desk.store, person, asked.within, desk.clock.now())
    wanted = want_inbox(asked, window)
    held, counts = desk.store.inbox(person, wanted), desk.store.count_inbox(person, wanted)
    news = list_news(desk.store, held)
    lines = [_make_line(row, news.get(row.incident.id, News())) for row in held]
    alerts = desk.store.alerts(states=["firing"])
    return answer(InboxAnswer(window.within, window.since, counts.total, counts.unread, counts.unjudged, alerts, lines))


@router.post("/inbox/marks", response_model=MarksAnswer)
def post_marks(request: Request, desk: DeskHere, given: MarksGiven) -> JSONResponse:
    """Mark incidents as read, as they were seen, or as unread."""
    person = find_person(request)
    if given.action == "read":
        done = desk.store.mark_seen(person, given.incidents, desk.clock.now())
    else:
        done = desk.store.mark_unseen(person, given.incidents)
    return answer(MarksAnswer(done, len(given.incidents) - done))


@router.post("/inbox/accept", response_model=Accepted)
def post_acceptances(request: Request, desk: DeskHere, given: TicksGiven) -> JSONResponse:
    """Accept every claim of the incidents that nobody has judged: all of them, or none."""
    return answer(accept_incidents(desk.store, desk.clock, given.incidents, who=find_person(request)))


@router.post("/inbox/shift", response_model=Shift | None)
def post_shift(request: Request, desk: DeskHere, given: ShiftGiven) -> JSONResponse:
    """Begin a shift, or end the open one; null where none was open."""
    person, now = find_person(request), desk.clock.now()
    return answer(desk.store.begin_shift(person, now) if given.action == "begin" else desk.store.end_shift(person, now))


@router.get("/filters", response_model=FilterList)
def get_filters(request: Request, desk: DeskHere) -> JSONResponse:
    """The person's own filters, by name, then those that others share."""
    return answer(FilterList([_make_form(saved) for saved in desk.store.saved_filters(find_person(request))]))


@router.post("/filters", response_model=FilterForm, status_code=201)
def post_filter(request: Request, desk: DeskHere, given: FilterGiven) -> JSONResponse:
    """Keep a filter under a name."""
    person, now, name = find_person(request), desk.clock.now(), clean_filter_name(given.name)
    id_ = saved_filter_id(person, name, now)
    saved = SavedFilter(id_, person, name, clean_query(given.query), now, given.is_shared)
    desk.store.add_saved_filter(saved)
    return answer(_make_form(saved), 201)


@router.put("/filters/{filter_id}", response_model=FilterForm)
def put_filter(request: Request, desk: DeskHere, filter_id: str, given: FilterGiven) -> JSONResponse:
    """Give a filter another name or other conditions, or share it; its feed stays."""
    saved = find_own(desk.store, find_person(request), filter_id)
    name, query = clean_filter_name(given.name), clean_query(given.query)
    changed = replace(saved, name=name, query=query, is_shared=given.is_shared)
    desk.store.change_saved_filter(changed)
    return answer(_make_form(changed))


@router.delete("/filters/{filter_id}", status_code=204)
def delete_filter(request: Request, desk: DeskHere, filter_id: str) -> Response:
    """Delete a filter; its feed goes with it."""
    desk.store.remove_saved_filter(find_own(desk.store, find_person(request), filter_id).id)
    return Response(status_code=204)


def _make_line(row: InboxRow, news: News) -> InboxLine:
    return InboxLine(
        row.incident,
        row.shown.digest,
        row.shown.changed_at,
        row.is_unread,
        row.is_changed,
        row.shown.is_judged,
        row.mark.seen_at if row.mark else None,
        list(news.changes),
        list(news.deniers),
        list(news.came_from),
    )


def _make_form(saved: SavedFilter) -> FilterForm:
    return FilterForm(
        saved.id, saved.name, saved.query, saved.person, saved.is_shared, saved.feed_digest is not None, saved.made_at
    )
