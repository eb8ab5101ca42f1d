"""Incidents: the list and the one, with its rival versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.desk.correcting import mark_seen
from tocsin.desk.grading import LONGEST_NOTE
from tocsin.desk.inbox import find_sight
from tocsin.desk.reviewing import review_claims
from tocsin.desk.views import IncidentView, Move, show_incident
from tocsin.incidents import Point
from tocsin.records import Claim, Filter, Incident, Outlet
from tocsin.records.correction import Correction
from tocsin.records.inbox import LONGEST_QUERY
from tocsin.records.marking import choose_strictest
from tocsin.web.asking import AskedHere
from tocsin.web.auth.seats import is_secure
from tocsin.web.correcting import find_notice, list_tellers
from tocsin.web.forms import CheckedForm, read_why
from tocsin.web.highlighting import Quote, quote_sentence
from tocsin.web.inboxing import link_row, parse_inbox_asked, tell_done, tell_news
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import lead_to_last, make_choices, make_exports, make_paging, make_rows
from tocsin.web.persons import WhoHere, find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.ringing import group_alerts
from tocsin.web.seeing import find_last_look, remember_look
from tocsin.web.unfolding import tell_stage, unfold_incident

router = APIRouter()
_NEARBY_DAYS, _MOST_NEARBY = 3, 12


@dataclass(frozen=True, slots=True)
class Told:
    """A claim of an incident, and those of other articles that say it word for word."""

    claim: Claim
    repeats: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldVersion:
    """What one speaker says, each wording once; `speaker` and `outlet` as in `Version`."""

    speaker: str | None
    outlet: Outlet | None
    told: tuple[Told, ...]

    @property
    def count(self) -> int:
        """How many claims that is."""
        return sum(1 + len(told.repeats) for told in self.told)


@router.get("/incidents")
def list_incidents(request: Request, desk: DeskHere, asked: AskedHere) -> Response:
    """Incidents that meet the filter, newest first, a page at a time."""
    incidents = desk.store.incidents(asked.wanted)
    total = desk.store.count_incidents(asked.wanted)
    if (last := lead_to_last(request, partial(asked.link, "/incidents"), asked.wanted, total)) is not None:
        return last
    return render(
        request,
        "incidents.html",
        asked=asked,
        rows=make_rows(desk.store, incidents),
        total=total,
        paging=make_paging("/incidents", asked, len(incidents), total),
        exports=make_exports(desk, asked, "incidents", "claims"),
        choices=make_choices(desk, asked),
        footnotes=list_footnotes(desk, (i.place for i in incidents)),
    )


@router.get("/incidents/{incident_id}")
def show(
    request: Request, desk: DeskHere, incident_id: str, inbox: Annotated[str, Query(max_length=LONGEST_QUERY)] = ""
) -> Response:
    """One incident, its claims by who says so; a merged one leads on to what it was merged into.

    inbox  the query string of the inbox that the reader comes from, so that he can go on in it
    """
    view = show_incident(desk.store, incident_id)
    if view.incident.id != incident_id:
        # not for good: what was merged may be parted again, and browsers never ask anew after a 301
        return RedirectResponse(link_row(view.incident.id, parse_inbox_asked(inbox).query()), 302)
    places = [view.incident.place, *(c.place for v in view.versions for c in v.claims)]
    ringing = [a for a in desk.store.alerts() if incident_id in a.incident_ids]
    seen = find_sight(desk.store, find_person(request), view.incident)
    looked_at = seen.mark.seen_at if seen.mark else find_last_look(request, incident_id)
    reviews = review_claims(desk.store, [c for v in view.versions for c in v.claims])
    response = render(
        request,
        "incident.html",
        view=view,
        versions=tell_versions(view),
        unfolding=unfold_incident(desk.store, view),
        tell_stage=tell_stage,
        group_points=group_points,
        quotes=quote_claims(view),
        grades={g.claim_id: g for g in view.incident.grades},
        alerts=group_alerts(ringing),
        nearby=find_nearby(desk, view.incident),
        looked_at=looked_at,
        fresh=seen.news.joined if seen.mark else find_fresh(view, looked_at),
        seen=seen,
        changes=tell_news(seen.news),
        inbox=parse_inbox_asked(inbox),
        footnotes=list_footnotes(desk, places, ringing),
        marking=choose_strictest(desk.store.markings_behind(incident_ids=[incident_id])),
        reviews=reviews,
        course=tell_course(view),
        longest_note=LONGEST_NOTE,
        seen_words=mark_seen({id_: review.history for id_, review in reviews.items()}),
        notice=find_notice(request) or tell_done(request.query_params.get("told", "")),
        **list_tellers(),
    )
    remember_look(request, response, incident_id, desk.clock.now(), secure=is_secure(request, desk.settings))
    return response


@router.post("/incidents/{incident_id}/merge")
def merge(desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Make another incident, or several, part of this one."""
    others = [_read_id(str(value)) for name in ("other", "address") for value in form.getlist(name)]
    desk.merge_incidents(incident_id, [o for o in others if o], why=read_why(form), who=who)
    return RedirectResponse(f"/incidents/{incident_id}?notice=merged#history", 303)


