"""What an article has said so far about who is who: names met, the last person and group spoken of, its country.

One `Discourse` lives as long as one article is read; it is the only thing in this room that changes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.knowledge.parties import PartyCode, PartyLexicon
from tocsin.reading.clauses import iter_ancestors, phrase_bounds
from tocsin.records import Party, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_SINGULAR = frozenset({"he", "she", "him", "her"})
_PLURAL = frozenset({"they", "them", "it", "we", "us"})
_PRONOUNS = _SINGULAR | _PLURAL | frozenset({"i", "who", "which", "that", "this", "those", "these", "there", "what"})
_ABBREVIATION = re.compile(r"\(([A-Z][A-Za-z-]{1,9})\)")
_CAPITALISED = re.compile(r"\b[A-Z][\w\u2019'-]+")
#: Sectors whose bearers live in the article's country unless the words say otherwise.
_LOCAL = frozenset({
    "GOV", "MIL", "COP", "CVL", "JUD", "LEG", "PTY", "REB", "UAF", "ETH", "REL", "EDU", "PRO", "BUS", "CRM", "SPY",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A party as found: the record, what gave its codes, and whether anything identifies it."""

    party: Party
    by: str
    is_known: bool


@dataclass(slots=True)
class Discourse:
    """The memory of one article."""

    lexicon: PartyLexicon
    country: str | None = None
    _names: dict[str, tuple[str, PartyCode]] = field(default_factory=dict)
    _person: Mentioned | None = None
    _group: Mentioned | None = None
    _cache: dict[str, PartyCode] = field(default_factory=dict)

    def code(self, phrase: str) -> PartyCode:
        """Codes of a phrase by its words and by the names met so far."""
        if phrase not in self._cache:
            self._cache[phrase] = self.lexicon.code_phrase(phrase)
        code = self._cache[phrase]
        if code.sector is None or code.country is None:
            for word in reversed(_CAPITALISED.findall(phrase)):
                known = self._names.get(word.removesuffix("'s").removesuffix("\u2019s"))
                if known is not None:
                    return PartyCode(
                        code.country or known[1].country, code.sector or known[1].sector, code.by or known[0]
                    )
        return code

    def mention(self, head: Token, offset: int) -> Mentioned | None:
        """The party a noun phrase names; a pronoun stands for the last fitting party, or for nobody known."""
        lower = head.lower_
        if lower in _PRONOUNS or head.pos_ == "PRON":
            return self._resolve_nearby(head, offset) or self._resolve(lower)
        start, end = phrase_bounds(head)
        phrase = head.doc.text[start:end]
        if phrase.lower().startswith("whose "):
            return None
        code = self.code(phrase)
        country, by = code.country, code.by
        if country is None and code.sector in _LOCAL and self.country is not None:
            country, by = self.country, f"{by}; country of the article"
        party = Party(phrase, country, code.sector, Span(offset + start, offset + end))
        return Mentioned(party, by, code.is_known)

    def remember(self, mentioned: Mentioned | None) -> None:
        """Keep a party as what "he", "they" or its last name stands for from here on."""
        if mentioned is None or not mentioned.is_known or mentioned.party.span is None:
            return
        party = mentioned.party
        code = PartyCode(party.country, party.sector, party.text)
        capitals = [w.removesuffix("'s").removesuffix("\u2019s") for w in _CAPITALISED.findall(party.text)]
        if len(capitals) >= 2 and self.lexicon.countries.code_of(capitals[-1]) is None:
            self._names.setdefault(capitals[-1], (party.text, code))
        for abbreviation in _ABBREVIATION.findall(party.text):
            self._names.setdefault(abbreviation, (party.text, code))
        if _looks_personal(party.text):
            self._person = mentioned
        else:
            self._group = mentioned

    def _resolve_nearby(self, head: Token, offset: int) -> Mentioned | None:
        """ "KFOR said that it would ...": the subject of a verb that governs the pronoun's clause, if it fits."""
        lower = head.lower_
        if lower not in _SINGULAR | _PLURAL:
            return None
        for _, ancestor in iter_ancestors(head):
            for child in ancestor.children:
                if child.dep_ in ("nsubj", "nsubjpass") and child.i < head.i and child.pos_ in ("NOUN", "PROPN"):
                    found = self.mention(child, offset)
                    if (
                        found is not None
                        and found.is_known
                        and _looks_personal(found.party.text) == (lower in _SINGULAR)
                    ):
                        party = Party(found.party.text, found.party.country, found.party.sector, None)
                        return Mentioned(party, f"{lower!r} taken for {party.text!r}", True)
        return None

    def _resolve(self, pronoun: str) -> Mentioned | None:
        last = self._person if pronoun in _SINGULAR else self._group if pronoun in _PLURAL else None
        if last is None:
            return None
        party = Party(last.party.text, last.party.country, last.party.sector, None)
        return Mentioned(party, f"{pronoun!r} taken for {party.text!r}", True)


def find_article_country(text: str, lexicon: PartyLexicon) -> str | None:
    """The country an article is mostly about: named at least twice and in over half of all mentions, else None."""
    table = lexicon.countries
    counts: Counter[str] = Counter()
    names = {**table.by_capital, **table.by_demonym, **table.by_name}
    names |= {
        n: c.country
        for n, c in lexicon.names.items()
        if c.country and len(c.country) == 3 and c.country not in ("IGO", "NGO", "MED")
    }
    for m in re.finditer(r"[A-Z][\w\u2019'.-]*(?:\s+(?:of|the|and|[A-Z][\w\u2019'.-]*)){0,4}", text[:20_000]):
        words = m.group(0).replace("\u2019s", "").replace("'s", "").split()
        i = 0
        while i < len(words):
            for n in range(min(5, len(words) - i), 0, -1):
                name = " ".join(words[i : i + n])
                code = names.get(name) or names.get(name.rstrip(".,"))
                if code:
                    counts[code] += 1
                    i += n - 1
                    break
            i += 1
    total = counts.total()
    if not counts:
        return None
    code, n = counts.most_common(1)[0]
    return code if n >= 2 and n * 2 > total else None


def _looks_personal(phrase: str) -> bool:
    lower = phrase.lower()
    titles = (
        "president", "minister", "mr ", "mrs ", "ms ", "spokes", "governor", "mayor", "general ", "colonel", "bishop",
        "commander", "chief", "judge", "envoy", "ambassador", "leader", "secretary", "head of", "captain", "prosecutor",
    )  # fmt: skip
    return any(t in lower for t in titles) or (len(_CAPITALISED.findall(phrase)) >= 2 and not lower.startswith("the "))
