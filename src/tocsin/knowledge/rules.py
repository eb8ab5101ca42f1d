"""Alert rules as data: `alert_rules.toml` checked against a closed schema.

>>> from tocsin.knowledge.rules import load_alert_rules
>>> load_alert_rules()[0].precedence
'IMMEDIATE'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.plover import Ontology, load_ontology
from tocsin.records import Certainty, Modality, PlacePrecision, Precedence, TollKind

RULES_FILE = "alert_rules.toml"
RuleSet = Literal["peacekeeping", "ngo-security"]

_RULE_KEYS = {
    "name": True, "title": True, "sets": True, "precedence": True, "hypothesis": True, "cleared_by": True,
    "within_days": True, "widest": True, "keep_days": True, "condition": True, "yes": True, "no": True,
    "min_origins": False, "hold_days": False,
}  # fmt: skip
_INCIDENT_KEYS = {
    "kind": True, "types": True, "modality": False, "certainty": False, "parties": False, "min_incidents": False,
    "min_origins": False, "toll": False, "min_toll": False, "anywhere": False,
}  # fmt: skip
_TENSION_KEYS = {"kind": True, "min_surprise": False, "min_level": False, "min_coverage": False}
_EXAMPLE_KEYS = {"note": True, "incidents": False, "tension": False}
_CASE_KEYS = {
    "day": True, "type": True, "mode": False, "modality": False, "certainty": False, "origins": False, "toll": False,
    "party": False, "placeless": False,
}  # fmt: skip
_TENSION_CASE_KEYS = {"surprise": True, "level": True, "coverage": False}


@dataclass(frozen=True, slots=True)
class IncidentCondition:
    """Incidents of given kinds must have been reported; background and denied ones never count.

    types          PLOVER types, each with a mode or None for any
    modality       which modalities count
    certainty      "asserted" if hedged ones do not count, else None
    parties        countries or sectors one of which an actor or recipient must carry; empty: anybody
    min_incidents  at least so many
    min_origins    together from at least so many independent origins
    toll           a kind of loss of which each must count at least `min_toll`, or None
    anywhere       whether an incident without a place counts too, if one of its parties is of a country that has to do
                   with the area's other incidents: acts of words seldom say where they belong
    """

    types: tuple[tuple[str, str | None], ...]
    modality: tuple[Modality, ...] = ("actual",)
    certainty: Certainty | None = None
    parties: frozenset[str] = frozenset()
    min_incidents: int = 1
    min_origins: int = 1
    toll: TollKind | None = None
    min_toll: int = 1
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class TensionCondition:
    """The area's tension must be scored and reach each bound that is given."""

    min_surprise: float | None = None
    min_level: float | None = None
    min_coverage: float | None = None


Condition = IncidentCondition | TensionCondition


@dataclass(frozen=True, slots=True)
class IncidentCase:
    """An incident of an example; `day` counts from 0, the day the rule is asked about being the last.

    party      country or sector of a recipient
    placeless  whether no place is known for it; its recipient then comes from the area's country
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


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A situation in which a rule must fire (or must not); the tests replay it.

    tension  surprise, level and coverage of the area on the last day, or None where nothing is scored
    """

    note: str
    incidents: tuple[IncidentCase, ...] = ()
    tension: tuple[float, float, float | None] | None = None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When to ring: all conditions must hold in one area within the window.

    sets         for whom it is meant
    version      of the table it stands in
    precedence   ROUTINE, PRIORITY, IMMEDIATE or FLASH
    hypothesis   what it speaks for
    cleared_by   what would clear it
    within_days  the window: the day asked about and those before it
    widest       the coarsest area within which incidents are put together
    min_origins  all incidents that meet a condition come from at least so many independent origins
    hold_days    it must hold so many days running before it fires
    keep_days    a gap of so many days does not end a run
    """

    name: str
    title: str
    sets: tuple[RuleSet, ...]
    version: str
    precedence: Precedence
    hypothesis: str
    cleared_by: str
    within_days: int
    widest: PlacePrecision
    conditions: tuple[Condition, ...]
    keep_days: int
    min_origins: int = 1
    hold_days: int = 1
    yes: tuple[RuleExample, ...] = ()
    no: tuple[RuleExample, ...] = ()


def load_alert_rules(path: Path | None = None, *, ontology: Ontology | None = None) -> tuple[AlertRule, ...]:
    """The bundled rules, or a user's table of the same form; raises KnowledgeError naming file, rule and key."""
    table = load_toml(RULES_FILE, path)
    which = str(path or RULES_FILE)
    _check_keys(which, table, {"version": True, "rule": True})
    version = _text(which, table, "version")
    known = ontology or load_ontology()
    rules = tuple(_make_rule(which, row, version, known) for row in _tables(which, table, "rule"))
    names = [r.name for r in rules]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise KnowledgeError("alert rule", f"{which}: {twice[0]}", "stands twice; names must differ")
    return rules


