"""Examples of alert rules: situations in which a rule must ring, or must not, as its table gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.checking import (
    check_keys,
    read_choice,
    read_flag,
    read_number,
    read_optional_number,
    read_tables,
    read_text,
    read_whole,
)
from tocsin.knowledge.plover import Ontology
from tocsin.records import Certainty, Modality, TollKind

#: Keys that each table must have, and keys that it may have.
_EXAMPLE_KEYS = (("note",), ("incidents", "tension", "outlook"))
_CASE_KEYS = (
    ("day", "type"), ("mode", "modality", "certainty", "origins", "toll", "party", "placeless", "hour"),
)  # fmt: skip
_TENSION_CASE_KEYS = (("surprise", "level"), ("coverage",))
_OUTLOOK_CASE_KEYS = (("months", "any", "at_least_25"), ())


@dataclass(frozen=True, slots=True)
class IncidentCase:
    """An incident of an example; `day` counts from 0, the day the rule is asked about being the last.

    party      country or sector of a recipient
    placeless  whether no place is known for it; its recipient then comes from the area's country
    hour       hour of the day (UTC) at which it was first reported
    """

    day: int
    type: str
    mode: str | None = None
    modality: Modality = "actual"
    certainty: Certainty = "asserted"
    origins: int = 1
    toll: tuple[TollKind, int] | None = None
    party: str | None = None
    placeless: bool = False
    hour: int = 12


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A situation in which a rule must fire (or must not); the tests replay it.

    tension  surprise, level and coverage of the area on the last day, or None where nothing is scored
    outlook  months ahead, chance of any death and of 25 or more, as the area's forecast gives them, or None without one
    """

    note: str
    incidents: tuple[IncidentCase, ...] = ()
    tension: tuple[float, float, float | None] | None = None
    outlook: tuple[int, float, float] | None = None


def read_example(where: str, row: Mapping[str, Any], ontology: Ontology) -> RuleExample:
    """One situation; raises KnowledgeError naming where it stands, the key and what is allowed."""
    check_keys(where, row, *_EXAMPLE_KEYS)
    tension = None
    if "tension" in row:
        case = row["tension"]
        check_keys(f"{where}: tension", case, *_TENSION_CASE_KEYS)
        coverage = read_optional_number(where, case, "coverage")
        surprise, level = (read_number(f"{where}: tension", case, key, 0, 10**6) for key in ("surprise", "level"))
        tension = (surprise, level, coverage)
    outlook = None
    if "outlook" in row:
        case = row["outlook"]
        check_keys(f"{where}: outlook", case, *_OUTLOOK_CASE_KEYS)
        months = read_whole(f"{where}: outlook", case, "months", 1, 36)
        any_, at_least_25 = (read_number(f"{where}: outlook", case, key, 0, 1) for key in ("any", "at_least_25"))
        outlook = (months, any_, at_least_25)
    rows = read_tables(where, row, "incidents") if "incidents" in row else []
    cases = tuple(_make_case(where, c, ontology) for c in rows)
    return RuleExample(read_text(where, row, "note"), cases, tension, outlook)


def _make_case(where: str, row: Mapping[str, Any], ontology: Ontology) -> IncidentCase:
    check_keys(f"{where}: incident", row, *_CASE_KEYS)
    act = [read_text(f"{where}: incident", row, key) for key in ("type", "mode") if key in row]
    type_, mode = read_act(where, "/".join(act), ontology)
    toll = None
    if "toll" in row:
        check_keys(f"{where}: toll", row["toll"], ("kind", "count"))
        kind = read_choice(where, row["toll"], "kind", get_args(TollKind))
        toll = (kind, read_whole(where, row["toll"], "count", 0, 10**6))
    return IncidentCase(
        day=read_whole(where, row, "day", 0, 366),
        type=type_,
        mode=mode,
        modality=read_choice(where, row, "modality", get_args(Modality)) if "modality" in row else "actual",
        certainty=read_choice(where, row, "certainty", get_args(Certainty)) if "certainty" in row else "asserted",
        origins=read_whole(where, row, "origins", 1, 1000, default=1),
        toll=toll,
        party=read_text(where, row, "party") if "party" in row else None,
        placeless=read_flag(where, row, "placeless"),
        hour=read_whole(where, row, "hour", 0, 23, default=12),
    )


def read_act(where: str, act: str, ontology: Ontology) -> tuple[str, str | None]:
    """Type and mode of "ASSAULT/beat" or "ASSAULT"; raises KnowledgeError for one that the ontology does not have."""
    type_, _, mode = act.partition("/")
    if type_ not in ontology.types:
        raise KnowledgeError("event type", f"{where}: {act}", f"must be one of {', '.join(ontology.types)}")
    modes = ontology.types[type_].modes
    if mode and mode not in modes:
        raise KnowledgeError("mode", f"{where}: {act}", f"must be one of {', '.join(modes) or 'none'}")
    return type_, mode or None
