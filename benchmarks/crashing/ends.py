"""The ends that a desk talks to, on this machine: a feed, a webhook's receiver and a mail server.

Each remembers what it was told and when, and can be told to misbehave. Whatever the desk was told "taken" for counts as
delivered; what it was cut off at counts as seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from xml.sax.saxutils import escape

Mode = Literal["well", "failing", "hanging", "gone"]
#: So long an answer takes, so that kills fall into the sending too.
ANSWER_SECONDS = 0.05
_ITEM = (
    "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
    "<content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded></item>"
)
_RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>{title}</title><link>{base}</link><description>EXERCISE</description>{items}</channel></rss>"
)


@dataclass(slots=True)
class Seen:
    """What came to one end: for each identifier when it came, when it was said to be taken, and the bodies' digests."""

    came: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    digests: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lock: threading.Lock = field(default_factory=threading.Lock)
    open: int = 0

    def begin(self, id_: str, body: bytes) -> None:
        """A notice has come."""
        with self.lock:
            self.open += 1
            self.came[id_].append(time.monotonic())
            self.digests[id_].add(hashlib.sha256(body).hexdigest())

    def end(self, id_: str, *, is_taken: bool) -> None:
        """It was answered, or its line broke."""
        with self.lock:
            self.open -= 1
            if is_taken:
                self.taken[id_].append(time.monotonic())

    def count_repeated(self) -> Counter[str]:
        """How often each identifier came more than once."""
        with self.lock:
            return Counter({id_: len(times) - 1 for id_, times in self.came.items() if len(times) > 1})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the feed."""

    serial: int
    title: str
    text: str
    published_at: datetime


class Ends:
    """All three; `mode` and `feed_mode` say how they behave."""

    def __init__(self) -> None:
        self.hook, self.mail = Seen(), Seen()
        self.mode: Mode = "well"
        self.feed_mode: Mode = "well"
        self.entries: list[Entry] = []
        self.fetches = 0
        self.hook_address = self.feed_base = ""
        self.mail_port = 0
        #: Set when whatever hangs is to end.
        self.released = threading.Event()

    @property
    def feed_address(self) -> str:
        """Where the feed is."""
        return f"{self.feed_base}/feed"

    def count_open(self) -> int:
        """Notices on their way now."""
        return self.hook.open + self.mail.open

    def write_feed(self) -> bytes:
        """The feed as it now is, newest first."""
        items = "".join(
            _ITEM.format(
                title=escape(e.title), link=f"{self.feed_base}/entry/{e.serial}", at=format_datetime(e.published_at),
                text=escape(escape(e.text)),
            )
            for e in reversed(self.entries)
        )  # fmt: skip
        return _RSS.format(title="Feed Wire", base=self.feed_base, items=items).encode()


@contextmanager
def serving_ends() -> Iterator[Ends]:
    """Feed, receiver and mail server for the block."""
    ends = Ends()
    with ExitStack() as stack:
        for kind in ("hook", "feed"):
            server = stack.enter_context(_serving_http(_make_handler(ends)))
            address = f"http://127.0.0.1:{server.server_port}"
            if kind == "hook":
                ends.hook_address = f"{address}/hook"
            else:
                ends.feed_base = address
        ends.mail_port = stack.enter_context(_serving_mail(ends))
        try:
            yield ends
        finally:
            ends.released.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        pass  # the desk was killed in the middle of it


@contextmanager
def _serving_http(handler: type[BaseHTTPRequestHandler]) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _make_handler(ends: Ends) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if ends.feed_mode != "well":
                self._misbehave(ends.feed_mode)
                return
            if self.path != "/feed":
                self.send_error(404)
                return
            ends.fetches += 1
            body = ends.write_feed()
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            if ends.mode == "gone":
                self.close_connection = True  # not a byte: as a machine that is not there
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            id_, is_taken = self.headers.get("webhook-id", ""), False
            ends.hook.begin(id_, body)
            try:
                if ends.mode != "well":
                    self._misbehave(ends.mode)
                    return
                time.sleep(ANSWER_SECONDS)
                self.send_response(204)
                self.end_headers()
                is_taken = True
            finally:
                ends.hook.end(id_, is_taken=is_taken)

        def _misbehave(self, mode: Mode) -> None:
            if mode == "failing":
                self.send_error(500)
            elif mode == "hanging":
                ends.released.wait(60)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def _serving_mail(ends: Ends) -> Iterator[int]:
    from aiosmtpd.controller import Controller

    class Box:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's
            if ends.mode == "gone":
                server.transport.abort()
                return "421 gone"
            id_ = str(message_from_bytes(envelope.content)["Message-ID"])
            ends.mail.begin(id_, envelope.content)
            is_taken = False
            try:
                if ends.mode == "failing":
                    return "451 try again later"
                while ends.mode == "hanging" and not ends.released.is_set():
                    await asyncio.sleep(0.05)
                    if server.transport is None or server.transport.is_closing():
                        return "421 gone"
                await asyncio.sleep(ANSWER_SECONDS)
                is_taken = True
                return "250 OK"
            finally:
                ends.mail.end(id_, is_taken=is_taken)

    class FreePortController(Controller):
        """aiosmtpd's, which asks the port it was given whether it answers: 0 stands for any free one."""

        def _trigger_server(self) -> None:
            assert self.server is not None
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = FreePortController(Box(), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
