"""Speakers that a mark alone names, with no word of saying: "Three killed near Orle - police", "Three killed: police".

Headlines and tickers cite so. The encoder reads such forms where it has met them; this is for the others, and asks for
more: the words beside the mark must be ones that the table of parties knows for somebody who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tocsin.knowledge.parties import PartyLexicon
from tocsin.knowledge.party_parts import normalise_name
from tocsin.reading.coding import speaker_kind
from tocsin.records import Span

_MORE_WORDS = r"[\w'\u2019.-]*(?:\s[^\W\d_][\w'\u2019.-]*){0,5}"
#: At the end of a sentence or line: a dash between blanks, or a colon, then who says so.
_AFTER = re.compile(rf"(?:\s[-\u2013\u2014]|(?<=\w):)\s(?P<who>[^\W\d_]{_MORE_WORDS})\s{{0,2}}\.?$")
#: At its beginning: who says so, a colon, then a whole sentence or a quotation.
_BEFORE = re.compile(rf"[\"\u201c\s]{{0,3}}(?P<who>[A-Z]{_MORE_WORDS}):\s(?=[\"\u201c\u2018'\w])")
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)]{0,2}\s+(?=[\"'\u201c\u2018(]?[A-Z])|\n")
#: Kinds that words alone do not give away: anybody's name ends so.
_TOO_OPEN = frozenset({"person", "unspecified"})
#: What may stand before the noun.
_FIRST = frozenset(
    {"a", "an", "the", "local", "state", "regional", "provincial", "military", "rebel", "senior", "health", "hospital",
     "security", "government", "two", "several", "unnamed", "opposition", "police", "army", "un", "us", "uk", "eu"}
)  # fmt: skip
_LONGEST, _LONGEST_CAPITALS = 400, 4


def find_marked_speaker(text: str, trigger: Span, lexicon: PartyLexicon) -> Span | None:
    """The words of the speaker whom a mark names at either end of the sentence that tells an act; None without one."""
    start, end = _find_sentence(text, trigger)
    after = _AFTER.search(text[start:end])
    if after and start + after.start() >= trigger.end:
        who = Span(start + after.start("who"), start + after.end("who"))
        who = Span(who.start, who.start + len(who.cut(text).rstrip(". ")))
        if _speaks(who.cut(text), lexicon):
            return who
    before = _BEFORE.match(text, start, end)
    if before and before.end() <= trigger.start and _speaks(before["who"], lexicon):
        return Span(*before.span("who"))
    return None


def _find_sentence(text: str, trigger: Span) -> tuple[int, int]:
    low, high = max(0, trigger.start - _LONGEST), min(len(text), trigger.end + _LONGEST)
    start = max((m.end() for m in _SENTENCE_END.finditer(text, low, trigger.start)), default=low)
    following = _SENTENCE_END.search(text, trigger.end, high)
    return start, following.start() + (text[following.start()] != "\n") if following else len(text[:high].rstrip())


def _speaks(words: str, lexicon: PartyLexicon) -> bool:
    """Whether a phrase is nothing but the name of somebody who speaks, and no place: a dateline ends in a dash, too."""
    if (words.isupper() and len(words) > _LONGEST_CAPITALS) or normalise_name(words) in lexicon.lands:
        return False
    written = words.split()
    low = [word.lower() for word in written]
    if normalise_name(words) in lexicon.names:
        return True
    known = lexicon.heads.keys() | {"military"} | frozenset().union(*lexicon.speakers.values())
    if low[-1] not in known or not all(_is_part_of_name(word, known) for word in written[1:-1]):
        return False
    if low[0] not in known and low[0] not in _FIRST and not (words[0].isupper() and written[0] in lexicon.openings):
        return False
    kind = speaker_kind(words, lexicon.code_phrase(words))
    # "Civilians: 1,100 reached the town" is the heading of a list
    return kind not in _TOO_OPEN and (kind != "witness" or low[-1] in lexicon.speakers["witness"])


def _is_part_of_name(word: str, known: Collection[str]) -> bool:
    return word[0].isupper() or word.lower() in known or word.lower() in _FIRST
