"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), read and written.

OPML knows no outlet, interval or off switch of a feed. They stand in attributes of a namespace of their own, as the
specification has it for extensions; programs that do not know them pass over them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.errors import IntakeError
from tocsin.intake.text import normalise_line
from tocsin.network.addresses import check_address, clean_address
from tocsin.records import Feed, Outlet, feed_id, outlet_id

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FEEDS = 10_000
"""Most feeds taken from one list."""

MAX_PROBLEMS = 1_000
"""Outlines told of that give no feed; a list of nothing else must not fill the desk with them."""

NAMESPACE = "urn:tocsin:feeds:1"
_OUTLET, _INTERVAL, _STATE = (f"{{{NAMESPACE}}}{name}" for name in ("outlet", "interval", "state"))
#: Minutes: no feed is fetched more often than the first, and one that is wanted more rarely than the second is off.
_LEAST, _MOST = 15, 7 * 24 * 60


@dataclass(slots=True)
class _Found:
    feeds: dict[str, Feed] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def load_opml(body: bytes, name: str) -> tuple[Feed, ...]:
    """The feeds of a list, each once, in order, unconfirmed; raises IntakeError where it is no OPML or lists none."""
    feeds, problems = read_opml(body, name)
    if not feeds:
        raise IntakeError("feed list", name, problems[0] if problems else "lists no feeds")
    return feeds


def read_opml(body: bytes, name: str) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """The feeds of a list, and a line for each outline whose address cannot be a feed's.

    A feed whose outlet the list names has it as its title too, so that the outlet can be kept. None is confirmed,
    whatever the list says: that is for the people of this desk.
    """
    root = parse_xml(body, "feed list", name)
    if root.tag != "opml":
        raise IntakeError("feed list", name, f"is not OPML: its root is <{str(root.tag)[:40]}>")
    found, refused = _Found(), 0
    for outline in root.iter("outline"):
        address = outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL")
        if address is None:
            continue
        try:
            clean = check_address(address)
        except IntakeError as why:
            refused += 1
            if refused <= MAX_PROBLEMS:
                found.problems.append(f"{why.which} {why.why}")
            continue
        if len(found.feeds) >= MAX_FEEDS:
            found.problems.append(f"lists more than {MAX_FEEDS:,} feeds: the rest is left out")
            break
        feed = _read_outline(outline, clean)
        found.feeds.setdefault(feed.id, feed)
    if refused > MAX_PROBLEMS:
        found.problems.append(f"has {refused - MAX_PROBLEMS:,} more addresses like these, which are not listed")
    return tuple(found.feeds.values()), tuple(found.problems)


def _read_outline(outline: _Element, address: str) -> Feed:
    outlet = normalise_line(outline.get(_OUTLET))
    title = outlet or normalise_line(outline.get("text") or outline.get("title"))
    given = outline.get(_INTERVAL, "")
    return Feed(
        id=feed_id(address),
        address=address,
        outlet_id=outlet_id(outlet) if outlet else None,
        title=title if title != address else None,
        # seven digits and more are no interval: they are not made into a number at all
        interval_minutes=min(max(int(given), _LEAST), _MOST) if re.fullmatch("[0-9]{1,6}", given) else _LEAST,
        is_off=outline.get(_STATE) == "off",
    )


def write_opml(feeds: Sequence[Feed], outlets: Sequence[Outlet]) -> str:
    """The feeds as an OPML 2.0 text, sorted by address; named by their outlet, or else their title or address.

    What was fetched, what failed and who confirmed it stays on the desk.
    """
    from lxml import etree

    names = {outlet.id: outlet.name for outlet in outlets}
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"tocsin": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin feeds"
    body = etree.SubElement(root, "body")
    for feed in sorted(feeds, key=lambda feed: feed.address):
        outlet = normalise_line(names.get(feed.outlet_id or ""))
        text = outlet or normalise_line(feed.title) or feed.address
        outline = etree.SubElement(
            body, "outline", type="rss", text=text, title=text, xmlUrl=clean_address(feed.address) or ""
        )
        if outlet:
            outline.set(_OUTLET, outlet)
        outline.set(_INTERVAL, str(feed.interval_minutes))
        if feed.is_off:
            outline.set(_STATE, "off")
    plain: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return plain.decode("utf-8")


def parse_xml(body: bytes, what: str, name: str) -> _Element:
    """Parse hostile XML: no entities, no DTD, no network, at most 256 deep; raises IntakeError, naming the line."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise IntakeError(what, name, f"is not XML ({why})") from why
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(iter(declared.iterentities()), None) is not None:
        raise IntakeError(what, name, "declares XML entities, which are not read")
    return root
