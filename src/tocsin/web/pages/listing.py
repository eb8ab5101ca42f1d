"""What the pages with lists share: rows of incidents, choices of a filter bar, paging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.export.forms import ALL_FORMS, FORMS
from tocsin.ports import Store
from tocsin.records import Claim, Filter, Incident, Outlet
from tocsin.records.marking import is_public
from tocsin.web.asked import Asked
from tocsin.web.asking import PAGE_LENGTH
from tocsin.web.naming import name_tension
from tocsin.web.titles import say_form


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One line of a list of incidents; `claim` founded it, None only where it has just been taken away."""

    incident: Incident
    claim: Claim | None
    outlets: tuple[Outlet, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list a page shows, and the addresses of its neighbours."""

    first: int
    last: int
    total: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of record to take away: all that meets the screen's filter, in each of its forms.

    precise  the same forms with names of persons and exact points, where the desk's marking leaves them out
    """

    what: str
    forms: tuple[tuple[str, str], ...]
    precise: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that the filter bar offers."""

    id: str
    name: str
    is_exercise: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter bar offers: outlets and places, each by name."""

    outlets: tuple[Outlet, ...]
    places: tuple[PlaceChoice, ...]


def make_rows(store: Store, incidents: Sequence[Incident]) -> list[IncidentRow]:
    """Incidents with the claim that founded each and the outlets that carried it."""
    claims = store.claims_by_id([i.claim_ids[0] for i in incidents])
    outlets = {o.id: o for o in store.outlets()}
    return [
        IncidentRow(i, claims.get(i.claim_ids[0]), tuple(outlets[o] for o in i.outlets if o in outlets))
        for i in incidents
    ]


def make_choices(desk: Desk, asked: Asked) -> Choices:
    """What a filter bar offers; the place asked for is among it even if it has no tension."""
    store = desk.store
    tensions = [name_tension(desk, t) for t in store.latest_tensions()]
    places = {t.place_id: PlaceChoice(t.place_id, t.place_name, t.is_exercise) for t in tensions}
    wanted = asked.wanted.place_id
    if wanted and wanted not in places:
        placed = [i for i in store.incidents(asked.wanted) if i.place and i.place.gazetteer_id == wanted]
        known = [PlaceChoice(wanted, i.place.shown_name, i.is_exercise) for i in placed if i.place]
        places[wanted] = known[0] if known else PlaceChoice(wanted, wanted)
    return Choices(
        tuple(sorted(store.outlets(), key=lambda outlet: outlet.name.casefold())),
        tuple(sorted(places.values(), key=lambda place: place.name.casefold())),
    )


def make_exports(desk: Desk, asked: Asked, *kinds: str) -> list[Export]:
    """Addresses of files that hold exactly what a screen shows, all pages of it.

    Times stand in the place of a window: it would end with a newer report by the time that the file is asked for.
    """
    shown, has_choice = replace(asked, last=None), is_public(desk.settings.tlp)

    def list_forms(what: str, **more: str) -> tuple[tuple[str, str], ...]:
        return tuple((say_form(ALL_FORMS[name]), shown.link(f"/api/{what}.{name}", **more)) for name in FORMS[what])

    return [Export(what, list_forms(what), list_forms(what, precise="1") if has_choice else ()) for what in kinds]


def make_paging(path: str, asked: Asked, shown: int, total: int) -> Paging:
    """The part of a list that `asked` chose."""
    limit, offset = asked.wanted.limit, asked.wanted.offset
    before = max(offset - limit, 0)
    return Paging(
        first=offset + 1 if shown else 0,
        last=offset + shown,
        total=total,
        previous=asked.link(path, offset=before or None, limit=_limit(asked)) if offset else None,
        next=asked.link(path, offset=offset + limit, limit=_limit(asked)) if offset + shown < total else None,
    )


def lead_to_last(request: Request, link: Callable[..., str], wanted: Filter, total: int) -> Response | None:
    """To the last page of a list that was asked for beyond its end: it has become shorter. None where it is not.

    link  gives the list's address with other parameters; what a deed has to say goes along
    """
    limit = wanted.limit
    if not 0 < total <= wanted.offset:
        return None
    address = link(offset=(total - 1) // limit * limit or None, limit=limit if limit != PAGE_LENGTH else None)
    told = {name: request.query_params[name] for name in ("notice", "told") if name in request.query_params}
    return RedirectResponse(address + (("&" if "?" in address else "?") + urlencode(told) if told else ""), 303)


def _limit(asked: Asked) -> int | None:
    return asked.wanted.limit if asked.wanted.limit != PAGE_LENGTH else None
