"""Two desks and one watcher on one database, as processes of their own; the watcher is killed and the next takes over.

What comes of it is what one desk that does the same alone, on SQLite, comes to.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import FixedClock, Places
from tests.crashing.test_crash import REPORT, read_content
from tocsin.desk import Desk
from tocsin.intake import GuardedFetcher
from tocsin.pipeline import Knowledge
from tocsin.service.watching import Watcher
from tocsin.settings import Settings
from tocsin.store import open_store

FILES, ENTRIES = 16, 4
Opens = Callable[[Path | str], Desk]


class Outlet(ThreadingHTTPServer):
    """A web server with one feed. It listens at once and answers only once it is let; its first feed never comes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.is_asked, self.may_answer, self.ends = threading.Event(), threading.Event(), threading.Event()


class Page(BaseHTTPRequestHandler):
    server: Outlet

    def do_GET(self) -> None:
        if self.path == "/feed":
            is_first = not self.server.is_asked.is_set()
            self.server.is_asked.set()
            if is_first and not self.server.may_answer.is_set():
                self.server.ends.wait(60)
                return
        body = self._find_body().encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed" else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _find_body(self) -> str:
        if self.path == "/feed":
            items = "".join(
                f"<item><title>Story {n}</title><link>{self.server.address}/story{n}</link>"
                f"<pubDate>Tue, {10 + n} Mar 2026 09:00:00 GMT</pubDate></item>"
                for n in range(ENTRIES)
            )
            return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Hill Wire</title>{items}</channel></rss>'
        if not self.path.startswith("/story"):
            return ""
        number = int(self.path.removeprefix("/story"))
        told = "".join(f"<p>{part}</p>" for part in REPORT.format(n=number + 40, m=number + 50).split("\n\n"))
        told += f"<p>{'The road stayed closed for hours. ' * 12}</p>"
        return f"<html><head><title>Story {number}</title></head><body><article>{told}</article></body></html>"

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    served = Outlet()
    yield served
    served.ends.set()
    served.shutdown()
    served.server_close()


@pytest.fixture
def reports(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "reports" / f"{n:02d}.md" for n in range(FILES)]
    paths[0].parent.mkdir()
    for n, path in enumerate(paths):
        head = f"---\ntitle: Report {n}\noutlet: Wire {n % 4}\npublished: 2026-03-{1 + n:02d}T10:00:00Z\n---\n\n"
        path.write_text(head + REPORT.format(n=n + 2, m=n + 3), "utf-8")
    return paths


@pytest.fixture
def open_at(tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Opens:
    get_knowledge(False)  # loaded before any process parts from this one

    def open_one(database: Path | str) -> Desk:
        settings = Settings(home=tmp_path, fetch_private=True, fetch_timeout_seconds=30)
        fetcher = GuardedFetcher(settings)
        return Desk(open_store(database), get_knowledge, lambda: fetcher, settings=settings, clock=FixedClock())

    return open_one


def part(job: Callable[[], None]) -> int:
    """Do something in a process of its own, which shares what is loaded; its number."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            job()
            status = 0
        finally:
            os._exit(status)
    return child


@contextmanager
def watching(open_at: Opens, database: Path | str) -> Iterator[tuple[int, int]]:
    """A process that watches or stands by: its number, and a pipe on which it says which ("s" or "w")."""
    said, says = os.pipe()

    def watch() -> None:
        with open_at(database) as desk:
            Watcher(
                desk, on_change=lambda stands: os.write(says, b"s" if stands else b"w") and None, tick_seconds=0.05
            ).run_until_interrupted()

    child = part(watch)
    os.close(says)
    try:
        yield child, said
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(said)


@pytest.mark.timeout(300)
def test_two_desks_and_a_watcher_that_dies_come_to_what_one_desk_comes_to(
    place: Places, tmp_path: Path, open_at: Opens, outlet: Outlet, reports: list[Path]
) -> None:
    database = place(tmp_path / "team.sqlite")
    with open_at(database) as desk:
        desk.add_feed(f"{outlet.address}/feed", outlet="Hill Wire", is_confirmed=True)

    def take(paths: list[Path]) -> Callable[[], None]:
        def work() -> None:
            with open_at(database) as desk:
                desk.take_paths(paths)

        return work

    with watching(open_at, database) as one, watching(open_at, database) as two:
        desks = [part(take(reports)), part(take(reports[::-1]))]  # each report is handed in at both
        threading.Thread(target=outlet.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        states = {child: os.read(said, 1) for child, said in (one, two)}
        assert sorted(states.values()) == [b"s", b"w"], "one works"
        (watcher,) = (child for child, state in states.items() if state == b"w")
        (standby,) = (said for child, said in (one, two) if child != watcher)
        assert outlet.is_asked.wait(60), "the watcher is in the middle of its feed"
        assert select.select([standby], [], [], 0.3)[0] == [], "the other still stands by"
        outlet.may_answer.set()
        os.kill(watcher, signal.SIGKILL)
        assert select.select([standby], [], [], 60)[0] == [standby]
        assert os.read(standby, 1) == b"w", "it takes over"
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in desks] == [0, 0]
        with open_at(database) as desk:
            until = time.monotonic() + 120
            while desk.store.counts().articles < FILES + ENTRIES or desk.store.underived_article_ids():
                assert time.monotonic() < until, desk.store.counts()
                time.sleep(0.1)

    with open_at(database) as team, open_at(tmp_path / "alone.sqlite") as alone:
        alone.add_feed(f"{outlet.address}/feed", outlet="Hill Wire", is_confirmed=True)
        alone.take_paths(reports)
        assert alone.poll_feeds().new == ENTRIES
        alone.advance()
        team.advance()
        assert team.store.check() == []
        assert read_content(team) == read_content(alone)
        assert {(n.cause, n.group) for n in team.store.notices(99)} == {
            (n.cause, n.group) for n in alone.store.notices(99)
        }
        team.derive()
        assert read_content(team) == read_content(alone), "nothing was left over"
