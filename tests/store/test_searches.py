"""Searches find the same on both databases: near and far, long words and long texts; the index answers them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from tests.store.worlds import make_article, make_readings, run_flow
from tocsin.ports import Reading, Store
from tocsin.records import Filter
from tocsin.store import paging
from tocsin.store.sql_store import SqlStore
from tocsin.store.tables import article_words
from tocsin.store.words import LONGEST_WORD, MOST_BYTES, has_all

TABLES = ("article_words", "claim_words", "incident_words")


def search(store: Store, query: str, **given: int) -> list[str]:
    wanted = Filter(query=query, **given)  # type: ignore[arg-type]
    found = [article.id for article in store.articles(wanted)]
    assert store.count_articles(wanted) == len(store.articles(replace(wanted, limit=0, offset=0)))
    return found


def test_pages_of_a_search_are_the_same_however_it_is_walked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Common words, rare ones and those that only old articles hold; every page of every length."""
    run_flow(store, make_readings(60, seed=3))
    for query in ("villagers", "police", "bridge", "mill", "report 7", "nothing"):
        whole = {
            kind: [one.id for one in getattr(store, kind)(Filter(query=query, limit=0, with_background=True))]
            for kind in ("articles", "claims", "incidents")
        }
        for walked, few in ((400, 500), (5, 500), (5, 2)):
            monkeypatch.setattr(paging, "WALKED", walked)
            monkeypatch.setattr(paging, "FEW", few)
            for kind, ids in whole.items():
                assert getattr(store, f"count_{kind}")(Filter(query=query, with_background=True)) == len(ids)
                for limit, offset in ((1, 0), (4, 0), (4, 3), (50, 0), (50, 200)):
                    wanted = Filter(query=query, limit=limit, offset=offset, with_background=True)
                    page = [one.id for one in getattr(store, kind)(wanted)]
                    assert page == ids[offset : offset + limit], (query, kind, walked, few, limit, offset)
    assert len(whole["articles"]) == 0


def test_long_words_are_found_by_as_much_as_may_be_asked(store: Store) -> None:
    word = "k" * 70 + "x" * 9_000
    long, short = make_article(1, f"It says {word} here."), make_article(2, f"It says {'k' * LONGEST_WORD} here.")
    for article in (long, short):
        store.add_reading(Reading(article, ()))
    assert search(store, "k" * LONGEST_WORD) == [short.id, long.id]
    assert search(store, word) == [short.id, long.id], "what follows the 64th letter is left out"
    assert search(store, "k" * 10 + " here") == [short.id, long.id]
    assert search(store, "k" * 60 + "x") == []


def test_a_text_of_more_words_than_an_index_takes_is_found_too(store: Store) -> None:
    filling = " ".join(f"w{n:07x}" for n in range(int(MOST_BYTES) // 9 + 2_000))
    vast, plain = make_article(1, f"{filling} granary"), make_article(2, "a granary")
    for article in (vast, plain):
        store.add_reading(Reading(article, ()))
    assert search(store, "granary") == [plain.id, vast.id]
    assert search(store, "granary w0000001") == [vast.id]
    assert search(store, "gran", limit=1, offset=1) == [vast.id]


@pytest.mark.postgresql
def test_postgresql_looks_words_up_in_an_index(store: Store, backend: str) -> None:
    if backend != "postgresql":
        pytest.skip("SQLite's own tables are indices of words")
    assert isinstance(store, SqlStore)
    run_flow(store, make_readings(40))
    with store._connections.reading() as connection:
        held = connection.scalars(text("SELECT indexname FROM pg_indexes WHERE tablename LIKE '%\\_words'")).all()
        assert {f"ix_{table}_{kind}" for table in TABLES for kind in ("lexemes", "long")} <= set(held)
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # so few rows are read through faster
        query = select(article_words.c.rowid).where(has_all(article_words, "villagers mill", "postgresql"))
        compiled = query.compile(connection.engine)
        explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", compiled.construct_params())
        plan = json.dumps(explained.scalar())
    assert "ix_article_words_lexemes" in plan
    assert "Seq Scan" not in plan
