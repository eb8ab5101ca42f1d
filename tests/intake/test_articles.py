"""The one door through which texts enter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import NOW, STORY, UNHURRIED
from tocsin.errors import IntakeError
from tocsin.intake import make_article, normalise_text
from tocsin.records import digest_text, outlet_id


def test_the_headline_stands_on_the_first_line_once() -> None:
    below = make_article(STORY, taken_at=NOW, title="Dockers walk out", max_chars=5_000)
    within = make_article(f"Dockers  walk out\n{STORY}", taken_at=NOW, title="Dockers walk\nout", max_chars=5_000)
    assert below.text == f"Dockers walk out\n\n{STORY}"
    assert within == below


def test_a_first_line_that_only_begins_like_the_headline_is_kept() -> None:
    article = make_article("Dockers walk out, says union.", taken_at=NOW, title="Dockers walk out", max_chars=5_000)
    assert article.text == "Dockers walk out\n\nDockers walk out, says union."


def test_a_headline_alone_is_a_text() -> None:
    assert (
        make_article("Dockers walk out", taken_at=NOW, title="Dockers walk out", max_chars=99).text
        == "Dockers walk out"
    )


@UNHURRIED
@given(st.text(min_size=1, max_size=200), st.text(max_size=40))
def test_offsets_can_be_trusted(text: str, title: str) -> None:
    if not normalise_text(text):
        return
    article = make_article(text, taken_at=NOW, title=title, max_chars=1_000)
    assert article.digest == digest_text(article.text)
    assert article.title is None or article.text.split("\n")[0] == article.title
    again = make_article(article.text, taken_at=NOW, title=article.title, max_chars=2_000)
    assert again.id == article.id


def test_the_same_article_under_three_addresses_is_one() -> None:
    given_ = [
        make_article(STORY, taken_at=NOW, title="T", outlet_name=outlet, url=url, max_chars=5_000)
        for outlet, url in [
            ("Vell Courier", "https://courier.example/a"),
            ("Vell  courier", "https://courier.example/a?from=front"),
            ("VELL COURIER", "https://m.courier.example/a"),
        ]
    ]
    assert len({article.id for article in given_}) == 1
    assert {article.outlet_id for article in given_} == {outlet_id("vell courier")}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (STORY, "en"),
        ("Лучки радници су прекинули рад у уторак.", "sr"),  # noqa: RUF001
        ("Les dockers ont cess\u00e9 le travail mardi apr\u00e8s l'\u00e9chec des discussions.", "fr"),
        ("Strike!", None),
        ("12 34 56 78 90 12 34 56 78 90", None),
    ],
)  # fmt: skip
def test_language(text: str, language: str | None) -> None:
    assert make_article(text, taken_at=NOW, max_chars=5_000).language == language


def test_absent_is_absent() -> None:
    article = make_article(STORY, taken_at=NOW, max_chars=5_000)
    assert (article.title, article.outlet_id, article.outlet_name, article.url, article.published_at) == (None,) * 5


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\ufeff\x00"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(IntakeError, match="is empty"):
        make_article(text, taken_at=NOW, title="Headline", max_chars=100)


def test_too_much_is_refused_with_the_figures() -> None:
    with pytest.raises(IntakeError, match="is too long: 101 characters, at most 100 are read"):
        make_article("a" * 101, taken_at=NOW, max_chars=100)
    with pytest.raises(IntakeError, match="1,000 characters, at most 100"):
        make_article(" " * 1_000, taken_at=NOW, max_chars=100)


def test_a_publication_in_the_future_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(IntakeError, match=r"published 2031-05-16 12:00 UTC lies in the future.*--published"):
        make_article(STORY, taken_at=NOW, published_at=NOW + timedelta(days=2), max_chars=5_000)
    soon = make_article(STORY, taken_at=NOW, published_at=NOW + timedelta(hours=23), max_chars=5_000)
    assert soon.published_at == NOW + timedelta(hours=23)


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(IntakeError, match="must carry a time zone"):
        make_article(STORY, taken_at=NOW, published_at=NOW.replace(tzinfo=None), max_chars=5_000)
