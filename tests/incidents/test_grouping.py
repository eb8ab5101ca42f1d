from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.incidents.world import (
    BRIDGE,
    CROWD,
    FIRST,
    ORLAN,
    POLICE,
    REBELS,
    SECOND,
    TESKE,
    VALLEY,
    WEIGHTS,
    World,
    only,
    partition,
)
from tests.work import count_calls
from tocsin.incidents.compare import measure_parts
from tocsin.incidents.facts import prepare_facts
from tocsin.records import Claim, PartialDate, Party, Place, Toll, incident_id


@pytest.fixture
def world() -> World:
    return World()


def test_three_reports_of_one_beating_are_one_incident(world: World) -> None:
    a = world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    b = world.claim("b", mode="beat", actor=(Party("the police", "XVA", "COP"),), recipient=(CROWD,), place=BRIDGE)
    c = world.claim("c", actor=(POLICE,), recipient=(Party("villagers", "XVA", "CVL"),))
    incident = only(world.group())
    assert set(incident.claim_ids) == {a.id, b.id, c.id}
    assert incident.origins == 3
    assert incident.place == BRIDGE
    assert incident.id == incident_id(incident.claim_ids[0])


def test_two_identical_incidents_a_day_apart_stay_two(world: World) -> None:
    for day in (FIRST, SECOND):
        for article in ("a", "b"):
            world.claim(article + str(day), mode="beat", actor=(POLICE,), recipient=(CROWD,), date=day)
    grouping = world.group()
    assert {i.date for i in grouping.incidents} == {FIRST, SECOND}
    assert [len(i.claim_ids) for i in grouping.incidents] == [2, 2]


def test_distant_places_never_meet_and_a_site_meets_its_town(world: World) -> None:
    in_town = world.claim("a", actor=(POLICE,), recipient=(CROWD,))
    on_bridge = world.claim("b", actor=(POLICE,), recipient=(CROWD,), place=BRIDGE)
    elsewhere = world.claim("c", actor=(POLICE,), recipient=(CROWD,), place=ORLAN)
    assert partition(world.group()) == {frozenset({in_town.id, on_bridge.id}), frozenset({elsewhere.id})}


def test_a_place_without_gazetteer_id_meets_by_name_and_by_nearness(world: World) -> None:
    near = Place("near Teské", "settlement", "XVA")
    beside = Place("the old mill", "site", "XVA", 40.12, 20.12)
    for name, place in (("a", TESKE), ("b", near), ("c", beside)):
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,), place=place)
    assert only(world.group()).place == TESKE, "the one that all agree with"


def test_what_is_planned_is_not_what_happened(world: World) -> None:
    world.claim("a", "PROTEST", mode="demo", actor=(CROWD,))
    world.claim("b", "PROTEST", mode="demo", actor=(CROWD,), modality="planned")
    grouping = world.group()
    assert {(i.modality, i.state) for i in grouping.incidents} == {("actual", "reported"), ("planned", "planned")}


def test_a_denial_joins_what_it_denies(world: World) -> None:
    shelling = world.claim("a", mode="heavy-weapons", actor=(POLICE,), recipient=(CROWD,))
    denial = world.claim(
        "b", mode="heavy-weapons", actor=(POLICE,), recipient=(CROWD,), modality="negated", by=("the police", "force")
    )
    incident = only(world.group())
    assert incident.claim_ids == (shelling.id, denial.id)
    assert incident.state == "disputed"
    assert incident.modality == "actual"
    assert incident.origins == 1, "a denial confirms nothing"
    assert any(r.rule == "denial" and denial.id in r.detail for r in incident.reasons)


def test_only_denials_make_a_denied_incident(world: World) -> None:
    world.claim("a", actor=(POLICE,), recipient=(CROWD,), modality="negated", by=("the police", "force"), killed=12)
    incident = only(world.group())
    assert (incident.state, incident.modality) == ("denied", "negated")
    assert incident.tolls == (), "a denied count is not a count"


