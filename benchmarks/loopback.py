"""What the benchmarks of a running desk share: feeds on loopback, well and broken ones, and the size of a process."""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.notices import ACTS, TOWNS
from tocsin.desk import Desk
from tocsin.service.reading_apart import make_desk_reading_apart
from tocsin.settings import Settings

#: The ways in which a feed is broken, one after the other.
FAULTS = (
    "refused", "time-out", "slow drip", "500", "404", "301 loop", "huge", "not XML", "gzip bomb", "bad TLS",
)  # fmt: skip
_HUGE = 40_000_000
#: Where a process finds the clock of the one that started it.
_CLOCK = "TOCSIN_BENCHMARK_CLOCK"
_RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>{title}</title><link>{base}</link><description>EXERCISE</description>{entries}</channel></rss>"
)
_ENTRY = (
    "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
    "<content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded></item>"
)
#: Long enough to be taken for the whole article.
_PAD = "Officials gave no further details and said that they would speak to reporters later. " * 8


def write_report(number: int, at: datetime) -> str:
    """A short invented report; every one differs."""
    act = ACTS[number % len(ACTS)].format(town=TOWNS[number // len(ACTS) % len(TOWNS)], day=f"{at:%A}")
    return f"EXERCISE: {act} Report {number}."


def write_feed(number: int, base: str, entries: range, now: datetime) -> bytes:
    """A feed whose entries are numbered within it."""
    made = "".join(
        _ENTRY.format(
            title=f"EXERCISE: Outlet {number} report {n}", link=f"{base}/outlet-{number}/{n}",
            at=format_datetime(now), text=f"{write_report(number * 10_007 + n, now)} {_PAD}",
        )
        for n in entries
    )  # fmt: skip
    return _RSS.format(title=f"Outlet {number}", base=base, entries=made).encode()


@contextmanager
def serving_feeds(
    count_entries: Callable[[int], int], now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Iterator[tuple[str, str]]:
    """A server of feeds: its address over HTTP, and over TLS with a certificate that nobody believes.

    /good/N lists the newest entries of the `count_entries(N)` that outlet N has; /FAULT/N is broken as FAULTS say.
    """
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            kind, _, number = self.path.strip("/").partition("/")
            if kind == "good":
                last = count_entries(int(number))
                base = f"http://{self.headers['Host']}"
                self._answer(200, write_feed(int(number), base, range(max(0, last - 5), last), now()))
            elif kind == "robots.txt":
                self._answer(404, b"")
            else:
                self._fail(kind.replace("%20", " "))

        def _fail(self, kind: str) -> None:
            match kind:
                case "time-out":
                    stop.wait(120)
                case "slow drip":
                    self._begin(200, {"Content-Length": "100000"})
                    while not stop.wait(1.0):
                        self.wfile.write(b"<")
                case "500" | "404":
                    self._answer(int(kind), b"broken")
                case "301 loop":
                    self._begin(301, {"Location": self.path})
                case "huge":
                    self._begin(200, {"Content-Length": str(_HUGE)})
                    for _ in range(_HUGE // 1_000_000):
                        self.wfile.write(b" " * 1_000_000)
                case "gzip bomb":
                    self._answer(200, gzip.compress(b" " * _HUGE), {"Content-Encoding": "gzip"})
                case _:
                    self._answer(200, b"This is plain text, and no feed at all.")

        def _begin(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            kind = {"Content-Type": "application/rss+xml", "Content-Length": str(len(body))}
            self._begin(status, kind | (headers or {}))
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the desk hangs up on what is too large or too slow
                return

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: Any) -> None:
            pass

    plain, secret = Server(("127.0.0.1", 0), Handler), Server(("127.0.0.1", 0), Handler)
    secret.socket = _make_context().wrap_socket(secret.socket, server_side=True, do_handshake_on_connect=False)
    for server in (plain, secret):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{plain.server_port}", f"https://127.0.0.1:{secret.server_port}"
    finally:
        stop.set()
        for server in (plain, secret):
            server.shutdown()
            server.server_close()


def _make_context() -> ssl.SSLContext:
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def find_closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def list_family(pid: int) -> list[int]:
    """A process and all that it has started and that still run (Linux)."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    family, waiting = [], [pid]
    while waiting:
        family.append(waiting.pop())
        waiting += parents.get(family[-1], [])
    return family


def measure_memory(pid: int | str = "self") -> float:
    """Megabytes of memory that a process holds (Linux)."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def measure_work(pid: int | str = "self") -> float:
    """Seconds of a processor that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count_handles(pid: int | str = "self") -> int:
    """Files and sockets that a process has open (Linux)."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def find_slope(points: list[tuple[float, float]]) -> float:
    """Least squares: how much the second grows for one of the first."""
    n = len(points)
    if n < 2:
        return 0.0
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def find_share(values: list[float], share: float) -> float:
    """The value that so large a share of all do not exceed (0.95: p95)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class FastClock:
    """A clock that goes `speed` times as fast as ours, from a given moment on.

    start  when that moment was, on the machine's monotonic clock, which all its processes share; None: now
    """

    def __init__(self, begin: datetime, speed: float, start: float | None = None) -> None:
        self._begin, self._speed = begin, speed
        self._start = time.monotonic() if start is None else start

    def share(self) -> None:
        """Let the processes that are started from now on have the same clock, see `open_fast_desk`."""
        os.environ[_CLOCK] = f"{self._begin.isoformat()} {self._speed!r} {self._start!r}"

    def now(self) -> datetime:
        """The desk's time."""
        return self._begin + timedelta(seconds=(time.monotonic() - self._start) * self._speed)


def open_fast_desk(settings: Settings) -> Desk:
    """The desk of a worker, as `tocsin serve` opens it, by the clock that was shared."""
    begin, speed, start = os.environ[_CLOCK].split()
    return make_desk_reading_apart(settings, clock=FastClock(datetime.fromisoformat(begin), float(speed), float(start)))
