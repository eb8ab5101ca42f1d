"""Alert rules as data: `alert_rules.toml` checked against a closed schema.

>>> from tocsin.knowledge.rules import load_alert_rules
>>> load_alert_rules()[0].precedence
'IMMEDIATE'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.checking import (
    check_keys,
    read_choice,
    read_choices,
    read_flag,
    read_optional_number,
    read_tables,
    read_text,
    read_texts,
    read_whole,
)
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.plover import Ontology, load_ontology
from tocsin.knowledge.rule_examples import RuleExample, read_act, read_example
from tocsin.records import Certainty, Modality, PlacePrecision, Precedence, TollKind

RULES_FILE = "alert_rules.toml"
RuleSet = Literal["peacekeeping", "ngo-security"]
_RULE_HEAD = re.compile(r"\s*\[\[\s*rule\s*\]\]")

#: Keys that each table must have, and keys that it may have.
_RULE_KEYS = (
    ("name", "title", "sets", "precedence", "hypothesis", "cleared_by", "within_days", "widest", "keep_days",
     "condition", "yes", "no"),
    ("min_origins", "hold_days", "within_hours", "speaks", "areas"),
)  # fmt: skip
_INCIDENT_KEYS = (
    ("kind", "types"),
    ("modality", "certainty", "parties", "min_incidents", "min_origins", "toll", "min_toll", "anywhere"),
)
_TENSION_KEYS = (("kind",), ("min_surprise", "min_level", "min_coverage"))
_OUTLOOK_KEYS = (("kind", "within_months"), ("min_any", "min_25"))


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


@dataclass(frozen=True, slots=True)
class OutlookCondition:
    """The area's newest forecast must reach each bound that is given, in some month within the next `within_months`.

    min_any  least chance of any death
    min_25   least chance of 25 deaths or more
    """

    within_months: int
    min_any: float | None = None
    min_25: float | None = None


Condition = IncidentCondition | TensionCondition | OutlookCondition


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When to ring: all conditions must hold in one area within the window.

    sets         for whom it is meant
    version      of the table it stands in
    precedence   ROUTINE, PRIORITY, IMMEDIATE or FLASH
    hypothesis   what it speaks for
    cleared_by   what would clear it
    speaks       whether the finding is evidence for the hypothesis or against it
    within_days  the window: the day asked about and those before it
    within_hours all incidents that meet a condition were first reported within so many hours; None: the days decide
    widest       the coarsest area within which incidents are put together
    min_origins  all incidents that meet a condition come from at least so many independent origins
    hold_days    it must hold so many days running before it fires
    keep_days    a gap of so many days does not end a run
    areas        gazetteer ids: it rings in these and what lies in them alone; empty: everywhere
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
    within_hours: int | None = None
    speaks: Literal["for", "against"] = "for"
    areas: frozenset[str] = frozenset()
    yes: tuple[RuleExample, ...] = ()
    no: tuple[RuleExample, ...] = ()


def load_alert_rules(path: Path | None = None, *, ontology: Ontology | None = None) -> tuple[AlertRule, ...]:
    """The bundled rules, or a user's table of the same form; raises KnowledgeError naming file, rule and key."""
    table = load_toml(RULES_FILE, path)
    which = str(path or RULES_FILE)
    check_keys(which, table, ("version", "rule"))
    version = read_text(which, table, "version")
    known = ontology or load_ontology()
    rows = read_tables(which, table, "rule")
    if not rows:
        raise KnowledgeError("alert rules", which, "must hold at least one [[rule]]: without any the desk never rings")
    where = [
        _name_rule(which, at, row, line)
        for at, (row, line) in enumerate(zip(rows, _find_lines(path, len(rows)), strict=True))
    ]
    rules = tuple(_make_rule(place, row, version, known) for place, row in zip(where, rows, strict=True))
    if twice := sorted(name for name, times in Counter(r.name for r in rules).items() if times > 1):
        raise KnowledgeError("alert rule", f"{which}: {twice[0]}", "stands twice; names must differ")
    return rules


def _find_lines(path: Path | None, number: int) -> Sequence[int | None]:
    """The line on which each rule of a user's table begins; None where they are not written as [[rule]], one by one."""
    text = path.read_text("utf-8-sig") if path else ""
    found = [at for at, line in enumerate(text.splitlines(), 1) if _RULE_HEAD.match(line)]
    return found if len(found) == number else [None] * number


def _name_rule(which: str, at: int, row: Mapping[str, Any], line: int | None) -> str:
    """How a rule is named in a refusal: by its name, or else by its place in the table."""
    name = row.get("name")
    told = f"rule {name}" if isinstance(name, str) and name.isprintable() and name.strip() else f"rule number {at + 1}"
    return f"{which}: {told}" + (f" (line {line})" if line else "")


