"""Article to claims: the reader behind the port `Reader`. Importing this room loads no parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tocsin.errors import ReadingError
from tocsin.knowledge.parties import PartyName

if TYPE_CHECKING:
    from tocsin.ports import Reader

__all__ = ["PartyName", "open_reader"]


def open_reader(
    *, threads: int = 1, extra_parties: Sequence[PartyName] = (), extra_places: Sequence[str] = ()
) -> Reader:
    """The default reader; the parser is loaded when the first article is read.

    threads        the most threads it may use; this reader parses on one
    extra_parties  proper names with their codes, laid over the bundled ones
    extra_places   place names to be taken for places wherever they stand
    """
    if threads < 1:
        raise ReadingError("reader threads", threads, "must be at least 1")
    from tocsin.reading.reader import LexiconReader, load_words

    return LexiconReader(load_words(extra_parties, extra_places))
