"""When an incident is faint: one origin, and no claim more likely right than not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.incidents.world import CROWD, ORLAN, POLICE, WEIGHTS, World, only
from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.weights import MERGE_FILE, load_merge_weights
from tocsin.records import Incident, Reason

UNSURE, SURE = 0.6, 0.75


@pytest.fixture
def world() -> World:
    return World()


def tell(world: World, article: str, score: float | None, **more: object) -> None:
    world.claim(article, mode="beat", actor=(POLICE,), recipient=(CROWD,), score=score, **more)  # type: ignore[arg-type]


def why_faint(incident: Incident) -> Reason | None:
    found = next((r for r in incident.reasons if r.rule == "faint"), None)
    assert incident.is_faint is (found is not None)
    return found


def test_one_claim_as_likely_wrong_as_right_is_faint_and_says_so(world: World) -> None:
    tell(world, "a", UNSURE)
    reason = why_faint(only(world.group()))
    assert reason is not None
    assert reason.weight == pytest.approx(WEIGHTS.read_chance(UNSURE))
    assert reason.version == WEIGHTS.version
    assert reason.detail == (
        "one origin, read with a score of 0.60: of 100 such claims 46 are right; 50 or a second origin makes it count"
    )


def test_just_too_little_is_never_told_as_enough(world: World) -> None:
    tell(world, "a", 0.66)
    reason = why_faint(only(world.group()))
    assert reason is not None
    assert "49 are right; 50 or a second origin" in reason.detail


@pytest.mark.parametrize("score", [SURE, 1.0, None])
def test_one_claim_more_likely_right_counts(world: World, score: float | None) -> None:
    tell(world, "a", score)
    assert why_faint(only(world.group())) is None


def test_a_second_origin_makes_it_count_and_a_copy_does_not(world: World) -> None:
    tell(world, "a", UNSURE)
    tell(world, "b", UNSURE)
    assert why_faint(only(world.group())) is None
    world.origins |= {"a": "one", "b": "one"}
    assert why_faint(only(world.group())) is not None


def test_who_denies_an_unsure_claim_is_no_second_origin(world: World) -> None:
    tell(world, "a", UNSURE)
    tell(world, "b", 1.0, modality="negated", by=("the police", "force"))
    incident = only(world.group())
    reason = why_faint(incident)
    assert incident.state == "disputed"
    assert reason is not None
    assert reason.detail.endswith("makes it count; who denies it is no second origin")


def test_who_denies_a_sure_claim_does_not_silence_it(world: World) -> None:
    tell(world, "a", SURE)
    tell(world, "b", 1.0, modality="negated", by=("the police", "force"))
    incident = only(world.group())
    assert incident.state == "disputed"
    assert why_faint(incident) is None


def test_two_claims_of_one_origin_are_as_sure_as_the_surer(world: World) -> None:
    tell(world, "a", UNSURE)
    tell(world, "a", SURE, by=("a shopkeeper", "witness"))
    tell(world, "c", UNSURE, place=ORLAN)
    by_place = {i.place: why_faint(i) is not None for i in world.group().incidents}
    assert by_place.pop(ORLAN)
    assert not any(by_place.values())


def test_a_surer_claim_is_never_less_likely_right() -> None:
    chances = [WEIGHTS.read_chance(score / 100) for score in range(101)]
    assert all(0 < one <= other < 1 for one, other in pairwise(chances))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("start = -0.34\n", "", "start"), ("odds = 0.50", "odds = -1", "odds"), ("sure = 0.5", "sure = 2", "sure")],
)
def test_a_table_without_a_chance_is_refused_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = read_knowledge(MERGE_FILE)
    assert old in text
    path = tmp_path / "merge.toml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KnowledgeError, match=told):
        load_merge_weights(path)
