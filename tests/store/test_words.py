"""Words are folded alike in texts and in queries, and nothing but words is left of a query."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.store.words import LONGEST_WORD, MOST_WORDS, fold_words, join_words, split_query


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Vučić's ŠTAB", ["vucic", "s", "stab"]),
        ("Straße, İzmir", ["strasse", "izmir"]),
        ("30\u201340 vehicles_parked", ["30", "40", "vehicles", "parked"]),
        ("\u2167 \uff46\uff55\uff4c\uff4c", ["viii", "full"]),
        ("Київ", ["ки\u0456в"]),
        ("?!", []),
    ],
)
def test_folding(text: str, words: list[str]) -> None:
    assert fold_words(text) == words


@given(st.text())
def test_every_word_of_a_text_finds_it(text: str) -> None:
    held = join_words(text)
    assert all(f" {word}" in held for word in split_query(text))


@given(st.text())
def test_a_query_holds_words_only(query: str) -> None:
    words = split_query(query)
    assert all(word.isalnum() for word in words)
    assert len(words) <= MOST_WORDS
    assert all(len(word) <= LONGEST_WORD for word in words)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_sqlite_cuts_words_where_we_do(text: str) -> None:
    """FTS5's own tokenizer never splits a folded word, or a query of one word would become a phrase."""
    search = sqlite3.connect(":memory:")
    try:
        search.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='ascii', detail='none')")
        search.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('t', 'row')")
        search.execute("INSERT INTO t(words) VALUES (?)", (join_words(text),))
        terms = {row[0] for row in search.execute("SELECT term FROM terms")}
        assert terms == {word for word in fold_words(text) if len(word.encode()) <= 32_000}
    finally:
        search.close()
