"""Feeds: RSS and Atom (see `xmlfeeds`), and JSON Feed (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tocsin.errors import IntakeError
from tocsin.intake.listings import FeedContent, FeedEntry, check_count, join_address, read_headline, take_text
from tocsin.intake.text import normalise_line
from tocsin.intake.times import parse_time
from tocsin.intake.xmlfeeds import read_xml_feed
from tocsin.records import make_id
from tocsin.settings import Settings

FULL_TEXT_CHARS = 800
"""Content at least this long is taken for the whole article, unless it ends as if cut off."""

_CUT_OFF = re.compile(
    r"(\u2026|\.\.\.|\[(?:\u2026|\.\.\.|&hellip;)\]|(?:read|continue|keep) (?:more|reading|on)\W*"
    r"|the post .{1,300} appeared first on .{1,200})\s*$",
    re.IGNORECASE,
)


def parse_feed(
    body: bytes, *, name: str, base: str, content_type: str | None, settings: Settings | None = None
) -> FeedContent:
    """Read RSS, Atom or JSON Feed; raises IntakeError where it is none of them. Nothing is fetched.

    `base` is the address that answered; relative links start from it. The settings bound the time and memory of what
    is no ordinary feed.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        raise IntakeError("feed", name, "is empty")
    if start == b"{":
        return _parse_json_feed(body, name, base)
    return read_xml_feed(body, name, base, content_type, settings or Settings())


def take_newest(entries: Sequence[FeedEntry], most: int) -> tuple[FeedEntry, ...]:
    """The newest `most` entries, newest first; those without a date come after the dated ones, in the feed's order."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(entries, key=lambda entry: entry.published_at or oldest, reverse=True)[:most])


def is_whole(text: str) -> bool:
    """Whether a text that a feed gives looks like the whole article."""
    return len(text) >= FULL_TEXT_CHARS and _CUT_OFF.search(text[-600:]) is None


def _parse_json_feed(body: bytes, name: str, base: str) -> FeedContent:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as why:
        raise IntakeError("feed", name, f"is not JSON ({type(why).__name__})") from why
    version = feed.get("version") if isinstance(feed, dict) else None
    listed = feed.get("items") if isinstance(feed, dict) else None
    if not (isinstance(version, str) and "jsonfeed.org" in version and isinstance(listed, list)):
        raise IntakeError("feed", name, "is JSON but no JSON Feed")
    check_count(len(listed), name)
    entries = tuple(_read_json_entry(entry, base) for entry in listed if isinstance(entry, dict))
    return FeedContent(normalise_line(take_text(feed.get("title"))), entries)


def _read_json_entry(entry: dict[str, Any], base: str) -> FeedEntry:
    plain = take_text(entry.get("content_text")) or ""
    html = take_text(entry.get("content_html")) or _escape(plain) or _escape(take_text(entry.get("summary")) or "")
    link = take_text(entry.get("url")) or take_text(entry.get("external_url"))
    title = read_headline(take_text(entry.get("title")))
    return FeedEntry(
        address=join_address(base, link),
        key=str(entry.get("id") or "")[:500] or make_id("ent", title, html),
        title=title,
        html=html,
        outlet=None,
        published_at=parse_time(take_text(entry.get("date_published")) or take_text(entry.get("date_modified"))),
    )


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", text)) if text else ""
