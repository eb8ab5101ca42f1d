"""One round of one feed: ask whether it changed, and turn its new entries into articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.errors import FetchError, IntakeError
from tocsin.intake.articles import Options, make_article
from tocsin.intake.bodies import read_page
from tocsin.intake.entries import FeedContent, FeedEntry, is_whole, parse_feed, take_newest
from tocsin.intake.faults import make_fault
from tocsin.intake.fetching import AnswerError
from tocsin.intake.flattening import flatten_html
from tocsin.intake.schedule import note_failure, note_gone, note_success
from tocsin.network.addresses import show_address
from tocsin.ports import Fetcher, Page
from tocsin.records import Article, Fault, Feed
from tocsin.settings import Settings

PAGES_PER_ROUND = 40
"""Most pages fetched in one round; the entries that are left over come in the next, because the feed is then asked
for without its validators and answers in full."""

_GONE = 410


@dataclass(frozen=True, slots=True)
class FeedRound:
    """What one fetch of a feed gave.

    feed      as it stands after the round: validators, times, failures, problem. The number of its articles is left
              to the caller, who knows which of them are new to the desk
    articles  new ones, newest first
    faults    entries that could not be taken, and a line where not all were looked at
    """

    feed: Feed
    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()


def poll_feed(
    feed: Feed,
    fetcher: Fetcher,
    *,
    now: datetime,
    settings: Settings,
    known: Callable[[Sequence[str]], set[str]],
    outlet_name: str | None = None,
) -> FeedRound:
    """Fetch a feed once and make articles of the entries whose addresses `known` does not know.

    The text of an entry is what the feed gives if that looks whole, else its page's, else what the feed gives. Its
    outlet is the one the entry names as its origin, else `outlet_name` (the desk's name for `feed.outlet_id`), else
    the feed's title. An entry without an address gets the feed's, with its identifier as fragment. Raises nothing: a
    feed that cannot be fetched or read has its `problem` told, and waits longer each time.
    """
    try:
        page = fetcher.fetch(feed.address, etag=feed.etag, last_modified=feed.last_modified)
        if page.status >= 400:
            raise AnswerError(show_address(feed.address), page.status, page.retry_after_seconds)
        if page.status == 304:
            return FeedRound(note_success(feed, now))
        content = parse_feed(
            page.body, name=show_address(feed.address), base=page.final_address, content_type=page.content_type
        )
    except AnswerError as why:
        if why.status == _GONE:
            return FeedRound(note_gone(feed, f"{why.why} (gone): turned off", now))
        return FeedRound(note_failure(feed, why.why, now, retry_after_seconds=why.retry_after_seconds))
    except IntakeError as why:
        return FeedRound(note_failure(feed, why.why, now))
    return _Round(feed, fetcher, now, settings, outlet_name or content.title).take(content, page, known)


class _Round:
    """The work on the entries of one answer."""

    def __init__(
        self, feed: Feed, fetcher: Fetcher, now: datetime, settings: Settings, outlet_name: str | None
    ) -> None:
        self._feed, self._fetcher, self._now, self._settings = feed, fetcher, now, settings
        self._outlet_name = outlet_name
        self._pages_left = PAGES_PER_ROUND
        self._put_off = 0
        self._faults: list[Fault] = []

    def take(self, content: FeedContent, page: Page, known: Callable[[Sequence[str]], set[str]]) -> FeedRound:
        chosen = take_newest(content.entries, self._settings.feed_max_entries)
        if len(chosen) < len(content.entries):
            count = f"lists {len(content.entries):,} entries: the newest {len(chosen):,} are taken"
            self._note(show_address(self._feed.address), count)
        addressed = {self._address_of(entry): entry for entry in reversed(chosen)}
        seen = known(list(addressed))
        articles: list[Article] = []
        for address, entry in reversed(addressed.items()):
            if address not in seen:
                try:
                    article = self._make(address, entry)
                except IntakeError as why:
                    self._note(address, why.why)
                else:
                    if article is not None:
                        articles.append(article)
        return FeedRound(self._finish(content, page), tuple(articles), tuple(self._faults))

    def _make(self, address: str, entry: FeedEntry) -> Article | None:
        """The entry as an article; None where it is put off to the next round."""
        given = flatten_html(entry.html, address)
        outlet = entry.outlet or self._outlet_name
        if entry.address is not None and not is_whole(given):
            if self._pages_left <= 0:
                self._put_off += 1
                return None
            self._pages_left -= 1
            try:
                article = self._read_page(entry.address, Options(entry.title, outlet, entry.published_at, address))
                return self._own(article, entry)
            except IntakeError as why:
                if not given:
                    raise
                if not isinstance(why, FetchError) and "future" in why.why:
                    raise
        article = make_article(
            given,
            taken_at=self._now,
            title=entry.title,
            outlet_name=outlet,
            url=address,
            published_at=entry.published_at,
            max_chars=self._settings.max_text_chars,
        )
        return self._own(article, entry)

    def _read_page(self, address: str, options: Options) -> Article:
        page = self._fetcher.fetch(address)
        if page.status != 200:
            raise AnswerError(show_address(address), page.status)
        return read_page(page, options=options, taken_at=self._now, settings=self._settings)

    def _own(self, article: Article, entry: FeedEntry) -> Article:
        """The article as one of the feed's outlet, where a person has said which that is."""
        if entry.outlet is None and self._feed.outlet_id is not None:
            return replace(article, outlet_id=self._feed.outlet_id)
        return article

    def _address_of(self, entry: FeedEntry) -> str:
        return entry.address or f"{show_address(self._feed.address)}#{entry.key}"

    def _finish(self, content: FeedContent, page: Page) -> Feed:
        feed = note_success(self._feed, self._now)
        is_done = not self._put_off
        if not is_done:
            left = f"{self._put_off:,} entries are left to the next round: {PAGES_PER_ROUND} pages are fetched in one"
            self._note(show_address(feed.address), left)
        return replace(
            feed,
            title=feed.title or content.title,
            etag=page.etag if is_done else None,
            last_modified=page.last_modified if is_done else None,
        )

    def _note(self, which: str, why: str) -> None:
        self._faults.append(make_fault(which, why, self._now))
