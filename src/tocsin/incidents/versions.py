"""Claims of one incident to its fields: what they agree on, and what the desk takes where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tocsin.incidents.compare import overlap
from tocsin.incidents.facts import Facts, party_codes
from tocsin.incidents.sides import count_meanings, may_be_one
from tocsin.incidents.stems import name_words, proper_words_in
from tocsin.incidents.vicinity import relate_places
from tocsin.records import EventType, Modality, PartialDate, Party, Place, Reason

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

T = TypeVar("T")

#: Finest first.
PRECISIONS = ("site", "settlement", "district", "region", "country")
_MODALITIES: tuple[Modality, ...] = ("actual", "planned", "conditional", "negated")
_MOST_PARTIES = 12
_MOST_SUPPORTERS = 50


def split_denials(facts: Sequence[Facts]) -> tuple[list[Facts], list[Facts]]:
    """The claims that state it, and those that deny it."""
    stating = [f for f in facts if f.claim.modality != "negated"]
    denying = [f for f in facts if f.claim.modality == "negated"]
    return stating, denying


def choose_act(facts: Sequence[Facts]) -> tuple[EventType, str | None]:
    """The type that most origins give, and among its claims the mode that most origins give; ties by first report."""
    type_ = _most_origins((f.claim.type, f.origin) for f in facts)
    modes = [(f.claim.mode, f.origin) for f in facts if f.claim.type == type_ and f.claim.mode]
    return type_, _most_origins(modes) if modes else None


def choose_modality(facts: Sequence[Facts]) -> Modality:
    """Actual as soon as one claim says it happened; negated only where nobody states it."""
    held = {f.claim.modality for f in facts}
    return next(m for m in _MODALITIES if m in held)


def choose_date(facts: Sequence[Facts]) -> tuple[PartialDate | None, Reason]:
    """The narrowest of the dates that the most origins agree with."""
    dated = [f for f in facts if f.claim.date]
    if not dated:
        return None, Reason("no-date", f"none of {_count(len(facts), 'claim')} gives the day")
    dates = list(dict.fromkeys(f.claim.date for f in dated if f.claim.date))
    support = {d: len({f.origin for f in dated if f.claim.date and f.claim.date.overlaps(d)}) for d in dates}
    chosen = min(dates, key=lambda d: (-support[d], d.days, dates.index(d)))
    agreeing = sum(1 for f in dated if f.claim.date and f.claim.date.overlaps(chosen))
    others = sorted({str(d) for d in dates if d != chosen})
    if len(dated) == 1:
        detail = f"{chosen} by the one claim that gives a day"
    else:
        detail = f"{chosen} is the narrowest, and {agreeing} of {len(dated)} dated claims agree with it"
    if others:
        detail += f"; also given: {', '.join(others[:5])}"
    if undated := len(facts) - len(dated):
        detail += f"; {undated} without a date"
    return chosen, Reason("narrowest-agreed-date", detail)


def choose_place(facts: Sequence[Facts], weights: MergeWeights) -> tuple[Place | None, Reason]:
    """The finest of the places that the most origins agree with; of several as fine, the one that most origins name.

    A place without a point or a gazetteer id ("a field five km south of the town") is taken only where the claims give
    no other: it can be shown on no map.
    """
    placed = [f for f in facts if f.place]
    if not placed:
        return None, Reason("no-place", f"none of {_count(len(facts), 'claim')} gives the place")
    distinct = list({f.place_key: f for f in reversed(placed)}.values())[::-1]
    voters = placed[:_MOST_SUPPORTERS]

    def rank(candidate: Facts) -> tuple[int, bool, int, int, int, int]:
        place = candidate.place
        assert place is not None  # noqa: S101 - only placed claims are candidates
        # a place that is merely near cannot be told apart from it: that is no agreement
        support = {v.origin for v in voters if relate_places(candidate, v, weights) in ("same", "inside")}
        naming = [v for v in voters if v.place_key == candidate.place_key]
        is_lost = place.gazetteer_id is None and place.lat is None
        fineness = PRECISIONS.index(place.precision)
        return (
            -len(support), is_lost, fineness, -len({v.origin for v in naming}), -len(naming), distinct.index(candidate),
        )  # fmt: skip

    chosen = min(distinct, key=rank).place
    assert chosen is not None  # noqa: S101 - as above
    others = sorted({f.place.shown_name for f in distinct if f.place and f.place != chosen} - {chosen.shown_name})
    detail = f"{chosen.shown_name} ({chosen.precision}) is the finest place that the claims agree on"
    return chosen, Reason("finest-agreed-place", detail + (f"; also given: {', '.join(others[:5])}" if others else ""))


def unite_parties(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Every party once, under the fullest of its names, in order of first mention."""
    united: list[list[Party]] = []
    for party in dict.fromkeys(parties):
        home = next((u for u in united if any(is_same_party(party, p) for p in u)), None)
        if home is None:
            if len(united) < _MOST_PARTIES:
                united.append([party])
        elif party not in home and len(home) < _MOST_PARTIES:
            home.append(party)
    return tuple(name_best(u) for u in united)


