"""Where, and how precisely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tocsin.errors import RecordError
from tocsin.records.reason import Reason

PlacePrecision = Literal["site", "settlement", "district", "region", "country"]
#: Precisions that a map may show as a point; the others are areas.
POINT_PRECISIONS: frozenset[str] = frozenset({"site", "settlement"})


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an act.

    name          as the article writes it
    precision     how finely the text gave it
    country       ISO 3166-1 alpha-3 (XKX for Kosovo), or None
    lat, lon      WGS 84 degrees of a representative point; both None where unknown, never 0, 0 for want of better
    gazetteer_id  the gazetteer's record ("geonames:784024", "overlay:ibar-bridge"), or None where nothing matched
    label         the record's name under the desk's naming policy, or None where nothing matched
    within        gazetteer_ids of the areas that contain it, nearest first ("…district", "…country")
    footnote      key of the naming footnote that travels with it ("kosovo-1244"), or None
    """

    name: str
    precision: PlacePrecision
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    gazetteer_id: str | None = None
    label: str | None = None
    within: tuple[str, ...] = ()
    footnote: str | None = None
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if (self.lat is None) != (self.lon is None):
            raise RecordError("place", self.name, "lat and lon must both be given or both be absent")
        if self.lat is not None and self.lon is not None and not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise RecordError("place", f"{self.name} {self.lat},{self.lon}", "coordinates are out of range")

    @property
    def is_point(self) -> bool:
        """Whether a map may pin it: it has coordinates and was given as a site or settlement."""
        return self.lat is not None and self.precision in POINT_PRECISIONS

    @property
    def is_ambiguous(self) -> bool:
        """Whether several recorded places bear the name and none was preferred."""
        return self.gazetteer_id is None and any(reason.rule == "too-close" for reason in self.reasons)

    @property
    def shown_name(self) -> str:
        """The name for a screen."""
        return self.label or self.name
