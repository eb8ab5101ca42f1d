from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.incidents.world import BRIDGE, CROWD, FIRST, POLICE, REBELS, TESKE, VALLEY, World, only
from tocsin.incidents.points import compare_speakers
from tocsin.records import Incident, PartialDate, Party, Place, TollRange


@pytest.fixture
def world() -> World:
    return World()


def toll(incident: Incident) -> TollRange:
    assert len(incident.tolls) == 1
    return incident.tolls[0]


def test_the_narrowest_date_and_the_finest_place_that_agree(world: World) -> None:
    week = PartialDate(date(2026, 2, 27), date(2026, 3, 3), "day")
    for name, day, place in (("a", week, VALLEY), ("b", FIRST, TESKE), ("c", FIRST, BRIDGE)):
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,), date=day, place=place)
    incident = only(world.group())
    assert incident.date == FIRST
    assert incident.date_reason is not None
    assert "3 of 3 dated claims" in incident.date_reason.detail
    assert incident.place == BRIDGE


MARKET = Place("Teske market", "site", "XVA", 40.13, 20.13, "g:market", within=BRIDGE.within)
FIELD = Place("a field five km south of Teske", "site", "XVA", within=TESKE.within)
MILL = Place("the Lowen mill", "site", "XVA", 40.2, 20.2, "g:mill", within=("g:lowen", "country:XVA"))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((MARKET, BRIDGE, BRIDGE), BRIDGE),  # as fine: the one that most name
        ((FIELD, TESKE), TESKE),  # what nobody can locate gives way
        ((FIELD, FIELD), FIELD),
        ((MILL, TESKE, TESKE), TESKE),  # within reach of the town is not in the town
        ((TESKE, TESKE, BRIDGE), BRIDGE),
    ],
)
def test_the_place_is_what_the_most_origins_agree_with(world: World, told: tuple[Place, ...], expected: Place) -> None:
    for name, place in zip("abc", told, strict=False):
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,), place=place)
    assert only(world.group()).place == expected


def test_the_latest_word_of_the_most_reliable_outlet_is_best(world: World) -> None:
    world.outlet("Tabloid", "E")
    world.outlet("Agency", "B")
    for n, (outlet, hour, killed) in enumerate([("Agency", 8, 3), ("Agency", 18, 5), ("Tabloid", 20, 40)]):
        world.article(f"a{n}", outlet, at=datetime(2026, 3, 1, hour, tzinfo=UTC))
        world.claim(f"a{n}", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=killed)
    counted = toll(only(world.group()))
    assert (counted.low, counted.best, counted.high) == (3, 5, 40)
    assert counted.rule == "latest-of-most-reliable"


def test_an_update_by_the_same_speaker_is_no_contradiction(world: World) -> None:
    for hour, killed in ((8, 3), (18, 5)):
        world.article(f"a{hour}", "Agency", at=datetime(2026, 3, 1, hour, tzinfo=UTC))
        world.claim(
            f"a{hour}",
            mode="firearms",
            actor=(REBELS,),
            recipient=(POLICE,),
            killed=killed,
            by=("the ministry", "official"),
        )
    incident = only(world.group())
    assert incident.state == "reported"
    assert toll(incident).best == 5


def test_counts_of_two_speakers_that_cannot_both_be_right_dispute_the_incident(world: World) -> None:
    world.claim("a", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=3, by=("the army", "force"))
    world.claim("b", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=9, by=("the rebels", "force"))
    incident = only(world.group())
    assert incident.state == "disputed"
    reason = next(r for r in incident.reasons if r.rule == "rival-tolls")
    assert "3 by the army" in reason.detail
    assert "9 by the rebels" in reason.detail


def test_who_denies_twelve_dead_counts_none_of_them(world: World) -> None:
    world.claim("a", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=4, by=("the police", "force"))
    world.claim("b", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=12, modality="negated",
                by=("the rebels", "force"))  # fmt: skip
    world.claim("c", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=0, modality="negated",
                by=("the mayor", "official"))  # fmt: skip
    points = [p for p in compare_speakers([[c] for c in world.claims]) if p.kind == "killed"]
    assert [(p.value, p.agree) for p in points] == [("4", {0}), ("0", {2})]


def test_at_least_and_a_number_above_it_agree(world: World) -> None:
    world.claim("a", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=(3, None))
    world.claim("b", mode="firearms", actor=(REBELS,), recipient=(POLICE,), killed=4)
    incident = only(world.group())
    assert incident.state == "reported"
    assert (toll(incident).low, toll(incident).high) == (3, 4)