def _make_rule(where: str, row: Mapping[str, Any], version: str, ontology: Ontology) -> AlertRule:
    check_keys(where, row, *_RULE_KEYS)
    conditions = tuple(_make_condition(where, c, ontology) for c in read_tables(where, row, "condition"))
    if "hold_days" in row and row["hold_days"] != 1 and any(isinstance(c, OutlookCondition) for c in conditions):
        raise KnowledgeError(
            "alert rule", f"{where}: hold_days", "must be 1: a forecast bears on the day of today alone"
        )
    if all(isinstance(c, IncidentCondition) and c.anywhere for c in conditions):
        raise KnowledgeError("alert rule", where, "must have at least one condition that is not met anywhere")
    name = read_text(where, row, "name")
    if not name.isprintable() or "*" in name:  # where rules are muted it stands for any letters
        raise KnowledgeError("value", f"{where}: name = {name!r}", "must be one line without control characters or *")
    return AlertRule(
        name=name,
        title=read_text(where, row, "title"),
        sets=read_choices(where, row, "sets", get_args(RuleSet)),
        version=version,
        precedence=read_choice(where, row, "precedence", get_args(Precedence)),
        hypothesis=read_text(where, row, "hypothesis"),
        cleared_by=read_text(where, row, "cleared_by"),
        within_days=read_whole(where, row, "within_days", 1, 366),
        widest=read_choice(where, row, "widest", get_args(PlacePrecision)),
        conditions=conditions,
        keep_days=read_whole(where, row, "keep_days", 0, 366),
        min_origins=read_whole(where, row, "min_origins", 1, 100, default=1),
        hold_days=read_whole(where, row, "hold_days", 1, 60, default=1),
        within_hours=read_whole(where, row, "within_hours", 1, 24 * 31) if "within_hours" in row else None,
        speaks=read_choice(where, row, "speaks", ("for", "against")) if "speaks" in row else "for",
        areas=frozenset(read_texts(where, row, "areas")) if "areas" in row else frozenset(),
        yes=tuple(read_example(f"{where}: yes", e, ontology) for e in read_tables(where, row, "yes")),
        no=tuple(read_example(f"{where}: no", e, ontology) for e in read_tables(where, row, "no")),
    )


def _make_condition(where: str, row: Mapping[str, Any], ontology: Ontology) -> Condition:
    kind = row.get("kind")
    if kind == "tension":
        return _make_tension_condition(f"{where}: condition tension", row)
    if kind == "outlook":
        return _make_outlook_condition(f"{where}: condition outlook", row)
    if kind != "incidents":
        raise KnowledgeError("condition", f"{where}: kind = {kind!r}", "must be one of incidents, tension, outlook")
    where = f"{where}: condition incidents"
    check_keys(where, row, *_INCIDENT_KEYS)
    return IncidentCondition(
        types=tuple(read_act(where, act, ontology) for act in read_texts(where, row, "types")),
        modality=read_choices(where, row, "modality", get_args(Modality)) if "modality" in row else ("actual",),
        certainty=read_choice(where, row, "certainty", get_args(Certainty)) if "certainty" in row else None,
        parties=_read_parties(where, row) if "parties" in row else frozenset(),
        min_incidents=read_whole(where, row, "min_incidents", 1, 1000, default=1),
        min_origins=read_whole(where, row, "min_origins", 1, 1000, default=1),
        toll=read_choice(where, row, "toll", get_args(TollKind)) if "toll" in row else None,
        min_toll=read_whole(where, row, "min_toll", 0, 1_000_000, default=1),
        anywhere=read_flag(where, row, "anywhere"),
    )


def _read_parties(where: str, row: Mapping[str, Any]) -> frozenset[str]:
    """Codes, not words: with a word the rule would be sound and never ring."""
    parties = read_texts(where, row, "parties")
    for code in parties:
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            reason = "must be codes of sectors or countries, three capital letters, as COP or SRB"
            raise KnowledgeError("value", f"{where}: parties = {code!r}", reason)
    return frozenset(parties)


def _make_tension_condition(where: str, row: Mapping[str, Any]) -> TensionCondition:
    check_keys(where, row, *_TENSION_KEYS)
    bounds = [read_optional_number(where, row, k) for k in ("min_surprise", "min_level", "min_coverage")]
    if bounds == [None, None, None]:
        raise KnowledgeError("condition", where, "must give at least one of min_surprise, min_level, min_coverage")
    return TensionCondition(*bounds)


def _make_outlook_condition(where: str, row: Mapping[str, Any]) -> OutlookCondition:
    check_keys(where, row, *_OUTLOOK_KEYS)
    bounds = [read_optional_number(where, row, k) for k in ("min_any", "min_25")]
    if bounds == [None, None]:
        raise KnowledgeError("condition", where, "must give at least one of min_any, min_25")
    if any(bound is not None and bound > 1 for bound in bounds):
        raise KnowledgeError("condition", where, "min_any and min_25 are chances, from 0 to 1")
    return OutlookCondition(read_whole(where, row, "within_months", 1, 36), *bounds)
