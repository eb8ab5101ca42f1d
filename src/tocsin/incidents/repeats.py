"""Claims that the copies of one text repeat: they count once, and one of them is compared for all.

Of the claims of one origin that are of one kind, day and place, taken in canonical order, each either stands for
itself or repeats an earlier one that does: the one whose words are most like its own, if half of them are. No two
claims of one article repeat the same one. What repeats what depends on the claims that are held, not on the order they
came in; and any part of them in which each claim has the one that it repeats comes to the same.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from tocsin.incidents.compare import jaccard
from tocsin.incidents.facts import Facts

#: A claim repeats another of its kind in a copy where they have this share of their words in common: as much as makes
#: their articles copies.
LEAST_ALIKE = 0.5
_WORD_FOR_WORD = 2.0


@dataclass(frozen=True, slots=True)
class Change:
    """What the coming or going of a claim did.

    began  claims that stand for themselves now and did not
    ended  claims that stood for themselves and do no more
    moved  claims that repeat another one than they did
    """

    began: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


class Repeats:
    """Which claims repeat which. A claim is told after those before it in its article."""

    def __init__(self) -> None:
        self._facts: dict[str, Facts] = {}
        self._key: dict[str, Hashable] = {}
        #: The claims that stand for themselves among those that may repeat one another.
        self._firsts: dict[Hashable, list[str]] = {}
        # only where there are repeats: most claims have none
        self._first: dict[str, str] = {}
        self._repeats: dict[str, list[str]] = {}
        self._told_in: dict[str, set[str]] = {}

    def first_of(self, id_: str) -> str | None:
        """The claim that stands for one: itself, or the one that it repeats; None for a claim that is not held."""
        return self._first.get(id_, id_ if id_ in self._facts else None)

    def repeats_of(self, first: str) -> Sequence[str]:
        """A claim that stands for itself, and all that repeat it."""
        return (first, *self._repeats.get(first, ()))

    def insert(self, one: Facts, pin: str | None = None) -> Change:
        """Take in a claim; claims with unlike `pin` (the incident that a person placed them in) repeat none another."""
        id_, key = one.claim.id, (_kind(one), pin)
        self._facts[id_], self._key[id_] = one, key
        firsts = self._firsts.setdefault(key, [])
        if self._follow(one, firsts):
            return Change()
        firsts.append(id_)
        if any(self._facts[self.repeats_of(f)[-1]].order > one.order for f in firsts):
            return self._deal(key, {id_})  # later ones may repeat this one rather than what they do
        return Change(began=frozenset({id_}))

    def remove(self, id_: str) -> Change:
        """Let a claim go."""
        one, key = self._facts.pop(id_), self._key.pop(id_)
        firsts, first = self._firsts[key], self._first.pop(id_, None)
        if first is None:
            firsts.remove(id_)
            left = self._repeats.pop(id_, [])
            self._told_in.pop(id_, None)
        else:
            mine, left = self._repeats[first], []
            del mine[bisect_left(mine, one.order, key=lambda i: self._facts[i].order if i != id_ else one.order)]
            self._told_in[first].discard(one.article.id)
            if not mine:
                del self._repeats[first], self._told_in[first]
        ended = {id_} if first is None else set()
        if not firsts and not left:
            del self._firsts[key]
        elif left or any(self._tells(f, one.article.id) for f in firsts):
            change = self._deal(key, set(), left)
            return Change(change.began, change.ended | ended, change.moved)
        return Change(ended=frozenset(ended))

    def _deal(self, key: Hashable, new: set[str], loose: Iterable[str] = ()) -> Change:
        """Find anew what repeats what among the claims under one key.

        new    firsts that were none before
        loose  repeats whose first is gone
        """
        before = set(self._firsts[key])
        held = {id_: first for first in before for id_ in self.repeats_of(first)} | dict.fromkeys(loose, "")
        for id_ in held:
            self._first.pop(id_, None)
            self._repeats.pop(id_, None)
            self._told_in.pop(id_, None)
        firsts = self._firsts[key] = []
        for id_ in sorted(held, key=lambda i: self._facts[i].order):
            if not self._follow(self._facts[id_], firsts):
                firsts.append(id_)
        after, before = set(firsts), before - new
        moved = {id_ for id_, first in held.items() if self.first_of(id_) != first}
        return Change(frozenset(after - before), frozenset(before - after), frozenset(moved))

    def _follow(self, one: Facts, firsts: Iterable[str]) -> bool:
        """Let a claim repeat the likest of those before it, if one is like enough."""
        likest, most = None, 0.0
        for first in firsts:
            other = self._facts[first]
            if other.order > one.order or self._tells(first, one.article.id):
                continue
            likeness = _measure_likeness(one, other)
            if likeness > most or (likest and likeness == most and other.order < self._facts[likest].order):
                likest, most = first, likeness
        if likest is None or most < LEAST_ALIKE:
            return False
        self._first[one.claim.id] = likest
        insort(self._repeats.setdefault(likest, []), one.claim.id, key=lambda i: self._facts[i].order)
        self._told_in.setdefault(likest, set()).add(one.article.id)
        return True

    def _tells(self, first: str, article_id: str) -> bool:
        """Whether a claim that stands for itself, or one that repeats it, is of an article."""
        return self._facts[first].article.id == article_id or article_id in self._told_in.get(first, ())


def _kind(one: Facts) -> Hashable:
    claim = one.claim
    kind = (claim.type, claim.mode, claim.modality, claim.background, claim.date, one.place_key)
    return (one.origin, *kind, one.article.is_exercise)


def _measure_likeness(one: Facts, other: Facts) -> float:
    """The share of words in common, 0..1, and more where the words are the same one by one."""
    text, other_text = one.claim.evidence.text, other.claim.evidence.text
    if text == other_text:
        return _WORD_FOR_WORD
    shared = jaccard(one.words, other.words)
    # words that say nothing have no stems: two such texts are still the same or not
    is_same = one.words == other.words and text.casefold().split() == other_text.casefold().split()
    return _WORD_FOR_WORD if is_same else shared
