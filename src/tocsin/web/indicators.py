"""A place's indicators: each alert rule, whether it rings there, and which of its conditions hold on the day shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from tocsin.desk import Desk
from tocsin.knowledge.rules import (
    AlertRule,
    Condition,
    IncidentCondition,
    OutlookCondition,
    TensionCondition,
    load_alert_rules,
)
from tocsin.records import Alert, Filter, Incident, Tension
from tocsin.warning.areas import map_areas
from tocsin.warning.conditions import (
    Ahead,
    Outlook,
    alert_day,
    count_origins,
    examine_rule,
    is_alertable,
    meets_condition,
)
from tocsin.web.language import N_, _, ngettext
from tocsin.web.terms import say_term

#: Incidents of the longest window that are looked at, the newest: more only say that a condition holds several times.
MOST_LOOKED_AT = 500
_MOST_KINDS = 6

#: firing, acknowledged, muted: an alert of the place says so; holds: every condition does, and no alert of this place
#: tells it; wide: the rule is not asked of so wide an area; open: some condition does not hold.
Standing = Literal["firing", "acknowledged", "muted", "holds", "wide", "open"]
STANDINGS: Mapping[Standing, str] = {
    "firing": N_("firing"),
    "acknowledged": N_("acknowledged"),
    "muted": N_("muted"),
    "holds": N_("holds, told at a smaller place or not yet for long enough"),
    "wide": N_("not asked of so wide an area"),
    "open": N_("does not hold"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One condition in words with what was found, and whether it holds."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One rule at one place.

    alert  that of the place which stands, or else the last one that did; None: it never rang here
    parts  its conditions, in the rule's order
    """

    rule: AlertRule
    standing: Standing
    alert: Alert | None
    parts: tuple[Part, ...]

    @property
    def held(self) -> int:
        """How many of the conditions hold."""
        return sum(part.holds for part in self.parts)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rules are asked of: the area's incidents and tension on a day, and those without a known place.

    outlooks  what the newest forecast says of its months ahead
    """

    day: date
    here: Sequence[Incident]
    placeless: Sequence[Incident]
    tension: Tension
    outlooks: Sequence[Outlook] = ()

    def within(self, incidents: Sequence[Incident], days: int) -> list[Incident]:
        """Those whose day lies in the window that ends on the day."""
        first = self.day - timedelta(days=days - 1)
        return [i for i in incidents if (day := alert_day(i)) is not None and first <= day <= self.day]


def find_indicators(
    desk: Desk,
    tension: Tension,
    alerts: Sequence[Alert],
    muted_ids: frozenset[str] = frozenset(),
    outlooks: Sequence[Outlook] = (),
) -> list[Indicator]:
    """Every rule that is meant for the place of `tension`, on its day; what rings or nearly does first.

    alerts     those of the place
    muted_ids  those of them that a silence holds back
    outlooks   what the newest forecast says of the place; nothing is forecast for the exercise
    """
    rules = _load_rules(desk.settings.alert_rules, desk.settings.rule_sets)
    ground = replace(_gather(desk, tension, rules), outlooks=() if tension.is_exercise else outlooks)
    areas = map_areas(ground.here, {})
    found = []
    for rule in rules:
        if rule.areas and not any(tension.place_id == a or areas.holds(a, tension.place_id) for a in rule.areas):
            continue
        alert = _find_alert([a for a in alerts if a.rule == rule.name])
        standing = _find_standing(alert, muted_ids)
        if standing is None:
            is_asked = areas.is_within_width(tension.place_id, rule.widest)
            standing = "wide" if not is_asked else "holds" if _examine(rule, ground) else "open"
        parts = () if standing == "wide" else tuple(_examine_parts(rule, ground))
        found.append(Indicator(rule, standing, alert, parts))
    order = list(STANDINGS)
    return sorted(found, key=lambda one: (order.index(one.standing) in (4, 5), -one.held / max(len(one.parts), 1)))


@lru_cache(maxsize=4)
def _load_rules(path: Path | None, sets: tuple[str, ...]) -> tuple[AlertRule, ...]:
    return tuple(rule for rule in load_alert_rules(path) if set(rule.sets) & set(sets))


def _gather(desk: Desk, tension: Tension, rules: Sequence[AlertRule]) -> Ground:
    """What happened on a day was first reported on it or later: the window's reports hold all that is asked for."""
    first = tension.day - timedelta(days=max((rule.within_days for rule in rules), default=1))
    wanted = Filter(
        place_id=tension.place_id,
        reported_since=datetime.combine(first, time(), UTC),
        realm="exercise" if tension.is_exercise else "real",
        limit=MOST_LOOKED_AT,
    )
    asks_anywhere = any(isinstance(c, IncidentCondition) and c.anywhere for rule in rules for c in rule.conditions)
    everywhere = desk.store.incidents(replace(wanted, place_id=None)) if asks_anywhere else []
    return Ground(
        tension.day,
        [i for i in desk.store.incidents(wanted) if is_alertable(i)],
        [i for i in everywhere if i.place is None and is_alertable(i)],
        tension,
    )


