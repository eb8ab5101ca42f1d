"""A shooting as two outlets tell it: what tests judge, correct, grade and take back. EXERCISE: it is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.desk import Desk
from tocsin.intake import Options

#: When the first of them is published: a Tuesday.
AT = datetime(2026, 3, 17, 9, tzinfo=UTC)
SHOT = "Gunmen killed two policemen in Zubin Potok on Monday, the mayor said."
ECHO = "Two policemen were shot dead by gunmen in Zubin Potok on Monday, residents said."


def tell_shooting(desk: Desk) -> None:
    """Take both in, an hour apart: one incident of two claims."""
    for hours, (outlet, text) in enumerate((("Hill Wire", SHOT), ("Valley Post", ECHO))):
        desk.take_text(text, Options(outlet=outlet, published_at=AT + timedelta(hours=hours)))