def test_history_and_news_meet_only_on_one_date(world: World) -> None:
    news = world.claim("a", actor=(POLICE,), recipient=(CROWD,))
    told_again = world.claim("b", actor=(POLICE,), recipient=(CROWD,), background=True)
    march = PartialDate.of_month(2026, 3)
    history = world.claim("c", actor=(POLICE,), recipient=(CROWD,), background=True, date=march)
    assert partition(world.group()) == {frozenset({news.id, told_again.id}), frozenset({history.id})}


def test_words_meet_only_from_one_mouth(world: World) -> None:
    arden = Party("President Tomas Arden", "XVA", "GOV")
    velk = Party("Prime Minister Ada Velk", "XVA", "GOV")
    rebels = (REBELS,)
    one = world.claim("a", "ACCUSE", actor=(arden,), recipient=rebels, place=None)
    two = world.claim("b", "ACCUSE", actor=(Party("Arden", "XVA", "GOV"),), recipient=rebels, place=None)
    other = world.claim("c", "ACCUSE", actor=(velk,), recipient=rebels, place=None)
    assert partition(world.group()) == {frozenset({one.id, two.id}), frozenset({other.id})}


@pytest.mark.parametrize("words", ["three attacks shook Teske", "a wave of night raids", "28 violent incidents"])
def test_what_sums_up_never_joins_what_it_sums_up(world: World, words: str) -> None:
    shared = {"mode": "firearms", "actor": (REBELS,), "recipient": (POLICE,)}
    one = world.claim("a", words="rebels shot at police", **shared)
    two = world.claim("b", words="police came under fire", **shared)
    summary = world.claim("c", words=words, **shared)
    assert partition(world.group()) == {frozenset({one.id, two.id}), frozenset({summary.id})}


def test_one_name_in_two_places_does_not_part_what_else_agrees(world: World) -> None:
    shared = {"mode": "firearms", "actor": (REBELS,), "recipient": (POLICE,)}
    near = Place("Inath", "settlement", "XVA", 40.0, 20.0, "g:1", within=("country:XVA",))
    far = Place("the Inath roundabout", "site", "XVA", 43.0, 25.0, "g:2", within=("country:XVA",))
    other = Place("Lorn", "settlement", "XVA", 46.0, 28.0, "g:3", within=("country:XVA",))
    one = world.claim("a", place=near, **shared)
    two = world.claim("b", place=far, **shared)
    third = world.claim("c", place=other, **shared)
    assert partition(world.group()) == {frozenset({one.id, two.id}), frozenset({third.id})}


def test_what_the_gazetteer_does_not_know_meets_its_town_by_name(world: World) -> None:
    shared = {"mode": "firearms"}
    town = world.claim("a", **shared)
    mill = world.claim("b", place=Place("the Teske mill", "site"), **shared)
    other = world.claim("c", place=Place("the Lorn mill", "site", "XWE"), **shared)
    assert partition(world.group()) == {frozenset({town.id, mill.id}), frozenset({other.id})}


@pytest.mark.parametrize(
    ("within", "is_one"),
    [
        (("g:teske", "g:upper-valley", "country:XVA"), True),
        (("g:coast", "country:XVA"), False),
        (("country:XVA",), True),
    ],
)
def test_an_unknown_site_lies_apart_where_its_area_does(world: World, within: tuple[str, ...], is_one: bool) -> None:
    shared = {"mode": "firearms", "actor": (REBELS,), "recipient": (POLICE,)}
    world.claim("a", **shared)
    world.claim("b", place=Place("the old kiln", "site", "XVA", within=within), **shared)
    assert (len(world.group().incidents) == 1) is is_one


def test_two_persons_killed_on_one_day_in_one_town_are_two_incidents(world: World) -> None:
    shared = {"mode": "firearms", "killed": 1}
    one = world.claim("a", words="gunmen shot Ana Vels", recipient=(Party("Ana Vels"),), **shared)
    two = world.claim("b", words="a teacher was shot", recipient=(Party("the teacher Ivo Marn"),), **shared)
    again = world.claim("c", words="Vels died in hospital", recipient=(Party("Ms Ana Vels"),), **shared)
    assert partition(world.group()) == {frozenset({one.id, again.id}), frozenset({two.id})}


