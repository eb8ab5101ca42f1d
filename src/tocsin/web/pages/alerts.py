"""Alerts: what rings, why, what people were told, and what would make it stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.records import Alert, AlertState, Delivery, Filter, Notice, Silence
from tocsin.service.delivering import load_desk_channels
from tocsin.warning import locate_places
from tocsin.warning.hearing import find_silenced
from tocsin.web.forms import CheckedForm, field_text, parse_note, read_why
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.listing import make_rows
from tocsin.web.pages.silences import read_rows
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render
from tocsin.web.ringing import group_alerts
from tocsin.web.ringing_words import DEEDS, list_deeds

router = APIRouter()
#: For how many hours an alert may be muted at one press.
MUTE_HOURS = (1, 4, 12, 24, 72, 168)
MOST_TOLD, RECENT_NOTICES, LONGEST_NAME = 20, 10, 80
#: What a person may set; the rest follows from the rules.
SETTABLE: tuple[AlertState, ...] = ("acknowledged", "firing")


@router.get("/alerts")
def list_alerts(request: Request, desk: DeskHere) -> Response:
    """All alerts by state, what rings first; one rule over nested areas is told once."""
    alerts = desk.store.alerts()
    silences = [s for s in desk.store.silences(after=desk.clock.now()) if s.ended_at is None]
    by_state: dict[AlertState, list[Alert]] = {state: [] for state in get_args(AlertState)}
    for alert in alerts:
        by_state[alert.state].append(alert)
    return render(
        request,
        "alerts.html",
        groups={state: group_alerts(held) for state, held in by_state.items()},
        totals={state: len(held) for state, held in by_state.items()},
        has_any=bool(alerts),
        silences=read_rows(desk, silences),
        recent=desk.store.notices(RECENT_NOTICES),
        has_channels=bool(load_desk_channels(desk.settings)),
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
        told=tell_notices(desk.store, alert_id),
        deeds=list_deeds(desk, alert),
        deed_names=DEEDS,
        silence=find_silence(desk, alert),
        mute_hours=MUTE_HOURS,
        since=Filter(place_id=alert.place_id, since=alert.began_on, until=alert.day),
    )


@router.post("/alerts/{alert_id}/state")
def set_state(desk: DeskHere, alert_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Acknowledge an alert with a note, or take that back."""
    state = parse_state(field_text(form, "state"))
    assigned_to = parse_name(field_text(form, "assigned_to") or "") if "assigned_to" in form else None
    desk.mark_alert(alert_id, state, parse_note(field_text(form, "note")), assigned_to=assigned_to, who=who)
    return RedirectResponse(
        f"/alerts/{alert_id}?notice={'acknowledged' if state == 'acknowledged' else 'reopened'}", 303
    )


@router.post("/alerts/{alert_id}/mute")
def mute(desk: DeskHere, alert_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Send no notices of this rule in this place for some hours."""
    alert = desk.store.alert(alert_id)
    until = desk.clock.now() + timedelta(hours=parse_hours(field_text(form, "hours")))
    desk.silence(
        until, why=read_why(form), who=who, place_id=alert.place_id, rule=alert.rule, is_exercise=alert.is_exercise
    )
    return RedirectResponse(f"/alerts/{alert_id}?notice=muted", 303)


@dataclass(frozen=True, slots=True)
class Told:
    """One notice of an alert, and how far it got on each channel."""

    notice: Notice
    deliveries: tuple[Delivery, ...]


def tell_notices(store: Store, alert_id: str) -> list[Told]:
    """What people were told of an alert, the newest first."""
    notices = store.notices(MOST_TOLD, alert_id=alert_id)
    return [Told(n, tuple(store.deliveries(notice_id=n.id))) for n in notices]


def find_silence(desk: Desk, alert: Alert) -> Silence | None:
    """The silence that holds an alert back now, the one that ends last."""
    now = desk.clock.now()
    held = desk.store.silences(after=now)
    if not held:
        return None
    # what lies in what is known from the incidents' own places: the gazetteer need not be opened for it
    incidents = desk.store.incidents_by_id(alert.incident_ids).values()
    areas = locate_places([alert.place_id], incidents, {}, {}, "region")
    found = find_silenced([alert], held, areas, now)
    return next((s for s in held if s.id == found.get(alert.id)), None)


def parse_hours(given: str | None) -> int:
    """For how long to mute; raises RecordError for what is not offered."""
    if given is None or given not in map(str, MUTE_HOURS):
        raise RecordError("hours", given, f"must be one of {', '.join(map(str, MUTE_HOURS))}")
    return int(given)


def parse_name(given: str) -> str:
    """The name of who looks after an alert, in one line; raises RecordError for a long one."""
    if len(given) > LONGEST_NAME:
        raise RecordError("name", given[:40] + "…", f"must be {LONGEST_NAME} characters or fewer")
    return " ".join(given.split())


def parse_state(given: str | None) -> AlertState:
    """A state that a person may set; raises RecordError for any other."""
    for state in SETTABLE:
        if given == state:
            return state
    raise RecordError("alert state", given, f"must be one of {', '.join(SETTABLE)}; the others follow from the rules")