def test_an_open_count_alone_has_no_top(world: World) -> None:
    world.claim("a", killed=(24, None))
    counted = toll(only(world.group()))
    assert (counted.low, counted.best, counted.high) == (24, 24, None)


def test_parties_are_united_under_their_fullest_name(world: World) -> None:
    long_name = Party("officers of the Vasnian police", "XVA", "COP")
    for name, actor in (("a", Party("police")), ("b", long_name), ("c", POLICE)):
        world.claim(name, mode="beat", actor=(actor,), recipient=(CROWD,))
    assert [p.text for p in only(world.group()).actor] == ["officers of the Vasnian police"]


def test_rival_blame_keeps_both_actors(world: World) -> None:
    army = Party("the army", "XVA", "MIL")
    world.claim("a", mode="heavy-weapons", actor=(army,), recipient=(CROWD,), by=("the rebels", "force"))
    world.claim("b", mode="heavy-weapons", actor=(REBELS,), recipient=(CROWD,), by=("the ministry", "official"))
    incident = only(world.group())
    assert {p.text for p in incident.actor} == {"the army", "the Northern Front"}
    assert incident.state == "disputed"
    assert any(r.rule == "rival-actors" for r in incident.reasons)


GUNMEN = Party("Gunmen", "XVA", "UAF")
ARMY = Party("the army", "XVA", "MIL")
FORCES = Party("Security forces", "XVA", "MIL")
RESIDENTS = Party("Residents", "XVA", "CVL")


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (GUNMEN, Party("men", "XVA", "CVL"), {"Gunmen"}),
        (GUNMEN, Party("unknown men", "XVB", "UAF"), {"Gunmen"}),  # a country that only the article tells
        (GUNMEN, Party("The attackers", "XVA", "UAF"), {"Gunmen"}),
        (GUNMEN, Party("some 20 young men with covered faces", "XVA", "CVL"), {"Gunmen"}),
        (GUNMEN, REBELS, {"the Northern Front"}),
        (GUNMEN, Party("bandits", "XVA", "CRM"), {"bandits"}),
        (Party("The attackers", "XVA", "UAF"), ARMY, {"the army"}),
        (FORCES, POLICE, {"Vasnian police"}),
        (RESIDENTS, Party("protesters", "XVA", "PRO"), {"Residents", "protesters"}),  # neither says more
    ],
)
def test_who_says_less_contradicts_nobody(world: World, one: Party, other: Party, shown: set[str]) -> None:
    world.claim("a", mode="firearms", actor=(one,), by=("the mayor", "official"))
    world.claim("b", mode="firearms", actor=(other,), by=("the ministry", "official"))
    incident = only(world.group())
    assert incident.state == "reported", incident.reasons
    assert {p.text for p in incident.actor} == shown
    (point,) = [p for p in compare_speakers([[c] for c in world.claims]) if p.kind == "actor"]
    assert (point.value in shown, point.agree, point.differ) == (True, {0, 1}, frozenset())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GUNMEN, RESIDENTS),
        (GUNMEN, Party("protesters", "XVA", "PRO")),
        (GUNMEN, ARMY),
        (GUNMEN, FORCES),
        (REBELS, ARMY),
        (ARMY, POLICE),
        (FORCES, Party("Orlan police", "XVO", "COP")),  # whose forces they are counts
        (Party("Kenyan gunmen", "KEN", "UAF"), Party("Ugandan bandits", "UGA", "CRM")),
        (Party("the customs men", "XVA", "GOV"), REBELS),
    ],
)
def test_who_says_otherwise_is_a_rival(world: World, one: Party, other: Party) -> None:
    world.claim("a", mode="firearms", actor=(one,), by=("the mayor", "official"))
    world.claim("b", mode="firearms", actor=(other,), by=("the ministry", "official"))
    incident = only(world.group())
    assert incident.state == "disputed"
    assert {p.text for p in incident.actor} == {one.text, other.text}
    points = [p for p in compare_speakers([[c] for c in world.claims]) if p.kind == "actor"]
    assert [(p.agree, p.differ) for p in points] == [({0}, {1}), ({1}, {0})]


def test_a_word_that_may_mean_several_speaks_for_none_of_them(world: World) -> None:
    said = {"a": (ARMY,), "b": (REBELS,), "c": (Party("the attackers", "XVA", "UAF"),)}
    for name, actor in said.items():
        world.claim(name, mode="firearms", actor=actor, by=(f"the mayor of {name}", "official"))
    points = [p for p in compare_speakers([[c] for c in world.claims]) if p.kind == "actor"]
    assert [(p.value, p.agree, p.differ) for p in points] == [
        ("the army", {0}, {1}), ("the Northern Front", {1}, {0}),
    ]  # fmt: skip
    assert len(only(world.group()).actor) == 3


