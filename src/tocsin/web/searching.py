"""Searching everything at once: incidents, claims, articles and places that hold the words asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tocsin.desk import Desk
from tocsin.errors import KnowledgeError
from tocsin.places.rows import GazetteerRow
from tocsin.records import Article, Claim, Filter, Incident
from tocsin.store.words import fold_words, split_query

#: Hits of each kind that are shown; places are asked for a few more, since those with news come first.
MOST_SHOWN, MOST_PLACES = 10, 20
#: Letters shown around the first hit in a long text.
REACH = 110
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, and whether it is a word that was asked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class FoundIncident:
    """An incident with the one of its claims that holds most of the words."""

    incident: Incident
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place of the gazetteer under the desk's naming policy; `incidents` counts those in it, background included."""

    name: str
    row: GazetteerRow
    incidents: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What holds the words: the newest of each kind, with how many there are. Nothing where no word is asked for."""

    words: tuple[str, ...] = ()
    incidents: tuple[FoundIncident, ...] = ()
    incident_count: int = 0
    claims: tuple[Claim, ...] = ()
    claim_count: int = 0
    articles: tuple[Article, ...] = ()
    article_count: int = 0
    places: tuple[FoundPlace, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all holds the words."""
        return not (self.incident_count or self.claim_count or self.article_count or self.places)


def search_desk(desk: Desk, wanted: Filter, most: int = MOST_SHOWN) -> Findings:
    """Everything that holds the words of `wanted.query` and meets its other conditions; background is included."""
    words = tuple(split_query(wanted.query or ""))
    if not words:
        return Findings()
    store, asked = desk.store, replace(wanted, limit=most, offset=0, with_background=True)
    found = store.incidents(asked)
    told = store.claims_by_id({id_ for incident in found for id_ in incident.claim_ids})
    return Findings(
        words,
        tuple(FoundIncident(i, _choose_claim([told[c] for c in i.claim_ids if c in told], words)) for i in found),
        store.count_incidents(asked),
        tuple(store.claims(asked)),
        store.count_claims(asked),
        tuple(store.articles(asked)),
        store.count_articles(asked),
        tuple(search_places(desk, wanted.query or "")[:most]),
    )


def search_places(desk: Desk, words: str) -> list[FoundPlace]:
    """Places by their names, the last word or its beginning, those with incidents first; as the gazetteer finds them.

    None where its file has no full-text search, and on a desk that has read nothing: the gazetteer need not be opened.
    While the exercise is loaded its places are found too.
    """
    held = desk.store.counts()
    if not held.articles:
        return []
    has_exercise = held.exercise_articles > 0
    try:
        gazetteer = desk.knowledge(has_exercise).gazetteer
        rows = gazetteer.search(words, limit=MOST_PLACES)
    except KnowledgeError:
        return []
    counts = desk.store.count_in_places([row.id for row in rows])
    found = (FoundPlace(gazetteer.naming.name(row.id, row.name), row, counts.get(row.id, 0)) for row in rows)
    return sorted(found, key=lambda place: place.incidents == 0)


def _choose_claim(claims: Sequence[Claim], words: Iterable[str]) -> Claim | None:
    """The first of those that hold most of the words."""
    return max(claims, key=lambda claim: count_hits(claim.evidence.text, words), default=None)


def count_hits(text: str, words: Iterable[str]) -> int:
    """How many of the (folded) words begin a word of the text."""
    held = fold_words(text)
    return sum(any(word.startswith(asked) for word in held) for asked in words)


def mark_words(text: str, words: Sequence[str], reach: int | None = None) -> list[Piece]:
    """A text in pieces that together give it back, the words asked for apart; with `reach` only around the first hit.

    What is left out at an end is told by an ellipsis, a piece of its own.
    """
    hits = [m.span() for m in _WORD.finditer(text) if any(w.startswith(a) for w in fold_words(m[0]) for a in words)]
    start, end = 0, len(text)
    if reach is not None and len(text) > 2 * reach:
        middle = hits[0][0] if hits else 0
        start = _cut_at_blank(text, max(0, middle - reach))
        end = min(len(text), start + 2 * reach)
    pieces, at = [Piece("… ")] if start else [], start
    for first, last in hits:
        if first < at or last > end:
            continue
        pieces += [Piece(text[at:first]), Piece(text[first:last], is_hit=True)]
        at = last
    pieces += [Piece(text[at:end]), *([Piece(" …")] if end < len(text) else [])]
    return [piece for piece in pieces if piece.text]


def _cut_at_blank(text: str, at: int) -> int:
    """The beginning of the next word, if one is near."""
    blank = text.find(" ", at, at + 30) if at else -1
    return blank + 1 if blank >= 0 else at
