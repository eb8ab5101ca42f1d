"""What was said of an alert, by whom and when: acknowledged, assigned, noted, muted, a silence ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.desk import Desk
from tocsin.records import Alert, Silence
from tocsin.records.alert import AlertWord
from tocsin.warning import locate_places
from tocsin.warning.hearing import find_silenced
from tocsin.web.language import N_

#: What a line says, by what was done.
DEEDS = {
    "firing": N_("began to fire"),
    "changed": N_("what fires it changed"),
    "acknowledged": N_("acknowledged"),
    "reopened": N_("took the acknowledgement back"),
    "assigned": N_("said who looks after it"),
    "noted": N_("wrote a note"),
    "resolved": N_("resolved"),
    "retracted": N_("retracted"),
    "muted": N_("muted it"),
    "unmuted": N_("ended the silence"),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: what was done, when and by whom.

    who          None: the desk by its rules; "" where a person was not named yet
    note         what was written with it, or None
    assigned_to  who looks after the alert from then on, where that is what changed; "" nobody any more
    until        of a silence, when it is to end
    begins       of a silence that was planned, when it is to begin
    """

    at: datetime
    what: str
    who: str | None = None
    note: str | None = None
    assigned_to: str | None = None
    until: datetime | None = None
    begins: datetime | None = None


def list_deeds(desk: Desk, alert: Alert) -> list[Deed]:
    """Everything that was done to an alert, the newest first."""
    deeds = [*_read_words(desk.store.alert_history(alert.id)), *_read_silences(_find_silences(desk, alert))]
    return sorted(deeds, key=lambda deed: deed.at)[::-1]  # of one moment, what was done last stands first


def _read_words(history: Sequence[AlertWord]) -> Iterator[Deed]:
    """The lines of a history that comes newest first; a note and a name stand where they were given, not after."""
    before: AlertWord | None = None
    for word in reversed(history):
        note = word.note if word.note != (before.note if before else None) else None
        was = before.assigned_to if before else None
        assigned = (word.assigned_to or "") if (word.assigned_to or "") != (was or "") else None
        who = (word.person or "") if word.is_person else None
        yield Deed(word.at, _name_deed(word, before, note, assigned), who, note, assigned)
        before = word


def _name_deed(word: AlertWord, before: AlertWord | None, note: str | None, assigned: str | None) -> str:
    if before is not None and before.state == word.state:
        if not word.is_person:
            return "changed"
        return "assigned" if assigned is not None else "noted" if note else word.state
    return "reopened" if word.is_person and word.state == "firing" else word.state


def _find_silences(desk: Desk, alert: Alert) -> list[Silence]:
    """The silences that held the alert back or would have, over now or not, since it began."""
    held = [s for s in desk.store.silences() if s.ends_at.date() >= alert.began_on]
    if not held:
        return []
    incidents = desk.store.incidents_by_id(alert.incident_ids).values()
    areas = locate_places([alert.place_id], incidents, {}, {}, "region")
    return [s for s in held if find_silenced([alert], [replace(s, ended_at=None)], areas, s.starts_at)]


def _read_silences(silences: Sequence[Silence]) -> Iterator[Deed]:
    for silence in silences:
        begins = silence.starts_at if silence.made_at else None
        at = silence.made_at or silence.starts_at
        yield Deed(at, "muted", silence.made_by, silence.reason, until=silence.ends_at, begins=begins)
        if silence.ended_at is not None:
            yield Deed(silence.ended_at, "unmuted", silence.ended_by or "")
