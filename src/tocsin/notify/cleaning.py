"""Text from outside, made fit for a header, a page or an XML document, in one place."""

from __future__ import annotations

import re

#: What XML 1.0 does not allow (section 2.2), and the control characters that it allows and nobody can read.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Marks that turn the direction of what follows: a title could show itself as something else than it is.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_REPLACEMENT = "\ufffd"


def clean_text(text: str) -> str:
    """The text with its line breaks, without anything that XML forbids; what is taken out leaves U+FFFD behind."""
    return _FORBIDDEN.sub(_REPLACEMENT, _TURNING.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str, most: int = 300) -> str:
    """One line of at most `most` characters, so that it can break no header and no list."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "\u2026"
