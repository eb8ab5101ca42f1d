"""What a page says of itself: headline, outlet and time of publication.

Only statements count: meta tags, JSON-LD (schema.org) and `<time>`. No date is taken from the running text, from the
address or from a copyright line, as htmldate (and so trafilatura's own metadata) would: absent is absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.intake.text import normalise_line
from tocsin.intake.times import is_exact, parse_time

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPES = re.compile(r"(?:https?://schema\.org/)?(\w*Article|(?:Live)?BlogPosting|Report)")
_PAGE_TYPES = re.compile(r"(?:https?://schema\.org/)?(?:Item|About|Collection)?(?:WebPage|Page)")
# Names of meta tags (and values of itemprop) that state publication, surest first: Open Graph, schema.org, Parse.ly,
# Sailthru, Highwire (citation_*), Dublin Core.
_PUBLISHED_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "publish-date", "publish_date", "publishdate", "published_time", "pubdate", "publication_date",
    "citation_publication_date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created",
    "dc.date.created", "date",
)  # fmt: skip
_MAX_NODES = 500
_MAX_SCRIPT_CHARS = 1_000_000
_SAME_DAY = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the page states; each is None where it states nothing."""

    title: str | None
    outlet: str | None
    published_at: datetime | None


def read_statement(tree: HtmlElement) -> Statement:
    """Read a parsed page's statement about itself."""
    nodes = list(_ld_nodes(tree))
    metas = _meta_tags(tree)
    article = _main_article(nodes)
    outlet = _first(_publisher(article, nodes), metas.get("og:site_name"), metas.get("dc.publisher"))
    stated = [article.get("datePublished")] if article else []
    stated += [metas.get(name) for name in _PUBLISHED_NAMES]
    if not any(stated):
        page = next((node for node in nodes if _is_type(node, _PAGE_TYPES)), {})
        stated = [page.get("datePublished"), *_time_elements(tree)]
    return Statement(_title(tree, article, metas, outlet), outlet, choose_time(stated))


def choose_time(stated: list[object]) -> datetime | None:
    """The first time that is understood; or a later one of the same day that is exact where the first is not."""
    understood = [(text, when) for text in stated if isinstance(text, str) and (when := parse_time(text))]
    if not understood:
        return None
    first = understood[0][1]
    exact = (when for text, when in understood if is_exact(text) and abs(when - first) <= _SAME_DAY)
    return next(exact, first)


def _title(tree: HtmlElement, article: dict[str, Any], metas: dict[str, str], outlet: str | None) -> str | None:
    headings = tree.findall(".//h1")
    heading = headings[0].text_content() if len(headings) == 1 else None
    in_head = tree.findtext(".//head/title")
    title = _first(article.get("headline"), metas.get("og:title"), metas.get("citation_title"), heading, in_head)
    if title and outlet:
        # "Bridge closed - Torin Radio": the outlet's name is no part of the headline.
        shorter = re.sub(rf"\s+[-\u2013\u2014|\u00b7:]\s+{re.escape(outlet)}$", "", title, flags=re.IGNORECASE)
        title = shorter or title
    return title


def _publisher(article: dict[str, Any], nodes: list[dict[str, Any]]) -> object:
    publisher = article.get("publisher")
    if isinstance(publisher, list) and publisher:
        publisher = publisher[0]
    if isinstance(publisher, dict) and "name" not in publisher and "@id" in publisher:
        publisher = next((n for n in nodes if n.get("@id") == publisher["@id"] and "name" in n), {})
    return publisher.get("name") if isinstance(publisher, dict) else publisher


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    """Content by lower-case name, property or itemprop; the first of each counts."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = tag.get("content") or tag.get("datetime")
        for key in (tag.get("property"), tag.get("name"), tag.get("itemprop")):
            if key and content and content.strip():
                found.setdefault(key.strip().lower(), content.strip())
    return found


def _time_elements(tree: HtmlElement) -> list[object]:
    """What the page's `<time>` says: one marked as publication, or else the only one that its article has."""
    times = [tag for tag in tree.iter("time") if tag.get("datetime")]
    marked = [t for t in times if "pubdate" in t.attrib or (t.get("itemprop") or "").lower() == "datepublished"]
    if marked:
        return [t.get("datetime") for t in marked[:1]]
    article = tree.find(".//article")
    inside = [t for t in times if article is None or article in t.iterancestors()]
    fresh = [
        t for t in inside if not re.search("updat|modif", (t.get("class") or "") + (t.get("itemprop") or ""), re.I)
    ]
    values = {t.get("datetime") for t in fresh}
    return list(values) if len(values) == 1 else []


def _ld_nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects of the page that speak of the page itself: top level, @graph, mainEntity."""
    waiting: list[Any] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json" and script.text:
            try:
                waiting.append(json.loads(script.text[:_MAX_SCRIPT_CHARS], strict=False))
            except (ValueError, RecursionError):
                continue
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node[:_MAX_NODES]
        elif isinstance(node, dict):
            yield node
            waiting[:0] = [node[key] for key in ("@graph", "mainEntity") if key in node]


def _main_article(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return next((node for node in nodes if _is_type(node, _ARTICLE_TYPES)), {})


def _is_type(node: dict[str, Any], types: re.Pattern[str]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(k, str) and types.fullmatch(k) for k in (kinds if isinstance(kinds, list) else [kinds]))


def _first(*values: object) -> str | None:
    """The first that is a text with something in it, on one line."""
    return next((line for value in values if isinstance(value, str) and (line := normalise_line(value))), None)