def test_an_article_speaks_of_an_earlier_day_where_it_gives_none(world: World) -> None:
    shared = {"mode": "firearms", "actor": (REBELS,), "recipient": (POLICE,), "words": "rebels shot at a police post"}
    long_ago = PartialDate.of_day(FIRST.start - timedelta(days=9))
    told = world.claim("a", date=long_ago, **shared)
    denied = world.claim("a", date=None, modality="negated", by=("the rebels", "force"), **shared)
    elsewhere = world.claim("b", date=None, **shared)
    history = world.claim("a", date=PartialDate.of_day(FIRST.start - timedelta(days=900)), background=True, **shared)
    singles = (frozenset({c.id}) for c in (elsewhere, history))
    assert partition(world.group()) == {frozenset({told.id, denied.id}), *singles}


def test_one_party_speaks_in_one_article_under_two_names_of_its_country(world: World) -> None:
    kingdom, capital = Party("The kingdom", "XVA", "GOV"), Party("Orlan", "XVA", "GOV")
    neighbour = Party("The republic", "XWE", "GOV")
    shared = {"place": None, "recipient": (Party("foreign troops"),)}
    one = world.claim("a", "REQUEST", actor=(kingdom,), **shared)
    denied = world.claim("a", "REQUEST", actor=(capital,), modality="negated", by=("a minister", "official"), **shared)
    other = world.claim("a", "REQUEST", actor=(neighbour,), by=("a guest", "witness"), **shared)
    elsewhere = world.claim("b", "REQUEST", actor=(Party("The court", "XVA", "GOV"),), **shared)
    assert partition(world.group()) == {
        frozenset({one.id, denied.id}), frozenset({other.id}), frozenset({elsewhere.id}),
    }  # fmt: skip


def test_one_named_person_may_be_killed_in_a_city_and_its_suburb(world: World) -> None:
    city, suburb, town = (
        Place(name, "settlement", "XVA", at, 20.1, f"g:{name}")
        for name, at in (("Inath", 40.0), ("Lorn", 40.09), ("Orle", 41.0))
    )
    shared = {"mode": "firearms", "killed": 1}
    named = {"recipient": (Party("the senator Ana Vels"),), **shared}
    in_city = world.claim("a", place=city, **named)
    beside = world.claim("b", place=suburb, **named)
    far = world.claim("c", place=town, **named)
    unnamed = world.claim("d", place=suburb, recipient=(Party("a senator"),), date=SECOND, **shared)
    there = world.claim("e", place=city, recipient=(Party("a senator"),), date=SECOND, **shared)
    singles = (frozenset({c.id}) for c in (far, unnamed, there))
    assert partition(world.group()) == {frozenset({in_city.id, beside.id}), *singles}


def test_a_site_on_no_map_meets_what_befell_its_country_that_day(world: World) -> None:
    shared = {"mode": "firearms", "words": "gunmen stormed the police station and shot five men dead", "killed": 5}
    town = world.claim("a", **shared)
    hill = world.claim("b", place=Place("their lonely hilltop station", "site"), recipient=(POLICE,), **shared)
    abroad = world.claim("c", place=Place("the kiln", "site"), recipient=(Party("men", "XWE"),), **shared)
    assert partition(world.group()) == {frozenset({town.id, hill.id}), frozenset({abroad.id})}


def compare(world: World, one: Claim, other: Claim) -> dict[str, float]:
    """The parts of a comparison."""
    facts = (prepare_facts(c, world.articles[c.article_id], None, c.article_id, WEIGHTS) for c in (one, other))
    return measure_parts(*facts, WEIGHTS)


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        (Toll("injured", 1, 1, "a guard"), Toll("injured", 1, 1, "a vendor"), "other-toll"),
        (Toll("injured", 2, 2, "children"), Toll("injured", 5, 5, "soldiers"), "other-toll"),
        (Toll("injured", 17, 17, "civilians"), Toll("injured", 17, 17, "villagers"), "same-toll"),
        (Toll("injured", 1, 1, "a guard"), Toll("injured", 1, 1, "guard"), "same-toll"),
        (Toll("injured", 1, 1), Toll("injured", 1, 1, "a guard"), "same-toll"),
        (Toll("injured", 2, 2, "soldiers"), Toll("injured", 5, 5, "soldiers"), "rival-toll"),
    ],
)
def test_counts_speak_where_they_may_be_of_the_same_persons(world: World, one: Toll, other: Toll, part: str) -> None:
    parts = compare(world, world.claim("a", tolls=(one,)), world.claim("b", tolls=(other,)))
    assert [name for name in parts if name.endswith("-toll")] == [part]