def _make_rule(which: str, row: Mapping[str, Any], version: str, ontology: Ontology) -> AlertRule:
    where = f"{which}: rule {row.get('name', '?')}"
    _check_keys(where, row, _RULE_KEYS)
    conditions = tuple(_make_condition(where, c, ontology) for c in _tables(where, row, "condition"))
    if all(isinstance(c, IncidentCondition) and c.anywhere for c in conditions):
        raise KnowledgeError("alert rule", where, "must have at least one condition that is not met anywhere")
    return AlertRule(
        name=_text(where, row, "name"),
        title=_text(where, row, "title"),
        sets=_choices(where, row, "sets", get_args(RuleSet)),
        version=version,
        precedence=_choice(where, row, "precedence", get_args(Precedence)),
        hypothesis=_text(where, row, "hypothesis"),
        cleared_by=_text(where, row, "cleared_by"),
        within_days=_whole(where, row, "within_days", 1, 366),
        widest=_choice(where, row, "widest", get_args(PlacePrecision)),
        conditions=conditions,
        keep_days=_whole(where, row, "keep_days", 0, 366),
        min_origins=_whole(where, row, "min_origins", 1, 100, default=1),
        hold_days=_whole(where, row, "hold_days", 1, 60, default=1),
        yes=tuple(_make_example(f"{where}: yes", e, ontology) for e in _tables(where, row, "yes")),
        no=tuple(_make_example(f"{where}: no", e, ontology) for e in _tables(where, row, "no")),
    )


def _make_condition(where: str, row: Mapping[str, Any], ontology: Ontology) -> Condition:
    kind = row.get("kind")
    if kind == "tension":
        return _make_tension_condition(f"{where}: condition tension", row)
    if kind != "incidents":
        raise KnowledgeError("condition", f"{where}: kind = {kind!r}", "must be one of incidents, tension")
    where = f"{where}: condition incidents"
    _check_keys(where, row, _INCIDENT_KEYS)
    return IncidentCondition(
        types=tuple(_make_act(where, act, ontology) for act in _texts(where, row, "types")),
        modality=_choices(where, row, "modality", get_args(Modality)) if "modality" in row else ("actual",),
        certainty=_choice(where, row, "certainty", get_args(Certainty)) if "certainty" in row else None,
        parties=frozenset(_texts(where, row, "parties")) if "parties" in row else frozenset(),
        min_incidents=_whole(where, row, "min_incidents", 1, 1000, default=1),
        min_origins=_whole(where, row, "min_origins", 1, 1000, default=1),
        toll=_choice(where, row, "toll", get_args(TollKind)) if "toll" in row else None,
        min_toll=_whole(where, row, "min_toll", 0, 1_000_000, default=1),
        anywhere=_flag(where, row, "anywhere"),
    )


def _make_tension_condition(where: str, row: Mapping[str, Any]) -> TensionCondition:
    _check_keys(where, row, _TENSION_KEYS)
    bounds = [_number(where, row, k) for k in ("min_surprise", "min_level", "min_coverage")]
    if bounds == [None, None, None]:
        raise KnowledgeError("condition", where, "must give at least one of min_surprise, min_level, min_coverage")
    return TensionCondition(*bounds)


