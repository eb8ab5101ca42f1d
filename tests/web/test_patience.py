"""Who sends a request by the byte, or is gone without a word, holds up nobody."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from tests.looping import run_aside
from tests.web.worlds import open_empty
from tocsin.service.meters import Meters
from tocsin.settings import Settings
from tocsin.web import make_app
from tocsin.web.patience import LEAST_BYTES, PatientReceive
from tocsin.web.recording import IntakeBound, Readers
from tocsin.web.serving import _make_server, open_listener


def _part(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


class Sender:
    """A `receive` that gives parts, each after so many seconds, and then nothing for ever."""

    def __init__(self, *parts: tuple[float, Message]) -> None:
        self._parts = list(parts)

    async def __call__(self) -> Message:
        if not self._parts:
            await asyncio.Event().wait()
        seconds, message = self._parts.pop(0)
        await asyncio.sleep(seconds)
        return message


async def _read(receive: PatientReceive) -> int:
    got = 0
    while not receive.is_whole:
        got += len((await receive())["body"])
    return got


def test_a_body_that_comes_by_the_byte_is_given_up() -> None:
    async def ask() -> None:
        receive = PatientReceive(Sender(*[(0.05, _part(b"x"))] * 100), 0.2)
        with pytest.raises(HTTPException, match=r"within 0\.2 seconds; see request_timeout_seconds") as caught:
            await _read(receive)
        assert caught.value.status_code == 408
        assert caught.value.headers == {"connection": "close"}  # what comes after it is no new request

    run_aside(ask())


def test_a_long_file_over_a_thin_line_is_waited_for() -> None:
    async def ask() -> int:
        slow = [(0.1, _part(b"x" * LEAST_BYTES))] * 5
        return await _read(PatientReceive(Sender(*slow, (0.0, _part(b"", more=False))), 0.3))

    assert run_aside(ask()) == 5 * LEAST_BYTES


def test_who_has_sent_all_may_wait_for_the_answer_as_long_as_it_takes() -> None:
    async def ask() -> str:
        receive = PatientReceive(Sender((0.0, _part(b"{}", more=False)), (0.3, {"type": "http.disconnect"})), 0.1)
        await receive()
        return str((await receive())["type"])

    assert run_aside(ask()) == "http.disconnect"


async def _call(app: Callable[[Scope, Receive, Send], Awaitable[None]], receive: Receive, path: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"9")],
        "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("path", ["/api/articles", "/take", "/nowhere"])
def test_the_desk_answers_a_slow_body_and_ends_the_connection(tmp_path: Path, path: str) -> None:
    with open_empty(tmp_path, request_timeout_seconds=0.2) as desk:
        app = make_app(desk, warm_up=False)
        sent = run_aside(asyncio.wait_for(_call(app, Sender((0.0, _part(b"{"))), path), 60))
    headers = dict(sent[0]["headers"])
    assert b"nosniff" in headers[b"x-content-type-options"]
    if path == "/api/articles":
        assert sent[0]["status"] == 408
        assert headers[b"connection"] == b"close"
    else:
        assert 400 <= sent[0]["status"] < 500


def test_a_report_that_is_slow_to_come_gives_its_place_to_the_next(tmp_path: Path) -> None:
    answered: list[str] = []

    async def take(_scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
        except HTTPException as why:
            answered.append(f"{why.status_code}: {why.detail}")
            return
        answered.append("taken")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def ask() -> list[Message]:
        slow = [asyncio.create_task(_call(bound, Sender((0.0, _part(b"{"))), "/api/articles")) for _ in range(2)]
        await asyncio.sleep(0)
        early = await _call(bound, Sender((0.0, _part(b"{}", more=False))), "/api/articles")
        await asyncio.sleep(0.2)
        await _call(bound, Sender((0.0, _part(b"{}", more=False))), "/api/articles")
        await asyncio.wait(slow, timeout=0.2)
        for task in slow:
            task.cancel()
        return early

    with open_empty(tmp_path) as desk:
        bound = IntakeBound(take, most=2, meters=Meters(desk.store, desk.clock), readers=Readers(), slow_seconds=0.1)
        early = run_aside(ask())
    assert early[0]["status"] == 503  # nothing was slow yet
    assert sorted(answered) == [
        "408: it came too slowly while others waited to hand in theirs; send it once more",
        "taken",
    ]


async def _answer(_scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def _serving(tmp_path: Path, seconds: float) -> Iterator[int]:
    settings = Settings(home=tmp_path, port=0, request_timeout_seconds=seconds)
    with open_listener(settings) as listener:
        server = _make_server(_answer, settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)


def _wait_for_end(connection: socket.socket, byte: bytes = b"") -> float:
    """Seconds until the server hangs up, while a byte is sent now and then."""
    began = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() - began < 30:
        try:
            if byte:
                connection.sendall(byte)
            if not connection.recv(1000):
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    return 30.0


@pytest.mark.parametrize(
    ("first", "byte"),
    [
        (b"", b""),  # nothing is ever asked
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", b"a"),  # first lines without an end
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
            b"a",
        ),  # what is left of one that was answered
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT", b"T"),  # the next after one that was answered
    ],
)
def test_a_connection_without_a_whole_request_is_closed(tmp_path: Path, first: bytes, byte: bytes) -> None:
    with _serving(tmp_path, 0.5) as port, socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(first)
        assert _wait_for_end(connection, byte) < 20


def test_a_connection_that_is_kept_open_between_requests_stays(tmp_path: Path) -> None:
    with _serving(tmp_path, 1.0) as port, socket.create_connection(("127.0.0.1", port), 30) as connection:
        for _ in range(2):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            told = b""
            while not told.endswith(b"ok"):
                part = connection.recv(1000)
                assert part
                told += part
            time.sleep(1.5)


def test_connections_are_asked_whether_anybody_is_there(tmp_path: Path) -> None:
    with open_listener(Settings(home=tmp_path, port=0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


@pytest.mark.parametrize(("proxies", "seen"), [((), "192.0.2.9"), (("192.0.2.0/24",), "198.51.100.7")])
def test_the_word_of_a_proxy_is_believed_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: tuple[str, ...], seen: str
) -> None:
    """What stands in the environment for uvicorn makes nobody a proxy."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    settings = Settings(home=tmp_path, port=0, proxies=proxies)
    told: list[Scope] = []

    async def note(scope: Scope, _receive: Receive, send: Send) -> None:
        told.append(scope)

    async def ask() -> None:
        config = _make_server(note, settings).config
        config.load()
        # the proxy of another machine passes on what a visitor made up, and adds whom it saw
        scope = {"type": "http", "scheme": "http", "client": ("192.0.2.9", 1), "headers": [
            (b"x-forwarded-for", b"203.0.113.5, 198.51.100.7"), (b"x-forwarded-proto", b"https"),
        ]}  # fmt: skip
        await config.loaded_app(scope, Sender(), _no_answer)

    run_aside(ask())
    assert told[0]["client"][0] == seen
    assert told[0]["scheme"] == ("https" if proxies else "http")


async def _no_answer(_message: object) -> None:
    """Nobody listens."""
