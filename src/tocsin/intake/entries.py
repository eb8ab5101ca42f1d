"""What a feed lists: RSS and Atom by feedparser, JSON Feed (https://jsonfeed.org/version/1.1) by json."""

from __future__ import annotations

import calendar
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from tocsin.errors import IntakeError
from tocsin.intake.flattening import check_attributes, flatten_html
from tocsin.intake.kinds import tell_kind
from tocsin.intake.opml import parse_xml
from tocsin.intake.text import normalise_line
from tocsin.intake.times import parse_time
from tocsin.network.addresses import clean_address
from tocsin.records import make_id

FULL_TEXT_CHARS = 800
"""Content at least this long is taken for the whole article, unless it ends as if cut off."""

MAX_ENTRIES = 10_000
"""A feed that lists more is refused: feedparser takes a second for 4,000, and the newest are what is taken."""

#: What is no carelessness, as the reason of `parse_xml` words it; an entity that nobody has declared is.
_NEVER = ("entities", "amplification", "depth")
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
_CUT_OFF = re.compile(
    r"(\u2026|\.\.\.|\[(?:\u2026|\.\.\.|&hellip;)\]|(?:read|continue|keep) (?:more|reading|on)\W*"
    r"|the post .{1,300} appeared first on .{1,200})\s*$",
    re.IGNORECASE,
)
_LOOSE_MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line of a feed.

    address       where its page is; None where it has none
    key           what tells it from the others where it has no address
    html          the longest text that the feed gives for it, as HTML
    outlet        another outlet that the feed names for it, or None
    published_at  as stated: published, else updated; None if neither is
    """

    address: str | None
    key: str
    title: str | None
    html: str
    outlet: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedContent:
    """A feed as it was answered, its entries in its own order."""

    title: str | None
    entries: tuple[FeedEntry, ...]


def parse_feed(body: bytes, *, name: str, base: str, content_type: str | None) -> FeedContent:
    """Read RSS, Atom or JSON Feed; raises IntakeError where it is none of them. Nothing is fetched.

    `base` is the address that answered; relative links start from it.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        raise IntakeError("feed", name, "is empty")
    if start == b"{":
        return _parse_json_feed(body, name, base)
    return _parse_xml_feed(body, name, base, content_type)


def take_newest(entries: Sequence[FeedEntry], most: int) -> tuple[FeedEntry, ...]:
    """The newest `most` entries, newest first; those without a date come after the dated ones, in the feed's order."""
    oldest = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(entries, key=lambda entry: entry.published_at or oldest, reverse=True)[:most])


def is_whole(text: str) -> bool:
    """Whether a text that a feed gives looks like the whole article."""
    return len(text) >= FULL_TEXT_CHARS and _CUT_OFF.search(text[-600:]) is None


def _parse_xml_feed(body: bytes, name: str, base: str, content_type: str | None) -> FeedContent:
    import feedparser

    text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    head = text[:8_000]
    if tell_kind(head, name, None) != "feed":
        what = "a web page" if tell_kind(head, name, content_type) == "html" else "something else"
        raise IntakeError("feed", name, f"is no feed but {what}: RSS, Atom and JSON Feed are read")
    _check_xml(body, text, name)
    headers = {"content-type": content_type or "application/xml", "content-location": base}
    try:
        # From a stream, because feedparser would open a text as a file or an address.
        found = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as why:
        # A third party's parser meets whatever a stranger wrote: no failure of its may stop the round.
        raise IntakeError("feed", name, f"cannot be read ({type(why).__name__})") from why
    if not found.entries and (found.bozo or not found.version):
        raise IntakeError("feed", name, f"is not XML that can be read ({_bozo_reason(found)})")
    title = normalise_line(_plain(found.feed.get("title")))
    return FeedContent(title, tuple(_read_xml_entry(entry, base) for entry in found.entries))


