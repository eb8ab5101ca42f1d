"""One reader for the whole folder: its model is loaded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tokenizers import Tokenizer

from tocsin.knowledge.parties import PartyName
from tocsin.ports import Reader
from tocsin.reading import open_reader
from tocsin.reading.encoder import Encoder
from tocsin.records import Article, Claim

PUBLISHED = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)


@pytest.fixture(scope="session")
def reader() -> Reader:
    return open_reader(
        extra_parties=(
            PartyName(("Orlania", "Orlanian", "Orlanians"), "ORL", None),
            PartyName(("Veshtia", "Veshtian", "Veshtians"), "VSH", None),
        ),
    )


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The bundled model on its own."""
    return Encoder()


@pytest.fixture(scope="session")
def tokenizer(encoder: Encoder) -> Tokenizer:
    return encoder.model.tokenizer


@pytest.fixture(scope="session")
def read(reader: Reader) -> Callable[..., tuple[Claim, ...]]:
    """Read a text as an article published on Sunday 31 July 2022, or at the time given."""

    def read_text(
        text: str,
        *,
        title: str | None = None,
        published_at: datetime | None = PUBLISHED,
        article_id: str = "art-1",
        language: str | None = "en",
    ) -> tuple[Claim, ...]:
        whole = f"{title}\n\n{text}" if title else text
        taken_at = datetime(2022, 8, 1, tzinfo=UTC)
        article = Article(article_id, whole, taken_at, title=title, published_at=published_at, language=language)
        return reader.read_article(article).claims

    return read_text
