"""What ties a number to a word that tells a fate: "killed three", "three men of the guard were later found dead"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from tocsin.knowledge.numbers import NumberTable
from tocsin.reading.inflection import bare_forms, first_letters, pattern_of
from tocsin.records import Span, TollKind

#: "Took eleven men off the bus", but not "took part".
_TAKEN = r"t(?:ook|aken|aking)(?!\s{1,3}(?:part|place|over|off|steps|control|note|an?\s|the\s|up|to|effect|hold|power))"
#: Who was shot or hit may live.
_SHOT = frozenset({"shot", "shoot", "shooting", "hit"})
_AT = re.compile(r"\s{1,3}(?:at|back|on)\b")
_LIMBS = (
    r"(?:eyes?|hands?|legs?|arms?|fingers?|foot|feet|limbs?|toes?|ears?|teeth|tooth|knees?|thighs?|ankles?|shoulders?"
    r"|wrists?)"
)
#: Who was hit there, or was then hurt, lives: "shot in the left leg", "were shot and slightly hurt".
_SURVIVED = re.compile(
    rf"\s{{1,3}}(?:(?:in|through) (?:the|his|her|both|their|one|an?)(?: \w{{3,8}})? {_LIMBS}"
    r"|and (?:\w{3,12}ly )?(?:hurt|injured|wounded))\b",
    re.I,
)
#: "Lost two fingers", "has lost both legs".
_MAIMED = rf"l(?:ost|oses?|osing)\s{{1,3}}(?:an?|his|her|their|both|one|two|three|four)(?:\s\w{{3,8}})?\s{_LIMBS}"
#: "The number of people killed rose to seven", "puts the dead of the riot at 18", "the toll stands at 40": what is
#: counted stands before the number.
_TOTALLED = re.compile(
    r"\b(?:(?P<noun>dead|deaths|killed|fatalities|wounded|injured|casualties|arrests|arrested|detained|detentions"
    r"|into custody|kidnapped|abducted|displaced)|(?:death )?toll)\b[^.;:]{0,60}?\b(?:at|to|is|was|stood at|stands at"
    r"|of|reached|reaches|passed)\s{1,3}$",
    re.I,
)
_TOTALS: Mapping[str, TollKind] = {
    "dead": "killed", "deaths": "killed", "killed": "killed", "fatalities": "killed", "wounded": "injured",
    "injured": "injured", "casualties": "injured", "arrests": "arrested", "arrested": "arrested",
    "detained": "arrested", "detentions": "arrested", "into custody": "arrested", "kidnapped": "abducted",
    "abducted": "abducted", "displaced": "displaced",
}  # fmt: skip
#: How far before a number that may stand.
_REACH = 160
#: Nouns that name the fate of those they count.
_NOUN_KINDS: Mapping[str, TollKind] = {
    "dead": "killed", "death": "killed", "fatality": "killed", "body": "killed", "life": "killed", "corpse": "killed",
    "wounded": "injured", "injured": "injured", "injury": "injured", "casualty": "injured", "wound": "injured",
    "arrest": "arrested", "detention": "arrested", "hostage": "abducted", "captive": "abducted",
    "abduction": "abducted", "kidnapping": "abducted", "refugee": "displaced", "evacuee": "displaced",
}  # fmt: skip
_BE = (
    r"(?:(?:were|was|are|is|be|been|being|has|have|had|got|reported|also|then|reportedly|allegedly|apparently|later|may"
    r"|might|could|still|lay|left|feared|believed|presumably|probably|needed|suffered|embraced|found|more|to|themselves|all|both"
    r"|each|it is believed)\s{1,3})"
)
_HAS_BE = re.compile(r"\b(?:were|was|are|is|be|been|being|got|left|lay|feared|believed)\b", re.I)
#: Between a noun and the word that tells its fate: "three men were later", "three men".
_BESIDE = re.compile(rf"\s{{1,3}}(?:(?:who|that|which)\s{{1,3}})?{_BE}{{0,5}}", re.I)
#: The same with something more about the noun: "three men of the guard, their hands bound, were".
_AFTER_MORE = re.compile(
    r"(?:\s{1,3}(?:of|from|in|near|at|among|with|and|on)\s[^.;:,]{1,60}?|,\s[^.;:,]{1,60}?,){0,2},?\s{1,3}"
    rf"{_BE}{{1,5}}(?:\w{{1,12}}\s(?:or|and)\s)?",
    re.I,
)
#: What follows an active verb: its object ("a policeman shot dead the striker", but "two lost their lives").
_ACTIVE = re.compile(
    r"(?!\s(?:his|her|their)\sli)\s{1,3}(?:at least|more than|about|some|\d"
    r"|(?:an?|the|his|her|their|two|three|four|five|six)\b)"
)
#: Between a transitive verb and the number of its object.
_OBJECT = re.compile(
    r"\s{0,3}(?:(?:or \w{3,12}|and \w{3,12}(?:ed|ing)|up|by|of|off|the|deaths?|bodies|another|further|about|some|with"
    r"|on|lives of|in all|at)\s{1,3}){0,2}",
    re.I,
)
_BREAK = re.compile(r"[;:\u2014]|, (?:and|but|while|who|which|when|after)\b|\b(?:while|but|after|who|which|when)\b|, ")
_FURTHEST_BOUND = 110
#: Only people undergo these; what else is counted beside such a word is people under a name the table lacks.
_PERSONAL = re.compile(
    r"(?:kill|wound|injur|hurt|arrest|detain|jail|abduct|kidnap|die|dying|dead|behead|execut|hospital"
    r"|massacr|lynch|shot(?!\s{1,3}down)|treat|beat|stitch|flog|whip|bruis|maim|slay|slain|murder|gunned|hack|stab)",
    re.I,
)
_ANIMALS = frozenset(
    {"cow", "cows", "goat", "goats", "sheep", "camel", "camels", "pig", "pigs", "cattle", "horse", "horses", "dog",
     "dogs", "donkey", "donkeys", "animal", "animals", "head"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that makes a number a toll, and where it stands; `is_open`: who was shot may live."""

    span: Span
    kind: TollKind
    is_open: bool = False


