"""How alerts become notices and how a place stands: `alert_policy.toml`, checked against a closed schema.

>>> from tocsin.knowledge.policy import load_alert_policy
>>> load_alert_policy().pace("FLASH").wait_seconds
0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import KnowledgeError
from tocsin.knowledge.checking import (
    check_keys,
    read_choice,
    read_choices,
    read_flag,
    read_number,
    read_table,
    read_text,
    read_whole,
)
from tocsin.knowledge.files import load_toml
from tocsin.records import PlacePrecision, Precedence, Stage

POLICY_FILE = "alert_policy.toml"
#: The stages that have bounds, lowest first; "calm" has none.
RAISED: tuple[Stage, ...] = get_args(Stage)[1:]


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon and how often alerts of one precedence are told.

    wait_seconds      from the first firing to the first notice
    update_minutes    least time between two notices that only tell of further reports
    repeat_hours      time after which an unacknowledged alert is told again
    escalate_minutes  time after which it is told as escalated; 0: never
    is_digest         gathered into one notice a day
    """

    wait_seconds: int
    update_minutes: int
    repeat_hours: int
    escalate_minutes: int
    is_digest: bool


@dataclass(frozen=True, slots=True)
class StageBounds:
    """What brings a place to a stage and what lets it leave.

    enter_surprise, leave_surprise  bounds of the day's surprise; the second is the lower
    least_level                     below this level no surprise raises a place
    precedences                     firing alerts of these hold a place at least at this stage
    """

    enter_surprise: float
    leave_surprise: float
    least_level: float
    precedences: frozenset[Precedence]


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """All of `alert_policy.toml`; the meaning of each value stands there."""

    version: str
    group_width: PlacePrecision
    fresh_days: int
    paces: Mapping[Precedence, Pace]
    digest_hour: int
    digest_zone: tzinfo
    quiet_days: int
    bounds: Mapping[Stage, StageBounds]

    def pace(self, precedence: Precedence) -> Pace:
        """How alerts of a precedence are told."""
        return self.paces[precedence]


def load_alert_policy(path: Path | None = None) -> AlertPolicy:
    """The bundled policy, or a user's of the same form; raises KnowledgeError naming file and key."""
    table = load_toml(POLICY_FILE, path)
    which = str(path or POLICY_FILE)
    check_keys(which, table, ("version", "group", "precedence", "digest", "stage"))
    group, paces, digest, stage = (read_table(which, table, key) for key in ("group", "precedence", "digest", "stage"))
    check_keys(f"{which}: group", group, ("width", "fresh_days"))
    check_keys(f"{which}: precedence", paces, get_args(Precedence))
    check_keys(f"{which}: digest", digest, ("hour",), ("zone",))
    check_keys(f"{which}: stage", stage, ("quiet_days", *RAISED))
    return AlertPolicy(
        version=read_text(which, table, "version"),
        group_width=read_choice(f"{which}: group", group, "width", get_args(PlacePrecision)),
        fresh_days=read_whole(f"{which}: group", group, "fresh_days", 1, 366),
        paces={p: _make_pace(f"{which}: precedence.{p}", paces[p]) for p in get_args(Precedence)},
        digest_hour=read_whole(f"{which}: digest", digest, "hour", 0, 23),
        digest_zone=_read_zone(f"{which}: digest", digest),
        quiet_days=read_whole(f"{which}: stage", stage, "quiet_days", 1, 60),
        bounds=_make_stages(which, stage),
    )


def _read_zone(where: str, row: Mapping[str, Any]) -> tzinfo:
    """The zone of a table's `zone`, UTC without one; this system's tables of zones are asked."""
    name = read_text(where, row, "zone") if "zone" in row else "UTC"
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as why:
        reason = "is no time zone that this system knows; must be like Europe/Belgrade, or UTC"
        raise KnowledgeError("value", f"{where}: zone = {name!r}", reason) from why


def _make_pace(where: str, row: Any) -> Pace:
    check_keys(where, row, ("wait_seconds", "update_minutes", "repeat_hours", "escalate_minutes", "digest"))
    return Pace(
        wait_seconds=read_whole(where, row, "wait_seconds", 0, 3600),
        update_minutes=read_whole(where, row, "update_minutes", 0, 60 * 24 * 7),
        repeat_hours=read_whole(where, row, "repeat_hours", 1, 24 * 60),
        escalate_minutes=read_whole(where, row, "escalate_minutes", 0, 60 * 24 * 7),
        is_digest=read_flag(where, row, "digest"),
    )


def _make_stages(which: str, table: Mapping[str, Any]) -> dict[Stage, StageBounds]:
    bounds: dict[Stage, StageBounds] = {}
    below = 0.0
    for name in RAISED:
        where, row = f"{which}: stage.{name}", table[name]
        check_keys(where, row, ("enter_surprise", "leave_surprise", "least_level", "precedences"))
        one = StageBounds(
            enter_surprise=read_number(where, row, "enter_surprise", 0, 99),
            leave_surprise=read_number(where, row, "leave_surprise", 0, 99),
            least_level=read_number(where, row, "least_level", 0, 10_000),
            precedences=frozenset(read_choices(where, row, "precedences", get_args(Precedence))),
        )
        if one.leave_surprise >= one.enter_surprise:
            raise KnowledgeError("value", f"{where}: leave_surprise", "must be lower than enter_surprise")
        if one.enter_surprise <= below:
            raise KnowledgeError("value", f"{where}: enter_surprise", "must be higher than that of the stage below")
        below = one.enter_surprise
        bounds[name] = one
    return bounds
