"""What people have told the desk not to ring for, from when and until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from tocsin.errors import RecordError
from tocsin.records.alert import Precedence
from tocsin.records.ids import make_id

#: Whoever wants quiet for longer has to say so again.
LONGEST_SILENCE = timedelta(days=31)
#: So far ahead one may be planned.
FARTHEST_SILENCE = timedelta(days=366)
#: How a silence stands at a moment.
SilenceState = Literal["planned", "in-force", "over"]


@dataclass(frozen=True, slots=True)
class Silence:
    """No notices for what matches, from one time to another. It hides nothing: the alerts go on standing on the desk.

    place_id    the area whose alerts are meant, and those of every place in it; None: everywhere
    rule        name of the rule that is meant, in which each `*` stands for any letters or none; None: any
    at_most     alerts of a higher precedence ring all the same; None: whatever the precedence
    ends_at     always given: a silence that nobody ends ends by itself
    made_by     who asked for it, `reason` why
    ended_at    when a person ended it before its time, or None; `ended_by` who, None where that was not noted yet
    rule_set    the set of rules that is meant; None: any
    made_at     when it was asked for, where it was planned to begin later; None: at `starts_at`
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    made_by: str
    reason: str
    place_id: str | None = None
    rule: str | None = None
    at_most: Precedence | None = None
    is_exercise: bool = False
    ended_at: datetime | None = None
    ended_by: str | None = None
    rule_set: str | None = None
    made_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it is in force: from when it was asked for until it ends, and for good not once a person ended it."""
        return self.state_at(now) == "in-force"

    def state_at(self, now: datetime) -> SilenceState:
        """Whether it is in force at a moment, or not yet, or no more.

        One that was planned begins when it says. For any other, a moment before its beginning shows that the clock was
        put back. It holds then too, or what people asked not to hear would ring; but of a clock that is off by more
        than the longest silence nothing is to be believed, and a silence made while it ran years ahead must not hold
        for years.
        """
        if self.ended_at is not None or now >= self.ends_at:
            return "over"
        begins = self.starts_at if self.made_at else self.starts_at - LONGEST_SILENCE
        return "planned" if now < begins else "in-force"

    def means_rule(self, name: str, sets: Collection[str]) -> bool:
        """Whether alerts of a rule of this name, that stands in these sets, are meant."""
        is_of_set = self.rule_set is None or self.rule_set in sets
        return is_of_set and (self.rule is None or matches_pattern(self.rule, name))


def silence_id(
    made_by: str,
    starts_at: datetime,
    place_id: str | None,
    rule: str | None,
    *,
    rule_set: str | None = None,
    made_at: datetime | None = None,
) -> str:
    """The id of a silence: who asked, when, and for what."""
    more = (rule_set or "", made_at.isoformat() if made_at else "") if rule_set or made_at else ()
    return make_id("sil", made_by, starts_at.isoformat(), place_id or "", rule or "", *more)


def parse_precedence(given: str | None) -> Precedence | None:
    """The gravest that a silence holds for, as a person gives it; raises RecordError for a word that is none."""
    for precedence in get_args(Precedence):
        if given == precedence:
            return cast(Precedence, precedence)
    if given is not None:
        raise RecordError("at_most", given[:40], f"must be one of {', '.join(get_args(Precedence))}")
    return None


def matches_pattern(pattern: str, name: str) -> bool:
    """Whether a name is as a pattern says, in which each `*` stands for any letters or none; in linear time."""
    first, *others = pattern.split("*")
    if not others:
        return name == pattern
    *middle, last = others
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
