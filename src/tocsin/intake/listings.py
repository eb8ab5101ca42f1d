"""What a feed lists, whatever it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from tocsin.errors import IntakeError
from tocsin.intake.flattening import flatten_html
from tocsin.intake.text import normalise_line
from tocsin.network.addresses import clean_address

MAX_ENTRIES = 10_000
"""A feed that lists more is refused: a second is needed for 4,000, and the newest are what is taken."""


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


def check_count(count: int, name: str) -> None:
    """Raise IntakeError where a feed lists too much."""
    if count > MAX_ENTRIES:
        raise IntakeError("feed", name, f"lists more than {MAX_ENTRIES:,} entries, which is not read")


def join_address(base: str, link: str | None) -> str | None:
    """Where a link leads from there; None where there is none, or it is no address."""
    try:
        return clean_address(urljoin(base, link)) if link else None
    except ValueError:  # a bracket that is not closed, and the like
        return None


def take_text(value: object) -> str | None:
    """A text with something in it, or None."""
    return value if isinstance(value, str) and value.strip() else None


def read_headline(title: str | None) -> str | None:
    """A headline, which in feeds may be HTML."""
    if title and ("<" in title or "&" in title):
        try:
            title = flatten_html(title[:5_000], "headline")
        except IntakeError:
            return None
    return normalise_line(title)
