"""What is no longer said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: superseded: its page says something else now; retracted: taken back; reinstated: said after all.
WithdrawalKind = Literal["superseded", "retracted", "reinstated"]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An article whose claims no longer speak for any incident. Append-only: the newest one of an article holds.

    later_id  the article that stands in its place, where it was superseded
    made_by   "desk" where the desk found a page changed, else "person:<name>"
    """

    article_id: str
    kind: WithdrawalKind
    made_by: str
    made_at: datetime
    reason: str
    later_id: str | None = None
