"""Playing a rule's own examples: does it ring where its table says that it must, and keep still where not?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tocsin.records import EventType, Incident, PartialDate, Party, Place, Tension, TollRange
from tocsin.warning.alerts import TensionList, evaluate_rules
from tocsin.warning.conditions import Outlook

if TYPE_CHECKING:
    from tocsin.knowledge.rule_examples import IncidentCase, RuleExample
    from tocsin.knowledge.rules import AlertRule

_DAY_ZERO = date(2001, 1, 1)
_AREA, _COUNTRY = "example:town", "XXA"
_PLACE = Place("the place", "settlement", _COUNTRY, 0.5, 0.5, _AREA, within=(f"country:{_COUNTRY}",))
_CALLER = Party("the government", _COUNTRY, "GOV")


def play_example(rule: AlertRule, example: RuleExample) -> bool:
    """Whether `rule` rings on the last day of a situation, in which each origin is an outlet of its own.

    The situation is at a place of no gazetteer, and the rule is asked as if it were meant for everywhere.
    """
    incidents = [make_example_incident(str(n), case) for n, case in enumerate(example.incidents)]
    last = _DAY_ZERO + timedelta(days=max((c.day for c in example.incidents), default=0))
    tensions = []
    if example.tension:
        surprise, level, coverage = example.tension
        tensions.append(Tension(_AREA, "the place", last, 0.0, 0.0, level, surprise, coverage, "scored"))
    outlooks = {_AREA: [Outlook(*example.outlook)]} if example.outlook else {}
    now = datetime.combine(last, time(23, 59), UTC)
    rung = evaluate_rules(
        incidents, TensionList.of(tensions), [replace(rule, areas=frozenset())], first=last, until=last, now=now,
        place_names={}, outlooks=outlooks,
    )  # fmt: skip
    return bool(rung)


def make_example_incident(name: str, case: IncidentCase) -> Incident:
    """The incident that a line of an example describes, at the one place of the example or, if so said, at none."""
    day = _DAY_ZERO + timedelta(days=case.day)
    type_: EventType = case.type  # type: ignore[assignment]  # the table's loader has checked it
    tolls: tuple[TollRange, ...] = ()
    if case.toll:
        kind, count = case.toll
        tolls = (TollRange(kind, count, count, count, "example"),)
    return Incident(
        id=f"inc_{name}",
        type=type_,
        claim_ids=(f"clm_{name}",),
        reported_at=datetime.combine(day, time(case.hour), UTC),
        mode=case.mode,
        modality=case.modality,
        certainty=case.certainty,
        date=PartialDate.of_day(day),
        place=None if case.placeless else _PLACE,
        actor=(_CALLER,) if case.placeless else (),
        recipient=(Party("somebody", case.party, case.party),) if case.party else (),
        tolls=tolls,
        origins=case.origins,
        outlets=tuple(f"out_{name}_{origin}" for origin in range(case.origins)),
    )
