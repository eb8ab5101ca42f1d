"""PDFs and DOCX files made by hand, good and bad. EXERCISE: what they tell is invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

Line = tuple[float, float, str]
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def make_pdf(pages: Iterable[Iterable[Line]], *, size: int = 10, title: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages are lines of Latin text, each drawn where it is said (points from below left)."""
    bodies = [_draw(lines, size) for lines in pages]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(bodies)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(bodies)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, body in enumerate(bodies):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body))
    objects.append(f"<< /Title ({title}) /CreationDate (D:20190501120000Z) >>".encode("latin-1"))
    return _write(objects, trailer)


def _draw(lines: Iterable[Line], size: int) -> bytes:
    shown = []
    for x, y, text in lines:
        plain = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        shown.append(f"BT /F {size} Tf {x} {y} Td ({plain}) Tj ET")
    return "\n".join(shown).encode("cp1252")


def _write(objects: list[bytes], trailer: str) -> bytes:
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>\n".encode()
    return bytes(made + b"startxref\n%d\n%%%%EOF" % start)


ENCRYPTED = make_pdf(
    [[(70, 700, "Nobody can read this line.")]],
    trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'ab' * 32}> /U <{'cd' * 32}> /P -4 >> /ID [<00><00>]",
)


def flow(paragraphs: Iterable[str], *, x: float = 70, y: float = 760, width: int = 80) -> list[Line]:
    """Paragraphs as lines of so many letters, a gap between two."""
    lines: list[Line] = []
    for paragraph in paragraphs:
        words, line = paragraph.split(), ""
        for word in words:
            if len(line) + len(word) > width:
                lines.append((x, y, line.strip()))
                y, line = y - 13, ""
            line += f" {word}"
        lines.append((x, y, line.strip()))
        y -= 30
    return lines


def make_docx(
    body: str, *, title: str | None = None, parts: Mapping[str, bytes] | None = None, head: str = ""
) -> bytes:
    """A DOCX whose body is the given WordprocessingML."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        document = f'{head}<w:document xmlns:w="{_W}" xmlns:mc="{_MC}"><w:body>{body}</w:body></w:document>'
        packed.writestr("word/document.xml", document)
        if title is not None:
            namespaces = 'xmlns:c="urn:x" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            packed.writestr("docProps/core.xml", f"<c:p {namespaces}><dc:title>{title}</dc:title></c:p>")
        for name, content in (parts or {}).items():
            packed.writestr(name, content)
    return made.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """A paragraph in WordprocessingML."""
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{text}</w:t></w:r></w:p>"
