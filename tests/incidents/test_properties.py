"""What must hold for every set of claims."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.world import BRIDGE, CROWD, ORLAN, POLICE, REBELS, TESKE, VALLEY, World, partition
from tocsin.records import PartialDate, Party, Place

UNKNOWN = [
    Place("a farm", "site", "XVA"),
    Place("the Teske mill", "site"),
    Place("a mill", "site", within=VALLEY.within),
]
PLACES = [None, TESKE, BRIDGE, VALLEY, ORLAN, *UNKNOWN]
PERSONS = [(Party("Ana Vels", "XVA", "CVL"),), (Party("teacher Ivo Marn"),)]
QUARESE = Party("Quarese envoys", "XQA", "GOV")
PARTIES = [(), (QUARESE,), (POLICE,), (REBELS,), (CROWD,), (POLICE, CROWD), *PERSONS]
SPEAKERS = [None, ("the ministry", "official"), ("witnesses", "witness"), (None, "unspecified"), ("Wire", "media")]
#: Some that copies of one text may have of one another with a word changed.
WORDS = ["police beat a man", "police beat a young man", "Police beat a woman", "shots were fired"]
DAYS = [None, *(PartialDate.of_day(date(2026, 3, d)) for d in (1, 2)), PartialDate.of_month(2026, 3)]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    for n in range(draw(st.integers(1, 9))):
        article = f"a{draw(st.integers(0, 5))}"
        if article not in world.articles:
            hour = draw(st.integers(0, 48))
            at = draw(st.sampled_from([None, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)]))
            world.article(article, f"Outlet {draw(st.integers(0, 2))}", at, is_exercise=draw(st.booleans()))
            world.origins[article] = min(world.articles) if draw(st.booleans()) else article
        world.claim(
            article,
            draw(st.sampled_from(["ASSAULT", "PROTEST", "ACCUSE", "MOBILIZE"])),
            draw(st.sampled_from([*WORDS, f"claim {n}"])),
            by=draw(st.sampled_from(SPEAKERS)),
            killed=draw(st.sampled_from([None, 0, 1, 3, (3, None), (30, 40)])),
            mode=draw(st.sampled_from([None, "beat"])),
            actor=draw(st.sampled_from(PARTIES)),
            recipient=draw(st.sampled_from(PARTIES)),
            date=draw(st.sampled_from(DAYS)),
            place=draw(st.sampled_from(PLACES)),
            modality=draw(st.sampled_from(["actual", "planned", "negated"])),
            background=draw(st.booleans()),
            certainty=draw(st.sampled_from(["asserted", "hedged"])),
        )
    return world


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 10))
def test_the_order_of_the_claims_does_not_matter(world: World, seed: int) -> None:
    shuffled = list(world.claims)
    random.Random(seed).shuffle(shuffled)
    assert world.group(shuffled) == world.group()


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_an_unrelated_claim_changes_nothing(world: World) -> None:
    before = world.group()
    world.article("far", "Far Herald", datetime(2019, 7, 1, tzinfo=UTC))
    far = Place("Port Isel", "settlement", "XQA", -30.0, 70.0, "g:isel", within=("country:XQA",))
    world.claim("far", "AID", "grain arrived", date=PartialDate.of_day(date(2019, 7, 1)), place=far)
    after = world.group()
    assert set(after.incidents) > set(before.incidents)
    assert partition(after) - partition(before) == {frozenset({"clm_far_0"})}
    assert set(after.links) > set(before.links)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_every_claim_is_in_one_incident_and_nothing_is_invented(world: World) -> None:
    grouping = world.group()
    by_id = {c.id: c for c in world.claims}
    assert sorted(c for i in grouping.incidents for c in i.claim_ids) == sorted(by_id)
    assert sorted(k.claim_id for k in grouping.links) == sorted(by_id)
    for incident in grouping.incidents:
        claims = [by_id[c] for c in incident.claim_ids]
        assert incident.place in [None, *(c.place for c in claims)], "no place but one that a claim gives"
        assert incident.date in [None, *(c.date for c in claims)], "no date but one that a claim gives"
        assert {c.modality for c in claims} - {"negated"} in (set(), {"actual"}, {"planned"})
        assert 1 <= incident.origins <= len(claims)
        assert {g.claim_id for g in incident.grades} == set(incident.claim_ids)
        for toll in incident.tolls:
            assert toll.low <= toll.best
            assert toll.high is None or toll.best <= toll.high


@settings(max_examples=30, deadline=None)
@given(worlds(), st.integers(0, 9))
def test_incidents_keep_their_names_as_claims_come_in(world: World, first: int) -> None:
    early = world.group(world.claims[: first + 1])
    held = {k.claim_id: k for k in early.links}
    late = world.group(held=held)
    ids = {i.id for i in late.incidents}
    assert len(ids) == len(late.incidents)
    # a name may go where its claims are now together with those of another incident, never otherwise
    for before in early.incidents:
        if before.id in ids:
            continue
        now_in = [i for i in late.incidents if set(i.claim_ids) & set(before.claim_ids)]
        assert all({held[c].incident_id for c in i.claim_ids if c in held} - {before.id} for i in now_in)
