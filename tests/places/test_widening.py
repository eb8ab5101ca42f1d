"""The small words beside a name, the area behind it, the way from elsewhere. EXERCISE: the texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.places import Gazetteer, locate_claims, resolve_mentions
from tocsin.places.resolution import Resolution
from tocsin.records import Article, Claim, Evidence, Place, PlaceMention, Span

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def mark(text: str, name: str) -> PlaceMention:
    at = text.index(name)
    return PlaceMention(name, Span(at, at + len(name)), 0.95)


def resolve(text: str, name: str, gazetteer: Gazetteer) -> Resolution:
    return resolve_mentions([mark(text, name)], text, gazetteer)[0]


def locate(text: str, gazetteer: Gazetteer, *names: str) -> Place | None:
    """Where the act happened, as the desk finds it: a reader marks `names` and points at the first."""
    marked = [mark(text, name) for name in names]
    claim = Claim("c", "a", "ASSAULT", Evidence.cut_from(text, 0, len(text)), mentions=(marked[0],))
    article = Article("a", text, NOW)
    return locate_claims([claim], article, gazetteer, names=marked, pointed={"c": marked[:1]})[0].place


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("Russian shelling killed two people in Donetsk region.", "Donetsk", "admin1:UA.05"),
        ("A drone struck a depot in Belgorod region, Russia.", "Belgorod", "admin1:RU.09"),
        ("Police held four men in the municipality of Zubin Potok.", "Zubin Potok", "overlay:municipality-zubin-potok"),
        ("Police held four men in Mitrovica District.", "Mitrovica District", "admin1:XK.10097358"),
        ("Gunmen seized a priest in northern Kosovo.", "Kosovo", "overlay:north-kosovo"),
        ("A man was taken to an east London hospital.", "London", "geonames:2643743"),
        ("Floods hit Puge county of Sichuan province.", "Sichuan", "admin1:CN.32"),
    ],
)
def test_the_small_words_beside_a_name_say_which_place_is_meant(
    text: str, name: str, place: str, gazetteer: Gazetteer
) -> None:
    found = resolve(text, name, gazetteer)
    assert found.row is not None
    assert found.row.id == place


def test_the_capital_is_that_of_the_country_that_the_article_speaks_of(gazetteer: Gazetteer) -> None:
    text = "In Mali and in Mopti, in Mali, shops closed. A crowd burned tyres in the capital of Mali, the capital."
    place = locate(text, gazetteer, "the capital", "Mali", "Mopti")
    assert place is not None
    assert (place.label, place.precision) == ("Bamako", "settlement")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Israel state television showed it.", "Israel"),
        ("Troops of the Gaza division fired.", "Gaza"),
        ("The capital of Mali was calm.", "Mali"),
    ],
)
def test_offices_troops_and_other_places_ask_for_no_area(text: str, name: str, gazetteer: Gazetteer) -> None:
    assert resolve(text, name, gazetteer).phrase.kind is None


def test_a_part_of_a_country_is_no_country_though_only_its_name_is_marked(gazetteer: Gazetteer) -> None:
    place = locate("Militants attacked a village in northern Mali.", gazetteer, "Mali")
    assert place is not None
    assert (place.name, place.shown_name, place.precision, place.lat) == (
        "northern Mali",
        "northern Mali",
        "region",
        None,
    )
    assert place.gazetteer_id == "country:MLI"


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Russian troops shelled Donetsk.", "Donetsk", "UKR"),
        ("Russia shelled Donetsk, killing two people.", "Donetsk", "UKR"),
        ("The US ambassador met the envoy in Geneva.", "Geneva", "CHE"),
        ("Police in Paris, Texas, held two men.", "Paris", "USA"),
    ],
)
def test_who_acts_abroad_does_not_say_where(text: str, name: str, country: str, gazetteer: Gazetteer) -> None:
    found = resolve(text, name, gazetteer)
    assert found.row is not None
    assert found.row.country == country


@pytest.mark.parametrize(
    "name", ["Jarinje", "Brnjak", "Merdarë", "Leposaviq", "Zubinpotok", "Trepça mines", "Gjilan District"]
)
def test_every_name_that_people_entered_is_enough_by_itself(name: str, gazetteer: Gazetteer) -> None:
    found = resolve(f"Men stopped a convoy at {name}.", name, gazetteer)
    assert found.row is not None
    assert found.row.country == "XKX"


def test_a_gate_with_a_number_is_a_crossing_only_where_something_speaks_for_its_country(gazetteer: Gazetteer) -> None:
    assert resolve("Passengers waited at Gate 1.", "Gate 1", gazetteer).row is None
    assert resolve("In Kosovo, KFOR closed Gate 1.", "Gate 1", gazetteer).row is not None


def test_a_village_named_with_its_country_is_no_namesake_far_away(gazetteer: Gazetteer) -> None:
    place = locate("Gunmen stormed Solhan in Burkina Faso.", gazetteer, "Solhan", "Burkina Faso")
    assert place is not None
    assert (place.gazetteer_id, place.country, place.within) == (None, "BFA", ("country:BFA",))
    assert "not-there" in {r.rule for r in place.reasons}
    serbian = locate("Police held a man in Zvecan, Serbia.", gazetteer, "Zvecan", "Serbia")
    assert serbian is not None
    assert serbian.gazetteer_id == "geonames:783770"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gunmen stormed Barsalogho, some 30 km north of Kaya, killing 20.", ("Barsalogho", "Kaya")),
        ("Gunmen stormed Barsalogho (30 km north of the town of Kaya).", ("Barsalogho", "Kaya")),
        ("Gunmen stormed Barsalogho, a village 30 kilometres north of Kaya.", ("Barsalogho", "Kaya")),
    ],
)
def test_a_village_that_is_not_recorded_lies_where_the_words_behind_it_say(
    text: str, names: tuple[str, ...], gazetteer: Gazetteer
) -> None:
    place = locate(text, gazetteer, *names)
    assert place is not None
    assert (place.name, place.precision, place.country, place.gazetteer_id) == ("Barsalogho", "settlement", "BFA", None)
    assert (place.lat, place.lon) == pytest.approx((13.36, -1.08), abs=0.02)
    assert "offset" in {r.rule for r in place.reasons}


def test_so_far_off_no_point_is_reckoned_but_the_country_is(gazetteer: Gazetteer) -> None:
    place = locate("Gunmen stormed Barsalogho, 90 km north of Kaya.", gazetteer, "Barsalogho", "Kaya")
    assert place is not None
    assert (place.country, place.lat) == ("BFA", None)


def test_between_two_towns_is_in_what_both_lie_in(gazetteer: Gazetteer) -> None:
    place = locate("They blocked the road between Zvecan and Leposavic.", gazetteer, "Zvecan and Leposavic")
    assert place is not None
    assert (place.country, place.lat, place.within[0]) == ("XKX", None, "admin1:XK.10097358")


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("It fired a missile into the Sea of Japan.", "Japan", "overlay:sea-of-japan"),
        ("Pirates attacked a tanker in the Gulf of Guinea.", "Guinea", "overlay:gulf-of-guinea"),
    ],
)
def test_a_sea_is_no_country(text: str, name: str, place: str, gazetteer: Gazetteer) -> None:
    found = locate(text, gazetteer, name)
    assert found is not None
    assert (found.gazetteer_id, found.precision, found.country) == (place, "region", None)


def test_the_province_behind_its_country_s_name_is_meant(gazetteer: Gazetteer) -> None:
    place = locate("Clashes in Nigeria's Plateau state killed 12.", gazetteer, "Nigeria", "Plateau")
    assert place is not None
    assert (place.name, place.gazetteer_id) == ("Plateau state", "admin1:NG.49")


def test_the_line_of_control_is_a_name(gazetteer: Gazetteer) -> None:
    found = resolve("Troops crossed the Line of Control.", "Line of Control", gazetteer)
    assert found.row is not None
    assert found.row.id == "overlay:loc"
