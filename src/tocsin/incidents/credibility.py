"""How credible each claim of an incident is: Admiralty 1-6, by rules that are named (codebook, "Sources")."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from tocsin.incidents.compare import are_rival_counts
from tocsin.incidents.facts import Facts
from tocsin.incidents.stems import stem_words
from tocsin.incidents.tolls import reliability_rank, write_speaker
from tocsin.incidents.versions import blame_rivals
from tocsin.records import Claim, Credibility, Grade, Reason

#: Version of the rules below.
VERSION = "credibility/2"
#: The rule of the reason where a person gave the grade.
GIVEN = "given-by-person"
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT"})
#: A claim is held against so many others of its incident; more would add no ground that these do not give.
_MOST_COMPARED = 60


def grade_claims(facts: Sequence[Facts], origin_keys: dict[str, str]) -> tuple[Grade, ...]:
    """A grade with its reason for each claim; `origin_keys` gives each claim's independent origin.

    1 another origin and another speaker say the same; 2 others repeat the same speaker, or a party speaks against its
    own interest, or it is confirmed but also disputed; 3 a reviewed outlet (A-C) alone; 4 hedged, or disputed, or from
    an outlet graded D or E; 5 disputed by better outlets and confirmed by none; 6 nothing to judge by. What a person
    holds of a claim stands in the rule's place, with the rule's figure and reason beside it.
    """
    voices = _Voices(facts, origin_keys)
    return tuple(_weigh_given(f.claim, *_grade(f, *voices.hear(f))) for f in facts)


def _weigh_given(claim: Claim, figure: Credibility, reason: Reason) -> Grade:
    given = claim.credibility
    if given is None:
        return Grade(claim.id, figure, reason)
    told = Reason(GIVEN, f"by {given.made_by}: {given.reason}")
    return Grade(claim.id, given.credibility, told, by_rule=figure, rule_reason=reason)


class _Voices:
    """One claim for each origin, speaker and polarity: copies have no say of their own."""

    def __init__(self, facts: Sequence[Facts], origin_keys: dict[str, str]) -> None:
        distinct = {(origin_keys[f.claim.id], f.speaker_key, _denies(f)): f for f in reversed(facts)}
        self._voices = list(distinct.values())[::-1][:_MOST_COMPARED]
        self._origins = origin_keys
        self._heard: dict[Hashable, tuple[list[Facts], list[Facts]]] = {}

    def hear(self, one: Facts) -> tuple[list[Facts], list[Facts]]:
        """Those of other origins who agree with a claim, and all who disagree."""
        origin = self._origins[one.claim.id]
        # found once for all copies that say the same, of which a burst has hundreds
        tolls = frozenset(one.tolls.items()), frozenset(one.toll_words.items())
        said = (origin, _denies(one), *tolls, one.actor_codes, one.actor_words, one.recipient_words)
        heard = self._heard.get(said)
        if heard is None:
            heard = self._heard[said] = ([], [])
            for voice in self._voices:
                if not _agrees(one, voice):
                    heard[1].append(voice)
                elif self._origins[voice.claim.id] != origin:
                    heard[0].append(voice)
        return heard


def _grade(one: Facts, agreeing: Sequence[Facts], disagreeing: Sequence[Facts]) -> tuple[Credibility, Reason]:
    independent = [v for v in agreeing if v.speaker_key != one.speaker_key and v.claim.certainty == "asserted"]
    disputing = [v for v in disagreeing if v.speaker_key != one.speaker_key]
    if independent:
        names = _list_speakers(independent)
        if disputing:
            against = _list_speakers(disputing)
            return 2, _reason("confirmed-but-disputed", f"also said by {names}; disputed by {against}")
        return 1, _reason("confirmed", f"also said, from another origin, by {names}")
    if disputing:
        better = [v for v in disputing if reliability_rank(v) < reliability_rank(one) and reliability_rank(v) <= 2]
        if better:
            return 5, _reason("contradicted-by-better", f"disputed by {_list_speakers(better)}, graded better")
        return 4, _reason("disputed", f"disputed by {_list_speakers(disputing)}, confirmed by nobody")
    if agreeing:
        return 2, _reason("repeated", f"the same in {_list_speakers(agreeing)}, but no second speaker asserts it")
    return _grade_alone(one)


def _grade_alone(one: Facts) -> tuple[Credibility, Reason]:
    letter = one.outlet.reliability if one.outlet else "F"
    if _speaks_against_itself(one):
        return 2, _reason("against-own-interest", f"{one.claim.speaker} owns to it")
    if one.claim.certainty == "hedged":
        return 4, _reason("hedged", "one origin, which does not itself vouch for it")
    if letter in "ABC":
        return 3, _reason("reviewed-outlet-alone", f"one origin, an outlet graded {letter}")
    if letter in "DE":
        return 4, _reason("weak-outlet-alone", f"one origin, an outlet graded {letter}")
    return 6, _reason("nothing-to-judge-by", "one origin, from an outlet nobody has reviewed: not judged, not bad")


def _agrees(one: Facts, other: Facts) -> bool:
    if _denies(one) != _denies(other):
        return False
    if not _denies(one) and blame_rivals(one, other):  # "the army did it" does not bear out that the rebels did
        return False
    return not any(are_rival_counts(k, one, other) for k in one.tolls.keys() & other.tolls.keys())


def _denies(facts: Facts) -> bool:
    return facts.claim.modality == "negated"


def _speaks_against_itself(one: Facts) -> bool:
    claim = one.claim
    if claim.type not in _HOSTILE or claim.modality != "actual" or not claim.speaker:
        return False
    return bool(stem_words(claim.speaker) & one.actor_words)


def _list_speakers(facts: Sequence[Facts]) -> str:
    names = list(dict.fromkeys(write_speaker(f) for f in facts))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _reason(rule: str, detail: str) -> Reason:
    return Reason(rule, detail, None, VERSION)
