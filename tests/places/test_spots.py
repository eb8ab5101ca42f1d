"""Spots that nobody names, and names that words such as "the bridge" go back to. EXERCISE: all texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.places.made import make_claim, mark, point
from tocsin.places import Gazetteer, locate_claims
from tocsin.records import Article, Claim, Place

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def locate(
    gazetteer: Gazetteer, text: str, act: str, marked: tuple[str, ...], pointed: str, chance: float = 0.9
) -> Place | None:
    claim = make_claim(text, act)
    claim = Claim(
        claim.id, "a", claim.type, claim.evidence, trigger=claim.trigger,
        mentions=tuple(mark(text, words) for words in marked),
    )  # fmt: skip
    arcs = {"c": point(text, pointed, chance)}
    (located,) = locate_claims([claim], Article("a", text, NOW), gazetteer, names=(), pointed=arcs)
    return located.place


@pytest.mark.parametrize("spot", ["the watchtower", "the press club", "his tent", "a border town", "this harbour town"])
def test_a_spot_of_no_known_kind_keeps_its_words(gazetteer: Gazetteer, spot: str) -> None:
    place = locate(gazetteer, f"Soldiers held two men at {spot} on Monday.", "held", (spot,), spot)
    assert place is not None
    assert (place.name, place.lat) == (spot, None)


def test_a_spot_is_in_the_town_named_with_it(gazetteer: Gazetteer) -> None:
    text = "Teachers in Kutaisi were arrested outside the press club."
    place = locate(gazetteer, text, "arrested", ("the press club", "Kutaisi"), "the press club")
    assert place is not None
    assert place.name == "the press club"
    assert place.lat == pytest.approx(42.25, abs=0.1)


def test_words_that_no_article_leads_are_no_spot(gazetteer: Gazetteer) -> None:
    assert locate(gazetteer, "Police searched wards on Monday.", "searched", ("wards",), "wards") is None


@pytest.mark.parametrize(
    ("told", "again"), [("the headland at Gori", "the headland"), ("Gori crossing", "the same crossing")]
)
def test_a_noun_told_again_goes_back_to_the_name(gazetteer: Gazetteer, told: str, again: str) -> None:
    text = f"Troops reached {told} on Monday. They have closed {again} since."
    claim = make_claim(text, "closed")
    named = mark(text, "Gori", 0.99)
    arcs = {"c": point(text, again, 0.9)}
    claim = Claim("c", "a", "COERCE", claim.evidence, trigger=claim.trigger, mentions=(mark(text, again),))
    (located,) = locate_claims([claim], Article("a", text, NOW), gazetteer, names=(named,), pointed=arcs)
    assert located.place is not None
    assert located.place.name == told


def test_a_site_is_not_made_another_site_beside_it(gazetteer: Gazetteer) -> None:
    text = "Youths burned Gori market after a march along Stalin Avenue."
    place = locate(gazetteer, text, "burned", ("Gori market", "Stalin Avenue"), "Gori market")
    assert place is not None
    assert place.name == "Gori market"
