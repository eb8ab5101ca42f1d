"""One round of one feed: ask whether it changed, and turn its new entries into articles."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.errors import FetchError, IntakeError
from tocsin.intake.articles import Options, make_article
from tocsin.intake.bodies import read_page
from tocsin.intake.entries import is_whole, parse_feed, take_newest
from tocsin.intake.faults import make_fault
from tocsin.intake.fetching import AnswerError
from tocsin.intake.flattening import flatten_html
from tocsin.intake.listings import FeedContent, FeedEntry
from tocsin.intake.robots import DisallowedError
from tocsin.intake.schedule import note_failure, note_gone, note_success
from tocsin.network.addresses import show_address
from tocsin.ports import Fetcher, Page
from tocsin.records import Article, Fault, Feed, make_id
from tocsin.settings import Settings

PAGES_PER_ROUND = 40
"""Most pages fetched in one round; the entries that are left over come in the next, because the feed is then asked
for without its validators and answers in full."""

ROUND_SECONDS = 60.0
"""No page is begun in a round that has taken longer: who is slow must not keep the other feeds from their turn."""

OWED_FOR = timedelta(days=1)
"""So long an entry whose page could not be had is asked for again in each round, though its feed has not changed."""

_GONE = 410
_AGAIN = frozenset({408, 425, 429})


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
    seconds: Callable[[], float] = time.monotonic,
) -> FeedRound:
    """Fetch a feed once and make articles of the entries whose addresses `known` does not know.

    The text of an entry is what the feed gives if that looks whole, else its page's, else what the feed gives. Its
    outlet is the one the entry names as its origin, else `outlet_name` (the desk's name for `feed.outlet_id`), else
    the feed's title. An entry without an address gets the feed's, with its identifier as fragment. Raises nothing: a
    feed that cannot be fetched or read has its `problem` told, and waits longer each time. `seconds` is a clock that
    only goes on.
    """
    until = seconds() + ROUND_SECONDS
    try:
        page = fetcher.fetch(feed.address, etag=feed.etag, last_modified=feed.last_modified)
        if page.status >= 400:
            raise AnswerError(show_address(feed.address), page.status, page.retry_after_seconds)
        if page.status == 304:
            return FeedRound(note_success(feed, now))
        content = parse_feed(
            page.body,
            name=show_address(feed.address),
            base=page.final_address,
            content_type=page.content_type,
            settings=settings,
        )
    except AnswerError as why:
        if why.status == _GONE:
            return FeedRound(note_gone(feed, f"{why.why} (gone): turned off", now))
        return FeedRound(note_failure(feed, why.why, now, retry_after_seconds=why.retry_after_seconds))
    except IntakeError as why:
        return FeedRound(note_failure(feed, why.why, now))
    round_ = _Round(feed, fetcher, now, settings, outlet_name or content.title, lambda: seconds() > until)
    return round_.take(content, page, known)


class _Round:
    """The work on the entries of one answer."""

    def __init__(
        self,
        feed: Feed,
        fetcher: Fetcher,
        now: datetime,
        settings: Settings,
        outlet_name: str | None,
        is_late: Callable[[], bool],
    ) -> None:
        self._feed, self._fetcher, self._now, self._settings = feed, fetcher, now, settings
        self._outlet_name, self._is_late = outlet_name, is_late
        self._pages_left = PAGES_PER_ROUND
        self._put_off = 0
        #: Whether a page could not be had that may be had later.
        self._is_owing = False
        self._faults: list[Fault] = []

    def take(self, content: FeedContent, page: Page, known: Callable[[Sequence[str]], set[str]]) -> FeedRound:
        chosen = take_newest(content.entries, self._settings.feed_max_entries)
        if len(chosen) < len(content.entries):
            count = f"lists {len(content.entries):,} entries: the newest {len(chosen):,} are taken"
            self._note(show_address(self._feed.address), count)
        addressed = {self._address_of(entry): entry for entry in reversed(chosen)}
        seen = known(list(addressed))
        new = [(address, entry) for address, entry in reversed(addressed.items()) if address not in seen]
        made: dict[str, Article] = {}
        for address, entry in self._arrange(new):
            try:
                article = self._make(address, entry)
            except IntakeError as why:
                self._note(address, why.why)
            else:
                if article is not None:
                    made[address] = article
        articles = tuple(made[address] for address, _ in new if address in made)
        return FeedRound(self._finish(content, page), articles, tuple(self._faults))

    def _arrange(self, new: list[tuple[str, FeedEntry]]) -> list[tuple[str, FeedEntry]]:
        """The order in which pages are fetched: the newest first, and after each one whose turn is drawn by lot.

        Otherwise as many pages as a round fetches, if they fail each time, would keep all older ones out for ever.
        """
        lot = sorted(new, key=lambda pair: make_id("lot", self._now.isoformat(), pair[0]))
        return list(dict(pair for both in zip(new, lot, strict=True) for pair in both).items())

    def _make(self, address: str, entry: FeedEntry) -> Article | None:
        """The entry as an article; None where it is put off to the next round."""
        given = flatten_html(entry.html, address)
        outlet = entry.outlet or self._outlet_name
        if entry.address is not None and not is_whole(given):
            if self._pages_left <= 0 or self._is_late():
                self._put_off += 1
                return None
            self._pages_left -= 1
            try:
                article = self._read_page(entry.address, Options(entry.title, outlet, entry.published_at, address))
                return self._own(article, entry)
            except IntakeError as why:
                if not given:
                    self._is_owing = self._is_owing or (_is_fresh(entry, self._now) and _may_pass(why))
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
        is_done = not self._put_off and not self._is_owing
        if self._put_off:
            most = f"{PAGES_PER_ROUND} pages are fetched in one"
            if self._pages_left > 0:
                most = f"its pages are slow, and no round may take longer than {ROUND_SECONDS:g} s"
            self._note(show_address(feed.address), f"{self._put_off:,} entries are left to the next round: {most}")
        return replace(
            feed,
            title=feed.title or content.title,
            etag=page.etag if is_done else None,
            last_modified=page.last_modified if is_done else None,
        )

    def _note(self, which: str, why: str) -> None:
        self._faults.append(make_fault(which, why, self._now))


def _may_pass(why: IntakeError) -> bool:
    """Whether a page that could not be had may be had at another time: its machine does not answer, or not now."""
    from tocsin.network.transport import ForbiddenError

    if isinstance(why, AnswerError):
        return why.status >= 500 or why.status in _AGAIN
    return isinstance(why, FetchError) and not isinstance(why, DisallowedError | ForbiddenError)


def _is_fresh(entry: FeedEntry, now: datetime) -> bool:
    """Whether it is worth asking for the whole feed again for its sake: a page that is gone comes no more."""
    return entry.published_at is None or now - entry.published_at < OWED_FOR
