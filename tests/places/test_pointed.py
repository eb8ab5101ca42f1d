"""Spots that nobody names, and what the reader's arcs say of them. EXERCISE: all texts are invented."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tocsin.places import Gazetteer, locate_claims
from tocsin.places.pointed import find_common
from tocsin.places.weighing import make_weigher
from tocsin.places.words import load_place_words
from tocsin.records import Article, Claim, EventType, Evidence, Place, PlaceMention, Span

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def mark(text: str, words: str, score: float | None = None) -> PlaceMention:
    at = text.rindex(words)
    return PlaceMention(words, Span(at, at + len(words)), score)


def point(text: str, words: str, chance: float) -> tuple[PlaceMention, ...]:
    """Each word of the last such phrase of the text, pointed at alike."""
    start = text.rindex(words)
    return tuple(
        PlaceMention(w.group(), Span(start + w.start(), start + w.end()), chance) for w in re.finditer(r"\w+", words)
    )


def make_claim(text: str, words: str, type_: EventType = "COERCE", id_: str = "c") -> Claim:
    at = text.index(words)
    low, high = text.rfind(". ", 0, at) + 1, text.find(".", at) + 1
    evidence = Evidence.cut_from(text, low + (text[low] == " "), high)
    return Claim(id_, "a", type_, evidence, trigger=Span(at, at + len(words)))


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


@pytest.mark.parametrize("spot", ["the watchtower", "the press club", "his tent", "a border town"])
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


def test_what_acts_of_a_type_have_in_common_leaves_out_the_claim_itself() -> None:
    text = "Rebels shelled Gori. They fired on the bridge. Both were condemned."
    acts = [
        make_claim(text, "shelled", "ASSAULT", "one"), make_claim(text, "fired", "ASSAULT", "two"),
        make_claim(text, "condemned", "ACCUSE", "three"),
    ]  # fmt: skip
    gori = mark(text, "Gori").span
    assert gori is not None
    arcs = {"one": point(text, "Gori", 0.8), "two": point(text, "Gori", 0.3)}
    common = find_common(acts, [(gori, "gori")], arcs)
    assert [common.read("gori", act) for act in acts] == [0.3, 0.8, 0.0]
    assert common.read("elsewhere", acts[0]) == 0.0


def test_cues_of_where_a_name_stands() -> None:
    text = "Shells fell in Orle. Troops came from Ebnat and camped in the town of Orle. Guns fired."
    spots = [mark(text, "Ebnat"), PlaceMention("Orle", Span(15, 19)), mark(text, "the town of Orle")]
    claim = make_claim(text, "fired", "ASSAULT")
    weigher = make_weigher(text, [claim], spots, {}, None, load_place_words())
    cues = dict(zip([s.mention.name for s in weigher.sites], weigher.list_cues(claim), strict=True))
    assert [(name, c["origin"], c["last-told"]) for name, c in cues.items()] == [
        ("Orle", 0.0, 0.0), ("Ebnat", 1.0, 0.0), ("the town of Orle", 0.0, 1.0),
    ]  # fmt: skip
    assert {s.name for s in weigher.sites} == {"orle", "ebnat"}
