"""The noun phrase after a number, without a parser: where it ends, what it names, and when a number counts nothing.

Years, ages, dates, clock times, measures, sums of money, ordinals, the numbers of roads, units and resolutions, and
figures that the text replaces by others are no counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tocsin.knowledge.numbers import NumberTable
from tocsin.reading.inflection import bare_forms
from tocsin.reading.quantities import Quantity
from tocsin.records import Span

#: What the noun names; "none" for a bare number.
Sort = Literal["people", "vehicles", "weapons", "things", "none"]

_CLOSERS = """
a an the and or but of in on at to from for with by as into over under after before during between among against near
around along across off out up down than that which who whom whose when while where if is are was were be been being am
has have had having do does did will would shall should may might can could must not no nor so too also then there here
it its he she they them his her their our my your this these those all both each every it's later since until till about
because though although unless whether per only just even now still yet said says set left went came took gave got told
according apiece including inside outside behind beside without within overnight today yesterday tonight tomorrow again
"""
#: Titles before a number in digits that make it a name, an address or a mark.
_TITLES = """
resolutions? articles? section chapter paragraph decree law no nos (?<!to\\s)number nr pages? highway route road unit
battalion brigade bulletin communiqu[e\u00e9] note edition flight channel ward aged? ages day week phase version
"""
_TITLED = re.compile(rf"(?:\b(?:{'|'.join(_TITLES.split())})\.?|#|\u00b0|\b[A-Z]\d*[-/])\s{{0,2}}$", re.I)
#: "Ana Vels, 34," and "a man of 34", "a girl of fifteen".
_AGED = re.compile(r"\b[\w'\u2019-]{1,30}(?:\s\([^)]{0,20}\))?,\s$")
_AFTER_AGE = re.compile(r"[,;)]")
_NAMED = re.compile(r"\b[A-Z][\w'\u2019-]{1,30}\s[A-Z][\w'\u2019-]{1,30},\s$")
_SENTENCE_ENDS = re.compile(r"[.!?]?[\"\u201d]?$|[.!?][\"\u201d]?\s")
_MAN_OF = re.compile(r"\b(?:man|woman|boy|girl|child|daughter|son)\sof\s$")
_AGES = range(1, 110)
_YEARS = range(1800, 2101)
_HOURS = range(1, 13)
#: "None seriously" says how, not how many.
_NOBODY = frozenset({"none", "nobody", "no one"})
_MANNER = re.compile(r"\s(?:of\s(?:them|whom)\s)?[a-z]{3,}ly\b")
_MEASURED = re.compile(
    r"(?!\s\d{1,3}-year-old)\s?(?:%|local\b|per\s?cent|percent|o['\u2019]clock|a\.?m\b|p\.?m\b|GMT|UTC|CET|hrs|hours|[-\u2013](?!\s)|degrees"
    r"|(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b|(?:st|nd|rd|th)\b|[-\u2013]?\s?\d)"
)
_MONTH_BEFORE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s$"
)
_MONEY = re.compile(r"(?:[$\u20ac\u00a3\u00a5P]|USD|EUR|Rs\.?)\s?$")
_INSTEAD = re.compile(r"\bnot\s$", re.I)
#: "Did not lose a single man", "without a single casualty".
_NOT_A_SINGLE = re.compile(r"(?:\bnot|\bwithout|\bnever|\bnor|n['\u2019]t)\s(?:\w{1,12}\s){0,2}$", re.I)
#: "At about eleven," opens a sentence with the time of day.
_CLOCK = re.compile(
    r"(?:^|[.!?:;\n][\"'\u201c\u2018\u201d\u2019]{0,2}\s{0,3})"
    r"(?P<at>(?:at|until|till|by|before|after|since|towards)\s)?$",
    re.I,
)
_HOUR = re.compile(r",|\s(?:in the (?:morning|afternoon|evening)|at night|on [A-Z][a-z]{2,5}day)\b")
#: The figure that another one replaces: "up from six", "spoke earlier of 63", "five more than first given".
_FORMER = re.compile(
    r"\b(?:(?:up|down|revised|raised|lowered) from(?: the| an?)?(?: \w+)?|instead of|rather than"
    r"|(?:earlier|previously|initially|first|before) (?:(?:spoken|spoke|put|given|gave|counted|reported|said)\b"
    r"[^.;,]{0,30}?|(?:figure|count|toll|total|number|estimate)s? (?:of|was|were|had been)))\s{1,3}$",
    re.I,
)
_DIFFERENCE = re.compile(r"\s{1,3}(?:more|fewer|less) than\b", re.I)
_SINGLE = re.compile(r"\ssingle\b", re.I)
#: "of them" stands for the noun; after "of the", "of her" the noun follows.
_OF_THEM = re.compile(
    r"\s{1,3}of\s{1,3}(?:(?P<pronoun>them|those|these|us|whom|which)\b|(?:the|its|his|her|their|our|my|your)(?=\s))",
    re.I,
)
#: "Two of those lorries": the noun follows, too; "two of those killed" has none.
_THOSE = ("those", "these")
#: "Four of the ten lorries".
_OF_SO_MANY = re.compile(r"\s{1,3}(?:\d{1,3}(?:,\d{3})*|[a-z]{3,9}(?:-[a-z]{3,5})?)(?=\s)", re.I)
_WORD = re.compile(r"\s{1,3}(?:['\"\u201c\u2018(])?((?:\d{1,3}-year-olds?|[^\W\d_](?:[\w'\u2019-]{0,40}\w)?))")
_PARTICIPLE = re.compile(r"dead|missing|hurt|shot|slain|held|taken|[a-z]{2,}ed")
_MOST_WORDS = 7
#: What follows the name in a phrase that names somebody, and what makes it name several or nobody.
_MORE = re.compile(r"[,(]|\s(?:of|from|in|at|on|who|with)\s")
_SEVERAL = re.compile(
    r"\b(?:and|an?|any|no|every|each|people|police|personnel|crews?|famil(?:y|ies)|staff|troops?|(?:wo)?men|children"
    r"|\d+(?:st|nd|rd|th))\b",
    re.I,
)
_NAME_WORD = re.compile(r"[\w'\u2019.-]+")
_NAME_LENGTHS = range(2, 5)
#: "A 16-year-old" names somebody.
_OF_AGE = ("-year-old", "-year-olds")
#: One of these is several people, how many unsaid.
_GROUPS = """
ambulance band battalion brigade column company contingent convoy couple crew crowd delegation detachment family force
gang group household mission mob pair party patrol platoon squad team throng troop troupe unit
"""
COLLECTIVES = frozenset(_GROUPS.split())
#: Words for people that name a whole or stand before another noun ("police officers").
_BEFORE_NOUN = frozenset({"police", "patrol", "hostage", "guard", "crew"})
_PERSON_ENDINGS = (
    "man", "woman", "ist", "keeper", "worker", "fighter", "officer", "teer", "ians", "ans", "ese", "others",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """The words after a number, without an "of" before them; empty with sort "none" where there are none.

    head        the last word, in lower case
    is_pronoun  "of them": the noun was named before
    """

    span: Span
    head: str
    sort: Sort
    is_pronoun: bool = False


class NounFinder:
    """Noun phrases by the words of one table of numbers."""

    def __init__(self, table: NumberTable) -> None:
        self._table = table
        self._closers = {*_CLOSERS.split(), *table.scales, *(w for w in table.words if w not in ("a", "an"))}

    def find(self, text: str, start: int) -> NounPhrase:
        """The noun phrase that begins at `start`, right after a number."""
        of_them = _OF_THEM.match(text, start)
        at = of_them.end() if of_them and not of_them["pronoun"] else start
        if of_them and (so_many := _OF_SO_MANY.match(text, at)) and self._is_number(so_many.group(0)):
            at = so_many.end()
        span, head = self._find_words(text, at)
        if of_them and (of_them["pronoun"] or "").lower() in _THOSE:
            named, noun = self._find_words(text, of_them.end())
            span, head = (named, noun) if is_plural(noun) else (span, head)
        if not head:
            if of_them:
                end = of_them.end() if of_them["pronoun"] else start
                return NounPhrase(Span(start, end), "", "people", is_pronoun=True)
            return NounPhrase(Span(start, start), "", "none")
        sort = "people" if head == "strong" else self.sort_of(head)  # "a patrol some 90 strong"
        if sort == "things" and head.endswith("s") and span.cut(text).split()[-1][0].isupper():
            sort = "people"  # "350,000 Moroccans"
        return NounPhrase(span, head, sort)

    def sort_of(self, word: str) -> Sort:
        """What a noun in lower case names."""
        if word.endswith(_OF_AGE):
            return "people"
        for form in bare_forms(word):
            if form in self._table.people:
                return "people"
            kind = self._table.toll_nouns.get(form)
            if kind is not None:
                return "vehicles" if kind == "vehicles" else "weapons"
        return "people" if any(form.endswith(_PERSON_ENDINGS) for form in bare_forms(word)) else "things"

    def _is_number(self, words: str) -> bool:
        parts = words.strip().lower().split("-")
        return parts[0][:1].isdigit() or all(self._table.words.get(part, 0) > 1 for part in parts)

    def is_measure(self, phrase: str) -> bool:
        """Whether a unit stands among the first words of a noun phrase ("three years", "two square miles")."""
        return any(form in self._table.units for word in phrase.lower().split()[:3] for form in bare_forms(word))

    def is_one_person(self, phrase: str) -> bool:
        """Whether a phrase without a number names one person: "Judge Miftah", "the mayor of Orle", "Ana Vels, 34"."""
        head = _MORE.split(phrase)[0]
        words = _NAME_WORD.findall(head)
        if not words or _SEVERAL.search(phrase):
            return False
        if any(w.lower() in COLLECTIVES for w in words):
            return False
        if any(self.sort_of(w.lower()) == "people" and not is_plural(w.lower()) for w in words):
            return True
        return len(words) in _NAME_LENGTHS and all(w[0].isupper() for w in words)

    def _find_words(self, text: str, start: int) -> tuple[Span, str]:
        first, end, head, at = start, start, "", start
        is_full = False
        for i in range(_MOST_WORDS):
            m = _WORD.match(text, at)
            if m is None or "\n" in m.group(0):
                break
            word = m.group(1)
            lower = word.lower()
            if lower == "others" and i == 0:
                return Span(*m.span(1)), "others"
            if lower in ("of", "more", "other") and i == 0:
                at = m.end()
                continue
            is_known = self.sort_of(lower) != "things"
            if self._ends_before(text, word, m.end()) or (is_full and not is_known):
                break
            first = first if head else m.start(1)
            at = end = m.end(1)
            head = lower
            is_full = (is_known and lower not in _BEFORE_NOUN) or (is_plural(lower) and not word[0].isupper())
            if text[end : end + 1] in ",.;:)!?\u2014\u2013":
                break
        return Span(first, end), head

    def _ends_before(self, text: str, word: str, at: int) -> bool:
        """Whether the phrase ends before a word: a closing word, an adverb, or a participle with no noun after it."""
        lower = word.lower()
        if lower in self._closers or lower.partition("-")[0] in self._table.words:
            return True
        if lower.endswith("ly") and len(lower) > 4:
            return True
        if not _PARTICIPLE.fullmatch(word):
            return False
        m = _WORD.match(text, at)  # "three wounded civilians", but "three wounded in the raid"
        return m is None or self.sort_of(m.group(1).lower()) == "things"


def is_plural(word: str) -> bool:
    """Whether a noun in lower case ends like a plural ("buses", not "bus", "pass" or "men")."""
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us"))


def counts_nothing(text: str, quantity: Quantity) -> bool:
    """Whether the words beside a number make it a measure, a date, an age, a sum or a mark."""
    start, end = quantity.span.start, quantity.span.end
    words = text[start:end].lower()
    before = text[max(0, start - 40) : start]
    is_instead = _INSTEAD.search(before) and words != "one" and not is_negated(text, quantity)
    if _MEASURED.match(text, end) or _MONEY.search(before) or is_instead:
        return True
    is_former = quantity.rule not in ("number-update", "number-range") and _FORMER.search(
        before + "from " * words.startswith("from ")
    )
    if is_former or _DIFFERENCE.match(text, end):
        return True
    if quantity.low in _AGES and _MAN_OF.search(before):
        return True
    if quantity.low == quantity.high and quantity.low in _HOURS and _is_clock(words, before) and _HOUR.match(text, end):
        return True
    if words in _NOBODY:
        return _MANNER.match(text, end) is not None
    if not words[-1:].isdigit():
        return False
    if text[start - 1 : start] == "/" or text[end : end + 1] == "/":
        return True
    if words.isdigit() and quantity.low in _YEARS:
        return True
    if _TITLED.search(before) or (quantity.low <= 31 and _MONTH_BEFORE.search(before)):
        return True
    if quantity.low in _AGES and _NAMED.search(before) and _SENTENCE_ENDS.match(text, end):
        return True
    return quantity.low in _AGES and bool(_AGED.search(before) and _AFTER_AGE.match(text, end))


def _is_clock(words: str, before: str) -> bool:
    """Whether a sentence opens with "at nine" or "around nine"."""
    m = _CLOCK.search(before)
    return m is not None and (m["at"] is not None or words.startswith("around "))


def is_negated(text: str, quantity: Quantity) -> bool:
    """Whether it is "not one" or "not a single"."""
    words = quantity.span.cut(text).lower()
    if words == "a" and _SINGLE.match(text, quantity.span.end):
        return _NOT_A_SINGLE.search(text, max(0, quantity.span.start - 40), quantity.span.start) is not None
    if words != "one":
        return False
    return _INSTEAD.search(text, max(0, quantity.span.start - 6), quantity.span.start) is not None
