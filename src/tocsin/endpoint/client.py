"""One question to an OpenAI-compatible endpoint and its answer: the only part here that knows HTTP.

The operator names the address himself, so loopback and private networks may be reached; nothing else may: no redirect
is followed, so the key goes where it was meant to go. The key stands in one header and in nothing that is shown.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tocsin.endpoint.prompt import Message
from tocsin.endpoint.replies import (
    BusyError,
    CutOffError,
    RefusedFormError,
    judge_status,
    read_content,
    tell_wait,
)
from tocsin.errors import ReaderUnavailableError, ReadingError, SettingError
from tocsin.settings import Secret

if TYPE_CHECKING:
    import httpx

__all__ = ["Connection", "CutOffError", "Endpoint", "RefusedFormError", "open_connection"]

log = logging.getLogger("tocsin.endpoint")

#: A longer wait asked for by the endpoint is not waited out: the article is handed in again later.
LONGEST_WAIT_SECONDS = 60.0
_MAX_SHOWN_BODY = 4_000
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, whom, and with how much patience.

    address          http or https, without "/chat/completions"; holds neither login nor query
    timeout_seconds  longest wait for one answer
    attempts         how often one question is put, at least 1
    max_bytes        largest answer taken
    first_wait       seconds before the second attempt; each further wait is twice as long, with some chance in it
    """

    address: str
    model: str
    key: Secret | None = None
    timeout_seconds: float = 120.0
    attempts: int = 3
    max_bytes: int = 1_000_000
    first_wait: float = 1.0

    def __post_init__(self) -> None:
        word = self.key.reveal() if self.key else ""
        if not (word.isascii() and word.isprintable()) or " " in word:
            raise SettingError("setting endpoint_key", self.key, "must be one word of ASCII letters, figures and signs")

    def __str__(self) -> str:
        return f"{self.address}, model {self.model}, {f'key {self.key!r}' if self.key else 'no key'}"

    @property
    def is_overheard(self) -> bool:
        """Whether a key would travel unencrypted to another machine."""
        host = urlsplit(self.address).hostname or ""
        is_here = host == "localhost" or host.startswith("127.") or host == "::1"
        return self.key is not None and self.address.startswith("http:") and not is_here

    @property
    def url(self) -> str:
        """The address that is asked."""
        return f"{self.address}/chat/completions"


class Connection:
    """An open connection; use it from one thread."""

    def __init__(self, endpoint: Endpoint, client: httpx.Client) -> None:
        self._endpoint, self._client = endpoint, client

    def ask(self, messages: Sequence[Message], options: dict[str, Any]) -> str:
        """The words of the model.

        options  further fields of the request; RefusedFormError says that the endpoint takes none of them

        Raises ReaderUnavailableError where the endpoint cannot be reached, refuses, or stays busy after all attempts;
        ReadingError where it answers with too much or not at all; CutOffError where the model ran out of room.
        """
        import stamina

        endpoint = self._endpoint
        body = json.dumps({"model": endpoint.model, "messages": list(messages), "stream": False} | options).encode()
        attempts = stamina.retry_context(
            on=_judge_retry,
            attempts=endpoint.attempts,
            timeout=None,
            wait_initial=endpoint.first_wait,
            wait_jitter=endpoint.first_wait,
            wait_max=LONGEST_WAIT_SECONDS,
        )
        for attempt in attempts:
            with attempt:
                try:
                    return self._ask_once(body, has_options=bool(options))
                except BusyError as why:
                    log.info("endpoint %s: %s (attempt %d of %d)", endpoint.address, why.why, attempt.num,
                             endpoint.attempts)  # fmt: skip
                    raise
        raise AssertionError("an attempt returns or raises")

    def _ask_once(self, body: bytes, *, has_options: bool) -> str:
        import httpx

        endpoint = self._endpoint
        deadline = time.monotonic() + endpoint.timeout_seconds
        try:
            with self._client.stream("POST", endpoint.url, content=body, headers=_make_headers(endpoint)) as answer:
                if answer.status_code == 200:
                    return read_content(self._read(answer, deadline), endpoint.address, endpoint.model)
                told = b"" if answer.status_code in (401, 403) else self._read(answer, deadline, cut=True)
                wait = tell_wait(answer.headers.get("retry-after"))
                raise judge_status(
                    answer.status_code, told, wait, endpoint.address, endpoint.model, endpoint.key, has_options
                )
        except httpx.TimeoutException as why:
            raise self._late() from why
        except httpx.ConnectError as why:
            reason = f"cannot be reached ({_reason(why)}): is it running, and is endpoint_address right?"
            raise ReaderUnavailableError("endpoint", endpoint.address, reason) from why
        except httpx.RequestError as why:
            raise BusyError("endpoint", endpoint.address, f"broke off ({_reason(why)})") from why

    def _read(self, answer: httpx.Response, deadline: float, *, cut: bool = False) -> bytes:
        """The body, at most `max_bytes`; of an error (`cut`) no more than is shown."""
        endpoint = self._endpoint
        if answer.headers.get("content-encoding", "identity") != "identity":
            if cut:
                return b""
            raise ReaderUnavailableError("endpoint", endpoint.address, "packs its answers though it was asked not to")
        most = _MAX_SHOWN_BODY if cut else endpoint.max_bytes
        body = bytearray()
        for chunk in answer.iter_raw():
            body += chunk
            if len(body) > most:
                if cut:
                    break
                reason = f"is larger than {most:,} bytes (setting endpoint_max_bytes)"
                raise ReadingError("answer of the endpoint", endpoint.address, reason)
            if time.monotonic() > deadline:
                raise self._late()
        return bytes(body[:most])

    def _late(self) -> BusyError:
        return BusyError(
            "endpoint", self._endpoint.address, f"gave no answer within {self._endpoint.timeout_seconds:g} s"
        )


@contextmanager
def open_connection(endpoint: Endpoint) -> Iterator[Connection]:
    """A connection for the questions about one article; nothing is sent before the first."""
    import httpx

    # stamina tells of a retry on its own logger; without a handler Python would print that on standard error
    retries = logging.getLogger("stamina")
    if not retries.handlers:
        retries.addHandler(logging.NullHandler())
    # the environment's proxies and .netrc are not ours to use: settings.py alone reads the environment
    patience = httpx.Timeout(endpoint.timeout_seconds, connect=min(_CONNECT_SECONDS, endpoint.timeout_seconds))
    with httpx.Client(timeout=patience, follow_redirects=False, trust_env=False) as client:
        yield Connection(endpoint, client)


def _make_headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key is not None:
        headers["Authorization"] = f"Bearer {endpoint.key.reveal()}"
    return headers


def _judge_retry(why: Exception) -> bool | float:
    """Whether to put the question again; the seconds to wait where the endpoint asks for so many."""
    if not isinstance(why, BusyError):
        return False
    if why.wait_seconds is None:
        return True
    return why.wait_seconds if why.wait_seconds <= LONGEST_WAIT_SECONDS else False


def _reason(why: Exception) -> str:
    return " ".join(str(why).split())[:200] or type(why).__name__