class MarkFinder:
    """The toll words of one table of numbers, in all their forms."""

    def __init__(self, table: NumberTable) -> None:
        # phrases first: "shot dead" before "shot", whichever kinds they are of
        groups = [
            f"(?P<{kind}{suffix}>{'|'.join(words)})"
            for suffix, is_phrase in (("_phrase", True), ("", False))
            for kind in get_args(TollKind)
            if (words := [pattern_of(w) for w, k in table.toll_words.items() if k == kind and (" " in w) is is_phrase])
        ]
        # trying the first letter alone is what makes this quick
        letters = "".join(sorted({"t", "l", *(letter for w in table.toll_words for letter in first_letters(w))}))
        self._pattern = re.compile(
            rf"\b(?=[{letters}])(?:(?P<maimed>{_MAIMED})|{'|'.join(groups)}|(?P<taken>{_TAKEN}))\b", re.I
        )

    def find(self, text: str) -> list[Mark]:
        """The toll words of a passage, in order; one that leaves two kinds open stands twice, the likelier first."""
        marks = []
        for m in self._pattern.finditer(text):
            if m.group(0).lower() in _SHOT and _AT.match(text, m.end()):
                continue  # who was shot at, or shot at somebody, need not be hit
            name = (m.lastgroup or "").removesuffix("_phrase")
            kind = cast(TollKind, {"taken": "abducted", "maimed": "injured"}.get(name, name))
            is_open = m.group(0).lower() in _SHOT
            if is_open and _SURVIVED.match(text, m.end()):
                kind, is_open = "injured", False
            marks.append(Mark(Span(*m.span()), kind, is_open))
            if is_open:
                marks.append(Mark(Span(*m.span()), "injured", is_open))
        return marks


def kind_of_noun(phrase: str) -> TollKind | None:
    """The fate that a noun names itself ("two deaths", "five hostages"), or None."""
    forms = (form for word in phrase.lower().split() for form in bare_forms(word))
    return next((_NOUN_KINDS[form] for form in forms if form in _NOUN_KINDS), None)


def find_total(text: str, number: int) -> TollKind | None:
    """The fate of a bare number that begins at `number` and stands behind what it counts, or None."""
    m = _TOTALLED.search(text, max(0, number - _REACH), number)
    return _TOTALS[(m["noun"] or "dead").lower()] if m else None


def names_people(text: str, noun: str, mark: Mark) -> bool:
    """Whether a noun bound to a toll word must name people: "two welders were arrested"."""
    return _PERSONAL.match(text, mark.span.start) is not None and not names_animals(noun)


def names_animals(noun: str) -> bool:
    """Whether a noun names animals, or heads of them."""
    return noun.split()[-1:][0].lower() in _ANIMALS


def bind_mark(text: str, number: Span, phrase: Span, mark: Mark) -> int | None:
    """How closely a toll word is bound to a number and its noun phrase, 0 the closest; None where it is not bound."""
    if mark.span.start < phrase.end:
        between = text[mark.span.end : number.start]
        return 1 if len(between) <= _FURTHEST_BOUND and _OBJECT.fullmatch(between) else None
    between = text[phrase.end : mark.span.start]
    if len(between) > _FURTHEST_BOUND:
        return None
    if _BESIDE.fullmatch(between):
        return None if _ACTIVE.match(text, mark.span.end) and not _HAS_BE.search(between) else 0
    return 2 if _AFTER_MORE.fullmatch(between) else None


def find_fate(text: str, phrase: Span, marks: Iterable[Mark]) -> TollKind | None:
    """The fate that the words around give somebody named without a number ("killed Corporal Dren"), or None."""
    bound = [
        (closeness, i, mark)
        for i, mark in enumerate(marks)
        if not mark.is_open and (closeness := bind_mark(text, phrase, phrase, mark)) is not None
    ]
    return min(bound)[2].kind if bound else None


def rank_mark(text: str, number: Span, phrase: Span, mark: Mark) -> int:
    """How far a toll word stands from a number: the characters between, and 40 more for each break of the sentence."""
    is_after = mark.span.start >= number.end
    between = text[phrase.end : mark.span.start] if is_after else text[mark.span.end : number.start]
    return len(between) + 40 * len(_BREAK.findall(between))