def _make_example(where: str, row: Mapping[str, Any], ontology: Ontology) -> RuleExample:
    _check_keys(where, row, _EXAMPLE_KEYS)
    tension = None
    if "tension" in row:
        case = row["tension"]
        _check_keys(f"{where}: tension", case, _TENSION_CASE_KEYS)
        coverage = _number(where, case, "coverage")
        tension = (float(case["surprise"]), float(case["level"]), coverage)
    cases = tuple(_make_case(where, c, ontology) for c in row.get("incidents", []))
    return RuleExample(_text(where, row, "note"), cases, tension)


def _make_case(where: str, row: Mapping[str, Any], ontology: Ontology) -> IncidentCase:
    _check_keys(f"{where}: incident", row, _CASE_KEYS)
    type_, mode = _make_act(where, "/".join(filter(None, (str(row["type"]), row.get("mode")))), ontology)
    toll = None
    if "toll" in row:
        _check_keys(f"{where}: toll", row["toll"], {"kind": True, "count": True})
        toll = (_choice(where, row["toll"], "kind", get_args(TollKind)), _whole(where, row["toll"], "count", 0, 10**6))
    return IncidentCase(
        day=_whole(where, row, "day", 0, 366),
        type=type_,
        mode=mode,
        modality=_choice(where, row, "modality", get_args(Modality)) if "modality" in row else "actual",
        certainty=_choice(where, row, "certainty", get_args(Certainty)) if "certainty" in row else "asserted",
        origins=_whole(where, row, "origins", 1, 1000, default=1),
        toll=toll,
        party=_text(where, row, "party") if "party" in row else None,
        placeless=_flag(where, row, "placeless"),
    )


def _make_act(where: str, act: str, ontology: Ontology) -> tuple[str, str | None]:
    type_, _, mode = act.partition("/")
    if type_ not in ontology.types:
        raise KnowledgeError("event type", f"{where}: {act}", f"must be one of {', '.join(ontology.types)}")
    modes = ontology.types[type_].modes
    if mode and mode not in modes:
        raise KnowledgeError("mode", f"{where}: {act}", f"must be one of {', '.join(modes) or 'none'}")
    return type_, mode or None


def _check_keys(where: str, table: Any, keys: Mapping[str, bool]) -> None:
    """`keys` maps each allowed key to whether it must be there."""
    if not isinstance(table, Mapping):
        raise KnowledgeError("table", where, f"must hold keys among {', '.join(keys)}")
    if strange := sorted(table.keys() - keys.keys()):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(keys)}")
    if missing := [k for k, needed in keys.items() if needed and k not in table]:
        raise KnowledgeError("key", f"{where}: {missing[0]}", "is missing")


def _tables(where: str, table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = table[key]
    if not isinstance(rows, list) or not all(isinstance(r, Mapping) for r in rows):
        raise KnowledgeError("key", f"{where}: {key}", f"must be tables of their own: [[...{key}]]")
    return rows


def _text(where: str, table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a text")
    return value


def _texts(where: str, table: Mapping[str, Any], key: str) -> list[str]:
    value = table[key]
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a list of at least one text")
    return value


def _choice(where: str, table: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> Any:
    if table[key] not in allowed:
        raise KnowledgeError("value", f"{where}: {key} = {table[key]!r}", f"must be one of {', '.join(allowed)}")
    return table[key]


def _choices(where: str, table: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> Any:
    values = _texts(where, table, key)
    if strange := [v for v in values if v not in allowed]:
        raise KnowledgeError("value", f"{where}: {key} = {strange[0]!r}", f"must be among {', '.join(allowed)}")
    return tuple(values)


def _whole(where: str, table: Mapping[str, Any], key: str, low: int, high: int, *, default: int | None = None) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", f"must be a whole number from {low} to {high}")
    return value


def _flag(where: str, table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be true or false")
    return value


def _number(where: str, table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise KnowledgeError("value", f"{where}: {key} = {value!r}", "must be a number, 0 or more")
    return float(value)
