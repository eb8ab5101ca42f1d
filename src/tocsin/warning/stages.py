"""How each place stands, day by day: up at once, down slowly, no step undone within days, so that noise moves none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from tocsin.records import Alert, Reason, Stage, Tension

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy, StageBounds

STAGES: tuple[Stage, ...] = get_args(Stage)
#: The rule whose weight carries the number of quiet days from one day to the next.
QUIET = "stage-quiet"
#: With the stage that was left: its weight carries how many days ago that was.
LEFT = "stage-left-"
_NO_EARLIER: Mapping[str, Tension] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a place stands after a day.

    quiet  days in a row on which nothing held it at its stage
    left   the stage that it came down from less than `quiet_days` ago, or None; since: how many days ago
    """

    stage: Stage | None
    quiet: int = 0
    left: Stage | None = None
    since: int = 0


def set_stages(
    tensions: Sequence[Tension],
    alerts: Iterable[Alert],
    policy: AlertPolicy,
    *,
    earlier: Mapping[str, Tension] = _NO_EARLIER,
) -> tuple[Tension, ...]:
    """The rows with the stage of each, and why it is that.

    tensions  by place, each place's days in order and without a gap
    alerts    those that bear on the days; a retracted one holds nothing up
    earlier   for a place the row of the day before its first one here, where there is one

    A stage is entered on the day that reaches its bound of surprise (with the least level), or on which an alert of a
    precedence that the policy names fires for the place itself. It is left when for `quiet_days` days
    running neither the bound of leaving is reached nor such an alert fires; then for as long surprise alone does not
    bring it back to the stage it left, nor to one below that, while an alert does and a higher stage is entered at
    once. So neither a rise nor a fall is undone in fewer than `quiet_days` days by what a daily sum says: the least
    time on and off of a switch. A day without a score changes nothing by itself: not to have heard is no calm.
    """
    firing = _file_alerts(alerts)
    rows: list[Tension] = []
    for place_id, days in groupby(tensions, key=lambda t: t.place_id):
        before = earlier.get(place_id)
        standing = _read_standing(before) if before is not None else _Standing(None)
        for tension in days:
            held = firing.get((place_id, tension.day), ())
            standing, reasons = _step(_age(standing, policy), tension, held, policy)
            rows.append(replace(tension, stage=standing.stage, reasons=(*tension.reasons, *reasons)))
    return tuple(rows)


def _file_alerts(alerts: Iterable[Alert]) -> dict[tuple[str, date], list[Alert]]:
    filed: dict[tuple[str, date], list[Alert]] = defaultdict(list)
    for alert in alerts:
        if alert.state != "retracted" and alert.speaks == "for":
            for number in range(alert.began_on.toordinal(), alert.day.toordinal() + 1):
                filed[alert.place_id, date.fromordinal(number)].append(alert)
    return filed


def _read_standing(tension: Tension) -> _Standing:
    quiet = next((int(r.weight or 0) for r in tension.reasons if r.rule == QUIET), 0)
    for stage in STAGES[1:]:
        for reason in tension.reasons:
            if reason.rule == LEFT + stage:
                return _Standing(tension.stage, quiet, stage, int(reason.weight or 0))
    return _Standing(tension.stage, quiet)


def _age(standing: _Standing, policy: AlertPolicy) -> _Standing:
    """The same a day later."""
    if standing.left is None or standing.since + 1 >= policy.quiet_days:
        return replace(standing, left=None, since=0)
    return replace(standing, since=standing.since + 1)


