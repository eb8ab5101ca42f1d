"""What an inbox was asked for, and what is new about its rows in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Depends, Query
from pydantic import WithJsonSchema
from starlette.datastructures import FormData

from tocsin.desk import Desk
from tocsin.desk.inbox import News
from tocsin.errors import RecordError, TocsinError
from tocsin.ports import Store
from tocsin.records.inbox import Change, InboxRow, InboxWanted, find_absence
from tocsin.web.asked import Asked
from tocsin.web.asking import AskedHere, parse_asked
from tocsin.web.forms import field_text
from tocsin.web.keymap import KeyMap, load_keys
from tocsin.web.language import N_, _, ngettext
from tocsin.web.phrases import name_maker, say_count
from tocsin.web.terms import say_term

#: Windows in the desk's own time, hours before now; "shift" goes back to when the person was last at the desk.
WITHIN: dict[str, int | None] = {"shift": None, "24h": 24, "7d": 24 * 7, "all": None}
#: Without an earlier shift there is nothing to go back to.
WITHOUT_SHIFT = "7d"
#: More incidents than a page shows cannot be ticked.
MOST_TICKED = 1000
#: More unread incidents are not counted out in the navigation.
MOST_COUNTED = 99
_TOLD = re.compile(r"(read|unread|accepted)-(\d{1,6})-(\d{1,6})")
_OWN = ("within", "unread", "unjudged")
_CHANGES = {
    "state": N_("state now %(now)s, was %(was)s"),
    "place": N_("place now %(now)s, was %(was)s"),
    "date": N_("day now %(now)s, was %(was)s"),
    "type": N_("type now %(now)s, was %(was)s"),
    "modality": N_("statement now %(now)s, was %(was)s"),
    "certainty": N_("certainty now %(now)s, was %(was)s"),
    "origins": N_("independent origins now %(now)s, were %(was)s"),
    "credibility": N_("credibility now %(now)s, was %(was)s"),
}
_WORDS = {
    "accepted": N_("%(name)s accepted a claim"),
    "rejected": N_("%(name)s rejected a claim"),
    "changed": N_("%(name)s corrected a claim: %(field)s"),
    "added": N_("%(name)s added a claim"),
    "reopened": N_("%(name)s reopened a claim"),
    "graded": N_("%(name)s graded a claim"),
    "noted": N_("%(name)s wrote a note"),
}
Switch = Annotated[str, WithJsonSchema({"type": "string", "enum": ["1", "0"]})]


@dataclass(frozen=True, slots=True)
class InboxAsked:
    """A filter and what only an inbox knows.

    within  "shift", "24h", "7d" or "all" as given, or None
    """

    asked: Asked
    within: str | None = None
    is_unread: bool = False
    is_unjudged: bool = False

    def query(self, **changes: Any) -> str:
        """The query string that asks for the same, with `changes` (None or False takes a parameter out); no paging."""
        own: dict[str, Any] = {"within": self.within, "unread": self.is_unread, "unjudged": self.is_unjudged}
        own |= {name: changes.pop(name) for name in _OWN if name in changes}
        kept = {name: "1" if value is True else value for name, value in own.items() if value}
        return "&".join(part for part in (urlencode(kept), self.asked.query(**changes)) if part)

    def link(self, **changes: Any) -> str:
        """The address of the inbox that asks for the same."""
        query = self.query(**changes)
        return f"/inbox?{query}" if query else "/inbox"

    def link_row(self, incident_id: str) -> str:
        """The page of an incident that leads on through this inbox."""
        return link_row(incident_id, self.query())

    def link_filter(self, query: str) -> str:
        """The same window and switches with the conditions of another filter."""
        return "/inbox?" + "&".join(part for part in (urlencode(self.list_own()), query) if part)

    def list_own(self) -> dict[str, str]:
        """The window and the switches, for the hidden fields of a form that changes the filter."""
        return {name: value for name, value in parse_qsl(self.query()) if name in _OWN}


def link_row(incident_id: str, query: str) -> str:
    """The page of an incident, which leads on through the inbox that `query` asks for; it need not know the usual."""
    return f"/incidents/{quote(incident_id, safe='')}" + (f"?{urlencode({'inbox': query})}" if query else "")


#: What a page's frame knows of the inbox where the store cannot be asked.
NO_INBOX: dict[str, Any] = {"unread": 0, "keys": KeyMap()}


def find_inbox_frame(desk: Desk, person: str) -> dict[str, Any]:
    """What every page's frame shows of a person's inbox: how much is unread in its usual window, and his keys."""
    try:
        since = find_window(desk.store, person, None, desk.clock.now()).since
        unread = desk.store.count_unread(person, since, most=MOST_COUNTED + 1)
        return {"unread": unread, "keys": load_keys(desk.store, person)}
    except TocsinError:
        return {}


@dataclass(frozen=True, slots=True)
class Window:
    """Since when the inbox shows, and what it stands for.

    within   "shift", "24h", "7d" or "all"
    absence  when the person was last at the desk, or None
    """

    within: str
    since: datetime | None
    absence: datetime | None


async def read_inbox_asked(
    asked: AskedHere,
    within: Annotated[
        str,
        WithJsonSchema({"type": "string", "enum": [*WITHIN]}),
        Query(description="changed at the desk since my last shift, in the last 24 hours or 7 days, or whenever"),
    ] = "",
    unread: Annotated[Switch, Query(description="1 for what I have not seen as it is now")] = "",
    unjudged: Annotated[Switch, Query(description="1 for what nobody has judged")] = "",
) -> InboxAsked:
    """What the query string asks for; raises RecordError on a value that cannot be."""
    return _make_asked(asked, {"within": within, "unread": unread, "unjudged": unjudged})


#: What an inbox was asked for, as a parameter of a handler.
InboxAskedHere = Annotated[InboxAsked, Depends(read_inbox_asked)]


def parse_inbox_asked(query: str) -> InboxAsked:
    """The same from a query string, its window of days not resolved."""
    given = dict(parse_qsl(query))
    return _make_asked(parse_asked(given), given)


def _make_asked(asked: Asked, given: Mapping[str, str]) -> InboxAsked:
    within = given.get("within") or None
    if within is not None and within not in WITHIN:
        raise RecordError("within", within[:40], f"must be one of {', '.join(WITHIN)}")
    return InboxAsked(asked, within, _parse_switch("unread", given), _parse_switch("unjudged", given))


def _parse_switch(name: str, given: Mapping[str, str]) -> bool:
    value = given.get(name, "")
    if value not in ("", "0", "1"):
        raise RecordError(name, value[:40], "must be 1 or 0")
    return value == "1"


def find_window(store: Store, person: str, within: str | None, now: datetime) -> Window:
    """Since when a person's inbox shows: since his last shift, or seven days where he had none."""
    absence = find_absence(store.last_shifts(person))
    chosen = within or ("shift" if absence else WITHOUT_SHIFT)
    hours = WITHIN[chosen]
    since = absence if chosen == "shift" else now - timedelta(hours=hours) if hours else None
    return Window(chosen, since, absence)


