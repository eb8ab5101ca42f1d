"""Areas as far as incidents show them: what lies in what, and how wide each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tocsin.records import Incident, PlacePrecision
from tocsin.warning.counting import areas_of
from tocsin.warning.hearing import Area

#: Finest first.
_WIDTHS: tuple[PlacePrecision, ...] = ("site", "settlement", "district", "region", "country")


@dataclass(frozen=True, slots=True)
class AreaMap:
    """Containment and width of the areas that a set of incidents touches.

    holders  area id to the ids of the areas that hold it
    widths   area id to how wide it is, 0 (site) to 4 (country); an area of unknown width is missing
    """

    holders: Mapping[str, frozenset[str]]
    widths: Mapping[str, int]

    def is_within_width(self, area: str, widest: PlacePrecision) -> bool:
        """Whether an area is no wider than `widest`; one of unknown width is taken for a region."""
        return self.widths.get(area, _WIDTHS.index("region")) <= _WIDTHS.index(widest)

    def holds(self, outer: str, inner: str) -> bool:
        """Whether `inner` lies in `outer`."""
        return outer in self.holders.get(inner, frozenset())


def map_areas(incidents: Iterable[Incident], precisions: Mapping[str, PlacePrecision]) -> AreaMap:
    """The areas of the incidents' places.

    `precisions` (gazetteer id to precision) is believed first; then what incidents placed exactly there say, then the
    gazetteer's own prefixes ("country:", "admin1:"). What holds a country or a region is at least as wide.
    """
    holders: dict[str, set[str]] = defaultdict(set)
    widths: dict[str, int] = {}
    chains = []
    places = (i.place for i in incidents if i.place is not None)
    # thousands of incidents lie at some dozens of places
    for place in {(p.gazetteer_id, p.within, p.precision): p for p in places}.values():
        chain = list(areas_of(place))
        if not chain:
            continue
        chains.append(chain)
        widths[chain[0]] = max(widths.get(chain[0], 0), _WIDTHS.index(place.precision))
        for at, area in enumerate(chain):
            holders[area].update(chain[at + 1 :])
            if area.startswith(("country:", "admin1:")):
                widths[area] = _WIDTHS.index("country" if area.startswith("country:") else "region")
    widths |= {area: _WIDTHS.index(precisions[area]) for area in holders if area in precisions}
    for chain in chains:
        for inner, outer in pairwise(chain):
            if inner in widths:
                widths[outer] = max(widths.get(outer, 0), widths[inner])
    return AreaMap({a: frozenset(h) for a, h in holders.items()}, widths)


def locate_places(
    place_ids: Iterable[str],
    incidents: Iterable[Incident],
    precisions: Mapping[str, PlacePrecision],
    names: Mapping[str, str],
    width: PlacePrecision,
) -> dict[str, Area]:
    """Where each place lies: the area of `width` that its alerts are told with, and all that hold it.

    incidents  those of the places: they say what lies in what
    names      gazetteer id to name; an area without one shows its id

    Where no area of that width is known, the next narrower one stands in; a place wider than `width` stands for itself.
    """
    areas = map_areas(incidents, precisions)
    wanted = _WIDTHS.index(width)
    located = {}
    for place_id in dict.fromkeys(place_ids):
        within = {place_id, *areas.holders.get(place_id, ())}
        fitting = [a for a in within if areas.widths.get(a, _WIDTHS.index("country")) <= wanted]
        chosen = min(fitting, key=lambda a: (-areas.widths[a], a), default=place_id)
        located[place_id] = Area(chosen, names.get(chosen, chosen), frozenset(within))
    return located
