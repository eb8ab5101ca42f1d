"""How long a request may take to come: who sends a byte now and then, or is gone without a word, holds nothing up.

A report that is being sent counts among those that are taken in side by side (`recording.IntakeBound`), and every
connection takes one of the files that the system lets the desk open.
"""

from __future__ import annotations

import asyncio
from typing import Any

from h11 import SEND_BODY
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive
from uvicorn.protocols.http.h11_impl import H11Protocol

#: The time begins anew with so many bytes: a long file over a thin line is no slow request.
LEAST_BYTES = 1 << 16


class PatientReceive:
    """A request's `receive` that waits for its body so long and no longer; then it raises HTTPException 408.

    seconds   for the first `LEAST_BYTES` bytes from the moment that somebody asks for them, and again for as many more
    is_whole  whether the end of the body has been met
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive, self._seconds = receive, seconds
        self._why = f"the rest of it did not come within {seconds:g} seconds; see request_timeout_seconds"
        self._timeout: asyncio.Timeout | None = None
        self._until: float | None = None
        self._fresh = 0
        self.is_whole = False

    async def __call__(self) -> Message:
        """See the class."""
        if self.is_whole:  # what comes now is the visitor hanging up, whenever that is
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until) as self._timeout:
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, self._why, {"connection": "close"}) from None
        finally:
            self._timeout = None
        self.is_whole = message["type"] != "http.request" or not message.get("more_body")
        self._fresh += len(message.get("body", b""))
        if self._fresh >= LEAST_BYTES:
            self._fresh, self._until = 0, None
        return message

    def hurry(self, why: str) -> None:
        """Wait no longer for what has not come by now; said on the event loop."""
        self._why, self._seconds = why, 0.0
        self._until = asyncio.get_running_loop().time()
        if self._timeout is not None:
            self._timeout.reschedule(self._until)


class PatientProtocol(H11Protocol):
    """A connection that is closed unless the head of a request is whole in time; uvicorn would wait for ever.

    seconds  from the beginning of the connection; after an answer, from the first byte of the next request, or of what
             was left of the one that was answered
    """

    seconds = 60.0
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._bound()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        self._bound()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._let_be()
        super().connection_lost(exc)

    def _bound(self) -> None:
        if not self._is_awaiting():
            self._let_be()
        elif self._due is None and not self.transport.is_closing():
            self._due = self.loop.call_later(self.seconds, self.transport.close)

    def _is_awaiting(self) -> bool:
        """Whether a request has begun to come, or must, and nobody is at work on it, who has a patience of his own."""
        cycle: Any = self.cycle  # None before the first request, which uvicorn does not tell
        if cycle is None:
            return True
        if not cycle.response_complete:
            return False
        return self.conn.their_state is SEND_BODY or bool(self.conn.trailing_data[0])

    def _let_be(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


def make_protocol(seconds: float) -> Any:
    """`PatientProtocol` with so much patience: uvicorn asks for a class."""
    return type("PatientProtocol", (PatientProtocol,), {"seconds": seconds})