def want_inbox(asked: InboxAsked, window: Window) -> InboxWanted:
    """What the store is asked for."""
    return InboxWanted(asked.asked.wanted, window.since, asked.is_unread, asked.is_unjudged)


def find_next_unread(store: Store, person: str, wanted: InboxWanted, incident_id: str) -> str | None:
    """The unread incident that stands below one in the list, or else the first; None where no other is unread.

    Of a list longer than a page can be, the first `MOST_TICKED` are looked at.
    """
    unread = replace(wanted, is_unread=True, filter=replace(wanted.filter, offset=0, limit=MOST_TICKED))
    rows = [row for row in store.inbox(person, unread) if row.incident.id != incident_id]
    shown = store.shown([incident_id]).get(incident_id)
    held = store.incidents_by_id([incident_id]).get(incident_id)
    if shown is not None and held is not None:
        here = (shown.changed_at, held.reported_at)
        below = (r for r in rows if _stands_below((r.shown.changed_at, r.incident.reported_at), here, r, incident_id))
        return next((row.incident.id for row in below), rows[0].incident.id if rows else None)
    return rows[0].incident.id if rows else None


def _stands_below(one: tuple[datetime, datetime], here: tuple[datetime, datetime], row: InboxRow, id_: str) -> bool:
    """The order of the list: the last changed first, of those the last reported, then by identifier."""
    return one < here or (one == here and row.incident.id > id_)


