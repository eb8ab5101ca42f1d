"""Two claims to a score: are they about one happening? The parts are named, weighted in one table, and shown.

The sum of the weights is a log-odds, in the manner of Fellegi and Sunter (1969): each part says how much more often it
is seen between claims of one incident than between claims of two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tocsin.incidents.facts import Facts
from tocsin.incidents.vicinity import FINE, measure_distance, relate_places
from tocsin.records import Reason

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights


def measure_parts(one: Facts, other: Facts, weights: MergeWeights) -> dict[str, float]:
    """The parts that speak, by name, each with how strongly (0..1): what the weights are multiplied with."""
    return dict(_all_parts(one, other, weights))


def sum_parts(parts: dict[str, float], weights: MergeWeights) -> float:
    """The log-odds that the two are one happening."""
    return weights.parts["base"] + sum(weights.parts[name] * value for name, value in parts.items())


def to_score(log_odds: float) -> float:
    """A log-odds as a score in 0..1, to three places."""
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds)))), 3)


def find_bar(one: Facts, other: Facts, weights: MergeWeights) -> str | None:
    """Why the two can never be one happening, whatever else they share; None if nothing forbids it."""
    a, b = one.claim, other.claim
    if one.article.is_exercise != other.article.is_exercise:
        return "exercise and real news"
    if one.family != other.family:
        return "kinds of act that never meet"
    if "negated" not in (a.modality, b.modality) and a.modality != b.modality:
        return "one happened, the other is planned or conditional"
    if a.background != b.background and a.date != b.date and not (a.date and b.date and a.date.overlaps(b.date)):
        return "one is history, the other news, and their dates differ"
    # what an article gives no day for may be of any day that it speaks of, however long ago that was
    if (one.article.id != other.article.id or (a.date and b.date)) and not _days_meet(one, other):
        return "their days do not meet"
    if relate_places(one, other, weights) == "apart" and not _may_befall_one(one, other, weights):
        return "their places lie apart"
    if one.is_summary != other.is_summary:
        return "one sums up several happenings"
    if one.is_verbal and not _may_speak_as_one(one, other):
        return "words of different speakers"
    return None


def explain_parts(one: Facts, other: Facts, weights: MergeWeights) -> tuple[Reason, ...]:
    """The parts of a score for a person, heaviest first, with what was compared."""
    parts = measure_parts(one, other, weights)
    reasons = [
        Reason(name, _describe(name, one, other), round(weights.parts[name] * value, 3), weights.version)
        for name, value in parts.items()
    ]
    base = Reason("base", "most claims are of different happenings", weights.parts["base"], weights.version)
    return (*sorted(reasons, key=lambda r: (-abs(r.weight or 0), r.rule)), base)


def _all_parts(one: Facts, other: Facts, weights: MergeWeights) -> Iterator[tuple[str, float]]:
    yield from _type_parts(one, other)
    date_part = _date_part(one, other)
    if date_part == "dates-unknown" and one.article.id != other.article.id:
        date_part = "dates-unknown-across"
    yield date_part, 1.0
    relation = relate_places(one, other, weights)
    if relation == "unknown":
        given = (one.place is not None) + (other.place is not None)
        relation = ("places-unknown", "one-place-unknown", "places-unmatched")[given]
    elif relation == "same" and one.place and one.place.precision not in FINE:
        relation = "same-country" if one.place.precision == "country" else "same-area"
    else:
        relation = f"{relation}-place"
    yield relation, 1.0
    yield from _party_parts(one, other)
    yield from _toll_parts(one, other)
    yield from _text_parts(one, other)
    if (one.claim.modality == "negated") != (other.claim.modality == "negated"):
        yield "denial", 1.0


def _type_parts(one: Facts, other: Facts) -> Iterator[tuple[str, float]]:
    a, b = one.claim, other.claim
    yield ("same-type" if a.type == b.type else "kin-type"), 1.0
    if a.mode and b.mode and a.type == b.type:
        yield ("same-mode" if a.mode == b.mode else "other-mode"), 1.0


def _date_part(one: Facts, other: Facts) -> str:
    grounds = {one.ground, other.ground}
    if not grounds & {"published", "none"}:
        return "same-day" if grounds == {"day"} else "same-dates" if one.days == other.days else "overlapping-dates"
    return "dates-unknown" if len(grounds) == 1 or grounds == {"published", "none"} else "one-date-unknown"


def _party_parts(one: Facts, other: Facts) -> Iterator[tuple[str, float]]:
    for role, mine, theirs, codes, their_codes in (
        ("actor", one.actor_words, other.actor_words, one.actor_codes, other.actor_codes),
        ("recipient", one.recipient_words, other.recipient_words, one.recipient_codes, other.recipient_codes),
    ):
        if mine & theirs:
            yield f"same-{role}", overlap(mine, theirs)
        elif codes & their_codes:
            # two citizens of one country whom the reports name are not alike
            if role == "actor" or not _name_other_persons(one, other):
                yield f"like-{role}", 1.0
        elif codes and their_codes:
            yield f"other-{role}", 1.0
        elif role == "recipient" and mine and theirs:
            yield "recipients-apart", 1.0
    if _lose_other_persons(one, other):
        yield "other-victims", 1.0
    elif one.recipient_names and other.recipient_names and not one.recipient_names & other.recipient_names:
        yield "named-recipients-apart", 1.0
    if _name_one_person(one, other):
        yield "same-victim", 1.0
    across = (one.actor_words & other.recipient_words) | (one.recipient_words & other.actor_words)
    if across - (one.actor_words & other.actor_words):
        yield "crossed-parties", 1.0


def _name_other_persons(one: Facts, other: Facts) -> bool:
    """Whether both give full names of whom it befell, which have nothing in common."""
    return bool(one.victim_names and other.victim_names) and not one.recipient_names & other.recipient_names


def _may_speak_as_one(one: Facts, other: Facts) -> bool:
    """Whether one party may have spoken in both: by name; in one article also a capital for its country, or nobody."""
    if one.article.id != other.article.id or one.actor_words & other.actor_words:
        return bool(one.actor_words & other.actor_words)
    return not (one.actor_words and other.actor_words) or bool(one.actor_codes & other.actor_codes)


def _name_one_person(one: Facts, other: Facts) -> bool:
    """Whether both give one full name, two of its words or more, among those whom an assault befell."""
    return "ASSAULT" in (one.claim.type, other.claim.type) and len(one.victim_names & other.victim_names) > 1


def _may_befall_one(one: Facts, other: Facts, weights: MergeWeights) -> bool:
    """Whether two places that lie apart may be of one act all the same: a city and its suburb, for one named person."""
    if one.place is None or other.place is None or not _name_one_person(one, other):
        return False
    distance = measure_distance(one.place, other.place)
    return distance is not None and distance <= weights.near_km


def _lose_other_persons(one: Facts, other: Facts) -> bool:
    """Whether beyond that both count one person lost in the same way."""
    return _name_other_persons(one, other) and any(
        one.tolls[kind] == (1, 1) == other.tolls.get(kind) for kind in one.tolls
    )


def _toll_parts(one: Facts, other: Facts) -> Iterator[tuple[str, float]]:
    kinds = [k for k in one.tolls if k in other.tolls]
    if not kinds or _lose_other_persons(one, other):  # one and one is no agreement where they are two persons
        return
    if any(are_rival_counts(k, one, other) for k in kinds):
        yield "rival-toll", 1.0
    else:
        yield ("same-toll" if any(_agree(k, one, other) for k in kinds) else "other-toll"), 1.0


def _agree(kind: str, one: Facts, other: Facts) -> bool:
    """Whether two counts that are no rivals agree.

    "One guard" and "one vendor", "two children" and "five soldiers" do not; "17 civilians" and "17 villagers" do.
    """
    return _count_like(kind, one, other) or (one.tolls[kind] == other.tolls[kind] and one.tolls[kind][0] > 1)


def _text_parts(one: Facts, other: Facts) -> Iterator[tuple[str, float]]:
    if one.trigger_words & other.trigger_words:
        yield "same-trigger", 1.0
    if shared := jaccard(one.words, other.words):
        yield "shared-words", shared
    if one.article.id == other.article.id:
        yield ("same-article-same-speaker" if one.speaker_key == other.speaker_key else "same-article"), 1.0
    elif one.origin == other.origin:
        yield "same-origin", 1.0


def tolls_meet(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    """Whether two counts can both be right ("at least 10" and "12" can)."""
    return (one[1] is None or one[1] >= other[0]) and (other[1] is None or other[1] >= one[0])


def are_rival_counts(kind: str, one: Facts, other: Facts) -> bool:
    """Whether two claims count the same losses and cannot both be right: lost soldiers and rebels are no rivals."""
    return _count_like(kind, one, other) and not tolls_meet(one.tolls[kind], other.tolls[kind])


def _count_like(kind: str, one: Facts, other: Facts) -> bool:
    """Whether two counts of one kind may be of the same persons, as far as both say whom they count."""
    whom, other_whom = one.toll_words[kind], other.toll_words[kind]
    return not (whom and other_whom) or bool(whom & other_whom)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that the other holds."""
    return len(one & other) / max(1, min(len(one), len(other)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of all members that both sets hold."""
    return len(one & other) / max(1, len(one | other))


def _days_meet(one: Facts, other: Facts) -> bool:
    if one.days is None or other.days is None:
        return True
    return one.days[0] <= other.days[1] and other.days[0] <= one.days[1]


def _describe(name: str, one: Facts, other: Facts) -> str:
    a, b = one.claim, other.claim
    if name.endswith(("-type", "-mode")):
        return f"{_act(one)} and {_act(other)}"
    if name.endswith(("-day", "-dates", "dates-unknown", "date-unknown", "dates-unknown-across")):
        return f"{a.date or 'no date'} and {b.date or 'no date'}"
    if "place" in name or name in ("same-area", "same-country"):
        return f"{a.place.shown_name if a.place else 'no place'} and {b.place.shown_name if b.place else 'no place'}"
    if name.endswith("actor"):
        return f"actors {_names(a.actor)} and {_names(b.actor)}"
    if name.endswith(("recipient", "recipients-apart", "other-victims", "same-victim")):
        return f"recipients {_names(a.recipient)} and {_names(b.recipient)}"
    if name.endswith("toll"):
        return f"{_counts(one)} and {_counts(other)}"
    if name == "shared-words":
        return f"{len(one.words & other.words)} of {len(one.words | other.words)} words in common"
    if name == "same-trigger":
        return f"both say {', '.join(sorted(one.trigger_words & other.trigger_words))}"
    return _FIXED.get(name, name.replace("-", " "))


_FIXED = {
    "same-origin": "the articles are copies of one text",
    "same-article": "two statements of one article by different speakers",
    "same-article-same-speaker": "two statements of one article by the same speaker are mostly two acts",
    "denial": "one denies what the other states",
    "crossed-parties": "a party acts in one and undergoes in the other",
}


def _act(facts: Facts) -> str:
    return facts.claim.type + (f" {facts.claim.mode}" if facts.claim.mode else "")


def _names(parties: tuple[object, ...]) -> str:
    return ", ".join(getattr(p, "text", "") for p in parties[:3]) or "nobody named"


def _counts(facts: Facts) -> str:
    return ", ".join(f"{k} {low}{'' if high == low else '+' if high is None else f'-{high}'}"
                     for k, (low, high) in sorted(facts.tolls.items()))  # fmt: skip
