"""A local web server that can be told to misbehave, and the settings to reach it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings

from tocsin.intake import GuardedFetcher
from tocsin.settings import Settings

NOW = datetime(2031, 5, 14, 12, tzinfo=UTC)
#: Small limits and short waits: the tests are about what happens at the limits.
SETTINGS = Settings(fetch_private=True, fetch_timeout_seconds=5.0, fetch_max_bytes=300_000, max_text_chars=50_000)

#: The first call of many functions here loads a library, and the machine may be busy.
UNHURRIED = settings(deadline=None, max_examples=60)

PARAGRAPHS = (
    "Dockers in Port Vell put down their tools on Tuesday after talks over night shifts broke down, the union said.",
    "About forty men stood at the north gate until noon. Police watched from the road and did not step in.",
    "The harbour office said that two ships had been sent on to Sarn and that nobody was hurt.",
)
STORY = "\n\n".join(PARAGRAPHS)


def make_page(body: str = "", head: str = "", title: str = "Dockers walk out in Port Vell") -> str:
    """A page of an invented newspaper."""
    inner = body or "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a> <a href='/weather'>Weather</a></nav>"
        f"<article><h1>{title}</h1>{inner}</article>"
        "<footer>Copyright 2019 Vell Courier. All rights reserved.</footer></body></html>"
    )


@dataclass
class Reply:
    """What the server answers; `drip` seconds lie between two bytes."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0


Asked = tuple[str, dict[str, str]]


@dataclass
class Server:
    """Its address, what it answers by path (a reply, or a function of the request's headers), and what was asked."""

    address: str
    port: int
    replies: dict[str, Reply | Callable[[dict[str, str]], Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        """The paths asked for but robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.asked.append((self.path, headers))
            found = known.replies.get(self.path, Reply(b"not here", status=404))
            reply = found(headers) if callable(found) else found
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            try:
                if not reply.drip:
                    self.wfile.write(reply.body)
                    return
                for byte in reply.body:
                    if stopping.wait(reply.drip):
                        return
                    self.wfile.write(bytes([byte]))
            except OSError:
                pass  # the desk hung up, as it should

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    running = Quiet(("127.0.0.1", 0), Handler)
    known = Server(f"http://127.0.0.1:{running.server_port}", running.server_port)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield known
    stopping.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def fetcher() -> GuardedFetcher:
    """A fetcher that may reach this machine."""
    return GuardedFetcher(SETTINGS)
