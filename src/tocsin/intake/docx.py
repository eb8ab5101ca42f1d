"""The words of a DOCX: its main part, by zipfile and lxml. To be run in a process of its own (see `apart`).

Only the parts that hold words are unpacked, no more of them than allowed. Nothing that a document refers to outside
itself (templates, pictures, linked texts) is looked for: relations are not even read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tocsin.errors import IntakeError
from tocsin.intake.extracts import Bounds, Extract
from tocsin.intake.opml import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_MEMBERS = 5_000
"""More files than this are in no document."""

MAX_RATIO = 300
"""What shrinks to less than its 300th part is no prose: text shrinks to a tenth."""

_RATIO_BYTES = 5_000_000
_BODY, _PROPERTIES = "word/document.xml", "docProps/core.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Moved text stands where it was moved to; a text box stands a second time for older programs.
_LEFT_OUT = frozenset(
    {f"{_W}moveFrom", f"{_W}del", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(body: bytes, name: str, bounds: Bounds) -> Extract:
    """The words of the document in order, its title where a paragraph of it is styled as one.

    Raises IntakeError where it is broken, encrypted, empty, a bomb or longer than allowed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            _check_members(packed, name, bounds)
            root = parse_xml(_unpack(packed, _BODY, name, bounds), "file", name)
            hint = _read_hint(packed, name, bounds)
    except KeyError as why:
        raise IntakeError("file", name, "is a ZIP file but no DOCX: unpack it and hand in what it holds") from why
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as why:
        raise IntakeError("file", name, "is no DOCX that can be read: it is damaged or broken off") from why
    except RuntimeError as why:  # zipfile's word for a password
        raise IntakeError("file", name, "is encrypted: save it without its password first") from why
    title: str | None = None
    paragraphs: list[str] = []
    chars = 0
    for style, words in _list_paragraphs(root):
        chars += len(words)
        if chars > bounds.chars:
            raise IntakeError("file", name, "is too long: see max_text_chars")
        if title is None and style == "Title" and not paragraphs:
            title = words
        else:
            paragraphs.append(words)
    if not paragraphs and title is None:
        raise IntakeError("file", name, "holds no text")
    return Extract("\n\n".join(paragraphs), title=title, hint=hint)


def _check_members(packed: zipfile.ZipFile, name: str, bounds: Bounds) -> None:
    members = packed.infolist()
    if len(members) > MAX_MEMBERS:
        why = f"holds too many files: {len(members):,}, at most {MAX_MEMBERS:,} are read"
        raise IntakeError("file", name, why)
    size = sum(member.file_size for member in members)
    if size > bounds.unpacked:
        raise _too_large(name, bounds)


def _unpack(packed: zipfile.ZipFile, part: str, name: str, bounds: Bounds) -> bytes:
    """A part, never more of it than allowed, whatever the list of the file says."""
    member = packed.getinfo(part)
    most = min(bounds.unpacked, max(_RATIO_BYTES, MAX_RATIO * member.compress_size))
    with packed.open(member) as stream:
        body = stream.read(most + 1)
    if len(body) > most:
        raise _too_large(name, bounds)
    return body


def _too_large(name: str, bounds: Bounds) -> IntakeError:
    why = f"unpacks to more than {bounds.unpacked:,} bytes, or to {MAX_RATIO} times its size: see unpack_max_bytes"
    return IntakeError("file", name, why)


def _read_hint(packed: zipfile.ZipFile, name: str, bounds: Bounds) -> str | None:
    try:
        root = parse_xml(_unpack(packed, _PROPERTIES, name, bounds), "file", name)
    except (KeyError, IntakeError):
        return None
    return (root.findtext(_TITLE) or "").strip()[:500] or None


def _list_paragraphs(root: _Element) -> Iterator[tuple[str | None, str]]:
    """Style and words of every paragraph with words in it; the cells of a table one after the other."""
    held: list[list[str]] = []
    style: list[str | None] = []
    walk = [(root, False)]
    while walk:  # not by calling itself: a document may nest tables deeply
        element, is_left = walk.pop()
        if is_left:
            words = "".join(held.pop()).strip()
            kind = style.pop()
            if words:
                yield kind, words
            continue
        tag = element.tag
        if tag in _LEFT_OUT:
            continue
        if tag == f"{_W}p":
            held.append([])
            style.append(None)
            walk.append((element, True))
        elif held and tag == f"{_W}t":
            held[-1].append(element.text or "")
        elif held and tag in _BREAKS:
            held[-1].append(_BREAKS[tag])
        elif held and tag == f"{_W}pStyle":
            style[-1] = element.get(f"{_W}val")
        walk.extend((child, False) for child in reversed(element))
