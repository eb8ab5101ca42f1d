"""Who may be meant: "gunmen" contradict a crowd of residents, and neither "the attackers" nor a named armed group.

A report that says less than another is no rival version of it. Which words leave open who it was, and whom they may
mean, is the table of vague words in `knowledge/parties.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from tocsin.incidents.stems import WORD, proper_words_in
from tocsin.knowledge.parties import PartyLexicon, Vague, make_party_lexicon
from tocsin.records import Party

#: Sectors of phrases whose last word speaks for the whole ("young men"); "customs men" are no men merely.
_UNTOLD = frozenset({"UAF", "CVL", "UNK", None})
#: Sectors of a party of which nothing is known.
_UNSAID = frozenset({"UNK", None})


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a party is called: whom its words may mean where they leave that open, and stems of what names it."""

    vague: Vague | None
    names: frozenset[str]


def may_be_one(one: Party, other: Party) -> bool:
    """Whether two parties may be one because at least one of the names leaves open who it was.

    No answer for two names that both say who: those are compared as names.
    """
    mine, theirs = _read_wording(one.text), _read_wording(other.text)
    if mine.vague is None and theirs.vague is None:
        return False
    if mine.names and theirs.names and not mine.names & theirs.names:
        return False
    keeps_country = any(w.vague and w.vague.keeps_country for w in (mine, theirs))
    if keeps_country and one.country and other.country and one.country != other.country:
        return False
    if one.sector in _UNSAID or other.sector in _UNSAID:
        return True
    return other.sector in _list_sectors(one, mine) or one.sector in _list_sectors(other, theirs)


def count_meanings(party: Party) -> int:
    """How many sectors its name leaves open: 0 for one that says who it was."""
    vague = _read_wording(party.text).vague
    return len(vague.sectors) if vague else 0


def _list_sectors(party: Party, wording: _Wording) -> frozenset[str | None]:
    """The sectors that a name allows; what a name or the article has settled ("men" of a named group) is settled."""
    return wording.vague.sectors if wording.vague and not wording.names else frozenset((party.sector,))


@lru_cache(maxsize=20_000)
def _read_wording(text: str) -> _Wording:
    lexicon = _load_lexicon()
    reading = lexicon.read_phrase(text)
    vague = lexicon.vague.get(reading.head)
    if vague is None and reading.sector in _UNTOLD:
        vague = lexicon.vague.get(reading.head.rpartition(" ")[2])
    return _Wording(vague, _find_names(text, lexicon))


def _find_names(text: str, lexicon: PartyLexicon) -> frozenset[str]:
    """Stems of the words that name somebody: a capital at the beginning alone ("Gunmen", "Unknown men") is none."""
    words = WORD.findall(text)
    if words and not any(words[0] in known for known in (lexicon.lands, lexicon.names, lexicon.peoples)):
        words = words[1:]
    return proper_words_in(" ".join(words))


@cache
def _load_lexicon() -> PartyLexicon:
    return make_party_lexicon()
