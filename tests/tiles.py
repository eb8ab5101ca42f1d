"""A small street map in one PMTiles file, written from its specification: streets in the tiles of one zoom level."""

from __future__ import annotations

import gzip
import json
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Position = tuple[float, float]
EXTENT = 4096
ATTRIBUTION = 'Streets of Maravane, invented &copy; <a href="https://streets.example/">the <b>tests</b></a>'


def write_street_map(
    path: Path,
    streets: Mapping[str, Sequence[Position]],
    *,
    zoom: int = 8,
    layer: str = "roads",
    attribution: str | None = ATTRIBUTION,
    **head: int,
) -> Path:
    """Write the file; `head` sets fields of its head ("version", "tile_kind") to what they should not be."""
    tiles = {place: gzip.compress(draw_tile(layer, lines), mtime=0) for place, lines in cut(streets, zoom).items()}
    described: dict[str, object] = {"vector_layers": [{"id": layer, "fields": {"name": "String"}}]}
    if attribution is not None:
        described["attribution"] = attribution
    body, entries, packed = b"", [], gzip.compress(json.dumps(described).encode(), mtime=0)
    for place, tile in sorted(tiles.items(), key=lambda pair: number_tile(zoom, *pair[0])):
        entries.append((number_tile(zoom, *place), len(body), len(tile)))
        body += tile
    folder = gzip.compress(write_folder(entries), mtime=0)
    at = 127
    sections = [at, len(folder), at + len(folder), len(packed), 0, 0, at + len(folder) + len(packed), len(body)]
    kinds = [1, head.get("inner", 2), head.get("outer", 2), head.get("tile_kind", 1), zoom, head.get("most", zoom)]
    corners = [round(degree * 1e7) for degree in bound(streets)]
    packed_head = struct.pack(
        "<7sB11Q6B4iB2i",
        b"PMTiles",
        head.get("version", 3),
        *sections,
        *[len(entries)] * 3,
        *kinds,
        *corners,
        zoom,
        0,
        0,
    )
    path.write_bytes(packed_head + folder + packed + body)
    return path


def bound(streets: Mapping[str, Sequence[Position]]) -> tuple[float, float, float, float]:
    lons, lats = zip(*(at for line in streets.values() for at in line), strict=True)
    return min(lons) - 1, min(lats) - 1, max(lons) + 1, max(lats) + 1


def cut(
    streets: Mapping[str, Sequence[Position]], zoom: int
) -> dict[tuple[int, int], dict[str, list[tuple[int, int]]]]:
    """Every tile that a street has a corner in, with the whole street in that tile's own coordinates."""
    tiles: dict[tuple[int, int], dict[str, list[tuple[int, int]]]] = {}
    for name, line in streets.items():
        world = [project(at, zoom) for at in line]
        for x, y in {(int(px), int(py)) for px, py in world}:
            drawn = [(round((px - x) * EXTENT), round((py - y) * EXTENT)) for px, py in world]
            tiles.setdefault((x, y), {})[name] = drawn
    return tiles


def project(at: Position, zoom: int) -> tuple[float, float]:
    lon, lat = at
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return x * 2**zoom, y * 2**zoom


def number_tile(zoom: int, x: int, y: int) -> int:
    """The tile's place along the Hilbert curve, after all tiles of lower zoom levels."""
    number, side = (4**zoom - 1) // 3, 2**zoom // 2
    while side:
        right, lower = int(x & side > 0), int(y & side > 0)
        number += side * side * ((3 * right) ^ lower)
        if not lower:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side //= 2
    return number


def write_folder(entries: Sequence[tuple[int, int, int]]) -> bytes:
    """Tile numbers as differences, then run lengths, lengths and offsets, as the specification orders them."""
    numbers = [number for number, _, _ in entries]
    steps = [here - before for before, here in zip([0, *numbers], numbers, strict=False)]
    offsets = [offset + 1 for _, offset, _ in entries]
    values = [len(entries), *steps, *[1] * len(entries), *(length for _, _, length in entries), *offsets]
    return b"".join(map(varint, values))


def draw_tile(layer: str, lines: Mapping[str, Sequence[tuple[int, int]]]) -> bytes:
    """A Mapbox Vector Tile with one layer of named lines, each of the kind major_road."""
    names = list(lines)
    is_line = varint(3 << 3) + varint(2)
    features = [
        field(2, field(2, pack([0, n, 1, len(names)])) + is_line + field(4, pack(trace(line))))
        for n, line in enumerate(lines.values())
    ]
    keys = [field(3, b"name"), field(3, b"kind")]
    values = [field(4, field(1, value.encode())) for value in [*names, "major_road"]]
    parts = [field(1, layer.encode()), *features, *keys, *values, varint(5 << 3) + varint(EXTENT)]
    return field(3, b"".join(parts) + varint(15 << 3) + varint(2))


def trace(line: Sequence[tuple[int, int]]) -> list[int]:
    """One MoveTo and one LineTo, in steps."""
    (x, y), *rest = line
    commands = [(1 << 3) | 1, zigzag(x), zigzag(y), (len(rest) << 3) | 2]
    for to_x, to_y in rest:
        commands += [zigzag(to_x - x), zigzag(to_y - y)]
        x, y = to_x, to_y
    return commands


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def pack(numbers: Iterable[int]) -> bytes:
    return b"".join(map(varint, numbers))


def zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 63)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])
