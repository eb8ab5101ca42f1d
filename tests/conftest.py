"""What several rooms' tests share: one loaded body of knowledge, desks in folders of their own, a local web server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tocsin.desk import Desk
from tocsin.opening import load_knowledge
from tocsin.pipeline import Knowledge
from tocsin.settings import Settings

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


class FixedClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@pytest.fixture(scope="session")
def knowledge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the gazetteer built once for all tests."""
    return tmp_path_factory.mktemp("knowledge")


@pytest.fixture(scope="session")
def get_knowledge(knowledge_home: Path) -> Callable[[bool], Knowledge]:
    """Real knowledge, loaded once per process."""
    held: dict[bool, Knowledge] = {}

    def get(is_exercise: bool = False) -> Knowledge:
        if is_exercise not in held:
            held[is_exercise] = load_knowledge(Settings(), knowledge_home, is_exercise=is_exercise)
        return held[is_exercise]

    return get


@pytest.fixture
def make_desk(tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Callable[..., Desk]]:
    """Open a desk on a real SQLite file in the test's folder; closed at the end."""
    from tocsin.intake import GuardedFetcher
    from tocsin.store import open_store

    desks: list[Desk] = []

    def make(clock: FixedClock | None = None, name: str = "desk.sqlite", **given: object) -> Desk:
        settings = Settings(home=tmp_path, **given)  # type: ignore[arg-type]
        store = open_store(tmp_path / name)
        desk = Desk(
            store, get_knowledge, lambda: GuardedFetcher(settings), settings=settings, clock=clock or FixedClock()
        )
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def web_server() -> Iterator[tuple[str, dict[str, tuple[str, bytes]], list[str]]]:
    """A local web server: its address, the pages to serve (path to type and body) and the paths asked for."""
    pages: dict[str, tuple[str, bytes]] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages, asked
    server.shutdown()
    thread.join()
    server.server_close()