def _step(
    before: _Standing, tension: Tension, alerts: Sequence[Alert], policy: AlertPolicy
) -> tuple[_Standing, tuple[Reason, ...]]:
    entered, why = _find_entered(tension, alerts, policy, before.left)
    now = before.stage
    if entered is not None and (now is None or STAGES.index(entered) > STAGES.index(now)):
        return _Standing(entered), (Reason("stage", f"{entered}: {why}", None, policy.version),)
    if now is None:
        if tension.state != "scored":
            return before, (Reason("stage", f"not told: {tension.state}", None, policy.version),)
        return _Standing("calm"), (Reason("stage", "calm: no bound is reached", None, policy.version),)
    if now == "calm":
        standing, reason = replace(before, quiet=0), Reason("stage", "calm: no bound is reached", None, policy.version)
    else:
        standing, reason = _stay_or_leave(before, now, tension, alerts, policy)
    if standing.left is None:
        return standing, (reason,)
    detail = (
        f"came down from {standing.left} {_say_when(standing.since)}: for {policy.quiet_days} days in all "
        "only an alert, or a higher stage than that, raises it"
    )
    return standing, (Reason(LEFT + standing.left, detail, float(standing.since), policy.version), reason)


def _stay_or_leave(
    before: _Standing, now: Stage, tension: Tension, alerts: Sequence[Alert], policy: AlertPolicy
) -> tuple[_Standing, Reason]:
    bounds = policy.bounds[now]
    holders = [a for a in alerts if a.precedence in bounds.precedences]
    held = replace(before, quiet=0)
    if holders:
        return held, Reason("stage", f"{now}: held by {_name(holders[0])}", None, policy.version)
    if tension.state != "scored" or tension.surprise is None:
        detail = f"{now}: stays, the day has no score ({tension.state})"
        # the quiet days before it are carried on
        carried = Reason(QUIET, detail, float(before.quiet), policy.version)
        return before, carried if before.quiet else Reason("stage", detail, None, policy.version)
    if tension.surprise >= bounds.leave_surprise:
        detail = f"{now}: surprise {tension.surprise:g} is not below {bounds.leave_surprise:g}"
        return held, Reason("stage", detail, None, policy.version)
    quiet = before.quiet + 1
    if quiet < policy.quiet_days:
        detail = f"{now}: quiet day {quiet} of the {policy.quiet_days} that are needed to go down"
        return replace(before, quiet=quiet), Reason(QUIET, detail, float(quiet), policy.version)
    lower = _find_lower(now, tension.surprise, alerts, policy)
    detail = f"{lower}: down from {now} after {quiet} quiet days"
    return _Standing(lower, left=now), Reason("stage", detail, None, policy.version)


def _find_entered(
    tension: Tension, alerts: Sequence[Alert], policy: AlertPolicy, left: Stage | None
) -> tuple[Stage | None, str]:
    """The highest stage whose bound of entering is reached, and what reaches it; surprise counts above `left` alone."""
    for stage in reversed(STAGES[1:]):
        bounds = policy.bounds[stage]
        ringing = [a for a in alerts if a.precedence in bounds.precedences]
        if ringing:
            return stage, f"{_name(ringing[0])} fires"
        if left is not None and STAGES.index(stage) <= STAGES.index(left):
            continue
        if tension.state == "scored" and tension.surprise is not None and _reaches(tension, bounds):
            told = f"surprise {tension.surprise:g} (at least {bounds.enter_surprise:g})"
            return stage, f"{told} with level {tension.level:g} (at least {bounds.least_level:g})"
    return None, ""


def _reaches(tension: Tension, bounds: StageBounds) -> bool:
    surprise = tension.surprise or 0.0
    return surprise >= bounds.enter_surprise and tension.level >= bounds.least_level


def _find_lower(now: Stage, surprise: float, alerts: Sequence[Alert], policy: AlertPolicy) -> Stage:
    """The next stage below that something still holds, or calm."""
    for stage in reversed(STAGES[1 : STAGES.index(now)]):
        bounds = policy.bounds[stage]
        if surprise >= bounds.leave_surprise or any(a.precedence in bounds.precedences for a in alerts):
            return stage
    return "calm"


def _say_when(days: int) -> str:
    return ("today", "a day ago")[days] if days < 2 else f"{days} days ago"


def _name(alert: Alert) -> str:
    return f"{alert.precedence} alert {alert.rule}"
