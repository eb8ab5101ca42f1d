"""Saved filters for feed readers: the same incidents as the list, as fit for their marking as an export of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from tocsin.desk.exporting import list_fit_incidents
from tocsin.export.backing import BackedIncident
from tocsin.knowledge.wording import title_incident
from tocsin.notify.feed_forms import FeedEntry, FeedHead, name_entry, name_host, write_atom_feed, write_rss_feed
from tocsin.records.inbox import SavedFilter
from tocsin.records.marking import is_public
from tocsin.web.conditional import answer_unless_known, begin_of_day
from tocsin.web.language import _, ngettext
from tocsin.web.pages.syndication import find_address
from tocsin.web.phrases import cut_short, show_bounds, show_date
from tocsin.web.reaching import DeskHere
from tocsin.web.saving import find_fed, open_saved

router = APIRouter()
MOST_ENTRIES = 50
_QUOTED = 300


@router.get("/feeds/filters/{filter_id}/{secret}.atom")
def get_filter_atom(request: Request, desk: DeskHere, filter_id: str, secret: str) -> Response:
    """The newest incidents of a saved filter; who has the address needs no account."""
    saved, address = find_fed(desk, filter_id, secret), find_address(request, desk)
    here = f"{address}/feeds/filters/{filter_id}/{secret}.atom"
    xml = write_atom_feed(
        _make_head(desk, saved, address), _make_entries(desk, saved, address), address=address, self_address=here,
        now=begin_of_day(desk.clock.now()),
    )  # fmt: skip
    return answer_unless_known(request, xml, "application/atom+xml")


@router.get("/feeds/filters/{filter_id}/{secret}.rss")
def get_filter_rss(request: Request, desk: DeskHere, filter_id: str, secret: str) -> Response:
    """The same as RSS 2.0."""
    saved, address = find_fed(desk, filter_id, secret), find_address(request, desk)
    xml = write_rss_feed(
        _make_head(desk, saved, address), _make_entries(desk, saved, address), now=begin_of_day(desk.clock.now())
    )
    return answer_unless_known(request, xml, "application/rss+xml")


def _make_head(desk: DeskHere, saved: SavedFilter, address: str) -> FeedHead:
    """Where everybody may read, no address says whom or which place the filter asks for."""
    has_query = saved.query and not is_public(desk.settings.tlp)
    page = f"{address}/incidents{'?' + saved.query if has_query else ''}"
    return FeedHead(saved.id, f"Tocsin: {saved.name}", _("Incidents of a saved filter, drawn from news reports"), page)


def _make_entries(desk: DeskHere, saved: SavedFilter, address: str) -> list[FeedEntry]:
    wanted = replace(open_saved(desk.store, saved).wanted, limit=MOST_ENTRIES, offset=0)
    told = list(list_fit_incidents(desk, wanted))
    shown = desk.store.shown(backed.incident.id for backed in told)
    marking = desk.settings.tlp
    return [
        _make_entry(one, address, shown[one.incident.id].changed_at if one.incident.id in shown else None, marking)
        for one in told
    ]


def _make_entry(told: BackedIncident, address: str, changed_at: datetime | None, marking: str) -> FeedEntry:
    incident = told.incident
    mark = "[EXERCISE] " if incident.is_exercise else ""
    return FeedEntry(
        name_entry(name_host(address), incident.reported_at, incident.id),
        f"{mark}{title_incident(incident)}",
        _write_content(told, marking),
        f"{address}/incidents/{incident.id}",
        incident.reported_at,
        max(changed_at or incident.reported_at, incident.reported_at),
        (incident.type, incident.state, *(["EXERCISE"] if incident.is_exercise else [])),
    )


def _write_content(told: BackedIncident, marking: str) -> str:
    """What the list's row says: the founding sentence, place, day, state, counts and tolls, each escaped."""
    incident = told.incident
    place, claims = incident.place, len(incident.claim_ids)
    lines = [
        place.shown_name if place else _("place not said"),
        show_date(incident.date) if incident.date else _("day not given"),
        incident.state,
        ngettext("%(num)s claim", "%(num)s claims", claims) % {"num": claims},
        ngettext("%(num)s origin", "%(num)s origins", incident.origins) % {"num": incident.origins},
        *(f"{toll.kind} {show_bounds(toll.low, toll.high)}" for toll in incident.tolls),
    ]
    quote = (
        Markup("<blockquote>{}</blockquote>").format(cut_short(told.claims[0].evidence.text, _QUOTED))
        if told.claims
        else Markup()
    )
    outlets = list(dict.fromkeys(a.outlet_name for a in told.list_articles() if a.outlet_name))
    facts = Markup(" · ").join([*lines, ", ".join(outlets[:5])] if outlets else lines)
    exercise = (
        Markup("<p><strong>{}</strong></p>").format(_("EXERCISE: nothing of it happened."))
        if incident.is_exercise
        else Markup()
    )
    return str(exercise + quote + Markup("<p>{}</p><p>{}</p>").format(facts, marking))
