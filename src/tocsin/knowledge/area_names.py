"""Names of regions and of the towns of the hand-made overlay that lie in one country only: they say where a text is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache

from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.party_parts import Land, normalise_name

#: What each file gives: single buildings and lines are named alike in many countries.
_TAKEN = {
    "places_areas.csv": frozenset({"region"}),
    "places_overlay.csv": frozenset({"region", "district", "settlement"}),
}
#: Names made of such words alone are anybody's: "the Northern District", "Unity", "the Gulf"; surnames and rockets too.
_ANYBODYS = frozenset({
    "north", "south", "east", "west", "northern", "southern", "eastern", "western", "north-western", "north-eastern",
    "south-western", "south-eastern", "northwest", "northeast", "southwest", "southeast", "central", "centre", "upper",
    "lower", "middle", "near", "region", "district", "province", "state", "area", "areas", "territory", "governorate",
    "department", "municipality", "capital", "federal", "national", "metropolitan", "city", "county", "bank", "river",
    "cross", "island", "islands", "coast", "coastal", "point", "port", "grand", "black", "long", "ragged", "harbour",
    "orange", "free", "walk", "line", "loyalty", "highlands", "borders", "lakes", "plateau", "pool", "rivers", "unity",
    "maritime", "store", "acre", "bled", "administrative", "interior", "mountain", "mountains", "valley", "delta",
    "littoral", "savannah", "savanes", "centrale", "central-east", "independence", "autonomous", "republic", "union",
    "gulf", "balkan", "sahel", "grad", "faro", "flores", "mendoza", "granada", "sada", "nara",
})  # fmt: skip
#: Saints have towns in every country that prays to them, and the tables know one.
_SAINTS = ("San ", "Santa ", "Santo ", "Saint ", "St ", "São ", "Boa ")
_SHORTEST = 4


@cache
def load_area_lands() -> dict[str, Land]:
    """Lands of kind `region` by their names; names that two countries share are left out."""
    owners: dict[str, set[str]] = {}
    for file, taken in _TAKEN.items():
        for row in csv.DictReader(io.StringIO(read_knowledge(file)), strict=True):
            if row["precision"] in taken and row["country"]:
                for name in _list_names(row["name"], row["alternate_names"]):
                    owners.setdefault(name, set()).add(row["country"])
    return {name: Land(next(iter(codes)), "region") for name, codes in owners.items() if len(codes) == 1}


def _list_names(name: str, others: str) -> Iterable[str]:
    for written in (name, *others.split("|")):
        form = written if written.replace(" ", "").isalpha() else normalise_name(written)
        is_own = form[:1].isupper() and not form.startswith(_SAINTS) and not set(form.lower().split()) <= _ANYBODYS
        if is_own and len(form) >= _SHORTEST:
            yield form
