from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.places import Gazetteer, find_mentions


def names(text: str, gazetteer: Gazetteer) -> list[str]:
    return [m.name for m in find_mentions(text, gazetteer)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trucks blocked the road near Zvečan on Monday.", ["Zvečan"]),
        ("Kosovo's police closed the Jarinje crossing.", ["Kosovo", "Jarinje"]),
        ("Fighting goes on in North Kivu, Ituri and South Kivu.", ["North Kivu", "Ituri", "South Kivu"]),
        ("Serbia, Albania and North Macedonia met in Skopje.", ["Serbia", "Albania", "North Macedonia", "Skopje"]),
        ("The U.S. and the Democratic Republic of the Congo agreed.", ["U.S.", "Democratic Republic of the Congo"]),
        ("A bomb went off in Paris, Texas.", ["Paris", "Texas"]),
    ],
)
def test_names_are_found_longest_first(text: str, expected: list[str], gazetteer: Gazetteer) -> None:
    assert names(text, gazetteer) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The ambassador met Assad's envoy.",  # never parts of words
        "President Lincoln and Mr Madison spoke.",
        "Paris Hilton and Jordan Smith said so.",
        "Jackson said he would not resign.",
        "The Washington Post and the Jerusalem Post reported it.",
        "Of course Police fired; Most people ran. The Russian and Turkish soldiers watched.",
        "He told us that reading is nice.",
    ],
)
def test_persons_papers_peoples_and_common_words_are_no_places(text: str, gazetteer: Gazetteer) -> None:
    assert names(text, gazetteer) == []


def test_a_person_s_name_is_a_place_where_the_words_say_so(gazetteer: Gazetteer) -> None:
    assert names("Crowds gathered in Jackson late on Friday.", gazetteer) == ["Jackson"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["Kosovo", "in", "Mitrovica", "St.", "U.S.", "'s", ",", "\n", "\u00a0", " ", "é", "Đ"]))
)
def test_spans_cut_the_names_in_order(gazetteer: Gazetteer, parts: list[str]) -> None:
    text = " ".join(parts)
    found = find_mentions(text, gazetteer)
    spans = [m.span for m in found if m.span]
    assert [s.cut(text) for s in spans] == [m.name for m in found]
    assert all(a.end <= b.start for a, b in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_scanned(gazetteer: Gazetteer, text: str) -> None:
    for mention in find_mentions(text, gazetteer):
        assert gazetteer.find(mention.name)
