"""The outlet that publishes a story is no link of its chains. All texts are EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.own_outlet import drop_outlet
from tocsin.reading.reader import make_setting, make_words
from tocsin.records import Article, Attribution, Span

WORDS = make_words()
NOW = datetime(2026, 3, 20, tzinfo=UTC)


def drop(text: str, *speakers: str, outlet: str | None = "Orle Wire") -> list[tuple[str | None, str]]:
    setting = make_setting(Article("art-1", text, NOW, published_at=NOW, outlet_name=outlet), WORDS, "made/1")
    chain = []
    for words in speakers:
        at = text.index(words)
        chain.append(Attribution(words, "media", "told", Span(at, at + len(words))))
    found = drop_outlet(chain, setting)
    for link in found:
        assert link.span is not None
        assert link.span.cut(text) == link.speaker
    return [(link.speaker, link.kind) for link in found]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Rebels shelled Kest, villagers told Orle Wire.", [("villagers", "witness")]),
        ("Villagers in Kest told Orle Wire that rebels shelled it.", [("Villagers in Kest", "witness")]),
        ("Two are hurt, a captain of the army (4th) told the Orle Wire.", [("a captain of the army (4th)", "force")]),
        ("The clerk must go, according to a letter seen by Orle Wire.", [("a letter seen by Orle Wire", "document")]),
        ("\u201cThey left us,\u201d she told Orle Wire.", []),
        ("Orle Wire: rebels shelled Kest.", []),
    ],
)  # fmt: skip
def test_who_told_the_outlet_speaks(text: str, left: list[tuple[str, str]]) -> None:
    speaker = "the Orle Wire" if "the Orle Wire" in text else "Orle Wire"
    assert drop(text, speaker) == left


def test_the_other_link_stays() -> None:
    text = "Rebels shelled Kest, Orle Wire reported, citing villagers."
    assert drop(text, "Orle Wire", "villagers") == [("villagers", "media")]


@pytest.mark.parametrize("outlet", ["Kest Post", "Wire", None, ""])
def test_other_media_stay(outlet: str | None) -> None:
    text = "Rebels shelled Kest, villagers told Orle Wire."
    assert drop(text, "Orle Wire", outlet=outlet) == [("Orle Wire", "media")]


@given(st.text(alphabet='aA ,.:"told\n', max_size=60))
def test_any_words_before_the_outlet(before: str) -> None:
    drop(f"{before} Orle Wire", "Orle Wire")
