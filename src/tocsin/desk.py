"""The desk: pipeline, ports and clock put together. It sequences and decides nothing.

>>> from tocsin import open_desk
>>> with open_desk() as desk:                                  # doctest: +SKIP
...     taken = desk.take_text("Villagers blocked the bridge at Orle on Monday, police said.")
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from tocsin.derivation import advance_warning, derive_pending
from tocsin.errors import ReaderUnavailableError, ReadingError, RecordError, UnknownIdError
from tocsin.exercise import load_exercise
from tocsin.incidents import PERSON, merge_incidents, release_claims, split_incident
from tocsin.intake import Options, check_address, due_feeds, poll_feed, read_document, read_path
from tocsin.pipeline import Knowledge, read_claims
from tocsin.ports import Clock, Fetcher, Reading, Store, SystemClock
from tocsin.records import (
    Alert,
    AlertState,
    Article,
    Claim,
    Fault,
    Feed,
    Incident,
    Link,
    Outlet,
    Reliability,
    Sighting,
    Withdrawal,
    WithdrawalKind,
    feed_id,
    make_id,
    outlet_id,
)
from tocsin.remembering import IncidentMemory
from tocsin.revising import withdraw_earlier
from tocsin.settings import Settings, load_settings
from tocsin.taken import Taken, describe_taken

#: The store's note of whether the exercise was loaded or removed.
EXERCISE_NOTE = "exercise"
#: The store's note of the day up to which tension was last brought.
ADVANCED_NOTE = "advanced"
#: Who decides at a desk without accounts.
NOBODY = "desk"
#: Called after each thing handed in, with its name and what became of it.
Progress = Callable[[str], None]


class Desk:
    """One desk: one store, one body of knowledge, one way to the network. Safe to call from several threads."""

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
        self._writing = threading.RLock()
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
    def fetcher(self) -> Fetcher:
        """The guarded way to the network: opened at first use."""
        with self._loading:
            if self._fetcher is None:
                self._fetcher = self._make_fetcher()
            return self._fetcher

    # --- taking in
    def take_text(self, text: str, options: Options | None = None, *, is_exercise: bool = False) -> Taken:
        """A pasted report; `is_exercise` reads and keeps it as part of the exercise."""
        body = text.encode("utf-8", "replace")
        return self.take_file("pasted text", body, "text/plain; charset=utf-8", options, is_exercise=is_exercise)

    def take_file(
        self,
        name: str,
        body: bytes,
        content_type: str | None = None,
        options: Options | None = None,
        *,
        is_exercise: bool = False,
    ) -> Taken:
        """One file's content: an article, or a list of articles or feeds. What is bad in it becomes a fault."""
        found = read_document(
            body,
            name=name,
            content_type=content_type,
            options=options or Options(),
            taken_at=self.clock.now(),
            settings=self.settings,
        )
        marked = (replace(f, is_exercise=True) if is_exercise and isinstance(f, Article) else f for f in found)
        return self._take(marked)

    def take_address(self, address: str, options: Options | None = None, *, is_exercise: bool = False) -> Taken:
        """Fetch one page and take its article; raises FetchError where it cannot be fetched."""
        page = self.fetcher.fetch(address)
        given = options or Options()
        given = replace(given, url=given.url or page.final_address)
        return self.take_file(page.final_address, page.body, page.content_type, given, is_exercise=is_exercise)

    def take_paths(
        self, paths: Iterable[Path], options: Options | None = None, progress: Progress | None = None
    ) -> Taken:
        """Files, folders, JSON Lines and feed lists; what is bad in them becomes a fault and the rest goes on."""
        found = (
            thing
            for path in paths
            for thing in read_path(
                path, options=options or Options(), taken_at=self.clock.now(), settings=self.settings
            )
        )
        return self._take(found, progress)

    def poll_feeds(self, progress: Progress | None = None) -> Taken:
        """Fetch every confirmed feed that is due, take what is new, and keep each feed's health."""
        taken = Taken()
        for feed in due_feeds(self.store.feeds(), self.clock.now()):
            outlet = self._outlet_of(feed)
            round_ = poll_feed(
                feed,
                self.fetcher,
                now=self.clock.now(),
                settings=self.settings,
                known=self.store.known_addresses,
                outlet_name=outlet.name if outlet else None,
            )
            part = self._take([*round_.articles, *round_.faults], progress)
            polled = replace(round_.feed, articles=round_.feed.articles + part.new)
            if part.new + part.known < len(round_.articles):
                # some could not be read now: the feed must not answer "not changed" the next time
                polled = replace(polled, etag=None, last_modified=None)
            with self._writing:
                self.store.save_feed(polled)
            taken += part
            if problem := round_.feed.problem:
                # Its health keeps the problem; whoever watches is told as well.
                fault = Fault(make_id("flt", feed.id, problem), feed.address, problem, self.clock.now())
                taken += Taken(faults=(fault,))
        return taken

    def _take(self, found: Iterable[Article | Feed | Fault], progress: Progress | None = None) -> Taken:
        """Keep all that was found, each article with its claims in one transaction, then derive once."""
        taken = Taken()
        for thing in found:
            with self._writing:
                part = self._take_one(thing)
            taken += part
            if progress:
                progress(describe_taken(thing, part))
        self.derive()
        return taken

    def _take_one(self, thing: Article | Feed | Fault) -> Taken:
        if isinstance(thing, Fault):
            self.store.add_faults([thing])
            return Taken(faults=(thing,))
        if isinstance(thing, Feed):
            new = self.store.add_feeds([thing])
            return Taken(feeds=new, known=1 - new)
        sightings = (Sighting(thing.id, thing.url, thing.taken_at),) if thing.url else ()
        if self.store.has_article(thing.id):
            self.store.add_reading(Reading(thing, sightings=sightings))
            return Taken((self.store.article(thing.id),), known=1)
        outlet = self._outlet_for(thing)
        try:
            article, claims, faults = self.read_article(thing, outlet)
        except ReaderUnavailableError as why:
            # not kept, so that it is read when it is handed in, or fetched, again
            fault = self._make_fault(thing, f"not read: {why}")
            self.store.add_faults([fault])
            return Taken(faults=(fault,))
        self.store.add_reading(Reading(article, claims, sightings, outlet))
        withdraw_earlier(self.store, article, self.clock)
        self.store.add_faults(faults)
        return Taken((article,), new=1, claims=len(claims), faults=faults)

    def read_article(
        self, article: Article, outlet: Outlet | None = None
    ) -> tuple[Article, tuple[Claim, ...], tuple[Fault, ...]]:
        """Read an article without keeping it; one that cannot be read comes back with its fault and no claims.

        Raises ReaderUnavailableError where the reader cannot be asked now.
        """
        try:
            return article, read_claims(article, self.knowledge(article.is_exercise), outlet=outlet), ()
        except ReadingError as why:
            return replace(article, fault=str(why)), (), (self._make_fault(article, why.why),)

    def _make_fault(self, article: Article, why: str) -> Fault:
        which = article.url or article.title or article.id
        return Fault(make_id("flt", article.id, why), which, why, self.clock.now())

    def _outlet_for(self, article: Article) -> Outlet | None:
        if article.outlet_id is None or article.outlet_name is None:
            return None
        try:
            return self.store.outlet(article.outlet_id)
        except UnknownIdError:
            return Outlet(
                article.outlet_id, article.outlet_name, language=article.language, is_exercise=article.is_exercise
            )

    def _outlet_of(self, feed: Feed) -> Outlet | None:
        return self.store.outlet(feed.outlet_id) if feed.outlet_id else None

    # --- deriving
    def derive(self) -> None:
        """Group, score and warn over whatever has been read and not yet been accounted for, also before a crash."""
        with self._writing:
            if not self.store.underived_article_ids():
                return
            derive_pending(self.store, self.knowledge, self._memory, now=self.clock.now())

    def advance(self) -> None:
        """Bring tension and alerts up to today, once a day: a quiet day is a fact too."""
        today = self.clock.now().date().isoformat()
        with self._writing:
            if self.store.note(ADVANCED_NOTE) != today:
                advance_warning(self.store, self.knowledge(), now=self.clock.now())
                self.store.set_note(ADVANCED_NOTE, today)

    # --- people's decisions
    def add_feed(self, address: str, *, outlet: str | None = None, is_confirmed: bool = False) -> Feed:
        """Keep a feed's address; it is fetched only once a person has confirmed it."""
        feed = Feed(feed_id(address), check_address(address), outlet_id(outlet) if outlet else None)
        with self._writing:
            if outlet and feed.outlet_id not in {o.id for o in self.store.outlets()}:
                self.store.save_outlet(Outlet(outlet_id(outlet), outlet))
            self.store.add_feeds([replace(feed, interval_minutes=self.settings.poll_minutes)])
        return self.confirm_feed(feed.id) if is_confirmed else self.store.feed(feed.id)

    def confirm_feed(self, feed_id_: str) -> Feed:
        """Allow a feed to be fetched from now on."""
        now = self.clock.now()
        return self._change_feed(feed_id_, lambda f: replace(f, confirmed_at=now, is_off=False, next_due_at=now))

    def turn_off_feed(self, feed_id_: str) -> Feed:
        """Stop fetching a feed; its articles stay."""
        return self._change_feed(feed_id_, lambda f: replace(f, is_off=True))

    def _change_feed(self, feed_id_: str, change: Callable[[Feed], Feed]) -> Feed:
        with self._writing:
            self.store.save_feed(change(self.store.feed(feed_id_)))
            return self.store.feed(feed_id_)

    def remove_feed(self, feed_id_: str) -> None:
        """Forget a feed; its articles stay."""
        with self._writing:
            self.store.remove_feed(feed_id_)

    def grade_outlet(self, outlet_id_: str, reliability: Reliability, reason: str) -> Outlet:
        """Set an outlet's reliability, with the reason; an empty reason is refused."""
        if not reason.strip():
            raise RecordError("reliability", reliability, "needs a reason: say in a line why")
        with self._writing:
            return self.store.grade_outlet(outlet_id_, reliability, reason.strip())

    def merge_incidents(self, incident_id: str, other_ids: Sequence[str], *, why: str, who: str = NOBODY) -> Incident:
        """Make several incidents one, for good; `why` may not be empty. The others' identifiers lead to it."""
        with self._writing:
            kept = self.store.incident(incident_id)
            others = [self.store.incident(id_) for id_ in dict.fromkeys(other_ids)]
            told = _check_why(why)
            self._decide(merge_incidents(kept, others, who=who, why=told, now=self.clock.now()))
            return self.store.incident(kept.id)

    def split_incident(
        self, incident_id: str, claim_ids: Sequence[str], *, why: str, who: str = NOBODY
    ) -> tuple[Incident, Incident]:
        """Take claims out into an incident of their own, for good: the old one and the new one."""
        with self._writing:
            old = self.store.incident(incident_id)
            told = _check_why(why)
            new, links = split_incident(old, claim_ids, who=who, why=told, now=self.clock.now())
            self._decide(links)
            return self.store.incident(old.id), self.store.incident(new)

    def release_incident(self, incident_id: str, *, why: str, who: str = NOBODY) -> int:
        """Give the claims of an incident that people have placed back to the rules; how many there were."""
        with self._writing:
            incident = self.store.incident(incident_id)
            held = self.store.newest_links(incident.claim_ids)
            told = _check_why(why)
            links = release_claims(incident.claim_ids, held, who=who, why=told, now=self.clock.now())
            self._decide(links)
            return len(links)

    def retract_article(self, article_id: str, *, why: str, who: str = NOBODY) -> Withdrawal:
        """Let an article speak for no incident any more; it stays, marked, and can be reinstated."""
        return self._withdraw(article_id, "retracted", why, who)

    def reinstate_article(self, article_id: str, *, why: str, who: str = NOBODY) -> Withdrawal:
        """Let an article that was retracted or superseded speak again."""
        return self._withdraw(article_id, "reinstated", why, who)

    def _withdraw(self, article_id: str, kind: WithdrawalKind, why: str, who: str) -> Withdrawal:
        with self._writing:
            self.derive()
            made = Withdrawal(
                self.store.article(article_id).id, kind, f"{PERSON}{who}", self.clock.now(), _check_why(why)
            )
            self.store.add_withdrawal(made)
            self.derive()
            return made

    def _decide(self, links: Sequence[Link]) -> None:
        self.derive()  # what still waits is grouped first, so that nothing is decided on an old picture
        self.store.add_decision(links)
        self.derive()

    def mark_alert(self, alert_id: str, state: AlertState, note: str | None = None) -> Alert:
        """Acknowledge an alert, or take that back."""
        with self._writing:
            return self.store.set_alert_state(alert_id, state, note, self.clock.now())

    # --- the exercise
    def load_exercise(self, progress: Progress | None = None) -> Taken:
        """Take in the bundled crisis, marked EXERCISE; what is there already is not taken twice."""
        crisis = load_exercise()
        with self._writing:
            for outlet in crisis.outlets:
                self.store.save_outlet(outlet)
            self.store.set_note(EXERCISE_NOTE, "loaded")
        return self._take(crisis.articles(self.clock.now()), progress)

    def remove_exercise(self) -> int:
        """Take the exercise out again, wholly; how many articles went."""
        with self._writing:
            self.store.set_note(EXERCISE_NOTE, "removed")
            return self.store.remove_exercise()

    @property
    def wants_exercise(self) -> bool:
        """Whether the desk is empty and nobody has taken the exercise away."""
        counts = self.store.counts()
        return counts.articles == 0 and counts.feeds == 0 and self.store.note(EXERCISE_NOTE) is None


def _check_why(why: str) -> str:
    if not why.strip():
        raise RecordError("reason", why, "must say in a line why: others will read it")
    return why.strip()


def open_desk(settings: Settings | None = None, *, clock: Clock | None = None) -> Desk:
    """Open the desk whose files lie in the settings' `home`, making them at first use."""
    from tocsin.opening import make_desk

    return make_desk(settings or load_settings(), clock=clock)
