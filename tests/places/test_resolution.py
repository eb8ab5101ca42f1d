from __future__ import annotations

import pytest

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer
from tocsin.places.resolution import Resolution, resolve_mentions
from tocsin.places.weights import load_place_weights
from tocsin.records import PlaceMention, Span


def resolve(text: str, name: str, gazetteer: Gazetteer, **hints: str) -> Resolution:
    start = text.index(name)
    mention = PlaceMention(name, Span(start, start + len(name)))
    return resolve_mentions([mention], text, gazetteer, outlet_country=hints.get("outlet"))[0]


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Police in Paris, Texas, arrested two men.", "Paris", "USA"),
        ("French police in Paris arrested two men.", "Paris", "FRA"),
        ("Ontario police said a man from London, near Kitchener, was hurt.", "London", "CAN"),
        ("Two soldiers died in Tripoli. Lebanon's army said Beirut was calm.", "Tripoli", "LBN"),
        ("Two soldiers died in Tripoli. Libya's army said Benghazi was calm.", "Tripoli", "LBY"),
        ("The army of Georgia fired near Gori, and Tbilisi closed the road.", "Georgia", "GEO"),
        ("The governor of Georgia spoke in Atlanta and in Savannah.", "Georgia", "USA"),
        ("Shelling hit Donetsk. Ukrainian troops withdrew from Avdiivka.", "Donetsk", "UKR"),
    ],
)
def test_the_article_decides_between_places_of_one_name(
    text: str, name: str, country: str, gazetteer: Gazetteer
) -> None:
    found = resolve(text, name, gazetteer)
    assert found.row is not None
    assert found.row.country == country
    assert found.reasons[0].rule == "chosen"
    assert found.reasons[0].weight == pytest.approx(sum(r.weight or 0 for r in found.reasons[1:]), abs=0.01)
    assert {r.version for r in found.reasons} == {load_place_weights().version}


@pytest.mark.parametrize("name", ["San Jose", "Springfield", "Santa Cruz"])
def test_a_name_of_many_places_stays_open_where_nothing_speaks_for_one(name: str, gazetteer: Gazetteer) -> None:
    found = resolve(f"Men attacked {name} yesterday.", name, gazetteer)
    assert found.row is None
    assert len(found.rivals) >= 2
    assert "two candidates too close" in found.reasons[0].detail


def test_the_outlet_is_a_weak_hint(gazetteer: Gazetteer) -> None:
    text = "Men attacked Valencia yesterday."
    assert resolve(text, "Valencia", gazetteer, outlet="VEN").row != resolve(text, "Valencia", gazetteer).row or (
        resolve(text, "Valencia", gazetteer).row is None
    )
    strong = "Men attacked Valencia yesterday, Spain's police said in Madrid."
    assert (row := resolve(strong, "Valencia", gazetteer, outlet="VEN").row) is not None
    assert row.country == "ESP"


def test_the_kind_of_area_asked_for_is_chosen(gazetteer: Gazetteer) -> None:
    text = "Afghan soldiers died in Kunduz province, not far from Kunduz city."
    assert (province := resolve(text, "Kunduz province", gazetteer).row) is not None
    assert (city := resolve(text, "Kunduz city", gazetteer).row) is not None
    assert (province.precision, city.precision) == ("region", "settlement")


def test_the_capital_is_that_of_the_country_spoken_of(gazetteer: Gazetteer) -> None:
    found = resolve("In Belarus police dispersed a march in the capital. Belarus was calm.", "the capital", gazetteer)
    assert found.row is not None
    assert found.row.name == "Minsk"
    assert resolve("Crowds gathered in the capital.", "the capital", gazetteer).row is None


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("Canadian police met French officers.", "Canadian", "CAN"),
        ("Canadian police met French officers.", "French", "FRA"),
        ("The European mission left.", "European", None),
    ],
)
def test_a_people_stands_for_its_country(text: str, name: str, code: str | None, gazetteer: Gazetteer) -> None:
    found = resolve(text, name, gazetteer)
    assert found.row is not None
    assert found.row.precision in ("country", "region")
    assert found.row.country == code


def test_what_stood_beside_a_name_once_holds_for_its_later_mentions(gazetteer: Gazetteer) -> None:
    text = "Police in Paris, Texas, closed a road. Shots were heard in Paris again on Monday."
    later = text.rindex("Paris")
    mention = PlaceMention("Paris", Span(later, later + 5))
    (found,) = resolve_mentions([mention], text, gazetteer)
    assert found.row is not None
    assert found.row.country == "USA"
    assert "repeated-container" in {r.rule for r in found.reasons}


def test_a_list_of_counties_names_counties(gazetteer: Gazetteer) -> None:
    text = "The Minnesota flood reached Clay, Becker and Wilkin counties."
    for name in ("Clay", "Becker", "Wilkin"):
        row = resolve(text, name, gazetteer).row
        assert row is not None
        assert (row.name, row.precision) == (f"{name} County", "district")


def test_an_unrecorded_name_knows_what_is_named_near_it_and_has_no_place(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked Qorveshti near Gori in Georgia.\n\nNothing was heard of Zulqarabad."
    found = resolve(text, "Qorveshti", gazetteer)
    assert found.row is None
    assert found.near is not None
    assert found.near.name == "Gori"
    assert resolve(text, "Zulqarabad", gazetteer).near is None


def test_places_beside_a_name_speak_for_it(gazetteer: Gazetteer) -> None:
    found = resolve("Fighting reached Tripoli and, nearby, Misrata and Zawiya.", "Tripoli", gazetteer)
    assert found.row is not None
    assert found.row.country == "LBY"
    assert {"neighbours", "beside"} & {r.rule for r in found.reasons}


def test_the_order_of_mentions_does_not_matter(gazetteer: Gazetteer) -> None:
    text = "Shots fell in Gori, in Tripoli and near Tbilisi; Libya and Georgia said nothing."
    mentions = [PlaceMention(n, Span(text.index(n), text.index(n) + len(n))) for n in ("Gori", "Tripoli", "Tbilisi")]
    forward = resolve_mentions(mentions, text, gazetteer)
    backward = resolve_mentions(mentions[::-1], text, gazetteer)
    assert [r.row for r in forward] == [r.row for r in backward[::-1]]


def test_weights_are_checked(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "weights.toml"
    path.write_text("[weights]\npopulation = 1\n")
    with pytest.raises(KnowledgeError, match="exactly"):
        load_place_weights(path)
