"""Mail servers on this machine that accept, refuse, put off or die."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Mailbox:
    """A mail server's handler: what it took, and how it behaves.

    rcpt  what it answers to a recipient, by address; others are taken
    data  what it answers to messages, one after the other and then 250; "die" breaks the line without an answer
    """

    rcpt: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    took: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    seen: int = 0
    is_tls: bool = False
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.seen += 1
        self.is_tls = session.ssl is not None
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer == "die":
            server.transport.abort()
            await asyncio.sleep(0)
            return "421 gone"
        if answer.startswith("2"):
            self.took.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
            self.recipients.append(list(envelope.rcpt_tos))
        return answer


class FreePortController(Controller):
    """aiosmtpd's, which asks the port it was given whether it answers: 0 stands for any free one."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def run_mailboxes() -> Iterator[Callable[..., Mailbox]]:
    """What starts mail servers, with aiosmtpd's options; all are stopped at the end."""
    controllers: list[Controller] = []

    def run(**options: Any) -> Mailbox:
        box = Mailbox()
        controller = FreePortController(box, hostname="127.0.0.1", port=0, **options)
        controller.start()
        box.port = controller.port
        controllers.append(controller)
        return box

    try:
        yield run
    finally:
        for controller in controllers:
            controller.stop()


def let_in(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    """An aiosmtpd authenticator that knows one user."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (user, password), handled=False)

    return authenticate
