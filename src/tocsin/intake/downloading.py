"""Downloading large files, guarded as pages are, and resumed where the connection broke off.

A download grows in NAME.part with a NAME.part.json beside it that says which version it is of; it becomes NAME, with a
NAME.json, only when it is whole. Whoever asks again gets what is missing, or nothing where the file has not changed.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.errors import FetchError
from tocsin.network.addresses import show_address
from tocsin.settings import Settings

if TYPE_CHECKING:
    import httpx

    from tocsin.network.transport import Resolver

MAX_REDIRECTS = 5
#: How often a broken connection is opened again, as long as each brings something.
ATTEMPTS = 20
#: A connection that brings less than this within the time-out is given up; the next one goes on where it stopped.
LEAST_BYTES = 1 << 16

Told = Callable[[int, int | None], None]
"""Told how many bytes of how many are here (None where the server does not say)."""


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a file this is, as its server says; None where it does not."""

    etag: str | None = None
    last_modified: str | None = None
    bytes: int | None = None

    @property
    def validator(self) -> str | None:
        """What names the version in a request for the rest of it (RFC 9110, section 13.1.5): never a weak tag."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class _BrokeOffError(FetchError):
    """The connection ended before the file did."""


class Downloader:
    """Fetches files over https from public addresses.

    `settings.fetch_private` also allows loopback and private networks (for tests on one machine). Raises FetchError.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_bytes: int = 4 << 30,
    ) -> None:
        self._settings, self._resolver, self._ssl_context = settings, resolver, ssl_context
        self._max_bytes = max_bytes

    def download(self, address: str, target: Path, told: Told = lambda *_: None) -> Version:
        """Bring the file behind `address` to `target`, or leave it where it has not changed; gives its version.

        A connection that breaks is opened again as long as each brings something; what has come is kept for next time.
        """
        shown = show_address(address)
        if not address.startswith("https://"):
            raise FetchError("address", shown, "must begin with https://: what is downloaded must come as it was sent")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(target.name + ".part")
            for _ in range(ATTEMPTS):
                before = _measure(part)
                try:
                    return self._fetch(address, target, part, shown, told)
                except _BrokeOffError:
                    if _measure(part) == before:
                        raise
            return self._fetch(address, target, part, shown, told)
        except OSError as why:
            raise FetchError("download", target, f"cannot be written ({why.strerror or why})") from why

    def _fetch(self, address: str, target: Path, part: Path, shown: str, told: Told) -> Version:
        begun = read_version(part)
        have = _measure(part) if begun.validator else 0
        held = read_version(target) if target.is_file() and not have else Version()
        if not have or have != begun.bytes:
            headers = _ask_for_rest(begun, have) if have else _ask_if_changed(held)
            with self._open(address, headers, shown) as answer:
                if answer.status == 304:
                    told(held.bytes or 0, held.bytes)
                    return held
                if have and not answer.goes_on(have, begun):
                    _forget(part)
                    raise _BrokeOffError("address", shown, "has changed since the last try; it is fetched anew")
                begun, have = answer.check(begun, have)
                have = self._take(answer, part, begun, have, told)
        if begun.bytes is not None and have != begun.bytes:
            why = f"broke off: {have:,} of {begun.bytes:,} bytes are here; ask again, and it goes on from there"
            raise _BrokeOffError("address", shown, why)
        part.replace(target)
        _write_version(target, version := Version(begun.etag, begun.last_modified, have))
        _version_path(part).unlink(missing_ok=True)
        return version

    def _take(self, answer: _Answer, part: Path, version: Version, have: int, told: Told) -> int:
        """Write what comes behind the `have` bytes that are there; gives how many are there then."""
        most = self._max_bytes if version.bytes is None else version.bytes
        if most > self._max_bytes:
            raise FetchError("address", answer.shown, f"is larger than {self._max_bytes:,} bytes")
        _write_version(part, version)
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.chunks():
                have += len(chunk)
                if have > most:
                    raise FetchError("address", answer.shown, f"is larger than {most:,} bytes")
                file.write(chunk)
                told(have, version.bytes)
        return have

    def _open(self, address: str, headers: dict[str, str], shown: str) -> _Answer:
        import httpx

        from tocsin.intake.exchange import REDIRECTS, follow, parse_address
        from tocsin.network.transport import resolve_host

        if self._ssl_context is None:
            self._ssl_context = httpx.create_ssl_context(trust_env=False)
        url = parse_address(address, shown)
        for _ in range(MAX_REDIRECTS + 1):
            if url.scheme != "https":
                raise FetchError("address", shown, "redirects to an address that is not https")
            answer = _Answer(url, headers, shown, self._settings, self._resolver or resolve_host, self._ssl_context)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return answer
            answer.close()
            url = follow(url, location, shown)
        raise FetchError("address", shown, f"redirects more than {MAX_REDIRECTS} times")