def read_ticks(given: Iterable[str]) -> dict[str, str | None]:
    """Incident to the digest of the look that the page showed, from "inc_…:digest"; raises RecordError for too many."""
    pairs = [value.strip().partition(":") for value in given if value.strip()]
    if len(pairs) > MOST_TICKED:
        raise RecordError("incidents", len(pairs), f"must be {MOST_TICKED} or fewer at once")
    return {id_: digest or None for id_, _sign, digest in pairs}


def read_chosen(form: FormData) -> dict[str, str | None]:
    """The ticked incidents, or all that the page showed where that is ticked; raises RecordError for none."""
    name = "shown" if field_text(form, "all") else "incident"
    ticks = read_ticks(str(value) for value in form.getlist(name))
    if not ticks:
        raise RecordError("incidents", "", _("none is ticked: tick the rows that are meant, or all that are shown"))
    return ticks


def tell_done(told: str) -> str | None:
    """What the page says after a deed, from "read-12-1": outside text is never repeated."""
    found = _TOLD.fullmatch(told)
    if found is None:
        return None
    deed, done, passed = found[1], int(found[2]), int(found[3])
    texts = {
        "read": ngettext("%(num)s incident marked read.", "%(num)s incidents marked read.", done),
        "unread": ngettext("%(num)s incident marked unread.", "%(num)s incidents marked unread.", done),
        "accepted": ngettext("%(num)s claim accepted.", "%(num)s claims accepted.", done),
    }
    text = texts[deed] % {"num": done}
    if passed:
        more = ngettext(
            "%(num)s changed meanwhile, or is gone, and was left as it is.",
            "%(num)s changed meanwhile, or are gone, and were left as they are.",
            passed,
        )
        text += " " + more % {"num": passed}
    return text


def tell_news(news: News) -> list[str]:
    """What is new, in short sentences without full stops: "2 new reports", "killed now 3 to 5, was 3"."""
    told = [_("denied by %(name)s") % {"name": name or _("an unnamed voice")} for name in news.deniers]
    for change in news.changes:
        told += tell_change(change, is_merged=bool(news.came_from))
    return [*told, *(tell_word(said.kind, said.made_by, said.field) for said in news.said)]


def tell_word(kind: str, made_by: str, field: str | None) -> str:
    """What somebody said of a claim."""
    name = name_maker(made_by)
    return _(_WORDS[kind]) % {"name": name, "field": say_term(field)}


def tell_change(change: Change, *, is_merged: bool = False) -> list[str]:
    """One thing that is other than it was; `is_merged`: the claims that joined come from another incident."""
    count = len(change.claim_ids)
    if change.kind == "joined":
        told = [ngettext("%(num)s new report", "%(num)s new reports", count) % {"num": count}]
        return [*told, _("merged with another incident")] if is_merged else told
    if change.kind == "left":
        return [ngettext("%(num)s report fewer", "%(num)s reports fewer", count) % {"num": count}]
    was, now = say_term(change.was) or _("none"), say_term(change.now) or _("none")
    if change.kind == "toll":
        was, now = say_count(change.was) or _("none"), say_count(change.now) or _("none")
        return [_("%(kind)s now %(now)s, was %(was)s") % {"kind": say_term(change.about), "now": now, "was": was}]
    return [_(_CHANGES[change.kind]) % {"now": now, "was": was}]
