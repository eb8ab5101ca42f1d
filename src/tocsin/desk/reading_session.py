"""Reading articles without a desk: what `tocsin read` and the library's `read_text` do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import IO

from tocsin.desk.opening import find_home, load_knowledge
from tocsin.errors import FetchError, IntakeError, TocsinError
from tocsin.intake import GuardedFetcher, Options, make_article, read_document, read_path, read_time
from tocsin.pipeline import Knowledge, read_claims
from tocsin.ports import SystemClock
from tocsin.records import Article, Claim, Fault, Feed
from tocsin.settings import Settings, load_settings

#: One article with its claims.
Reading = tuple[Article, tuple[Claim, ...]]


def read_things(
    names: Sequence[str], options: Options, settings: Settings, *, stdin: IO[bytes]
) -> Iterator[Reading | TocsinError]:
    """Read files, addresses and `-` one after the other; what fails comes back as its error and the rest goes on."""
    knowledge: Knowledge | None = None
    for name in names:
        try:
            for thing in _open_thing(name, options, settings, stdin):
                if isinstance(thing, Fault):
                    yield IntakeError("input", thing.which, thing.why)
                elif isinstance(thing, Feed):
                    yield IntakeError("input", thing.address, "is a feed, not an article: use tocsin ingest")
                else:
                    knowledge = knowledge or load_knowledge(settings, find_home(settings))
                    yield thing, read_claims(thing, knowledge)
        except TocsinError as why:
            yield why


def _open_thing(name: str, options: Options, settings: Settings, stdin: IO[bytes]) -> Iterator[Article | Feed | Fault]:
    taken_at = SystemClock().now()
    if name == "-":
        body = stdin.read(settings.max_file_bytes + 1)
        return read_document(body, name="standard input", options=options, taken_at=taken_at, settings=settings)
    if name.startswith(("http://", "https://")):
        page = GuardedFetcher(settings).fetch(name)
        return read_document(
            page.body,
            name=page.final_address,
            content_type=page.content_type,
            options=options,
            taken_at=taken_at,
            settings=settings,
        )
    if "://" in name and not Path(name).exists():
        raise FetchError("address", name, "is no http or https address: only these are fetched")
    return read_path(Path(name), options=options, taken_at=taken_at, settings=settings)


def read_text(text: str, *, published: str | date | None = None, outlet: str | None = None) -> tuple[Claim, ...]:
    """The claims of a text, located. Reader and gazetteer are loaded by the first call and kept.

    published  ISO date or time, or a date or datetime, against which "Saturday" is resolved; without a zone it is UTC;
               without it such dates stay open
    outlet     who published it, or None

    Raises IntakeError for a text that is empty, too long or no text, ReadingError for one that is not English.
    """
    if not isinstance(text, str):
        raise IntakeError("article", type(text).__name__, "must be a text (str): decode bytes first")
    settings = load_settings()
    article = make_article(
        text,
        taken_at=SystemClock().now(),
        outlet_name=outlet,
        published_at=_read_published(published) if published else None,
        max_chars=settings.max_text_chars,
    )
    return read_claims(article, _keep_knowledge(settings))


def _read_published(given: str | date) -> datetime:
    if isinstance(given, date):
        return read_time(given.isoformat())
    if not isinstance(given, str):
        raise IntakeError("time of publication", str(given), "must be a text, a date or a datetime")
    return read_time(given)


@cache
def _keep_knowledge(settings: Settings) -> Knowledge:
    return load_knowledge(settings, find_home(settings))
