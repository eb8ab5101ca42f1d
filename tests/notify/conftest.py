"""A web server, mail servers, and certificates that nobody else believes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.notify.made import Hook, run_hook
from tests.notify.servers import Mailbox, run_mailboxes


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A web server that takes notices."""
    with run_hook() as running:
        yield running


@pytest.fixture
def run_mail() -> Iterator[Callable[..., Mailbox]]:
    """Start a mail server."""
    with run_mailboxes() as run:
        yield run


@dataclass
class Certificates:
    """A certificate for localhost and the file of its authority."""

    server: ssl.SSLContext
    ca_file: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority that nobody but us believes."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return Certificates(context, path)
