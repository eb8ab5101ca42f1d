"""Counts of an incident: the lowest, the highest and the one the desk uses, with the rule that chose it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from tocsin.incidents.compare import are_rival_counts
from tocsin.incidents.facts import Facts
from tocsin.records import Reason, TollKind, TollRange

#: Best first. F (cannot be judged) is not bad: it stands after C (fairly reliable), before D (not usually reliable).
RELIABILITY_ORDER = "ABCFDE"
#: The rule that chooses: of the most reliable outlets' speakers the latest word; asserted before hedged. An open count
#: ("at least 5") is taken at its low end, a closed one ("30 to 40") in its middle.
RULE = "latest-of-most-reliable"

Count = tuple[int, int | None]
_KINDS: tuple[TollKind, ...] = get_args(TollKind)


def range_tolls(facts: Sequence[Facts]) -> tuple[tuple[TollRange, ...], tuple[Reason, ...]]:
    """One range for each kind of loss that the claims count, and why its best number is best."""
    ranges, reasons = [], []
    for kind in _list_kinds(facts):
        given = [(f, f.tolls[kind]) for f in facts if kind in f.tolls]
        chosen, count = min(given, key=lambda g: _preference(g[0]))
        numbers = [n for _, (low, high) in given for n in (low, high) if n is not None]
        tops = [high for _, (_, high) in given if high is not None]
        best = count[0] if count[1] is None else (count[0] + count[1]) // 2
        ranges.append(TollRange(kind, min(numbers), best, max(numbers) if tops else None, RULE))
        reasons.append(Reason(RULE, _tell_choice(kind, chosen, count, len(given), numbers)))
    return tuple(ranges), tuple(reasons)


def find_rival_tolls(facts: Sequence[Facts]) -> list[tuple[TollKind, Facts, Facts]]:
    """Counts that cannot both be right, by different speakers, each speaker's latest word taken.

    A speaker who counts again updates; only another speaker contradicts.
    """
    rivals: list[tuple[TollKind, Facts, Facts]] = []
    for kind in _list_kinds(facts):
        latest: dict[str, Facts] = {}
        for one in facts:
            if kind in one.tolls:
                latest[one.speaker_key] = one
        # those who say the same are rivals of the same: a burst of copies has hundreds of speakers and one count
        words = list({(f.tolls[kind], f.toll_words[kind]): f for f in reversed(latest.values())}.values())[::-1]
        pair = next(
            ((a, b) for at, a in enumerate(words) for b in words[at + 1 :] if are_rival_counts(kind, a, b)),
            None,
        )
        if pair:
            rivals.append((kind, *pair))
    return rivals


def _list_kinds(facts: Sequence[Facts]) -> list[TollKind]:
    """The kinds of loss that any of the claims counts, in their fixed order."""
    counted = {kind for f in facts for kind in f.tolls}
    return [kind for kind in _KINDS if kind in counted]


def write_count(count: Count) -> str:
    """A count in words: "5", "3 to 4", "at least 3"."""
    low, high = count
    return f"at least {low}" if high is None else str(low) if low == high else f"{low} to {high}"


def write_speaker(facts: Facts) -> str:
    """Who is made to say it, for a sentence."""
    speaker = next((a.speaker for a in facts.claim.attribution if a.speaker), None)
    outlet = facts.article.outlet_name or "an unnamed outlet"
    return f"{speaker} (in {outlet})" if speaker else outlet


def reliability_rank(facts: Facts) -> int:
    """0 for the most reliable outlet; an unknown outlet ranks as F."""
    return RELIABILITY_ORDER.index(facts.outlet.reliability if facts.outlet else "F")


def _preference(facts: Facts) -> tuple[int, bool, float, str]:
    claim = facts.claim
    return (reliability_rank(facts), claim.certainty == "hedged", -facts.article.shown_at.timestamp(), claim.id)


def _tell_choice(kind: str, chosen: Facts, count: Count, how_many: int, numbers: Sequence[int]) -> str:
    letter = chosen.outlet.reliability if chosen.outlet else "F"
    detail = f"{kind}: {write_count(count)}, the latest word of {write_speaker(chosen)}, graded {letter}"
    return detail if how_many == 1 else f"{detail}; {how_many} claims give {min(numbers)} to {max(numbers)}"
