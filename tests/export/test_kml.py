"""KML 2.2: well formed, points only where a point was given, and nothing for a viewer to run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.export.examples import BRIDGE, COUNTRY, DISTRICT, INCIDENT, NORTH
from tests.strategies import incidents
from tocsin.export import columns, incidents_to_kml
from tocsin.export.kml import NAMESPACE
from tocsin.records import Incident, PartialDate, Party, Place, Reason

KML = {"k": NAMESPACE}


def _parse(*made: Incident, **given: Any) -> Any:
    text = "".join(incidents_to_kml(made, footnotes={"kosovo-1244": "Our words."}, **given))
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))


def _find(root: Any, path: str) -> list[Any]:
    return list(root.xpath(path, namespaces=KML))


def test_a_placemark_says_what_the_row_says() -> None:
    root = _parse(INCIDENT, tlp="TLP:RED")
    (mark,) = _find(root, "//k:Folder[1]/k:Placemark")
    assert mark.get("id") == "inc_1"
    assert _find(mark, "k:name/text()") == ["ASSAULT firearms"]
    assert "".join(_find(mark, "k:Point/k:coordinates/text()")) == "20.864,42.871"
    assert _find(mark, "k:TimeSpan/k:begin/text()") == ["2031-03-01"]
    held = {d.get("name"): d.findtext("k:value", namespaces=KML) for d in _find(mark, "k:ExtendedData/k:Data")}
    assert (held["id"], held["tlp"], held["killed_high"], held["origins"]) == ("inc_1", "TLP:RED", "5", "2")
    assert (held["claim_ids"], held["footnote_text"]) == ("clm_1 | clm_2", "Our words.")
    assert set(held) <= set(columns.INCIDENTS)
    assert "mode" in held
    assert "injured_low" not in held, "what is not known has no entry"
    # the order that the schema prescribes
    assert [etree.QName(child).localname for child in mark] == [
        "name", "description", "TimeSpan", "styleUrl", "ExtendedData", "Point",
    ]  # fmt: skip


@pytest.mark.parametrize("place", [DISTRICT, NORTH, COUNTRY, None, replace(BRIDGE, lat=None, lon=None)])
def test_what_is_no_point_stands_in_the_second_folder(place: Place | None) -> None:
    root = _parse(INCIDENT, replace(INCIDENT, id="inc_2", place=place))
    assert [mark.get("id") for mark in _find(root, "//k:Folder[1]/k:Placemark")] == ["inc_1"]
    (other,) = _find(root, "//k:Folder[2]/k:Placemark")
    assert other.get("id") == "inc_2"
    assert _find(other, "k:Point") == []


def test_exercise_and_note_are_told() -> None:
    root = _parse(replace(INCIDENT, is_exercise=True))
    assert _find(root, "//k:Placemark/k:name/text()") == ["EXERCISE: ASSAULT firearms"]
    assert "endorsement" in _find(root, "//k:Document/k:description/text()")[0]


def test_a_viewer_runs_nothing() -> None:
    hostile = "<script>alert(1)</script>]]>&\x00\ufffe"
    made = replace(
        INCIDENT, actor=(Party(hostile),), reasons=(Reason("x", hostile),), place=replace(BRIDGE, name=hostile)
    )
    root = _parse(made)
    described = "".join(_find(root, "//k:Placemark/k:description/text()"))
    assert "<script" not in described, "shown as HTML, so escaped once more"
    assert "&lt;script&gt;" in described
    held = "".join(_find(root, "//k:Data[@name='actors']/k:value/text()"))
    assert held == "<script>alert(1)</script>]]>&\ufffd\ufffd", "data are data"
    assert "$[description]" in "".join(_find(root, "//k:BalloonStyle/k:text/text()")), "the balloon shows nothing else"


def test_nothing_is_a_whole_document_too() -> None:
    root = _parse()
    assert len(_find(root, "//k:Folder")) == 2
    assert _find(root, "//k:Placemark") == []


def test_a_range_of_dates() -> None:
    root = _parse(replace(INCIDENT, date=PartialDate.of_month(2031, 2)))
    assert _find(root, "//k:TimeSpan/k:end/text()") == ["2031-02-28"]


@settings(max_examples=40, deadline=None)
@given(st.lists(incidents(), max_size=5, unique_by=lambda incident: incident.id))
def test_every_incident_is_there_once(made: list[Incident]) -> None:
    root = _parse(*made)
    ids = [mark.get("id") for mark in _find(root, "//k:Placemark")]
    assert sorted(ids) == sorted(incident.id for incident in made)
    pinned = [i.id for i in made if i.place is not None and i.place.is_point]
    assert [mark.get("id") for mark in _find(root, "//k:Placemark[k:Point]")] == pinned
