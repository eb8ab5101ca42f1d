"""One mail server, in the clear, with STARTTLS or TLS: a message is handed over, or a DeliveryError says why not.

A message counts as sent once the server has answered the end of its text with 250.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Any

from tocsin.errors import DeliveryError
from tocsin.notify.channels import EmailChannel
from tocsin.notify.cleaning import clean_line
from tocsin.notify.secrets import hide_secret

_WHAT = "e-mail"
#: Longest wait for one answer; the channel's `timeout_seconds` bounds all of them together.
_STEP_SECONDS = 15.0
#: Recipients that were refused, each with the server's answer: its number and its words.
Refusals = Mapping[str, str]


class MailServer:
    """The server of an e-mail channel; nothing is connected before the first message."""

    def __init__(self, channel: EmailChannel, ssl_context: ssl.SSLContext | None = None) -> None:
        self._channel, self._context = channel, ssl_context

    def hand_over(self, message: EmailMessage, recipients: Sequence[str]) -> Refusals:
        """Hand a message over for some recipients: those for whom the server did not take it, with what it answered.

        Raises DeliveryError where it took it for nobody: final where it refuses message or recipients for good (5xx).
        """
        try:
            with self._connect() as server:
                refused = server.sendmail(self._channel.sender, list(recipients), message.as_bytes())
        except smtplib.SMTPRecipientsRefused as why:
            told = _read(why.recipients)
            is_final = all(is_for_good(answer) for answer in told.values())
            raise self.fail(f"every recipient was refused: {tell_refusals(told)}", is_final=is_final) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as why:
            is_final = 500 <= why.smtp_code < 600
            raise self.fail(f"the server refused the message: {_answer(why)}", is_final=is_final) from None
        except smtplib.SMTPAuthenticationError as why:
            # The other side's words may repeat what it was sent: only the number is told.
            raise self.fail(f"the server did not accept user and password ({why.smtp_code})", is_final=False) from None
        except smtplib.SMTPResponseException as why:
            raise self.fail(f"the server is not ready: {_answer(why)}", is_final=False) from None
        except ssl.SSLCertVerificationError as why:
            reason = f"the server's certificate is not valid: {why.verify_message}"
            raise self.fail(reason, is_final=False) from None
        except (smtplib.SMTPException, OSError, ValueError) as why:
            reason = f"the server cannot be reached or broke off ({_reason(why)})"
            raise self.fail(reason, is_final=False) from None
        return _read(refused)

    def fail(self, reason: str, *, is_final: bool, is_partial: bool = False) -> DeliveryError:
        """The error that says what went wrong with this server, without its password."""
        channel = self._channel
        told = clean_line(hide_secret(reason, channel.password), 400)
        which = f"{channel.name} ({channel.host}:{channel.port})"
        return DeliveryError(_WHAT, which, told, is_final=is_final, is_partial=is_partial)

    @contextmanager
    def _connect(self) -> Iterator[smtplib.SMTP]:
        channel = self._channel
        context = self._context or ssl.create_default_context(cafile=channel.ca_file)
        self._context = context
        step = min(_STEP_SECONDS, channel.timeout_seconds)
        kind: Any = smtplib.SMTP_SSL if channel.security == "tls" else smtplib.SMTP
        options: dict[str, Any] = {"context": context} if channel.security == "tls" else {}
        # Made without a connection, so that the alarm is set before the first byte is waited for. It is told who it is:
        # asking the name servers for the name of this machine can take long, and is nobody's business.
        server: smtplib.SMTP = kind(timeout=step, local_hostname=channel.sender.rpartition("@")[2], **options)
        # RFC 6125 names what the certificate must be for; smtplib takes it from here.
        server._host = channel.host  # type: ignore[attr-defined]  # set by connect() only when called by __init__
        with _alarm(server, channel.timeout_seconds):
            try:
                code, answer = server.connect(channel.host, channel.port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, answer)
                if channel.security == "starttls":
                    server.starttls(context=context)
                if channel.user is not None and channel.password is not None:
                    server.login(channel.user, channel.password.reveal())
                yield server
                with suppress(smtplib.SMTPException, OSError):  # it has the message: how it says goodbye is all one
                    server.quit()
            finally:
                server.close()


@contextmanager
def _alarm(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Break the connection after so many seconds: a server that answers a byte at a time never meets a timeout."""

    done = threading.Event()

    def break_off() -> None:
        wait = seconds
        while not done.wait(wait):
            if (sock := server.sock) is not None:
                with suppress(OSError):
                    # Of the plain socket also under TLS, so that the thread that reads only sees an end.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            wait = 0.2  # the socket may just be changing into one of TLS: once more

    watch = threading.Thread(target=break_off, name="tocsin-mail-alarm", daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def is_for_good(answer: str) -> bool:
    """Whether an answer of the server ("550 no such user") refuses for good; 4xx asks to try again."""
    return answer.startswith("5")


def tell_refusals(refused: Refusals) -> str:
    """The first five who were refused, with the answers."""
    return "; ".join(f"{name}: {answer}" for name, answer in list(refused.items())[:5])


def _read(refused: Mapping[str, tuple[int, bytes]]) -> Refusals:
    return {name: f"{code} {_decode(text)}" for name, (code, text) in refused.items()}


def _answer(why: smtplib.SMTPResponseException) -> str:
    return f"{why.smtp_code} {_decode(why.smtp_error)}"


def _decode(text: bytes | str) -> str:
    return clean_line(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text), 150)


def _reason(why: Exception) -> str:
    return clean_line(getattr(why, "strerror", None) or str(why) or type(why).__name__, 150)
