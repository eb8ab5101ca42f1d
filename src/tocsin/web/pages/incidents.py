"""Incidents: the list and the one, with its rival versions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk_views import IncidentView, show_incident
from tocsin.records import Claim, Outlet
from tocsin.web.asking import AskedHere
from tocsin.web.highlighting import Quote, quote_sentence
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_choices, make_paging, make_rows
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()


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
    return render(
        request,
        "incidents.html",
        asked=asked,
        rows=make_rows(desk.store, incidents),
        total=total,
        paging=make_paging("/incidents", asked, len(incidents), total),
        choices=make_choices(desk, asked),
        footnotes=list_footnotes(desk, (i.place for i in incidents)),
    )


@router.get("/incidents/{incident_id}")
def show(request: Request, desk: DeskHere, incident_id: str) -> Response:
    """One incident, its claims by who says so; a merged one leads on to what it was merged into."""
    view = show_incident(desk.store, incident_id)
    if view.incident.id != incident_id:
        return RedirectResponse(f"/incidents/{view.incident.id}", 301)
    places = [view.incident.place, *(c.place for v in view.versions for c in v.claims)]
    ringing = [a for a in desk.store.alerts() if incident_id in a.incident_ids]
    return render(
        request,
        "incident.html",
        view=view,
        versions=tell_versions(view),
        quotes=quote_claims(view),
        grades={g.claim_id: g for g in view.incident.grades},
        alerts=ringing,
        footnotes=list_footnotes(desk, places, ringing),
    )


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
