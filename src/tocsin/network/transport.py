"""One connection to one machine that may be reached, until one deadline.

The name is resolved here, every number it resolves to is checked, and the connection goes to a number that was
checked: a name server that answers differently the second time is never asked a second time. The name itself stays in
the Host header and in TLS (SNI and certificate), because httpcore keeps them apart from the connection.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

import httpcore
import httpx

from tocsin.errors import FetchError
from tocsin.network.addresses import forbid_host

Resolver = Callable[[str, int], Sequence[str]]
"""From the name of a machine and a port to its IP addresses; raises OSError where it has none."""

_ALLOWED = "only public addresses are fetched"
#: A connection across the world takes a third of a second; a lost packet is sent again after one.
_LEAST_CONNECT_SECONDS = 2.0


def resolve_host(host: str, port: int) -> list[str]:
    """The IP addresses of a machine as the system resolves it, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


class ForbiddenError(FetchError):
    """The address leads to a machine that may not be reached."""


class Deadline:
    """A moment that a whole fetch must not outlast, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = time.monotonic() + seconds

    def extend(self, seconds: float) -> None:
        """Give back time that we spent waiting on our own account."""
        self._until += seconds

    def left(self) -> float:
        """Seconds left, above 0; raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class GuardedTransport(httpx.BaseTransport):
    """An httpx transport that connects only where `forbid_host` has no objection, and only until the deadline.

    connect_seconds  longest wait for a connection to one number; None: its share of what is left of the deadline
    """

    def __init__(
        self,
        resolver: Resolver,
        deadline: Deadline,
        ssl_context: ssl.SSLContext,
        *,
        allow_private: bool,
        connect_seconds: float | None = None,
    ) -> None:
        backend = _GuardedBackend(resolver, deadline, allow_private, connect_seconds)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, max_connections=1, max_keepalive_connections=0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; httpcore's errors are not translated, so that their caller sees them all."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore.Request(method=request.method, url=url, headers=request.headers.raw, content=request.read())
        )
        if not isinstance(answer.stream, Iterable):  # pragma: no cover - httpcore's sync pool gives an iterable
            raise TypeError("a synchronous stream is needed")
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Any:
        return iter(self._stream)

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class _GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, and connects to what it checked."""

    def __init__(
        self, resolver: Resolver, deadline: Deadline, allow_private: bool, connect_seconds: float | None
    ) -> None:
        self._resolver, self._deadline, self._allow_private = resolver, deadline, allow_private
        self._connect_seconds = connect_seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the whole fetch rules
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        numbers = self._resolve(host, port)
        for number in numbers:
            # One forbidden number is enough: a name that is both public and private is a trap or a mistake.
            if reason := forbid_host(number, allow_private=self._allow_private):
                which = number if number == host else f"{host} ({number})"
                raise ForbiddenError("address", which, f"{reason}: {_ALLOWED}")
        problem: OSError | None = None
        for left in range(len(numbers), 0, -1):
            try:
                sock = socket.create_connection((numbers[-left], port), self._patience(left))
            except OSError as why:  # a number that does not answer is no reason not to try the next
                problem = why
            else:
                return _GuardedStream(sock, self._deadline)
        if isinstance(problem, TimeoutError):
            raise problem
        raise httpcore.ConnectError(problem.strerror if problem and problem.strerror else "no address answers")

    def _patience(self, numbers: int) -> float:
        """Seconds to wait for the first of so many numbers: its share of what is left, and no less than a few."""
        left = self._deadline.left()
        share = min(left, max(left / numbers, _LEAST_CONNECT_SECONDS))
        return share if self._connect_seconds is None else min(share, self._connect_seconds)

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver in a thread of its own: the system's may wait for much longer than the deadline."""
        answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as why:
                answers.put(why)

        threading.Thread(target=ask, daemon=True, name="resolve").start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except Empty as why:
            raise TimeoutError from why
        if isinstance(answer, Exception) or not answer:
            raise httpcore.ConnectError("its name cannot be resolved")
        return answer


class _GuardedStream(httpcore.NetworkStream):
    """A socket that stops at the deadline, however slowly the other side drips."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(buffer)

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            self._sock.settimeout(self._deadline.left())
            return _GuardedStream(ssl_context.wrap_socket(self._sock, server_hostname=server_hostname), self._deadline)
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "is_readable":
            return False
        return None
