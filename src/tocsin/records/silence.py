"""What people have told the desk not to ring for, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.records.alert import Precedence
from tocsin.records.ids import make_id

#: Whoever wants quiet for longer has to say so again.
LONGEST_SILENCE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Silence:
    """No notices for what matches, from one time to another. It hides nothing: the alerts go on standing on the desk.

    place_id    the area whose alerts are meant, and those of every place in it; None: everywhere
    rule        name of the rule that is meant; None: any
    at_most     alerts of a higher precedence ring all the same; None: whatever the precedence
    ends_at     always given: a silence that nobody ends ends by itself
    made_by     who asked for it, `reason` why
    ended_at    when a person ended it before its time, or None; `ended_by` who, None where that was not noted yet
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

    def holds_at(self, now: datetime) -> bool:
        """Whether it is in force: from when it was asked for until it ends, and for good not once a person ended it.

        A moment before its beginning shows that the clock was put back. It holds then too, or what people asked not to
        hear would ring; but of a clock that is off by more than the longest silence nothing is to be believed, and a
        silence made while it ran years ahead must not hold for years.
        """
        return self.ended_at is None and self.starts_at - LONGEST_SILENCE <= now < self.ends_at


def silence_id(made_by: str, starts_at: datetime, place_id: str | None, rule: str | None) -> str:
    """The id of a silence: who asked, when, and for what."""
    return make_id("sil", made_by, starts_at.isoformat(), place_id or "", rule or "")
