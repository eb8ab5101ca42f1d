"""A group of claims to an incident, with every field's ground and everybody who disagrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.incidents.credibility import grade_claims
from tocsin.incidents.facts import Facts
from tocsin.incidents.stems import stem_words
from tocsin.incidents.tolls import find_rival_tolls, range_tolls, write_count, write_speaker
from tocsin.incidents.versions import (
    choose_act,
    choose_date,
    choose_modality,
    choose_place,
    find_rival_actors,
    split_denials,
    unite_actors,
    unite_parties,
)
from tocsin.records import Incident, IncidentState, Reason

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

_MOST_DENIALS_TOLD = 5


def compose_incident(group: Sequence[Facts], id_: str, weights: MergeWeights) -> Incident:
    """The incident that the claims of `group` (founding claim first) together make."""
    stating, denying = split_denials(group)
    telling = sorted(stating or denying, key=lambda f: f.order)
    type_, mode = choose_act(telling)
    date, date_reason = choose_date(telling)
    place, place_reason = choose_place(telling, weights)
    tolls, toll_reasons = range_tolls(stating)
    origin_keys = key_origins(group)
    disagreement = _find_disagreement(stating, denying)
    origins = len({origin_keys[f.claim.id] for f in telling})
    faint = _find_faint(telling, origins, bool(stating and denying), weights)
    return Incident(
        id=id_,
        type=type_,
        claim_ids=tuple(f.claim.id for f in group),
        reported_at=min(f.article.shown_at for f in group),
        mode=mode,
        modality=choose_modality(telling),
        certainty="asserted" if any(f.claim.certainty == "asserted" for f in telling) else "hedged",
        background=all(f.claim.background for f in telling),
        date=date,
        date_reason=date_reason,
        place=place,
        actor=unite_actors(telling),
        recipient=unite_parties(p for f in telling for p in f.claim.recipient),
        tolls=tolls,
        origins=origins,
        outlets=tuple(dict.fromkeys(f.article.outlet_id for f in group if f.article.outlet_id)),
        state=_decide_state(stating, denying, disagreement),
        is_faint=bool(faint),
        grades=grade_claims(group, origin_keys),
        is_exercise=any(f.article.is_exercise for f in group),
        reasons=(_tell_merge(group, origins, weights), *faint, *disagreement, place_reason, *toll_reasons),
    )


def key_origins(group: Sequence[Facts]) -> dict[str, str]:
    """Claim id to its independent origin.

    That of its article, unless the article only hands on another outlet's report: then that of the outlet it cites,
    among the claims of the group where it is there.
    """
    by_outlet: dict[frozenset[str], str] = {}
    for one in group:
        if one.article.outlet_name and not _cites_media(one):
            by_outlet.setdefault(_outlet_words(one.article.outlet_name), one.origin)
    return {one.claim.id: _find_cited(one, by_outlet) if _cites_media(one) else one.origin for one in group}


def _find_cited(one: Facts, by_outlet: Mapping[frozenset[str], str]) -> str:
    """The origin of the outlet that a claim cites: of those named in what it cites, the one with the longest name."""
    cited = stem_words(one.claim.attribution[0].speaker or "")
    # of a name of one word ("The Post") more must agree: "the Harbour Post" is another paper
    named = [words for words in by_outlet if words == cited or (len(words) > 1 and words < cited)]
    if named:
        return by_outlet[max(named, key=len)]
    return f"cited:{' '.join(sorted(cited))}" if cited else one.origin


@lru_cache(maxsize=4096)
def _outlet_words(name: str) -> frozenset[str]:
    return stem_words(name)


def _cites_media(one: Facts) -> bool:
    chain = one.claim.attribution
    return bool(chain) and chain[0].kind == "media" and bool(chain[0].speaker)


def _find_disagreement(stating: Sequence[Facts], denying: Sequence[Facts]) -> list[Reason]:
    reasons = []
    if stating:
        reasons += [
            Reason("denial", f"{write_speaker(f)} denies it (claim {f.claim.id})") for f in denying[:_MOST_DENIALS_TOLD]
        ]
    for kind, one, other in find_rival_tolls(sorted(stating, key=lambda f: f.order)):
        first, second = (f"{write_count(f.tolls[kind])} by {write_speaker(f)}" for f in (one, other))
        detail = f"{kind}: {first} against {second} (claims {one.claim.id}, {other.claim.id})"
        reasons.append(Reason("rival-tolls", detail))
    if rivals := find_rival_actors(stating):
        first, second = (f"{_name_actors(f)} by {write_speaker(f)}" for f in rivals)
        detail = f"done by {first} against {second} (claims {rivals[0].claim.id}, {rivals[1].claim.id})"
        reasons.append(Reason("rival-actors", detail))
    return reasons


def _find_faint(telling: Sequence[Facts], origins: int, has_denial: bool, weights: MergeWeights) -> list[Reason]:
    """Why an incident is faint, or nothing: a second origin, or one claim more likely right than not, is enough."""
    scores = [f.claim.score for f in telling]
    if origins > 1 or None in scores:
        return []
    surest = max(s for s in scores if s is not None)
    chance = weights.read_chance(surest)
    if chance >= weights.sure:
        return []
    # rounded down, so that too little is never told as enough
    told = f"one origin, read with a score of {surest:.2f}: of 100 such claims {int(100 * chance)} are right"
    denied = "; who denies it is no second origin" if has_denial else ""
    needed = f"{100 * weights.sure:.0f} or a second origin makes it count"
    return [Reason("faint", f"{told}; {needed}{denied}", chance, weights.version)]


def _decide_state(stating: Sequence[Facts], denying: Sequence[Facts], disagreement: Sequence[Reason]) -> IncidentState:
    if not stating:
        return "denied"
    if denying or disagreement:
        return "disputed"
    return "reported" if any(f.claim.modality == "actual" for f in stating) else "planned"


def _tell_merge(group: Sequence[Facts], origins: int, weights: MergeWeights) -> Reason:
    articles = len({f.article.id for f in group})
    if len(group) == 1:
        return Reason("single-claim", "no other claim is about the same happening", None, weights.version)
    told = f"{len(group)} claims of {articles} article{'s' * (articles > 1)}"
    detail = f"{told}, {origins} independent origin{'s' * (origins > 1)}"
    return Reason("same-happening", detail, None, weights.version)


def _name_actors(facts: Facts) -> str:
    return " and ".join(p.text for p in facts.claim.actor[:2])
