"""What the archive is given by whoever calls it: how records become articles, and what the stages know.

Intake and knowledge are edges; the archive only cuts, hands out and writes down (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from tocsin.pipeline import Knowledge
from tocsin.records import Article, Outlet


@dataclass(frozen=True, slots=True)
class Page:
    """A page as an archive of the web holds it: its address and what it was served as."""

    address: str
    content_type: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Versions:
    """What results depend on besides the input; one archive holds results of one set of versions.

    tocsin    the program
    codebook  the table of types and modes
    model     name of the reader's model, and the SHA-256 of its file
    places    digest of what the gazetteer is made of
    weights   the table by which claims are compared
    """

    tocsin: str
    codebook: str
    model: str
    places: str
    weights: str

    def to_metadata(self) -> dict[bytes, bytes]:
        """As the metadata of a Parquet schema: tocsin.codebook and so on."""
        return {f"tocsin.{name}".encode(): value.encode() for name, value in asdict(self).items()}


class Edge(Protocol):
    """Intake and knowledge. It travels to the workers, so it holds settings and no open things."""

    @property
    def most_bytes(self) -> int:
        """A record of more bytes is set aside unread."""
        ...

    def versions(self) -> Versions:
        """What the results of this edge depend on."""
        ...

    def knowledge(self) -> Knowledge:
        """Reader, gazetteer and weights, loaded once in each worker."""
        ...

    def outlets(self) -> Mapping[str, Outlet]:
        """Graded outlets by id; others count as unreviewed."""
        ...

    def make_article(self, line: str, *, taken_at: datetime) -> Article:
        """An article from a JSON object on one line; raises IntakeError."""
        ...

    def make_from_page(self, page: Page, *, taken_at: datetime) -> Article:
        """An article from a page; raises IntakeError."""
        ...
