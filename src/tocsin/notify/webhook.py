"""Notices as signed JSON over HTTP, in the manner of Standard Webhooks (standardwebhooks.com, version 1).

`webhook-id` and the body are the same at every try; `webhook-timestamp` is the time of the try, and
`webhook-signature` is "v1," and base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from tocsin.errors import DeliveryError
from tocsin.network.addresses import show_address
from tocsin.notify.channels import WebhookChannel
from tocsin.notify.cleaning import clean_line, clean_text
from tocsin.notify.secrets import hide_secret, read_key
from tocsin.notify.telling import Telling, fit_notice
from tocsin.notify.texts import link_alert, link_incident, name_message, write_plain, write_subject
from tocsin.records import Notice, to_plain
from tocsin.records.marking import Tlp

if TYPE_CHECKING:
    import httpx

    from tocsin.network.transport import Resolver

#: Changes when a field changes its meaning or goes; a new field is no change.
SCHEMA = "tocsin-notice/1"
_WHAT = "webhook"
_CONNECT_SECONDS = 5.0
_MAX_ANSWER_BYTES = 64_000
#: Statuses below 500 after which trying again may help: time out, too early, too many requests.
_AGAIN = frozenset({408, 425, 429})
MAX_RETRY_AFTER_SECONDS = 3600.0


class WebhookNotifier:
    """A `ports.Notifier` that posts each notice to the channel's address, and follows no redirect."""

    def __init__(
        self,
        channel: WebhookChannel,
        *,
        address: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolver: Resolver | None = None,
    ) -> None:
        self._channel, self._address, self._now, self._resolver = channel, address, now, resolver
        self._context: ssl.SSLContext | None = None

    def send(self, notice: Notice, tlp: Tlp | None) -> None:
        """Post the notice; raises DeliveryError, final for an answer of 3xx or 4xx but 408, 425 and 429."""
        import httpx

        body = write_body(fit_notice(notice, tlp, self._channel.tlp), self._address)
        asked = httpx.Request("POST", self._channel.address, content=body, headers=self._make_headers(notice, body))
        status, headers = self._post(asked)
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            raise self._fail(f"answers {status}, a redirect: give the address that it leads to", is_final=True)
        is_final = 400 <= status < 500 and status not in _AGAIN
        wait = None if is_final else read_wait(headers.get("retry-after"), self._now())
        raise self._fail(f"answers with status {status}", is_final=is_final, retry_after_seconds=wait)

    def _make_headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        id_, stamp = name_message(notice.id, self._channel.name), str(int(self._now().timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": _name_agent(),
            "Accept-Encoding": "identity",
            "Connection": "close",
            "webhook-id": id_,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(read_key(self._channel.secret), id_, stamp, body),
        }

    def _post(self, asked: httpx.Request) -> tuple[int, httpx.Headers]:
        """Status and headers of the answer; its body is forgotten."""
        import httpcore

        from tocsin.network.transport import Deadline, ForbiddenError, GuardedTransport, resolve_host

        channel = self._channel
        deadline = Deadline(channel.timeout_seconds)
        transport = GuardedTransport(
            self._resolver or resolve_host,
            deadline,
            self._open_context(),
            allow_private=channel.allow_private,
            connect_seconds=min(_CONNECT_SECONDS, channel.timeout_seconds),
        )
        try:
            answer = transport.handle_request(asked)
            try:
                _drain(answer)
            finally:
                answer.close()
            return answer.status_code, answer.headers
        except ForbiddenError as why:
            reason = f"leads to {why.which}, which {why.why.partition(':')[0]}: see allow_private"
            raise self._fail(reason, is_final=False) from None
        except (TimeoutError, httpcore.TimeoutException):
            raise self._fail(f"gave no answer within {channel.timeout_seconds:g} s", is_final=False) from None
        except ssl.SSLCertVerificationError as why:
            raise self._fail(f"its certificate is not valid: {why.verify_message}", is_final=False) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as why:
            raise self._fail(f"cannot be reached or broke off ({_reason(why)})", is_final=False) from None
        finally:
            transport.close()

    def _open_context(self) -> ssl.SSLContext:
        # Made once: reading the list of certificates takes longer than a request.
        if self._context is None:
            import httpx

            ca_file = self._channel.ca_file
            self._context = (
                ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context(trust_env=False)
            )
        return self._context

    def _fail(self, reason: str, *, is_final: bool, retry_after_seconds: float | None = None) -> DeliveryError:
        channel = self._channel
        # A path or query is often the receiver's own secret: the machine alone is named.
        host = show_address(channel.address).split("/")[2]
        told = clean_line(hide_secret(reason, channel.secret), 400)
        which = f"{channel.name} ({host})"
        return DeliveryError(_WHAT, which, told, is_final=is_final, retry_after_seconds=retry_after_seconds)


def _drain(answer: httpx.Response) -> None:
    """Read the body to its end or a bound, for a server that takes a broken line for a failure. It changes nothing."""
    import httpcore

    read = 0
    with suppress(OSError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        for chunk in answer.iter_raw():
            read += len(chunk)
            if read > _MAX_ANSWER_BYTES:
                return


def write_body(told: Telling, address: str | None = None) -> bytes:
    """The JSON of a notice: the same bytes at every call."""
    notice = told.notice
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "type": f"notice.{notice.cause}",
        "timestamp": notice.made_at.astimezone(UTC).isoformat(),
        "is_exercise": notice.is_exercise,
        "tlp": told.tlp,
        "subject": write_subject(told),
        "text": write_plain(told, address),
        "notice": _clean(to_plain(notice)),
    }
    if address:
        body["links"] = {
            "alerts": [link_alert(address, alert) for alert in notice.alert_ids],
            "incidents": {line.incident_id: link_incident(address, line.incident_id) for line in notice.lines},
        }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _clean(plain: Any) -> Any:
    """The same with every text fit to be shown: a receiver may put it anywhere."""
    if isinstance(plain, str):
        return clean_text(plain)
    if isinstance(plain, list):
        return [_clean(part) for part in plain]
    return {key: _clean(part) for key, part in plain.items()} if isinstance(plain, dict) else plain


def sign(key: bytes, id_: str, stamp: str, body: bytes) -> str:
    """The signature as it stands in the header."""
    digest = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def read_wait(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header (RFC 9110, section 10.2.3), at most an hour; None where it says nothing."""
    value = (value or "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    try:
        when = parsedate_to_datetime(value)
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


@cache
def _name_agent() -> str:
    try:
        return f"Tocsin/{version('tocsin')} (early-warning desk)"
    except PackageNotFoundError:
        return "Tocsin/0 (early-warning desk)"


def _reason(why: Exception) -> str:
    return clean_line(getattr(why, "strerror", None) or str(why) or type(why).__name__, 150)
