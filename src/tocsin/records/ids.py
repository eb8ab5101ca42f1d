"""Stable identifiers: the same content has the same identifier on every machine, for ever.

An identifier is ``<prefix>_<16 letters>``: the first 80 bits of SHA-256 over the labelled parts, in lower-case base 32.
Parts are joined by the unit separator (U+001F), which `clean_part` removes from the parts themselves, so that
``("a", "bc")`` and ``("ab", "c")`` differ. ``SCHEME`` is hashed too: change it if the recipe changes.
"""

from __future__ import annotations

import base64
import hashlib

SCHEME = "1"
_SEPARATOR = "\x1f"


def clean_part(part: object) -> str:
    """The text of one part; None and the empty string differ."""
    return "\x00" if part is None else str(part).replace(_SEPARATOR, " ")


def make_id(prefix: str, *parts: object) -> str:
    """Make the identifier of a record of the kind `prefix` from what identifies it, in order."""
    joined = _SEPARATOR.join([SCHEME, prefix, *map(clean_part, parts)])
    digest = hashlib.sha256(joined.encode("utf-8", "surrogatepass")).digest()[:10]
    return f"{prefix}_{base64.b32encode(digest).decode('ascii').lower()}"


def digest_text(text: str) -> str:
    """SHA-256 of a text, in hexadecimal: the fingerprint of an exact copy."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
