"""Records on a map: GeoJSON as in RFC 7946.

A feature's properties are the columns of the CSV table of the same records, lists as lists; its coordinates stand in
its geometry alone. What is given as a site or settlement is a point, WGS 84, longitude first. A district, region or
country, and what has no place, has a null geometry: its properties name the area, and nothing is pinned to a centroid.

The collection carries, as foreign members (section 6.1): `tlp`; `exercise`, EXERCISE where any feature belongs to it,
else null; `footnotes`, key to words, of every footnote that a feature needs; and `note` on what boundaries and names
imply. Tools drop foreign members, so each feature repeats its own in its properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tocsin.export.fields import EXERCISE, Fields, add_footnote_text, list_claim_fields, list_incident_fields
from tocsin.export.footnotes import load_footnotes
from tocsin.export.tables import TLP, Texts
from tocsin.records import Article, Claim, Incident

NOTE = "The boundaries and names shown and the designations used do not imply endorsement."


def incidents_to_geojson(incidents: Iterable[Incident], *, tlp: str = TLP, footnotes: Texts | None = None) -> Fields:
    """Incidents as a FeatureCollection; properties as in `incidents_to_csv`."""
    return _collect([list_incident_fields(incident, tlp) for incident in incidents], tlp, footnotes)


def claims_to_geojson(
    claims: Iterable[Claim], articles: Mapping[str, Article], *, tlp: str = TLP, footnotes: Texts | None = None
) -> Fields:
    """Claims as a FeatureCollection, `articles` being theirs by id; properties as in `claims_to_csv`."""
    return _collect([list_claim_fields(claim, articles[claim.article_id], tlp) for claim in claims], tlp, footnotes)


def write_features(rows: Iterable[Mapping[str, Any]], tlp: str = TLP) -> Iterator[str]:
    """Pieces of the same collection's JSON, a feature at a time, of the rows of a `Table` of incidents or claims.

    What the collection says of all its features comes after them, when they are known.
    """
    footnotes: dict[str, str] = {}
    has_exercise = False
    yield f'{{"type":"FeatureCollection","tlp":{json.dumps(tlp)},"note":{json.dumps(NOTE)},"features":['
    for n, row in enumerate(rows):
        has_exercise = has_exercise or bool(row["exercise"])
        if row["footnote"] is not None:
            footnotes[row["footnote"]] = row["footnote_text"]
        feature = json.dumps(_make_feature(dict(row)), ensure_ascii=False, allow_nan=False)
        yield f"\n{feature}" if n == 0 else f",\n{feature}"
    exercise = json.dumps(EXERCISE if has_exercise else None)
    yield f'\n],"exercise":{exercise},"footnotes":{json.dumps(footnotes, ensure_ascii=False)}}}\n'


def _collect(rows: list[Fields], tlp: str, footnotes: Texts | None) -> Fields:
    words = load_footnotes() if footnotes is None else footnotes
    keys = dict.fromkeys(row["footnote"] for row in rows if row["footnote"] is not None)
    return {
        "type": "FeatureCollection",
        "tlp": tlp,
        "exercise": EXERCISE if any(row["exercise"] for row in rows) else None,
        "footnotes": {key: words.get(key, key) for key in keys},
        "note": NOTE,
        "features": [_make_feature(add_footnote_text(row, words)) for row in rows],
    }


def _make_feature(row: Fields) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("lat", "lon")}
    point = None if row["lat"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "id": row["id"], "geometry": point, "properties": properties}
