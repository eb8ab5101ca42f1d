"""The flow measured against the exercise's ground truth, on a desk of its own.

An incident of the truth is **found** where an incident of the desk has its type and shares a report with it; pairs are
formed one to one: most shared reports first, of equals what agrees in more of mode, day and place. What the desk tells
beside the truth is counted against it, but for what the truth lists as lesser or background acts. Nothing here changes
a weight or a rule: it only reads.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from tocsin.exercise.loader import load_exercise, load_truth
from tocsin.ports import Store
from tocsin.records import Alert, Filter, Incident, Tension
from tocsin.settings import Settings

#: A place counts as right within this distance of the true one, or when it is an area that holds it.
NEAR_KM = 5.0
#: The precedences that wake somebody: what "the alarm" means here.
WAKING = frozenset({"IMMEDIATE", "FLASH"})
_EVERYTHING = Filter(limit=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the desk made of the exercise, keyed as the truth is: by report number.

    reports_of  incident id to the numbers of the reports whose claims are in it
    told_in     report number to how many claims it gave that are neither background nor negated
    origin_of   report number to the number of the report that it is a copy of (itself, where it is none)
    """

    incidents: tuple[Incident, ...]
    reports_of: dict[str, frozenset[str]]
    told_in: dict[str, int]
    origin_of: dict[str, str]
    alerts: tuple[Alert, ...]
    tensions: tuple[Tension, ...]


Pair = tuple[dict[str, Any], Incident]