def _check_xml(body: bytes, text: str, name: str) -> None:
    """Refuse entities, depth and number; what is only careless is left to feedparser's loose reader, if not long."""
    if sum(1 for _ in _ENTRY.finditer(text)) > MAX_ENTRIES:
        raise IntakeError("feed", name, f"lists more than {MAX_ENTRIES:,} entries, which is not read")
    check_attributes(text, "feed", name)
    try:
        parse_xml(body, "feed", name)
    except IntakeError as why:
        if any(word in why.why for word in _NEVER) or "<!ENTITY" in text[:100_000]:
            raise
        if len(body) > _LOOSE_MAX_BYTES:
            raise


def _bozo_reason(found: Any) -> str:
    why = found.get("bozo_exception")
    message = getattr(why, "getMessage", lambda: type(why).__name__)()
    return " ".join(str(message).split())[:120]


def _read_xml_entry(entry: Any, base: str) -> FeedEntry:
    texts = [str(part.get("value") or "") for part in entry.get("content", [])] + [_plain(entry.get("summary")) or ""]
    guid = _plain(entry.get("id")) or ""
    link = _plain(entry.get("link")) or (guid if guid.startswith(("http://", "https://")) else None)
    origin = entry.get("source")
    title = _on_one_line(_plain(entry.get("title")))
    return FeedEntry(
        address=clean_address(urljoin(base, link)) if link else None,
        key=guid or make_id("ent", title, *texts),
        title=title,
        html=max(texts, key=len),
        outlet=normalise_line(_plain(origin.get("title"))) if isinstance(origin, dict) else None,
        published_at=_entry_time(entry),
    )


def _entry_time(entry: Any) -> datetime | None:
    """Published, else updated. What `parse_time` cannot read, feedparser may (it knows more languages)."""
    # feedparser answers "published" when asked for an "updated" that is not there, with a warning: never ask for it.
    for key in ("published", "updated"):
        if key in entry:
            stated = parse_time(_plain(entry.get(key)))
            if stated is None and (parsed := entry.get(f"{key}_parsed")) is not None:
                stated = _from_struct(parsed)
            return stated
    return None


def _from_struct(parsed: Any) -> datetime | None:
    try:
        when = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, TypeError, OSError):
        return None
    return when if when.timestamp() else None


def _parse_json_feed(body: bytes, name: str, base: str) -> FeedContent:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as why:
        raise IntakeError("feed", name, f"is not JSON ({type(why).__name__})") from why
    version = feed.get("version") if isinstance(feed, dict) else None
    listed = feed.get("items") if isinstance(feed, dict) else None
    if not (isinstance(version, str) and "jsonfeed.org" in version and isinstance(listed, list)):
        raise IntakeError("feed", name, "is JSON but no JSON Feed")
    entries = tuple(_read_json_entry(entry, base) for entry in listed if isinstance(entry, dict))
    return FeedContent(normalise_line(_plain(feed.get("title"))), entries)


def _read_json_entry(entry: dict[str, Any], base: str) -> FeedEntry:
    plain = _plain(entry.get("content_text")) or ""
    html = _plain(entry.get("content_html")) or _escape(plain) or _escape(_plain(entry.get("summary")) or "")
    link = _plain(entry.get("url")) or _plain(entry.get("external_url"))
    title = _on_one_line(_plain(entry.get("title")))
    return FeedEntry(
        address=clean_address(urljoin(base, link)) if link else None,
        key=str(entry.get("id") or "")[:500] or make_id("ent", title, html),
        title=title,
        html=html,
        outlet=None,
        published_at=parse_time(_plain(entry.get("date_published")) or _plain(entry.get("date_modified"))),
    )


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _on_one_line(title: str | None) -> str | None:
    """A headline, which in feeds may be HTML."""
    if title and ("<" in title or "&" in title):
        try:
            title = flatten_html(title[:5_000], "headline")
        except IntakeError:
            return None
    return normalise_line(title)


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", text)) if text else ""
