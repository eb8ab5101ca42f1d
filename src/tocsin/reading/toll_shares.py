"""How often a count is a toll of an act, whatever the arcs say: shares of like counts in `training/data`, rounded.

What is asked: what the number counts, whether a word tells its fate, whose number it is, and of what act. "Police
arrested 14 men" is nearly always a toll, "released 14 men" seldom, "a soldier stood by" hardly ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tocsin.reading.count import Count
from tocsin.reading.rules import Draft
from tocsin.records import EventType, Evidence, Party, TollKind

#: What can be counted in an act of each type; a number of another kind belongs to something else in the sentence.
KINDS: Mapping[EventType, tuple[TollKind, ...]] = {
    "ASSAULT": ("killed", "injured", "abducted", "displaced"),
    "COERCE": ("arrested", "displaced", "vehicles", "weapons"),
    "PROTEST": ("participants", "injured"),
    "MOBILIZE": ("participants", "vehicles", "weapons"),
    "RETREAT": ("participants", "weapons", "vehicles"),
    "AID": ("displaced", "injured", "vehicles", "weapons"),
    "COOPERATE": ("participants", "vehicles", "weapons"),
    "AGREE": ("participants", "vehicles", "weapons"),
}
#: Acts whose tolls are those they befall.
HARMING: frozenset[EventType] = frozenset({"ASSAULT", "COERCE"})

#: Whose number it is: of a party that the toll befalls or that musters, of another party, of neither.
Holder = Literal["own", "other", "nobody"]

#: Where the count stands: in the passage; in what follows it, which tells of no other act; anywhere else.
Standing = Literal["inside", "next", "outside"]


@dataclass(frozen=True, slots=True)
class Clause:
    """What is known of an act before its tolls are read."""

    draft: Draft
    evidence: Evidence
    actor: Sequence[Party]
    recipient: Sequence[Party]


#: Lorries and rifles by the type of the act: with a number, and with "a".
_OBJECTS: Mapping[EventType, tuple[float, float]] = {
    "ASSAULT": (0.45, 0.35), "COERCE": (0.8, 0.45), "PROTEST": (0.7, 0.25), "MOBILIZE": (0.9, 0.45),
    "RETREAT": (0.85, 0.4), "AID": (0.8, 0.1), "AGREE": (0.35, 0.05), "COOPERATE": (0.35, 0.05),
}  # fmt: skip
#: People of whom no word tells the fate, by the act and whose number it is; then bare numbers; then other nouns.
_PEOPLE: Mapping[str, tuple[float, float, float]] = {
    "ASSAULT": (0.8, 0.5, 0.6), "arrest": (0.9, 0.3, 0.5), "deport": (0.65, 0.2, 0.4), "COERCE": (0.25, 0.1, 0.2),
    "PROTEST": (0.87, 0.15, 0.67), "MOBILIZE": (0.88, 0.4, 0.7), "disarm": (0.85, 0.2, 0.5),
    "withdraw": (0.55, 0.2, 0.45), "release": (0.1, 0.12, 0.12), "access": (0.35, 0.35, 0.35),
    "RETREAT": (0.45, 0.15, 0.3), "AID": (0.13, 0.1, 0.3), "COOPERATE": (0.4, 0.2, 0.4), "AGREE": (0.3, 0.2, 0.3),
}  # fmt: skip
_BARE: Mapping[str, float] = {
    "ASSAULT": 0.5, "arrest": 0.65, "COERCE": 0.03, "PROTEST": 0.45, "MOBILIZE": 0.45, "AID": 0.4, "disarm": 0.65,
    "release": 0.03, "RETREAT": 0.2, "AGREE": 0.07,
}  # fmt: skip
_THINGS: Mapping[str, tuple[float, float]] = {
    "ASSAULT": (0.55, 0.2), "arrest": (0.75, 0.2), "PROTEST": (0.4, 0.12), "MOBILIZE": (0.12, 0.1), "AID": (0.15, 0.03),
}  # fmt: skip
#: "A soldier" of whom no word tells the fate, where the act befalls him and where it does not.
_ONE: Mapping[str, tuple[float, float]] = {"ASSAULT": (0.65, 0.18), "arrest": (0.6, 0.15), "PROTEST": (0.1, 0.1)}
_RARE = 0.04


def expect_toll(count: Count, kind: TollKind, clause: Clause, standing: Standing) -> float:
    """How often such a count is a toll of such an act, whatever the arcs say."""
    draft = clause.draft
    fits = count.fate is not None and count.fate in KINDS.get(draft.type, ())
    if standing == "outside":
        share = 0.1
    elif standing == "next":
        share = 0.85 if fits and count.sort != "things" else 0.4 if _is_crowd(kind, draft) else 0.1
    elif count.rule.endswith("-whole"):
        share = 0.5 if fits else 0.1  # of "four of the ten lorries" the four
    elif count.sort in ("vehicles", "weapons"):
        share = _OBJECTS.get(draft.type, (0.1, 0.05))[is_article(count)]
    else:
        share = _expect_people(count, kind, clause, fits=fits)
    # that nobody was hurt is news of what did not happen, too; who will be sent is told like who was sent
    is_sent = draft.modality == "planned" and draft.type in ("MOBILIZE", "AGREE")
    return share if draft.modality == "actual" or count.high == 0 or is_sent else share / 3


def _is_crowd(kind: TollKind, draft: Draft) -> bool:
    """Whether those who take part in a protest are counted: "they marched to the bridge. There were about 120"."""
    return kind == "participants" and draft.type == "PROTEST"


def _expect_people(count: Count, kind: TollKind, clause: Clause, *, fits: bool) -> float:
    type_, mode = clause.draft.type, clause.draft.mode
    holder = _find_holder(count, clause)
    if fits and type_ == "AID":
        return 0.5
    if fits and count.sort == "things":
        return 0.6 if count.fate == "killed" else 0.4
    if fits and count.high == 0 and type_ == "COERCE":
        return 0.5
    if is_article(count) and count.rule.endswith("-part"):
        return 0.3  # "four men, among them a German"
    if fits:
        return 0.95 if not is_article(count) else 0.75 if holder == "own" else 0.6
    if kind == "participants" and type_ in HARMING:
        return _RARE
    by = mode if mode is not None and mode in _PEOPLE else type_
    if count.sort == "none":
        return _BARE.get(by, _BARE.get(type_, _RARE))
    if is_article(count):
        return _ONE.get(by, (_RARE, _RARE))[holder != "own"]
    if count.sort == "things":
        return _THINGS.get(by, (0.06, 0.03))[holder != "own"]
    return _PEOPLE.get(by, (_RARE, _RARE, _RARE))[("own", "other", "nobody").index(holder)]


def _find_holder(count: Count, clause: Clause) -> Holder:
    type_ = clause.draft.type
    is_taken = type_ in HARMING or type_ == "AID" or clause.draft.mode in ("release", "access")
    own, other = (clause.recipient, clause.actor) if is_taken else (clause.actor, clause.recipient)
    return "own" if is_inside(count, own) else "other" if is_inside(count, other) else "nobody"


def is_inside(count: Count, parties: Sequence[Party]) -> bool:
    """Whether the number stands in the name of one of the parties."""
    return any(p.span is not None and p.span.contains(count.number) for p in parties)


def is_article(count: Count) -> bool:
    """Whether it is "a soldier"."""
    return count.rule.startswith("number-article")
