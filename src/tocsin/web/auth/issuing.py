"""What an issuer is asked over the network: bounded in size and time, and only where a key can be trusted from."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from tocsin.errors import TocsinError
from tocsin.settings import is_loopback

TIMEOUT_SECONDS, MOST_BYTES = 10.0, 1_000_000


class OidcError(TocsinError):
    """The issuer, or what it answers, cannot be used; the message shows no code, token or secret."""


def ask_issuer(method: str, address: str, **more: Any) -> dict[str, Any]:
    """The object that an address of the issuer's answers with; bounded in size and time, redirects not followed."""
    held, until = bytearray(), time.monotonic() + TIMEOUT_SECONDS
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client, client.stream(method, address, **more) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                held += piece
                if len(held) > MOST_BYTES:
                    raise OidcError("issuer", address, f"answers more than {MOST_BYTES} bytes")
                if time.monotonic() > until:  # httpx's own time-out begins anew with each byte
                    raise OidcError("issuer", address, f"does not answer within {TIMEOUT_SECONDS:g} seconds")
        told = json.loads(held)
    except httpx.HTTPStatusError as why:
        raise OidcError("issuer", address, f"answers HTTP {why.response.status_code}") from None
    except (httpx.HTTPError, ValueError, RecursionError) as why:
        raise OidcError("issuer", address, f"cannot be read ({type(why).__name__})") from None
    if not isinstance(told, dict):
        raise OidcError("issuer", address, "does not answer with an object")
    return told


def check_door(name: str, address: object) -> None:
    """Raises OidcError unless an address is https, or this machine's own."""
    pieces = urlsplit(address) if isinstance(address, str) else None
    if pieces is None or not (pieces.scheme == "https" or (pieces.scheme == "http" and is_loopback(pieces.hostname))):
        raise OidcError("issuer", name, "must be an https address")
