"""Which areas the map has a shape for, so that page and map agree on what can be shaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tocsin.desk.gazetteers import find_layers, load_own_shapes
from tocsin.desk.opening import find_home
from tocsin.errors import KnowledgeError
from tocsin.exercise import load_boundaries
from tocsin.knowledge.countries import load_countries
from tocsin.places.naming import Naming
from tocsin.records import Place
from tocsin.settings import Settings
from tocsin.web.assets import Assets

Feature = dict[str, Any]
"""A GeoJSON feature."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """The shapes that the map can shade.

    countries  alpha-3 codes of countries that have a shape
    areas      gazetteer ids of areas that have a shape of their own
    invented   gazetteer ids of the exercise's countries, which do not begin with "country:"
    names      code to name of the exercise's countries
    """

    countries: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    invented: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def has_shape(self, place: Place) -> bool:
        """Whether the area that a place stands for can be shaded; a district never as the whole country."""
        is_country = place.precision == "country" and place.country in self.countries
        return is_country or place.gazetteer_id in self.areas

    def name_country(self, code: str, naming: Naming) -> str:
        """A country's name under a naming policy; an unknown code stands for itself."""
        known = load_countries().by_code.get(code)
        return naming.name(f"country:{code}", known.name if known else self.names.get(code, code))


def load_outlines(assets: Assets, *, has_exercise: bool, own: Sequence[Feature] = ()) -> Outlines:
    """The shapes of the built map, those of the exercise while it is loaded, and a mission's own."""
    world = _read_world(assets)
    outlines = _add_exercise(world) if has_exercise else Outlines(world)
    return replace(outlines, areas=outlines.areas | {feature["id"] for feature in own}) if own else outlines


def name_invented(code: str) -> str | None:
    """The name of a country of the exercise by its code; None for any other."""
    return _add_exercise(frozenset()).names.get(code)


def find_own_shapes(settings: Settings) -> tuple[Feature, ...]:
    """The areas of a mission's own layers that have a shape; none of a layer that cannot be read now."""
    try:
        files = tuple((path, path.stat().st_mtime_ns) for path in find_layers(settings, find_home(settings)))
        return _read_own(files)
    except (KnowledgeError, OSError):
        return ()  # `tocsin doctor` names the layer; a map without its shapes is better than none


@lru_cache(maxsize=4)
def _read_own(files: tuple[tuple[Path, int], ...]) -> tuple[Feature, ...]:
    return load_own_shapes([path for path, _ in files])


def join_shapes(own: Sequence[Feature], *, has_exercise: bool) -> dict[str, Any]:
    """The exercise's boundaries, while it is loaded, and a mission's own areas, as one collection."""
    invented = json.loads(load_boundaries())["features"] if has_exercise else []
    return {"type": "FeatureCollection", "features": [*invented, *own]}


@cache
def _read_world(assets: Assets) -> frozenset[str]:
    codes = assets.read("boundaries/shapes.json")
    if codes is None:
        return frozenset()
    try:
        return frozenset(map(str, json.loads(codes)))
    except (TypeError, ValueError) as why:
        raise KnowledgeError("map shapes", "boundaries/shapes.json", f"is no list of codes ({why}); build it") from why


@cache
def _add_exercise(world: frozenset[str]) -> Outlines:
    features: list[dict[str, Any]] = json.loads(load_boundaries())["features"]
    shapes = [f["properties"] for f in features if f["geometry"]["type"] in ("Polygon", "MultiPolygon")]
    countries = [shape for shape in shapes if shape["kind"] == "country"]
    return Outlines(
        world | {shape["country"] for shape in countries},
        frozenset(shape["id"] for shape in shapes if shape["kind"] != "water"),
        frozenset(shape["id"] for shape in countries),
        {shape["country"]: shape["name"] for shape in countries},
    )
