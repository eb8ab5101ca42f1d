"""What an issuer answers is bounded in size and in time, however it comes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tocsin.web.auth import issuing
from tocsin.web.auth.issuing import OidcError, ask_issuer


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a machine that answers with a byte now and then, without end."""
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
                while not is_over.wait(0.05):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        is_over.set()
        thread.join(10)


def test_an_issuer_that_answers_by_the_byte_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "TIMEOUT_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(OidcError, match="does not answer within 1 seconds"):
        ask_issuer("GET", dripping)
    assert time.monotonic() - began < 20
