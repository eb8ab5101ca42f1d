"""How often one address may write and export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.worlds import open_empty
from tocsin.web import make_app
from tocsin.web.limits import OWN_FACTOR, Buckets, is_dear


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_up_evenly_and_a_refusal_takes_nothing() -> None:
    clock = Clock()
    buckets = Buckets(6, clock)
    assert [buckets.take("192.0.2.1") for _ in range(6)] == [0.0] * 6
    assert [buckets.take("192.0.2.1") for _ in range(5)] == [10.0] * 5
    assert buckets.take("192.0.2.2") == 0.0
    clock.now += 9
    assert buckets.take("192.0.2.1") == pytest.approx(1.0)
    clock.now += 1
    assert buckets.take("192.0.2.1") == 0.0
    clock.now += 10_000
    assert [buckets.take("192.0.2.1") for _ in range(7)] == [0.0] * 6 + [10.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 30)), max_size=80), st.integers(1, 10))
def test_no_minute_lets_more_than_twice_a_bucket_through(asked: list[tuple[int, float]], per_minute: int) -> None:
    clock = Clock()
    buckets = Buckets(per_minute, clock)
    let: list[tuple[int, float]] = []
    for key, pause in asked:
        clock.now += pause
        if not buckets.take(str(key)):
            let.append((key, clock.now))
    for key, start in let:
        assert sum(k == key and start <= at < start + 60 for k, at in let) <= 2 * per_minute


def test_addresses_beyond_number_take_no_more_memory() -> None:
    buckets = Buckets(5, Clock(), most=100)
    for n in range(5_000):
        buckets.take(str(n))
    assert len(buckets) == 100


def test_nothing_a_minute_sets_no_limit() -> None:
    buckets = Buckets(0, Clock())
    assert not any(buckets.take("192.0.2.1") for _ in range(1_000))
    assert len(buckets) == 0


@pytest.mark.parametrize("path", ["/api/incidents.csv", "/api/claims.polecat.jsonl", "/search", "/reports/r/file/pdf",
                                  "/api/reports/r/file/pdf"])  # fmt: skip
def test_exports_and_searches_are_dear(path: str) -> None:
    assert is_dear(path)


@pytest.mark.parametrize("path", ["/", "/incidents", "/api/incidents", "/static/app.js", "/api/openapi.json"])
def test_reading_is_not(path: str) -> None:
    assert not is_dear(path)


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with open_empty(tmp_path, rate_writes_per_minute=3, rate_dear_per_minute=2) as desk:
        app = make_app(desk, hosts=["testserver"], warm_up=False)
        far, other = (TestClient(app, client=(address, 1)) for address in ("192.0.2.7", "192.0.2.8"))
        near = TestClient(app, client=("127.0.0.1", 1))
        feeds = [far.post("/api/feeds", json={"address": f"https://x.example/{n}"}) for n in range(4)]
        assert [answer.status_code for answer in feeds] == [201, 201, 201, 429]
        refused = feeds[-1]
        assert refused.json()["which"] == "/api/feeds"
        seconds = refused.headers["retry-after"]
        assert 1 <= int(seconds) <= 20
        assert f"nothing was done; ask again in {seconds} seconds, or raise rate_writes" in refused.json()["why"]
        assert "default-src 'self'" in refused.headers["content-security-policy"]
        assert len(desk.store.feeds()) == 3
        page = far.post("/take", data={"text": "x"})
        assert (page.status_code, page.headers["content-type"]) == (429, "text/plain; charset=utf-8")
        assert [far.get("/api/incidents.csv").status_code for _ in range(3)] == [200, 200, 429]
        assert far.get("/api/incidents").status_code == 200, "reading a list is no export"
        assert other.post("/api/feeds", json={"address": "https://y.example/"}).status_code == 201
        allowed = [near.get("/api/incidents.csv").status_code for _ in range(2 * OWN_FACTOR + 1)]
        assert allowed == [200] * 2 * OWN_FACTOR + [429]


def test_an_ipv6_network_is_one_address(tmp_path: Path) -> None:
    """Whoever has one address of a /64 has them all."""
    with open_empty(tmp_path, rate_writes_per_minute=2) as desk:
        app = make_app(desk, hosts=["testserver"], warm_up=False)
        statuses = [
            TestClient(app, client=(f"2001:db8::{n}", 1)).post("/api/feeds", json={"address": "x"}).status_code
            for n in range(3)
        ]
        assert statuses[2] == 429
        assert 429 not in statuses[:2]
