"""A claim that says neither where nor of whose people is met in the country that its article speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.incidents.test_stream import take
from tests.incidents.world import NOW, ORLAN, POLICE, TESKE, WEIGHTS, World, partition
from tocsin.incidents import IncidentStream, find_countries
from tocsin.incidents.blocks import block_keys
from tocsin.incidents.facts import prepare_facts
from tocsin.records import Party, Place

PORT = Place("Port Isel", "settlement", "XQA", -30.0, 70.0, "g:isel", within=("country:XQA",))
TOGETHER = {frozenset({"clm_a_0", "clm_b_0"})}


def tell(world: World, article: str, *places: Place, **of_the_march: Any) -> None:
    """An article on a march that it places nowhere, and on one arrest in each of the places."""
    world.claim(article, "PROTEST", f"{article} saw a march", mode="demo", place=None, **of_the_march)
    for place in places:
        world.claim(article, "COERCE", f"one was held in {place.name} for {article}", mode="arrest", place=place)


def marches(groups: set[frozenset[str]]) -> set[frozenset[str]]:
    return {group for group in groups if any(c.endswith("_0") for c in group)}


@pytest.mark.parametrize(
    ("other", "are_one"), [((ORLAN,), True), ((PORT,), False), ((), False), ((ORLAN, PORT), False)]
)
def test_claims_without_place_and_country_meet_where_their_articles_speak_of_one_country(
    other: tuple[Place, ...], are_one: bool
) -> None:
    world = World()
    tell(world, "a", TESKE)
    tell(world, "b", *other)
    assert (marches(partition(world.group())) == TOGETHER) == are_one
    stream = IncidentStream(WEIGHTS)
    world.articles = {id_: replace(a, text=f"only {id_} " * 9) for id_, a in world.articles.items()}
    for article in world.articles.values():
        take(stream, world, [article])
    assert (marches({frozenset(i.claim_ids) for i in stream.incidents.values()}) == TOGETHER) == are_one


def test_an_article_speaks_of_the_country_that_most_of_its_claims_name() -> None:
    world = World()
    tell(world, "a", TESKE, PORT, PORT)
    tell(world, "b", TESKE, PORT)
    tell(world, "c", TESKE, actor=(Party("the United Nations", "IGO"), Party("the Union's monitors", "IGO")))
    world.claim("d", place=None, actor=(POLICE, POLICE))
    assert find_countries([*world.claims, *world.claims]) == {"a": "XQA", "c": "XVA", "d": "XVA"}


def test_whose_people_are_named_needs_no_other_country() -> None:
    world = World()
    quarese = world.claim("a", place=None, actor=(Party("Quarese guards", "XQA", "MIL"),))
    union = world.claim("a", place=None, actor=(Party("monitors", "IGO"),))
    for claim, countries in ((quarese, {"XQA"}), (union, {"IGO", "XVA"})):
        facts = prepare_facts(claim, world.articles["a"], None, "a", WEIGHTS, "XVA")
        assert {key[-1] for key in block_keys(facts) if key[-2] == "country"} == countries


def test_what_is_left_of_an_article_still_speaks_of_its_country() -> None:
    world = World()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    world.article("a", "One", start, url=None)
    world.article("b", "Two", start + timedelta(days=20))
    tell(world, "a", TESKE)
    tell(world, "b", ORLAN)
    world.articles = {id_: replace(a, text=f"only {id_} " * 9) for id_, a in world.articles.items()}
    whole, part = IncidentStream(WEIGHTS), IncidentStream(WEIGHTS)
    take(whole, world, list(world.articles.values()))
    whole.forget(start + timedelta(days=10), now=NOW)
    assert len(whole) == 3
    placed = [c for c in world.claims if c.id != "clm_a_1"]
    part.take(world.articles.values(), placed, world.outlets, now=NOW, countries={"a": "XVA"})
    for stream in (whole, part):
        assert marches({frozenset(i.claim_ids) for i in stream.incidents.values()}) == TOGETHER


def test_places_on_two_sides_of_the_date_line_meet() -> None:
    world = World()
    here, there = (
        Place(name, "site", "XVA", 62.0, lon, f"g:{name}") for name, lon in (("Ostra", 179.7), ("Vestra", -179.9))
    )
    facts = [
        prepare_facts(world.claim(place.name, place=place), world.articles[place.name], None, place.name, WEIGHTS)
        for place in (here, there)
    ]
    one, other = ({key for key in block_keys(f) if key[-2] == "cell"} for f in facts)
    assert one & other
