from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.places import Gazetteer, GazetteerRow, footnotes, locate_claims, open_gazetteer
from tocsin.records import (
    Article,
    Attribution,
    Claim,
    EventType,
    Evidence,
    Party,
    Place,
    PlaceMention,
    Span,
    from_json,
    to_json,
)

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def make_claim(
    text: str, evidence: str, names: tuple[str, ...] = (), type_: EventType = "PROTEST", party: str | None = None
) -> Claim:
    start = text.index(evidence)
    mentions = tuple(PlaceMention(n, Span(text.index(n), text.index(n) + len(n))) for n in names)
    actor = (Party(party, span=Span(text.index(party), text.index(party) + len(party))),) if party else ()
    return Claim(
        f"c{start}", "a", type_, Evidence.cut_from(text, start, start + len(evidence)), actor=actor, mentions=mentions
    )


def locate(gazetteer: Gazetteer, text: str, *claims: Claim, outlet: str | None = None) -> list[Place | None]:
    article = Article("a", text, NOW, outlet_name=outlet)
    return [c.place for c in locate_claims(claims, article, gazetteer)]


def locate_one(gazetteer: Gazetteer, text: str, *names: str, **given: object) -> Place | None:
    return locate(gazetteer, text, make_claim(text, text, names, **given))[0]  # type: ignore[arg-type]


