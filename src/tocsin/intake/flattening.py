"""From a fragment of HTML to plain paragraphs, as feeds and Markdown need it: no guessing what is an article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.errors import IntakeError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_ELEMENTS = 60_000
"""Pages with more elements are refused: extraction takes about a second for 20,000."""

MAX_ATTRIBUTES = 1_000
"""Pages with a tag of more attributes are refused: libxml2 compares each with all before it."""

_ATTRIBUTE = r"""[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_ONE_MORE = re.compile(_ATTRIBUTE)
# Nothing in it is tried twice, and what it has matched is not looked at again.
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+")
_DROPPED = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "form", "button",
        "select", "textarea", "nav", "figure", "video", "audio", "head", "title",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p",
        "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip


def parse_html(text: str, name: str) -> HtmlElement:
    """The tree of a page or fragment, without comments; libxml2 cuts off what nests more than 256 deep.

    Raises IntakeError for what is no HTML at all, or has more than `MAX_ELEMENTS` elements or `MAX_ATTRIBUTES`
    attributes on one.
    """
    from lxml import etree, html

    check_attributes(text, "page", name)
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as why:
        raise IntakeError("page", name, "has no article text") from why
    elements = sum(1 for _ in tree.iter())
    if elements > MAX_ELEMENTS:
        raise IntakeError("page", name, f"has too many elements: {elements:,}, at most {MAX_ELEMENTS:,} are read")
    return tree


def check_attributes(text: str, what: str, name: str) -> None:
    """Raise IntakeError where a tag has more than `MAX_ATTRIBUTES` attributes, as browsers count them."""
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > 2 * MAX_ATTRIBUTES and _ONE_MORE.match(text, tag.end()):
            raise IntakeError(what, name, f"has a tag of more than {MAX_ATTRIBUTES:,} attributes, which is not read")


def flatten_html(fragment: str, name: str) -> str:
    """The words of a fragment, one paragraph for each block, a blank line between two; scripts and menus left out."""
    if "<" not in fragment and "&" not in fragment:
        return fragment.strip()
    if not fragment.strip():
        return ""
    words: list[str] = []
    _collect(parse_html(f"<div>{fragment}</div>", name), words)
    paragraphs = (" ".join(part.split()) for part in "".join(words).split("\n"))
    return "\n\n".join(filter(None, paragraphs))


def _collect(tree: HtmlElement, words: list[str]) -> None:
    """Append the text below `tree` in order, a line feed at the edge of every block. The depth is at most 256."""
    tag = tree.tag
    if not isinstance(tag, str):
        return
    edge = "\n" if tag in _BLOCKS else ""
    words.append(edge)
    if tag not in _DROPPED:
        words.append(_on_one_line(tree.text))
        for child in tree:
            _collect(child, words)
            words.append(_on_one_line(child.tail))
    words.append(edge)


def _on_one_line(text: str | None) -> str:
    # A line feed in the markup is a space on the page.
    return (text or "").replace("\n", " ").replace("\r", " ")
