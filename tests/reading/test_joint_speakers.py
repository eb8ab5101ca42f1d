"""Two speakers of whom the second alone is marked. All texts are EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.reading.joint_speakers import join_speakers
from tocsin.reading.reader import make_setting, make_words
from tocsin.records import Article, Span

WORDS = make_words()


def join(text: str, marked: str) -> str:
    now = datetime(2022, 7, 31, tzinfo=UTC)
    setting = make_setting(Article("art-1", text, now, published_at=now), WORDS, "made/1")
    start = text.index(marked)
    return join_speakers(Span(start, start + len(marked)), setting).cut(text)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("Both the army and the rebels said a drone struck the bridge.", "the army and the rebels"),
        ("EXERCISE\nThe mayor and the rebels said a drone struck.", "The mayor and the rebels"),
        ("It was dark. The army and the rebels said so.", "The army and the rebels"),
        ("A drone struck, according to the police and the rebels.", "the police and the rebels"),
        ("\u201cIt was a drone,\u201d the mayor and the rebels said.", "the mayor and the rebels"),
    ],
)
def test_both_speak(text: str, joined: str) -> None:
    assert join(text, "the rebels") == joined


@pytest.mark.parametrize(
    "text",
    [
        "Shells fell on the town and the rebels said so.",
        "Gunmen fled to Kest and the rebels said so.",
        "Nothing moved and the rebels said so.",
        "The army of Orlania, and the rebels said so.",
        "the rebels said so.",
        "A drone struck the bridge of a ship at anchor off the coast of Kest all that night and the rebels said so.",
    ],
)
def test_one_speaks(text: str) -> None:
    assert join(text, "the rebels") == "the rebels"
