"""What the desk tells people, why it tells it, and how far each telling got."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tocsin.records.alert import Precedence
from tocsin.records.ids import make_id

#: Why a notice is sent: each is one sentence to the reader, none needs another to be understood.
NoticeCause = Literal[
    "fired",  # the rule holds that did not hold before
    "more-reports",  # further incidents, or further origins of those known
    "raised",  # the place's state or the precedence went up
    "lowered",  # it went down, and the alert goes on
    "repeated",  # nothing is new, and the repeat interval is over
    "escalated",  # nobody acknowledged in time
    "resolved",  # the rule has not held for as long as it keeps firing
    "retracted",  # what fired it was taken back, denied or regrouped
    "digest",  # several places' news in one, at its time of day
    "test",  # a person tries a channel
]
#: What becomes of one notice on one channel. `sending` after a crash may or may not have gone out.
DeliveryState = Literal["waiting", "sending", "sent", "given-up"]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One incident in a notice.

    text        who did what to whom, where and when, who says so, in one line
    is_new      whether the last notice of the same group did not have it
    """

    incident_id: str
    text: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class NoticePart:
    """What a digest says of one alert: whoever wants some areas or rule sets alone is told those parts of it alone.

    text    its sentence among the notice's `changes`
    within  ids of all areas that hold its place, itself included
    sets    the sets that its rule is of
    lines   its incidents, as in the notice
    """

    alert_id: str
    text: str
    place_id: str
    place_name: str
    precedence: Precedence
    within: tuple[str, ...]
    sets: tuple[str, ...]
    lines: tuple[NoticeLine, ...]
    incident_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to people about one group of alerts.

    group        fingerprint of what belongs together (rule set and place): its notices are one chain
    number       1 for the first of the chain, counted up
    previous     id of the notice before it in the chain, or None
    alert_ids    the alerts it tells of, the gravest first
    precedence   the highest of them
    title        the headline, without the place
    why_now      one sentence: what made the desk ring at this moment
    changes      what is different from the notice before, one sentence each; empty for the first
    lines        the incidents, new ones first, as many as a reader bears
    made_at      when the desk decided to send it
    speaks       whether what is reported speaks for the hypothesis or against it
    incident_ids all incidents that it stands on, also those without a line
    parts        of a digest, its alerts one by one; none in digests of earlier versions
    """

    id: str
    group: str
    number: int
    previous: str | None
    cause: NoticeCause
    alert_ids: tuple[str, ...]
    place_id: str
    place_name: str
    precedence: Precedence
    title: str
    hypothesis: str
    why_now: str
    changes: tuple[str, ...]
    lines: tuple[NoticeLine, ...]
    cleared_by: str
    made_at: datetime
    assigned_to: str | None = None
    is_exercise: bool = False
    speaks: Literal["for", "against"] = "for"
    incident_ids: tuple[str, ...] = ()
    parts: tuple[NoticePart, ...] = ()

    @property
    def more(self) -> int:
        """How many of its incidents have no line."""
        return max(0, len(self.incident_ids) - len(self.lines))

    @property
    def ends_chain(self) -> bool:
        """Whether nothing of the group is firing any longer."""
        return self.cause in ("resolved", "retracted")


def list_places(names: Iterable[str]) -> str:
    """Names of places in one line, each once: "Orle, Teske"; of many the first five and how many more."""
    places = list(dict.fromkeys(names))
    return ", ".join(places[:5]) + (f" and {len(places) - 5} more places" if len(places) > 5 else "")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on its way over one channel.

    channel      name of the channel in the operator's file
    attempts     how often it was tried
    next_at      when it is tried next; None once sent or given up
    fault        why the last attempt failed, without addresses' passwords or keys
    """

    notice_id: str
    channel: str
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    changed_at: datetime
    fault: str | None = None


def notice_id(group: str, number: int) -> str:
    """The id of one notice of a chain."""
    return make_id("ntc", group, str(number))
