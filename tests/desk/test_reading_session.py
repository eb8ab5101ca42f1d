"""The library's `read_text`: what it takes, and what it says of what it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import tocsin
from tocsin.errors import IntakeError

TEXT = "Police beat a protester near the main bridge in Mitrovica on Saturday, local media reported."


@pytest.mark.parametrize("published", ["2026-03-08", date(2026, 3, 8), datetime(2026, 3, 8, 10, tzinfo=UTC)])
def test_a_day_of_publication_may_be_words_a_date_or_a_time(
    published: str | date, knowledge_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_HOME", str(knowledge_home))
    (claim,) = tocsin.read_text(TEXT, published=published)
    assert claim.date is not None
    assert claim.date.start == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("text", "published", "why"),
    [
        (None, None, "must be a text"),
        (b"Police fired.", None, "must be a text"),
        (TEXT, 20260308, "must be a text, a date or a datetime"),
        (TEXT, "yesterday", "must be like 2022-07-31"),
    ],
)
def test_what_is_no_text_or_no_day_is_named(text: Any, published: Any, why: str) -> None:
    with pytest.raises(IntakeError, match=why):
        tocsin.read_text(text, published=published)
