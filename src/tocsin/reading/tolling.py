"""The tolls of an act: which counts the encoder points at, and of what.

The kind of a count is read by rules, from its noun, the words around it and the act: they read it better than the head.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast

from tocsin.reading.count import Count
from tocsin.reading.counting import find_lone_fate, find_pronoun_fate
from tocsin.reading.decoding import Act
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Outputs
from tocsin.reading.scene import Scene, mean_chances
from tocsin.reading.toll_shares import HARMING, KINDS, Clause, Standing, expect_toll, is_inside
from tocsin.records import EventType, Reason, Span, Toll, TollKind

#: A count is a toll where the log-odds of its arc and so many times those of its like (`toll_shares`) reach this sum.
#: Chosen on the 199 articles of `training/data` that the model had not learnt.
_PRIOR_WEIGHT, _LEAST_ODDS = 2.0, 0.0

#: A count whose arc is fainter belongs to another act.
_FAINT = 0.01
#: What people counted without a word of their fate are in an act of each type.
_BY_DEFAULT: Mapping[EventType, TollKind] = {
    "COERCE": "arrested", "PROTEST": "participants", "MOBILIZE": "participants",
    "RETREAT": "participants", "COOPERATE": "participants", "AGREE": "participants",
}  # fmt: skip
#: The same where the mode says more than the type.
_BY_MODE: Mapping[str, TollKind] = {
    "abduct": "abducted", "beat": "injured", "torture": "injured", "sexual": "injured", "crowd-control": "injured",
    "deport": "displaced",
}  # fmt: skip

_KINDS_OF_NONE: tuple[TollKind, ...] = ("killed", "injured")

#: What became of one person, as the toll of an act of a type: gunmen abduct whom police would arrest.
_LONE_KINDS: Mapping[EventType, Mapping[TollKind, TollKind]] = {
    "ASSAULT": {"killed": "killed", "injured": "injured", "abducted": "abducted", "arrested": "abducted"},
    "COERCE": {"arrested": "arrested", "abducted": "arrested"},
}


def read_tolls(act: Act, scene: Scene, clause: Clause) -> tuple[list[Toll], list[Reason]]:
    """The tolls of an act and how each was read."""
    found = _point_at_counts(act, scene, clause)
    if found:
        text = scene.setting.text
        told = [
            Reason(count.rule, f"{count.number.cut(text)!r} is {tell_bounds(toll)}", round(chance, 3))
            for count, toll, chance in found
        ]
        return [toll for _, toll, _ in found], told
    lone = _find_lone_toll(clause)
    return ([lone], [Reason("number-name", f"{lone.whom!r} is one person")]) if lone else ([], [])


def read_kind(count: Count, type_: EventType, mode: str | None = None) -> TollKind | None:
    """The kind of a count that is a toll of an act: by its noun, the words around it, or else the act; None if open."""
    if count.sort in ("vehicles", "weapons"):
        return count.sort
    allowed = KINDS.get(type_, ())
    if type_ in ("RETREAT", "AID") and count.fate is None and _is_noun_before(count):
        return None  # what was let go, or given, may be men, lorries or rifles
    if count.fate is None and (mode == "abduct" or (type_ == "ASSAULT" and count.high == 0)):
        return "abducted" if mode == "abduct" else "injured"
    told = [k for k in (count.fate, *count.kinds) if k in allowed]
    if type_ == "PROTEST" and count.fate is None and "participants" in count.kinds:
        return "participants"  # those who burn tyres are not burnt
    if told and (told[0] != "participants" or type_ not in ("COERCE", "ASSAULT")):
        return told[0]
    if type_ == "ASSAULT" and count.sort == "none" and mode not in _BY_MODE:
        return "killed"
    # those fired at need not have fallen: without a word of it the head says what became of them
    return _BY_MODE.get(mode or "") or _BY_DEFAULT.get(type_)


def _is_noun_before(count: Count) -> bool:
    """Whether what is counted was named before: "nine", "six of them"."""
    return count.sort == "none" or (count.whom or "").lower() == "of them"


def _point_at_counts(act: Act, scene: Scene, clause: Clause) -> list[tuple[Count, Toll, float]]:
    """The counts that the arcs point at, of the kind that words or else the head give, with the arc's chance."""
    made: list[tuple[Count, Toll, float]] = []
    means = mean_chances(act.chances["toll"], scene.counts)
    for chance, (count, first, stop) in zip(means, scene.counts, strict=True):
        if chance < _FAINT:
            continue
        if count.fate is None and clause.draft.type in HARMING and is_inside(count, clause.actor):
            continue  # "some 300 soldiers attacked" tells no toll of the attack
        kind = read_kind(count, clause.draft.type, clause.draft.mode) or _choose_kind(scene.outputs, first, stop)
        standing = _find_standing(count, first, act, scene, clause)
        odds = _log_odds(chance) + _PRIOR_WEIGHT * _log_odds(expect_toll(count, kind, clause, standing))
        if odds < _LEAST_ODDS:
            continue
        for each in _KINDS_OF_NONE if _spares_all(count, clause.draft.type) else (kind,):
            toll = Toll(each, count.low, count.high, count.whom)
            if all(toll != other for _, other, _ in made):
                made.append((count, toll, chance))
    return [row for row in made if not _is_told_in_parts(row[0], [count for count, _, _ in made])]


