"""One record with what belongs to it."""

from __future__ import annotations

from fastapi.responses import JSONResponse, RedirectResponse, Response

from tocsin.desk.views import show_article, show_incident
from tocsin.web.api import shapes
from tocsin.web.api.making import join_claims, make_days, make_incident, make_indicators
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.asking import AskedHere
from tocsin.web.charting import make_series
from tocsin.web.naming import find_names, name_alert, name_place
from tocsin.web.pages.places import find_place, stand_at_place
from tocsin.web.reaching import DeskHere

router = make_router("single records")


@router.get("/articles/{article_id}", response_model=shapes.ArticleAnswer)
def get_article(desk: DeskHere, article_id: str) -> JSONResponse:
    """One article with its text and its claims."""
    view = show_article(desk.store, article_id)
    return answer(
        shapes.ArticleAnswer(
            view.article,
            join_claims(view.claims, {article_id: view.article}, view.incident_of),
            view.origin_id if view.origin_id != article_id else None,
            [s.address for s in view.sightings],
            view.withdrawal,
            view.revision,
        )
    )


@router.get("/incidents/{incident_id}", response_model=shapes.IncidentAnswer)
def get_incident(desk: DeskHere, incident_id: str) -> Response:
    """One incident with its versions; a merged one leads on (302) to what it was merged into."""
    view = show_incident(desk.store, incident_id)
    if view.incident.id != incident_id:
        return RedirectResponse(f"/api/incidents/{view.incident.id}", 302)
    return answer(make_incident(desk.store, view))


@router.get("/alerts/{alert_id}", response_model=shapes.AlertAnswer)
def get_alert(desk: DeskHere, alert_id: str) -> JSONResponse:
    """One alert with its reasons and the incidents that fired it."""
    alert = name_alert(desk, desk.store.alert(alert_id))
    held = desk.store.incidents_by_id(alert.incident_ids)
    return answer(shapes.AlertAnswer(alert, [held[i] for i in alert.incident_ids if i in held]))


@router.get("/places/{gazetteer_id}", response_model=shapes.PlaceAnswer)
def get_place(desk: DeskHere, asked: AskedHere, gazetteer_id: str) -> JSONResponse:
    """One place or area with its tension and its incidents."""
    view = find_place(desk, gazetteer_id, asked.wanted)
    name, days = name_place(desk, gazetteer_id, view.place_name), make_days(desk, view.tensions)
    names = find_names(desk, gazetteer_id)
    written = [shapes.NameCount(written, count) for written, count in names.written]
    indicators = make_indicators(stand_at_place(desk, gazetteer_id, view.tensions)[1])
    return answer(
        shapes.PlaceAnswer(gazetteer_id, name, days, list(view.incidents), indicators, written, list(names.listed))
    )


@router.get("/places/{gazetteer_id}/series", response_model=shapes.Series)
def get_series(desk: DeskHere, gazetteer_id: str) -> JSONResponse:
    """A place's days as the bar chart draws them, with the alert that rang."""
    alerts = [a for a in desk.store.alerts() if a.place_id == gazetteer_id and a.state != "retracted"]
    return answer({"series": make_series(desk.store.tensions(place_id=gazetteer_id), alerts)})
