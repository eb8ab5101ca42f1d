"""What an outlet published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.records.ids import digest_text, make_id


@dataclass(frozen=True, slots=True)
class Article:
    """One published text, exactly as the offsets of its claims count it.

    id            from outlet, title, text and day: the same article under three addresses is one article
    title         the headline, or None; where there is one, `text` starts with it on a line of its own
    text          normalised once at intake (NFC, LF line ends, no control characters); never changed after
    outlet_id     who published it, or None
    outlet_name   the same, as written; None if unknown
    url           the first address it was seen under, or None for a pasted text
    published_at  aware, UTC; None if the page does not say: never the time of fetching
    taken_at      when this desk took it in; aware, UTC
    language      ISO 639-1 as detected, or None if too short to tell
    digest        SHA-256 of `text`
    is_exercise   whether it belongs to the exercise: marked wherever it shows
    fault         why it could not be read, or None; a faulty article is kept and shown, never dropped
    """

    id: str
    text: str
    taken_at: datetime
    title: str | None = None
    outlet_id: str | None = None
    outlet_name: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    digest: str = ""
    is_exercise: bool = False
    fault: str | None = None

    @property
    def shown_at(self) -> datetime:
        """The time to sort by on a screen: published, or else taken in. Never a date of a claim."""
        return self.published_at or self.taken_at


def article_id(outlet_name: str | None, title: str | None, text: str, published_at: datetime | None) -> str:
    """The identifier of an article: who published it, headline, exact text and day of publication."""
    name = " ".join((outlet_name or "").split()).casefold()
    day = published_at.date().isoformat() if published_at else None
    return make_id("art", name, title, digest_text(text), day)


@dataclass(frozen=True, slots=True)
class Sighting:
    """An address (or file) under which an article was seen; an article may have many."""

    article_id: str
    address: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """Something handed in that could not be taken: kept, counted and shown.

    which  the file, address or feed
    why    one line, as printed
    """

    id: str
    which: str
    why: str
    at: datetime
