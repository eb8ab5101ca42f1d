"""Lists of entries as Atom (RFC 4287) and RSS 2.0, whatever the entries tell of.

An entry has one identifier in either, for ever: a tag URI (RFC 4151) of the desk's host, a day and the record's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from tocsin.notify.cleaning import clean_line, clean_text

ATOM = "http://www.w3.org/2005/Atom"
#: The day from which on the desk's host may mint identifiers for its feeds themselves.
_SINCE = "2026-01-01"


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed is called.

    name      its own part of the identifier, in letters of addresses ("notices")
    page      address of the page that shows the same
    """

    name: str
    title: str
    subtitle: str
    page: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry.

    id        tag URI; `page` the address that it leads to
    html      its content, escaped
    terms     categories
    related   address and media type of the same in another form, or None
    """

    id: str
    title: str
    html: str
    page: str
    published_at: datetime
    updated_at: datetime
    terms: tuple[str, ...] = ()
    related: tuple[str, str] | None = None


def write_atom_feed(
    head: FeedHead, entries: Sequence[FeedEntry], *, address: str, self_address: str, now: datetime
) -> bytes:
    """An Atom feed, its entries as given; `now` stands for the time of the last change where there is none.

    address       public address of the desk: its host names the identifiers
    self_address  where this feed is
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(root, "id", f"tag:{name_host(address)},{_SINCE}:{head.name}")
    _add(root, "title", clean_line(head.title))
    _add(root, "subtitle", clean_line(head.subtitle))
    _add(root, "updated", _show(max((e.updated_at for e in entries), default=now)))
    _add(_add(root, "author"), "name", "Tocsin")
    _link(root, "self", self_address, "application/atom+xml")
    _link(root, "alternate", head.page, "text/html")
    for entry in entries:
        _add_entry(root, entry)
    return _print(root)


def _add_entry(root: etree._Element, told: FeedEntry) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", told.id)
    _add(entry, "title", clean_line(told.title))
    _add(entry, "updated", _show(told.updated_at))
    _add(entry, "published", _show(told.published_at))
    _link(entry, "alternate", told.page, "text/html")
    if told.related:
        _link(entry, "related", *told.related)
    for term in told.terms:
        _add(entry, "category").set("term", term)
    _add(entry, "content", clean_text(told.html)).set("type", "html")


def write_rss_feed(head: FeedHead, entries: Sequence[FeedEntry], *, now: datetime) -> bytes:
    """The same as RSS 2.0."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (
        ("title", clean_line(head.title)),
        ("link", head.page),
        ("description", clean_line(head.subtitle)),
        ("language", "en"),
        ("lastBuildDate", _show_mail(max((e.updated_at for e in entries), default=now))),
    ):
        etree.SubElement(channel, name).text = text
    for entry in entries:
        _add_rss_entry(channel, entry)
    return _print(root)


def _add_rss_entry(channel: etree._Element, told: FeedEntry) -> None:
    entry = etree.SubElement(channel, "item")
    etree.SubElement(entry, "title").text = clean_line(told.title)
    etree.SubElement(entry, "link").text = told.page
    etree.SubElement(entry, "description").text = clean_text(told.html)
    for term in told.terms:
        etree.SubElement(entry, "category").text = term
    etree.SubElement(entry, "guid", isPermaLink="false").text = told.id
    etree.SubElement(entry, "pubDate").text = _show_mail(told.published_at)


def name_entry(host: str, at: datetime, record_id: str) -> str:
    """The identifier of a record's entry: it stays, whatever the record comes to say."""
    return f"tag:{host},{at.astimezone(UTC):%Y-%m-%d}:{record_id}"


def name_host(address: str) -> str:
    """The host that names identifiers: a tag URI has no room for the number of an IPv6 machine."""
    host = urlsplit(address).hostname or ""
    return "localhost" if not host or ":" in host else host


def _show(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _show_mail(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = text
    return element


def _link(parent: etree._Element, rel: str, href: str, kind: str) -> None:
    link = _add(parent, "link")
    for name, value in (("rel", rel), ("href", href), ("type", kind)):
        link.set(name, value)


def _print(root: etree._Element) -> bytes:
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml
