"""One question to one machine and its answer: the part of fetching that knows HTTP."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from tocsin.errors import FetchError
from tocsin.intake.robots import PRODUCT
from tocsin.intake.unpacking import ACCEPTED, Unpacker
from tocsin.network.addresses import MAX_CHARS, show_address
from tocsin.network.transport import Deadline, ForbiddenError, GuardedTransport, Resolver

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine answered: the headers that matter and, of a success, the body; `location` of a redirect only."""

    status: int
    headers: httpx.Headers
    body: bytes = b""
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """How questions are put: the resolver, the certificates believed, and whether private networks may be reached."""

    resolver: Resolver
    ssl_context: ssl.SSLContext
    allow_private: bool

    def ask(
        self, url: httpx.URL, headers: Mapping[str, str | None], shown: str, deadline: Deadline, max_bytes: int
    ) -> Answer:
        """GET one address, following nothing; raises FetchError, naming `shown`, for all that can go wrong."""
        asked = {"User-Agent": name_agent(), "Accept-Encoding": ACCEPTED, "Accept": "*/*", "Connection": "close"}
        transport = GuardedTransport(self.resolver, deadline, self.ssl_context, allow_private=self.allow_private)
        try:
            request = httpx.Request("GET", strip_login(url), headers=asked | {k: v for k, v in headers.items() if v})
            answer = transport.handle_request(request)
            try:
                return _take(answer, shown, max_bytes)
            finally:
                answer.close()
        except ForbiddenError as why:
            raise ForbiddenError("address", shown, f"leads to {why.which}, which {why.why}") from why
        except (TimeoutError, httpcore.TimeoutException) as why:
            raise FetchError("address", shown, f"took longer than {deadline.seconds:g} s") from why
        except (httpcore.NetworkError, OSError) as why:
            raise FetchError("address", shown, f"cannot be reached ({_reason(why)})") from why
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as why:
            raise FetchError("address", shown, f"does not speak HTTP as it should ({_reason(why)})") from why
        except UnicodeError as why:
            raise FetchError("address", shown, "cannot be asked for: a header is no ASCII text") from why
        finally:
            transport.close()


def _take(answer: httpx.Response, shown: str, max_bytes: int) -> Answer:
    if answer.status_code in REDIRECTS and (location := answer.headers.get("location")):
        return Answer(answer.status_code, answer.headers, location=location)
    if not 200 <= answer.status_code < 300:
        return Answer(answer.status_code, answer.headers)
    unpacker = Unpacker(answer.headers.get("content-encoding"), shown, max_bytes)
    for chunk in answer.iter_raw():
        unpacker.feed(chunk)
    return Answer(answer.status_code, answer.headers, unpacker.finish())


def parse_address(address: str, shown: str) -> httpx.URL:
    """An http or https address with a host; raises FetchError for anything else."""
    if len(address) > MAX_CHARS:
        raise FetchError("address", shown, f"is longer than {MAX_CHARS:,} characters")
    try:
        url = httpx.URL(address.strip())
        host = url.host  # decoded when asked for, and not every xn-- name can be
    except (httpx.InvalidURL, UnicodeError, ValueError) as why:
        raise FetchError("address", shown, "is not a web address") from why
    if url.scheme not in ("http", "https") or not host:
        raise FetchError("address", shown, "is no http or https address: only these are fetched")
    return url


def follow(url: httpx.URL, location: str, shown: str) -> httpx.URL:
    """The address that a redirect leads to, without any user name that it may bring."""
    try:
        target = url.join(location)
    except (httpx.InvalidURL, UnicodeError, ValueError) as why:
        raise FetchError("address", shown, "redirects to something that is no address") from why
    return strip_login(parse_address(str(target), f"{shown} (redirected to {show_address(str(target))})"))


def strip_login(url: httpx.URL) -> httpx.URL:
    """The address without user name and password."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def name_origin(url: httpx.URL) -> str:
    """Scheme, host and port: what one robots.txt rules and what one login is for."""
    return str(strip_login(url).copy_with(raw_path=b"/", fragment=None)).rstrip("/")


def login_header(url: httpx.URL) -> str | None:
    """Basic authentication for an address that carries a user name."""
    if not url.userinfo:
        return None
    pair = f"{url.username}:{url.password}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")


@cache
def name_agent() -> str:
    """Who we say we are: name and version, as robots.txt and server logs shall see it."""
    try:
        return f"{PRODUCT}/{version('tocsin')} (news early-warning desk; obeys robots.txt)"
    except PackageNotFoundError:
        return f"{PRODUCT}/0 (news early-warning desk; obeys robots.txt)"


def _reason(why: Exception) -> str:
    if isinstance(why, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {why.verify_message}"
    text = getattr(why, "strerror", None) or str(why) or type(why).__name__
    return " ".join(str(text).split())[:200]
