"""What a map may show of incidents: points where the text gave a point, areas counted as areas, and the rest in words.

A district is never pinned at its middle (promise 3): it is listed with its count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tocsin.places.naming import Naming
from tocsin.ports import Tally
from tocsin.records import Incident, Place
from tocsin.web.language import _
from tocsin.web.outlines import Outlines
from tocsin.web.phrases import family

#: More than this many are not drawn at once; the page says so and how to narrow.
MOST_DRAWN = 20_000
_AREAS = frozenset({"district", "region", "country"})
NOTHING = Outlines()


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that the map shows as one thing, and the place of the last reported of them.

    place        None where no claim says where
    key          what they share, as `name_spot` or `name_area` has it: the drawing gives it with each incident
    conflict, cooperation  how many of them are acts of conflict and of cooperation
    is_shaded    whether the map has a shape for it; False for points and for what is not known
    has_exercise whether any of them is invented
    """

    place: Place | None
    key: str
    conflict: int
    cooperation: int
    is_shaded: bool = False
    has_exercise: bool = False

    @property
    def size(self) -> int:
        """How many incidents."""
        return self.conflict + self.cooperation


@dataclass(frozen=True, slots=True)
class Land:
    """One country with what is known of it: its areas, then its points, each most incidents first.

    code  ISO 3166-1 alpha-3; None for what lies in several countries or in none
    """

    code: str | None
    name: str
    areas: tuple[Group, ...]
    spots: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many incidents."""
        return count_incidents((*self.areas, *self.spots))


@dataclass(frozen=True, slots=True)
class Picture:
    """Incidents by how a map may show them: every one is in exactly one group of the three kinds."""

    spots: tuple[Group, ...]
    areas: tuple[Group, ...]
    unplaced: tuple[Group, ...]

    @property
    def size(self) -> int:
        """How many incidents."""
        return count_incidents((*self.spots, *self.areas, *self.unplaced))

    @property
    def unshaped(self) -> tuple[Group, ...]:
        """The areas that the map has no shape for."""
        return tuple(area for area in self.areas if not area.is_shaded)

    @property
    def has_exercise(self) -> bool:
        """Whether any of them is invented."""
        return any(group.has_exercise for group in (*self.spots, *self.areas, *self.unplaced))


def count_incidents(groups: Iterable[Group]) -> int:
    """How many incidents are in these groups."""
    return sum(group.size for group in groups)


def tally_incidents(incidents: Iterable[Incident]) -> list[Tally]:
    """Each incident as a tally of one."""
    return [Tally(i.place, i.type, i.is_exercise, 1) for i in incidents]


def sort_places(tallies: Sequence[Tally], outlines: Outlines) -> Picture:
    """Points, areas and what has no point, each most incidents first; tallies come the last reported first."""
    kinds: dict[str, list[Tally]] = {"point": [], "area": [], "unknown": []}
    for tally in tallies:
        kinds[find_kind(tally.place)].append(tally)
    return Picture(
        _group(kinds["point"], lambda place: name_spot(place, outlines)),
        _group(kinds["area"], name_area, outlines),
        _group(kinds["unknown"], name_area),
    )


def find_kind(place: Place | None) -> str:
    """ "point", "area" or "unknown": a settlement without coordinates, or one of several namesakes, is neither."""
    if place is not None and place.is_point:
        return "point"
    is_area = place is not None and place.precision in _AREAS and not place.is_ambiguous
    return "area" if is_area else "unknown"


def name_spot(place: Place, outlines: Outlines) -> str:
    """What incidents share that are one mark: the point, to about eleven metres, and the division it lies in."""
    return f"{place.lat:.4f},{place.lon:.4f}|{find_cluster(place, outlines) or place.gazetteer_id}"


def name_area(place: Place) -> str:
    """What incidents share that are counted in one area: its gazetteer id, or else its name and country."""
    return place.gazetteer_id or f"{place.name}|{place.country or ''}"


def _group(tallies: Iterable[Tally], key: Callable[[Place], str], outlines: Outlines = NOTHING) -> tuple[Group, ...]:
    held: dict[str, list[Tally]] = {}
    for tally in tallies:
        held.setdefault(key(tally.place) if tally.place else "", []).append(tally)
    groups = [_make_group(name, some, outlines) for name, some in held.items()]
    return tuple(sorted(groups, key=lambda g: (-g.size, g.place.shown_name if g.place else "")))


def _make_group(key: str, tallies: Sequence[Tally], outlines: Outlines) -> Group:
    place, counts = tallies[0].place, Counter[str]()
    for tally in tallies:
        counts[family(tally.type)] += tally.count
    return Group(
        place, key, counts["conflict"], counts.total() - counts["conflict"],
        is_shaded=place is not None and outlines.has_shape(place), has_exercise=any(t.is_exercise for t in tallies),
    )  # fmt: skip


def find_cluster(place: Place, outlines: Outlines) -> str | None:
    """What marks must share to be drawn as one: the country and the division right under it; None: never merged."""
    if place.country is None:
        return None
    chain = [place.gazetteer_id or "", *place.within]
    top = next((n for n, id_ in enumerate(chain) if id_.startswith("country:") or id_ in outlines.invented), len(chain))
    return f"{place.country}|{chain[top - 1] if top > 1 else ''}"


def list_lands(picture: Picture, outlines: Outlines, naming: Naming) -> list[Land]:
    """The picture's points and areas by country, most incidents first; what lies in no single country comes last."""
    codes = dict.fromkeys(g.place.country for g in (*picture.areas, *picture.spots) if g.place)
    lands = [
        Land(
            code,
            outlines.name_country(code, naming) if code else _("In several countries, or in none"),
            tuple(g for g in picture.areas if g.place and g.place.country == code),
            tuple(g for g in picture.spots if g.place and g.place.country == code),
        )
        for code in codes
    ]
    return sorted(lands, key=lambda land: (land.code is None, -land.size, land.name))
