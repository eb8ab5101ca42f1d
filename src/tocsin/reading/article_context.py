"""What an article says about who is who and which country it is about: built once, before its parties are coded.

Three things are read from the text, the outlet's country and nothing else: where lands are named, which names the
article explains itself ("Lieutenant Aime Kakule", "Patriotic Union for Ituri (UPI)", "rebels of the UPI"), and where
its parties stand, so that "the group" or "its men" can be those spoken of last.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.knowledge.borrowed_names import find_borrower
from tocsin.knowledge.parties import PartyLexicon
from tocsin.knowledge.party_parts import Land, PartyCode
from tocsin.reading.known_names import Word, learn_names, read_words

#: No more of a text is looked at: what makes a country plain stands well before.
LONGEST_TEXT = 60_000
_DATELINE = re.compile(
    r"\A\s*(?:\([^)]{2,40}\)\s*)?([A-Z][^\n]{1,70}?)\s*(?:\([^)\n]{2,40}\)\s*)?(?:[-\u2013\u2014:]|\. )"
)
#: Office holders, whom a pronoun can stand for.
_PERSONS = frozenset({
    "president", "prime minister", "premier", "minister", "governor", "mayor", "ambassador", "bishop", "judge",
    "prosecutor", "senator", "king", "police chief", "chief justice", "commissioner", "vice president", "archbishop",
    "foreign minister", "interior minister", "defence minister", "diplomat", "admiral", "magistrate", "prefect", "imam",
})  # fmt: skip
_PERSONAL = frozenset({
    "GOV", "MIL", "COP", "LEG", "JUD", "REL", "CVL", "PTY", "REB", "EDU", "IGO", "PRO", "BUS", "ETH",
})  # fmt: skip
#: Sectors whose bearers a text speaks of as a group, a movement or a body.
_SPOKEN_OF = frozenset({
    "REB", "UAF", "CRM", "PTY", "NGO", "IGO", "MIL", "COP", "CVL", "ETH", "REL", "EDU", "BUS", "MED", "LEG", "GOV",
    "JUD",
})  # fmt: skip
#: Ends of words after which a land is another's: the crew of a Liberian-flagged ship may be from anywhere.
_TAILS_OF_OTHERS = (
    "-backed", "-made", "-funded", "-sponsored", "-built", "-supplied", "-trained", "-flagged", "-registered", "-owned",
    "-speaking", "-language",
)  # fmt: skip
#: Words beside a land that can make it a part of another name.
_MOST_AROUND = 3
# weights of the parts of a country's score, searched on half of the project's own articles
_OUTLET, _SHARE, _FEW, _DATELINE_WEIGHT, _NEAR, _REACH = 1.0, 2.5, 4.0, 0.8, 0.5, 160.0

_OWNER_REACH = 200


@dataclass(frozen=True, slots=True)
class PartyMention:
    """A party where the text names it.

    at         offset of its first word
    is_named   by a proper name, not by a role word alone
    is_person  one person, whom "he" or "she" can stand for
    """

    at: int
    code: PartyCode
    is_named: bool
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """What coding one article's parties needs to know of the rest of it.

    country   alpha-3 of the country it is mostly about, or None where nothing says; `why` gives the sum's parts
    known     names that the text itself explains -> their codes
    lands     where countries are named: offsets, and alpha-3 codes of the same length
    mentions  its parties in order of the text
    """

    country: str | None
    why: str
    known: Mapping[str, PartyCode]
    lands_at: tuple[int, ...]
    lands: tuple[str, ...]
    shares: Mapping[str, float]
    mentions: tuple[PartyMention, ...]
    mentions_at: tuple[int, ...]

    def find_country(self, at: int | None) -> tuple[str | None, str]:
        """The country that words at this offset are about (None: anywhere), and why."""
        if at is None:
            return self.country, self.why
        scores = dict(self.shares)
        low, high = bisect_left(self.lands_at, at - 4 * int(_REACH)), bisect_right(self.lands_at, at + int(_REACH) // 2)
        for i in range(low, high):
            gap = at - self.lands_at[i]
            nearness = math.exp(-gap / _REACH) if gap >= 0 else 0.6 * math.exp(gap / _REACH * 2)
            scores[self.lands[i]] = scores.get(self.lands[i], 0.0) + _NEAR * nearness
        if not scores:
            return None, ""
        best = min(scores, key=lambda c: (-scores[c], c))
        return best, self.why if best == self.country else f"country named nearby: {best}"

    def find_owner_land(self, at: int | None) -> tuple[str | None, str]:
        """The land named last before an offset, within two sentences: whose "its army" is."""
        i = bisect_left(self.lands_at, at) - 1 if at is not None else -1
        if at is None or i < 0 or at - self.lands_at[i] > _OWNER_REACH:
            return None, ""
        return self.lands[i], f"country named last: {self.lands[i]}"

    def find_party(
        self,
        at: int | None,
        sectors: frozenset[str],
        *,
        named: frozenset[str] = frozenset(),
        is_person: bool | None = None,
    ) -> PartyCode | None:
        """The last party before an offset that has one of the sectors; without an offset the most frequent.

        named      sectors that count too where a proper name stands
        is_person  True for a person only, False for a group only, None for either
        """
        met = self.mentions if at is None else self.mentions[: bisect_left(self.mentions_at, at)]
        fits = [
            m
            for m in met
            if (m.code.sector in sectors or (m.is_named and m.code.sector in named))
            and (is_person is None or m.is_person == is_person)
        ]
        if at is None:
            counts = Counter(m.code for m in fits)
            return min(counts, key=lambda c: (-counts[c], c.by)) if counts else None
        return fits[-1].code if fits else None


def read_context(text: str, lexicon: PartyLexicon, *, outlet_country: str | None = None) -> ArticleContext:
    """The context of one article, from its text (headline and dateline included) and its outlet's country.

    outlet_country  ISO 3166-1 alpha-3, or None; codes of bodies (IGO, NGO, MED) are not countries and are left out.
    Never raises; costs about a millisecond for an article of 400 words.
    """
    text = text[:LONGEST_TEXT]
    words = read_words(text)
    lands, names, roles = _find_marks(words, lexicon)
    outlet = outlet_country if outlet_country not in ("IGO", "NGO", "MED", "") else None
    shares, why = _weigh_countries(text, lands, outlet)
    country = min(shares, key=lambda c: (-shares[c], c)) if shares else None
    bare = ArticleContext(
        country, why, {}, tuple(at for at, _ in lands), tuple(c for _, c in lands), shares, (), ()
    )  # fmt: skip
    known = learn_names(text, words, lexicon, lambda at: bare.find_country(at)[0])
    mentions = _find_parties(words, names, roles, known, lexicon)
    return ArticleContext(
        country, why, known, bare.lands_at, bare.lands, shares, mentions, tuple(m.at for m in mentions)
    )  # fmt: skip


def _find_marks(
    words: Sequence[Word], lexicon: PartyLexicon
) -> tuple[list[tuple[int, str]], dict[int, tuple[int, PartyCode]], dict[int, tuple[int, str]]]:
    """Lands by offset; proper names and role words by index of their first word, with the number of words."""
    lands: list[tuple[int, str]] = []
    names: dict[int, tuple[int, PartyCode]] = {}
    roles: dict[int, tuple[int, str]] = {}
    i, n = 0, len(words)
    while i < n:
        word = words[i]
        step = 1
        if word.is_capital and (longest := lexicon.openings.get(word.text, 0)):
            for length in range(min(longest, n - i), 0, -1):
                form = _join(words, i, length)
                if form is None:
                    continue
                if (code := lexicon.names.get(form)) is not None:
                    names[i] = (length, code)
                    if code.country and code.country not in ("IGO", "NGO", "MED"):
                        lands.append((word.at, code.country))
                    step = length
                    break
                if (land := lexicon.lands.get(form)) is not None:
                    borrowed = _find_borrowed(words, i, length, land, lexicon)
                    if not borrowed:
                        lands.append((word.at, land.country))
                    step = borrowed or length
                    break
        elif word.is_capital and "-" in word.text:
            land_ = lexicon.lands.get(word.text.split("-", 1)[0])
            if land_ is not None and not word.low.endswith(_TAILS_OF_OTHERS):
                lands.append((word.at, land_.country))
        if step == 1 and (longest := lexicon.role_openings.get(word.low, 0)) and i not in names:
            for length in range(min(longest, n - i), 0, -1):
                form = _join(words, i, length)
                if form is not None and form.lower() in lexicon.heads:
                    roles[i] = (length, form.lower())
                    step = length
                    break
        i += step
    return lands, names, roles


def _find_borrowed(words: Sequence[Word], i: int, length: int, land: Land, lexicon: PartyLexicon) -> int:
    """How many words from a land on belong to the name of a water or an outlet; 0 where the land is meant."""
    low, high = max(0, i - _MOST_AROUND), min(len(words), i + length + _MOST_AROUND)
    while not all(w.is_joined for w in words[low + 1 : i + 1]):
        low += 1
    stop = next((k for k in range(i + length, high) if not words[k].is_joined), high)
    around = [w.text for w in words[low:stop]]
    found = find_borrower(
        around, i - low, length, lexicon.borrowers, lexicon.heads, is_capital=land.kind == "capital"
    )  # fmt: skip
    return found[1] if found is not None else 0


def _join(words: Sequence[Word], i: int, length: int) -> str | None:
    if length == 1:
        return words[i].text
    if not all(w.is_joined for w in words[i + 1 : i + length]):
        return None
    return " ".join(w.text for w in words[i : i + length])


def _weigh_countries(text: str, lands: Sequence[tuple[int, str]], outlet: str | None) -> tuple[dict[str, float], str]:
    counts = Counter(c for _, c in lands)
    total = counts.total()
    scores = {c: _SHARE * n / (total + _FEW) for c, n in counts.items()}
    head = len(text.split("\n", 1)[0])
    dateline = _DATELINE.match(text, head) or _DATELINE.match(text)
    in_dateline = None
    if dateline is not None:
        in_dateline = next((c for at, c in lands if dateline.start(1) <= at < dateline.end(1)), None)
    if in_dateline is not None:
        scores[in_dateline] += _DATELINE_WEIGHT
    if outlet is not None:
        scores[outlet] = scores.get(outlet, 0.0) + _OUTLET
    if not scores:
        return {}, ""
    best = min(scores, key=lambda c: (-scores[c], c))
    parts = [f"named {counts[best]} of {total} times"] if counts[best] else []
    parts += ["the outlet's"] if best == outlet else []
    parts += ["in the dateline"] if best == in_dateline else []
    return scores, f"country of the article {best} ({', '.join(parts)})"


def _find_parties(
    words: Sequence[Word],
    names: Mapping[int, tuple[int, PartyCode]],
    roles: Mapping[int, tuple[int, str]],
    known: Mapping[str, PartyCode],
    lexicon: PartyLexicon,
) -> tuple[PartyMention, ...]:
    mentions: list[PartyMention] = []
    for i, word in enumerate(words):
        if i in names:
            mentions.append(PartyMention(word.at, names[i][1], True))
        elif word.is_capital and (code := known.get(word.text)) is not None:
            is_person = not word.text.isupper() and code.sector in _PERSONAL
            mentions.append(PartyMention(word.at, code, True, is_person))
        elif i in roles:
            role = lexicon.heads[roles[i][1]]
            if not role.is_weak and role.sector in _SPOKEN_OF:
                is_person = roles[i][1] in _PERSONS
                mentions.append(PartyMention(word.at, PartyCode(None, role.sector, roles[i][1]), False, is_person))
    return tuple(mentions)
