"""Many read while one writes, and several write in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import event, text

from tests.store.worlds import make_readings, run_flow
from tocsin.ports import Store
from tocsin.records import Filter
from tocsin.store.connecting import KEPT_CONNECTIONS, Connections

EVERYTHING = Filter(limit=0, with_background=True)
READINGS = make_readings(16, seed=11)


def test_readers_see_whole_states_while_one_writes(store: Store) -> None:
    done = threading.Event()

    def read() -> int:
        rounds = 0
        while not done.is_set() or rounds == 0:
            for article in store.articles(Filter(limit=5)):
                expected = next(r for r in READINGS if r.article.id == article.id)
                assert tuple(store.claims_of_article(article.id)) == expected.claims
            for incident in store.incidents(Filter(limit=20)):
                assert len(store.claims_by_id(incident.claim_ids)) == len(incident.claim_ids)
            store.count_claims(Filter(query="villagers"))
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            run_flow(store, READINGS)
        finally:
            done.set()
        assert all(reader.result() > 0 for reader in readers)
    assert store.counts().articles == len(READINGS)
    assert store.check() == []


def test_writers_take_turns(reopen: Callable[[], Store]) -> None:
    """Two stores stand for two processes: neither knows of the other's lock."""
    stores = [reopen(), reopen()]

    def write(n: int) -> int:
        return sum(stores[n % 2].add_reading(reading) for reading in READINGS)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(4))) == len(READINGS), "each article is new to one writer alone"
    assert stores[0].counts() == stores[1].counts()
    assert stores[0].check() == []


def test_more_readers_than_connections_in_the_pool(store: Store) -> None:
    run_flow(store, READINGS[:5])
    with ThreadPoolExecutor(60) as pool:
        counts = list(pool.map(lambda _: store.count_claims(EVERYTHING), range(300)))
    assert len(set(counts)) == 1


def test_connections_of_many_readers_stay_open(tmp_path: Path) -> None:
    """To open one takes as long as eight short questions: readers who come again find theirs."""
    connections = Connections(tmp_path / "desk.sqlite")
    opened: list[object] = []
    event.listen(connections._engine.pool, "connect", lambda made, _: opened.append(made))
    together = threading.Barrier(KEPT_CONNECTIONS)

    def read(_: int) -> None:
        with connections.reading() as connection:
            together.wait(30)
            connection.execute(text("SELECT 1"))

    with ThreadPoolExecutor(KEPT_CONNECTIONS) as pool:
        for _ in range(3):
            list(pool.map(read, range(KEPT_CONNECTIONS)))
    connections.close()
    assert len(opened) == KEPT_CONNECTIONS
