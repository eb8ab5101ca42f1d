"""Which areas the map has a shape for, so that page and map agree on what can be shaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.exercise import load_boundaries
from tocsin.knowledge.countries import load_countries
from tocsin.places.naming import Naming
from tocsin.records import Place
from tocsin.web.assets import Assets


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


def load_outlines(assets: Assets, *, has_exercise: bool) -> Outlines:
    """The shapes of the built map, and those of the exercise while it is loaded; none where nothing is built."""
    world = _read_world(assets)
    return _add_exercise(world) if has_exercise else Outlines(world)


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
