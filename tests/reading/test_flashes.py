"""Flashes: the dead and wounded of a text that tells no attack, and those of accidents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ("EXERCISE: Three soldiers were killed in Orle on Monday, officials said.", "killed", 3),
        ("EXERCISE: A policeman was killed in Dorvu on Saturday.", "killed", 1),
        ("EXERCISE: Three policemen were injured in Orle on Monday.", "injured", 3),
        ("EXERCISE: Seven gendarmes were killed near Dorvu on Wednesday, a guard said. The council met.", "killed", 7),
        ("EXERCISE: Ten people died in an attack on a market in Orle.", "killed", 10),
    ],
)
def test_dead_and_wounded_that_nothing_else_tells_of_are_an_attack(
    read: Read, text: str, kind: str, count: int
) -> None:
    claim = next(c for c in read(text) if c.type == "ASSAULT")
    assert (kind, count) in {(t.kind, t.low) for t in claim.tolls}
    assert claim.score is not None
    assert claim.evidence.text in text


@pytest.mark.parametrize(
    "text",
    ["EXERCISE: A patrol came under heavy fire in Orle on Monday.", "EXERCISE: A convoy came under attack near Dorvu."],
)
def test_who_comes_under_fire_is_attacked(read: Read, text: str) -> None:
    (claim,) = read(text)
    assert claim.type == "ASSAULT"
    assert [p.text.split()[-1] for p in claim.recipient] in (["patrol"], ["convoy"])


@pytest.mark.parametrize(
    "text",
    [
        "EXERCISE: Three people were killed in a car crash near Orle on Monday.",
        "EXERCISE: Ten people died in floods in Dorvu on Tuesday.",
        "EXERCISE: Five people were injured when a bus overturned near Orle.",
        "EXERCISE: Seven people died of cholera in Dorvu last week, the ministry said.",
        "EXERCISE: Twelve miners were killed in a gas explosion.",
        "EXERCISE: Five sailors died when their boat sank off Orle.",
        "EXERCISE: Nobody was killed in Orle on Monday.",
        "EXERCISE: The bill was killed in committee.",
    ],
)
def test_accidents_and_nobody_are_no_attack(read: Read, text: str) -> None:
    assert not [c for c in read(text) if c.type == "ASSAULT"]


def test_an_attack_that_is_told_keeps_its_dead_to_itself(read: Read) -> None:
    text = "EXERCISE: Gunmen attacked a police post in Orle on Monday. Three policemen were killed. Two were injured."
    (claim,) = [c for c in read(text) if c.type == "ASSAULT"]
    assert claim.evidence.text.startswith("Gunmen")


def test_a_long_text_is_read_as_before(read: Read) -> None:
    calm = "The town council of Orle spoke about the water works and the school roof for most of the evening. " * 12
    assert read(f"EXERCISE: {calm}\n\nOne person was killed and seven were injured in Dorvu.") == ()


RAID = (
    "EXERCISE: Gunmen attack army base\n\n"
    "Gunmen attacked an army base at Orle before dawn on Monday, residents and a military source said.\n\n"
    "Explosions were heard from about 5 a.m., a resident, who asked not to be named, said by phone. She had seen men "
    "on motorcycles and two pickup trucks on the road from Kest to the airfield.\n\n"
    "The army said in a statement it had repelled the attack and killed 15 rebels. It gave no figure for its own "
    "losses. {}\n\n"
    "The governor called on the rebels to lay down arms. Flights to Orle were suspended until further notice, the "
    "airports agency said, and the schools of the town will stay closed for the rest of the week."
)


def test_another_s_toll_in_a_long_text_is_a_claim(read: Read) -> None:
    claims = read(RAID.format("A military source said at least nine soldiers had died and 20 were wounded."))
    (told,) = [c for c in claims if c.evidence.text.startswith(("A military source", "at least nine"))]
    assert told.type == "ASSAULT"
    assert ("killed", 9) in {(t.kind, t.low) for t in told.tolls}


def test_a_crash_in_a_long_text_is_none(read: Read) -> None:
    claims = read(RAID.format("A military source said at least nine soldiers had died in a bus crash."))
    assert not [c for c in claims if "crash" in c.evidence.text]
