"""Speakers whom a dash or a colon names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.knowledge.parties import make_party_lexicon
from tocsin.reading.marked_speakers import find_marked_speaker
from tocsin.records import Span

LEXICON = make_party_lexicon()


def find(text: str, act: str) -> str | None:
    at = text.index(act)
    found = find_marked_speaker(text, Span(at, at + len(act)), LEXICON)
    return found.cut(text) if found else None


@pytest.mark.parametrize(
    ("text", "act", "speaker"),
    [
        ("Three soldiers killed in ambush near Orle \u2013 police.", "killed", "police"),
        ("Three soldiers killed in ambush near Orle - local officials", "killed", "local officials"),
        ("Rebels seize town — state TV", "seize", "state TV"),
        ("Forces shell Orle \u2013 Ukrainian military", "shell", "Ukrainian military"),
        ("12 killed \u2013 UN", "killed", "UN"),
        ("Three soldiers killed by gunmen near Orle: local officials", "killed", "local officials"),
        ("Police: Gunmen abduct 12 students in Orle.", "abduct", "Police"),
        ("Witnesses: soldiers opened fire", "opened", "Witnesses"),
        ("Quiet day.\nArmy: \"no aircraft flew\"", "flew", "Army"),
    ],
)  # fmt: skip
def test_a_mark_names_who_says_so(text: str, act: str, speaker: str) -> None:
    assert find(text, act) == speaker


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("ORLE - Police arrested 12 people", "arrested"),
        ("Orle: Police arrested 12 people", "arrested"),
        ("PARIS: Junta jets hit a market", "hit"),
        ("Belgrade: Army deployed at the border", "deployed"),
        ("In other news: police arrested 12 people", "arrested"),
        ("He begged their pardon - the first official to do so.", "begged"),
        ("Twenty have gone home: the army recalled them", "recalled"),
        ("Civilians: 1,100 fled Orle", "fled"),
        ("Gunmen attacked three villages near Orle: Kest", "attacked"),
        ("The march met at 10:30 police", "met"),
        ("The army withdrew - and the police.", "withdrew"),
        # the mark belongs to another sentence
        ("Army: no aircraft flew. Gunmen shot a farmer.", "shot"),
        ("Gunmen shot a farmer. Three held - police", "shot"),
    ],
)
def test_what_a_mark_does_not_say(text: str, act: str) -> None:
    assert find(text, act) is None


@given(st.text(alphabet="Pa police:-\u2013. \n\"'“", max_size=200), st.integers(0, 199), st.integers(1, 20))
def test_whatever_the_text_the_words_lie_in_it_and_beside_the_act(text: str, start: int, length: int) -> None:
    if start + length > len(text):
        return
    trigger = Span(start, start + length)
    found = find_marked_speaker(text, trigger, LEXICON)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert found.end <= trigger.start or trigger.end <= found.start
