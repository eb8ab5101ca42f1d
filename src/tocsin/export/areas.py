"""The names of the areas around a place, as the columns of other projects ask for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.export.points import is_rounded
from tocsin.knowledge.countries import load_countries
from tocsin.records import Place, PlacePrecision


@dataclass(frozen=True, slots=True)
class Area:
    """A recorded place by its id: its name under the desk's policy, what it is, and GeoNames' number of it.

    is_drawn  an area that people of this desk have drawn, a mission's sector: no district or region that others know
    """

    name: str
    precision: PlacePrecision
    geonames: int | None = None
    is_drawn: bool = False


#: Finds an area by its gazetteer id; None where it is not recorded.
FindArea = Callable[[str], Area | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a place lies, in names; None for what is not recorded. `country` is its English short name."""

    settlement: str | None = None
    district: str | None = None
    region: str | None = None
    country: str | None = None
    geonames: int | None = None


def find_no_area(_: str) -> Area | None:
    """For whoever has no gazetteer at hand: nothing is recorded."""
    return None


def list_surroundings(place: Place | None, find_area: FindArea) -> Surroundings:
    """The settlement, district, region and country of a place: its own name where it is one, else what contains it."""
    if place is None:
        return Surroundings()
    names: dict[str, str] = {}
    own = find_area(place.gazetteer_id) if place.gazetteer_id else None
    # what was coarsened bears the name of the spot and the id of the area around it
    if not is_rounded(place):
        names[place.precision] = place.shown_name
    elif own is not None:
        names[own.precision] = own.name
    for id_ in place.within:
        area = find_area(id_)
        if area is not None and not area.is_drawn:
            names.setdefault(area.precision, area.name)
    return Surroundings(
        settlement=names.get("settlement"),
        district=names.get("district"),
        region=names.get("region"),
        country=name_country(place.country),
        geonames=None if own is None else own.geonames,
    )


def name_country(code: str | None) -> str | None:
    """The English short name of a country; None for an unknown code (and for IGO, NGO and MED, which are none)."""
    country = load_countries().by_code.get(code or "")
    return country.name if country else None
