"""Who publishes, and where we fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tocsin.records.ids import make_id

Reliability = Literal["A", "B", "C", "D", "E", "F"]
FeedState = Literal["unconfirmed", "waiting", "fresh", "late", "failing", "off"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher of articles.

    name               as it calls itself
    kind               wire, state-broadcaster, radio, press-office, ngo, tabloid, daily, ...; None if unknown
    country            ISO 3166-1 alpha-3 of its seat, or None
    language           ISO 639-1 of what it publishes, or None
    homepage           its address, or None
    reliability        Admiralty letter A-F kept by the desk's people; F (cannot be judged) until somebody has judged
    reliability_reason why, in the words of who graded; None while unreviewed
    is_state_media     whether a state owns or directs it; None if unknown
    is_exercise        whether it is invented for the exercise
    owner              who owns it, in words; None if unknown
    terms              what is known about reuse of what it publishes, in a line; None if nothing is known
    """

    id: str
    name: str
    kind: str | None = None
    country: str | None = None
    language: str | None = None
    homepage: str | None = None
    reliability: Reliability = "F"
    reliability_reason: str | None = None
    is_state_media: bool | None = None
    is_exercise: bool = False
    owner: str | None = None
    terms: str | None = None

    @property
    def is_reviewed(self) -> bool:
        """Whether a person has graded it: F without a reason is shown as unreviewed, never as bad."""
        return self.reliability_reason is not None


@dataclass(frozen=True, slots=True)
class OutletGrade:
    """A grade that a person gave an outlet. Append-only: the newest one holds.

    before  the letter that it had until then
    """

    outlet_id: str
    reliability: Reliability
    before: Reliability
    reason: str
    made_by: str
    made_at: datetime
    is_exercise: bool = False


def outlet_id(name: str) -> str:
    """The identifier of the outlet called `name`; letter case and runs of white space do not count."""
    return make_id("out", " ".join(name.split()).casefold())


@dataclass(frozen=True, slots=True)
class OutletPace:
    """How much an outlet gave lately, over the 7 and the 28 days that end now.

    Articles count by when they were published, or else taken in; claims are those read out of these articles, what
    people have rejected included.
    """

    articles_7: int = 0
    claims_7: int = 0
    articles_28: int = 0
    claims_28: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that lists new articles, and how fetching it goes.

    confirmed_at      when a person allowed it to be fetched; None: it is never fetched
    interval_minutes  at least 15
    next_due_at       when the schedule wants it next; None before the first fetch
    failures          how many fetches failed in a row
    problem           what the last failure said, or None after a success
    articles          how many new articles it has given so far
    """

    id: str
    address: str
    outlet_id: str | None = None
    title: str | None = None
    confirmed_at: datetime | None = None
    interval_minutes: int = 15
    is_off: bool = False
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_due_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    articles: int = 0

    def state(self, now: datetime) -> FeedState:
        """Its health at `now`: late is no success for three intervals though nothing failed.

        Waiting is a feed that was confirmed and not fetched yet: nothing fresh came of it.
        """
        if self.is_off:
            return "off"
        if self.confirmed_at is None:
            return "unconfirmed"
        if self.failures:
            return "failing"
        since = self.succeeded_at or self.confirmed_at
        if (now - since).total_seconds() > 3 * 60 * self.interval_minutes:
            return "late"
        return "fresh" if self.succeeded_at else "waiting"


def feed_id(address: str) -> str:
    """The identifier of the feed at `address`."""
    return make_id("fed", address.strip())
