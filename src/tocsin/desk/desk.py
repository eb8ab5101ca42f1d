"""The desk: pipeline, ports and clock put together. It sequences and decides nothing.

>>> from tocsin import open_desk
>>> with open_desk() as desk:                                  # doctest: +SKIP
...     taken = desk.take_text("Villagers blocked the bridge at Orle on Monday, police said.")
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Self

from tocsin.desk.announcing import Announcer
from tocsin.desk.derivation import advance_warning, derive_pending
from tocsin.desk.foresight import Foresight
from tocsin.desk.gathering import Gathering, Stride
from tocsin.desk.remembering import IncidentMemory
from tocsin.desk.taken import Taken
from tocsin.desk.taking import Progress, Taking
from tocsin.desk.turns import Turn
from tocsin.errors import UnknownIdError
from tocsin.exercise import load_exercise
from tocsin.intake import due_feeds, poll_feed
from tocsin.intake.polling import FeedRound
from tocsin.intake.rounds import poll_together
from tocsin.intake.schedule import join_changes, note_failure
from tocsin.pipeline import Knowledge
from tocsin.ports import Clock, Fetcher, Store, SystemClock
from tocsin.records import Article, Fault, Feed, Notice, Outlet, make_id
from tocsin.service.observing import Observer, Unobserved
from tocsin.settings import Settings, load_settings

#: The store's note of whether the exercise was loaded or removed.
EXERCISE_NOTE = "exercise"
#: The store's note of the day up to which tension was last brought.
ADVANCED_NOTE = "advanced"
log = logging.getLogger("tocsin.desk.desk")


class Desk(Taking):
    """One desk: one store, one body of knowledge, one way to the network. Safe to call from several threads."""

    #: So many articles are being read at a time.
    reads_beside = 1

    def __init__(
        self,
        store: Store,
        knowledge: Callable[[bool], Knowledge],
        fetcher: Callable[[], Fetcher],
        *,
        settings: Settings,
        clock: Clock | None = None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock or SystemClock()
        self._make_knowledge = knowledge
        self._knowledge: dict[bool, Knowledge] = {}
        self._make_fetcher = fetcher
        self._fetcher: Fetcher | None = None
        self._memory = IncidentMemory()
        self._foresight = Foresight(store)
        self._announcer = Announcer(store, settings)
        #: Called when notices were put into the outbox: whoever sends looks at once.
        self.on_notices: Callable[[], None] = _do_nothing
        #: Called when another process has loaded what it reads with, or is gone: `is_knowing` may have changed.
        self.on_knowing: Callable[[], None] = _do_nothing
        #: Called before each article is read: who has to go first, goes.
        self.give_way: Callable[[], None] = _do_nothing
        #: Told how long things took and what came: metrics.
        self.observer: Observer = Unobserved()
        #: Held while anything is derived or decided, here or by another process on the same database.
        self._writing = Turn(store)
        #: Held while an article is read: that goes on beside a derivation, so that what came meanwhile is derived
        #: together in the next.
        self._reading = threading.BoundedSemaphore(self.reads_beside)
        #: Who hands in side by side is derived together.
        self._gathering = Gathering()
        self._loading = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the store go."""
        self.store.close()

    def knowledge(self, is_exercise: bool = False) -> Knowledge:
        """Reader, gazetteer, weights and rules, loaded at first use; the exercise's invented names are kept apart."""
        with self._loading:
            if is_exercise not in self._knowledge:
                self._knowledge[is_exercise] = self._make_knowledge(is_exercise)
            return self._knowledge[is_exercise]

    @property
    def is_knowing(self) -> bool:
        """Whether the knowledge for real news is loaded; never waits for it."""
        return False in self._knowledge

    @property
    def fetcher(self) -> Fetcher:
        """The guarded way to the network: opened at first use."""
        with self._loading:
            if self._fetcher is None:
                self._fetcher = self._make_fetcher()
            return self._fetcher

    # --- fetching
    def poll_feeds(self, progress: Progress | None = None, *, is_stopped: Callable[[], bool] = lambda: False) -> Taken:
        """Fetch every confirmed feed that is due, take what is new, and keep each feed's health.

        Some are fetched side by side; each is taken in as soon as it is there, and what came within a few seconds is
        derived together, also while a long one is taken in. Once `is_stopped` no other is begun.
        """
        taken, stride = Taken(), Stride()
        due = due_feeds(self.store.feeds(), self.clock.now())
        workers = self.settings.poll_workers
        for polled in poll_together(due, self._poll_one, workers=workers, is_stopped=is_stopped):
            if polled is not None:
                taken += self._take_round(*polled, stride, progress)
            stride.go(self.derive)
        self.derive()
        return taken

    def _take_round(
        self, feed: Feed, round_: FeedRound | Exception, stride: Stride, progress: Progress | None
    ) -> Taken:
        """What one feed has brought, derived on the way where there is much of it, and its health."""
        if isinstance(round_, Exception):
            log.error("feed %s cannot be polled", feed.id, exc_info=round_)
            defect = f"a defect of the desk ({type(round_).__name__}): its log says more"
            round_ = FeedRound(note_failure(feed, defect, self.clock.now()))
        taken = Taken()
        found: list[Article | Feed | Fault] = [*round_.articles, *round_.faults]
        for thing in found:
            part = self._take([thing], progress, is_derived=False)
            taken += part
            stride.go(self.derive, more=part.new)
        polled = replace(round_.feed, articles=round_.feed.articles + taken.new)
        if taken.new + taken.known < len(round_.articles):
            # some could not be read now: the feed must not answer "not changed" the next time
            polled = replace(polled, etag=None, last_modified=None)
        self._keep_polled(feed, polled)
        if problem := round_.feed.problem:
            # Its health keeps the problem; whoever watches is told as well.
            fault = Fault(make_id("flt", feed.id, problem), feed.address, problem, self.clock.now())
            taken += Taken(faults=(fault,))
        return taken

    def _keep_polled(self, asked: Feed, polled: Feed) -> None:
        with self._writing, suppress(UnknownIdError):  # a feed that was removed meanwhile does not come back
            self.store.save_feed(join_changes(asked, polled, self.store.feed(asked.id)))

    def _poll_one(self, feed: Feed) -> FeedRound:
        outlet = self._outlet_of(feed)
        with self.observer.timing("fetch"):
            return poll_feed(
                feed,
                self.fetcher,
                now=self.clock.now(),
                settings=self.settings,
                known=self.store.known_addresses,
                outlet_name=outlet.name if outlet else None,
            )

    def _outlet_of(self, feed: Feed) -> Outlet | None:
        return self.store.outlet(feed.outlet_id) if feed.outlet_id else None

    # --- deriving
    def derive(self) -> None:
        """Group, score and warn over whatever has been read and not yet been accounted for, also before a crash."""
        with self._writing:
            if self.store.underived_article_ids():
                self._derive_waiting()
            else:
                self._memory.catch_up(self.store, now=self.clock.now())

    def _derive_together(self) -> None:
        """Have what was just kept derived: by the caller, for all who hand in beside it, or by one of those."""
        with self._gathering.leading() as is_leader:
            if not is_leader:
                return
            self._gathering.wait()
            with self._writing:
                self._gathering.look()
                if self.store.underived_article_ids():
                    self._derive_waiting()

    def _derive_waiting(self) -> None:
        now = self.clock.now()
        outlooks = self._foresight.find(self.knowledge(), now=now)
        with self.observer.timing("derivation"):
            derive_pending(self.store, self.knowledge, self._memory, now=now, outlooks=outlooks)
        self.announce()

    def advance(self) -> None:
        """Bring tension and alerts up to today, once a day (a quiet day is a fact too), and tell what is due by now."""
        from tocsin.forecasting.running import bring_forecasts_up_to_date  # loads numpy

        # outside the lock: a new history of two hundred countries takes a minute, and only the store is asked
        made = bring_forecasts_up_to_date(self.store, self.knowledge, now=self.clock.now())
        with self._writing:
            now = self.clock.now()
            today = now.date().isoformat()
            # days that a clock which was ahead has left; the same day comes twice when it is put back
            ahead = self.store.tensions(since=now.date() + timedelta(days=1))
            is_ahead = any(not t.is_exercise for t in ahead)
            if made or is_ahead or self.store.note(ADVANCED_NOTE) != today:
                outlooks = self._foresight.find(self.knowledge(), now=now)
                advance_warning(self.store, self.knowledge(), now=now, outlooks=outlooks)
                self.store.set_note(ADVANCED_NOTE, today)
            self.announce()

    def announce(self) -> tuple[Notice, ...]:
        """Put into the outbox what people must be told now; what was put there."""
        with self._writing:
            notices = self._announcer.announce(self.knowledge, now=self.clock.now())
        if notices:
            self.on_notices()
        return notices

    # --- the exercise
    def load_exercise(self, progress: Progress | None = None) -> Taken:
        """Take in the bundled crisis, marked EXERCISE; what is there already is not taken twice."""
        crisis = load_exercise()
        with self._writing:
            for outlet in crisis.outlets:
                self.store.save_outlet(outlet)
            self.store.set_note(EXERCISE_NOTE, "loading")
        taken = self._take(crisis.articles(self.clock.now()), progress)
        with self._writing:
            if self.store.note(EXERCISE_NOTE) == "loading":  # nobody has removed it meanwhile
                self.store.set_note(EXERCISE_NOTE, "loaded")
        return taken

    def remove_exercise(self) -> int:
        """Take the exercise out again, wholly; how many articles went."""
        with self._writing:
            self.store.set_note(EXERCISE_NOTE, "removed")
            return self.store.remove_exercise()

    @property
    def wants_exercise(self) -> bool:
        """Whether the desk is empty and nobody has taken the exercise away, or its loading was cut short."""
        counts, noted = self.store.counts(), self.store.note(EXERCISE_NOTE)
        return noted == "loading" or (counts.articles == 0 and counts.feeds == 0 and noted is None)


def _do_nothing() -> None:
    """What is called where nobody sends."""


def open_desk(settings: Settings | None = None, *, clock: Clock | None = None) -> Desk:
    """Open the desk whose files lie in the settings' `home`, making them at first use."""
    from tocsin.desk.opening import make_desk

    return make_desk(settings or load_settings(), clock=clock)
