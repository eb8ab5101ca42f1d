"""What the desk needs of the world beside its memory: time, a reader, the network, and ways to tell people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from tocsin.records import (
    Article,
    Findings,
    Notice,
)
from tocsin.records.marking import Tlp


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)


class Reader(Protocol):
    """Turns an article into claims and names of places; places are only mentioned, not looked up."""

    @property
    def version(self) -> str:
        """Name and version, stored on every claim ("encoder/1")."""
        ...

    def read_article(self, article: Article) -> Findings:
        """What one article holds; raises ReadingError where it cannot read.

        Raises ReaderUnavailableError where the reader itself cannot be asked now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """An answer from the network.

    address       the address asked for; `final_address` the one that answered, after redirects
    status        HTTP status; 304 means not changed since `etag` or `last_modified`
    body          at most the settings' `fetch_max_bytes`
    """

    address: str
    final_address: str
    status: int
    content_type: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after_seconds: int | None = None


class Fetcher(Protocol):
    """Fetches one address, guarded: public addresses only, robots.txt obeyed, bounded in size and time."""

    def fetch(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page, or 304; raises FetchError with the reason (refused address, robots, status, size, time)."""
        ...


class Notifier(Protocol):
    """One channel to people; safe to use from one thread at a time, and bounded in time."""

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        """Hand a notice over under identifiers that are the same at every try; raises DeliveryError.

        tlp  the strictest mark of what it stands on, by which its words leave or stay; None: nothing is marked
        """
        ...
