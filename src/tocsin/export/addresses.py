"""Addresses as RFC 3986 has them, for formats that take no letters beyond ASCII in one."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

#: The signs that mean something in a path; in what follows it the question mark and slash do not end it.
_IN_PATH = "/:@!$&'()*+,;=%"
_AFTER_PATH = _IN_PATH + "?"
#: What is as it should be, as most addresses are.
_SOUND = re.compile(
    r"https?://[\w.~-]+(?::\d+)?(?:[/?](?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?", re.ASCII | re.IGNORECASE
)
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def make_uri(address: str) -> str | None:
    """A web address in ASCII: other letters by their bytes in UTF-8, those of a machine's name as IDNA writes them.

    None for what is no web address.
    """
    if _SOUND.fullmatch(address):
        return address
    if not re.fullmatch(r"https?://\S+", address, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(address)
        host = parts.netloc.encode("idna").decode()
    except ValueError:  # brackets that hold no machine's number, a name with a label that is empty or too long
        return None
    if not re.fullmatch(r"[\w.~!$&'()*+,;=:@%\[\]-]+", host, re.ASCII):
        return None
    path, query, fragment = (
        quote(_BARE_PERCENT.sub("%25", part), safe)
        for part, safe in ((parts.path, _IN_PATH), (parts.query, _AFTER_PATH), (parts.fragment, _AFTER_PATH))
    )
    return urlunsplit((parts.scheme, host, path, query, fragment))
