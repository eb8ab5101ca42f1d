"""What is noted while one answer is checked: reasons for the claim in hand, counts for the whole."""

from __future__ import annotations

from collections import Counter

from tocsin.endpoint.counts import DROPS, Counts
from tocsin.records import Reason

_MAX_SHOWN = 60


class Tally:
    """Gathers what was dropped; `take_reasons` hands out what concerns the claim in hand and begins the next."""

    def __init__(self) -> None:
        self.kept = 0
        self._dropped: Counter[str] = Counter()
        self._reasons: list[Reason] = []

    def drop(self, kind: str, shown: object) -> None:
        """Note that something of a kind of `DROPS` was dropped; `shown` is what it was."""
        self._dropped[kind] += 1
        self._reasons.append(Reason("endpoint-dropped", f"{show(shown)}: {DROPS[kind]}"))

    def note(self, rule: str, detail: str) -> None:
        """Note a decision about the claim in hand."""
        self._reasons.append(Reason(rule, detail))

    def take_reasons(self) -> tuple[Reason, ...]:
        """The reasons since the last call."""
        reasons, self._reasons = tuple(self._reasons), []
        return reasons

    @property
    def counts(self) -> Counts:
        """The counts so far."""
        return Counts(self.kept, dict(self._dropped))


def show(value: object) -> str:
    """A value of an answer for a person's eyes: quoted, one line, short, nothing unprintable."""
    text = value if isinstance(value, str) else str(type(value).__name__ if isinstance(value, dict | list) else value)
    clean = "".join(c if c.isprintable() else " " for c in text[: 4 * _MAX_SHOWN])
    clean = " ".join(clean.split())
    return repr(clean if len(clean) <= _MAX_SHOWN else clean[: _MAX_SHOWN - 1] + "…")
