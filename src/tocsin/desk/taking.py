"""Taking in: what people hand to the desk is read and kept, each article with its claims, and then derived once."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tocsin.desk.deciding import Deciding
from tocsin.desk.gathering import Gathering
from tocsin.desk.taken import Taken, describe_taken
from tocsin.errors import ReaderUnavailableError, ReadingError, UnknownIdError
from tocsin.intake import Options, read_document, read_path
from tocsin.pipeline import read_claims
from tocsin.ports import Fetcher, Reading
from tocsin.records import Article, Claim, Fault, Feed, Outlet, Sighting, make_id
from tocsin.records.marking import AskedMark
from tocsin.service.observing import Observer

#: Called after each thing handed in, with its name and what became of it.
Progress = Callable[[str], None]


class Taking(Deciding):
    """The part of the desk that takes in; what cannot be read is kept with its fault, and the rest goes on."""

    give_way: Callable[[], None]
    observer: Observer
    _reading: threading.BoundedSemaphore
    _gathering: Gathering

    @property
    @abstractmethod
    def fetcher(self) -> Fetcher:
        """See `Desk.fetcher`."""

    @abstractmethod
    def _derive_together(self) -> None:
        """See `Desk._derive_together`."""

    def take_text(
        self, text: str, options: Options | None = None, *, is_exercise: bool = False, mark: AskedMark | None = None
    ) -> Taken:
        """A pasted report; `is_exercise` reads and keeps it as part of the exercise, `mark` says who may read it."""
        body = text.encode("utf-8", "replace")
        kind = "text/plain; charset=utf-8"
        return self.take_file("pasted text", body, kind, options, is_exercise=is_exercise, mark=mark)

    def take_file(
        self,
        name: str,
        body: bytes,
        content_type: str | None = None,
        options: Options | None = None,
        *,
        is_exercise: bool = False,
        mark: AskedMark | None = None,
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
        return self._take(marked, mark=mark)

    def take_address(
        self, address: str, options: Options | None = None, *, is_exercise: bool = False, mark: AskedMark | None = None
    ) -> Taken:
        """Fetch one page and take its article; raises FetchError where it cannot be fetched."""
        page = self.fetcher.fetch(address)
        given = options or Options()
        given = replace(given, url=given.url or page.final_address)
        return self.take_file(
            page.final_address, page.body, page.content_type, given, is_exercise=is_exercise, mark=mark
        )

    def take_paths(
        self,
        paths: Iterable[Path],
        options: Options | None = None,
        progress: Progress | None = None,
        *,
        mark: AskedMark | None = None,
    ) -> Taken:
        """Files, folders, JSON Lines and feed lists; what is bad in them becomes a fault and the rest goes on."""
        found = (
            thing
            for path in paths
            for thing in read_path(
                path, options=options or Options(), taken_at=self.clock.now(), settings=self.settings
            )
        )
        return self._take(found, progress, mark=mark)

    def _take(
        self,
        found: Iterable[Article | Feed | Fault],
        progress: Progress | None = None,
        *,
        is_derived: bool = True,
        mark: AskedMark | None = None,
    ) -> Taken:
        """Keep all that was found, each article with its claims in one transaction, then derive once."""
        taken = Taken()
        with self._gathering.reading():
            for thing in found:
                part = self._take_one(thing, mark)
                taken += part
                self.observer.count_taken(part.new, part.known, len(part.faults))
                if progress:
                    progress(describe_taken(thing, part))
        if is_derived:
            self._derive_together()
        return taken

    def _take_one(self, thing: Article | Feed | Fault, mark: AskedMark | None = None) -> Taken:
        if isinstance(thing, Fault):
            self.store.add_faults([thing])
            return Taken(faults=(thing,))
        if isinstance(thing, Feed):
            new = self.keep_feed(thing)
            return Taken(feeds=new, known=1 - new)
        sightings = (Sighting(thing.id, thing.url, thing.taken_at),) if thing.url else ()
        marking = mark.put_on(thing.id, self.clock.now(), is_exercise=thing.is_exercise) if mark else None
        outlet = self._outlet_for(thing)
        try:
            with self._reading:
                self.give_way()
                read = None if self.store.has_article(thing.id) else self.read_article(thing, outlet)
        except ReaderUnavailableError as why:
            # not kept, so that it is read when it is handed in, or fetched, again
            fault = self._make_fault(thing, f"not read: {why}")
            self.store.add_faults([fault])
            return Taken(faults=(fault,))
        if read is None:
            self.store.add_reading(Reading(thing, sightings=sightings, marking=marking))
            return Taken((self.store.article(thing.id),), known=1)
        article, claims, faults = read
        self.store.add_faults(faults)  # first: an article that is known is not read again
        if not self.store.add_reading(Reading(article, claims, sightings, outlet, marking)):
            return Taken((self.store.article(article.id),), known=1)  # another desk has kept it meanwhile
        return Taken((article,), new=1, claims=len(claims), faults=faults)

    def read_article(
        self, article: Article, outlet: Outlet | None = None
    ) -> tuple[Article, tuple[Claim, ...], tuple[Fault, ...]]:
        """Read an article without keeping it; one that cannot be read comes back with its fault and no claims.

        Raises ReaderUnavailableError where the reader cannot be asked now.
        """
        try:
            with self.observer.timing("reading"):
                return article, self._read_claims(article, outlet), ()
        except ReadingError as why:
            return replace(article, fault=str(why)), (), (self._make_fault(article, why.why),)

    def _read_claims(self, article: Article, outlet: Outlet | None) -> tuple[Claim, ...]:
        return read_claims(article, self.knowledge(article.is_exercise), outlet=outlet)

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
