from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer, find_mentions
from tocsin.places.mentions import weigh_names
from tocsin.places.scanning import scan_text
from tocsin.places.weights import load_name_weights
from tocsin.records import PlaceMention, Span


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


# --- with a reader's marks


def mark(text: str, *marks: tuple[str, float]) -> list[PlaceMention]:
    """A reader's marks, each on the first occurrence of the words."""
    at = [(text.index(words), words, score) for words, score in marks]
    return [PlaceMention(words, Span(start, start + len(words)), score) for start, words, score in at]


def marked_names(text: str, gazetteer: Gazetteer, *marks: tuple[str, float]) -> list[str]:
    return [m.name for m in find_mentions(text, gazetteer, names=mark(text, *marks))]


def test_a_sure_reader_finds_names_that_nobody_recorded(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked the village of Qorveshti on Monday."
    assert marked_names(text, gazetteer) == []
    assert marked_names(text, gazetteer, ("Qorveshti", 0.98)) == ["Qorveshti"]


def test_what_no_reader_marks_is_a_place_only_where_much_speaks_for_it(gazetteer: Gazetteer) -> None:
    text = "Jordan Smith met Paris Hilton in Texas."
    assert marked_names(text, gazetteer, ("Texas", 0.9)) == ["Texas"]


def test_of_overlapping_names_the_likelier_stays(gazetteer: Gazetteer) -> None:
    text = "Fighting goes on in North Kivu."
    assert marked_names(text, gazetteer, ("North Kivu", 0.97)) == ["North Kivu"]


def test_scores_are_probabilities_and_spans_cut_their_names(gazetteer: Gazetteer) -> None:
    text = "Shots fell in Gori, in Tripoli and near Tbilisi; Libya and Georgia said nothing."
    found = find_mentions(text, gazetteer, names=mark(text, ("Gori", 0.8), ("Tbilisi", 0.9), ("Libya", 0.9)))
    assert {"Gori", "Tbilisi", "Libya"} <= {m.name for m in found}
    assert all(m.span and m.span.cut(text) == m.name and 0.5 <= (m.score or 0) <= 1 for m in found)


def test_more_certain_marks_never_lower_a_score(gazetteer: Gazetteer) -> None:
    text = "Gunmen attacked the village of Qorveshti on Monday."
    scores = []
    for sure in (0.2, 0.5, 0.9, 0.99):
        (only,) = (w for w in weigh_names(scan_text(text, gazetteer), mark(text, ("Qorveshti", sure))))
        scores.append(only.score(load_name_weights()))
    assert scores == sorted(scores)


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="AKosv é.,\n-'\u2019", max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(1, 12), st.floats(0, 1)), max_size=6),
)
def test_any_marks_on_any_text_give_separate_names_in_order(
    gazetteer: Gazetteer, text: str, raw: list[tuple[int, int, float]]
) -> None:
    spans = [(Span(s, min(len(text), s + n)), p) for s, n, p in raw if s < len(text)]
    found = find_mentions(text, gazetteer, names=[PlaceMention(s.cut(text), s, p) for s, p in spans])
    assert all(m.span and m.span.cut(text) == m.name for m in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found) if a.span and b.span)


def test_weights_of_names_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text("[names]\nstart = 1\n")
    with pytest.raises(KnowledgeError, match="exactly"):
        load_name_weights(path)
