"""A mission's own places (routes, checkpoints, camps, sectors) as CSV or GeoJSON. They outrank the gazetteer.

Two places of one name are both kept, since every sector has its Checkpoint 1, and told as a warning; two of one id are
an error that names both. A place without an id gets one from the layer's name and its own, so that it stays the same as
long as both do; two of one name must therefore have ids.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.places.bundled import iterate_countries
from tocsin.places.context import measure_km
from tocsin.places.folding import fold_name
from tocsin.places.geometry import find_point
from tocsin.places.naming import load_naming
from tocsin.places.rows import COLUMNS, EXTRA_COLUMNS, MAX_ROWS, GazetteerRow, make_row, number_rows, read_text

SUFFIXES = (".csv", ".geojson")
MAX_BYTES = 64_000_000
_AREAS = ("Polygon", "MultiPolygon")
#: A place further from its country's point is looked at twice.
_FAR_KM = 1500.0
_LAT_LON = ("EPSG::4326", "EPSG:4326", "CRS84")


@dataclass(frozen=True, slots=True)
class Layer:
    """One file of a mission's own places.

    path      where it lies
    rows      its places in the file's order
    where     id to where in the file the place stands ("line 3", "feature 2")
    warnings  what is odd about it though it may be used, one sentence each
    shapes    id to the GeoJSON polygons of an area, which the map can shade
    """

    path: Path
    rows: tuple[GazetteerRow, ...]
    where: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    shapes: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def load_layer(path: Path) -> Layer:
    """One layer, checked; raises KnowledgeError naming the file, the line or feature and what must be there."""
    if path.suffix.lower() not in SUFFIXES:
        raise KnowledgeError("places layer", path, f"must end in {' or '.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
    except OSError as why:
        raise KnowledgeError("places layer", path, f"cannot be read ({why.strerror or why})") from why
    if size > MAX_BYTES:
        raise KnowledgeError("places layer", path, f"is larger than {MAX_BYTES:,} bytes")
    which, text = read_text(path)
    shapes: dict[str, dict[str, Any]] = {}
    if path.suffix.lower() == ".csv":
        places = list(_read_csv(which, text, path.stem))
    else:
        places = list(_read_geojson(which, text, path.stem, shapes))
    if not places:
        raise KnowledgeError("places layer", path, "holds no places")
    known = load_naming("un").footnotes
    for where, row in places:
        if row.footnote and row.footnote not in known:
            allowed = f"footnote must be one of {', '.join(sorted(known))}"
            raise KnowledgeError("place", f"{which}, {where}: {row.footnote}", allowed)
    rows = tuple(row for _, row in places)
    return Layer(path, rows, {row.id: where for where, row in places}, tuple(_warn(places)), shapes)


def load_layers(paths: Sequence[Path]) -> tuple[Layer, ...]:
    """Several layers; raises KnowledgeError as `load_layer` does, and where two of them have a place of one id."""
    layers: list[Layer] = []
    for path in paths:
        layer = load_layer(path)
        for other in layers:
            if twice := sorted(layer.where.keys() & other.where.keys()):
                here, there = f"{path}, {layer.where[twice[0]]}", f"{other.path}, {other.where[twice[0]]}"
                raise KnowledgeError("place", here, f"the id {twice[0]} is already taken in {there}")
        layers.append(layer)
    return tuple(layers)


def list_layers(folder: Path) -> tuple[Path, ...]:
    """The layers in a folder, by name; () where there is none."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")))


def _read_csv(which: str, text: str, stem: str) -> Iterator[tuple[str, GazetteerRow]]:
    for line, row in number_rows(which, text, make_id=lambda cells: make_id(stem, cells["name"])):
        yield f"line {line}", row


def _read_geojson(
    which: str, text: str, stem: str, shapes: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, GazetteerRow]]:
    taken: dict[str, int] = {}
    features = _list_features(which, _parse(which, text))
    if len(features) > MAX_ROWS:
        raise KnowledgeError("places layer", which, f"has more than {MAX_ROWS} places")
    for number, feature in enumerate(features, 1):
        where = f"{which}, feature {number}"
        row = make_row(where, _make_cells(where, feature, stem))
        if row.id in taken:
            why = f"the id {row.id} is already taken by feature {taken[row.id]}; give each place its own"
            raise KnowledgeError("place", where, why)
        taken[row.id] = number
        if feature["geometry"] is not None and feature["geometry"]["type"] in _AREAS and not row.is_point:
            shapes[row.id] = {key: feature["geometry"][key] for key in ("type", "coordinates")}
            row = replace(row, shape=shapes[row.id])
        yield f"feature {number}", row


