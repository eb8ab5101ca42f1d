"""Feeds in XML, by feedparser: RSS and Atom.

For some things feedparser takes time that grows with the square of their length: what names an author, the links of one
entry, XML that is not well-formed. So it reads here what is well-formed and shaped like a feed. Everything else it
reads in a process of its own (see `apart`), which ends after its time.
"""

from __future__ import annotations

import calendar
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tocsin.errors import IntakeError
from tocsin.intake.apart import read_apart
from tocsin.intake.encodings import decode_bytes
from tocsin.intake.extracts import Bounds, Extract
from tocsin.intake.flattening import check_attributes
from tocsin.intake.kinds import tell_kind
from tocsin.intake.listings import FeedContent, FeedEntry, check_count, join_address, read_headline, take_text
from tocsin.intake.opml import parse_xml
from tocsin.intake.text import normalise_line
from tocsin.intake.times import parse_time
from tocsin.network.addresses import clean_address
from tocsin.records import make_id
from tocsin.settings import Settings

if TYPE_CHECKING:
    from lxml.etree import _Element

#: What is no carelessness, as the reason of `parse_xml` words it; an entity that nobody has declared is.
_NEVER = ("entities", "amplification", "depth")
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}>", re.IGNORECASE)
_LOOSE_MAX_BYTES = 2_000_000
#: So little is read here whatever its shape: the square of it is little, too.
_TINY_BYTES = 4_096
#: An ordinary feed: elements in all, in one element but for entries, and characters of what is no text of an article.
_MAX_ELEMENTS, _MAX_CHILDREN, _MAX_WORD_CHARS = 60_000, 500, 2_000
_TEXTS = frozenset(("title", "subtitle", "description", "summary", "encoded", "content", "body", "tagline", "info"))
_XHTML = "{http://www.w3.org/1999/xhtml}"
#: Read before a process is sealed, so that all is loaded that either way of reading needs.
_SAMPLES = (
    b"<rss version='2.0'><channel><title>a &lt;b&gt;</title><item><title>c</title><link>/d</link><author>e</author>"
    b"<pubDate>Tue, 13 May 2031 07:00:00 GMT</pubDate><description>&lt;p&gt;f</description></item></channel></rss>",
    b"<rss version='2.0'><channel><item><title>a & &nbsp; <b>c</title><pubDate>2031</pubDate></channel>",
)


def read_xml_feed(body: bytes, name: str, base: str, content_type: str | None, settings: Settings) -> FeedContent:
    """Read RSS or Atom; raises IntakeError where it is neither, broken beyond carelessness, or takes too long."""
    text = _decode(body, name, content_type)
    head = text[:8_000]
    if tell_kind(head, name, None) != "feed":
        what = "a web page" if tell_kind(head, name, content_type) == "html" else "something else"
        raise IntakeError("feed", name, f"is no feed but {what}: RSS, Atom and JSON Feed are read")
    # What is checked is what is read: feedparser would decode by whatever codec the feed names, and Python has some
    # that hide what is in it (unicode_escape) and one that takes hours (punycode).
    body = text.encode("utf-8", "replace")
    tree = _check_xml(body, text, name)
    if len(body) <= _TINY_BYTES or (tree is not None and _is_ordinary(tree)):
        return find_entries(body, name, base)
    asked = base.encode("utf-8", "replace") + b"\n" + body
    return _load(read_apart("feed", asked, name=name, settings=settings).text, name)


def read_feed(asked: bytes, name: str, bounds: Bounds) -> Extract:  # noqa: ARG001 - as the other readers have it
    """A line with the address that answered, and a feed in UTF-8, as JSON. To be run in a process of its own."""
    base, _, body = asked.partition(b"\n")
    content = find_entries(body, name, base.decode("utf-8"))
    entries = [
        (e.address, e.key, e.title, e.html, e.outlet, e.published_at and e.published_at.isoformat())
        for e in content.entries
    ]
    return Extract(json.dumps((content.title, entries), ensure_ascii=False))


def warm_up() -> None:
    """Have everything loaded that `read_feed` may need."""
    for sample in _SAMPLES:
        find_entries(sample, "sample", "https://sample.example/")


def _load(told: str, name: str) -> FeedContent:
    """What `read_feed` told; nothing of it is believed unseen."""
    try:
        title, entries = json.loads(told)
        check_count(len(entries), name)
        return FeedContent(normalise_line(title), tuple(_load_entry(*entry) for entry in entries))
    except (ValueError, TypeError, AttributeError, RecursionError) as why:
        raise IntakeError("feed", name, "cannot be read: its reader gave an answer that makes no sense") from why


