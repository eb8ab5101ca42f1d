"""What the desk tells people, and over which channels: e-mail, signed webhook, Atom, RSS and CAP 1.2.

A room of its own behind `ports.Notifier`: notices come in, nothing of the desk is read. What leaves, and when it is
tried again, is the work of the outbox in `store/` and of `delivering.py`. Importing this loads neither lxml nor httpx.
"""

from __future__ import annotations

from tocsin.notify.channel_file import CHANNELS_FILE, examine_channels, load_channels
from tocsin.notify.channels import (
    DEFAULT_LIMIT,
    Channel,
    EmailChannel,
    Wanted,
    WebhookChannel,
    choose_channels,
    fit_digest,
)
from tocsin.notify.opening import open_mailer, open_notifier
from tocsin.notify.texts import make_test_notice, write_html, write_plain, write_subject

__all__ = [
    "CHANNELS_FILE",
    "DEFAULT_LIMIT",
    "Channel",
    "EmailChannel",
    "Wanted",
    "WebhookChannel",
    "choose_channels",
    "examine_channels",
    "fit_digest",
    "load_channels",
    "make_test_notice",
    "open_mailer",
    "open_notifier",
    "write_html",
    "write_plain",
    "write_subject",
]
