"""A second reader behind the port `Reader`: an OpenAI-compatible endpoint, asked with the codebook and checked.

Off unless the setting `reader` says "endpoint". Importing this opens no connection and loads no HTTP library.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tocsin.endpoint.counts import Counts
from tocsin.errors import SettingError
from tocsin.knowledge.parties import PartyName

if TYPE_CHECKING:
    from tocsin.endpoint.reader import EndpointReader
    from tocsin.settings import Secret, Settings

__all__ = ["Counts", "open_endpoint"]

_SUFFIX = "/chat/completions"
_MAX_KEY_BYTES = 10_000


def open_endpoint(settings: Settings, *, extra_parties: Sequence[PartyName] = ()) -> EndpointReader:
    """The reader that the settings describe; nothing is asked before the first article.

    extra_parties  proper names with their codes, laid over the bundled ones

    Raises SettingError where address or model is missing or cannot be used, or the key's file cannot be read.
    """
    from tocsin.endpoint.client import Endpoint
    from tocsin.endpoint.naming import make_codes
    from tocsin.endpoint.reader import EndpointReader
    from tocsin.knowledge.parties import make_party_lexicon

    if not settings.endpoint_model or not settings.endpoint_model.isprintable():
        reason = "must name the model to ask for, since reader is endpoint"
        raise SettingError("setting endpoint_model", settings.endpoint_model, reason)
    endpoint = Endpoint(
        _read_address(settings.endpoint_address),
        settings.endpoint_model,
        _read_key(settings),
        timeout_seconds=settings.endpoint_timeout_seconds,
        attempts=settings.endpoint_attempts,
        max_bytes=settings.endpoint_max_bytes,
    )
    codes = make_codes(make_party_lexicon(extra_parties))
    words, parts = settings.endpoint_max_words, settings.endpoint_max_parts
    return EndpointReader(endpoint, codes, max_words=words, max_parts=parts)


def _read_address(given: str | None) -> str:
    """The address without "/chat/completions"; one with a login or a query is refused unshown, it may hold a secret."""
    name = "setting endpoint_address"
    if not given:
        reason = "must be given, since reader is endpoint: as http://127.0.0.1:11434/v1"
        raise SettingError(name, given, reason)
    try:
        pieces = urlsplit(given.strip())
        host, _ = pieces.hostname, pieces.port
    except ValueError as why:
        raise SettingError(name, "(not shown)", "is no web address") from why
    if pieces.scheme not in ("http", "https") or not host:
        raise SettingError(name, pieces.scheme or "(no scheme)", "must be an http or https address with a host")
    if "@" in pieces.netloc or pieces.query or pieces.fragment:
        reason = "must hold no login, query or fragment: the key has its own setting"
        raise SettingError(name, f"{pieces.scheme}://{host}", reason)
    return f"{pieces.scheme}://{pieces.netloc}{pieces.path.rstrip('/').removesuffix(_SUFFIX).rstrip('/')}"


def _read_key(settings: Settings) -> Secret | None:
    from tocsin.settings import Secret

    path = settings.endpoint_key_file
    if settings.endpoint_key is not None or path is None:
        return settings.endpoint_key
    word = _read_word(path)
    if not word:
        raise SettingError("setting endpoint_key_file", path, "is empty")
    return Secret(word)


def _read_word(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_KEY_BYTES).decode("utf-8").strip()
    except OSError as why:
        raise SettingError("setting endpoint_key_file", path, f"cannot be read ({why.strerror})") from why
    except UnicodeDecodeError:
        raise SettingError("setting endpoint_key_file", path, "is no text") from None
