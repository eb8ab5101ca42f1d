"""Who cites and who is cited. All texts are EXERCISE."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.reading.citing import complete_citing
from tocsin.reading.reader import make_setting, make_words
from tocsin.records import Article, Attribution, Span

WORDS = make_words()


Link = tuple[str | None, str, str | None]


def complete(text: str, marked: str | None, cue: str = "reported", *more: Attribution) -> list[Link]:
    now = datetime(2022, 7, 31, tzinfo=UTC)
    setting = make_setting(Article("art-1", text, now, published_at=now), WORDS, "made/1")
    start = text.index(marked) if marked else 0
    span = Span(start, start + len(marked)) if marked else None
    chain = complete_citing([Attribution(marked, "official", cue, span), *more], setting)
    for link in chain:
        assert link.span is None or link.span.cut(text) == link.speaker
    return [(link.speaker, link.kind, link.cue) for link in chain]


def test_who_cites_is_the_outer_link() -> None:
    text = "Rebels shelled Kest, Orlapress reported on Monday, citing the ministry."
    assert complete(text, "the ministry") == [
        ("Orlapress", "media", "reported"), ("the ministry", "official", "citing"),
    ]  # fmt: skip
    text = "Rebels shelled Kest.\nState television has reported, quoting the ministry, that two died."
    assert complete(text, "the ministry")[0] == ("State television", "media", "reported")


def test_who_is_cited_is_the_inner_link() -> None:
    text = "Local media, citing the police, reported a raid."
    assert complete(text, "Local media") == [("Local media", "official", "reported"), ("the police", "force", "citing")]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("The ministry said rebels shelled Kest.", "The ministry"),
        ("The guard stopped a patrol, citing an exercise, the ministry said.", "the ministry"),
        ("The ministry, which runs the port, said so, citing nobody.", "The ministry"),
        ("A raid was reported.", None),
    ],
)
def test_other_chains_stay(text: str, marked: str | None) -> None:
    assert [speaker for speaker, _, _ in complete(text, marked)] == [marked]


def test_two_links_stay() -> None:
    text = "Local media, citing the police, reported a raid."
    inner = Attribution("the clerk", "person", "citing", None)
    assert [s for s, _, _ in complete(text, "Local media", "reported", inner)] == ["Local media", "the clerk"]