def measure_exercise(progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Load the exercise into a fresh desk and give the figures, by name."""
    from tocsin.desk import open_desk

    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder))) as desk:
        desk.load_exercise(progress)
        numbered = load_exercise().numbered_articles(desk.clock.now())
        outcome = collect_outcome(desk.store, {article.id: number for number, article in numbered})
    return compare_with_truth(outcome, load_truth())


def collect_outcome(store: Store, number_of: dict[str, str]) -> Outcome:
    """Read what the desk holds of the exercise; `number_of` maps article id to report number."""
    incidents = tuple(i for i in store.incidents(_EVERYTHING) if i.is_exercise)
    claims = store.claims_of_articles(number_of)
    report_of_claim = {c.id: number_of[c.article_id] for c in claims}
    told = dict.fromkeys(number_of.values(), 0)
    for claim in claims:
        told[report_of_claim[claim.id]] += not claim.background and claim.modality != "negated"
    return Outcome(
        incidents=incidents,
        reports_of={i.id: frozenset(report_of_claim[c] for c in i.claim_ids) for i in incidents},
        told_in=told,
        origin_of={number_of[a]: number_of[o] for a, o in store.origins(number_of).items()},
        alerts=tuple(a for a in store.alerts() if a.is_exercise),
        tensions=tuple(t for t in store.tensions() if t.is_exercise),
    )


def compare_with_truth(outcome: Outcome, truth: dict[str, Any]) -> dict[str, Any]:
    """All figures, by name."""
    wanted = truth["incidents"]
    pairs = pair_incidents(wanted, outcome)
    paired = {incident.id for _, incident in pairs}
    extra = [i for i in outcome.incidents if i.id not in paired]
    excused = [i for i in extra if _is_excused(i, outcome, truth)]
    irrelevant = truth["irrelevant"]
    return {
        "reports": len(outcome.told_in),
        "true_incidents": len(wanted),
        "incidents_told": len(outcome.incidents),
        "found": _share(len(pairs), len(wanted)),
        "precision": _share(len(pairs) + len(excused), len(outcome.incidents)),
        "date_right": _share_of(_is_date_right(t, i) for t, i in pairs),
        "place_right": _share_of(_is_place_right(t, i) for t, i in pairs if t.get("place")),
        "toll_inside": _share_of(_is_toll_right(t, i) for t, i in pairs if t.get("tolls")),
        "reports_gathered": _share(
            sum(len(outcome.reports_of[i.id] & set(t["reports"])) for t, i in pairs),
            sum(len(t["reports"]) for t, _ in pairs),
        ),
        "untrue_told_as_fact": sum(
            i.state == "reported" and i.certainty == "asserted" for t, i in pairs if not t["happened"]
        ),
        "copies_found": _share_of(_copy_links(outcome, truth)),
        "false_copies": _count_false_copies(outcome, truth),
        "claims_per_irrelevant_report": _share(sum(outcome.told_in[n] for n in irrelevant), len(irrelevant)),
        **_compare_alarm(outcome.alerts, truth["alarm"]),
    }


def pair_incidents(wanted: Sequence[dict[str, Any]], outcome: Outcome) -> list[Pair]:
    """One-to-one pairs of like type that share a report: most shared reports first.

    Of equals that which agrees in more of mode, day and place, each as much as another: by the day alone a curfew would
    stand for an arrest of the same evening. Then the nearest day.
    """
    rivals = []
    for at, true in enumerate(wanted):
        reports = set(true["reports"]) | set(true.get("denied_by", ()))
        for incident in outcome.incidents:
            shared = len(reports & outcome.reports_of[incident.id])
            if shared and incident.type == true["type"]:
                rivals.append((-shared, -_count_agreeing(true, incident), _days_apart(true, incident), at, incident.id))
    by_id = {i.id: i for i in outcome.incidents}
    pairs: dict[int, Incident] = {}
    taken: set[str] = set()
    for *_, at, incident_id in sorted(rivals):
        if at not in pairs and incident_id not in taken:
            pairs[at] = by_id[incident_id]
            taken.add(incident_id)
    return [(wanted[at], incident) for at, incident in sorted(pairs.items())]


def _count_agreeing(true: dict[str, Any], incident: Incident) -> int:
    has_mode = incident.mode is not None and incident.mode == true.get("mode")
    has_place = "place" in true and _is_place_right(true, incident)
    return has_mode + _is_date_right(true, incident) + has_place


def _days_apart(true: dict[str, Any], incident: Incident) -> int:
    if incident.date is None:
        return 99
    start: date = true["start"]
    end: date = true["end"]
    return max(0, (incident.date.start - end).days, (start - incident.date.end).days)


def _is_excused(incident: Incident, outcome: Outcome, truth: dict[str, Any]) -> bool:
    reports = outcome.reports_of[incident.id]
    known = [*truth["minor"], *truth.get("background", ())]
    return any(k["type"] == incident.type and reports & set(k["reports"]) for k in known)


def _is_date_right(true: dict[str, Any], incident: Incident) -> bool:
    return incident.date is not None and _days_apart(true, incident) == 0 and incident.date.days <= 7


def _is_place_right(true: dict[str, Any], incident: Incident) -> bool:
    place = incident.place
    if place is None:
        return False
    if place.gazetteer_id == true["place"] or true["place"] in place.within:
        return True
    rows = {row.id: row for row in load_exercise().places}
    row = rows[true["place"]]
    if place.lat is None or place.lon is None or row.lat is None or row.lon is None or not place.is_point:
        return False
    return _km(place.lat, place.lon, row.lat, row.lon) <= NEAR_KM


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance on a sphere of 6,371 km (haversine)."""
    a, b, c, d = map(radians, (lat, lon, other_lat, other_lon))
    return 12_742 * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


def _is_toll_right(true: dict[str, Any], incident: Incident) -> bool:
    """Whether every true count lies between the lowest and the highest that the incident shows for its kind."""
    told = {t.kind: t for t in incident.tolls}
    for kind, span in true["tolls"].items():
        toll = told.get(kind)
        high = span.get("high", span["low"])
        if toll is None or toll.low > high or (toll.high is not None and toll.high < span["low"]):
            return False
    return True


def _copy_links(outcome: Outcome, truth: dict[str, Any]) -> Iterable[bool]:
    return (
        outcome.origin_of.get(report) == outcome.origin_of.get(group["origin"])
        for group in truth["copies"]
        for report in group["reports"]
        if report != group["origin"]
    )


def _count_false_copies(outcome: Outcome, truth: dict[str, Any]) -> int:
    true_group = {r: g["id"] for g in truth["copies"] for r in g["reports"]}
    return sum(
        report != origin and (true_group.get(report) is None or true_group.get(report) != true_group.get(origin))
        for report, origin in outcome.origin_of.items()
    )


def _compare_alarm(alerts: Sequence[Alert], alarm: dict[str, Any]) -> dict[str, Any]:
    waking = sorted(a.began_on for a in alerts if a.precedence in WAKING)
    wrong_days = {row["date"] for row in alarm["must_not_ring"]}
    return {
        "alarm_on": waking[0].isoformat() if waking else None,
        "alarm_in_time": bool(waking) and min(alarm["ring_on"]) <= waking[0] <= alarm["ring_by"],
        "alarms": len(waking),
        "alarms_on_days_they_must_not": sum(day in wrong_days for day in waking),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _share_of(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return _share(sum(listed), len(listed))
