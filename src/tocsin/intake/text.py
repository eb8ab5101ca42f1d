"""The one form of text that the desk keeps: what the offsets of every claim count."""

from __future__ import annotations

import re
import unicodedata

MAX_LINE_CHARS = 500
"""A longer headline or name is cut and ends in an ellipsis; the text below it keeps all."""

MAX_MARKS = 30
"""Most combining marks on one letter: the bound of Unicode's Stream-Safe Text Format (UAX #15, section 13).

Longer runs are noise, and sorting them takes time that grows with the square of their length.
"""

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters but for tab and line feed; soft hyphen; zero-width characters and marks of direction; invisible
# operators; the byte order mark; annotation and tag characters; surrogates without a partner; noncharacters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_TRAILING_SPACE = re.compile(r"(?<=\S)[^\S\n]+$|^[^\S\n]+$", re.MULTILINE)
_MANY_BLANK_LINES = re.compile("\n{4,}")
# No combining mark is a word character for `re`, so a run of them is found without a table of all marks.
_MAYBE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")


def normalise_text(raw: str) -> str:
    """Bring a text into the form that is kept: NFC, LF line ends, nothing invisible, at most two blank lines in a row.

    Kept are line feed and tab; removed are all other control characters, byte order marks, zero-width and bidirectional
    characters, soft hyphens, surrogates, trailing space on a line, and white space around the whole. Doing it twice
    changes nothing more.
    """
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", raw))
    if not text.isascii():
        # Twice, because a few marks become two in NFC.
        text = _MAYBE_MARKS.sub(_cut_marks, unicodedata.normalize("NFC", _MAYBE_MARKS.sub(_cut_marks, text)))
    return _MANY_BLANK_LINES.sub("\n\n\n", _TRAILING_SPACE.sub("", text)).strip()


def normalise_line(raw: str | None) -> str | None:
    """A headline or name on one line of at most `MAX_LINE_CHARS` characters; None where there is nothing in it."""
    line = " ".join(normalise_text(raw[: 4 * MAX_LINE_CHARS]).split()) if raw else ""
    if len(line) > MAX_LINE_CHARS:
        line = line[: MAX_LINE_CHARS - 1].rstrip() + "\u2026"
    return line or None


def _cut_marks(found: re.Match[str]) -> str:
    """The run without the marks beyond the bound on each letter."""
    kept, marks = [], 0
    for char in found[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)
