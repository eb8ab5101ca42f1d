"""The tolls of an act: which counts the encoder points at, and of what.

The kind of a count is read by rules, from its noun, the words around it and the act: they read it better than the head.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tocsin.reading.counting import Count, find_lone_fate, find_pronoun_fate
from tocsin.reading.decoding import Act
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Outputs
from tocsin.reading.rules import Draft
from tocsin.reading.scene import Scene, mean_chances
from tocsin.records import EventType, Evidence, Party, Reason, Span, Toll, TollKind

#: A count is a toll where the log-odds of its arc and so many times those of its kind reach this sum. Chosen on
#: articles that the model had not seen.
_PRIOR_WEIGHT, _LEAST_ODDS = 1.5, -1.0

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
#: Acts whose tolls are those they befall, and acts whose tolls are those who act.
_HARMING: frozenset[EventType] = frozenset({"ASSAULT", "COERCE"})
_MUSTERING: frozenset[EventType] = frozenset({"PROTEST", "MOBILIZE", "RETREAT"})
#: A count whose arc is fainter belongs to another act.
_FAINT = 0.02
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


@dataclass(frozen=True, slots=True)
class Clause:
    """What is known of an act before its tolls are read."""

    draft: Draft
    evidence: Evidence
    actor: Sequence[Party]
    recipient: Sequence[Party]


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
    told = [k for k in (count.fate, *count.kinds) if k in allowed]
    if type_ == "PROTEST" and count.fate is None and "participants" in count.kinds:
        return "participants"  # those who burn tyres are not burnt
    if told and (told[0] != "participants" or type_ not in ("COERCE", "ASSAULT")):
        return told[0]
    if type_ == "ASSAULT" and count.sort == "none" and mode not in _BY_MODE:
        return "killed"
    # those fired at need not have fallen: without a word of it the head says what became of them
    return _BY_MODE.get(mode or "") or _BY_DEFAULT.get(type_)


def _point_at_counts(act: Act, scene: Scene, clause: Clause) -> list[tuple[Count, Toll, float]]:
    """The counts that the arcs point at, of the kind that words or else the head give, with the arc's chance."""
    made: list[tuple[Count, Toll, float]] = []
    means = mean_chances(act.chances["toll"], scene.counts)
    for chance, (count, first, stop) in zip(means, scene.counts, strict=True):
        if chance < _FAINT:
            continue
        if count.fate is None and clause.draft.type in _HARMING and _is_inside(count, clause.actor):
            continue  # "some 300 soldiers attacked" tells no toll of the attack
        kind = read_kind(count, clause.draft.type, clause.draft.mode) or _choose_kind(scene.outputs, first, stop)
        odds = _log_odds(chance) + _PRIOR_WEIGHT * _log_odds(expect_toll(count, kind, clause))
        if odds < _LEAST_ODDS:
            continue
        for each in _KINDS_OF_NONE if _spares_all(count, clause.draft.type) else (kind,):
            toll = Toll(each, count.low, count.high, count.whom)
            if all(toll != other for _, other, _ in made):
                made.append((count, toll, chance))
    return [row for row in made if not _is_told_in_parts(row[0], [count for count, _, _ in made])]


def _spares_all(count: Count, type_: EventType) -> bool:
    """Whether it says "no casualties": casualties are the dead and the injured."""
    return type_ == "ASSAULT" and count.high == 0 and (count.whom or "").lower().endswith(("casualties", "casualty"))


def _is_told_in_parts(count: Count, counts: Sequence[Count]) -> bool:
    """Whether a sum ("a lieutenant and three men") stands beside both of its parts, which say more."""
    return count.rule == "number-sum" and sum(count.span.contains(c.span) for c in counts) > 2


def expect_toll(count: Count, kind: TollKind, clause: Clause) -> float:
    """How often such a count is a toll of such an act, whatever the arcs say: shares in `training/data`, rounded."""
    if not clause.evidence.span.contains(count.number):
        share = 0.1
    elif count.sort in ("vehicles", "weapons"):
        share = 0.25 if _is_article(count) else 0.4 if clause.draft.type == "ASSAULT" else 0.8
    elif count.sort == "things":
        share = 0.08 if count.fate is None else 0.6 if count.fate == "killed" else 0.2
    else:
        share = _expect_people(count, kind, clause)
    # that nobody was hurt is news of what did not happen, too
    return share if clause.draft.modality == "actual" or count.high == 0 else share / 3


def _expect_people(count: Count, kind: TollKind, clause: Clause) -> float:
    type_ = clause.draft.type
    if type_ in _HARMING and count.fate in KINDS[type_]:
        return 0.6 if _is_article(count) else 0.93
    party = clause.recipient if type_ in _HARMING else clause.actor if type_ in _MUSTERING else ()
    if _is_inside(count, party):
        return 0.5 if _is_article(count) else 0.75
    if kind == "participants" and type_ not in ("PROTEST", "MOBILIZE"):
        return 0.05
    if count.sort == "people":
        return 0.1 if _is_article(count) else 0.4
    return 0.3


def _is_inside(count: Count, parties: Sequence[Party]) -> bool:
    return any(p.span is not None and p.span.contains(count.number) for p in parties)


def _is_article(count: Count) -> bool:
    return count.rule == "number-article"


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
