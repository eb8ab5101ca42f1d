"""Roads that nobody in particular blocked. All texts are EXERCISE."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reading.made import MadeAct, make_outputs
from tocsin.reading.decoding import find_acts
from tocsin.reading.roadblocks import add_roadblocks
from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]


def add(text: str, *acts: MadeAct) -> list[tuple[str, str, str]]:
    outputs = make_outputs(text, acts)
    window = outputs.window
    found = add_roadblocks(find_acts(outputs), outputs, text)
    return [(text[window.starts[a.word] : window.ends[a.word]], a.type.name, a.mode.name) for a in found]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The road between Orle and Selna was blocked with logs near Kest.", "blocked"),
        ("Streets in Orle were again barricaded with burning tyres.", "barricaded"),
        ("The bridge at Orle has been blocked by two lorries since dawn.", "blocked"),
        ("Both routes to Orle were blocked by angry residents.", "blocked"),
        ("A roadblock of gravel was set up overnight at Kest.", "roadblock"),
        ("Two barricades were erected near Orle.", "barricades"),
    ],
)
def test_what_blocks_a_road_tells_that_people_did_it(text: str, word: str) -> None:
    assert add(text) == [(word, "PROTEST", "obstruct")]


@pytest.mark.parametrize(
    "text",
    [
        "The road to Orle was blocked by a landslide with rocks the size of lorries.",
        "The road to Orle was blocked with snow and fallen branches.",
        "The highway was blocked by a truck after an accident.",
        "The street was blocked with parked buses.",
        "The road was blocked by soldiers with barriers.",
        "A road was blocked near Orle.",
        "His way was blocked by rocks.",
        "A roadblock was set up by police.",
        "The motion was blocked by residents.",
        "",
    ],
)
def test_weather_crashes_and_forces_do_not(text: str) -> None:
    assert add(text) == []


def test_what_the_arcs_take_for_an_act_of_nobody_is_this_one() -> None:
    text = "The road to Orle was blocked with trucks near Kest."
    assert add(text, MadeAct("blocked", "COERCE")) == [("blocked", "PROTEST", "obstruct")]


def test_an_act_of_somebody_stays() -> None:
    text = "The mayor said the road to Orle was blocked with trucks."
    assert add(text, MadeAct("blocked", "COERCE", {"actor": ["The mayor"]})) == [("blocked", "COERCE", "none")]
    assert len(add(text, MadeAct("blocked", "PROTEST"))) == 1


def test_a_flash_that_tells_only_this_is_read(read: Read) -> None:
    (claim,) = read("EXERCISE: A road was blocked with logs near Orle on Friday.")
    assert (claim.type, claim.mode, claim.actor) == ("PROTEST", "obstruct", ())
    assert "blocked with logs" in claim.evidence.text
