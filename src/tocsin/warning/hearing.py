"""Which alerts are told of at all: not those that a silence holds back, nor what a graver one tells already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from tocsin.records import Alert, Precedence, Silence

#: Lowest first.
RANKS: Mapping[Precedence, int] = {precedence: rank for rank, precedence in enumerate(get_args(Precedence))}


@dataclass(frozen=True, slots=True)
class Area:
    """Where an alert's place lies.

    id, name  of the area whose alerts are told together
    within    ids of all areas that hold the alert's place, itself included: what a silence may name
    """

    id: str
    name: str
    within: frozenset[str]


def find_silenced(
    alerts: Iterable[Alert], silences: Iterable[Silence], areas: Mapping[str, Area], now: datetime
) -> dict[str, str]:
    """Alert id to the silence that holds it back, for those that one does."""
    holding = sorted((s for s in silences if s.holds_at(now)), key=lambda s: (s.ends_at, s.id), reverse=True)
    found = {}
    for alert in alerts:
        area = areas.get(alert.place_id)
        within = area.within if area else frozenset({alert.place_id})
        match = next((s for s in holding if _matches(s, alert, within)), None)
        if match is not None:
            found[alert.id] = match.id
    return found


def _matches(silence: Silence, alert: Alert, within: frozenset[str]) -> bool:
    return (
        silence.is_exercise == alert.is_exercise
        and (silence.place_id is None or silence.place_id in within)
        and silence.means_rule(alert.rule, alert.sets)
        and (silence.at_most is None or RANKS[alert.precedence] <= RANKS[silence.at_most])
    )


def find_covered(alerts: Sequence[Alert]) -> dict[str, str]:
    """Alert id to a graver alert that stands on all its incidents: who hears of that one need not hear of both.

    A rule that speaks against its hypothesis is never covered by one that speaks for it, nor the other way round.
    """
    ordered = sorted(alerts, key=lambda a: (-RANKS[a.precedence], -len(a.incident_ids), a.id))
    found: dict[str, str] = {}
    for at, alert in enumerate(ordered):
        mine = set(alert.incident_ids)
        for graver in ordered[:at]:
            same = graver.is_exercise == alert.is_exercise and graver.speaks == alert.speaks
            # one that names no incident has nothing that another could tell for it
            if same and mine and graver.id not in found and mine <= set(graver.incident_ids):
                found[alert.id] = graver.id
                break
    return found
