"""Article to claims: the reader behind the port `Reader`. Importing this room loads no model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.errors import ReadingError
from tocsin.knowledge.parties import PartyName

if TYPE_CHECKING:
    from tocsin.ports import Reader

__all__ = ["PartyName", "open_reader"]


def open_reader(*, threads: int = 1, model: Path | None = None, extra_parties: Sequence[PartyName] = ()) -> Reader:
    """The default reader; its model is loaded when the first article is read.

    threads        the most threads it may use; two on a busy machine of two cores are slower than one
    model          another model file than the bundled one
    extra_parties  proper names with their codes, laid over the bundled ones
    """
    if threads < 1:
        raise ReadingError("reader threads", threads, "must be at least 1")
    from tocsin.reading.encoder import MODEL_PATH, Encoder
    from tocsin.reading.reader import EncoderReader, make_words

    return EncoderReader(Encoder(model or MODEL_PATH, threads=threads), make_words(extra_parties))
