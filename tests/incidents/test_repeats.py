"""What copies repeat counts once, whatever the order it comes in and whatever else is held."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from benchmarks.bursts import rewrite_story
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.test_properties import worlds
from tests.incidents.world import FIRST, SECOND, WEIGHTS, World, only, partition
from tocsin.incidents import IncidentStream
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.repeats import Repeats


def prepare(world: World) -> list[Facts]:
    facts = [
        prepare_facts(c, world.articles[c.article_id], None, world.origins.get(c.article_id, c.article_id), WEIGHTS)
        for c in world.claims
    ]
    return sorted(facts, key=lambda f: f.order)


def fill(facts: list[Facts]) -> Repeats:
    repeats = Repeats()
    for one in facts:
        repeats.insert(one)
    return repeats


def copies(*told: tuple[str, ...]) -> World:
    """One article for each of `told`, an hour apart, all copies of the first, with these claims."""
    world = World()
    for n, words in enumerate(told):
        world.article(f"a{n}", f"Outlet {n}", datetime(2026, 3, 2, n, tzinfo=UTC))
        world.origins[f"a{n}"] = "a0"
        for some in words:
            world.claim(f"a{n}", words=some)
    return world


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("police beat a man", "POLICE  beat a man", ["clm_a0_0"]),
        ("police beat a man near the mill", "police struck a man near the mill", ["clm_a0_0"]),
        ("police beat a man", "shots were fired", ["clm_a1_0"]),
        ("of it", "of it", ["clm_a0_0"]),
        ("of it", "by her", ["clm_a1_0"]),
    ],
)
def test_half_of_the_words_in_a_copy_make_a_repeat(first: str, second: str, expected: list[str]) -> None:
    facts = prepare(copies((first,), (second,)))
    assert [fill(facts).first_of(facts[1].claim.id)] == expected


@pytest.mark.parametrize(
    "other", [{"date": SECOND}, {"modality": "negated"}, {"place": None}, {"mode": "beat"}, {"background": True}]
)
def test_another_kind_day_or_place_is_no_repeat(other: dict[str, object]) -> None:
    world = copies(("police beat a man",))
    world.article("a1", "Two", datetime(2026, 3, 2, 9, tzinfo=UTC))
    world.origins["a1"] = "a0"
    world.claim("a1", words="police beat a man", **({"date": FIRST} | other))
    assert fill(prepare(world)).first_of("clm_a1_0") == "clm_a1_0"


def test_what_another_origin_says_in_the_same_words_is_no_repeat() -> None:
    world = copies(("police beat a man",), ("police beat a man",))
    del world.origins["a1"]
    assert fill(prepare(world)).first_of("clm_a1_0") == "clm_a1_0"


def test_each_of_two_like_sentences_is_repeated_by_its_own() -> None:
    one, two = "police arrested five men in the mill", "police arrested six men in the mill"
    facts = prepare(copies((one, two), (two,), (one, two)))
    repeats = fill(facts)
    assert [repeats.first_of(f.claim.id) for f in facts] == ["clm_a0_0", "clm_a0_1", "clm_a0_1", "clm_a0_0", "clm_a0_1"]


def test_a_claim_stands_where_the_one_it_repeated_is_gone() -> None:
    facts = prepare(copies(("police beat a man",), ("police beat a young man",), ("police beat a man",)))
    repeats = fill(facts)
    change = repeats.remove("clm_a0_0")
    assert (change.began, change.ended, change.moved) == ({"clm_a1_0"}, {"clm_a0_0"}, {"clm_a1_0", "clm_a2_0"})
    assert repeats.repeats_of("clm_a1_0") == ("clm_a1_0", "clm_a2_0")
    assert repeats.first_of("clm_a0_0") is None


def test_what_comes_late_is_repeated_by_what_stood_alone() -> None:
    first, second = prepare(copies(("police beat a man",), ("police beat a man",)))
    repeats = fill([second])
    change = repeats.insert(first)
    assert (change.began, change.ended, change.moved) == ({"clm_a0_0"}, {"clm_a1_0"}, {"clm_a1_0"})


@settings(max_examples=200, deadline=None)
@given(worlds(), st.data())
def test_what_came_and_went_leaves_no_trace(world: World, data: st.DataObject) -> None:
    facts = prepare(world)
    articles = data.draw(st.permutations(sorted(world.articles)))
    repeats, standing = Repeats(), set[str]()
    for article in articles:
        for one in (f for f in facts if f.article.id == article):
            change = repeats.insert(one)
            assert change.began.isdisjoint(standing)
            assert change.ended <= standing
            standing = (standing - change.ended) | change.began
    for one in data.draw(st.lists(st.sampled_from(facts), unique_by=lambda f: f.claim.id)):
        change = repeats.remove(one.claim.id)
        standing = (standing - change.ended) | change.began
        facts = [f for f in facts if f is not one]
    expected = fill(facts)
    assert {f.claim.id: repeats.first_of(f.claim.id) for f in facts} == {
        f.claim.id: expected.first_of(f.claim.id) for f in facts
    }
    assert standing == {f.claim.id for f in facts if expected.first_of(f.claim.id) == f.claim.id}


def test_a_correction_in_a_copy_is_the_same_happening_with_both_counts() -> None:
    world = World()
    for n, killed in enumerate((2, 1)):
        world.article(f"a{n}", f"Outlet {n}", datetime(2026, 3, 2, n, tzinfo=UTC))
        world.origins[f"a{n}"] = "a0"
        world.claim(f"a{n}", words=f"gunmen killed {killed} officers near the mill", killed=killed)
    incident = only(world.group())
    assert [(t.low, t.high) for t in incident.tolls] == [(1, 2)]
    assert incident.origins == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_a_burst_in_any_order_is_what_it_is_at_once(seed: int) -> None:
    told = rewrite_story(60, seed)
    at_once, bit_by_bit = IncidentStream(WEIGHTS), IncidentStream(WEIGHTS)
    now = told[-1][0].taken_at + timedelta(hours=1)
    at_once.take([a for a, _ in told], [c for _, cs in told for c in cs], now=now)
    chance = random.Random(seed)
    late = [(replace(a, taken_at=now + timedelta(seconds=n)), cs) for n, (a, cs) in enumerate(told)]
    for some in (late[1::2], late[::2]):  # the earliest text comes after half of its copies
        for start in range(0, len(some), 7):
            few = chance.sample(some[start : start + 7], len(some[start : start + 7]))
            bit_by_bit.take([a for a, _ in few], [c for _, cs in few for c in cs], now=now)
    found = [{frozenset(i.claim_ids) for i in s.incidents.values()} for s in (at_once, bit_by_bit)]
    assert found[0] == found[1]
    assert {i.origins for i in at_once.incidents.values()} == {1}


def test_copies_with_a_word_changed_are_one_incident_with_one_origin() -> None:
    world = copies(*((f"police beat {n} men near the old mill of Teske",) for n in range(20)))
    assert len(partition(world.group())) == 1
    assert only(world.group()).origins == 1
