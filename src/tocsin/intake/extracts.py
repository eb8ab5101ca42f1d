"""What a document gave: its words, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extract:
    """The words of a PDF, a DOCX or a table.

    text   a blank line between paragraphs; of a table, one JSON object a line
    title  what the document gives as its own headline, or None
    hint   what its properties give as a title: often a template's or a file's name, so it is only believed where the
           text bears it out
    """

    text: str
    title: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a document is read.

    pages     most pages of a PDF; one with more is refused
    chars     most characters; a document with more is refused
    unpacked  most bytes that it may unpack to
    rows      most rows of a table; the rest is left out
    """

    pages: int
    chars: int
    unpacked: int
    rows: int
