"""Who did something to whom, in the groups that other projects tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.knowledge.export_mappings import Doer, ExportMappings, Target
from tocsin.records import Incident, Party

#: What several parties in one cell are joined by, as in ACLED, GED and POLECAT.
JOINT = "; "
#: "Countries" of parties that are none.
NO_COUNTRY = frozenset({"IGO", "NGO", "MED"})


def join_texts(texts: Iterable[str | None]) -> str | None:
    """Texts in one cell, each once; None where there is none."""
    return JOINT.join(dict.fromkeys(text for text in texts if text)) or None


def join_parties(parties: Sequence[Party]) -> str | None:
    """The parties as written."""
    return join_texts(party.text for party in parties)


def is_clash(incident: Incident, mappings: ExportMappings) -> bool:
    """Whether two armed sides are its parties, none of them told as the attacked one."""
    return not incident.recipient and len(incident.actor) > 1 and _are_forces(incident.actor, mappings)


def find_target(incident: Incident, mappings: ExportMappings) -> Target | None:
    """Whom the act was aimed at; None where the sectors of its parties do not say so or say several things."""
    if is_clash(incident, mappings):
        return "forces"
    sectors = {party.sector for party in incident.recipient}
    if not sectors or None in sectors:
        return None
    if sectors <= mappings.protesters:
        return "protesters"
    if sectors <= mappings.civilians:
        return "civilians"
    return "forces" if sectors <= mappings.forces else None


def find_doer(incident: Incident, mappings: ExportMappings) -> Doer | None:
    """Who did it, as far as the sectors of all who did say; None where they do not."""
    sectors = {party.sector for party in incident.actor}
    if not sectors or None in sectors:
        return None
    if sectors <= mappings.civilians:
        return "civilians"
    return "forces" if sectors <= mappings.forces else None


def find_killed(incident: Incident) -> tuple[int, int, int | None] | None:
    """Low, best and high of those killed; None where no claim counts any, high None where nobody gives a top."""
    return next(((toll.low, toll.best, toll.high) for toll in incident.tolls if toll.kind == "killed"), None)


def is_told_as_happened(incident: Incident) -> bool:
    """Whether the incident may stand in a table of what happened: not planned, conditional, denied or retracted.

    The tables of ACLED, GED and GDELT have no column that says so, and who reads them takes each row for a fact.
    """
    return incident.modality == "actual" and incident.state in ("reported", "disputed")


def _are_forces(parties: Sequence[Party], mappings: ExportMappings) -> bool:
    return all(party.sector in mappings.forces for party in parties)