@router.post("/incidents/{incident_id}/split")
def split(desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Take the chosen claims out into an incident of their own."""
    _, new = desk.split_incident(incident_id, [str(c) for c in form.getlist("claim")], why=read_why(form), who=who)
    return RedirectResponse(f"/incidents/{new.id}?notice=split#history", 303)


@router.post("/incidents/{incident_id}/release")
def release(desk: DeskHere, incident_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Give what people have placed back to the rules."""
    desk.release_incident(incident_id, why=read_why(form), who=who)
    return RedirectResponse(f"/incidents/{incident_id}?notice=released#history", 303)


def tell_course(view: IncidentView) -> list[Move | Correction]:
    """How an incident came together, and what was noted on the way, newest first."""
    return sorted([*view.notes, *view.history], key=lambda one: one.made_at, reverse=True)


def group_points(points: Iterable[Point]) -> list[tuple[str, list[Point]]]:
    """Points by their kind, in the order in which they stand."""
    return [(kind, list(held)) for kind, held in groupby(points, key=lambda point: point.kind)]


def find_fresh(view: IncidentView, looked_at: datetime | None) -> frozenset[str]:
    """The claims that have joined since a time; none where there is no time to go by."""
    if looked_at is None:
        return frozenset()
    joined = (m for m in view.history if m.made_at > looked_at and m.incident_id == view.incident.id)
    return frozenset(claim for move in joined for claim in move.claim_ids)


def find_nearby(desk: Desk, incident: Incident) -> list[Incident]:
    """Other incidents of the same place or area around the same day: what this one may have to be merged with."""
    place = incident.place
    day = incident.date.start if incident.date else incident.reported_at.date()
    wanted = Filter(
        since=day - timedelta(days=_NEARBY_DAYS),
        until=day + timedelta(days=_NEARBY_DAYS),
        place_id=(place.within[0] if place.within else place.gazetteer_id) if place else None,
        limit=_MOST_NEARBY + 1,
    )
    near = desk.store.incidents(wanted)
    return [i for i in near if i.id != incident.id and i.is_exercise == incident.is_exercise][:_MOST_NEARBY]


def _read_id(given: str) -> str:
    """An incident's identifier, or the one at the end of its address."""
    return given.strip().split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]


def quote_claims(view: IncidentView) -> dict[str, Quote]:
    """Each claim's evidence within its sentence, by claim id."""
    return {
        claim.id: quote_sentence(view.articles[claim.article_id].text, claim.evidence)
        for version in view.versions
        for claim in version.claims
        if claim.article_id in view.articles
    }


def tell_versions(view: IncidentView) -> list[ToldVersion]:
    """The versions with every wording shown once: a copy stands beside what it copies, it is no version of its own."""
    told: dict[tuple[str, ...], Told] = {}
    firsts: list[list[tuple[str, ...]]] = []
    for version in view.versions:
        fresh: list[tuple[str, ...]] = []
        for claim in version.claims:
            wording = (" ".join(claim.evidence.text.casefold().split()), claim.type, claim.mode or "", claim.modality)
            if wording in told:
                told[wording] = replace(told[wording], repeats=(*told[wording].repeats, claim))
            else:
                told[wording] = Told(claim)
                fresh.append(wording)
        firsts.append(fresh)
    return [
        ToldVersion(version.speaker, version.outlet, tuple(told[wording] for wording in fresh))
        for version, fresh in zip(view.versions, firsts, strict=True)
        if fresh
    ]
