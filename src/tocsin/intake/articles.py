"""Making an Article: the one door through which every text enters the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.errors import IntakeError
from tocsin.intake.language import detect_language
from tocsin.intake.text import normalise_line, normalise_text
from tocsin.intake.times import FIRST_PUBLICATION, FUTURE_SLACK
from tocsin.records import Article, article_id, digest_text, outlet_id


@dataclass(frozen=True, slots=True)
class Options:
    """What the person says about what is handed in; it outranks what the page says of itself.

    Of a folder or a file of many articles, only `outlet` and `published_at` are used: a headline or an address
    belongs to one article.
    """

    title: str | None = None
    outlet: str | None = None
    published_at: datetime | None = None
    url: str | None = None


def make_article(
    text: str,
    *,
    taken_at: datetime,
    title: str | None = None,
    outlet_name: str | None = None,
    url: str | None = None,
    published_at: datetime | None = None,
    is_exercise: bool = False,
    max_chars: int,
) -> Article:
    """Normalise, put the headline on the first line, tell the language, and name the article by what it holds.

    Times must be aware. Raises IntakeError where the text is empty or longer than `max_chars` characters, or is said
    to be published more than 24 h after `taken_at` or before 1500: such a date is wrong, and what is wrong must not
    date a claim.
    """
    title, outlet_name = normalise_line(title), normalise_line(outlet_name)
    which = url or title or " ".join(text[:60].split()) or "text"
    # A text this long stays too long however much is taken out; looking is cheaper than normalising.
    if len(text) > 4 * max_chars:
        raise too_long(which, len(text), max_chars)
    body = normalise_text(text)
    if not body:
        raise IntakeError("article", which, "is empty")
    whole = _put_title(title, body)
    if len(whole) > max_chars:
        raise too_long(which, len(whole), max_chars)
    taken_at, published_at = _check_times(which, taken_at, published_at)
    return Article(
        id=article_id(outlet_name, title, whole, published_at),
        text=whole,
        taken_at=taken_at,
        title=title,
        outlet_id=outlet_id(outlet_name) if outlet_name else None,
        outlet_name=outlet_name,
        url=url,
        published_at=published_at,
        language=detect_language(whole),
        digest=digest_text(whole),
        is_exercise=is_exercise,
    )


def _put_title(title: str | None, body: str) -> str:
    """The body below its headline; a first line that already is the headline is not doubled."""
    if title is None:
        return body
    first, _, rest = body.partition("\n")
    if " ".join(first.split()) == title:
        body = rest.lstrip("\n")
    return f"{title}\n\n{body}".rstrip("\n")


def _check_times(which: str, taken_at: datetime, published_at: datetime | None) -> tuple[datetime, datetime | None]:
    for when in (taken_at, published_at):
        if when is not None and when.tzinfo is None:
            raise IntakeError("time", when.isoformat(), "must carry a time zone")
    taken_at = taken_at.astimezone(UTC)
    if published_at is None:
        return taken_at, None
    published_at = published_at.astimezone(UTC)
    if published_at < FIRST_PUBLICATION:
        why = f"published {published_at.date()} lies before there was news: check the date or give --published"
        raise IntakeError("article", which, why)
    if published_at > taken_at + FUTURE_SLACK:
        why = f"published {published_at:%Y-%m-%d %H:%M} UTC lies in the future: check the date or give --published"
        raise IntakeError("article", which, why)
    return taken_at, published_at


def too_long(which: str, chars: int, max_chars: int) -> IntakeError:
    """The refusal of a text of `chars` characters."""
    return IntakeError("article", which, f"is too long: {chars:,} characters, at most {max_chars:,} are read")