class _Answer:
    """One answer whose body is still to come; the deadline begins anew with every 64 kilobytes."""

    def __init__(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        shown: str,
        settings: Settings,
        resolver: Resolver,
        ssl_context: ssl.SSLContext,
    ) -> None:
        import httpx

        from tocsin.intake.exchange import name_agent
        from tocsin.network.transport import Deadline, GuardedTransport

        self.shown, self._deadline = shown, Deadline(settings.fetch_timeout_seconds)
        self._transport = GuardedTransport(resolver, self._deadline, ssl_context, allow_private=settings.fetch_private)
        asked = {"User-Agent": name_agent(), "Accept-Encoding": "identity", "Connection": "close"} | headers
        try:
            self._answer = self._told(lambda: self._transport.handle_request(httpx.Request("GET", url, headers=asked)))
        except FetchError:
            self._transport.close()
            raise
        self.status, self.headers = self._answer.status_code, self._answer.headers

    def __enter__(self) -> _Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._answer.close()
        self._transport.close()

    def goes_on(self, have: int, begun: Version) -> bool:
        """Whether the answer is the rest that was asked for, or the whole from its beginning; not another part."""
        if self.status != 206:
            return bool(self.status != 416)
        start, total = _read_range(self.headers.get("content-range"))
        return start == have and begun.bytes in (None, total)

    def check(self, begun: Version, have: int) -> tuple[Version, int]:
        """The version that is coming, and how many bytes of it are here already; raises FetchError for a refusal."""
        if self.status != 200 and not (self.status == 206 and have):
            raise FetchError("address", self.shown, f"answers with status {self.status}")
        if self.headers.get("content-encoding", "identity") != "identity":
            raise FetchError("address", self.shown, "answers with packed bytes, which were not asked for")
        if self.status == 206:
            return begun, have
        length = _read_count(self.headers.get("content-length"))
        return Version(self.headers.get("etag"), self.headers.get("last-modified"), length), 0

    def chunks(self) -> Any:
        """The body's bytes as they come."""
        parts = self._answer.iter_raw()
        fresh = 0
        while (chunk := self._told(lambda: next(parts, None))) is not None:
            fresh += len(chunk)
            if fresh >= LEAST_BYTES:
                self._deadline.extend(self._deadline.seconds - self._deadline.left())
                fresh = 0
            yield chunk

    def _told(self, do: Callable[[], Any]) -> Any:
        """Do one step of the exchange; whatever the network makes of it becomes a FetchError that says it plainly."""
        import httpcore

        from tocsin.network.transport import ForbiddenError

        try:
            return do()
        except ForbiddenError as why:
            raise ForbiddenError("address", self.shown, f"leads to {why.which}, which {why.why}") from why
        except (TimeoutError, httpcore.TimeoutException) as why:
            seconds = f"{self._deadline.seconds:g} s"
            raise _BrokeOffError("address", self.shown, f"sent nothing, or too little, within {seconds}") from why
        except ssl.SSLCertVerificationError as why:
            raise FetchError("address", self.shown, f"its certificate is not valid: {why.verify_message}") from why
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as why:
            reason = " ".join(str(getattr(why, "strerror", None) or str(why) or type(why).__name__).split())[:200]
            raise _BrokeOffError("address", self.shown, f"cannot be reached, or broke off ({reason})") from why


def _ask_for_rest(begun: Version, have: int) -> dict[str, str]:
    return {"Range": f"bytes={have}-", "If-Range": begun.validator or ""}


def _ask_if_changed(held: Version) -> dict[str, str]:
    asked = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    return {name: value for name, value in asked.items() if value}


def _read_count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _read_range(text: str | None) -> tuple[int | None, int | None]:
    """First byte and length of the whole from "bytes 5-9/10"."""
    unit, _, span = (text or "").partition(" ")
    first, _, total = span.partition("/")
    if unit != "bytes":
        return None, None
    return _read_count(first.partition("-")[0]), _read_count(total)


def _measure(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _version_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _write_version(path: Path, version: Version) -> None:
    _version_path(path).write_text(json.dumps(asdict(version)), "utf-8")


def read_version(path: Path) -> Version:
    """What was noted of a downloaded file; nothing where it was not downloaded, or the note cannot be read."""
    try:
        noted = json.loads(_version_path(path).read_text("utf-8"))
        return Version(**noted)
    except (OSError, ValueError, TypeError):
        return Version()


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _version_path(part).unlink(missing_ok=True)
