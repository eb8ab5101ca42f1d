"""The words of a PDF, by PDFium. To be run in a process of its own (see `apart`): PDFium is written in C++."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tocsin.errors import IntakeError
from tocsin.intake.extracts import Bounds, Extract
from tocsin.intake.layout import Piece, join_pages

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage  # type: ignore[import-untyped]  # it has no types

MIN_CHARS = 20
"""A PDF with fewer letters and digits is taken for pictures of pages."""

_WORDS = re.compile(r"\w")
_LINE_ENDS = "\r\n"
_GAP = 1.8
"""So many heights of its letters between two words of a line part it: there is a gutter."""

_DROP = 0.6
"""So many heights up or down are another line, and less is a raised letter."""


def read_pdf(body: bytes, name: str, bounds: Bounds) -> Extract:
    """The words of all pages; raises IntakeError where it is broken, encrypted, without text or too long.

    Neither the title nor the date in a PDF's properties is believed by itself: the first is passed on as a hint, the
    second says when the file was made and not when its text was published.
    """
    with _open(body, name) as document:
        if len(document) > bounds.pages:
            why = f"has too many pages: {len(document):,}, at most {bounds.pages:,} are read; see document_max_pages"
            raise IntakeError("file", name, why)
        left = bounds.chars
        pages: list[list[Piece]] = []
        for number in range(len(document)):
            pieces, taken = _read_page(document, number, name, left)
            pages.append(pieces)
            left -= taken
        hint = document.get_metadata_value("Title") or None
    text = join_pages(pages)
    if len(_WORDS.findall(text[:100_000])) < MIN_CHARS:
        why = "has no text in it, only pictures of pages: run it through a text recognition (OCR) first"
        raise IntakeError("file", name, why)
    return Extract(text, hint=hint[:500] if hint else None)


def _open(body: bytes, name: str) -> PdfDocument:
    import pypdfium2
    from pypdfium2 import raw

    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as why:
        if getattr(why, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise IntakeError("file", name, "is encrypted: save it without its password first") from why
        raise IntakeError("file", name, "is no PDF that can be read: it is damaged or broken off") from why


def _read_page(document: PdfDocument, number: int, name: str, left: int) -> tuple[list[Piece], int]:
    """The pieces of lines of a page as they were drawn, and how many characters it has."""
    import pypdfium2

    try:
        page = document[number]
        words = page.get_textpage()
    except pypdfium2.PdfiumError as why:
        raise IntakeError("file", name, f"has a page that cannot be read (number {number + 1})") from why
    count = words.count_chars()
    if count > left:
        raise IntakeError("file", name, "is too long: see max_text_chars")
    pieces = list(_cut(words, count)) if count > 0 else []
    words.close()
    page.close()
    return pieces, max(count, 0)


def _cut(words: PdfTextPage, count: int) -> Iterator[Piece]:
    """Pieces that end at line ends and at wide gaps.

    Where a hyphen parts a word at the end of a line, PDFium goes on without a line end: there the height tells.
    """
    from pypdfium2 import raw

    held: list[tuple[int, tuple[float, float, float, float] | None]] = []
    last: tuple[float, float, float, float] | None = None
    for place in range(count):
        code = int(raw.FPDFText_GetUnicode(words, place))
        if chr(code) in _LINE_ENDS:
            yield from _make(held)
            held, last = [], None
            continue
        box = None if chr(code).isspace() else _find_box(words, place)
        if box is not None:
            height = box[3] - box[1]
            if last is not None and (box[0] - last[2] > _GAP * height or abs(box[1] - last[1]) > _DROP * height):
                yield from _make(held)
                held = []
            last = box
        held.append((code, box))
    yield from _make(held)


def _find_box(words: Any, place: int) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of a letter, of the full height of its font; None where it has none."""
    import pypdfium2

    try:
        return words.get_charbox(place, loose=True)  # type: ignore[no-any-return]  # the library says nothing
    except pypdfium2.PdfiumError:
        return None


def _make(held: list[tuple[int, tuple[float, float, float, float] | None]]) -> Iterator[Piece]:
    boxes = [box for _, box in held if box is not None]
    if not boxes:
        return
    # A letter beyond the first plane may come as two halves.
    text = "".join(chr(code) for code, _ in held).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    yield Piece(
        text, min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )
