"""Places as a sentence names them: what stands after "in", "at" or "near", proper names and sites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tocsin.knowledge.parties import PartyLexicon
from tocsin.reading import calendar as cal
from tocsin.reading import clauses as cl
from tocsin.records import PlaceMention, Span

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_LOCATIVE = frozenset({
    "in", "at", "near", "around", "outside", "inside", "on", "across", "along", "through", "over", "towards", "toward",
    "to", "into", "from", "of", "between", "within", "beside", "by", "off", "throughout", "north", "south", "east",
    "west", "for", "above", "below", "up",
})  # fmt: skip
_NEAREST = ("in", "at", "near", "around", "outside", "inside", "on", "across", "along", "through", "off", "throughout")
_SITES = frozenset({
    "bridge", "crossing", "border", "checkpoint", "road", "highway", "village", "town", "city", "district", "province",
    "region", "square", "street", "camp", "market", "station", "airport", "port", "base", "barracks", "valley",
    "island", "river", "hill", "prison", "school", "hospital", "church", "mosque", "monastery", "university", "county",
    "municipality", "quarter", "suburb", "neighbourhood", "forest", "lake", "gate", "pass", "junction", "frontier",
    "strait", "coast", "capital", "mine", "plant", "dam", "post",
})  # fmt: skip
_DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-Ý][A-ZÀ-Ý'\u2019 .-]{2,30})(?:,[^\u2013—\n]{0,60})?\s*(?:\([^)\n]{1,40}\)\s*)?"
    r"(?:[-\u2013—:]\s|\.\s)"
)
_CARDINAL = re.compile(r"^(?:the\s+)?(?:north|south|east|west|centre|center|outskirts|edge|middle)", re.I)


def find_places(
    sentence: Sentence, near: Token, lexicon: PartyLexicon, extra: frozenset[str], offset: int
) -> list[PlaceMention]:
    """Place mentions of a sentence, those hanging closest to the word `near` first."""
    found: list[tuple[int, int, PlaceMention]] = []
    for token in sentence:
        if token.dep_ != "pobj" or token.head.lower_ not in _LOCATIVE or _is_time(token):
            continue
        found.extend(
            (_distance(member, near), member.i, mention)
            for member in cl.iter_members(token)
            if (mention := _make_mention(member, lexicon, extra, offset)) is not None
        )
    known = {m.name for _, _, m in found}
    for mention, at in _extra_names(sentence, extra, offset):
        if not any(mention.name in name for name in known):
            found.append((90 + abs(at - near.i), at, mention))
    found.sort(key=lambda f: f[:2])
    return [m for _, _, m in found]


def find_dateline(text: str) -> PlaceMention | None:
    """The place in capitals that a report opens with ("ORLE, Veshtia - ..."), looked for in its first two lines."""
    start = 0
    for line in text.split("\n")[:6]:
        m = _DATELINE.match(line)
        if m is not None and len(line) > len(m.group(0)) + 20:
            name = m["place"].strip(" .-")
            return PlaceMention(name, Span(start, start + len(name)))
        start += len(line) + 1
    return None


def _make_mention(head: Token, lexicon: PartyLexicon, extra: frozenset[str], offset: int) -> PlaceMention | None:
    start, end = cl.phrase_bounds(head)
    words = head.doc.text[start:end]
    name = re.sub(r"^(?:the|a|an|its|their|his|her)\s+", "", words, flags=re.I)
    is_site = head.lemma_.lower() in _SITES
    is_name = head.pos_ == "PROPN"
    if not (is_site or is_name or _CARDINAL.match(words)):
        return None
    if is_name and not is_site and not _could_be_place(name, lexicon, extra):
        return None
    if (
        head.head.lower_ in ("of", "for", "by", "to", "from")
        and not is_site
        and not _is_known_place(name, lexicon, extra)
    ):
        return None
    if len(words) > 80:
        return None
    if (
        is_site
        and not any(c.isupper() for c in words)
        and head.lemma_.lower()
        in (
            "post",
            "base",
            "camp",
            "school",
            "plant",
            "city",
            "town",
            "village",
            "region",
            "capital",
            "province",
            "district",
            "country",
        )
    ):
        inner = next(
            (g for g in cl.find_prep_objects(head, frozenset({"of", "in", "near"})) if g.pos_ == "PROPN"), None
        )
        if inner is not None:
            return _make_mention(inner, lexicon, extra, offset)
    return PlaceMention(words, Span(offset + start, offset + end))


def _could_be_place(name: str, lexicon: PartyLexicon, extra: frozenset[str]) -> bool:
    if _is_known_place(name, lexicon, extra):
        return True
    code = lexicon.code_phrase(name)
    return code.sector is None


def _is_known_place(name: str, lexicon: PartyLexicon, extra: frozenset[str]) -> bool:
    table = lexicon.countries
    return name in extra or name in table.by_name or name in table.by_capital


def _is_time(token: Token) -> bool:
    lower = token.lower_.rstrip(".")
    return lower in cal.WEEKDAYS or cal.read_month(lower) is not None or token.like_num or token.lemma_ in (
        "day", "week", "month", "year", "night", "morning", "evening", "afternoon", "dawn", "hour", "time", "weekend",
    )  # fmt: skip


def _distance(head: Token, near: Token) -> int:
    path: dict[int, int] = {near.i: 0}
    for depth, (_, ancestor) in enumerate(cl.iter_ancestors(near), 1):
        path.setdefault(ancestor.i, depth)
    steps = 0
    preposition = head.head.lower_ if head.dep_ == "pobj" else ""
    for _, ancestor in cl.iter_ancestors(head):
        steps += 1
        if ancestor.i in path:
            break
    penalty = 0 if preposition in _NEAREST or head.dep_ == "conj" else 3
    climb = path.get(ancestor.i, 9) if steps else 9
    return steps + 2 * climb + penalty


def _extra_names(sentence: Sentence, extra: frozenset[str], offset: int) -> Sequence[tuple[PlaceMention, int]]:
    if not extra:
        return ()
    words = list(sentence)
    found: list[tuple[PlaceMention, int]] = []
    i = 0
    while i < len(words):
        for n in range(min(5, len(words) - i), 0, -1):
            first, last = words[i], words[i + n - 1]
            name = sentence.doc.text[first.idx : last.idx + len(last.text)]
            if name in extra:
                found.append(
                    (PlaceMention(name, Span(offset + first.idx, offset + last.idx + len(last.text))), first.i)
                )
                i += n - 1
                break
        i += 1
    return found
