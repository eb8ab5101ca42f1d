"""Notices for feed readers: Atom (RFC 4287) and RSS 2.0.

A notice has one identifier in either, for ever: a tag URI (RFC 4151) of the desk's host, the notice's day and its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from lxml import etree

from tocsin.notify.cleaning import clean_line, clean_text
from tocsin.notify.texts import link_alert, write_fragment, write_subject
from tocsin.records import Notice

ATOM = "http://www.w3.org/2005/Atom"
TITLE = "Tocsin: notices"
SUBTITLE = "What this desk has told people, drawn from news reports"
#: The day from which on the desk's host may mint identifiers for the feed itself.
_SINCE = "2026-01-01"


def write_atom(notices: Sequence[Notice], *, address: str, self_address: str, now: datetime) -> bytes:
    """An Atom feed, the newest notice first as given.

    address       public address of the desk: links begin with it, and its host names the identifiers
    self_address  where this feed is
    now           stands for the time of the last change where there is no notice
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    host = _name_host(address)
    _add(root, "id", f"tag:{host},{_SINCE}:notices")
    _add(root, "title", TITLE)
    _add(root, "subtitle", SUBTITLE)
    _add(root, "updated", _show(max((n.made_at for n in notices), default=now)))
    _add(_add(root, "author"), "name", "Tocsin")
    _link(root, "self", self_address, "application/atom+xml")
    _link(root, "alternate", f"{address.rstrip('/')}/alerts", "text/html")
    for notice in notices:
        _add_entry(root, notice, address, host)
    return _print(root)


def _add_entry(root: etree._Element, notice: Notice, address: str, host: str) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", name_entry(notice, host))
    _add(entry, "title", clean_line(write_subject(notice)))
    _add(entry, "updated", _show(notice.made_at))
    _add(entry, "published", _show(notice.made_at))
    _link(entry, "alternate", _find_page(notice, address), "text/html")
    _link(entry, "related", f"{address.rstrip('/')}/notices/{notice.id}.cap", "application/cap+xml")
    for term in _list_terms(notice):
        _add(entry, "category").set("term", term)
    _add(entry, "content", clean_text(write_fragment(notice, address))).set("type", "html")


def write_rss(notices: Sequence[Notice], *, address: str, now: datetime) -> bytes:
    """The same as RSS 2.0."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    for name, text in (
        ("title", TITLE),
        ("link", f"{address.rstrip('/')}/alerts"),
        ("description", SUBTITLE),
        ("language", "en"),
        ("lastBuildDate", _show_mail(max((n.made_at for n in notices), default=now))),
    ):
        etree.SubElement(channel, name).text = text
    host = _name_host(address)
    for notice in notices:
        _add_rss_entry(channel, notice, address, host)
    return _print(root)


def _add_rss_entry(channel: etree._Element, notice: Notice, address: str, host: str) -> None:
    entry = etree.SubElement(channel, "item")
    etree.SubElement(entry, "title").text = clean_line(write_subject(notice))
    etree.SubElement(entry, "link").text = _find_page(notice, address)
    etree.SubElement(entry, "description").text = clean_text(write_fragment(notice, address))
    for term in _list_terms(notice):
        etree.SubElement(entry, "category").text = term
    etree.SubElement(entry, "guid", isPermaLink="false").text = name_entry(notice, host)
    etree.SubElement(entry, "pubDate").text = _show_mail(notice.made_at)


def name_entry(notice: Notice, host: str) -> str:
    """The identifier of a notice in a feed."""
    return f"tag:{host},{notice.made_at.astimezone(UTC):%Y-%m-%d}:{notice.id}"


def _list_terms(notice: Notice) -> list[str]:
    return [notice.precedence, notice.cause, *(["EXERCISE"] if notice.is_exercise else [])]


def _find_page(notice: Notice, address: str) -> str:
    return link_alert(address, notice.alert_ids[0]) if notice.alert_ids else f"{address.rstrip('/')}/alerts"


def _name_host(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return "localhost" if not host or ":" in host else host  # a tag URI has no room for the number of an IPv6 machine


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