def _find_standing(count: Count, first: int, act: Act, scene: Scene, clause: Clause) -> Standing:
    """Where a count stands to an act: what is said next goes on about it where it tells of no other act."""
    if clause.evidence.span.contains(count.number):
        return "inside"
    sentences = scene.outputs.window.sentences
    if sentences[first] - sentences[act.word] not in (0, 1):
        return "outside"
    others = (word for word in scene.acts if word != act.word)
    return "outside" if any(sentences[word] == sentences[first] for word in others) else "next"


def _spares_all(count: Count, type_: EventType) -> bool:
    """Whether it says "no casualties": casualties are the dead and the injured."""
    return type_ == "ASSAULT" and count.high == 0 and (count.whom or "").lower().endswith(("casualties", "casualty"))


def _is_told_in_parts(count: Count, counts: Sequence[Count]) -> bool:
    """Whether a sum ("a lieutenant and three men") stands beside one of its parts, which say more."""
    return count.rule == "number-sum" and sum(count.span.contains(c.span) for c in counts) > 1


def _log_odds(chance: float) -> float:
    return math.log(max(chance, 1e-6) / max(1 - chance, 1e-6))


def _find_lone_toll(clause: Clause) -> Toll | None:
    """One person named without a number is a toll of one: "killed Corporal Dren Vasa"."""
    draft, evidence, recipient = clause.draft, clause.evidence, clause.recipient
    kinds = _LONE_KINDS.get(draft.type)
    if kinds is None or draft.modality != "actual" or len(recipient) != 1:
        return None
    party = recipient[0]
    if party.span is None:
        return None
    if evidence.span.contains(party.span):
        at = party.span.start - evidence.start
        fate = find_lone_fate(evidence.text, Span(at, at + len(party.text)))
    else:
        fate = find_pronoun_fate(evidence.text)
    kind = kinds.get(fate) if fate else None
    return Toll(kind, 1, 1, party.text) if kind else None


def tell_bounds(toll: Toll) -> str:
    """The bounds of a toll in figures: "5", "30 to 40", "24 or more"."""
    if toll.high is None:
        return f"{toll.low} or more"
    return str(toll.low) if toll.low == toll.high else f"{toll.low} to {toll.high}"


def _choose_kind(outputs: Outputs, first: int, stop: int) -> TollKind:
    chances = outputs.chances("toll", first, stop).mean(0)
    return cast(TollKind, load_heads()["toll"].classes[int(chances.argmax())])
