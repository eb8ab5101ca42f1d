"""Two parties that the encoder marked as one phrase."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.reading.joined import split_parties
from tocsin.reading.reader import make_setting, make_words
from tocsin.records import Article, Span

WORDS = make_words()


def split(words: str) -> list[str]:
    now = datetime(2022, 7, 31, tzinfo=UTC)
    setting = make_setting(Article("art-1", words, now, published_at=now), WORDS, "made/1")
    return [part.cut(words) for part in split_parties(Span(0, len(words)), setting)]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Israel and Hamas", ["Israel", "Hamas"]),
        ("Rebels and soldiers", ["Rebels", "soldiers"]),
        ("a soldier and two civilians", ["a soldier", "two civilians"]),
        ("Serbs and the police", ["Serbs", "the police"]),
    ],
)
def test_members_of_other_lands_or_sectors_are_parties_of_their_own(words: str, parts: list[str]) -> None:
    assert split(words) == parts


@pytest.mark.parametrize(
    "words",
    [
        "the Russian and Turkish foreign ministers",
        "South Korean and US forces",
        "Officers from Nigeria and Niger",
        "doctors and nurses",
        "the army and its allies",
        "soldiers, policemen and villagers and farmers",
        "Rebels",
        "and",
    ],
)
def test_what_shares_a_noun_a_land_or_a_preposition_stays_whole(words: str) -> None:
    assert split(words) == [words]
