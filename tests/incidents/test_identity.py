from __future__ import annotations

from datetime import timedelta

import pytest

from tests.incidents.world import CROWD, NOW, POLICE, WEIGHTS, World, only
from tocsin.incidents import Grouping, group_claims
from tocsin.records import Link, incident_id


@pytest.fixture
def world() -> World:
    return World()


def hold(grouping: Grouping) -> dict[str, Link]:
    return {link.claim_id: link for link in grouping.links}


def link(claim: str, incident: str, made_by: str = "rule:merge/0") -> Link:
    return Link(f"lnk_{claim}", claim, incident, 0.9, made_by, NOW)


def test_every_claim_has_one_link_with_reasons(world: World) -> None:
    for name in "abc":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    grouping = world.group()
    incident = only(grouping)
    assert [k.claim_id for k in grouping.links] == list(incident.claim_ids)
    founder, *others = grouping.links
    assert (founder.score, founder.made_by) == (1.0, f"rule:{WEIGHTS.version}")
    for other in others:
        assert 0.5 < other.score <= 1
        weights = [r.weight for r in other.reasons if r.weight is not None]
        assert {"base", "same-day", "same-place"} <= {r.rule for r in other.reasons}
        assert sum(weights) > WEIGHTS.least


def test_an_incident_keeps_its_identifier_when_an_earlier_report_turns_up(world: World) -> None:
    world.claim("b", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    before = world.group()
    world.article("a", at=NOW - timedelta(days=31))
    world.claim("a", mode="beat", actor=(POLICE,), recipient=(CROWD,))
    after = only(world.group(held=hold(before)))
    assert after.id == only(before).id
    assert after.claim_ids == ("clm_b_0", "clm_a_0"), "the founding claim stands first"


def test_grouping_again_changes_no_link(world: World) -> None:
    for name in "abc":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    first = world.group()
    again = group_claims(
        world.claims, world.articles, world.outlets, {}, WEIGHTS, now=NOW + timedelta(days=5), held=hold(first)
    )
    assert again == first


def test_merged_incidents_take_the_identifier_of_the_larger_and_then_the_smaller_name(world: World) -> None:
    for name in "abc":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    most = {
        "clm_a_0": link("clm_a_0", "inc_y"),
        "clm_b_0": link("clm_b_0", "inc_z"),
        "clm_c_0": link("clm_c_0", "inc_z"),
    }
    assert only(world.group(held=most)).id == "inc_z"
    tie = {"clm_a_0": link("clm_a_0", "inc_z"), "clm_b_0": link("clm_b_0", "inc_y")}
    assert only(world.group(held=tie)).id == "inc_y"


def test_of_a_split_incident_the_larger_part_keeps_the_identifier(world: World) -> None:
    for name in "ab":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    alone = world.claim("c", "MOBILIZE", actor=(POLICE,))
    founded_by_the_lone_one = incident_id(alone.id)
    held = {c.id: link(c.id, founded_by_the_lone_one) for c in world.claims}
    ids = {i.claim_ids: i.id for i in world.group(held=held).incidents}
    assert ids["clm_a_0", "clm_b_0"] == founded_by_the_lone_one
    assert ids["clm_c_0",] != founded_by_the_lone_one


def test_two_incidents_never_share_an_identifier(world: World) -> None:
    """The founding claim has moved to an incident of another name; its own name is taken by those who stayed."""
    for name in "ab":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    for name in "cd":
        world.claim(name, "MOBILIZE", actor=(POLICE,))
    held = {"clm_a_0": link("clm_a_0", incident_id("clm_c_0")), "clm_b_0": link("clm_b_0", incident_id("clm_c_0"))}
    incidents = world.group(held=held).incidents
    assert len({i.id for i in incidents}) == len(incidents) == 2


def test_what_a_person_put_together_or_apart_stays_so(world: World) -> None:
    for name in "ab":
        world.claim(name, mode="beat", actor=(POLICE,), recipient=(CROWD,))
    far = world.claim("c", "AID", actor=(CROWD,))
    apart = {c: link(c, f"inc_{c}", "person:dana") for c in ("clm_a_0", "clm_b_0")}
    assert len(world.group(held=apart).incidents) == 3
    together = {c: link(c, "inc_ours", "person:dana") for c in ("clm_a_0", far.id)}
    grouping = world.group(held=together)
    mine = next(i for i in grouping.incidents if i.id == "inc_ours")
    assert {"clm_a_0", far.id} <= set(mine.claim_ids)
    assert together[far.id] in grouping.links, "a person's link is handed back as it is"
