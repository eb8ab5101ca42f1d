"""Claims in POLECAT's columns: to the letter, in order, and empty where we know nothing."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.examples import AREAS, ARTICLE, BACKED_CLAIM, CLAIM, COUNTRY, DISTRICT
from tests.strategies import articles, claims
from tocsin.export import tabulate_polecat
from tocsin.export.backing import BackedClaim
from tocsin.export.polecat import OURS, THEIRS
from tocsin.records import Claim, PartialDate

#: The head of the weekly files, as public code that reads them quotes it.
HEAD = (
    "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\t"
    "Actor COW\tPrimary Actor Sector\tActor Sectors\tActor Title\tActor Name Raw\tWikipedia Actor ID\tRecipient Name\t"
    "Recipient Country\tRecipient COW\tPrimary Recipient Sector\tRecipient Sectors\tRecipient Title\t"
    "Recipient Name Raw\tWikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\t"
    "GeoNames ID\tRaw Placename\tFeature Type\tSource\tPublication Date\tStory People\tStory Organizations\t"
    "Story Locations\tLanguage\tVersion"
)


def _read(*backed: BackedClaim) -> pd.DataFrame:
    table = tabulate_polecat(backed, tlp="TLP:AMBER", find_area=AREAS.get, footnotes={"kosovo-1244": "Our words."})
    return pd.read_csv(io.StringIO("".join(table.to_csv())), dtype=str, keep_default_na=False)


def test_their_columns_come_first_to_the_letter() -> None:
    frame = _read()
    assert list(frame.columns) == [*HEAD.split("\t"), *OURS]
    assert "\t".join(THEIRS) == HEAD
    assert all(column.startswith("Tocsin ") for column in OURS)


def test_a_claim_in_their_words() -> None:
    (row,) = _read(BACKED_CLAIM).to_dict("records")
    expected = {
        "Event ID": "clm_1", "Event Date": "2031-03-01", "Event Type": "ASSAULT", "Event Mode": "firearms",
        "Quad Code": "MATERIAL CONFLICT", "Contexts": "ethnic; territory", "Actor Name": "the police; the Orle Front",
        "Actor Country": "XKX", "Actor COW": "347", "Primary Actor Sector": "COP", "Actor Sectors": "COP; REB",
        "Recipient Name Raw": "three villagers", "Placename": "Orle / Orla", "Raw Placename": "Orle",
        "City": "Orle / Orla", "District": "Orle district", "Province": "The North", "Country": "XKX",
        "Latitude": "42.871", "Longitude": "20.864", "GeoNames ID": "4242", "Source": "Hill Wire",
        "Publication Date": "2031-03-02", "Language": "en", "Version": "toy/1", "Tocsin Modality": "actual",
        "Tocsin Speakers": "local media; ", "Tocsin Speaker Kinds": "media; unspecified",
        "Tocsin Tolls": "killed 3 villagers", "Tocsin TLP": "TLP:AMBER", "Tocsin Exercise": "",
        "Tocsin Footnote Text": "Our words.",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_what_is_not_known_stays_empty() -> None:
    bare = Claim("clm_9", "art_1", "CONSULT", CLAIM.evidence)
    (row,) = _read(BackedClaim(bare, replace(ARTICLE, published_at=None, outlet_name=None))).to_dict("records")
    filled = {name for name in THEIRS if row[name]}
    assert filled == {"Event ID", "Event Type", "Quad Code", "Language"}
    assert row["Intensity"] == "", "PLOVER's own table of intensities is not at hand: ours stands under our name"
    assert row["Tocsin Intensity"] == "1.0"


def test_a_date_is_a_day_or_nothing() -> None:
    for dates in (PartialDate.of_week(date(2031, 3, 1)), PartialDate(date(2031, 3, 1), date(2031, 3, 2), "day")):
        (row,) = _read(BackedClaim(replace(CLAIM, date=dates), ARTICLE)).to_dict("records")
        assert row["Event Date"] == ""
        assert row["Tocsin Date Start"] == dates.start.isoformat()


@pytest.mark.parametrize("place", [DISTRICT, COUNTRY])
def test_areas_have_names_and_no_point(place: object) -> None:
    (row,) = _read(BackedClaim(replace(CLAIM, place=place), ARTICLE)).to_dict("records")  # type: ignore[arg-type]
    assert (row["Latitude"], row["Longitude"], row["City"], row["Country"]) == ("", "", "", "SRB")
    assert row["Placename"]


def test_exercise_is_marked() -> None:
    (row,) = _read(BackedClaim(CLAIM, replace(ARTICLE, is_exercise=True))).to_dict("records")
    assert row["Tocsin Exercise"] == "EXERCISE"


@settings(max_examples=20, deadline=None)
@given(st.lists(claims(), max_size=4), articles())
def test_parquet_holds_the_same_rows(made: list[Claim], article: object) -> None:
    backed = [BackedClaim(claim, article) for claim in made]  # type: ignore[arg-type]
    lines = [json.loads(line) for line in tabulate_polecat(backed, footnotes={}).to_lines()]
    frame = pd.read_parquet(io.BytesIO(b"".join(tabulate_polecat(backed, footnotes={}).to_parquet())))
    assert list(frame["Event ID"]) == [claim.id for claim in made] == [line["Event ID"] for line in lines]
    assert all(list(line) == list(frame.columns) for line in lines)
    assert list(frame["Tocsin Evidence"]) == [claim.evidence.text for claim in made]