def test_the_main_bridge_of_a_town_is_a_site_in_it(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Serbs blocked the main bridge in Mitrovica, Kosovo.", "the main bridge in Mitrovica")
    assert place is not None
    assert (place.gazetteer_id, place.precision, place.is_point) == ("overlay:ibar-bridge", "site", True)
    assert place.name == "the main bridge in Mitrovica"
    assert place.within == ("geonames:789225", "admin1:XK.10097358", "country:XKX")
    assert place.footnote == "kosovo-1244"
    assert from_json(Place, to_json(place)) == place


def test_a_bridge_without_a_name_is_never_a_site(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Serbs blocked a bridge in Zvecan.", "a bridge", "Zvecan")
    assert place is not None
    assert (place.precision, place.gazetteer_id) == ("settlement", "geonames:783770")
    assert locate_one(gazetteer, "Serbs blocked the bridge.", "the bridge") is None


def test_a_site_and_the_river_named_after_it_are_one_mention(gazetteer: Gazetteer) -> None:
    text = "Soldiers stood at the main bridge over the Ibar in Kosovo."
    place = locate_one(gazetteer, text, "the main bridge", "the Ibar")
    assert place is not None
    assert (place.name, place.gazetteer_id) == ("the main bridge over the Ibar", "overlay:ibar-bridge")


def test_a_site_not_recorded_is_placed_in_its_town_with_the_reason(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "A bomb hit the fruit market in Quetta, Pakistan.", "the fruit market in Quetta")
    assert place is not None
    assert (place.precision, place.label) == ("settlement", "Quetta")
    assert "in-settlement" in {r.rule for r in place.reasons}


def test_a_site_named_apart_from_its_town_keeps_its_words_and_takes_the_town_s_point(gazetteer: Gazetteer) -> None:
    text = "Traders in Quetta, Pakistan, said that a bomb had hit the fruit market."
    place = locate_one(gazetteer, text, "Quetta", "the fruit market")
    assert place is not None
    assert (place.name, place.label, place.precision) == ("the fruit market", "Quetta", "settlement")
    assert {"site-in-town", "in-settlement"} <= {r.rule for r in place.reasons}


def test_roads_of_a_town_are_placed_in_the_town(gazetteer: Gazetteer) -> None:
    text = "Serbs set up barricades on several roads in Kosovska Mitrovica and its vicinity."
    place = locate_one(gazetteer, text, "several roads in Kosovska Mitrovica and its vicinity", "Kosovska Mitrovica")
    assert place is not None
    assert (place.gazetteer_id, place.precision) == ("geonames:789225", "settlement")


def test_the_finest_place_inside_the_area_is_taken(gazetteer: Gazetteer) -> None:
    text = "Fighting broke out in eastern Ukraine near Bakhmut."
    place = locate_one(gazetteer, text, "eastern Ukraine", "Bakhmut")
    assert place is not None
    assert (place.label, place.precision) == ("Bakhmut", "settlement")
    other = locate_one(gazetteer, "Fighting broke out in eastern Ukraine. Paris was calm.", "eastern Ukraine", "Paris")
    assert other is not None
    assert other.country == "UKR"


def test_a_part_of_a_country_is_a_region_without_a_point(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Fighting broke out in eastern Ukraine.", "eastern Ukraine")
    assert place is not None
    assert (place.precision, place.country, place.lat, place.is_point) == ("region", "UKR", None, False)


def test_an_unknown_village_keeps_its_name_inside_its_province(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Gunmen killed two at Xyzzyville in North Kivu.", "Xyzzyville", "North Kivu")
    assert place is not None
    assert (place.name, place.lat, place.gazetteer_id) == ("Xyzzyville", None, None)
    assert (place.country, place.within) == ("COD", ("admin1:CD.11", "country:COD"))
    assert "no-match" in {r.rule for r in place.reasons}


def test_an_unknown_village_lies_in_the_country_that_the_article_speaks_of(gazetteer: Gazetteer) -> None:
    text = "Gunmen killed two at Xyzzyville. Mali sent troops. People in Gao and Bamako fled; Niger looked on."
    place = locate(gazetteer, text, make_claim(text, "Gunmen killed two at Xyzzyville.", ("Xyzzyville",)))[0]
    assert place is not None
    assert (place.name, place.country, place.within, place.lat) == ("Xyzzyville", "MLI", ("country:MLI",), None)
    assert {"no-match", "main-country"} <= {r.rule for r in place.reasons}


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen killed two at Xyzzyville.",
        "Gunmen killed two at Xyzzyville. Mali and Niger sent troops.",
    ],
)
def test_where_no_country_leads_it_lies_in_none(text: str, gazetteer: Gazetteer) -> None:
    place = locate(gazetteer, text, make_claim(text, "Gunmen killed two at Xyzzyville", ("Xyzzyville",)))[0]
    assert place is None or (place.name, place.country) == ("Xyzzyville", None)


def test_what_lies_beyond_the_border_is_not_around_it(gazetteer: Gazetteer) -> None:
    text = (
        "Gunmen killed two in Xyzzyville, near the border with Burkina Faso. Mali sent troops. Bamako and Gao mourned."
    )
    evidence = text.partition(". ")[0]
    place = locate(gazetteer, text, make_claim(text, evidence, ("Xyzzyville", "Burkina Faso")))[0]
    assert place is not None
    assert (place.name, place.country) == ("Xyzzyville", "MLI")


def test_a_name_of_many_places_has_no_point(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Men attacked San Jose.", "San Jose")
    assert place is not None
    assert (place.name, place.lat, place.lon, place.gazetteer_id, place.country) == ("San Jose", None, None, None, None)
    assert "too-close" in {r.rule for r in place.reasons}
    assert place.is_ambiguous


def test_namesakes_of_several_kinds_guess_none_of_them(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Men attacked Victoria.", "Victoria")
    assert place is not None
    assert (place.precision, place.is_ambiguous) == ("settlement", True)


def test_so_many_kilometres_from_a_town_is_a_site_of_its_own(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "A mine went off 3 km north of Zvecan.", "Zvecan")
    assert place is not None
    assert (place.name, place.precision, place.gazetteer_id) == ("3 km north of Zvecan", "site", None)
    assert place.is_point
    assert place.within[0] == "geonames:783770"


@pytest.mark.parametrize("type_", ["REQUEST", "ACCUSE", "REJECT", "THREATEN", "AGREE", "SUPPORT", "CONCEDE"])
def test_words_have_no_place_but_where_their_sentence_says_so(type_: EventType, gazetteer: Gazetteer) -> None:
    text = "PRISTINA, Kosovo (Wire) - Men fought in Zvecan. The president urged calm. In Skopje he asked for talks."
    calm = make_claim(text, "The president urged calm.", ("Zvecan", "PRISTINA"), type_)
    talks = make_claim(text, "he asked for talks", ("Skopje",), type_)
    first, second = locate(gazetteer, text, calm, talks)
    assert first is None
    assert second is not None
    assert second.label == "Skopje"
    (claim,) = locate_claims([calm], Article("a", text, NOW), gazetteer)
    assert {r.rule for r in claim.reasons} == {"no-place"}


def test_words_take_no_place_from_their_own_content(gazetteer: Gazetteer) -> None:
    text = "The minister accused Serbia of sending men to fight in Zvecan."
    assert locate_one(gazetteer, text, type_="ACCUSE") is None
    assert locate_one(gazetteer, text, type_="ASSAULT") is not None


def test_a_dateline_places_a_deed_only_if_the_report_goes_on_about_it(gazetteer: Gazetteer) -> None:
    lead = "NAIROBI (Wire) - Gunmen killed nine villagers on Monday. Troops were sent to patrol in Garissa."
    claim = make_claim(lead, "Gunmen killed nine villagers", ("NAIROBI",), "ASSAULT")
    assert locate(gazetteer, lead, claim) == [None]
    again = f"{lead} Police sealed off a street in Nairobi."
    (place,) = locate(gazetteer, again, make_claim(again, "Gunmen killed nine villagers", ("NAIROBI",), "ASSAULT"))
    assert place is not None
    assert place.label == "Nairobi"


def test_parts_of_parties_outlets_and_common_words_are_no_places(gazetteer: Gazetteer) -> None:
    text = "Kosovo police beat a man."
    assert locate_one(gazetteer, text, "Kosovo", type_="ASSAULT", party="Kosovo police") is None
    text = "Men were beaten, Belgrade said."
    assert locate(gazetteer, text, make_claim(text, text, ("Belgrade",)), outlet="Belgrade") == [None]
    text = "UPDATE: Men were beaten by the rest of Serbia."
    assert locate_one(gazetteer, text, "UPDATE", "Serbia") is None


def test_an_attribution_s_town_is_not_the_place(gazetteer: Gazetteer) -> None:
    text = "A Zvecan official said men burned tyres."
    span = Span(0, len("A Zvecan official"))
    claim = make_claim(text, text, ("Zvecan",))
    claim = Claim(
        claim.id, "a", "PROTEST", claim.evidence, mentions=claim.mentions,
        attribution=(Attribution("A Zvecan official", "official", "said", span),),
    )  # fmt: skip
    assert locate(gazetteer, text, claim) == [None]


def test_a_deed_without_a_mention_takes_what_its_sentence_says(gazetteer: Gazetteer) -> None:
    place = locate_one(gazetteer, "Kosovo police closed the Jarinje crossing.", type_="COERCE", party="Kosovo police")
    assert place is not None
    assert place.gazetteer_id == "overlay:jarinje-crossing"


def test_the_place_carries_over_to_the_next_sentence_and_no_further(gazetteer: Gazetteer) -> None:
    text = "Men fought in Zvecan. Two were hurt. Shops closed. Trade fell. Five more died."
    fight = make_claim(text, "Men fought in Zvecan", ("Zvecan",), "ASSAULT")
    hurt, died = make_claim(text, "Two were hurt", (), "ASSAULT"), make_claim(text, "Five more died", (), "ASSAULT")
    places = locate(gazetteer, text, fight, hurt, died)
    assert [p and p.label for p in places] == ["Zvečan", "Zvečan", None]
    assert places[1] is not None
    assert places[1].reasons[0].rule == "carried-over"


def test_a_deed_of_another_type_takes_over_in_the_next_sentence_and_no_further(gazetteer: Gazetteer) -> None:
    text = "Men fought in Zvecan. Police closed a road. Shops shut. Soldiers held two men.\nTraders marched."
    fight = make_claim(text, "Men fought in Zvecan", ("Zvecan",), "ASSAULT")
    others = [
        make_claim(text, "Police closed a road", (), "COERCE"),
        make_claim(text, "Soldiers held two men", (), "COERCE"),
        make_claim(text, "Traders marched", (), "PROTEST"),
    ]
    assert [p and p.label for p in locate(gazetteer, text, fight, *others)] == ["Zvečan", "Zvečan", None, None]


def test_extra_places_and_their_only_bridge(gazetteer: Gazetteer) -> None:
    town = GazetteerRow("ex-orle", "Orle", (), "settlement", "XHV", -47.5, -126.0, None, 900, "town")
    bridge = GazetteerRow("ex-bridge", "Lantern Bridge", (), "site", "XHV", -47.5, -126.0, "ex-orle", None, "bridge")
    mine = Gazetteer(gazetteer.path, extra=(town, bridge))
    text = "Villagers blocked the bridge in Orle on Monday, police said."
    place = locate_one(mine, text, "the bridge in Orle")
    assert place is not None
    assert (place.gazetteer_id, place.within) == ("ex-bridge", ("ex-orle",))
    apart = locate_one(mine, text, "the bridge", "Orle")
    assert apart is not None
    assert apart.gazetteer_id == "ex-bridge"
    text = "Villagers blocked a bridge in Orle on Monday, police said."
    place = locate_one(mine, text, "a bridge", "Orle")
    assert place is not None
    assert place.gazetteer_id == "ex-orle"


def test_names_follow_the_policy_and_quotations_the_outlet(gazetteer: Gazetteer) -> None:
    text = "Serbs blocked a road in Kosovska Mitrovica."
    labels = {}
    for policy in ("un", "local", "as-reported"):
        with_policy = open_gazetteer(gazetteer.path.parent, policy=policy)
        place = locate_one(with_policy, text, "Kosovska Mitrovica")
        assert place is not None
        assert place.name == "Kosovska Mitrovica"
        labels[policy] = place.label
        assert "1244" in " ".join(footnotes([place, None, place]))
    assert labels == {
        "un": "Mitrovica",
        "local": "Kosovska Mitrovica / Mitrovicë",
        "as-reported": "Kosovska Mitrovica",
    }


def test_the_claims_themselves_are_untouched(gazetteer: Gazetteer) -> None:
    text = "Men fought in Zvecan."
    claim = make_claim(text, text, ("Zvecan",), "ASSAULT")
    (located,) = locate_claims([claim], Article("a", text, NOW), gazetteer)
    assert claim.place is None
    assert (located.id, located.evidence, located.mentions) == (claim.id, claim.evidence, claim.mentions)
    assert locate_claims([], Article("a", text, NOW), gazetteer) == ()


# --- sites that name nothing themselves
def test_a_site_is_in_the_town_that_the_text_spoke_of_last(gazetteer: Gazetteer) -> None:
    text = "Crowds filled the streets of Minsk on Sunday. Police chained off the war museum at noon."
    claim = make_claim(text, "Police chained off the war museum at noon", ("the war museum",), "COERCE")
    (place,) = locate(gazetteer, text, claim)
    assert place is not None
    assert (place.name, place.precision, place.country) == ("the war museum", "settlement", "BLR")
    assert "in-settlement" in {r.rule for r in place.reasons}


def test_a_site_far_behind_the_town_or_behind_another_country_stays_open(gazetteer: Gazetteer) -> None:
    for between in ("Nothing else was known. " * 40, "In France calm returned. "):
        text = f"Crowds filled Minsk. {between}Police chained off the war museum."
        claim = make_claim(text, "Police chained off the war museum", ("the war museum",), "COERCE")
        (place,) = locate(gazetteer, text, claim)
        assert place is None or not place.is_point


def test_a_named_bridge_is_not_moved_to_the_town_before(gazetteer: Gazetteer) -> None:
    text = "Officials met in Quito. Soldiers closed the Zulqarabad bridge."
    claim = make_claim(text, "Soldiers closed the Zulqarabad bridge", ("the Zulqarabad bridge",), "COERCE")
    (place,) = locate(gazetteer, text, claim)
    assert place is not None
    assert (place.precision, place.lat) == ("site", None)


def test_a_place_of_that_name_at_the_other_end_of_the_world_is_not_taken(gazetteer: Gazetteer) -> None:
    text = "In Papua New Guinea men of the Hela province cut the road at Tissi. Tari, in Hela, was calm."
    place = locate_one(gazetteer, text, "Tissi")
    assert place is None or place.country != "ITA"


def test_a_people_is_no_place(gazetteer: Gazetteer) -> None:
    text = "Canadian soldiers closed a road."
    assert locate_one(gazetteer, text, "Canadian", type_="COERCE") is None


def test_names_of_a_reader_decide_with_the_gazetteer(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked Gori on Monday."
    claim = make_claim(text, text, (), "ASSAULT")
    article = Article("a", text, NOW)
    at = text.index("Gori")
    sure = [PlaceMention("Gori", Span(at, at + 4), 0.99)]
    (with_marks,) = locate_claims([claim], article, gazetteer, names=sure)
    (unmarked,) = locate_claims([claim], article, gazetteer, names=[])
    assert unmarked.place is None or with_marks.place == unmarked.place


def test_a_point_reckoned_from_a_town_lies_in_the_sector_that_holds_the_point(gazetteer: Gazetteer) -> None:
    def draw(id_: str, south: float, north: float) -> GazetteerRow:
        ring = [[20.6, south], [21.1, south], [21.1, north], [20.6, north], [20.6, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        return GazetteerRow(id_, id_, (), "district", "XKX", (south + north) / 2, 20.8, shape=shape)

    drawn = Gazetteer(gazetteer.path, extra=(draw("m:south", 42.7, 42.93), draw("m:north", 42.93, 43.2)))
    for text, sector in (("in Zvecan", "m:south"), ("5 km north of Zvecan", "m:north")):
        place = locate_one(drawn, f"A mine went off {text}.", "Zvecan")
        assert place is not None
        assert [id_ for id_ in place.within if id_.startswith("m:")] == [sector]
        assert place.within[-1] == "country:XKX"
    drawn.close()