def unite_actors(facts: Sequence[Facts]) -> tuple[Party, ...]:
    """The actors of some claims, united; "men" of one report are the gunmen of another, not a second party.

    That holds for who is named alone and may be just one of the others: in a clash each side is named beside the other.
    """
    united = unite_parties(p for f in facts for p in f.claim.actor)
    beside = {p.text for f in facts if len(f.claim.actor) > 1 for p in f.claim.actor}

    def is_told_closer(party: Party) -> bool:
        meant = [p for p in united if p is not party and may_be_one(party, p)]
        return len(meant) == 1 and count_meanings(meant[0]) < count_meanings(party)

    return tuple(p for p in united if p.text in beside or not is_told_closer(p))


def find_rival_actors(facts: Sequence[Facts]) -> tuple[Facts, Facts] | None:
    """The first two claims by different speakers that blame parties with nothing in common.

    Who says less ("the attackers") contradicts nobody whom the words may mean.
    """
    named = [f for f in facts if f.actor_codes][:_MOST_SUPPORTERS]
    for at, one in enumerate(named):
        for other in named[at + 1 :]:
            if one.speaker_key == other.speaker_key or (one.origin == other.origin and not other.claim.attribution):
                continue
            if blame_rivals(one, other):
                return one, other
    return None


def blame_rivals(one: Facts, other: Facts) -> bool:
    """Whether two claims blame coded parties that cannot be the same."""
    mine, theirs = one.actor_codes, other.actor_codes
    if not (mine and theirs) or mine & theirs or other.actor_words & (one.recipient_words | one.actor_words):
        return False
    return not any(may_be_one(p, q) for p in one.claim.actor for q in other.claim.actor)


def is_same_party(one: Party, other: Party) -> bool:
    """Whether two names are taken for one party: half of their proper words in common, and no other country."""
    if one == other:
        return True
    names, other_names = proper_words_in(one.text), proper_words_in(other.text)
    codes, other_codes = party_codes([one]), party_codes([other])
    if codes and other_codes and not codes & other_codes:
        return False
    if names and other_names:
        return overlap(names, other_names) >= 0.5
    return bool(codes & other_codes) or overlap(name_words([one]), name_words([other])) >= 0.5


def name_best(names: Sequence[Party]) -> Party:
    """The fullest of one party's names, with the country and sector that any of them has."""
    best = max(names, key=lambda p: (len(proper_words_in(p.text)), bool(p.country) + bool(p.sector), -names.index(p)))
    country = best.country or next((p.country for p in names if p.country), None)
    sector = best.sector or next((p.sector for p in names if p.sector), None)
    return Party(best.text, country, sector)


def _most_origins(given: Iterable[tuple[T, str]]) -> T:
    pairs = list(dict.fromkeys(given))
    counts = Counter(value for value, _ in pairs)
    order = list(counts)
    return min(order, key=lambda v: (-counts[v], order.index(v)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
