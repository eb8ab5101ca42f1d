"""Links that name the outlet itself: "villagers told Orlapress" in a story of Orlapress is told by the villagers.

The codebook leaves the outlet out of the chain, and agencies name themselves in every other story. Where the encoder
takes the agency for the speaker, whoever told it stands before the verb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.reading.coding import code_party, speaker_kind
from tocsin.reading.scene import Setting
from tocsin.records import Attribution, Span

#: What stands before the outlet's name, in its own sentence: who told it, from the last mark on.
_TOLD = re.compile(
    r"(?:\A|[,;:\u2013\u2014\"\u201d\n]\s?|[.!?]\s+)\s*(?P<who>[^,;:.!?\"\u201c\u201d\u2013\u2014\n]{2,120}?)\s"
    r"(?:(?:has|had|have|also|later|then)\s)?(?P<cue>told)\s(?:the\s)?\Z"
)
#: The document that the outlet has: "a letter seen by Orlapress".
_SEEN = re.compile(
    r"(?:\A|[,;:\u2013\u2014\"\u201d\n]\s?|[.!?]\s+)\s*(?:according\sto\s|in\s)?"
    r"(?P<who>[^,;:.!?\"\u201c\u201d\u2013\u2014\n]{2,90}?\s(?:seen|obtained|reviewed|verified)\sby)\s(?:the\s)?\Z"
)
_PRONOUNS = frozenset({"he", "she", "it", "they", "who"})
_LOOK_BACK = 200


def drop_outlet(chain: Sequence[Attribution], setting: Setting) -> tuple[Attribution, ...]:
    """The chain without the outlet that publishes it, and with who told it where nobody else is left."""
    own = _fold(setting.outlet or "")
    if not own or not any(link.speaker and _fold(link.speaker) == own for link in chain):
        return tuple(chain)
    kept = tuple(link for link in chain if not link.speaker or _fold(link.speaker) != own)
    if kept:
        return kept
    outlet = next(link for link in chain if link.speaker)
    return _find_teller(outlet, setting)


def _find_teller(outlet: Attribution, setting: Setting) -> tuple[Attribution, ...]:
    if outlet.span is None:
        return ()
    low, text = max(0, outlet.span.start - _LOOK_BACK), setting.text
    before = text[low : outlet.span.start]
    if (told := _TOLD.search(before)) is not None:
        span, cue = Span(low + told.start("who"), low + told.end("who")), told["cue"]
    elif (seen := _SEEN.search(before)) is not None:
        span, cue = Span(low + seen.start("who"), outlet.span.end), outlet.cue
    else:
        return ()
    words = span.cut(text)
    if words.lower() in _PRONOUNS:
        return ()
    code = code_party(words, setting.context, setting.lexicon, at=span.start)
    return (replace(outlet, speaker=words, kind=speaker_kind(words, code), cue=cue, span=span),)


def _fold(name: str) -> str:
    return " ".join(name.casefold().removeprefix("the ").split())
