"""The small words right beside a name that say which place is meant: "northern Mali", "Donetsk region".

Whoever finds names leaves these words outside, since they name nothing. Without them the Donetsk region of Ukraine is a
town in Russia, and the north of a country is all of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.places.phrases import PlacePhrase, parse_phrase
from tocsin.places.words import PlaceWords
from tocsin.records import PlaceMention

_AREAS = frozenset({"region", "district"})
#: "The city of X" is X; "the capital of X" and "a suburb of X" are other places than X.
_TOWNS = frozenset({"city", "town", "village", "hamlet"})
#: Behind a name these are offices or troops more often than areas: "the Gaza division", "the Minneapolis department".
_NOT_BEHIND = frozenset({"department", "division", "locality"})
#: "Texas state" is the area; "Israel state television" and "a state visit" are none.
_STATE_OF = re.compile(r"^ (?:department|media|television|tv|news|radio|run|owned|visit|funeral|agency)\b")
#: "In the county of X", and not "Puge county of X": that kind is told of the name before.
_KIND_BEFORE = re.compile(r"(?:^|[^\w\s]\s|\b[a-z][\w-]*\s)(?P<kind>[a-z]+) of (?:the )?$")
_PART_BEFORE = re.compile(r"(?<![\w-])(?P<part>[A-Za-z]+(?:-[a-z]+)?) $")
_KIND_BEHIND = re.compile(r"^ (?P<kind>[a-z]+)\b(?!-)")
_REACH = 40


def parse_mention(mention: PlaceMention, text: str, words: PlaceWords) -> PlacePhrase:
    """The mention taken apart together with the words beside it that ask for an area or a part of one."""
    phrase = parse_phrase(mention.name, words)
    if mention.span is None or phrase.kind or phrase.part or phrase.site or phrase.container or not phrase.names:
        return phrase
    if not mention.name[:1].isupper() or mention.name in words.peoples:
        return phrase
    lead = _read_lead(text[max(0, mention.span.start - _REACH) : mention.span.start], words)
    trail = _read_trail(text[mention.span.end : mention.span.end + _REACH], words)
    if not lead and not trail:
        return phrase
    wide = parse_phrase(f"{lead}{mention.name}{trail}", words)
    # "the town of Bria" is called Bria; "northern Mali" and "Donetsk region" are called so
    is_town = not trail and wide.kind == "settlement"
    return replace(wide, written=mention.name) if is_town else wide


def _read_lead(before: str, words: PlaceWords) -> str:
    if (found := _KIND_BEFORE.search(before)) is not None:
        kind = found["kind"]
        return f"{kind} of " if kind in _TOWNS or words.kinds.get(kind) in _AREAS else ""
    if (found := _PART_BEFORE.search(before)) is not None and found["part"].lower() in words.parts:
        return found.group("part") + " "
    return ""


def _read_trail(behind: str, words: PlaceWords) -> str:
    found = _KIND_BEHIND.match(behind)
    if found is None or words.kinds.get(found["kind"]) not in _AREAS or found["kind"] in _NOT_BEHIND:
        return ""
    is_office = found["kind"] == "state" and _STATE_OF.match(behind[found.end() :])
    return "" if is_office else f" {found['kind']}"
