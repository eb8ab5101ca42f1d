"""Which of a passage's counts are the tolls of an act: rules of kind and place, for a reader without an arc.

A count in the evidence is a toll where the words around it name a kind that an act of the type can have, or where the
type itself says what counted people are (the detained of COERCE, the marchers of PROTEST).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tocsin.reading.counting import Count
from tocsin.records import EventType, Span, Toll, TollKind

#: What can be counted in an act of each type; a number of another kind belongs to something else in the sentence.
KINDS: Mapping[EventType, tuple[TollKind, ...]] = {
    "ASSAULT": ("killed", "injured", "abducted", "displaced"),
    "COERCE": ("arrested", "displaced", "vehicles", "weapons"),
    "PROTEST": ("participants", "injured"),
    "MOBILIZE": ("participants", "vehicles", "weapons"),
    "RETREAT": ("participants", "weapons", "vehicles"),
    "AID": ("displaced", "vehicles", "weapons"),
    "COOPERATE": ("participants", "vehicles", "weapons"),
    "AGREE": ("participants", "vehicles", "weapons"),
}
#: What people counted without a word of their fate are in an act of each type.
_BY_DEFAULT: Mapping[EventType, TollKind] = {
    "ASSAULT": "killed", "COERCE": "arrested", "PROTEST": "participants", "MOBILIZE": "participants",
    "RETREAT": "participants", "COOPERATE": "participants", "AGREE": "participants",
}  # fmt: skip
#: Acts that name people beside those they count.
_ONLY_NEAR: frozenset[EventType] = frozenset({"AGREE", "COOPERATE", "COERCE"})
#: A toll of these kinds is told once; the fallen may be told apart by side.
_ONCE: frozenset[TollKind] = frozenset({"participants", "vehicles", "weapons", "displaced"})


#: Further from the trigger than this, people without a fate are not what the act counts.
_NEAR = 30
_SPEAKERS = re.compile(r"\b(?:according to|citing|quoting|quoted by|told|by|from|than|with)\s{1,3}$", re.I)
_SPEAKING = re.compile(r",?\s{1,3}(?:\w+\s{1,3}){0,3}(?:said|says?|told|tell|reported|report|believe|estimates?)\b")
_KNOWN = re.compile(r"\b(?:the|both|these|those|its|their|all)\s{1,3}$", re.I)


def choose_counts(
    counts: Iterable[Count], text: str, type_: EventType, evidence: Span, trigger: Span
) -> tuple[tuple[Count, Toll], ...]:
    """The tolls of the act at `trigger` with the counts they rest on, in the order of the text."""
    inside = [c for c in counts if evidence.start <= c.number.start < evidence.end] if type_ in KINDS else []
    summed = [c.span for c in inside if c.rule == "number-sum"]
    inside = [c for c in inside if c.rule == "number-sum" or not any(s.contains(c.number) for s in summed)]
    plain = [c for c in inside if c.rule != "number-article"]
    taken: list[tuple[Count, Toll]] = []
    for count in sorted(inside, key=lambda c: _distance(c, trigger)):
        kind = choose_kind(count, text, type_, trigger, is_alone=plain == [count])
        if kind is None or "-part" in count.rule or (kind in _ONCE and any(toll.kind == kind for _, toll in taken)):
            continue
        taken.append((count, Toll(kind, count.low, count.high, count.whom)))
    return tuple(sorted(taken, key=lambda pair: pair[0].number))


def choose_kind(count: Count, text: str, type_: EventType, trigger: Span, *, is_alone: bool = False) -> TollKind | None:
    """What a count is the toll of in an act of a type, or None where it can be none.

    `is_alone`: no other number stands in the evidence, so a bare one can only count what the act does.
    """
    allowed = KINDS.get(type_, ())
    is_near = _distance(count, trigger) <= _NEAR
    if count.sort in ("vehicles", "weapons"):
        if count.high == 0 or (count.rule == "number-article" and not is_near):
            return None
        return next((k for k in count.kinds if k in allowed), None)
    if count.fate is not None and (count.sort != "things" or count.has_own_fate):
        return count.fate if count.fate in allowed else _twin(count, allowed)
    if count.sort == "things" or count.high == 0 or count.rule == "number-article":
        return None
    if count.sort == "none":
        return _BY_DEFAULT.get(type_) if is_alone and _is_counted(count, text, is_near=False) else None
    if type_ == "ASSAULT":
        return next((k for k in count.kinds if k in allowed), None) if is_alone else None
    if type_ not in _BY_DEFAULT or not _is_counted(count, text, is_near=is_near):
        return None
    return _BY_DEFAULT[type_] if is_near or type_ not in _ONLY_NEAR else None


def read_kind(count: Count, type_: EventType) -> TollKind | None:
    """The kind of a count that is known to be a toll of an act of a type (an arc points at it), by type and words."""
    allowed = KINDS.get(type_, ())
    told = [k for k in (count.fate, *count.kinds) if k in allowed]
    if told and (told[0] != "participants" or type_ not in ("COERCE", "ASSAULT")):
        return told[0]
    return _BY_DEFAULT.get(type_, count.kinds[0] if count.kinds else None)


def _is_counted(count: Count, text: str, *, is_near: bool) -> bool:
    """Whether people are counted here and not merely named: "two deputies said", "the two sides" are not."""
    before = text[max(0, count.number.start - 24) : count.number.start]
    if _SPEAKERS.search(before) or _SPEAKING.match(text, count.span.end):
        return False
    is_known = _KNOWN.search(before) is not None or count.number.cut(text).lower() == "both"
    return is_near if is_known and count.high is not None and count.high <= 3 else True


def _twin(count: Count, allowed: tuple[TollKind, ...]) -> TollKind | None:
    """Gunmen abduct whom police would arrest: the one of the two that the act can have."""
    pair: tuple[TollKind, ...] = ("arrested", "abducted")
    return next((k for k in pair if k in allowed), None) if count.fate in pair and count.sort == "people" else None


def _distance(count: Count, trigger: Span) -> int:
    low, high = sorted((count.span, trigger))
    return max(high.start - low.end, 0)