def _load_entry(
    address: object, key: object, title: object, html: object, outlet: object, published: object
) -> FeedEntry:
    for value in (address, title, outlet, published):
        if value is not None and not isinstance(value, str):
            raise TypeError(value)
    if not isinstance(key, str) or not isinstance(html, str):
        raise TypeError(key)
    return FeedEntry(
        clean_address(address),
        key,
        normalise_line(take_text(title)),
        html,
        normalise_line(take_text(outlet)),
        datetime.fromisoformat(published).astimezone(UTC) if isinstance(published, str) else None,
    )


def find_entries(body: bytes, name: str, base: str) -> FeedContent:
    """What feedparser finds in a feed in UTF-8; raises IntakeError."""
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
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
    title = normalise_line(take_text(found.feed.get("title")))
    return FeedContent(title, tuple(_read_xml_entry(entry, base) for entry in found.entries))


def _decode(body: bytes, name: str, content_type: str | None) -> str:
    """The text of a feed without its XML declaration, whose encoding has been seen to."""
    is_stated = "charset" in (content_type or "").lower() or b"encoding" in body[:200]
    try:
        # Without a word on it XML is UTF-8; what a page says of itself that an entry quotes is no such word.
        text = decode_bytes(body, name, content_type) if is_stated else body.decode("utf-8")
    except (IntakeError, UnicodeDecodeError):
        text = _decode_unstated(body, name)
    text = text.lstrip("\ufeff").lstrip()
    return text[found.end() :] if (found := _DECLARATION.match(text)) else text


def _decode_unstated(body: bytes, name: str) -> str:
    try:
        return decode_bytes(body, name)
    except IntakeError:
        return body.decode("utf-8", "replace")


def _check_xml(body: bytes, text: str, name: str) -> _Element | None:
    """The tree of what is well-formed; None for what is only careless and not long.

    Raises IntakeError for entities, depth and number.
    """
    check_count(sum(1 for _ in _ENTRY.finditer(text)), name)
    check_attributes(text, "feed", name)
    try:
        return parse_xml(body, "feed", name)
    except IntakeError as why:
        if any(word in why.why for word in _NEVER) or "<!ENTITY" in text[:100_000]:
            raise
        if len(body) > _LOOSE_MAX_BYTES:
            raise
        return None


def _is_ordinary(root: _Element) -> bool:
    """Whether nothing in a feed is of a size that no feed has."""
    for elements, element in enumerate(root.iter("*"), start=1):
        children = Counter(_name(child) in ("item", "entry") for child in element)
        chars = len(element.text or "") + sum(len(child.tail or "") for child in element)
        is_text = _name(element) in _TEXTS or str(element.tag).startswith(_XHTML)
        if (
            elements > _MAX_ELEMENTS
            or children[False] > _MAX_CHILDREN
            or (chars > _MAX_WORD_CHARS and not is_text)
            or sum(map(len, element.attrib.values())) > 2 * _MAX_WORD_CHARS
        ):
            return False
    return True


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _bozo_reason(found: Any) -> str:
    why = found.get("bozo_exception")
    message = getattr(why, "getMessage", lambda: type(why).__name__)()
    return " ".join(str(message).split())[:120]


def _read_xml_entry(entry: Any, base: str) -> FeedEntry:
    texts = [str(part.get("value") or "") for part in entry.get("content", [])]
    texts.append(take_text(entry.get("summary")) or "")
    guid = take_text(entry.get("id")) or ""
    link = take_text(entry.get("link")) or (guid if guid.startswith(("http://", "https://")) else None)
    origin = entry.get("source")
    title = read_headline(take_text(entry.get("title")))
    return FeedEntry(
        address=join_address(base, link),
        key=guid or make_id("ent", title, *texts),
        title=title,
        html=max(texts, key=len),
        outlet=normalise_line(take_text(origin.get("title"))) if isinstance(origin, dict) else None,
        published_at=_entry_time(entry),
    )


def _entry_time(entry: Any) -> datetime | None:
    """Published, else updated. What `parse_time` cannot read, feedparser may (it knows more languages)."""
    # feedparser answers "published" when asked for an "updated" that is not there, with a warning: never ask for it.
    for key in ("published", "updated"):
        if key in entry:
            stated = parse_time(take_text(entry.get(key)))
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
