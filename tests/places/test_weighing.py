"""Where an act happened, weighed among all names of its article."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer, locate_claims
from tocsin.places.act_weights import NONE_CUES, SITE_CUES, load_act_place_weights
from tocsin.places.weighing import make_weigher, share_odds
from tocsin.places.words import load_place_words
from tocsin.records import Article, Claim, EventType, Evidence, PlaceMention, Span

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TEXT = (
    "Rebels shelled Gori at dawn on Monday. Three houses burned down. "
    "In Kutaisi the mayor, Anna Vels, called for calm. Troops closed the pier."
)


def made(words: str, type_: EventType = "ASSAULT", mentions: tuple[str, ...] = ()) -> Claim:
    at = TEXT.index(words)
    found = tuple(PlaceMention(name, span_of(name)) for name in mentions)
    trigger = Span(at, at + len(words.split()[0]))
    return Claim(f"c{at}", "a", type_, Evidence.cut_from(TEXT, at, at + len(words)), mentions=found, trigger=trigger)


def span_of(name: str) -> Span:
    at = TEXT.index(name)
    return Span(at, at + len(name))


def point(**chances: float) -> tuple[PlaceMention, ...]:
    words = [PlaceMention(name, span_of(name), chance) for name, chance in chances.items()]
    return tuple(sorted(words, key=lambda word: word.span or Span(0, 0)))


def locate(gazetteer: Gazetteer, claim: Claim, pointed: tuple[PlaceMention, ...]) -> Claim:
    (located,) = locate_claims([claim], Article("a", TEXT, NOW), gazetteer, pointed={claim.id: pointed})
    return located


def test_the_name_pointed_at_is_taken_though_another_sentence_tells_the_act(gazetteer: Gazetteer) -> None:
    burned = locate(gazetteer, made("burned down"), point(Gori=0.4, Kutaisi=0.02))
    assert burned.place is not None
    assert burned.place.name == "Gori"
    why = burned.place.reasons[0]
    assert why.rule == "act-place"
    assert why.version == load_act_place_weights().version
    assert "pointed" in why.detail


def test_without_a_word_pointed_at_there_is_no_place_and_the_reason_says_so(gazetteer: Gazetteer) -> None:
    called = locate(gazetteer, made("called for calm", "REQUEST"), ())
    assert called.place is None
    assert [r.rule for r in called.reasons] == ["no-place"]


def test_the_surer_of_two_names_wins(gazetteer: Gazetteer) -> None:
    act = made("burned down")
    for gori, kutaisi, wanted in ((0.7, 0.1, "Gori"), (0.1, 0.9, "Kutaisi")):
        place = locate(gazetteer, act, point(Gori=gori, Kutaisi=kutaisi)).place
        assert place is not None
        assert place.name == wanted


def test_a_site_by_its_words_alone_keeps_them_without_a_point(gazetteer: Gazetteer) -> None:
    text = "Soldiers closed the bridge on Monday."
    at = text.index("the bridge")
    mention = PlaceMention("the bridge", Span(at, at + 10))
    claim = Claim("c", "a", "COERCE", Evidence.cut_from(text, 0, len(text)), mentions=(mention,), trigger=Span(9, 15))
    word = PlaceMention("bridge", Span(at + 4, at + 10), 0.95)
    (located,) = locate_claims([claim], Article("a", text, NOW), gazetteer, pointed={"c": (word,)})
    assert located.place is not None
    assert (located.place.name, located.place.precision, located.place.lat) == ("the bridge", "site", None)


def test_peoples_and_outlets_are_never_weighed(gazetteer: Gazetteer) -> None:
    text = "Gori Times reported that Canadians marched."
    claim = Claim("c", "a", "PROTEST", Evidence.cut_from(text, 0, len(text)), trigger=Span(35, 42))
    sure = tuple(
        PlaceMention(word, Span(text.index(word), text.index(word) + len(word)), 0.99) for word in ("Gori", "Canadians")
    )
    article = Article("a", text, NOW, outlet_name="Gori")
    (located,) = locate_claims([claim], article, gazetteer, pointed={"c": sure})
    assert located.place is None


def test_mentions_of_one_name_count_together() -> None:
    text = "Gori. Gori. Troops fired."
    mentions = [PlaceMention("Gori", Span(start, start + 4), 0.9) for start in (0, 6)]
    words = tuple(replace(m, score=0.6) for m in mentions)
    claim = Claim("c", "a", "ASSAULT", Evidence.cut_from(text, 12, 25), trigger=Span(19, 24))
    shares = []
    for found in (mentions, mentions[1:]):
        weigher = make_weigher(text, [claim], found, {"c": words}, None, load_place_words())
        weighed = weigher.weigh(claim, load_act_place_weights())
        assert weighed.mention is not None
        assert weighed.mention.name == "Gori"
        shares.append(weighed.reasons[0].weight or 0.0)
    assert shares[0] > shares[1]


def test_shares_of_odds_that_no_exponent_holds() -> None:
    assert share_odds([0.0, 0.0]) == [0.5, 0.5]
    huge = share_odds([1e6, -1e6, 1e6])
    assert math.isclose(sum(huge), 1.0)
    assert huge[1] == 0.0


def test_a_word_that_belongs_to_a_name_in_part_counts_for_it() -> None:
    text = "Rebels fired in New Orle."
    mention = PlaceMention("New Orle", Span(16, 24), 0.9)
    claim = Claim("c", "a", "ASSAULT", Evidence.cut_from(text, 0, 25), trigger=Span(7, 12))
    words = (PlaceMention("New", Span(16, 19), 0.2), PlaceMention("Orle", Span(20, 24), 0.5))
    weigher = make_weigher(text, [claim], [mention], {"c": words}, None, load_place_words())
    (cues,) = weigher.list_cues(claim)
    assert cues["pointed"] == 0.0
    (faint,) = make_weigher(text, [claim], [mention], {}, None, load_place_words()).list_cues(claim)
    assert faint["pointed"] == -6.0


def test_all_cues_have_weights() -> None:
    table = load_act_place_weights()
    assert set(table.site) == set(SITE_CUES)
    assert set(table.none) == set(NONE_CUES)
    claim = made("shelled", mentions=("Gori",))
    weigher = make_weigher(TEXT, [claim], [], {}, None, load_place_words())
    assert set(weigher.list_cues(claim)[0]) == set(SITE_CUES)
    assert set(weigher.list_none_cues(replace(claim, type="COERCE"))) <= set(NONE_CUES)


@pytest.mark.parametrize("broken", ["version = '1'", "[site]\npointed = 1\n[none]\nnothing = 0"])
def test_a_table_that_lacks_a_weight_is_refused(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(broken, "utf-8")
    with pytest.raises(KnowledgeError, match="must hold exactly"):
        load_act_place_weights(path)
    rows = "".join(f"{cue} = 'much'\n" for cue in SITE_CUES)
    path.write_text(f"[site]\n{rows}", "utf-8")
    with pytest.raises(KnowledgeError, match="must be a number"):
        load_act_place_weights(path)