def test_what_it_befell_in_words_that_have_nothing_in_common_speaks_against(world: World) -> None:
    mill, bakery, old_mill = (
        world.claim(n, recipient=(Party(w),))
        for n, w in zip("abc", ("a mill", "a bakery", "the old mill"), strict=True)
    )
    nobody = world.claim("d")
    assert "recipients-apart" in compare(world, mill, bakery)
    assert not {"recipients-apart"} & {*compare(world, mill, old_mill), *compare(world, mill, nobody)}
    assert WEIGHTS.parts["recipients-apart"] < 0


@pytest.mark.parametrize(
    "words", ["50 wounded when protests broke out", "three dead in clashes", "at least 12 hurt as raids went on"]
)
def test_a_count_of_victims_sums_up_no_happenings(world: World, words: str) -> None:
    shared = {"mode": "firearms", "actor": (REBELS,), "recipient": (POLICE,)}
    world.claim("a", words="rebels shot at police", **shared)
    world.claim("b", words=words, **shared)
    assert len(world.group().incidents) == 1


def test_a_country_alone_ties_nothing_and_other_victims_part(world: World) -> None:
    country = Place("Vasnia", "country", "XVA", None, None, "country:XVA")
    ana, ivo = Party("Ana Vels", "XVA", "CVL"), Party("Ivo Marn", "XVA", "CVL")
    one = world.claim("a", words="Ana Vels was shot", recipient=(ana,), place=country)
    two = world.claim("b", words="Ivo Marn was hit by a bullet", recipient=(ivo,), place=country)
    assert len(world.group().incidents) == 2
    same = world.claim("c", words="Vels was killed", recipient=(Party("Vels", "XVA", "CVL"),), place=country)
    assert partition(world.group()) == {frozenset({one.id, same.id}), frozenset({two.id})}


def test_a_weeks_summary_does_not_join_the_attacks(world: World) -> None:
    attack = world.claim("a", mode="firearms", actor=(REBELS,), recipient=(POLICE,))
    week = PartialDate(date(2026, 2, 24), date(2026, 3, 2), "week")
    summary = world.claim("b", actor=(), recipient=(), date=week, place=VALLEY, tolls=(Toll("killed", 3, 3),))
    assert partition(world.group()) == {frozenset({attack.id}), frozenset({summary.id})}


def test_claims_of_one_article_by_one_speaker_are_mostly_two_acts(world: World) -> None:
    world.claim("a", "ASSAULT", "officers beat a man", actor=(POLICE,))
    world.claim("a", "COERCE", "officers held three nurses", actor=(POLICE,))
    assert len(world.group().incidents) == 2


def test_rival_tolls_of_one_article_by_two_speakers_are_one_act(world: World) -> None:
    low = world.claim("a", by=("the ministry", "official"), killed=3, actor=(REBELS,), recipient=(POLICE,))
    high = world.claim("a", by=("the hospital", "organisation"), killed=7, actor=(REBELS,), recipient=(POLICE,))
    incident = only(world.group())
    assert set(incident.claim_ids) == {low.id, high.id}
    assert incident.state == "disputed"


def test_without_date_and_place_a_shared_actor_is_not_enough(world: World) -> None:
    world.claim("a", actor=(POLICE,), date=None, place=None)
    world.claim("b", actor=(POLICE,), date=None, place=None)
    assert len(world.group().incidents) == 2


