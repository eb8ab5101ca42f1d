"""What a failed attempt to send comes to: tried again later and when, given up, or sent to some and not to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.errors import DeliveryError
from tocsin.records import DeliveryState

#: The wait after the first failure, the second and so on; the last holds for all that follow.
WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 3600))
#: So much may be added to a wait by chance, as a share of it, so that what failed together does not return together.
JITTER = 0.2
GIVE_UP_AFTER = timedelta(hours=24)
#: Fewer attempts never give a notice up: the desk may have been off for a day, or the clock been set.
LEAST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Round:
    """What became of the deliveries that were tried: `failed` are tried again, `given_up` are not."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(self.sent + other.sent, self.failed + other.failed, self.given_up + other.given_up)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written down about one attempt."""

    state: DeliveryState
    next_at: datetime | None = None
    fault: str | None = None


def wait_after(attempts: int, asked_seconds: float | None, chance: float) -> timedelta:
    """How long to wait after so many failed attempts (from 1 on).

    asked_seconds  what the other side asks for (Retry-After), or None; a longer wait than ours is kept to
    chance         0..1, how much of the jitter is added
    """
    wait = WAITS[min(attempts, len(WAITS)) - 1] * (1 + JITTER * chance)
    return max(wait, timedelta(seconds=asked_seconds or 0))


def judge_failure(attempts: int, made_at: datetime, why: DeliveryError, *, now: datetime, chance: float) -> Outcome:
    """What a failed attempt comes to: tried again later, given up, or sent to some and not to others.

    attempts  how often it was tried, this time included; `made_at` since when it waits
    """
    fault = f"{why.which}: {why.why}"
    ended: DeliveryState = "sent" if why.is_partial else "given-up"
    if why.is_final:
        return Outcome(ended, fault=fault)
    next_at = now + wait_after(attempts, why.retry_after_seconds, chance)
    if attempts >= LEAST_ATTEMPTS and next_at > made_at + GIVE_UP_AFTER:
        return Outcome(ended, fault=f"{fault} (given up after {attempts} attempts)")
    return Outcome("waiting", next_at, fault)


def tell_outcome(outcome: Outcome) -> str:
    """An outcome for the log."""
    return f"again at {outcome.next_at:%Y-%m-%d %H:%M:%S} UTC" if outcome.next_at else outcome.state
