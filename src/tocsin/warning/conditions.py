"""One rule, one area, one day: does it hold, and by what?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from tocsin.records import Incident, Reason, TensionState
from tocsin.warning.counting import count_day

if TYPE_CHECKING:
    from tocsin.knowledge.rules import AlertRule, IncidentCondition, OutlookCondition, TensionCondition

_MOST_TOLD = 6
#: Codes that stand in the country field of parties that have none.
_NO_COUNTRIES = frozenset({"IGO", "NGO", "MED"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds in an area on a day.

    incidents  those that meet a condition, in order of first report; all of the window where no condition asks for any
    reasons    each condition with the values compared
    """

    day: date
    incidents: tuple[Incident, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a forecast says of one area and month ahead.

    months       how many months ahead, 1 the one that is going on
    any_score    chance of any death, 0..1
    score_of_25  chance of 25 deaths or more, 0..1
    """

    months: int
    any_score: float
    score_of_25: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of the months ahead of one area on one day.

    outlooks  what the newest forecast says, where it bears on the day
    told      the reasons of the alert that stands on the day already: what a forecast said then, a later one does not
              unsay, else an alert would be taken back, and another raised, each time that a day is over
    """

    outlooks: Sequence[Outlook] = ()
    told: Sequence[Reason] = ()

    def recall(self, rule: AlertRule, condition: OutlookCondition) -> Reason | None:
        """What was told of the same condition by the same version of the rule, or None."""
        from tocsin.knowledge.rules import OutlookCondition

        asked = [c for c in rule.conditions if isinstance(c, OutlookCondition)]
        held = [r for r in self.told if r.rule == "outlook" and r.version == rule.version]
        return held[asked.index(condition)] if len(held) == len(asked) else None


NOTHING_AHEAD = Ahead()


class Tense(Protocol):
    """What a condition on tension looks at: see `Tension`, which has it all."""

    @property
    def state(self) -> TensionState: ...  # noqa: D102
    @property
    def level(self) -> float: ...  # noqa: D102
    @property
    def surprise(self) -> float | None: ...  # noqa: D102
    @property
    def coverage(self) -> float | None: ...  # noqa: D102


def alert_day(incident: Incident) -> date | None:
    """The day an incident bears on alerts: its own where it happened, else the day it was announced."""
    return count_day(incident) if incident.modality == "actual" else incident.reported_at.date()


def is_alertable(incident: Incident) -> bool:
    """Whether any rule may look at an incident: not history, not faint, not denied, not retracted."""
    if incident.background or incident.is_faint:
        return False
    return incident.state not in ("denied", "retracted") and incident.modality != "negated"


def examine_rule(
    rule: AlertRule,
    day: date,
    incidents: Sequence[Incident],
    tension: Callable[[], Tense | None],
    placeless: Sequence[Incident] = (),
    ahead: Ahead = NOTHING_AHEAD,
) -> Finding | None:
    """What makes `rule` hold on `day`, or None.

    incidents  the area's, of the window that ends on `day`
    tension    gives the area's, of that day; asked only where all else holds
    placeless  those of the same window that have no known place; they count where a condition allows it and a party is
               of a country that has to do with the area's own
    ahead      what forecasts say of the area
    """
    if rule.within_hours is None:
        return _examine_window(rule, day, incidents, tension, placeless, ahead)
    hours = timedelta(hours=rule.within_hours)
    for end in sorted({i.reported_at for i in (*incidents, *placeless)}, reverse=True):
        here, anywhere = ([i for i in some if end - hours < i.reported_at <= end] for some in (incidents, placeless))
        finding = _examine_window(rule, day, here, tension, anywhere, ahead)
        if finding is not None:
            told = f"all first reported within {rule.within_hours} hours, up to {end:%Y-%m-%d %H:%M} UTC"
            return replace(finding, reasons=(*finding.reasons, Reason("within-hours", told, None, rule.version)))
    return None


def _examine_window(
    rule: AlertRule,
    day: date,
    incidents: Sequence[Incident],
    tension: Callable[[], Tense | None],
    placeless: Sequence[Incident],
    ahead: Ahead,
) -> Finding | None:
    from tocsin.knowledge.rules import IncidentCondition, OutlookCondition, TensionCondition

    # an alert stands on incidents: where no condition asks for any, on all that the window holds
    asks = any(isinstance(condition, IncidentCondition) for condition in rule.conditions)
    matched: dict[str, Incident] = {} if asks else {i.id: i for i in incidents}
    held: dict[int, Reason] = {}
    # those on tension last: its record costs more than all the others
    for at, condition in sorted(enumerate(rule.conditions), key=lambda c: isinstance(c[1], TensionCondition)):
        if isinstance(condition, TensionCondition):
            reason = _examine_tension(rule, condition, tension())
        elif isinstance(condition, OutlookCondition):
            reason = _examine_outlook(rule, condition, ahead.outlooks) or ahead.recall(rule, condition)
        else:
            eligible = [*incidents, *_find_related(placeless, incidents)] if condition.anywhere else incidents
            fitting = [i for i in eligible if meets_condition(i, condition)]
            matched |= {i.id: i for i in fitting}
            reason = _examine_incidents(rule, condition, fitting)
        if reason is None:
            return None
        held[at] = reason
    reasons = [held[at] for at in sorted(held)]
    origins = count_origins(list(matched.values()))
    if matched and origins < rule.min_origins:
        return None
    if rule.min_origins > 1 and matched:
        detail = f"{origins} independent origins together; {rule.min_origins} are needed"
        reasons.append(Reason("min-origins", detail, None, rule.version))
    ordered = tuple(sorted(matched.values(), key=lambda i: (i.reported_at, i.id)))
    return Finding(day, ordered, tuple(reasons))


def meets_condition(incident: Incident, condition: IncidentCondition) -> bool:
    """Whether one incident is of the kind that a condition asks for."""
    if (incident.type, incident.mode) not in condition.types and (incident.type, None) not in condition.types:
        return False
    if incident.modality not in condition.modality:
        return False
    if condition.certainty and incident.certainty != condition.certainty:
        return False
    if condition.parties:
        codes = {c for p in (*incident.actor, *incident.recipient) for c in (p.country, p.sector)}
        if not codes & condition.parties:
            return False
    if condition.toll:
        return any(t.kind == condition.toll and t.best >= condition.min_toll for t in incident.tolls)
    return True


def _find_related(placeless: Sequence[Incident], incidents: Sequence[Incident]) -> list[Incident]:
    concerned = {c for i in incidents for c in _countries(i)}
    return [i for i in placeless if concerned & _countries(i)]


def _countries(incident: Incident) -> set[str]:
    """Countries of the place and the parties; bodies without a country of their own belong to none."""
    named = {p.country for p in (*incident.actor, *incident.recipient)}
    if incident.place is not None:
        named.add(incident.place.country)
    return {c for c in named if c} - _NO_COUNTRIES


def count_origins(incidents: Sequence[Incident]) -> int:
    """Independent origins behind several incidents, counted low.

    The record of an incident says how many origins it has and which outlets carried it, not which origin stands behind
    which. One report may tell of both incidents, so a further incident adds origins only as far as it was carried by
    outlets that carried none of those before.
    """
    total, heard = 0, set[str]()
    for incident in sorted(incidents, key=lambda i: (-i.origins, i.id)):
        total = max(incident.origins, total + min(incident.origins, len(set(incident.outlets) - heard)))
        heard.update(incident.outlets)
    return total


def _examine_incidents(rule: AlertRule, condition: IncidentCondition, fitting: Sequence[Incident]) -> Reason | None:
    origins = count_origins(fitting)
    if len(fitting) < condition.min_incidents or origins < condition.min_origins:
        return None
    wanted = " or ".join(f"{t} {m}" if m else t for t, m in condition.types)
    told = ", ".join(_tell(i) for i in fitting[:_MOST_TOLD])
    more = f" and {len(fitting) - _MOST_TOLD} more" if len(fitting) > _MOST_TOLD else ""
    bounds = f"at least {condition.min_incidents}"
    if condition.min_origins > 1:
        bounds += f" from {condition.min_origins} origins (here {origins})"
    if condition.toll:
        bounds += f", each with {condition.min_toll} or more {condition.toll}"
    if condition.parties:
        bounds += f", with a party coded {' or '.join(sorted(condition.parties))}"
    detail = f"{wanted}: {len(fitting)} within {rule.within_days} days, {bounds} needed: {told}{more}"
    return Reason("incidents", detail, float(len(fitting)), rule.version)


def _examine_tension(rule: AlertRule, condition: TensionCondition, tension: Tense | None) -> Reason | None:
    if tension is None or tension.state != "scored":
        return None
    compared = (
        ("surprise", tension.surprise, condition.min_surprise),
        ("level", tension.level, condition.min_level),
        ("coverage", tension.coverage, condition.min_coverage),
    )
    told = []
    for name, value, bound in compared:
        if bound is None:
            continue
        if value is None or value < bound:
            return None
        told.append(f"{name} {value:g} (at least {bound:g} needed)")
    return Reason("tension", ", ".join(told), tension.surprise, rule.version)


def _examine_outlook(rule: AlertRule, condition: OutlookCondition, outlooks: Sequence[Outlook]) -> Reason | None:
    bounds = (("any death", "any_score", condition.min_any), ("25 deaths or more", "score_of_25", condition.min_25))
    for outlook in sorted(outlooks, key=lambda o: o.months):
        if outlook.months > condition.within_months:
            break
        wanted = [(name, getattr(outlook, field), bound) for name, field, bound in bounds if bound is not None]
        if all(value >= bound for _, value, bound in wanted):
            told = ", ".join(f"{value:.2f} for {name} (at least {bound:g} needed)" for name, value, bound in wanted)
            detail = f"forecast {outlook.months} months ahead: {told}"
            return Reason("outlook", detail, outlook.any_score, rule.version)
    return None


def _tell(incident: Incident) -> str:
    act = f"{incident.type}{' ' + incident.mode if incident.mode else ''}"
    how = "" if incident.modality == "actual" else f", {incident.modality}"
    return f"{act}{how} on {alert_day(incident)} ({incident.id})"
