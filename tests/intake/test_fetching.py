"""The guarded way to the network, against a real server on this machine."""

from __future__ import annotations

import gzip
import socket
import ssl
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import SETTINGS, UNHURRIED, Reply, Server
from tocsin.errors import FetchError
from tocsin.intake import AnswerError, GuardedFetcher
from tocsin.intake.robots import MAX_KEPT_BYTES, MAX_SITES, Robots, RobotsAnswer
from tocsin.intake.unpacking import Unpacker
from tocsin.settings import Settings

PUBLIC_ONLY = replace(SETTINGS, fetch_private=False)


def find_local(host: str, port: int) -> Sequence[str]:
    """A resolver that knows this machine and nothing else."""
    if host != "127.0.0.1":
        raise OSError(f"{host}:{port} is not looked up")
    return [host]


def refuse(fetcher: GuardedFetcher, address: str, reason: str) -> FetchError:
    with pytest.raises(FetchError, match=reason) as caught:
        fetcher.fetch(address)
    return caught.value


# --- answers


def test_a_page_comes_back_with_what_it_needs_next_time(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies["/a"] = Reply(b"words", "text/plain", headers={"ETag": '"v1"', "Last-Modified": "Tue, 13 May 2031"})
    page = fetcher.fetch(f"{server.address}/a")
    assert (page.status, page.body, page.content_type) == (200, b"words", "text/plain")
    assert (page.etag, page.last_modified) == ('"v1"', "Tue, 13 May 2031")
    assert page.address == page.final_address == f"{server.address}/a"


def test_an_unchanged_page_is_a_304(server: Server, fetcher: GuardedFetcher) -> None:
    def answer(headers: dict[str, str]) -> Reply:
        unchanged = headers.get("if-none-match") == '"v1"' and headers.get("if-modified-since") == "then"
        return Reply(status=304) if unchanged else Reply(b"words")

    server.replies["/a"] = answer
    assert fetcher.fetch(f"{server.address}/a", etag='"v1"', last_modified="then").status == 304
    assert fetcher.fetch(f"{server.address}/a", etag='"v0"').status == 200


@pytest.mark.parametrize("status", [204, 304, 400, 403, 404, 410, 429, 500, 503])
def test_other_statuses_are_errors_that_carry_them(server: Server, fetcher: GuardedFetcher, status: int) -> None:
    server.replies["/a"] = Reply(status=status, headers={"Retry-After": "120"})
    if status == 204:
        assert fetcher.fetch(f"{server.address}/a").body == b""
        return
    with pytest.raises(AnswerError, match=f"{server.address}/a.*answers with status {status}") as caught:
        fetcher.fetch(f"{server.address}/a")
    assert (caught.value.status, caught.value.retry_after_seconds) == (status, 120)


def test_who_we_are_is_said_and_no_cookies_are_kept(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies["/a"] = Reply(b"words", headers={"Set-Cookie": "who=you"})
    fetcher.fetch(f"{server.address}/a")
    fetcher.fetch(f"{server.address}/a")
    agents = {headers["user-agent"] for _, headers in server.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("Tocsin/")
    assert all("cookie" not in headers for _, headers in server.asked)


def test_proxies_of_the_environment_are_not_used(
    server: Server, fetcher: GuardedFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.replies["/a"] = Reply(b"words")
    assert fetcher.fetch(f"{server.address}/a").body == b"words"


def test_a_login_goes_to_its_machine_only_and_into_no_message(server: Server, fetcher: GuardedFetcher) -> None:
    elsewhere = f"http://localhost:{server.port}/b"
    server.replies["/a"] = Reply(status=302, headers={"Location": elsewhere})
    server.replies["/b"] = Reply(status=500)
    error = refuse(fetcher, f"http://user:secret@127.0.0.1:{server.port}/a", "status 500")
    assert "secret" not in str(error)
    sent = {path: headers.get("authorization") for path, headers in server.asked}
    assert sent == {"/robots.txt": None, "/a": "Basic dXNlcjpzZWNyZXQ=", "/b": None}


# --- redirects


def test_redirects_are_followed_so_far(server: Server, fetcher: GuardedFetcher) -> None:
    for step in range(7):
        server.replies[f"/{step}"] = Reply(status=301 + step % 2, headers={"Location": f"/{step + 1}"})
    server.replies["/7"] = Reply(b"there")
    page = fetcher.fetch(f"{server.address}/2")
    assert (page.body, page.address, page.final_address) == (b"there", f"{server.address}/2", f"{server.address}/7")
    refuse(fetcher, f"{server.address}/1", "/1'?: redirects more than 5 times|redirects more than 5 times")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("ftp://sarn.example/", "is no http or https address"),
        ("file:///etc/passwd", "is no http or https address"),
        ("http://[bad", "redirects to something that is no address|cannot be resolved"),
        ("http://169.254.169.254/latest/meta-data/", "is a link-local address"),
    ],
)
def test_redirects_lead_to_no_forbidden_place(
    server: Server, fetcher: GuardedFetcher, location: str, reason: str
) -> None:
    server.replies["/a"] = Reply(status=302, headers={"Location": location})
    refuse(fetcher, f"{server.address}/a", reason)


# --- private networks


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_this_machine_is_not_reached_by_any_of_its_names(server: Server, host: str) -> None:
    server.replies["/a"] = Reply(b"inside")
    refuse(GuardedFetcher(PUBLIC_ONLY), f"http://{host}:{server.port}/a", "only public addresses|cannot be reached")
    assert server.asked == []


@pytest.mark.parametrize("numbers", [["127.0.0.1"], ["10.0.0.7"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_resolves_to_a_private_network_is_refused(server: Server, numbers: list[str]) -> None:
    fetcher = GuardedFetcher(PUBLIC_ONLY, resolver=lambda *_: numbers)
    address = f"http://news.example:{server.port}/a"
    error = refuse(fetcher, address, "leads to news.example .*only public addresses are fetched")
    assert error.which == address
    assert server.asked == []


def test_a_redirect_to_a_name_that_resolves_to_a_forbidden_network_is_refused(server: Server) -> None:
    numbers = {"news.example": ["127.0.0.1"], "intranet.example": ["169.254.1.1"]}
    server.replies["/a"] = Reply(status=302, headers={"Location": f"http://intranet.example:{server.port}/secret"})
    fetcher = GuardedFetcher(SETTINGS, resolver=lambda host, _: numbers[host])
    address = f"http://news.example:{server.port}/a"
    error = refuse(fetcher, address, "leads to intranet.example .169.254.1.1., which is a link-local address")
    assert error.which == address
    assert server.paths() == ["/a"]


def test_a_name_is_resolved_once_and_that_very_number_is_used(server: Server) -> None:
    """DNS rebinding: public when checked, private when connected to."""
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]])
    server.replies["/a"] = Reply(b"words")
    fetcher = GuardedFetcher(SETTINGS, resolver=lambda *_: next(answers))
    address = f"http://news.example:{server.port}/a"
    assert fetcher.fetch(address).body == b"words"  # one answer for robots.txt, one for the page, none between
    assert {headers["host"] for _, headers in server.asked} == {f"news.example:{server.port}"}
    refuse(fetcher, address, "is a link-local address")
    assert len(server.asked) == 2


def test_a_name_that_cannot_be_resolved(fetcher: GuardedFetcher) -> None:
    def fail(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    refuse(GuardedFetcher(SETTINGS, resolver=fail), "http://nowhere.example/a", "name cannot be resolved")
    refuse(GuardedFetcher(SETTINGS, resolver=lambda *_: []), "http://nowhere.example/a", "name cannot be resolved")


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    is_through, may_end = threading.Event(), threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        may_end.wait(60)
        is_through.set()
        return []

    fetcher = GuardedFetcher(replace(SETTINGS, fetch_timeout_seconds=0.2), resolver=hang)
    refuse(fetcher, "http://slow.example/a", "took longer than 0.2 s")
    assert not is_through.is_set()
    may_end.set()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://courier.example/a", "is no http or https address"),
        ("file:///etc/passwd", "is no http or https address"),
        ("courier.example/a", "is no http or https address"),
        ("http://", "is no http or https address"),
        ("http://[::1", "is not a web address"),
        ("http://courier.example/" + "a" * 3_000, "is longer than 2,000 characters"),
    ],
)
def test_what_is_no_web_address_is_refused(fetcher: GuardedFetcher, address: str, reason: str) -> None:
    refuse(fetcher, address, reason)


@UNHURRIED
@given(
    st.one_of(
        st.text(max_size=30), st.text(max_size=30).map("http://{}".format), st.text().map("https://x.y/{}".format)
    )
)
def test_no_address_breaks_it(address: str) -> None:
    def fail(host: str, port: int) -> Sequence[str]:
        raise OSError(f"{host}:{port} is not looked up")

    with pytest.raises(FetchError):
        GuardedFetcher(SETTINGS, resolver=fail).fetch(address)


@UNHURRIED
@given(
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: ", b"HTTP/1.1 200 OK\r\nETag: "]),
    st.binary(max_size=60),
)
def test_no_answer_breaks_it(start: bytes, noise: bytes) -> None:
    """Whatever a machine answers, it is a page or a FetchError."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for _ in range(2):
                try:
                    taken, _address = listening.accept()
                except OSError:
                    return
                with taken, suppress(OSError):
                    asked = taken.recv(4_000)
                    robots = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
                    taken.sendall(robots if b"/robots.txt" in asked else start + noise)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with suppress(FetchError):
            GuardedFetcher(replace(SETTINGS, fetch_timeout_seconds=1.0), resolver=find_local).fetch(
                f"http://127.0.0.1:{listening.getsockname()[1]}/a"
            )
    thread.join(2)


# --- size and time


def test_too_many_bytes_are_not_taken(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies["/a"] = Reply(b"x" * 300_001)
    server.replies["/b"] = Reply(b"x" * 300_000)
    refuse(fetcher, f"{server.address}/a", "is larger than 300,000 bytes")
    assert len(fetcher.fetch(f"{server.address}/b").body) == 300_000


def test_packed_answers_are_unpacked(server: Server, fetcher: GuardedFetcher) -> None:
    plain = b"words and more words. " * 500
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(plain[:5_000]) + gzip.compress(plain[5_000:]),
        "x-gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "Deflate": bare.compress(plain) + bare.flush(),
    }
    for encoding, body in packed.items():
        server.replies["/a"] = Reply(body, headers={"Content-Encoding": encoding})
        assert fetcher.fetch(f"{server.address}/a").body == plain


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", gzip.compress(b"\0" * 30_000_000), "unpacks to more than 300,000 bytes"),
        ("deflate", zlib.compress(b"\0" * 30_000_000), "unpacks to more than 300,000 bytes"),
        ("gzip", gzip.compress(b"") * 2_000, "compressed bytes that are broken"),
        ("gzip", gzip.compress(b"words" * 99)[:-9], "compressed bytes that break off"),
        ("gzip", b"not packed at all", "compressed bytes that are broken"),
        ("br", b"\x0b\x02\x80hello\x03", "answers packed as br, which was not asked for"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"words")), "which was not asked for"),
    ],
)
def test_bombs_and_broken_packings_are_refused(
    server: Server, fetcher: GuardedFetcher, encoding: str, body: bytes, reason: str
) -> None:
    server.replies["/a"] = Reply(body, headers={"Content-Encoding": encoding})
    refuse(fetcher, f"{server.address}/a", reason)


def test_a_bomb_is_never_held_in_memory() -> None:
    unpacker = Unpacker("gzip", "x", 100_000)
    with pytest.raises(FetchError, match="unpacks to more"):
        unpacker.feed(gzip.compress(b"\0" * 50_000_000))
    assert unpacker._size <= 100_001


def test_a_dripping_body_ends_at_the_deadline(server: Server) -> None:
    server.replies["/a"] = Reply(b"x" * 1_000, drip=0.05)
    fetcher = GuardedFetcher(replace(SETTINGS, fetch_timeout_seconds=0.5))
    start = time.monotonic()
    refuse(fetcher, f"{server.address}/a", "took longer than 0.5 s")
    assert time.monotonic() - start < 40, "the whole body takes fifty seconds"


def test_a_body_that_breaks_off_is_an_error(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies["/a"] = Reply(b"half", headers={"Transfer-Encoding": "chunked"})
    refuse(fetcher, f"{server.address}/a", "does not speak HTTP as it should")


def test_a_closed_port_is_said_to_be_closed() -> None:
    refuse(GuardedFetcher(SETTINGS), "http://127.0.0.1:1/a", r"cannot be reached \(Connection refused\)")


# --- manners


def test_robots_are_obeyed_and_asked_once(server: Server, fetcher: GuardedFetcher) -> None:
    rules = b"User-agent: Tocsin\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"
    server.replies |= {"/robots.txt": Reply(rules, "text/plain"), "/a": Reply(b"words"), "/private/b": Reply(b"no")}
    assert fetcher.fetch(f"{server.address}/a").body == b"words"
    refuse(fetcher, f"{server.address}/private/b", "may not be fetched: its robots.txt does not allow it")
    assert [path for path, _ in server.asked] == ["/robots.txt", "/a"]


def test_the_rules_of_many_sites_are_not_all_kept() -> None:
    rules = b"User-agent: *\n" + b"Disallow: /a\n" * 20_000
    robots = Robots(lambda _: RobotsAnswer(200, rules))
    for number in range(30):
        robots.check(f"https://site{number}.example", "https://x.example/b", "x")
    assert sum(site.size for site in robots._sites.values()) <= MAX_KEPT_BYTES
    assert list(robots._sites)[-1] == "https://site29.example", "those asked longest ago go"
    with_none = Robots(lambda _: RobotsAnswer(404))
    for number in range(MAX_SITES + 5):
        with_none.check(f"https://site{number}.example", "https://x.example/b", "x")
    assert len(with_none._sites) == MAX_SITES


@pytest.mark.skipif(sys.platform != "linux", reason="all of 127.0.0.0/8 is this machine on Linux alone")
def test_a_number_that_does_not_answer_is_no_reason_not_to_try_the_next(server: Server) -> None:
    server.replies["/a"] = Reply(b"words")
    with socket.socket() as silent, socket.socket() as first, socket.socket() as second:
        silent.bind(("127.0.0.2", server.port))
        silent.listen(0)
        for sock in (first, second):  # they fill its queue: whoever comes next gets no answer
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.2", server.port))
        fetcher = GuardedFetcher(SETTINGS, resolver=lambda *_: ["127.0.0.2", "127.0.0.1"])
        assert fetcher.fetch(f"http://dual.example:{server.port}/a").body == b"words"


def test_robots_of_a_redirects_target_are_obeyed(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /b\n", "text/plain")
    server.replies["/a"] = Reply(status=302, headers={"Location": "/b"})
    refuse(fetcher, f"{server.address}/a", "robots.txt does not allow it")
    assert server.paths() == ["/a"]


def test_a_site_whose_robots_fail_is_left_alone(server: Server, fetcher: GuardedFetcher) -> None:
    server.replies |= {"/robots.txt": Reply(status=503), "/a": Reply(b"words")}
    refuse(fetcher, f"{server.address}/a", "is not fetched for now: its robots.txt answers with status 503")
    assert server.paths() == []


def test_robots_are_remembered_for_an_hour_and_failures_for_minutes() -> None:
    now = 0.0
    answers = [RobotsAnswer(500), RobotsAnswer(200, b"User-agent: *\nDisallow: /a\nCrawl-delay: 99"), RobotsAnswer(404)]
    asked: list[float] = []

    def ask(origin: str) -> RobotsAnswer:
        asked.append(now)
        return answers[len(asked) - 1]

    robots = Robots(ask, lambda: now)
    with pytest.raises(FetchError, match="status 500"):
        robots.check("https://x.example", "https://x.example/a", "x")
    now = 301.0
    assert robots.check("https://x.example", "https://x.example/b", "x") == 10.0
    now = 3_900.0
    with pytest.raises(FetchError, match="does not allow"):
        robots.check("https://x.example", "https://x.example/a", "x")
    now = 3_902.0
    assert robots.check("https://x.example", "https://x.example/a", "x") == 0.0
    assert asked == [0.0, 301.0, 3_902.0]


def test_a_machine_is_not_asked_twice_within_a_second() -> None:
    slept: list[float] = []
    fetcher = GuardedFetcher(Settings(), clock=lambda: 100.0, sleep=slept.append)
    waited = [fetcher._pace.wait(host, delay) for host, delay in [("a", 0), ("a", 0), ("b", 0), ("a", 4), ("a", 0)]]
    assert waited == [0, 1, 0, 2, 6]
    assert slept == [1, 2, 6]


# --- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of these tests' own."""
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[tuple[int, list[str | None]]]:
    """A TLS server for "news.example" on this machine: its port, and the names it was asked for."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (self.headers["Host"] or "").encode()
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("news.example").configure_cert(context)
    context.sni_callback = lambda _, name, __: asked.append(name)
    running = Quiet(("127.0.0.1", 0), Handler)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running.server_port, asked
    running.shutdown()
    thread.join()
    running.server_close()


def test_tls_names_and_checks_the_host_though_a_number_is_connected_to(
    tls_server: tuple[int, list[str | None]], authority: trustme.CA
) -> None:
    port, asked = tls_server
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    fetcher = GuardedFetcher(SETTINGS, resolver=lambda *_: ["127.0.0.1"], ssl_context=trusting)
    assert fetcher.fetch(f"https://news.example:{port}/a").body == f"news.example:{port}".encode()
    assert set(asked) == {"news.example"}
    refuse(fetcher, f"https://other.example:{port}/a", "its certificate is not valid: Hostname mismatch")


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server: tuple[int, list[str | None]]) -> None:
    fetcher = GuardedFetcher(SETTINGS, resolver=lambda *_: ["127.0.0.1"])
    refuse(fetcher, f"https://news.example:{tls_server[0]}/a", "its certificate is not valid")
