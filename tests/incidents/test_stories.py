from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.incidents import find_stories, stories

QUAKE = [
    "Quake shakes Lorn valley, dozens feared dead",
    "Strong quake hits Lorn; houses collapse",
    "Rescuers dig for survivors after Lorn quake",
    "Lorn earthquake: aid convoys on the way to valley",
]
VOTE = [
    "Vasnia votes for a new parliament on Sunday",
    "Polls open in Vasnia parliament election",
    "Vasnia election: turnout low, parliament split expected",
    "Ruling party leads Vasnia vote count",
]


def test_headlines_of_two_stories_are_told_apart() -> None:
    texts = {f"{n}{kind}": t for n in range(4) for kind, t in (("q", QUAKE[n]), ("v", VOTE[n]))}
    found = find_stories(texts)
    assert set(found.values()) == {"0q", "0v"}
    assert {k: v[1] for k, v in found.items()} == {k: k[1] for k in texts}


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "", "b": "?!"}, {"a": "one word", "b": ""}])
def test_nothing_to_compare_has_an_answer(texts: dict[str, str]) -> None:
    assert find_stories(texts) == {name: name for name in texts}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_texts_are_divided_and_led_by_the_first(texts: list[str]) -> None:
    named = {str(n): text for n, text in enumerate(texts)}
    found = find_stories(named)
    assert found.keys() == named.keys()
    assert all(found[leader] == leader and int(leader) <= int(name) for name, leader in found.items())


def test_long_lists_are_compared_in_stretches() -> None:
    texts = {str(n): (QUAKE if n % 2 else VOTE)[n // 2 % 4] for n in range(24)}
    with patch.object(stories, "MOST_COMPARED", 8):
        found = find_stories(texts)
    assert {int(leader) // 8 for leader in found.values()} == {0, 1, 2}
