"""What people decide holds against every later run, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.incidents.world import NOW, ORLAN, World, partition
from tocsin.errors import RecordError
from tocsin.incidents import compare_speakers, is_persons, merge_incidents, release_claims, split_incident
from tocsin.records import Link

MADE = {"who": "ana", "why": "seen on the same film", "now": NOW}


def hold(*more: list[Link]) -> dict[str, Link]:
    return {link.claim_id: link for links in more for link in links}


def two_apart() -> World:
    world = World()
    world.claim("a", words="a man was beaten")
    world.claim("b", words="grain was burnt", place=ORLAN)
    return world


def test_merged_incidents_stay_one_under_the_kept_name() -> None:
    world = two_apart()
    one, other = world.group().incidents
    links = merge_incidents(other, [one], **MADE)
    grouping = world.group(held=hold(list(world.group().links), links))
    (incident,) = grouping.incidents
    assert incident.id == other.id
    assert set(incident.claim_ids) == {"clm_a_0", "clm_b_0"}
    assert all(is_persons(link) and "same film" in link.reasons[0].detail for link in grouping.links)
    world.claim("c", words="a man was beaten there")
    world.claim("d", words="a man was beaten in Teske")
    later = world.group(held=hold(list(grouping.links)))
    assert other.id in {i.id for i in later.incidents}
    assert next(i for i in later.incidents if "clm_a_0" in i.claim_ids).id == other.id


def test_what_is_taken_out_stays_out_and_what_is_left_stays_together() -> None:
    world = World()
    for name in "abcd":
        world.claim(name, words=f"police beat a man, {name} wrote")
    (whole,) = world.group().incidents
    new, links = split_incident(whole, ["clm_b_0", "clm_c_0"], **MADE)
    assert {link.incident_id for link in links} == {new, whole.id}
    grouping = world.group(held=hold(list(world.group().links), links))
    assert partition(grouping) == {frozenset({"clm_b_0", "clm_c_0"}), frozenset({"clm_a_0", "clm_d_0"})}
    assert {i.id for i in grouping.incidents} == {new, whole.id}


def test_taking_out_the_founder_leaves_the_name_where_the_rest_is() -> None:
    world = World()
    for name in "abc":
        world.claim(name, words=f"police beat a man, {name} wrote")
    (whole,) = world.group().incidents
    new, links = split_incident(whole, [whole.claim_ids[0]], **MADE)
    assert new != whole.id
    grouping = world.group(held=hold(links))
    assert {i.id: len(i.claim_ids) for i in grouping.incidents} == {new: 1, whole.id: 2}


def test_released_claims_go_by_the_rules_again() -> None:
    world = World()
    for name in "abc":
        world.claim(name, words=f"police beat a man, {name} wrote")
    (whole,) = world.group().incidents
    _, links = split_incident(whole, ["clm_b_0"], **MADE)
    held = hold(links)
    assert release_claims(["clm_x"], held, **MADE) == []
    held |= hold(release_claims(whole.claim_ids, held, **MADE))
    assert not any(map(is_persons, held.values()))
    assert partition(world.group(held=held)) == partition(world.group())


@pytest.mark.parametrize("claims", [[], ["clm_a_0", "clm_b_0"], ["clm_x_0"]])
def test_a_split_must_leave_and_take_something_of_the_incident(claims: list[str]) -> None:
    world = World()
    world.claim("a")
    world.claim("b")
    (whole,) = world.group().incidents
    with pytest.raises(RecordError):
        split_incident(whole, claims, **MADE)


def test_an_incident_is_not_merged_with_itself_nor_with_the_exercise() -> None:
    one, other = two_apart().group().incidents
    with pytest.raises(RecordError, match="other than itself"):
        merge_incidents(one, [one], **MADE)
    with pytest.raises(RecordError, match="exercise"):
        merge_incidents(one, [replace(other, is_exercise=True)], **MADE)


def test_speakers_are_laid_side_by_side_point_by_point() -> None:
    world = World()
    said = [
        (world.claim("a", killed=3), world.claim("a", killed=5)),
        (world.claim("b", killed=(4, None), place=ORLAN, date=None),),
        (world.claim("c", killed=9),),
        (world.claim("d", modality="negated", place=None, date=None),),
    ]
    points = {(p.kind, p.value): (set(p.agree), set(p.differ)) for p in compare_speakers(said)}
    assert points["act", "it happened"] == ({0, 1, 2}, {3})
    assert points["killed", "5"] == ({0, 1}, {2})  # who counts again updates: 3 is no rival of 5
    assert points["killed", "9"] == ({1, 2}, {0})
    assert points["place", "Teske"] == ({0, 2}, {1})
    assert points["place", "Orlan"] == ({1}, {0, 2})
    assert [kind for kind, _ in points if kind == "date"] == ["date"]
    assert points["date", "2026-03-01"] == ({0, 2}, set())
    assert compare_speakers([]) == ()