def test_the_two_sides_of_a_clash_stay_two(world: World) -> None:
    sides = (POLICE, Party("armed men", "XVA", "UAF"), Party("a man", "XVA", "CVL"))
    world.claim("a", mode="firearms", actor=sides)
    world.claim("b", mode="firearms", actor=sides)
    assert {p.text for p in only(world.group()).actor} == {p.text for p in sides}


def test_one_asserted_claim_makes_the_incident_asserted(world: World) -> None:
    world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,), certainty="hedged")
    assert only(world.group()).certainty == "hedged"
    world.claim("b", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    assert only(world.group()).certainty == "asserted"


def test_an_outlet_that_only_cites_another_adds_no_origin(world: World) -> None:
    world.article("a", "Northern Wire")
    world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    world.claim("b", mode="beat", actor=(POLICE,), recipient=(CROWD,), by=("Northern Wire", "media"))
    world.claim("c", mode="beat", actor=(POLICE,), recipient=(CROWD,), by=("Northern Wire", "media"))
    incident = only(world.group())
    assert (incident.origins, len(incident.outlets)) == (1, 3)


@pytest.mark.parametrize(
    ("outlet", "cited", "origins"),
    [
        ("The Daily Bell", "the Teske paper The Daily Bell", 1),
        ("The Daily Bell", "a daily paper", 2),
        ("Bell", "Bell", 1),
        ("Bell", "the Harbour Bell", 2),  # of a name of one word the whole must agree
    ],
)
def test_an_outlet_is_cited_by_the_words_of_its_name(world: World, outlet: str, cited: str, origins: int) -> None:
    world.article("a", outlet)
    world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    world.claim("b", mode="beat", actor=(POLICE,), recipient=(CROWD,), by=(cited, "media"))
    assert only(world.group()).origins == origins


@pytest.mark.parametrize(
    ("reliability", "others", "fields", "credibility"),
    [
        ("F", 0, {}, 6),
        ("B", 0, {}, 3),
        ("E", 0, {}, 4),
        ("B", 0, {"certainty": "hedged"}, 4),
        ("F", 1, {}, 1),
        ("F", 0, {"by": ("Vasnian police", "force")}, 2),
    ],
)
def test_credibility_by_rule(
    world: World, reliability: str, others: int, fields: dict[str, object], credibility: int
) -> None:
    world.outlet("Paper", reliability)  # type: ignore[arg-type]
    world.article("a", "Paper")
    graded = world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,), **fields)  # type: ignore[arg-type]
    for n in range(others):
        world.claim(f"other{n}", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    grade = next(g for g in only(world.group()).grades if g.claim_id == graded.id)
    assert grade.credibility == credibility, grade.reason


def test_one_speaker_carried_by_two_outlets_is_repeated_not_confirmed(world: World) -> None:
    for name in "ab":
        world.claim(name, mode="beat", actor=(REBELS,), recipient=(CROWD,), by=("the mayor", "official"))
    assert {(g.credibility, g.reason.rule) for g in only(world.group()).grades} == {(2, "repeated")}


def test_what_a_better_outlet_denies_is_improbable(world: World) -> None:
    world.outlet("Tabloid", "E")
    world.outlet("Agency", "A")
    world.article("a", "Tabloid")
    world.article("b", "Agency")
    rumour = world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    world.claim("b", mode="beat", actor=(POLICE,), recipient=(CROWD,), modality="negated")
    grades = {g.claim_id: g.credibility for g in only(world.group()).grades}
    assert grades[rumour.id] == 5


def test_who_blames_another_party_confirms_nothing(world: World) -> None:
    world.claim("a", mode="firearms", actor=(ARMY,), by=("the mayor", "official"))
    world.claim("b", mode="firearms", actor=(REBELS,), by=("the ministry", "official"))
    assert {(g.credibility, g.reason.rule) for g in only(world.group()).grades} == {(4, "disputed")}
    world.claim("c", mode="firearms", actor=(Party("men in uniforms", "XVA", "MIL"),), by=("a nun", "person"))
    rules = {g.claim_id: g.reason.rule for g in only(world.group()).grades}
    assert rules == {
        "clm_a_0": "confirmed-but-disputed", "clm_b_0": "disputed", "clm_c_0": "confirmed-but-disputed",
    }  # fmt: skip