def _find_alert(alerts: Sequence[Alert]) -> Alert | None:
    told = [a for a in alerts if a.state != "retracted"]
    return max(told, key=lambda a: (a.state in ("firing", "acknowledged"), a.day, a.id), default=None)


def _find_standing(alert: Alert | None, muted_ids: frozenset[str]) -> Standing | None:
    if alert is None or alert.state not in ("firing", "acknowledged"):
        return None
    return "muted" if alert.id in muted_ids else "firing" if alert.state == "firing" else "acknowledged"


def _examine(rule: AlertRule, ground: Ground) -> list[Incident] | None:
    """The incidents that a rule holds by on the day, or None where it does not."""
    here, anywhere = (ground.within(some, rule.within_days) for some in (ground.here, ground.placeless))
    ahead = Ahead(ground.outlooks)
    finding = examine_rule(rule, ground.day, here, lambda: ground.tension, anywhere, ahead)
    return None if finding is None else list(finding.incidents)


def _examine_parts(rule: AlertRule, ground: Ground) -> Iterator[Part]:
    matched: dict[str, Incident] = {}
    for condition in rule.conditions:
        part, found = _examine_part(rule, condition, ground)
        matched |= {incident.id: incident for incident in found}
        yield part
    if rule.min_origins > 1:
        origins = count_origins(list(matched.values()))
        text = _("independent origins together: %(found)s, %(needed)s needed")
        yield Part(text % {"found": origins, "needed": rule.min_origins}, origins >= rule.min_origins)


def _examine_part(rule: AlertRule, condition: Condition, ground: Ground) -> tuple[Part, list[Incident]]:
    """One condition alone, and the incidents that speak for it."""
    alone = replace(rule, conditions=(condition,), min_origins=1)
    if isinstance(condition, TensionCondition):
        return Part(_tell_tension(condition, ground.tension), _examine(alone, ground) is not None), []
    if not isinstance(condition, IncidentCondition):
        return Part(_tell_outlook(condition, ground.outlooks), _examine(alone, ground) is not None), []
    held = _examine(alone, ground)
    near = [i for i in ground.within(ground.here, rule.within_days) if meets_condition(i, condition)]
    found = near if held is None or len(near) > len(held) else held
    return Part(_tell_incidents(rule, condition, len(found)), held is not None), found


def _tell_incidents(rule: AlertRule, condition: IncidentCondition, count: int) -> str:
    kinds = [f"{type_} · {mode}" if mode else type_ for type_, mode in condition.types]
    told = ", ".join(kinds[:_MOST_KINDS]) + ("…" if kinds[_MOST_KINDS:] else "")
    if condition.modality != ("actual",):
        told += f" ({', '.join(say_term(modality) for modality in condition.modality)})"
    if condition.toll is not None:
        told += f", {say_term(condition.toll)} {condition.min_toll}+"
    if rule.within_hours is not None:
        text = ngettext(
            "%(kinds)s: %(found)s in %(num)s hour, %(needed)s needed",
            "%(kinds)s: %(found)s in %(num)s hours, %(needed)s needed",
            rule.within_hours,
        )
        num = rule.within_hours
    else:
        text = ngettext(
            "%(kinds)s: %(found)s in %(num)s day, %(needed)s needed",
            "%(kinds)s: %(found)s in %(num)s days, %(needed)s needed",
            rule.within_days,
        )
        num = rule.within_days
    return text % {"kinds": told, "found": count, "needed": condition.min_incidents, "num": num}


def _tell_tension(condition: TensionCondition, tension: Tension) -> str:
    bounds = (
        (_("surprise %(now)s, %(needed)s needed"), tension.surprise, condition.min_surprise),
        (_("level %(now)s, %(needed)s needed"), tension.level, condition.min_level),
        (_("coverage %(now)s, %(needed)s needed"), tension.coverage, condition.min_coverage),
    )
    told = [
        text % {"now": _("none") if value is None else f"{value:.1f}", "needed": f"{bound:g}"}
        for text, value, bound in bounds
        if bound is not None
    ]
    return "; ".join(told)


def _tell_outlook(condition: OutlookCondition, outlooks: Sequence[Outlook]) -> str:
    """What is asked of the forecast, with the highest chance of all months that it may look at."""
    months = condition.within_months
    text = ngettext(
        "a forecast of violence within %(num)s month", "a forecast of violence within %(num)s months", months
    )
    near = [outlook for outlook in outlooks if outlook.months <= months]
    bounds = (
        (_("chance of any death %(now)s, %(needed)s needed"), [o.any_score for o in near], condition.min_any),
        (_("chance of 25 deaths or more %(now)s, %(needed)s needed"), [o.score_of_25 for o in near], condition.min_25),
    )
    told = [
        text % {"now": f"{max(chances):.2f}" if chances else _("none"), "needed": f"{bound:g}"}
        for text, chances, bound in bounds
        if bound is not None
    ]
    return f"{text % {'num': months}}: {'; '.join(told)}"
