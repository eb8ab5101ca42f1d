"""Addresses of e-mail as the desk takes them: one mailbox, no name beside it, nothing that could begin a header."""

from __future__ import annotations

import re

from tocsin.errors import RecordError

#: The local part of RFC 5322's dot-atom and a domain in ASCII; fullmatch, so that no line can follow.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
MAILBOX_RULE = "must be an address as watch@desk.example.org, without a name beside it"


def is_mailbox(given: str) -> bool:
    """Whether a text is one address and nothing else."""
    return _MAILBOX.fullmatch(given) is not None


def read_mailboxes(given: str, most: int) -> tuple[str, ...]:
    """The addresses that a text names, parted by commas, semicolons or white space, each once.

    Raises RecordError for none, for more than `most`, and for one that is no address.
    """
    found = tuple(dict.fromkeys(part for part in re.split(r"[,;\s]+", given) if part))
    if not 1 <= len(found) <= most:
        raise RecordError("recipients", len(found), f"must be 1 to {most} addresses")
    for mailbox in found:
        if not is_mailbox(mailbox):
            raise RecordError("recipient", mailbox[:80], MAILBOX_RULE)
    return found
