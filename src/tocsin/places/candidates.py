"""Which recorded places a mention may mean, before any is preferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.places.folding import fold_name
from tocsin.places.phrases import PlacePhrase, is_generic
from tocsin.places.words import PlaceWords

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.rows import GazetteerRow


def find_candidates(phrase: PlacePhrase, gazetteer: Gazetteer, words: PlaceWords) -> tuple[GazetteerRow, ...]:
    """Every place that the phrase may mean by one of its names; () where none is recorded."""
    if known := words.peoples.get(phrase.written) or words.states.get(phrase.written):
        row = gazetteer.row(known)
        return (row,) if row else ()
    found: dict[str, GazetteerRow] = {}
    for name in phrase.names:
        rows = _find_named(name, phrase, gazetteer, words)
        found |= {row.id: row for row in rows}
        if found:
            break
    if not found and len(phrase.names) == 1:
        found = {row.id: row for row in _find_article(phrase.names[0], gazetteer)}
    return tuple(found.values())


def _find_named(name: str, phrase: PlacePhrase, gazetteer: Gazetteer, words: PlaceWords) -> tuple[GazetteerRow, ...]:
    rows = gazetteer.find(name)
    if is_generic(name, words):  # "the main bridge" is that of the town beside it, or none
        around = {row.id for row in gazetteer.find(phrase.container or "")}
        rows = tuple(r for r in rows if r.precision == "site" and around & {r.parent, *gazetteer.within(r.id)})
    if name.isupper() and len(name) == 2 and name not in ("US", "UK"):  # "LA", "GA": postal codes are read elsewhere
        rows = tuple(r for r in rows if name in r.names and r.precision == "country")
    return rows


def _find_article(name: str, gazetteer: Gazetteer) -> tuple[GazetteerRow, ...]:
    """Arabic names are written with and without their article: al-Hasakah, Hasakah."""
    folded = fold_name(name)
    for article in ("al ", "el ", "ar ", "as ", "ad ", "an ", "ash ", "at ", "az "):
        if folded.startswith(article):
            bare = folded.removeprefix(article)
            return gazetteer.find_folded(bare) if len(bare) > 3 else ()
    for article in ("al ", "ar ", "as ", "ad ", "an ", "ash ", "at ", "az "):
        if rows := gazetteer.find_folded(article + folded):
            return rows
    return ()
