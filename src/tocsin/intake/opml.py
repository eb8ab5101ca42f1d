"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), read and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.errors import IntakeError
from tocsin.intake.text import normalise_line
from tocsin.network.addresses import check_address, clean_address
from tocsin.records import Feed, Outlet, feed_id

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_FEEDS = 10_000
"""Most feeds taken from one list."""


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
    """The feeds of a list, and a line for each outline whose address cannot be a feed's."""
    root = parse_xml(body, "feed list", name)
    if root.tag != "opml":
        raise IntakeError("feed list", name, f"is not OPML: its root is <{str(root.tag)[:40]}>")
    found = _Found()
    for outline in root.iter("outline"):
        address = outline.get("xmlUrl") or outline.get("xmlurl") or outline.get("xmlURL")
        if address is None:
            continue
        try:
            clean = check_address(address)
        except IntakeError as why:
            found.problems.append(f"{why.which} {why.why}")
            continue
        if len(found.feeds) >= MAX_FEEDS:
            found.problems.append(f"lists more than {MAX_FEEDS:,} feeds: the rest is left out")
            break
        title = normalise_line(outline.get("text") or outline.get("title"))
        feed = Feed(id=feed_id(clean), address=clean, title=title if title != clean else None)
        found.feeds.setdefault(feed.id, feed)
    return tuple(found.feeds.values()), tuple(found.problems)


def write_opml(feeds: Sequence[Feed], outlets: Sequence[Outlet]) -> str:
    """The feeds as an OPML 2.0 text, sorted by address; named by their outlet, or else their title or address."""
    from lxml import etree

    names = {outlet.id: outlet.name for outlet in outlets}
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin feeds"
    body = etree.SubElement(root, "body")
    for feed in sorted(feeds, key=lambda feed: feed.address):
        name = names.get(feed.outlet_id or "") or feed.title or feed.address
        text = normalise_line(name) or feed.address
        etree.SubElement(body, "outline", type="rss", text=text, title=text, xmlUrl=clean_address(feed.address) or "")
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
