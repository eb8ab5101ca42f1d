"""The operator's own street map: one PMTiles file on this machine, named by the setting `tiles`.

The head and the description of the file are read here, so that a missing, cut or foreign file is told by name before a
map tries to draw it. The layout is that of the PMTiles specification, version 3.
"""

from __future__ import annotations

import html
import json
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tocsin.errors import KnowledgeError

_HEAD = struct.Struct("<7sB11Q6B4iB2i")
#: Longer descriptions are no description.
MOST_BYTES = 4_000_000
MOST_LAYERS = 200
_KINDS: dict[int, Literal["vector", "raster"]] = {1: "vector", 2: "raster", 3: "raster", 4: "raster"}
_KIND_NAMES = {5: "AVIF images", 6: "MapLibre tiles"}
_PLAIN, _GZIP = 1, 2
_COMPRESSIONS = {0: "an unknown way", 3: "Brotli", 4: "Zstandard"}


class StreetsError(KnowledgeError):
    """The street map cannot be used."""


@dataclass(frozen=True, slots=True)
class Streets:
    """What a street map's head and description say.

    kind         vector: drawn in the desk's own style; raster: ready-made images
    least, most  zoom levels held
    bounds       west, south, east, north in degrees
    attribution  who made it, as plain text; None where the file does not say
    layers       names of its vector layers
    version      changes whenever the file does: part of its address, so that no browser mixes two files
    """

    kind: Literal["vector", "raster"]
    least: int
    most: int
    bounds: tuple[float, float, float, float]
    attribution: str | None
    layers: tuple[str, ...]
    version: str


def read_streets(path: Path) -> Streets:
    """What the file at `path` holds; raises StreetsError with what is wrong with it and how to mend it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            size = path.stat().st_size
            fields = _check_head(path, head, size)
            file.seek(fields["metadata_at"])
            packed = file.read(min(fields["metadata_size"], MOST_BYTES))
            changed = path.stat().st_mtime_ns
    except OSError as why:
        reason = "is a folder" if path.is_dir() else (why.strerror or str(why))
        why_not = f"cannot be read ({reason}); set TOCSIN_TILES to a .pmtiles file"
        raise StreetsError("street map", path, why_not) from why
    described = _read_description(path, packed, fields["inner_compression"])
    return Streets(
        kind=_KINDS[fields["tile_kind"]],
        least=fields["least_zoom"],
        most=fields["most_zoom"],
        bounds=_give_room(*fields["bounds"]),
        attribution=_to_plain_text(described.get("attribution")),
        layers=_list_layers(described.get("vector_layers")),
        version=f"{size:x}-{changed:x}",
    )


def _check_head(path: Path, head: bytes, size: int) -> dict[str, Any]:
    if len(head) < _HEAD.size or head[:7] != b"PMTiles":
        why = "is no PMTiles file: it does not begin with PMTiles"
        if head.startswith(b"SQLite format 3"):
            why = "is an SQLite file, as MBTiles are: convert it with `pmtiles convert`"
        raise StreetsError("street map", path, why)
    _, version, *numbers = _HEAD.unpack(head)
    if version != 3:
        raise StreetsError("street map", path, f"is PMTiles version {version}: convert it to version 3")
    fields = _name_fields(numbers)
    if fields["end"] > size:
        raise StreetsError("street map", path, f"is cut short: {fields['end']} bytes were promised, {size} are there")
    _check_kinds(path, fields)
    return fields


def _name_fields(numbers: list[int]) -> dict[str, Any]:
    sections, kinds, (*corners, _, _, _) = numbers[:11], numbers[11:17], numbers[17:]
    _, inner, outer, tile_kind, least, most = kinds
    return {
        "end": max(sections[n] + sections[n + 1] for n in (0, 2, 4, 6)),
        "metadata_at": sections[2],
        "metadata_size": sections[3],
        "inner_compression": inner,
        "tile_compression": outer,
        "tile_kind": tile_kind,
        "least_zoom": least,
        "most_zoom": most,
        "bounds": tuple(corner / 1e7 for corner in corners),
    }


def _check_kinds(path: Path, fields: dict[str, Any]) -> None:
    for part in ("inner_compression", "tile_compression"):
        if fields[part] not in (_PLAIN, _GZIP):
            how = _COMPRESSIONS.get(fields[part], f"way {fields[part]}")
            raise StreetsError("street map", path, f"is packed in {how}: browsers unpack gzip; convert it")
    if fields["tile_kind"] not in _KINDS:
        held = _KIND_NAMES.get(fields["tile_kind"], f"tiles of kind {fields['tile_kind']}")
        raise StreetsError("street map", path, f"holds {held}: the map draws vector tiles, PNG, JPEG and WebP")
    west, south, east, north = fields["bounds"]
    is_on_earth = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not (is_on_earth and fields["least_zoom"] <= fields["most_zoom"] <= 30):
        raise StreetsError("street map", path, "has bounds or zoom levels out of range: make the file again")


def _give_room(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    """The bounds; the whole world where the file leaves them out, which it does by zeros."""
    return (west, south, east, north) if west < east and south < north else (-180.0, -85.0, 180.0, 85.0)


def _read_description(path: Path, packed: bytes, compression: int) -> dict[str, Any]:
    try:
        if compression == _GZIP:
            unpacker = zlib.decompressobj(wbits=31)
            packed = unpacker.decompress(packed, MOST_BYTES)
            if unpacker.unconsumed_tail:
                raise ValueError(f"is longer than {MOST_BYTES} bytes")
        described = json.loads(packed)
    except (ValueError, zlib.error, RecursionError) as why:
        raise StreetsError("street map", path, f"has a broken description ({why}): make the file again") from why
    if not isinstance(described, dict):
        raise StreetsError("street map", path, "has a description that is no JSON object: make the file again")
    return described


def _to_plain_text(markup: object) -> str | None:
    """An attribution is often a link in HTML: its words are kept, its markup is not believed."""
    if not isinstance(markup, str):
        return None
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())
    return text[:300] or None


def _list_layers(listed: object) -> tuple[str, ...]:
    rows = listed if isinstance(listed, list) else []
    names = (row.get("id") for row in rows if isinstance(row, dict))
    return tuple(name for name in names if isinstance(name, str) and name)[:MOST_LAYERS]
