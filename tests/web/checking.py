"""What holds for every page: parsed here as a browser would, and looked over for what must never be in one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lxml import etree, html

#: Elements that name another by its id, and the attribute in which they do.
_NAMING = ("for", "aria-labelledby", "aria-describedby")
_CONTROLS = "//input[not(@type='hidden')] | //select | //textarea"
_LOADING = " | ".join(
    f"//{part}"
    for part in (
        "script/@src",
        "link/@href",
        "img/@src",
        "form/@action",
        "*/@hx-post",
        "*/@hx-get",
        "*/@data-incidents",
    )
)


def parse_page(text: str) -> Any:
    """The page as a tree."""
    return html.document_fromstring(text)


def open_drawing(drawing: Any) -> list[dict[str, Any]]:
    """The incidents of the map's answer, each with its place and its look, as the map's script puts them together."""
    names = ("id", "place", "look", "date", "reported_at", "origins", "title")
    rows = [dict(zip(names, row, strict=True)) for row in drawing["incidents"]]
    return [row | drawing["looks"][row["look"]] | drawing["places"][row["place"]] for row in rows]


def read_words(element: Any) -> str:
    """The words of an element in one line, with a space between the parts."""
    return " ".join(" ".join(element.itertext()).split())


def find_faults(text: str) -> Iterator[str]:
    """Everything that is wrong with a page, in words."""
    page = parse_page(text)
    yield from _find_markup_faults(text)
    yield from _find_policy_faults(page)
    yield from _find_reading_faults(page)
    yield from _find_form_faults(page)


def _find_markup_faults(text: str) -> Iterator[str]:
    """Tags that are not closed or not opened; what lxml's HTML 4 parser does not know is left out."""
    parser = etree.HTMLParser()
    etree.fromstring(text, parser)
    for error in parser.error_log:
        if "invalid" not in error.message or not error.message.startswith("Tag"):
            yield f"line {error.line}: {error.message}"


def _find_policy_faults(page: Any) -> Iterator[str]:
    yield from (f"inline script: {s.text[:60]}" for s in page.iter("script") if (s.text or "").strip())
    yield from (f"inline style: {s.text}" for s in page.iter("style"))
    for element in page.iter(etree.Element):
        for name in element.attrib:
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"<{element.tag} {name}>"
    for address in page.xpath(_LOADING):
        if not address.startswith("/") or address.startswith("//"):
            yield f"loads from elsewhere: {address}"
    for link in page.xpath("//a[starts-with(@href, 'http')]"):
        if "noreferrer" not in link.get("rel", ""):
            yield f"link to elsewhere without rel: {link.get('href')}"
    yield from (f"link runs a script: {a}" for a in page.xpath("//a/@href") if a.lower().startswith("javascript:"))


def _find_reading_faults(page: Any) -> Iterator[str]:
    ids = page.xpath("//@id")
    yield from (f"id stands twice: {i}" for i in set(ids) if ids.count(i) > 1)
    if len(page.xpath("//h1")) != 1:
        yield f"{len(page.xpath('//h1'))} main headings"
    levels = [int(h.tag[1]) for h in page.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    yield from (f"heading {b} after {a}" for a, b in pairwise(levels) if b > a + 1)
    if not page.xpath("//title/text()")[0].strip():
        yield "no title"
    yield from (f"empty link: {a.get('href')}" for a in page.iter("a") if not a.text_content().strip())
    yield from (f"link to nowhere: {a}" for a in page.xpath("//a/@href[starts-with(., '#')]") if a[1:] not in ids)
    for name in _NAMING:
        for value in page.xpath(f"//@{name}"):
            yield from (f"{name} names no element: {part}" for part in value.split() if part not in ids)
    yield from (
        f"table without head: {t.text_content()[:40]}" for t in page.iter("table") if not t.xpath(".//th/@scope")
    )


def _find_form_faults(page: Any) -> Iterator[str]:
    for control in page.xpath(_CONTROLS):
        labels = page.xpath(f"//label[@for='{control.get('id')}']") if control.get("id") else []
        if not labels and not control.get("aria-label"):
            yield f"control without label: {control.get('name')}"
    for form in page.xpath("//form[@method='post']"):
        if not form.xpath(".//input[@name='token' and string-length(@value) > 20]"):
            yield f"form without token: {form.get('action')}"
        if not form.xpath(".//button"):
            yield f"form without button: {form.get('action')}"


def read_token(text: str) -> str:
    """The form token of a page."""
    return str(parse_page(text).xpath("//input[@name='token']/@value")[0])
