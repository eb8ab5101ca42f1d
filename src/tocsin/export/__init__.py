"""Records as files: CSV and GeoJSON of exactly the records given, so that an export shows what its screen shows.

>>> from tocsin.export import incidents_to_csv
>>> "".join(incidents_to_csv([])).split(",")[:3]
['"id"', '"exercise"', '"tlp"']
"""

from __future__ import annotations

from tocsin.export.geojson import claims_to_geojson, incidents_to_geojson
from tocsin.export.tables import alerts_to_csv, articles_to_csv, claims_to_csv, incidents_to_csv, tensions_to_csv

__all__ = [
    "alerts_to_csv",
    "articles_to_csv",
    "claims_to_csv",
    "claims_to_geojson",
    "incidents_to_csv",
    "incidents_to_geojson",
    "tensions_to_csv",
]
