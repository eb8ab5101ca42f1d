"""How the places of two claims lie to one another: the same, one in the other, near, apart, or not to be told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.incidents.facts import Facts, fold_place_name
from tocsin.records import Place

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

_EARTH_KM = 6371.0
#: Precisions that give one place rather than an area.
FINE = frozenset({"site", "settlement"})
#: How the gazetteer's ids of countries begin.
_COUNTRY = "country:"


def relate_places(one: Facts, other: Facts, weights: MergeWeights) -> str:
    """same, inside, near, apart, or unknown where one is not given or the two cannot be compared."""
    a, b = one.place, other.place
    if a is None or b is None:
        return "unknown"
    if one.place_key == other.place_key or _same_name(a, b):
        return "same"
    if one.place_key in other.area_keys or other.place_key in one.area_keys:
        return "inside"
    if "country" in (a.precision, b.precision):
        return "inside" if a.country and a.country == b.country else "apart" if a.country and b.country else "unknown"
    distance = measure_distance(a, b)
    if distance is None:
        if None not in (a.gazetteer_id, b.gazetteer_id) or not _may_share_country(a, b) or _lie_elsewhere(one, other):
            return "apart"
        return "inside" if _share_name(a, b) else "unknown"
    relation = _relate_by_distance(a, b, distance, weights)
    # one name, two places of it: which of them is meant is not sure enough to part them
    return "unknown" if relation == "apart" and _share_name(a, b) else relation


def _lie_elsewhere(one: Facts, other: Facts) -> bool:
    """Whether each is in, or is, an area below its country and no such area is common: all that is known of sites."""
    areas, others = (
        {key for key in (*f.area_keys, *((f.place_key,) if f.place and f.place.gazetteer_id else ()))
         if key and not key.startswith(_COUNTRY)}
        for f in (one, other)
    )  # fmt: skip
    return bool(areas and others) and not areas & others


def _relate_by_distance(a: Place, b: Place, distance: float, weights: MergeWeights) -> str:
    if a.precision in FINE and b.precision in FINE:
        if distance <= weights.same_km:
            return "same"  # one place under two names, or claimed for two countries
        return "near" if distance <= weights.near_km and "site" in (a.precision, b.precision) else "apart"
    reach = weights.area_km if a.country == b.country else weights.near_km
    return "near" if distance <= reach else "apart"


def measure_distance(one: Place, other: Place) -> float | None:
    """Kilometres along the great circle between two places, or None where one has no coordinates."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (one.lat, one.lon, other.lat, other.lon))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _same_name(a: Place, b: Place) -> bool:
    if a.gazetteer_id and b.gazetteer_id:
        return False
    return _may_share_country(a, b) and fold_place_name(a.name) == fold_place_name(b.name)


def _share_name(a: Place, b: Place) -> bool:
    """Whether both are written alike, or one name holds the other ("Orle", "the Orle roundabout"), in one country."""
    if not _may_share_country(a, b):
        return False
    name, other = (frozenset(fold_place_name(place.name).split()) for place in (a, b))
    return name <= other or other <= name


def _may_share_country(a: Place, b: Place) -> bool:
    """Whether nothing says that they lie in two countries: what the gazetteer does not know often has none."""
    return a.country is None or b.country is None or a.country == b.country
