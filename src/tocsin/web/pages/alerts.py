"""Alerts: what rings, why, and what would make it stop."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.errors import RecordError
from tocsin.records import Alert, AlertState, Filter
from tocsin.web.forms import CheckedForm, field_text, parse_note
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_rows
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.ringing import group_alerts

router = APIRouter()
#: What a person may set; the rest follows from the rules.
SETTABLE: tuple[AlertState, ...] = ("acknowledged", "firing")


@router.get("/alerts")
def list_alerts(request: Request, desk: DeskHere) -> Response:
    """All alerts by state, what rings first; one rule over nested areas is told once."""
    alerts = desk.store.alerts()
    by_state: dict[AlertState, list[Alert]] = {state: [] for state in get_args(AlertState)}
    for alert in alerts:
        by_state[alert.state].append(alert)
    return render(
        request,
        "alerts.html",
        groups={state: group_alerts(held) for state, held in by_state.items()},
        totals={state: len(held) for state, held in by_state.items()},
        has_any=bool(alerts),
        footnotes=list_footnotes(desk, held=alerts),
    )


@router.get("/alerts/{alert_id}")
def show(request: Request, desk: DeskHere, alert_id: str) -> Response:
    """One alert with each condition and the values compared."""
    alert = desk.store.alert(alert_id)
    held = desk.store.incidents_by_id(alert.incident_ids)
    incidents = [held[i] for i in alert.incident_ids if i in held]
    return render(
        request,
        "alert.html",
        alert=alert,
        rows=make_rows(desk.store, incidents),
        footnotes=list_footnotes(desk, (i.place for i in incidents), [alert]),
        gone=len(alert.incident_ids) - len(incidents),
        since=Filter(place_id=alert.place_id, since=alert.began_on, until=alert.day),
    )


@router.post("/alerts/{alert_id}/state")
def set_state(desk: DeskHere, alert_id: str, form: CheckedForm) -> Response:
    """Acknowledge an alert with a note, or take that back."""
    state = parse_state(field_text(form, "state"))
    desk.mark_alert(alert_id, state, parse_note(field_text(form, "note")))
    return RedirectResponse(
        f"/alerts/{alert_id}?notice={'acknowledged' if state == 'acknowledged' else 'reopened'}", 303
    )


def parse_state(given: str | None) -> AlertState:
    """A state that a person may set; raises RecordError for any other."""
    for state in SETTABLE:
        if given == state:
            return state
    raise RecordError("alert state", given, f"must be one of {', '.join(SETTABLE)}; the others follow from the rules")
