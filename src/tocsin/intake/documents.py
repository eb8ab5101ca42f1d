"""One body of any kind that the desk takes: an article, a file of many articles, a list of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from tocsin.errors import IntakeError
from tocsin.intake.articles import Options
from tocsin.intake.bodies import open_text, read_bytes
from tocsin.intake.faults import make_fault
from tocsin.intake.kinds import BY_SUFFIX, tell_kind
from tocsin.intake.lines import read_lines
from tocsin.intake.opml import read_opml
from tocsin.records import Article, Fault, Feed
from tocsin.settings import Settings

Found = Article | Feed | Fault


def read_document(
    body: bytes,
    *,
    name: str,
    content_type: str | None = None,
    options: Options,
    taken_at: datetime,
    settings: Settings,
) -> Iterator[Found]:
    """Read what was handed in under `name`; what cannot be taken is a Fault, and the rest goes on.

    Text, HTML and Markdown give one article, JSON Lines one a line, OPML gives feeds that nobody has confirmed.
    """
    try:
        kind = _tell_kind(body, name, content_type)
        if kind == "jsonl":
            text = open_text(body, name, content_type, settings)
            yield from read_lines(text, name=name, options=options, taken_at=taken_at, settings=settings)
        elif kind == "opml":
            yield from _read_feeds(body, name, taken_at)
        else:
            yield read_bytes(
                body, name=name, content_type=content_type, options=options, taken_at=taken_at, settings=settings
            )
    except IntakeError as why:
        yield make_fault(name, why.why, taken_at)


def _tell_kind(body: bytes, name: str, content_type: str | None) -> str:
    suffix = BY_SUFFIX.get(PurePath(name).suffix.lower())
    if suffix in ("jsonl", "opml"):
        return suffix
    return tell_kind(body[:8_000].decode("utf-8", "replace"), name, content_type)


def _read_feeds(body: bytes, name: str, taken_at: datetime) -> Iterator[Feed | Fault]:
    feeds, problems = read_opml(body, name)
    yield from feeds
    for why in problems or (() if feeds else ("lists no feeds",)):
        yield make_fault(name, why, taken_at)