def test_without_date_and_place_both_parties_and_the_act_are_enough(world: World) -> None:
    for name in "ab":
        world.claim(name, mode="abduct", actor=(REBELS,), recipient=(Party("Judge Orrin Tal"),), date=None, place=None)
    incident = only(world.group())
    assert incident.date is None
    assert incident.date_reason is not None
    assert incident.date_reason.rule == "no-date"
    assert incident.place is None


def test_an_undated_claim_is_bounded_by_its_publication(world: World) -> None:
    world.article("later", at=datetime(2026, 3, 20, tzinfo=UTC))
    for name in ("a", "later"):
        world.claim(name, mode="abduct", actor=(REBELS,), recipient=(Party("Judge Orrin Tal"),), date=None)
    assert len(world.group().incidents) == 2


def test_claims_without_anything_stand_alone(world: World) -> None:
    world.article("undated", at=None)
    for _ in range(3):
        world.claim("undated", words="there was violence", date=None, place=None)
    world.claim("other", words="violence was reported", date=None, place=None)
    assert len(world.group().incidents) == 4


def test_no_transitive_drift(world: World) -> None:
    """A claim that fits two incidents which do not fit one another joins one of them alone."""
    north = Place("Upper mill", "site", "XVA", 40.10, 20.10)
    middle = Place("the valley road", "district", "XVA", 40.40, 20.10)
    south = Place("Lower mill", "site", "XVA", 40.90, 20.10)
    for name, place in (("a", north), ("b", middle), ("c", south)):
        world.claim(name, mode="destroy", actor=(REBELS,), recipient=(CROWD,), place=place)
    groups = partition(world.group())
    assert len(groups) == 2
    assert not any({"clm_a_0", "clm_c_0"} <= g for g in groups)


def test_exercise_and_real_news_never_meet(world: World) -> None:
    world.article("drill", is_exercise=True)
    world.claim("drill", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    world.claim("real", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    assert sorted(i.is_exercise for i in world.group().incidents) == [False, True]


def test_a_thousand_copies_of_one_text_are_one_incident_with_one_origin(world: World) -> None:
    work = []
    for some in (range(500), range(500, 1000)):
        for n in some:
            world.article(f"a{n:05d}", outlet=f"Outlet {n % 40}")
            world.claim(f"a{n:05d}", mode="beat", actor=(POLICE,), recipient=(CROWD,), killed=3)
            world.origins[f"a{n:05d}"] = "a00000"
        work.append(count_calls(world.group))
    assert work[1] < 2.5 * work[0], "twice as many are twice the work; all pairs would be four times"
    incident = only(world.group())
    assert (len(incident.claim_ids), incident.origins, len(incident.outlets)) == (1000, 1, 40)
    assert {g.credibility for g in incident.grades} == {6}, "copies confirm nothing"


def test_a_crowded_block_stays_cheap(world: World) -> None:
    """Claims of one day and town, which share every block, without all pairs being compared."""
    dice, narrow, work = random.Random(5), replace(WEIGHTS, block_limit=10), []
    for some in (range(100), range(100, 200)):
        for n in some:
            party = Party(f"the {dice.choice('ABCDEFGHIJ')}{dice.randrange(9)} Brigade", "XVA", "REB")
            world.claim(f"a{n}", words=f"attack {dice.random()}", mode="firearms", actor=(party,), recipient=(POLICE,))
        work.append(count_calls(lambda: world.group(weights=narrow)))
    assert work[1] < 2.5 * work[0], "all pairs would be more than three times the work"
    assert sum(len(i.claim_ids) for i in world.group(weights=narrow).incidents) == 200


def test_coordinates_are_only_ever_those_of_a_claim(world: World) -> None:
    world.claim("a", actor=(POLICE,), recipient=(CROWD,), place=None)
    world.claim("b", actor=(POLICE,), recipient=(CROWD,), place=Place("the ravine", "site", "XVA"))
    places = [i.place for i in world.group().incidents]
    assert all(p is None or (p.lat is None and p.lon is None) for p in places)


def test_the_same_claim_given_twice_counts_once(world: World) -> None:
    claim = world.claim("a", actor=(POLICE,))
    assert only(world.group([claim, replace(claim)])).claim_ids == (claim.id,)
