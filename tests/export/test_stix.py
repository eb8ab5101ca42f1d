"""STIX 2.1: a bundle that the standard's own library reads strictly, with TLP 2.0's own objects and stable ids."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.examples import (
    AREAS,
    ARTICLE,
    BRIDGE,
    COUNTRY,
    DISTRICT,
    INCIDENT,
    NOW,
    PROTESTERS,
    SECOND,
    back,
)
from tests.strategies import incidents
from tocsin.export import coarsen_backed, find_withheld_names, incidents_to_stix
from tocsin.export.backing import BackedIncident
from tocsin.export.stix import TLP_EXTENSION
from tocsin.records import Incident, Party, Place

#: OASIS CTI common objects, "TLP 2.0": the ids of the five markings.
OFFICIAL = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}


def _write(*backed: BackedIncident, tlp: str = "TLP:AMBER") -> str:
    return "".join(incidents_to_stix(backed, tlp=tlp, find_area=AREAS.get, footnotes={"kosovo-1244": "Our words."}))


def _parse(*backed: BackedIncident, tlp: str = "TLP:AMBER") -> dict[str, list[Any]]:
    """The bundle's objects by type, after the standard's library has read each of them strictly."""
    bundle = stix2.parse(_write(*backed, tlp=tlp), allow_custom=False)
    found: dict[str, list[Any]] = {}
    for thing in bundle.objects:
        found.setdefault(thing["type"], []).append(thing)
    return found


def test_an_incident_with_all_that_belongs_to_it() -> None:
    found = _parse(back())
    (incident,) = found["incident"]
    assert incident.name == "ASSAULT firearms at Orle / Orla, 2031-03-01"
    assert {"type:ASSAULT", "state:reported", "modality:actual", "origins:2"} <= set(incident.labels)
    assert "Killed: 2 to 5 (figure used: 3)." in incident.description
    refs = incident.external_references
    assert (refs[0].source_name, refs[0].external_id) == ("tocsin", "inc_1")
    assert (refs[1].source_name, refs[1].url) == ("Hill Wire", "https://hill.example/shots")
    assert refs[1].description == "Three villagers were shot at Orle."
    (location,) = found["location"]
    assert (location.latitude, location.longitude, location.country) == (42.871, 20.864, "XK")
    assert (location.city, location.administrative_area) == ("Orle / Orla", "The North")
    assert {i.name for i in found["identity"]} == {"the Orle Front", "three villagers"}
    roles = {(r.relationship_type, r.get("description")) for r in found["relationship"]}
    assert roles == {("located-at", None), ("related-to", "actor"), ("related-to", "recipient")}
    (report,) = found["report"]
    assert set(report.object_refs) == {
        t.id for kind, things in found.items() if kind not in ("report", "marking-definition") for t in things
    }


@pytest.mark.parametrize("tlp", OFFICIAL)
def test_markings_are_the_standards_own(tlp: str) -> None:
    found = _parse(back(), tlp=tlp)
    marking = next(m for m in found["marking-definition"] if m.id == OFFICIAL[tlp])
    assert marking.name == tlp
    assert marking.extensions[TLP_EXTENSION]["tlp_2_0"] == tlp.removeprefix("TLP:").lower()
    for kind, things in found.items():
        if kind != "marking-definition":
            assert all(OFFICIAL[tlp] in thing.object_marking_refs for thing in things), kind


def test_naming_footnotes_mark_what_they_belong_to() -> None:
    found = _parse(back())
    notes = {m.definition.statement: m.id for m in found["marking-definition"] if "definition" in m}
    assert set(notes) == {"Our words.", next(text for text in notes if "endorsement" in text)}
    assert notes["Our words."] in found["incident"][0].object_marking_refs
    assert notes["Our words."] in found["location"][0].object_marking_refs


@pytest.mark.parametrize("place", [DISTRICT, COUNTRY, replace(BRIDGE, lat=None, lon=None)])
def test_areas_have_no_point(place: Place) -> None:
    (location,) = _parse(back(place=place))["location"]
    assert "latitude" not in location
    assert location.country


def test_without_country_and_point_there_is_no_location() -> None:
    found = _parse(back(place=Place("the hills", "region")))
    assert "location" not in found
    assert found["incident"][0].name.startswith("ASSAULT firearms at the hills")


def test_a_rounded_point_says_how_exact_it_is() -> None:
    names = {"art_1": find_withheld_names([]), "art_2": find_withheld_names([])}
    (location,) = _parse(coarsen_backed(back(), names), tlp="TLP:GREEN")["location"]
    assert (location.latitude, location.longitude, location.precision) == (42.9, 20.9, 8000.0)


def test_ids_are_the_same_the_next_day_and_each_object_stands_once() -> None:
    twice = [back(), back(), back(id="inc_2")]
    first, again = json.loads(_write(*twice)), json.loads(_write(*twice))
    assert first == again
    ids = [thing["id"] for thing in first["objects"]]
    assert len(ids) == len(set(ids))
    assert first["id"] != json.loads(_write(back()))["id"]


def test_people_of_the_same_words_are_not_the_same_people() -> None:
    known = Party("KFOR", "IGO", "MIL")
    found = _parse(back(actor=(known,)), back(id="inc_2", actor=(known,)))
    names = [identity.name for identity in found["identity"]]
    assert sorted(names) == ["KFOR", "three villagers", "three villagers"]


@pytest.mark.parametrize(
    ("changes", "begin"),
    [
        ({"modality": "planned"}, "Planned: "),
        ({"modality": "negated", "state": "denied"}, "Denied: "),
        ({"modality": "conditional"}, "Conditional: "),
        ({"is_exercise": True}, "EXERCISE: "),
    ],
)
def test_what_did_not_happen_says_so_in_its_name(changes: dict[str, Any], begin: str) -> None:
    found = _parse(back(**changes))
    assert found["incident"][0].name.startswith(begin)
    if "is_exercise" in changes:
        assert all("EXERCISE" in thing.labels for kind in ("incident", "identity", "location") for thing in found[kind])


def test_a_retracted_incident_is_revoked_and_later_articles_modify() -> None:
    backed = back(state="retracted")
    later = {id_: replace(article, taken_at=NOW + timedelta(days=1)) for id_, article in backed.articles.items()}
    (incident,) = _parse(replace(backed, articles=later))["incident"]
    assert incident.revoked
    assert incident.modified > incident.created


def test_addresses_in_other_letters_are_uris() -> None:
    """STIX 2.1 wants RFC 3986; its validator refuses a bundle with Cyrillic or Arabic letters in an address."""
    cyrillic = replace(ARTICLE, url="https://hill.example/выстрелы")
    (incident,) = _parse(replace(back(), articles={ARTICLE.id: cyrillic, SECOND.id: SECOND}))["incident"]
    urls = [reference.get("url") for reference in incident.external_references]
    assert urls == [None, "https://hill.example/%D0%B2%D1%8B%D1%81%D1%82%D1%80%D0%B5%D0%BB%D1%8B", None]


def test_hostile_text_stays_text() -> None:
    party = Party('"},{"type":"malware"', None, "CVL")
    found = _parse(back(actor=(party,), recipient=(PROTESTERS,)))
    assert '"},{"type":"malware"' in {identity.name for identity in found["identity"]}
    assert "malware" not in found


def test_nothing_is_a_bundle_without_a_report() -> None:
    found = _parse()
    assert set(found) == {"marking-definition"}


@settings(max_examples=30, deadline=None)
@given(st.lists(incidents(), max_size=3, unique_by=lambda incident: incident.id))
def test_any_incident_is_read_strictly(made: list[Incident]) -> None:
    found = _parse(*(BackedIncident(incident) for incident in made))
    assert len(found.get("incident", [])) == len(made)
    assert INCIDENT.id not in {incident.id for incident in made}
