"""What a report's page says of sending it: the channels, a ticket for the form, and what was sent already."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from tocsin.desk import Desk
from tocsin.reporting.kept import OpenReport
from tocsin.reporting.mailing import CONFIRMED, MOST_RECIPIENTS, list_mail_channels, list_sent
from tocsin.service.delivering import load_desk_channels
from tocsin.web.language import N_

#: The fields of the form, as somebody filled them in where it was refused.
NOTHING_FILLED: Mapping[str, str] = {}
COPY_STATES = {
    "waiting": N_("waits to be sent"),
    "sending": N_("is being sent"),
    "sent": N_("taken by the mail server"),
    "given-up": N_("given up"),
}


def tell_mailing(
    request: Request, opened: OpenReport, filled: Mapping[str, str] = NOTHING_FILLED, refused: str | None = None
) -> dict[str, Any]:
    """The context of the form and of the record; `ticket` makes a form that is sent twice one sending."""
    desk: Desk = request.app.state.desk
    return {
        "mail_channels": list_mail_channels(load_desk_channels(desk.settings)),
        "mails": list_sent(desk.store, opened.kept.id),
        "copy_states": COPY_STATES,
        "mail_ticket": filled.get("ticket") or secrets.token_urlsafe(12),
        "mail_filled": filled,
        "mail_refused": refused,
        "most_recipients": MOST_RECIPIENTS,
        "needs_word": opened.report.tlp == CONFIRMED,
    }
