"""A mention with the places that it may mean, and the areas that stand beside it: "Paris, Texas"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.places.candidates import find_candidates
from tocsin.places.folding import fold_name
from tocsin.places.phrases import PlacePhrase, parse_phrase
from tocsin.places.widening import parse_mention
from tocsin.places.words import PlaceWords
from tocsin.records import PlaceMention, PlacePrecision

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow

#: What may stand between a place and the area that contains it.
_INSIDE = re.compile(r"^(?:, (?:in )?|,? in | \()(?:the )?(?:[a-z-]+ )?(?:[a-z-]+ of )?$")
_AREAS = frozenset({"region", "district", "country"})
#: Of the places that bear one of two names so many are paired with those of the other.
_MOST_PAIRED = 12
_PARTED = frozenset({"region", "district"})
#: "Clay, Becker and Wilkin counties": the kind that follows a list of names.
_LISTED = re.compile(r"^(?:(?:, | and |, and | or )[A-Z][\w.'-]*(?: [A-Z][\w.'-]*)?){0,8} ([a-z]+)\b")
_BARE_STATE = re.compile(r",? ([A-Z][A-Za-z]{1,4}(?:\. ?[A-Z][a-z]*)*\.?)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with its candidates, and the areas named beside it.

    key         the folded name, by which mentions of one name are told
    containers  areas named right behind it; is_repeated where they stand behind an earlier mention of the name
    kind        the precision that the words ask for, or None
    """

    mention: PlaceMention
    phrase: PlacePhrase
    key: str
    rows: tuple[GazetteerRow, ...]
    containers: tuple[GazetteerRow, ...] = ()
    is_repeated: bool = False
    kind: PlacePrecision | None = None

    @property
    def sense(self) -> tuple[object, ...]:
        """What decides its place: two mentions of one sense get one place."""
        return (self.phrase.names, self.kind, tuple(row.id for row in self.containers))

    @property
    def start(self) -> int:
        """Where it stands in the text; 0 where that is not known."""
        return self.mention.span.start if self.mention.span else 0


def take_apart(mention: PlaceMention, text: str, gazetteer: Gazetteer, words: PlaceWords) -> Named:
    """The mention with its candidates, without what stands beside it."""
    phrase = _drop_false_name(parse_mention(mention, text, words), gazetteer)
    kind = phrase.kind or _listed_kind(mention, text, words)
    rows = find_candidates(phrase, gazetteer, words)
    if kind == "district" and phrase.kind is None and phrase.names:
        counties = gazetteer.find(f"{phrase.names[-1]} County") or gazetteer.find(f"{phrase.names[-1]} Parish")
        rows = (*rows, *(r for r in counties if r not in rows))
    between = () if rows else _find_common_area(phrase, mention, text, gazetteer)
    key = fold_name(phrase.names[-1]) if phrase.names else ""
    return Named(mention, phrase, key, rows, containers=between, kind=kind)


def _find_common_area(
    phrase: PlacePhrase, mention: PlaceMention, text: str, gazetteer: Gazetteer
) -> tuple[GazetteerRow, ...]:
    """For "between Zvecan and Leposavic" the smallest area that both lie in: the place itself is neither of them."""
    first, both, second = phrase.written.partition(" and ")
    if not both or mention.span is None or not text[: mention.span.start].endswith("between "):
        return ()
    chains = [gazetteer.within(a.id) for a in gazetteer.find(first)[:_MOST_PAIRED]]
    others = [set(gazetteer.within(b.id)) for b in gazetteer.find(second)[:_MOST_PAIRED]]
    shared = [[id_ for id_ in chain if id_ in other] for chain in chains for other in others]
    longest = max(shared, key=len, default=[])
    row = gazetteer.row(longest[0]) if longest else None
    return (row,) if row else ()


def _drop_false_name(phrase: PlacePhrase, gazetteer: Gazetteer) -> PlacePhrase:
    """ "northern Kosovo" is an area with a record of its own; "east London" is no East London in South Africa."""
    if not phrase.part or len(phrase.names) < 2 or not phrase.written[:1].islower():
        return phrase
    is_area = any(row.precision in _PARTED for row in gazetteer.find(phrase.names[0]))
    return phrase if is_area else replace(phrase, names=phrase.names[1:])


def _listed_kind(mention: PlaceMention, text: str, words: PlaceWords) -> PlacePrecision | None:
    """The kind told behind a list of names in the plural: "Clay and Becker counties"."""
    if mention.span is None:
        return None
    found = _LISTED.match(text[mention.span.end : mention.span.end + 160])
    if found is None:
        return None
    plural = found.group(1)
    for singular in (plural.removesuffix("s"), plural.removesuffix("ies") + "y", plural.removesuffix("es")):
        if singular != plural and singular in words.kinds:
            return words.kinds[singular]
    return None


def add_containers(everything: Sequence[Named], text: str, gazetteer: Gazetteer, words: PlaceWords) -> list[Named]:
    """The same with the areas right behind each name; a bare name takes those of an earlier mention of it."""
    starts = {n.mention.span.start: n for n in everything if n.mention.span}
    beside = [
        n if n.containers else replace(n, containers=_read_containers(n, starts, text, gazetteer, words))
        for n in everything
    ]
    first: dict[str, tuple[GazetteerRow, ...]] = {}
    for named in sorted(beside, key=lambda n: n.start):
        if named.key and named.containers:
            first.setdefault(named.key, named.containers)
    return [
        n if n.containers or n.key not in first else replace(n, containers=first[n.key], is_repeated=True)
        for n in beside
    ]


def _read_containers(
    named: Named, starts: Mapping[int, Named], text: str, gazetteer: Gazetteer, words: PlaceWords
) -> tuple[GazetteerRow, ...]:
    found: list[GazetteerRow] = []
    if named.phrase.container and (inner := parse_phrase(named.phrase.container, words).names):
        found += gazetteer.find(inner[0])
    if (span := named.mention.span) is not None:
        found += _read_state(text[span.end : span.end + 60], gazetteer, words)
        for start in range(span.end + 1, span.end + 40):
            if start in starts and _INSIDE.match(text[span.end : start]):
                found += [r for r in starts[start].rows if r.precision in _AREAS]
    return tuple(found)


def _read_state(after: str, gazetteer: Gazetteer, words: PlaceWords) -> list[GazetteerRow]:
    if not (found := _BARE_STATE.match(after)):
        return []
    row = gazetteer.row(words.read_state(found.group(1)) or "")
    return [row] if row else []
