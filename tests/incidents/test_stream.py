"""The stream and the batch: the same incidents, whatever the way there."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.test_properties import worlds
from tests.incidents.world import NOW, TESKE, WEIGHTS, World, partition
from tocsin.incidents import IncidentStream, Step, find_origins, group_claims, stage
from tocsin.incidents.blocks import Blocks, block_keys
from tocsin.incidents.compose import compose_incident
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.partition import Regrouping
from tocsin.knowledge.weights import MergeWeights
from tocsin.records import Article, Incident, Link, Party, incident_id

NARROW = replace(WEIGHTS, block_limit=4)


def write_texts(world: World, seed: int) -> None:
    """Give the articles texts of which some are copies."""
    chance = random.Random(seed)
    for n, (id_, article) in enumerate(world.articles.items()):
        words = [f"w{chance.choice([0, 1, n])}x{k}" for k in range(40)] if chance.random() < 0.5 else ["same"] * 3
        world.articles[id_] = replace(article, text=" ".join(words), taken_at=NOW + timedelta(minutes=n))


def batch(world: World, articles: dict[str, Article], held: dict[str, Link] | None = None) -> set[frozenset[str]]:
    claims = [c for c in world.claims if c.article_id in articles]
    origins = find_origins(articles.values())
    return partition(group_claims(claims, articles, world.outlets, origins, NARROW, now=NOW, held=held or {}))


def take(stream: IncidentStream, world: World, articles: list[Article], held: dict[str, Link] | None = None) -> Step:
    names = {a.id for a in articles}
    return stream.take(
        articles, [c for c in world.claims if c.article_id in names], world.outlets, now=NOW, held=held or {}
    )


def groups(stream: IncidentStream) -> set[frozenset[str]]:
    return {frozenset(i.claim_ids) for i in stream.incidents.values()}


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(0, 10), st.integers(1, 3))
def test_one_by_one_and_all_at_once_come_to_the_same(world: World, seed: int, step: int) -> None:
    write_texts(world, seed)
    articles = list(world.articles.values())
    stream = IncidentStream(NARROW)
    for start in range(0, len(articles), step):
        take(stream, world, articles[start : start + step])
        so_far = {a.id: a for a in articles[: start + step]}
        assert groups(stream) == batch(world, so_far)
    assert len(stream) == len(world.claims)


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(0, 10))
def test_a_step_tells_all_that_changed(world: World, seed: int) -> None:
    write_texts(world, seed)
    stream, mirror, links = IncidentStream(NARROW), {}, {}
    for article in world.articles.values():
        step = take(stream, world, [article])
        for id_ in step.gone:
            del mirror[id_]
        mirror |= {i.id: i for i in step.incidents}
        links |= {k.claim_id: k.incident_id for k in step.links}
    assert mirror == dict(stream.incidents)
    assert links == {c: i.id for i in mirror.values() for c in i.claim_ids}


class Forgetful(IncidentStream):
    """A stream that makes all incidents near a new claim anew, and remembers no explanation."""

    def __init__(self) -> None:
        super().__init__(NARROW)
        regroup, facts = self._partition.regroup, self._partition.facts

        def regroup_all() -> Regrouping:
            found = regroup()
            made = sorted((*found.made, *found.kept), key=lambda group: facts(group[0]).order)
            return Regrouping(found.gone | set(found.kept), tuple(made))

        self._partition.regroup = regroup_all  # type: ignore[method-assign]
        self._explained.find = lambda _: None  # type: ignore[method-assign,assignment]


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 99), st.integers(1, 2))
def test_what_is_kept_as_it_was_is_what_making_it_anew_would_give(world: World, seed: int, step: int) -> None:
    write_texts(world, seed)
    articles, chance = list(world.articles.values()), random.Random(seed)
    streams = (IncidentStream(NARROW), Forgetful())
    for start in range(0, len(articles), step):
        one, other = (take(stream, world, articles[start : start + step]) for stream in streams)
        assert one == other
        incidents = sorted(streams[0].incidents)
        if incidents and chance.random() < 0.4:  # a person puts a claim into another incident
            claim = chance.choice([c for id_ in incidents for c in streams[0].incidents[id_].claim_ids])
            link = Link(f"lnk_{start}", claim, chance.choice(incidents), 1.0, "person:ana", NOW, ())
            one, other = (stream.take([], [], now=NOW, held={claim: link}) for stream in streams)
            assert one == other
        if chance.random() < 0.2:
            gone = chance.choice(articles[: start + step])
            one, other = (stream.take([gone], [], now=NOW) for stream in streams)
            assert one == other
    assert dict(streams[0].incidents) == dict(streams[1].incidents)


def test_an_incident_that_a_new_claim_leaves_alone_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.claim("a", words="police beat a man at the old mill")
    # tied to both, which are barred from one another: it may deny either
    world.claim("b", words="police beat no man at the old mill", modality="negated")
    world.claim("c", words="guards want to hit the crowd", modality="planned")
    write_texts(world, 1)
    stream = IncidentStream(WEIGHTS)
    kept = frozenset({"clm_a_0", "clm_b_0"})
    placed = {c: Link(f"lnk_{c}", c, incident_id("clm_a_0"), 1.0, "person:ana", NOW, ()) for c in kept}
    take(stream, world, list(world.articles.values()), placed)
    assert groups(stream) == {kept, frozenset({"clm_c_0"})}
    made: list[str] = []

    def compose(group: Sequence[Facts], id_: str, weights: MergeWeights) -> Incident:
        made.append(id_)
        return compose_incident(group, id_, weights)

    monkeypatch.setattr(stage, "compose_incident", compose)
    world.claim("d", words="guards want to hit the crowd soon", modality="planned")
    write_texts(world, 1)
    step = take(stream, world, [world.articles["d"]])
    assert groups(stream) == {kept, frozenset({"clm_c_0", "clm_d_0"})}
    assert made == [i.id for i in step.incidents]


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 10), st.data())
def test_an_article_taken_again_without_its_claims_leaves_no_trace(
    world: World, seed: int, data: st.DataObject
) -> None:
    write_texts(world, seed)
    stream = IncidentStream(NARROW)
    take(stream, world, list(world.articles.values()))
    gone = data.draw(st.sets(st.sampled_from(sorted(world.articles))))
    stream.take([world.articles[id_] for id_ in sorted(gone)], [], now=NOW)
    claims = [c for c in world.claims if c.article_id not in gone]
    origins = find_origins(world.articles.values())
    left = group_claims(claims, world.articles, world.outlets, origins, NARROW, now=NOW)
    assert groups(stream) == partition(left)
    assert len(stream) == len(claims)


def test_a_persons_placing_holds_in_the_stream_and_moves_the_claim_at_once() -> None:
    world = World()
    for name in "abc":
        world.claim(name, words=f"police beat a man of {name}")
    write_texts(world, 1)
    stream = IncidentStream(WEIGHTS)
    take(stream, world, list(world.articles.values()))
    assert len(stream.incidents) == 1
    (whole,) = stream.incidents
    apart = Link("lnk_p", "clm_b_0", incident_id("clm_b_0"), 1.0, "person:ana", NOW, ())
    stays = [Link(f"lnk_{c}", c, whole, 1.0, "person:ana", NOW, ()) for c in ("clm_a_0", "clm_c_0")]
    step = stream.take([], [], now=NOW, held={k.claim_id: k for k in (apart, *stays)})
    assert groups(stream) == {frozenset({"clm_a_0", "clm_c_0"}), frozenset({"clm_b_0"})}
    assert apart in step.links
    world.claim("d", words="police beat a man of d")
    write_texts(world, 1)
    take(stream, world, [world.articles["d"]])
    assert not any({"clm_a_0", "clm_b_0"} <= group for group in groups(stream))


def test_a_person_who_places_all_claims_of_an_incident_elsewhere_leaves_none_behind() -> None:
    world = World()
    world.claim("a")
    write_texts(world, 1)
    stream = IncidentStream(WEIGHTS)
    take(stream, world, list(world.articles.values()))
    (before,) = stream.incidents
    moved = Link("lnk_p", "clm_a_0", "inc_elsewhere", 1.0, "person:ana", NOW, ())
    step = stream.take([], [], now=NOW, held={"clm_a_0": moved})
    assert (list(stream.incidents), step.gone) == (["inc_elsewhere"], (before,))


def test_a_re_read_article_brings_its_new_claims_in_place_of_the_old() -> None:
    world = World()
    world.claim("a", words="two were hurt", killed=2)
    write_texts(world, 1)
    stream = IncidentStream(WEIGHTS)
    take(stream, world, list(world.articles.values()))
    (before,) = stream.incidents
    world.claims = [replace(world.claims[0], id="clm_new", tolls=())]
    step = take(stream, world, list(world.articles.values()))
    assert [i.claim_ids for i in stream.incidents.values()] == [("clm_new",)]
    assert before in step.gone


def test_old_incidents_are_forgotten_whole_and_running_ones_kept_whole() -> None:
    world = World()
    start = datetime(2026, 3, 1, tzinfo=UTC)
    world.article("old", at=start)
    world.article("new", at=start + timedelta(days=20))
    world.claim("old", words="police beat a man")
    world.claim("old", "AID", "grain arrived")
    world.claim("new", words="police beat a man there")
    write_texts(world, 3)
    stream = IncidentStream(WEIGHTS)
    take(stream, world, list(world.articles.values()))
    assert len(stream.incidents) == 2
    step = stream.forget(start + timedelta(days=14), now=NOW)
    assert groups(stream) == {frozenset({"clm_old_0", "clm_new_0"})}
    assert (step.incidents, step.gone) == ((), ())
    stream.forget(start + timedelta(days=30), now=NOW)
    assert (len(stream), len(stream.incidents)) == (0, 0)


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 10), st.data())
def test_blocks_hold_the_same_pairs_whatever_came_and_went(world: World, seed: int, data: st.DataObject) -> None:
    facts = [
        prepare_facts(c, world.articles[c.article_id], None, world.origins[c.article_id], WEIGHTS)
        for c in world.claims
        if c.article_id in world.origins
    ]
    left = data.draw(st.sets(st.sampled_from([f.claim.id for f in facts])))

    def fill(order: list[int], leaving: set[str]) -> set[frozenset[str]]:
        blocks, pairs = Blocks(3), set()
        for i in order:
            near, lost = blocks.insert(facts[i])
            pairs |= {frozenset((facts[i].claim.id, other)) for other in near}
            pairs -= {frozenset(pair) for pair in lost if not blocks.holds(pair)}
        for id_ in leaving:
            more = blocks.remove(id_)
            pairs = {pair for pair in pairs if id_ not in pair} | {frozenset(pair) for pair in more}
        return pairs

    order = list(range(len(facts)))
    shuffled = random.Random(seed).sample(order, len(order))
    stayed = [i for i in order if facts[i].claim.id not in left]
    assert fill(shuffled, left) == fill(stayed, set())


@pytest.mark.parametrize("place", [0, 1])
def test_two_claims_that_share_no_key_are_never_compared(place: int) -> None:
    world = World()
    world.claim("a", date=None, place=None)
    world.article("b", "Other", None)
    world.claim("b", date=None, place=None)
    facts = [prepare_facts(c, world.articles[c.article_id], None, c.article_id, WEIGHTS) for c in world.claims]
    one, other = facts[place], facts[1 - place]
    assert any(key[-2] == "origin" for key in block_keys(one))
    blocks = Blocks(WEIGHTS.block_limit)
    blocks.insert(other)
    assert blocks.insert(one) == (set(), set())
    stream = IncidentStream(WEIGHTS)
    take(stream, world, [replace(a, text=f"text of {a.id} alone") for a in world.articles.values()])
    assert len(stream.incidents) == 2


def test_a_claim_that_is_alone_under_its_keys_costs_little() -> None:
    world, count = World(), 60
    for n in range(count):
        place = replace(TESKE, name=f"Town {n}", gazetteer_id=f"g:{n}", lat=n, lon=n, within=(f"g:near-{n}",))
        world.claim(f"a{n}", place=place, date=None, actor=(Party(f"The {chr(65 + n)}avi Guards", "XVA", "REB"),))
    facts = [prepare_facts(c, world.articles[c.article_id], None, c.article_id, WEIGHTS) for c in world.claims]
    keys = sum(len(set(block_keys(one))) for one in facts) / count
    blocks = Blocks(WEIGHTS.block_limit)
    blocks.insert(facts[0])
    tracemalloc.start()
    for one in facts[1:]:
        blocks.insert(one)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert keys > 30
    assert held / count / keys < 120, "bytes a key; a block of its own with its key took 400"
