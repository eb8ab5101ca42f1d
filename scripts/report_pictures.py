"""The docs' pictures of a situation report: its pages as PDF and, where LibreOffice is installed, those of its DOCX.

Used by `make_pictures.py`, which says how pictures are made small and where they go.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.report import ReportRequest
from tocsin.reporting.drafting import make_period
from tocsin.reporting.edits import add_sentence
from tocsin.reporting.kept import keep_report, open_report, write_report

if TYPE_CHECKING:
    from tocsin.desk import Desk

#: Pixels to a point of the page: some 100 to the inch.
SCALE = 1.4
#: The week of the exercise, and what somebody adds to it by name.
FIRST, LAST = date(2026, 3, 8), date(2026, 3, 14)
AUTHOR, ASSESSOR = "Night watch", "A. Korvin"
ASSESSMENT = "Whether the bridge will be held after Friday is open."
#: Pages of the DOCX that the docs show.
DOCX_PAGES = (1, 3)


def draw_report(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """Each page by the name of its picture, as PNG; those of the DOCX are left out where nothing can lay it out."""
    since, until = make_period(FIRST, LAST)
    kept = keep_report(desk, ReportRequest(since, until, None, "Everywhere", author=AUTHOR), by=AUTHOR)
    seen = open_report(desk, kept.id).seen
    add_sentence(desk, kept.id, "gaps", ASSESSMENT, (), by=AUTHOR, seen=seen, assessor=ASSESSOR)
    opened = open_report(desk, kept.id)
    for n, page in draw_pages(write_report(opened, "pdf")):
        yield f"sitrep-{n}", page
    laid_out = lay_out(write_report(opened, "docx"))
    for n, page in draw_pages(laid_out) if laid_out else ():
        if n in DOCX_PAGES:
            yield f"sitrep-docx-{n}", page


def draw_pages(pdf: bytes) -> Iterator[tuple[int, bytes]]:
    """The pages of a PDF as PNG, counted from 1."""
    import pypdfium2  # type: ignore[import-untyped]  # carries no types

    document = pypdfium2.PdfDocument(pdf)
    try:
        for n, page in enumerate(document, 1):
            png = io.BytesIO()
            page.render(scale=SCALE).to_pil().save(png, "PNG")
            yield n, png.getvalue()
    finally:
        document.close()


def lay_out(docx: bytes) -> bytes | None:
    """The DOCX as LibreOffice prints it to PDF; None where there is no LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        print("sitrep-docx: LibreOffice is not installed, its pictures stay as they are")
        return None
    with tempfile.TemporaryDirectory(prefix="tocsin-docx-") as folder:
        written = Path(folder) / "report.docx"
        written.write_bytes(docx)
        command = [office, "--headless", "--convert-to", "pdf", "--outdir", folder, str(written)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return written.with_suffix(".pdf").read_bytes()
