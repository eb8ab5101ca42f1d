"""From bytes with a name to an Article: decide what they are, decode, take out the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.errors import IntakeError
from tocsin.intake.apart import read_apart
from tocsin.intake.articles import Options, make_article, too_long
from tocsin.intake.encodings import READ_KINDS, decode_bytes, refuse_binary
from tocsin.intake.extracts import Extract
from tocsin.intake.kinds import is_text_type, media_type, split_front_matter, tell_document, tell_kind
from tocsin.intake.markdown import flatten_markdown, read_front_matter
from tocsin.intake.pages import read_html
from tocsin.intake.plaintext import read_dateline, read_headline
from tocsin.intake.text import normalise_line, normalise_text
from tocsin.intake.times import parse_time
from tocsin.network.addresses import clean_address, name_host, show_address
from tocsin.ports import Page
from tocsin.records import Article
from tocsin.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found in a body: its words and what it says of itself."""

    text: str
    title: str | None = None
    outlet: str | None = None
    published_at: datetime | None = None
    url: str | None = None
    is_page: bool = False


def read_bytes(
    body: bytes,
    *,
    name: str,
    content_type: str | None,
    options: Options,
    taken_at: datetime,
    settings: Settings,
) -> Article:
    """Read a text, HTML, Markdown, PDF or DOCX; `name` stands in messages and its suffix may tell the kind.

    Raises IntakeError, always naming `name`: empty, binary, too large, of unknown encoding, a page without an article,
    a feed (which is to be added, not read), a publication in the future; a document that is encrypted, damaged, made
    of pictures, or takes more time or memory than allowed.
    """
    document = tell_document(body, name, content_type)
    if document in ("pdf", "docx"):
        check_size(body, name, settings)
        parts = _take_apart_document(read_apart(document, body, name=name, settings=settings), name, settings)
        return _make(parts, name, options, taken_at, settings)
    text = open_text(body, name, content_type, settings)
    return _make(_take_apart(text, name, content_type, settings.max_text_chars), name, options, taken_at, settings)


def open_text(body: bytes, name: str, content_type: str | None, settings: Settings) -> str:
    """The text of a body; raises IntakeError where it is empty, too large, binary or in no known encoding."""
    check_size(body, name, settings)
    if not is_text_type(content_type):
        raise IntakeError("file", name, f"is binary ({media_type(content_type)}): {READ_KINDS} are read")
    refuse_binary(body, name, content_type)
    return decode_bytes(body, name, content_type)


def check_size(body: bytes, name: str, settings: Settings) -> None:
    """Raise IntakeError where a body is empty or too large."""
    if len(body) > settings.max_file_bytes:
        why = f"is too large: {len(body):,} bytes, at most {settings.max_file_bytes:,} are read; see max_file_bytes"
        raise IntakeError("file", name, why)
    if not body.strip():
        raise IntakeError("file", name, "is empty")


def read_page(page: Page, *, options: Options, taken_at: datetime, settings: Settings) -> Article:
    """Read what an address answered; the article's address is the one asked for, unless `options` gives another."""
    url = options.url or clean_address(page.address)
    options = Options(options.title, options.outlet, options.published_at, url)
    name = show_address(page.address)
    return read_bytes(
        page.body, name=name, content_type=page.content_type, options=options, taken_at=taken_at, settings=settings
    )


def _take_apart_document(extract: Extract, name: str, settings: Settings) -> Parts:
    """The words of a PDF or DOCX; the title in its properties counts where the text begins with it."""
    if len(extract.text) > 4 * settings.max_text_chars:
        raise too_long(name, len(extract.text), settings.max_text_chars)
    text, title = normalise_text(extract.text), normalise_line(extract.title)
    hint = normalise_line(extract.hint)
    if title is None and hint and " ".join(text[: 2 * len(hint)].split()).lower().startswith(hint.lower()):
        title = hint
    return Parts(text, title or read_headline(text), published_at=read_dateline(text))


def _take_apart(text: str, name: str, content_type: str | None, max_chars: int) -> Parts:
    kind = tell_kind(text, name, content_type)
    if kind == "html":
        statement, words = read_html(text, name)
        return Parts(words, statement.title, statement.outlet, statement.published_at, is_page=True)
    if kind == "markdown":
        return _take_apart_markdown(text, name, max_chars)
    if kind in ("feed", "opml"):
        what = "a feed" if kind == "feed" else "a list of feeds (OPML)"
        raise IntakeError("file", name, f"is {what}, not an article: add it to the feeds")
    text = normalise_text(text) if len(text) <= 4 * max_chars else text
    return Parts(text, read_headline(text), published_at=read_dateline(text))


def _take_apart_markdown(text: str, name: str, max_chars: int) -> Parts:
    if len(text) > 2 * max_chars:
        raise too_long(name, len(text), max_chars)
    front, rest = split_front_matter(text.replace("\r\n", "\n").lstrip("\ufeff"))
    said = read_front_matter(front) if front is not None else {}
    heading, words = flatten_markdown(rest, name)
    if heading and said.get("title") and heading != said["title"]:
        words = f"{heading}\n\n{words}"
    published_at = parse_time(said.get("published"))
    if published_at is None and "published" in said:
        why = f"gives a time of publication that is not understood ({said['published'][:40]}): write 2022-07-31"
        raise IntakeError("file", name, why)
    return Parts(
        words,
        title=said.get("title") or heading,
        outlet=said.get("outlet"),
        published_at=published_at,
        url=clean_address(said.get("url")),
    )


def _make(parts: Parts, name: str, options: Options, taken_at: datetime, settings: Settings) -> Article:
    url = clean_address(options.url) or parts.url or clean_address(name)
    # A web page that names no outlet was published by the machine that serves it; of a text nothing is known.
    host = name_host(url) if parts.is_page else None
    try:
        return make_article(
            parts.text,
            taken_at=taken_at,
            title=options.title or parts.title,
            outlet_name=options.outlet or parts.outlet or host,
            url=url,
            published_at=options.published_at or parts.published_at,
            max_chars=settings.max_text_chars,
        )
    except IntakeError as why:
        raise IntakeError(why.what, name, why.why) from why
