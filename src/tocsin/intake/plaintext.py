"""What a plain text says of itself at its head: its headline, and the line that tells when it was published."""

from __future__ import annotations

import re
from datetime import datetime

from tocsin.intake.times import parse_time

_MAX_HEADLINE_CHARS = 160
_MIN_HEADLINE_WORDS = 3
_HEAD_LINES = 6
_PUBLISHED = re.compile(r"(?:first\s+)?(?:published|posted|issued|date)(?:\s+(?:on|at))?\s*:?\s+", re.IGNORECASE)
_UPDATED = re.compile(r"\s*[/|\u00b7,;(-]?\s*(?:last\s+)?(?:updated|modified)\b.*", re.IGNORECASE)


def read_headline(text: str) -> str | None:
    """The first line, if it stands by itself above a blank line and is no sentence; None if it looks like prose.

    `text` is normalised.
    """
    first, _, rest = text.partition("\n")
    is_apart = rest.startswith("\n") and bool(rest.strip())
    is_short = len(first) <= _MAX_HEADLINE_CHARS and len(first.split()) >= _MIN_HEADLINE_WORDS
    if not (is_apart and is_short) or first.endswith((".", ",", ";", ":", ")")) or _read_stamp(first) is not None:
        return None
    return first


def read_dateline(text: str) -> datetime | None:
    """When the text says it was published: a line among the first that holds nothing but a date, or None.

    "31 Jul, 2022 21:38 / Updated 2 years ago" is such a line. A date inside a sentence is not: it is what the text
    tells, not when it was told. A line that only says "Updated" is none either.
    """
    lines = [line.strip() for line in text[:2_000].split("\n") if line.strip()][:_HEAD_LINES]
    return next((when for line in lines if (when := _read_stamp(line)) is not None), None)


def _read_stamp(line: str) -> datetime | None:
    if len(line) > 120 or not any(map(str.isdigit, line)):
        return None
    stamp = _UPDATED.sub("", line)
    if match := _PUBLISHED.match(stamp):
        stamp = stamp[match.end() :]
    stamp = stamp.strip(" .()")
    # Eight digits may be any number; a date has a word or a separator in it.
    return None if stamp.isdecimal() else parse_time(stamp)
