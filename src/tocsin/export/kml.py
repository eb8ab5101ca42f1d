"""Incidents as KML 2.2 (OGC 07-147r2), for Google Earth and other viewers.

What a map may pin stands as points in the folder "With a point"; all else stands in the folder "Without a point",
without geometry, so that a list is whole and nothing is pinned to a centroid. Each placemark carries every column of
the CSV table as ExtendedData; lists are joined as there. What viewers show as HTML (the description) is escaped twice,
and the balloon shows nothing else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from tocsin.export import columns
from tocsin.export.cells import SEPARATOR
from tocsin.export.fields import EXERCISE, Fields, tell_range
from tocsin.export.geojson import NOTE
from tocsin.export.tables import TLP, Texts, tabulate_incidents
from tocsin.records import Incident

NAMESPACE = "http://www.opengis.net/kml/2.2"
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_MEMORY = 4_000_000
_PIECE = 65_536


def incidents_to_kml(incidents: Iterable[Incident], *, tlp: str = TLP, footnotes: Texts | None = None) -> Iterator[str]:
    """Pieces of a KML document; those without a point wait in a temporary file until the points are through."""
    rows = tabulate_incidents(incidents, tlp=tlp, footnotes=footnotes).rows
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{NAMESPACE}"><Document>'
        f"<name>Tocsin incidents, {_escape(tlp)}</name><description>{_escape(NOTE)}</description>"
        '<Style id="plain"><BalloonStyle><text>$[description]</text></BalloonStyle></Style>'
        "<Folder><name>With a point</name>\n"
    )
    with SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+", encoding="utf-8") as others:
        for row in rows:
            placemark = _make_placemark(dict(row))
            if row["lat"] is None:
                others.write(placemark)
            else:
                yield placemark
        yield "</Folder><Folder><name>Without a point</name>\n"
        others.seek(0)
        yield from iter(lambda: others.read(_PIECE), "")
    yield "</Folder></Document></kml>\n"


def _make_placemark(row: Fields) -> str:
    from lxml import etree

    mark = etree.Element("Placemark", id=row["id"])
    _add(mark, "name", _tell_name(row))
    _add(mark, "description", "<br/>".join(html.escape(line) for line in _tell_lines(row)))
    if row["date_start"]:
        span = etree.SubElement(mark, "TimeSpan")
        _add(span, "begin", row["date_start"])
        _add(span, "end", row["date_end"])
    _add(mark, "styleUrl", "#plain")
    held = etree.SubElement(mark, "ExtendedData")
    for column in columns.INCIDENTS:
        if (text := _tell_cell(row[column])) is not None:
            _add(etree.SubElement(held, "Data", name=column), "value", text)
    if row["lat"] is not None:
        _add(etree.SubElement(mark, "Point"), "coordinates", f"{row['lon']},{row['lat']}")
    return f"{etree.tostring(mark, encoding='unicode')}\n"


def _add(parent: Any, tag: str, text: str) -> None:
    from lxml import etree

    etree.SubElement(parent, tag).text = _FORBIDDEN.sub("\ufffd", text)


def _tell_name(row: Fields) -> str:
    act = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
    return f"{EXERCISE}: {act}" if row["exercise"] else act


def _tell_lines(row: Fields) -> list[str]:
    killed = f"killed {tell_range(row['killed_low'], row['killed_high'])}" if row["killed_low"] is not None else None
    lines = (
        row["exercise"], row["tlp"], f"{row['state']}, {row['certainty']}", row["place"], killed,
        "by " + SEPARATOR.join(row["actors"]) if row["actors"] else None,
        "against " + SEPARATOR.join(row["recipients"]) if row["recipients"] else None,
        row["footnote_text"],
    )  # fmt: skip
    return [line for line in lines if line]


def _tell_cell(value: Any) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return SEPARATOR.join("" if part is None else str(part) for part in value)
    return str(value)


def _escape(text: str) -> str:
    return html.escape(_FORBIDDEN.sub("\ufffd", text), quote=False)
