"""Articles to origins: which texts are copies, rewrites or cuts of one another.

Sketches find the texts worth comparing, coverage decides: a text joins the origin whose texts, weighed by their length,
cover it. Copies of a copy are not chained: two reports that were joined in one bulletin stay two origins, though each
shares most of its words with the bulletin. When the better origin of an earlier text comes later, the text moves.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np

from tocsin.incidents.shingles import Numbers, TripleHasher, Triples, find_shared, measure_coverage
from tocsin.incidents.sketches import KeyTable, sketch_texts
from tocsin.records import Article

#: Two texts are copies where so much of the shorter one is covered. Chosen, as the three below and FULL_SHARE, on the
#: edited copies that `benchmarks/copies.py` makes and on the developers' wire copies: lower joins reports of one story.
LEAST_COVERAGE = 0.5
#: A copy represents its origin beside the earlier ones where they lack so much of it.
NEW_SHARE = 0.15
#: Copies that represent one origin, at most: enough for its cuts to be found through any of them.
MOST_REPRESENTATIVES = 12
#: A text is compared with so many others at first, those with most keys in common.
MOST_COMPARED = 10
#: A text that a copy holds beside the origin's first text, and the two of them nearly all of it: the copy is a joining
#: of two reports, and they stay apart.
JOINED_UNCOVERED, DISJOINT = 0.25, 0.1
_CHUNK = 2_000


class OriginIndex:
    """The texts of a stretch of time and their origins, in the order in which they came."""

    def __init__(self) -> None:
        self._hasher, self._table = TripleHasher(), KeyTable()
        self._numbers: dict[str, int] = {}
        self._names: dict[int, tuple[datetime, str]] = {}
        self._triples: dict[int, Triples] = {}
        self._exact: dict[bytes, int] = {}
        self._home: dict[int, _Origin] = {}
        self._next = 0

    def __len__(self) -> int:
        """How many articles are held."""
        return len(self._names)

    def __contains__(self, article_id: str) -> bool:
        """Whether the article is held."""
        return article_id in self._numbers

    def add(self, articles: Iterable[Article]) -> set[str]:
        """Take in articles; the ids of all, earlier ones too, whose origin this made or changed.

        One by one or many at once comes to the same. An article that is held already is passed over.
        """
        changed: set[int] = set()
        for chunk in _cut_chunks(articles):
            new = list({a.id: a for a in chunk if a.id not in self._numbers}.values())
            texts = [self._hasher.hash_triples(a.text) for a in new]
            for article, triples, keys in zip(new, texts, sketch_texts(texts), strict=True):
                text = self._next
                self._next += 1
                self._numbers[article.id] = text
                self._names[text] = (article.shown_at, article.id)
                changed |= {text, *self._place(text, triples, keys)}
        return {self._names[text][1] for text in changed}

    def find_origin(self, article_id: str) -> str:
        """The id of the article that was published first of those of one origin (by id where two were at once)."""
        return self._home[self._numbers[article_id]].first[1]

    def forget(self, before: datetime) -> None:
        """Let go of the origins that nobody has published since, and of the old copies of others."""
        homes = {id(home): home for home in self._home.values()}.values()
        gone: list[int] = []
        for home in homes:
            kept = set(home.standing)
            is_over = all(self._names[text][0] < before for text in home.members)
            gone += (
                text
                for text in home.members
                if is_over or (self._names[text][0] < before and text not in kept and self._names[text] != home.first)
            )
        for text in gone:
            self._home.pop(text).members.pop(text)
            self._numbers.pop(self._names.pop(text)[1])
            self._triples.pop(text, None)
        self._exact = {digest: text for digest, text in self._exact.items() if text in self._home}
        self._table.forget(gone)

    def _place(self, text: int, triples: Triples, keys: Numbers) -> set[int]:
        """Find a text's origin; all texts whose origin changed by it."""
        home = self._home[text] = _Origin({text: None}, [], self._names[text])
        if not len(triples):
            return set()
        digest = hashlib.blake2b(triples.distinct.tobytes(), digest_size=16).digest()
        same = self._exact.setdefault(digest, text)
        if same != text:
            return self._move(text, self._home[same])
        self._triples[text] = triples
        coverage = {t: measure_coverage(self._triples[t], triples) for t in self._find_near(keys)}
        close = [t for t, share in coverage.items() if share >= LEAST_COVERAGE]
        homes = {id(self._home[t]): self._home[t] for t in close}.values()
        fits = [(self._fit(text, other, coverage), -min(other.members), other) for other in homes]
        changed: set[int] = set()
        best = max(fits, key=lambda fit: fit[:2], default=(0.0, 0, home))
        if best[0] > 0:
            changed |= self._move(text, best[2])
        if self._represent(text):
            self._table.add(text, keys)
        else:
            del self._triples[text]
        for other in close:
            changed |= self._reconsider(other, text, coverage[other])
        return changed

    def _find_near(self, keys: Numbers) -> list[int]:
        hits = self._table.find(keys)
        least = min(2, max(hits.values(), default=0))  # one key in common says nothing where another text shares more
        near = (t for t, shared in hits.items() if shared >= least and t in self._triples)
        return sorted(near, key=lambda t: (-hits[t], t))[:MOST_COMPARED]

    def _fit(self, text: int, home: _Origin, coverage: dict[int, float]) -> float:
        """How well a text fits an origin: over its representatives, length times coverage beyond the least."""
        mine, total = self._triples[text], 0.0
        others = [t for t in home.standing if t != text]
        for other in others:
            share = coverage.get(other)
            if share is None:
                share = coverage[other] = measure_coverage(self._triples[other], mine)
            total += len(self._triples[other]) * (share - LEAST_COVERAGE)
        if max((coverage[t] for t in others), default=0.0) < LEAST_COVERAGE or self._is_joined(mine, others, coverage):
            return -1.0
        return total

    def _is_joined(self, mine: Triples, others: Sequence[int], coverage: dict[int, float]) -> bool:
        """Whether the copy that is nearest to a text is no more than that text and the origin's first one together."""
        holder, first = max(others, key=lambda t: (coverage[t], -t)), others[0]
        if holder == first or coverage[first] >= DISJOINT:
            return False
        whole = self._triples[holder].distinct
        covered = find_shared(whole, mine.distinct) | find_shared(whole, self._triples[first].distinct)
        return bool(1 - covered.mean() < JOINED_UNCOVERED)

    def _reconsider(self, other: int, text: int, share: float) -> set[int]:
        """Move an earlier text to the newer one's origin where it fits better there."""
        here, there = self._home[other], self._home[text]
        if here is there or text not in self._triples:
            return set()
        coverage = {text: share}
        held = self._fit(other, here, coverage) if len(here.standing) > 1 else 0.0
        if self._fit(other, there, coverage) <= max(0.0, held):
            return set()
        changed = self._move(other, there)
        self._represent(other)
        return changed

    def _represent(self, text: int) -> bool:
        """Let a text stand for its origin if it holds what the origin's others lack; whether it does."""
        standing = self._home[text].standing
        if len(standing) >= MOST_REPRESENTATIVES:
            return False
        mine = self._triples[text].distinct
        known = np.zeros(len(mine), np.bool_)
        for other in standing:
            known |= find_shared(mine, self._triples[other].distinct)
        if standing and 1 - known.mean() <= NEW_SHARE:
            return False
        insort(standing, text)
        return True

    def _move(self, text: int, home: _Origin) -> set[int]:
        """Take a text from its origin to another; those of both whose origin has another first article by it."""
        changed, left, name = {text}, self._home[text], self._names[text]
        del left.members[text]
        if text in left.standing:
            left.standing.remove(text)
        if left.members and left.first == name:
            left.first = min(self._names[t] for t in left.members)
            changed |= left.members.keys()
        self._home[text] = home
        home.members[text] = None
        if name < home.first:
            home.first = name
            changed |= home.members.keys()
        return changed


