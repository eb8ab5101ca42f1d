"""What no notices are sent for: in force, planned and over; one more, for rules, sets, areas and times to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.knowledge.rules import RuleSet
from tocsin.records import Alert, Precedence, Silence
from tocsin.records.silence import SilenceState, parse_precedence
from tocsin.web.forms import CheckedForm, field_text, read_why
from tocsin.web.naming import find_told_name, name_place
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
#: So many of those that are over are shown; the API gives the others.
MOST_OVER = 50


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence, how it stands now, and the name of its place."""

    silence: Silence
    state: SilenceState
    place: str | None


@router.get("/silences")
def list_silences(request: Request, desk: DeskHere) -> Response:
    """Silences by how they stand, those that were over last first."""
    rows = read_rows(desk, desk.store.silences())
    groups = {state: [row for row in rows if row.state == state] for state in get_args(SilenceState)}
    groups["over"] = sorted(groups["over"], key=_over_at, reverse=True)[:MOST_OVER]
    alerts = desk.store.alerts()
    return render(
        request,
        "silences.html",
        groups=groups,
        rules=sorted({a.rule for a in alerts}),
        rule_sets=get_args(RuleSet),
        places=_list_places(desk, alerts),
        precedences=get_args(Precedence),
    )


@router.post("/silences")
def add_silence(desk: DeskHere, form: CheckedForm, who: WhoHere) -> Response:
    """Mute what matches, from now or a later time on."""
    ends = _read_time(field_text(form, "ends"), "ends")
    if ends is None:
        raise RecordError("ends", None, "must say until when")
    desk.silence(
        ends,
        why=read_why(form),
        who=who,
        place_id=field_text(form, "place_id"),
        rule=field_text(form, "rule"),
        at_most=parse_precedence(field_text(form, "at_most")),
        is_exercise=field_text(form, "exercise") is not None,
        rule_set=field_text(form, "rule_set"),
        begins=_read_time(field_text(form, "begins"), "begins"),
    )
    return RedirectResponse("/silences?notice=silenced", 303)


@router.post("/silences/{silence_id}/end")
def end_silence(desk: DeskHere, silence_id: str, _: CheckedForm, who: WhoHere) -> Response:
    """End a silence before its time."""
    desk.end_silence(silence_id, who=who)
    return RedirectResponse("/alerts?notice=unmuted", 303)


def read_rows(desk: Desk, silences: Iterable[Silence]) -> list[SilenceRow]:
    """Silences as a page shows them; the name of a place is looked up once."""
    now = desk.clock.now()
    held = list(silences)
    names = {id_: _name_silenced(desk, id_) for id_ in {s.place_id for s in held} if id_}
    return [SilenceRow(s, s.state_at(now), names.get(s.place_id or "")) for s in held]


def _name_silenced(desk: Desk, place_id: str) -> str:
    """The name of a muted place: the news has one, unless nothing has been reported from there yet."""
    return name_place(desk, place_id, find_told_name(desk.store, place_id) or place_id)


def _over_at(row: SilenceRow) -> tuple[datetime, str]:
    return min(row.silence.ended_at or row.silence.ends_at, row.silence.ends_at), row.silence.id


def _list_places(desk: Desk, alerts: Sequence[Alert]) -> list[tuple[str, str]]:
    """Where something has rung: id and name."""
    names = {a.place_id: a.place_name for a in alerts}
    return sorted(((id_, name_place(desk, id_, name)) for id_, name in names.items()), key=lambda one: one[1])


def _read_time(given: str | None, name: str) -> datetime | None:
    """A time as a form gives it, in UTC; raises RecordError for what is none."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as why:
        raise RecordError(name, given[:40], "must be a time as 2031-03-09T18:00, in UTC") from why
