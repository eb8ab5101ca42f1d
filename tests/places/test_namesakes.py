"""Countries of parties where the name that gave them is another place, or a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.places import Gazetteer, locate_claims
from tocsin.records import Article, Claim, Evidence, Party, PlaceMention, Span

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def settle(
    gazetteer: Gazetteer, text: str, party: str, country: str | None, names: tuple[str, ...] = ()
) -> tuple[str | None, list[str]]:
    """The country of the party after the places are known, and the rules that changed it."""
    at = text.index(party)
    whole = Evidence.cut_from(text, 0, len(text))
    claim = Claim("c", "a", "COERCE", whole, actor=(Party(party, country, "COP", Span(at, at + len(party))),))
    marked = [PlaceMention(name, Span(text.index(name), text.index(name) + len(name)), 0.95) for name in names]
    (located,) = locate_claims([claim], Article("a", text, NOW), gazetteer, names=marked, pointed={})
    return located.actor[0].country, [r.rule for r in located.reasons if r.rule == "party-namesake"]


@pytest.mark.parametrize(
    ("text", "party", "taken", "names", "meant"),
    [
        (
            "Police in Atlanta, Georgia, held two men.",
            "Police in Atlanta, Georgia",
            "GEO",
            ("Atlanta", "Georgia"),
            "USA",
        ),
        ("Police in Atlanta, Georgia, held two men.", "two men", "GEO", ("Atlanta", "Georgia"), "USA"),
        ("Police in Moscow, Idaho, held two men.", "two men", "RUS", ("Moscow", "Idaho"), "USA"),
        ("Police held Michael Jordan in Chicago.", "Police", "JOR", ("Chicago",), "USA"),
        ("Police heard Mr Jordan.", "Police", "JOR", (), None),
        ("Police held Jordan Peterson in Toronto.", "Police", "JOR", ("Toronto",), "CAN"),
        ("Police held Jordan Peterson in Toronto.", "Jordan Peterson", "JOR", ("Toronto",), None),
        (
            "Police in Tripoli, Lebanon, held two men.",
            "Police in Tripoli, Lebanon",
            None,
            ("Tripoli", "Lebanon"),
            "LBN",
        ),
    ],
)
def test_a_namesake_gives_its_own_country(
    gazetteer: Gazetteer,
    text: str,
    party: str,
    taken: str | None,
    names: tuple[str, ...],
    meant: str | None,
) -> None:
    assert settle(gazetteer, text, party, taken, names) == (meant, ["party-namesake"])


@pytest.mark.parametrize(
    ("text", "party", "country", "names"),
    [
        ("Police held Michael Jordan in Chicago.", "Michael Jordan", None, ("Chicago",)),
        (
            "Police at the US embassy in Baghdad held two men.",
            "Police at the US embassy",
            "USA",
            ("US embassy in Baghdad",),
        ),
        ("Police in Tbilisi, Georgia, held two men.", "Police in Tbilisi, Georgia", "GEO", ("Tbilisi", "Georgia")),
        ("Police in Birmingham, Alabama, held two men.", "two men", "USA", ("Birmingham", "Alabama")),
        ("Jordan held two men in Amman.", "two men", "JOR", ("Jordan", "Amman")),
        ("On Sunday Jordan held two men.", "two men", "JOR", ()),
        ("Police held two men.", "two men", "GEO", ()),
        # a capital stands for its government, whatever the article is about
        ("Paris said that two men were held in Houston and Dallas.", "Paris", "FRA", ("Paris", "Houston", "Dallas")),
        ("The minister said that Lilongwe had held two men.", "Lilongwe", "MWI", ()),
        # a place that two tables give to two countries is one place
        ("Police in Hong Kong held two men.", "two men", "CHN", ("Hong Kong",)),
    ],
)
def test_other_names_change_nothing(
    gazetteer: Gazetteer, text: str, party: str, country: str | None, names: tuple[str, ...]
) -> None:
    assert settle(gazetteer, text, party, country, names) == (country, [])


def test_a_country_that_is_named_besides_keeps_its_parties(gazetteer: Gazetteer) -> None:
    text = "Georgian soldiers met police of Atlanta, Georgia, in Tbilisi."
    names = ("Atlanta", "Georgia,", "Tbilisi")
    assert settle(gazetteer, text, "Georgian soldiers", "GEO", names) == ("GEO", [])


def test_mr_jordan_and_jordan_are_two(gazetteer: Gazetteer) -> None:
    text = "Mr Jordan said that police had held two men in Amman."
    assert settle(gazetteer, text, "police", "JOR", ("Amman",)) == ("JOR", [])


def test_a_name_that_stays_open_gives_no_party_a_country(gazetteer: Gazetteer) -> None:
    text = "Police held protesters in Victoria."
    assert settle(gazetteer, text, "Police", "SYC", ("Victoria",)) == (None, ["party-namesake"])
    assert settle(gazetteer, text, "protesters", None, ("Victoria",)) == (None, [])
    told = "Police held protesters in Victoria, Seychelles."
    assert settle(gazetteer, told, "Police", "SYC", ("Victoria", "Seychelles")) == ("SYC", [])
