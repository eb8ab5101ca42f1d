"""How grave an incident is, if it is as told: the order of the report, with its sum."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from tocsin.knowledge.plover import load_ontology
from tocsin.knowledge.report import ReportTable, load_report_table
from tocsin.records import Incident, Reason


@dataclass(frozen=True, slots=True)
class Severity:
    """The points of one incident, 0 or more, and what they are made of."""

    points: float
    reasons: tuple[Reason, ...]


def weigh_severity(incident: Incident, table: ReportTable | None = None) -> Severity:
    """Points by `knowledge/report.toml`: the act's PLOVER score and its tolls, less what has not happened.

    (hostility x act + sum over tolls of weight x log2(1 + best)) x share of modality x share of state. How surely it is
    told weighs nothing: the grades say that.
    """
    table = table or load_report_table()
    score = load_ontology().score(incident.type, incident.mode)
    act = -score * table.hostile if score < 0 else score * table.cooperative
    coded = f"{incident.type}/{incident.mode}" if incident.mode else incident.type
    reasons = [Reason("act", f"{coded} has the PLOVER score {score:g}", act, table.version)]
    for toll in incident.tolls:
        points = table.tolls[toll.kind] * log2(1 + max(toll.best, 0))
        if points:
            reasons.append(Reason("toll", f"{toll.kind} {toll.best}", points, table.version))
    total = sum(reason.weight or 0.0 for reason in reasons)
    for rule, share in (("modality", table.modalities[incident.modality]), ("state", table.states[incident.state])):
        if share != 1.0:
            reasons.append(Reason(rule, f"{getattr(incident, rule)}: times {share:g}", None, table.version))
            total *= share
    return Severity(round(total, 2), tuple(reasons))


def rank_incidents(incidents: tuple[Incident, ...]) -> list[tuple[Incident, Severity]]:
    """The gravest first; of equals the one told by more origins, then the one reported last."""
    weighed = [(incident, weigh_severity(incident)) for incident in incidents]
    return sorted(weighed, key=lambda w: (-w[1].points, -w[0].origins, -w[0].reported_at.timestamp(), w[0].id))


def explain_order() -> str:
    """The order in one line, for the foot of a report."""
    table = load_report_table()
    tolls = ", ".join(f"{kind} {weight:g}" for kind, weight in table.tolls.items())
    return (
        f"Order of incidents: severity if they are as told, table {table.version}. The PLOVER score of the act (0 to "
        "10, cooperative acts at a tenth), plus for each toll its weight times the binary logarithm of 1 + the used "
        f"number ({tolls}); less for what is planned, conditional or only denied. How surely something is told does "
        "not change the order: the grades say that."
    )
