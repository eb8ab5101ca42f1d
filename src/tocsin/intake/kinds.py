"""What kind of thing something is: a text (plain, HTML, Markdown), a document, a file of many articles, feeds."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal

Kind = Literal["text", "html", "markdown", "jsonl", "csv", "opml", "feed"]
Document = Literal["pdf", "docx", "parquet"]

BY_SUFFIX: dict[str, Kind] = {
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".opml": "opml",
}
DOCUMENTS: dict[str, Document] = {".pdf": "pdf", ".docx": "docx", ".parquet": "parquet"}
PACKED, WARC = ".gz", ".warc"
READ_SUFFIXES = ".txt, .html, .md, .pdf, .docx, .jsonl, .csv, .parquet, .warc or .opml, the lists packed as .gz or not"
_BY_CONTENT_TYPE: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/x-opml": "opml",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/feed+json": "feed",
}
_NO_TEXT = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/msword",
            "application/vnd.", "application/gzip", "application/x-gzip")  # fmt: skip
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCUMENT_TYPES: dict[str, Document] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.apache.parquet": "parquet",
}
_HTML_START = re.compile(
    r"\s*(?>(?:(?><!--.{0,2000}?-->)\s*)*)<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.I | re.S
)
_HTML_TAGS = re.compile(r"<(?:p|div|article|h[1-6]|br|meta|title|span|section)(?:\s[^>]{0,500})?/?>", re.I)
# Atomic groups: a prolog made to be read in many ways is read in one.
_XML_ROOT = re.compile(
    r"\s*(?>(?:(?><\?.{0,500}?\?>|<!--.{0,2000}?-->|<!DOCTYPE[^<>\[]{0,500}(?:\[[^\]]{0,4000}\]\s*)?>)\s*)*)"
    r"<([\w:.-]{1,60})",
    re.S | re.I,
)
_ROOTS: dict[str, Kind] = {"rss": "feed", "feed": "feed", "rdf:rdf": "feed", "opml": "opml"}
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:[^\n]{0,1000}\n){0,60}?---[ \t]*(?:\n|$)")


def tell_kind(text: str, name: str, content_type: str | None) -> Kind:
    """By what the text begins with, then by its content type, then by the suffix of its name, then by its tags."""
    head = text[:8_000].lstrip("\ufeff")
    if _HTML_START.match(head):
        return "html"
    if (root := _XML_ROOT.match(head)) and root[1].lower() in _ROOTS:
        return _ROOTS[root[1].lower()]
    said = media_type(content_type)
    if said in _BY_CONTENT_TYPE:
        return _BY_CONTENT_TYPE[said]
    if (kind := BY_SUFFIX.get(PurePath(name).suffix.lower())) is not None:
        return kind
    if _FRONT_MATTER.match(head):
        return "markdown"
    return "html" if said is None and len(_HTML_TAGS.findall(head)) >= 3 else "text"


def tell_document(body: bytes, name: str, content_type: str | None) -> Document | None:
    """Which document is read in a process of its own: by its first bytes, then by what it is called; None: none.

    A page that is called like a document but begins like a page is a page: a site may answer so to who has no right.
    """
    if body.startswith(b"%PDF-"):
        return "pdf"
    if body.startswith(b"PAR1"):
        return "parquet"
    called = _DOCUMENT_TYPES.get(media_type(content_type) or "") or DOCUMENTS.get(PurePath(name).suffix.lower())
    if body.startswith(_COMPOUND):  # an old Word file, or a DOCX with a password: refused as what it is
        return None
    if body.startswith(b"PK\x03\x04"):
        return "docx" if called == "docx" or b"word/document.xml" in body else None
    is_page = body[:400].lstrip()[:1] == b"<"
    # ISO 32000 lets a PDF begin with other bytes; its readers look for the mark in the first kilobyte.
    return None if called is None or is_page else called


def name_kind(name: str) -> str | None:
    """What a file is by its name, ".gz" aside: a kind of text, a document or "warc"; None where it does not say."""
    path = PurePath(name)
    suffix = (path.with_suffix("") if path.suffix.lower() == PACKED else path).suffix.lower()
    return "warc" if suffix == WARC else BY_SUFFIX.get(suffix) or DOCUMENTS.get(suffix)


def media_type(content_type: str | None) -> str | None:
    """The type without its parameters, lower case; None where none is given or it says nothing ("octet-stream")."""
    said = (content_type or "").partition(";")[0].strip().lower()
    return None if said in ("", "application/octet-stream", "binary/octet-stream", "unknown/unknown") else said


def is_text_type(content_type: str | None) -> bool:
    """Whether something with this content type may be an article at all."""
    said = media_type(content_type)
    return said is None or not said.startswith(_NO_TEXT)


def split_front_matter(text: str) -> tuple[str | None, str]:
    """The lines between two `---` lines at the beginning of the text, or None, and the rest."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return None, text
    return "\n".join(match[0].rstrip("\n").split("\n")[1:-1]), text[match.end() :]
