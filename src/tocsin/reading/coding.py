"""Country and sector of a party, and kind of a speaker, from the words the encoder marked and the article's context."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from tocsin.knowledge.parties import PartyLexicon, SpeakerWords, make_party_lexicon
from tocsin.knowledge.party_parts import PartyCode, split_words
from tocsin.knowledge.party_phrases import PhraseReading
from tocsin.reading.article_context import ArticleContext, read_context
from tocsin.records import SpeakerKind

__all__ = ["ArticleContext", "code_party", "read_context", "speaker_kind"]

#: Sectors whose bearers live in the article's country unless the words say otherwise.
_LOCAL = frozenset({
    "GOV", "MIL", "COP", "CVL", "JUD", "LEG", "PTY", "REB", "UAF", "ETH", "REL", "EDU", "PRO", "BUS", "CRM", "SPY",
})  # fmt: skip
_OUTSIDERS = frozenset({"REB", "UAF", "CRM"})
_BODIES = _OUTSIDERS | {"NGO", "PTY", "IGO"}
_ANYBODY = _LOCAL | {"IGO", "NGO", "MED"}
#: Heads that stand for a body named before: "the group", "another movement".
_GROUP_HEADS = frozenset({"group", "groups", "movement", "organisation", "organization", "band", "outfit"})
#: Heads that stand for an international body where the article has named one.
_BODY_HEADS = frozenset({
    "agency", "council", "commission", "mission", "union", "alliance", "delegation", "community", "secretariat",
    "force", "investigators", "experts", "team",
})  # fmt: skip
_OFFICER_HEADS = frozenset({"officer", "officers", "patrol", "unit", "units", "sergeant", "sergeants", "squad"})
#: Things and people that cross borders: their country is not the article's for want of a better one.
_ROAMING = frozenset({
    "lorry", "lorries", "truck", "trucks", "tanker", "tankers", "vessel", "vessels", "ship", "ships", "boat", "boats",
    "convoy", "convoys", "migrant", "migrants", "mediator", "mediators", "donor", "donors", "freighter",
    "goods lorries",
})  # fmt: skip
_SINGULAR_PRONOUNS = frozenset({"he", "she", "him", "her"})
_PRONOUNS = _SINGULAR_PRONOUNS | {"they", "them", "it"}
_COUNTED = re.compile(
    r"(?:(?:all|the|these|those|some|most|any|each|the (?:first|last|other)|another|a)\s+)*"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|others?|both|several|many|few|rest|\d[\d,]*"
    r"|second|third|fourth|fifth|sixth|seventh|some|most)(?:\s+(?:others?|more))?"
    r"(?:\s+of\s+(?:them|these|those|its \w+|their \w+))?",
    re.IGNORECASE,
)
_TWO = re.compile(r"(?:the|these|those|their)?\s*(?:two|both|respective|neighbouring)\b(?:\s+the)?", re.IGNORECASE)
#: Sectors of which a state has one, so that two of them belong to two states.
_ONE_EACH = frozenset({"GOV", "MIL"})
_OFFICIAL_OF_BODY = frozenset({
    "envoy", "ambassador", "mediator", "mediators", "commissioner", "rapporteur", "diplomat", "diplomats",
    "facilitator", "negotiator",
})  # fmt: skip
_OFFICES = frozenset({
    "ministry", "minister", "government", "authority", "authorities", "governor", "mayor", "president", "presidency",
})  # fmt: skip
_ARMS = frozenset({"army", "fighter", "fighters", "commander", "military", "police", "armed"})
_FORMER = frozenset({"former", "retired", "ex"})
_AID_PEOPLE = frozenset({"worker", "workers", "medics", "medic", "volunteer", "volunteers"})
#: Words that name a medium whatever the codes say.
_PLAIN_MEDIA = frozenset({
    "television", "tv", "radio", "newspaper", "newspapers", "broadcaster", "channel", "daily", "weekly", "magazine",
    "website", "journalist", "journalists", "reporter", "reporters", "media", "correspondent",
})  # fmt: skip
_JOINTS_OF_SPEAKERS = frozenset({
    "of", "from", "in", "at", "by", "for", "who", "that", "which", "to", "on", "with", "near", "whose", "we", "shared",
    "seen", "circulating", "signed", "passed", "sent", "posted", "nailed", "pinned", "doing", "put", "quoted",
    "broadcast", "published", "filmed", "taken", "close", "loyal", "briefed", "there", "reached", "not", "about",
})  # fmt: skip
_KIND_OF_SECTOR: dict[str, SpeakerKind] = {
    "GOV": "official", "LEG": "official", "JUD": "official", "SPY": "official",
    "MIL": "force", "COP": "force", "REB": "force", "UAF": "force", "CRM": "force",
    "IGO": "organisation", "NGO": "organisation", "PTY": "organisation", "BUS": "organisation", "MED": "media",
    "REL": "person", "EDU": "person", "CVL": "person", "PRO": "person", "ETH": "person",
}  # fmt: skip


def code_party(words: str, context: ArticleContext, lexicon: PartyLexicon, *, at: int | None = None) -> PartyCode:
    """Country and sector of the party that `words` name in an article; both None where nothing says.

    at  offset of the words in the article's text: countries and groups named just before count more. Without it the
        article as a whole decides.
    `by` names the words that decided. Never raises.
    """
    reading = lexicon.read_phrase(words, context.known)
    if (earlier := _find_earlier(words, reading, context, at)) is not None:
        sector, why = earlier.sector, f"{reading.by or words[:40]!r} taken for {earlier.by!r}"
        country = reading.country or earlier.country
    else:
        sector, country, why = reading.sector, reading.country, reading.by
    if country is None and sector in _LOCAL and not _is_shared(words, reading):
        found, reason = context.find_owner_land(at) if reading.is_owned else (None, "")
        if found is None:
            found, reason = context.find_country(at)
        if found is not None:
            country, why = found, f"{why}; {reason}"
    if sector is None and country is None:
        return PartyCode()
    return PartyCode(country, sector, why)


def _is_shared(words: str, reading: PhraseReading) -> bool:
    if reading.is_shared or reading.head in _ROAMING:
        return True
    return reading.sector in _ONE_EACH and reading.head.endswith("s") and bool(_TWO.match(words))


def _find_earlier(words: str, reading: PhraseReading, context: ArticleContext, at: int | None) -> PartyCode | None:
    """The party met before that a pronoun, a number or a general word stands for, where it stands for one."""
    head = reading.head
    if reading.sector is None and reading.country is None and not head:
        low = words.strip().lower()
        if at is not None and (low in _PRONOUNS or _COUNTED.fullmatch(low[:60])):
            return context.find_party(at, _ANYBODY, is_person=low in _SINGULAR_PRONOUNS)
        return None
    if reading.country in ("IGO", "NGO"):
        return None
    if head in _GROUP_HEADS and reading.sector in ("UNK", "NGO", "REB", "PTY", None):
        return context.find_party(at, _OUTSIDERS | {"PTY"}, named=_BODIES)
    if head in _BODY_HEADS and reading.country is None and (reading.is_usual or head == "force"):
        return _find_body(head, context, at)
    if reading.is_owned and (reading.is_usual or reading.sector is None) and at is not None:
        return context.find_party(at, _BODIES | {"MIL", "COP", "GOV"})
    if head in _OFFICER_HEADS and reading.is_usual:
        return context.find_party(at, frozenset({"MIL", "COP", "REB"}))
    return None


def _find_body(head: str, context: ArticleContext, at: int | None) -> PartyCode | None:
    """The international body whose name holds the word, named before."""
    word = head.removesuffix("s")
    for mention in reversed(context.mentions):
        if (at is None or mention.at < at) and mention.is_named and mention.code.country == "IGO":
            if word in mention.code.by.lower():
                return mention.code
            if head == "force":
                return PartyCode("IGO", "MIL", f"force of {mention.code.by}")
    return None


def speaker_kind(words: str, code: PartyCode, kinds: SpeakerWords | None = None) -> SpeakerKind:
    """The codebook's kind of a speaker from the words and the party's codes (rule 18); never raises.

    kinds  the lexicon's words of speakers; the bundled ones where None
    """
    table = kinds if kinds is not None else _load_kinds()
    tokens = split_words(words[:400])
    if not tokens:
        return "unspecified"
    low = [t.lower() for t in tokens]
    if _holds(table["anonymous"], low):
        return "anonymous"
    head = low[: _head_length(low)]
    if len(head) <= 3 and _ends(table["unspecified"], head):
        return "unspecified"
    if _ends(table["footage"], head):
        return "footage"
    media = table["media"] if code.sector in ("MED", "UNK", None) else table["media"] & _PLAIN_MEDIA
    if _ends(media, head):
        return "media"
    if _ends(table["document"], head):
        return "document"
    if code.sector == "MED" and not _is_official(low):
        return "media"
    if code.sector in ("MIL", "COP") and _FORMER & set(low):
        return "person"
    if code.sector in ("REB", "UAF") and _is_official(low) and not _ARMS & set(low):
        return "official"
    if code.sector == "NGO" and _ends(_AID_PEOPLE, head):
        return "person"
    if code.sector in ("CVL", "ETH", "PRO", "EDU", "REL", "BUS", "UNK", None):
        return _kind_of_private(tokens, low, head, code, table)
    if code.sector == "IGO" and (_OFFICIAL_OF_BODY & set(low)):
        return "official"
    return _KIND_OF_SECTOR.get(code.sector or "", "person")


def _kind_of_private(
    tokens: Sequence[str], low: Sequence[str], head: Sequence[str], code: PartyCode, table: SpeakerWords
) -> SpeakerKind:
    """Who holds no office and bears no arms: an organisation, a person known by name or tie, or a witness."""
    if _ends(table["organisation"], head):
        return "organisation"
    if _holds(table["person"], low):
        return "person"
    if _holds(table["witness"], low):
        return "witness"
    if _is_personal(tokens):
        return "media" if code.sector is None and _starts(table["media"], low) else "person"
    if _holds(table["media"], low[:2]) and code.sector in (None, "UNK"):
        return "media"
    if code.sector == "BUS" and low[0] == "the":
        return "organisation"
    return "witness" if code.sector in ("CVL", "PRO", "EDU", "BUS") else "person"


def _is_personal(tokens: Sequence[str]) -> bool:
    """Whether a given name and a surname stand in it."""
    return any(a[:1].isupper() and b[:1].isupper() and a.lower() not in ("the", "a", "an") for a, b in pairwise(tokens))


def _is_official(low: Sequence[str]) -> bool:
    return bool(_OFFICES & set(low))


def _head_length(low: Sequence[str]) -> int:
    """How many words stand before the first that only describes: "a video | shared by residents"."""
    for i, word in enumerate(low):
        if i and (word in _JOINTS_OF_SPEAKERS or not word[0].isalnum()):
            return i
    return len(low)


def _holds(words: frozenset[str], low: Sequence[str]) -> bool:
    padded = f" {' '.join(low)} "
    return any(w in words for w in low) or any(f" {w} " in padded for w in words if " " in w)


def _ends(words: frozenset[str], low: Sequence[str]) -> bool:
    return bool(low) and (low[-1] in words or " ".join(low[-2:]) in words)


def _starts(words: frozenset[str], low: Sequence[str]) -> bool:
    return low[0] in words or (low[0] == "the" and len(low) > 1 and low[1] in words)


@cache
def _load_kinds() -> SpeakerWords:
    return make_party_lexicon().speakers
