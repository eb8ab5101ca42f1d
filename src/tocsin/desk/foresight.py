"""What forecasts say of places, for the rules that ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tocsin.pipeline import NO_OUTLOOKS, Knowledge
from tocsin.ports import Store
from tocsin.warning import Outlook

#: What forecasts say of real places, by gazetteer id.
Outlooks = Mapping[str, Sequence[Outlook]]


class Foresight:
    """What forecasts say, read from the store once a day and again when forecasts were made; not once an article."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_for: tuple[date, str | None] | None = None
        self._outlooks: Outlooks = NO_OUTLOOKS

    def find(self, knowledge: Knowledge, *, now: datetime) -> Outlooks:
        """The outlooks that hold at `now`; none, and nothing is read, where no rule asks for any."""
        from tocsin.forecasting.running import ROUND_NOTE, find_outlooks  # loads numpy
        from tocsin.knowledge.rules import OutlookCondition

        if not any(isinstance(c, OutlookCondition) for rule in knowledge.rules for c in rule.conditions):
            return NO_OUTLOOKS
        asked = (now.date(), self._store.note(ROUND_NOTE))
        if self._read_for != asked:
            self._outlooks, self._read_for = find_outlooks(self._store, now=now), asked
        return self._outlooks
