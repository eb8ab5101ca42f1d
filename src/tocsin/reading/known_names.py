"""Names that an article explains itself, so that they need not be known beforehand.

    Lieutenant Aime Kakule; Gabriel Lodu, the interior minister; Patriotic Union for Ituri (UPI); rebels of the UPI

Each gives codes to the name and to what it is called afterwards: "Kakule", "the UPI".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tocsin.knowledge.parties import PartyLexicon, Role
from tocsin.knowledge.party_parts import PartyCode, strip_possessive

CountryAt = Callable[[int], str | None]
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|\w[\w\u2019'&/-]*(?:\.\w+)*")
#: What belongs between the capitalised words of one name.
_LINKS = frozenset({
    "of", "for", "the", "and", "de", "del", "la", "al", "el", "ag", "bin", "von", "van", "di", "da", "dos",
})  # fmt: skip
_STOPS = frozenset({
    "the", "a", "an", "in", "on", "at", "by", "but", "and", "or", "for", "of", "to", "from", "with", "as", "it", "he",
    "she", "they", "we", "i", "you", "his", "her", "its", "their", "our", "this", "that", "these", "those", "some",
    "no", "not", "if", "when", "while", "after", "before", "since", "there", "then", "what", "who", "how", "why",
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "both", "all", "any", "many",
    "several", "most", "more", "meanwhile", "earlier", "later", "yesterday", "today", "tomorrow", "about", "around",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mr", "mrs", "ms", "dr",
})  # fmt: skip
_SHORT_TITLES = frozenset({
    "mr", "mrs", "ms", "dr", "gen", "col", "lt", "sgt", "st", "maj", "capt", "brig", "prof", "rev",
})  # fmt: skip
_ACRONYM = re.compile(r"\s*\((?:the )?([A-Z][A-Za-z0-9&/-]{1,11})\)")
_APPOSITION = re.compile(r"\s*,\s+((?:an?|the|its|his|her|their|our|who)\s[^,.;:()\"\u201c\u201d\n]{3,90})")
_BARE_APPOSITION = re.compile(r"\s*,\s+([a-z][^,.;:()\"\u201c\u201d\n]{3,70})[,.]")
_OFFICES = frozenset({"GOV", "MIL", "COP", "LEG", "JUD"})
_NAMED_AFTER = frozenset({"REB", "UAF", "CRM", "PTY", "NGO", "ETH"})


class Word(NamedTuple):
    """One word of a text: its offsets, itself without possession, and whether a break parts it from the one before."""

    at: int
    end: int
    text: str
    low: str
    is_capital: bool
    is_joined: bool  # only white space, or the full stop of a title, parts it from the word before


def read_words(text: str) -> list[Word]:
    """The words of a text in order."""
    words: list[Word] = []
    end = 0
    for m in _TOKEN.finditer(text):
        raw = m.group()
        gap = text[end : m.start()]
        joined = bool(words) and (
            (gap.isspace() and "\n" not in gap) or (gap == ". " and words[-1].low in _SHORT_TITLES)
        )
        plain = strip_possessive(raw)
        words.append(Word(m.start(), m.end(), plain, plain.lower(), raw[0].isupper(), joined))
        end = m.end()
    return words


def learn_names(text: str, words: Sequence[Word], lexicon: PartyLexicon, country_at: CountryAt) -> dict[str, PartyCode]:
    """Names that the text explains by a title, an apposition, an acronym's long form or the word for its people.

    country_at  the country that the words at an offset are about
    """
    known: dict[str, PartyCode] = {}
    i, n = 0, len(words)
    while i < n:
        if not words[i].is_capital:
            i += 1
            continue
        j = i + 1
        while j < n and words[j].is_joined:
            if words[j].is_capital:
                j += 1
            elif words[j].low in _LINKS and (k := _skip_links(words, j)) < n and k and words[k].is_capital:
                j = k + 1
            else:
                break
        parts = [i, *(k + 1 for k in range(i, j) if words[k].low == "and"), j + 1]
        for first, after in pairwise(parts):
            if first < after - 1:
                _learn_run(text, words, first, after - 1, lexicon, country_at, known)
        if len(parts) > 2 and j < n and words[j].is_joined:
            for first, after in pairwise(parts[:-1]):
                if (code := known.get(words[j - 1].text)) is not None and first == after - 2:
                    known.setdefault(words[first].text, code)  # "the Okiru and Liwi clans"
        i = j
    return known


def _skip_links(words: Sequence[Word], j: int) -> int:
    k = j
    while k < len(words) and k < j + 3 and words[k].low in _LINKS and words[k].is_joined and not words[k].is_capital:
        k += 1
    return k if k < len(words) and words[k].is_joined else 0


def _learn_run(
    text: str,
    words: Sequence[Word],
    i: int,
    j: int,
    lexicon: PartyLexicon,
    country_at: CountryAt,
    known: dict[str, PartyCode],
) -> None:
    start = _skip_title(words, i, j, lexicon)
    acronym = _ACRONYM.match(text, words[j - 1].end)
    if start >= j:
        if acronym and j - i >= 2:
            _keep_acronym(text, words, i, j, acronym.group(1), lexicon, country_at, known)
        return
    run = words[start:j]
    if run[0].low in _STOPS:
        return
    title = _title_before(text, words, start, lexicon) if words[start].is_joined or len(run) > 1 else None
    code = _code(title, lexicon, country_at, known, words[i].at) if title else PartyCode()
    if code.sector is None:
        code = _code_by_company(words, start, j, lexicon, country_at)
    if code.sector is None and len(run) >= 2 and not acronym:
        code = _code_by_apposition(text, run, lexicon, country_at, known)
    if acronym:
        _keep_acronym(text, words, i, j, acronym.group(1), lexicon, country_at, known, code)
    if code.sector is None:
        return
    last = lexicon.heads.get(run[-1].low)
    if last is not None and last.sector in _OFFICES:
        return  # "the Federal Government" is read by its own words
    for form in (" ".join(w.text for w in run), run[-1].text):
        if len(form) > 2 and not _is_listed(form, lexicon):
            known.setdefault(form, PartyCode(code.country, code.sector, form))


def _is_listed(form: str, lexicon: PartyLexicon) -> bool:
    return form in lexicon.lands or form in lexicon.names or form in lexicon.peoples or form.lower() in lexicon.heads


def _skip_title(words: Sequence[Word], i: int, j: int, lexicon: PartyLexicon) -> int:
    """The index of the first word of a run that belongs to the name: not "The", a role word or a land."""
    while i < j:
        low, text = words[i].low, words[i].text
        if low in _STOPS or low in lexicon.heads or text in lexicon.lands or text in lexicon.names:
            i += 1
            continue
        longest = max(lexicon.role_openings.get(low, 0), lexicon.openings.get(text, 0))
        for length in range(min(longest, j - i), 1, -1):
            form = " ".join(w.text for w in words[i : i + length])
            if form.lower() in lexicon.heads or form in lexicon.lands or form in lexicon.names:
                i += length
                break
        else:
            if i + 1 < j and words[i + 1].low in lexicon.heads and i + 2 < j:
                i += 1  # "Transport Minister": a word that only a role word follows
                continue
            return i
    return i


def _title_before(text: str, words: Sequence[Word], start: int, lexicon: PartyLexicon) -> str | None:
    """The words that stand before a name without a break and end in a role word, or None."""
    last = start - 1
    if last < 0 or not (words[start].is_joined or text[words[last].end : words[start].at] == ", "):
        return None
    ends = (words[last].low, f"{words[last - 1].low} {words[last].low}" if last else "")
    if not any(e in lexicon.heads for e in ends):
        return None
    k = last
    while k > 0 and k > last - 6 and words[k].is_joined and words[k - 1].low not in _STOPS - {"of", "for", "the"}:
        k -= 1
    return text[words[k].at : words[last].end]


def _code(
    phrase: str, lexicon: PartyLexicon, country_at: CountryAt, known: Mapping[str, PartyCode], at: int
) -> PartyCode:
    reading = lexicon.read_phrase(phrase, known)
    if reading.sector is None or reading.sector == "UNK":
        return PartyCode()
    country = reading.country
    if country is None and not reading.is_shared:
        country = country_at(at)
    return PartyCode(country, reading.sector, reading.by)


def _code_by_company(
    words: Sequence[Word],
    start: int,
    j: int,
    lexicon: PartyLexicon,
    country_at: CountryAt,
) -> PartyCode:
    """ "UPI fighters", "rebels of the UPI", "soldiers loyal to Letsika": a name by the word for its people."""
    after = lexicon.heads.get(words[j].low) if j < len(words) and words[j].is_joined else None
    if after is not None and _names_its_own(after):
        return _placed(after.sector, words[j], country_at)
    k = start - 1
    if k >= 0 and words[k].low == "the":
        k -= 1
    if k >= 1 and words[k].low in ("of", "from", "to", "named", "called", "as"):
        k -= 1
        while k >= 1 and words[k].low in ("loyal", "belonging", "close", "itself", "himself", "known", "calling"):
            k -= 1
        role = lexicon.heads.get(words[k].low)
        if role is not None and _names_its_own(role):
            return _placed(role.sector, words[k], country_at)
    return PartyCode()


def _names_its_own(role: Role) -> bool:
    """Whether a name that stands with the word is that of its group: "UPI fighters", but not "Goma residents"."""
    return role.sector in _NAMED_AFTER and (not role.is_weak or role.sector in ("REB", "UAF"))


def _placed(sector: str, word: Word, country_at: CountryAt) -> PartyCode:
    return PartyCode("NGO" if sector == "NGO" else country_at(word.at), sector, word.low)


def _code_by_apposition(
    text: str,
    run: Sequence[Word],
    lexicon: PartyLexicon,
    country_at: CountryAt,
    known: Mapping[str, PartyCode],
) -> PartyCode:
    found = _APPOSITION.match(text, run[-1].end) or _BARE_APPOSITION.match(text, run[-1].end)
    if found is None:
        return PartyCode()
    reading = lexicon.read_phrase(found.group(1), known)
    if not reading.head or reading.sector in (None, "UNK"):
        return PartyCode()
    country = reading.country if reading.country or reading.is_shared else country_at(run[0].at)
    return PartyCode(country, reading.sector, reading.by)


def _keep_acronym(
    text: str,
    words: Sequence[Word],
    i: int,
    j: int,
    acronym: str,
    lexicon: PartyLexicon,
    country_at: CountryAt,
    known: dict[str, PartyCode],
    code: PartyCode | None = None,
) -> None:
    k = i
    while k > 0 and k > i - 6 and words[k].is_joined and words[k - 1].low not in _STOPS - {"of", "the"}:
        k -= 1
    if code is None or code.sector is None:
        code = _code(text[words[k].at : words[j - 1].end], lexicon, country_at, known, words[i].at)
    if code.sector is not None and acronym not in lexicon.names and acronym not in lexicon.lands:
        known.setdefault(acronym, PartyCode(code.country, code.sector, acronym))
        first = next((w for w in range(i, j) if words[w].low not in _STOPS), i)
        form = " ".join(w.text for w in words[first:j])
        if form not in lexicon.lands and form not in lexicon.names:
            known.setdefault(form, PartyCode(code.country, code.sector, form))