@dataclass(slots=True)
class _Origin:
    """The texts of one origin; those that later ones are compared with, oldest first; and the first to be published."""

    members: dict[int, None]
    standing: list[int]
    first: tuple[datetime, str]


def _cut_chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    rest = iter(articles)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def find_origins(articles: Iterable[Article]) -> dict[str, str]:
    """Article id to the id of the earliest article of the same origin (itself, where it is the earliest).

    Exact, near, reordered, reworded and trimmed copies (down to a quarter) share an origin. Earliest is by publication
    (or taking in, where no page says), then by id; the order of `articles` does not matter. A text without words is
    an origin of its own. Cost grows with the number of articles, not with its square.
    """
    index = OriginIndex()
    index.add(sorted({a.id: a for a in articles}.values(), key=order_articles))
    return {a.id: index.find_origin(a.id) for a in articles}


def is_revision(earlier: Article, later: Article) -> bool:
    """Whether two articles of one outlet, seen under one address, are the same page at two times.

    A page that has quite another text now (a front page, a reused address) is another article.
    """
    if earlier.outlet_id != later.outlet_id or earlier.is_exercise != later.is_exercise:
        return False
    if earlier.title and earlier.title == later.title:
        return True
    hasher = TripleHasher()
    coverage = measure_coverage(hasher.hash_triples(earlier.text), hasher.hash_triples(later.text))
    return coverage >= LEAST_COVERAGE


def order_articles(article: Article) -> tuple[datetime, datetime, str]:
    """The order in which a desk comes to know articles: by when they were taken in, then published, then by id."""
    return (article.taken_at, article.shown_at, article.id)
