"""Actors: who does what to whom over time, as a table and as a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.desk import Desk
from tocsin.desk.dealings import SORT_KEYS, Dealing, Side, SortKey, parse_sort, show_dealings, sort_dealings
from tocsin.knowledge.countries import load_countries
from tocsin.places.naming import load_naming
from tocsin.records import Place
from tocsin.web.asked import Asked
from tocsin.web.asking import PAGE_LENGTH, AskedHere
from tocsin.web.dating import write_day, write_month
from tocsin.web.language import _
from tocsin.web.naming import list_footnotes
from tocsin.web.networks import HEIGHT, WIDTH, draw_bars, draw_network
from tocsin.web.outlines import name_invented
from tocsin.web.pages.listing import lead_to_last, make_choices
from tocsin.web.phrases import name_sector
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
SortAsked = Annotated[str, Query(description=f"column: {', '.join(SORT_KEYS)}")]


@router.get("/actors")
def list_actors(request: Request, desk: DeskHere, asked: AskedHere, sort: SortAsked = "") -> Response:
    """Dealings of the incidents that meet the filter, those with the most deeds first, a page at a time."""
    by = parse_sort(sort)
    view = show_dealings(desk.store, asked.wanted)
    link = partial(_link, asked, None if by == "incidents" else by)
    if (last := lead_to_last(request, link, asked.wanted, len(view.dealings))) is not None:
        return last
    named = make_namer(desk)
    first, limit = asked.wanted.offset, asked.wanted.limit
    rows = sort_dealings(view.dealings, by)[first : first + limit]
    periods = [write_day(day) if view.step == "week" else write_month(day) for day in view.periods]
    network = draw_network(view.dealings, named)
    return render(
        request,
        "actors.html",
        asked=asked,
        choices=make_choices(desk, asked),
        view=view,
        sort=by,
        rows=[(row, draw_bars(row, periods, view.step)) for row in rows],
        periods=periods,
        network=network,
        size=(WIDTH, HEIGHT),
        named=named,
        to_incidents=lambda dealing, counted: link_incidents(asked, dealing, counted),
        column=lambda key: _link(asked, None if key == "incidents" else key),
        party=lambda side, realm, end: _link(asked, None, **{end: side.key, "realm": realm}),
        pages=_make_pages(asked, by, len(view.dealings)),
        footnotes=list_footnotes(desk, _list_countries(d for d in view.dealings if not d.is_exercise)),
    )


def make_namer(desk: Desk) -> Callable[[Side], str]:
    """Names sides: country and sector in words, the country under the desk's naming policy; else their own words."""
    naming, countries = load_naming(desk.settings.naming_policy), load_countries().by_code

    def name(side: Side) -> str:
        if not side.is_named:
            return _("unnamed")
        sector = name_sector(side.sector)
        known = countries.get(side.country or "")
        # IGO, NGO and MED stand in the place of a country, and are sectors too
        country = naming.name(f"country:{known.iso3}", known.name) if known else None
        country = country or name_invented(side.country or "") or name_sector(side.country)
        if country or sector:
            return ": ".join(dict.fromkeys(part for part in (country, sector) if part))
        return side.names[0] if side.names else side.key

    return name


def link_incidents(asked: Asked, dealing: Dealing, counted: str) -> str:
    """Just the incidents behind a number. Times in place of a window: another list might have another newest report."""
    return asked.link(
        "/incidents", by_party=dealing.actor.key, to_party=dealing.recipient.key, realm=dealing.realm, counted=counted,
        last=None, since=asked.wanted.since, until=asked.wanted.until,
        reported_since=asked.wanted.reported_since, reported_until=asked.wanted.reported_until,
    )  # fmt: skip


def _link(asked: Asked, sort: str | None, **changes: Any) -> str:
    """This page, asked for the same and `changes`; a page of its table other than the first only where that says so."""
    return asked.link("/actors", sort=sort, **changes)


def _make_pages(asked: Asked, by: SortKey, total: int) -> dict[str, Any]:
    """Which rows are shown, and the addresses of those before and after; None where there are none."""
    first, limit = asked.wanted.offset, asked.wanted.limit
    more = {"limit": limit if limit != PAGE_LENGTH else None}
    sort = None if by == "incidents" else by
    return {
        "first": min(first + 1, total),
        "last": min(first + limit, total),
        "total": total,
        "before": _link(asked, sort, offset=max(first - limit, 0) or None, **more) if first else None,
        "after": _link(asked, sort, offset=first + limit, **more) if first + limit < total else None,
    }


def _list_countries(dealings: Iterable[Dealing]) -> list[Place]:
    """The countries that sides stand under, as places: names of disputed ones carry their footnotes."""
    codes = {side.country for d in dealings for side in (d.actor, d.recipient) if side.country}
    known = load_countries().by_code
    return [Place(known[c].name, "country", c, gazetteer_id=f"country:{c}") for c in sorted(codes) if c in known]
