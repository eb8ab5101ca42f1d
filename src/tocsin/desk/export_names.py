"""Names that exports and reports need beside the records: of areas, of footnotes, and the words that name no person."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from tocsin.desk import Desk

if TYPE_CHECKING:
    from tocsin.export.areas import Area, FindArea
    from tocsin.knowledge.parties import PartyLexicon


def make_finder(desk: Desk) -> FindArea:
    """Finds areas by id, in the desk's gazetteer and, while it is loaded, the exercise's; opened when first asked."""
    from tocsin.export.areas import Area

    has_exercise = desk.store.counts().exercise_articles > 0

    @cache
    def find_area(id_: str) -> Area | None:
        for is_exercise in (False, True) if has_exercise else (False,):
            gazetteer = desk.knowledge(is_exercise).gazetteer
            row = gazetteer.row(id_)
            if row is not None:
                name, is_drawn = gazetteer.naming.name(row.id, row.name), row.shape is not None
                return Area(name, row.precision, row.geonames, is_drawn)
        return None

    return find_area


@cache
def load_lexicon(is_exercise: bool) -> PartyLexicon:
    """The words that are no person's name; for the exercise with its invented countries, places and bodies."""
    from tocsin.exercise import load_exercise
    from tocsin.knowledge.parties import PartyName, make_party_lexicon

    if not is_exercise:
        return make_party_lexicon()
    crisis = load_exercise()
    lands = [party for party in crisis.parties if party.sector is None]
    bodies = [PartyName((name,), p.country, p.sector) for p in crisis.parties for name in p.names if _is_body(name)]
    places = [PartyName((row.name,), row.country, "UNK") for row in crisis.places]
    return make_party_lexicon([*bodies, *places, *lands])


def _is_body(name: str) -> bool:
    from tocsin.knowledge.persons import load_person_words

    return any(word.lower() in load_person_words().bodies for word in name.split())


def find_footnotes(desk: Desk, place_ids: Iterable[str]) -> dict[str, str]:
    """The naming footnote of each place that has one; the gazetteer is opened only where there is a place."""
    ids = sorted(place_ids)
    if not ids:
        return {}
    gazetteer = desk.knowledge().gazetteer
    rows = ((id_, gazetteer.row(id_)) for id_ in ids)
    keys = {id_: gazetteer.naming.footnote(row, gazetteer.within(id_)) for id_, row in rows if row}
    return {id_: key for id_, key in keys.items() if key}
