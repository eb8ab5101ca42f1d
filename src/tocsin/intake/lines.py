"""JSON Lines: one article a line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tocsin.errors import IntakeError
from tocsin.intake.articles import Options, make_article
from tocsin.intake.faults import make_fault
from tocsin.intake.times import parse_time
from tocsin.network.addresses import clean_address
from tocsin.records import Article, Fault
from tocsin.settings import Settings


def read_lines(
    text: str, *, name: str, options: Options, taken_at: datetime, settings: Settings
) -> Iterator[Article | Fault]:
    """The articles of a JSON Lines text; a line that gives none is a Fault with its number, and the rest goes on.

    A line is an object with the keys title, text, outlet, published (or published_at) and url; others are ignored.
    """
    options = Options(outlet=options.outlet, published_at=options.published_at)
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if line.strip():
            try:
                yield _make_from_line(line, options, taken_at, settings)
            except IntakeError as why:
                yield make_fault(f"{name}, line {number}", why.why, taken_at)


def _make_from_line(line: str, options: Options, taken_at: datetime, settings: Settings) -> Article:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as why:
        reason = why.msg if isinstance(why, json.JSONDecodeError) else type(why).__name__
        raise IntakeError("line", line[:60], f"is not JSON ({reason})") from why
    if not isinstance(given, dict):
        raise IntakeError("line", line[:60], "is not a JSON object")
    published = _text_of(given, "published") or _text_of(given, "published_at")
    published_at = options.published_at or parse_time(published)
    if published and published_at is None:
        raise IntakeError("line", line[:60], f"has a time of publication that is not understood ({published[:40]})")
    return make_article(
        _text_of(given, "text") or "",
        taken_at=taken_at,
        title=_text_of(given, "title"),
        outlet_name=options.outlet or _text_of(given, "outlet"),
        url=clean_address(_text_of(given, "url")),
        published_at=published_at,
        max_chars=settings.max_text_chars,
    )


def _text_of(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise IntakeError("line", key, f'has "{key}" that is not a text')
    return value