def make_id(stem: str, name: str) -> str:
    """The id of a place without one: of its layer's name and its own."""
    return f"layer:{fold_name(stem).replace(' ', '-')}:{fold_name(name).replace(' ', '-')}"


def _parse(which: str, text: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no number")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as why:
        raise KnowledgeError("places layer", which, f"is not GeoJSON ({why})") from why


def _list_features(which: str, document: Any) -> list[Any]:
    match document:
        case {"type": "FeatureCollection", "features": list(features)}:
            found = features
        case {"type": "Feature"}:
            found = [document]
        case _:
            raise KnowledgeError("places layer", which, "must be a GeoJSON FeatureCollection or Feature")
    match document.get("crs"):
        case None | {"properties": {"name": str()}} as crs if crs is None or crs["properties"]["name"].endswith(
            _LAT_LON
        ):
            return found
        case crs:
            which = f"{which}: {str(crs)[:100]}"
            raise KnowledgeError("places layer", which, "coordinates must be WGS 84 degrees (RFC 7946)")


def _make_cells(where: str, feature: Any, stem: str) -> dict[str, str]:
    match feature:
        case {"type": "Feature", "properties": dict(properties), "geometry": dict() | None as geometry}:
            pass
        case _:
            raise KnowledgeError("place", where, "must be a Feature with properties and a geometry")
    cells = {name: _cell(where, name, properties.get(name)) for name in (*COLUMNS, *EXTRA_COLUMNS)}
    if not cells["id"]:
        cells["id"] = _cell(where, "id", feature.get("id")) or (make_id(stem, cells["name"]) if cells["name"] else "")
    if geometry is not None:
        try:
            lon, lat = find_point(geometry)
        except (ValueError, OverflowError) as why:
            raise KnowledgeError("place", where, str(why)) from why
        cells["lat"], cells["lon"] = f"{lat:.6f}", f"{lon:.6f}"
        # A point is shown as one; of a line or an area one point is known, which is not where the act was.
        is_point = geometry["type"] == "Point"
        cells["precision"] = cells["precision"] or ("site" if is_point else "district")
    return cells


def _cell(where: str, name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            pass
        case int():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return str(value)
        case list() if name == "alternate_names" and all(isinstance(part, str) for part in value):
            return "|".join(value)
    raise KnowledgeError("place", where, f"{name} must be a text{' or a list' if name == 'alternate_names' else ''}")


def _warn(places: Sequence[tuple[str, GazetteerRow]]) -> Iterator[str]:
    yield from _warn_of_names(places)
    countries = {row.country or "": row for row in iterate_countries()}
    for where, row in places:
        if row.lat is None:
            yield f"{where}: {row.name} has no coordinates: it is found by name, and no map shows it"
        elif (row.lat, row.lon) == (0, 0):
            yield f"{where}: {row.name} lies at 0, 0 in the Gulf of Guinea: is that meant?"
        if row.country and row.country not in countries:
            yield f"{where}: {row.country} is no country code that the desk knows (ISO 3166-1 alpha-3; XKX for Kosovo)"
        elif row.country and _is_turned(row, countries[row.country]):
            yield f"{where}: {row.name} lies far from {row.country}, and would not with lat and lon changed round"
        if not row.country:
            yield f"{where}: {row.name} has no country: screens that are narrowed to one leave it out"


def _is_turned(row: GazetteerRow, country: GazetteerRow) -> bool:
    """Whether latitude and longitude look changed round: only then does the place lie by its country."""
    if row.lat is None or row.lon is None or abs(row.lon) > 90:
        return False
    there, turned = measure_km(row, country), measure_km(replace(row, lat=row.lon, lon=row.lat), country)
    return there is not None and turned is not None and there > _FAR_KM and turned < there / 4


def _warn_of_names(places: Sequence[tuple[str, GazetteerRow]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for where, row in places:
        for folded in dict.fromkeys(fold_name(name) for name in (row.name, *row.names)):
            if folded in first:
                yield f"{where}: the name {row.name} is also that of {first[folded]}; both are kept"
                break
        for folded in {fold_name(name) for name in (row.name, *row.names)}:
            first.setdefault(folded, where)


def warn_of_parents(layers: Sequence[Layer], has_row: Callable[[str], bool]) -> Iterator[tuple[Path, str]]:
    """A warning for each place whose parent is neither in the layers nor, by `has_row`, in the gazetteer."""
    own = {row.id for layer in layers for row in layer.rows}
    for layer in layers:
        for row in layer.rows:
            if row.parent and row.parent not in own and not has_row(row.parent):
                yield layer.path, f"{layer.where[row.id]}: the parent {row.parent} of {row.name} is not known"
