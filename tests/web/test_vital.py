"""Health, readiness and metrics: what they say, to whom, and that no address or secret is in them."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.worlds import World, make_client, open_empty
from tocsin.desk import Desk
from tocsin.errors import IntakeError
from tocsin.records import Feed, feed_id
from tocsin.service.meters import Meters
from tocsin.settings import Secret
from tocsin.web import make_app
from tocsin.web.recording import Readers
from tocsin.web.vital import make_vital_app

TOKEN = "lantern-under-the-bridge"


def read_metrics(client: TestClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    rows = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_health_and_readiness(writer: TestClient) -> None:
    assert writer.get("/health").json()["status"] == "ok"
    answer = writer.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "checks": {"stopping": "ok", "database": "ok", "schema": "ok", "reader": "ok"}
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"


def test_a_stopping_desk_is_not_ready_and_alive(changing: World) -> None:
    client = make_client(changing.desk)
    client.app.state.is_stopping = True  # type: ignore[attr-defined]
    assert client.get("/ready").status_code == 503
    assert client.get("/ready").json()["checks"]["stopping"] == "stopping"
    assert client.get("/health").status_code == 200


def test_a_desk_whose_database_is_gone_is_not_ready_and_names_nothing(tmp_path: Path) -> None:
    desk = open_empty(tmp_path)
    client = make_client(desk)
    desk.close()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "does not answer"
    assert str(tmp_path) not in answer.text
    assert client.get("/health").status_code == 200
    metrics = read_metrics(client)
    assert metrics["tocsin_up"] == 0
    assert not any(name.startswith("tocsin_records") for name in metrics), "absent is absent"


def test_a_reader_that_is_not_loaded_yet_is_said(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk:
        app = make_app(desk, warm_up=True, hosts=["testserver"])
        answer = TestClient(app).get("/ready")  # without the application's life nothing is loaded
        assert (answer.status_code, answer.json()["checks"]["reader"]) == (503, "is being loaded")


def test_metrics_say_what_the_desk_holds(changing: World) -> None:
    client = make_client(changing.desk)
    counts, address = changing.desk.store.counts(), "https://hill.example/rss?key=secret"
    changing.desk.store.add_feeds([Feed(feed_id(address), address)])
    client.get("/incidents?query=lantern")
    client.get("/incidents/inc_unknown")
    client.get("/nothing/here")
    metrics = read_metrics(client)
    assert metrics["tocsin_up"] == 1
    assert metrics['tocsin_records{kind="articles"}'] == counts.articles
    assert metrics['tocsin_records{kind="incidents"}'] == counts.incidents
    assert metrics['tocsin_feeds{state="unconfirmed"}'] >= 1
    assert metrics["tocsin_database_bytes"] > 0
    assert metrics['tocsin_requests_total{method="GET",route="/incidents",status="200"}'] == 1
    assert metrics['tocsin_requests_total{method="GET",route="/incidents/{incident_id}",status="404"}'] == 1
    assert metrics['tocsin_requests_total{method="GET",route="(none)",status="404"}'] == 1
    text = client.get("/metrics").text
    assert "lantern" not in text
    assert "hill.example" not in text


def test_many_scrapes_ask_the_store_once(changing: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, asked = changing.desk, []
    vitals = desk.store.vitals
    monkeypatch.setattr(desk.store, "vitals", lambda: asked.append(1) or vitals(), raising=False)
    meters = Meters(desk.store, desk.clock)
    for _ in range(5):
        meters.write_text()
    assert len(asked) == 1


def test_a_token_stands_before_the_metrics(tmp_path: Path) -> None:
    with open_empty(tmp_path, metrics_token=Secret(TOKEN)) as desk:
        client = make_client(desk)
        for given in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}):
            answer = client.get("/metrics", headers=given)
            assert answer.status_code == 401
            assert TOKEN not in answer.text
        assert read_metrics(client, authorization=f"Bearer {TOKEN}")["tocsin_up"] == 1


def test_a_desk_that_is_reached_from_elsewhere_tells_no_metrics_without_a_token(tmp_path: Path) -> None:
    with open_empty(tmp_path, public_address="https://desk.hill.example", accounts="required") as desk:
        client = make_client(desk)
        answer = client.get("/metrics")
        assert answer.status_code == 401
        assert "set metrics_token" in answer.text
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 200


def test_a_watch_without_pages_answers_these_and_nothing_else(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk:
        client = TestClient(make_vital_app(desk, Meters(desk.store, desk.clock)), base_url="http://127.0.0.1")
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 200
        assert read_metrics(client)["tocsin_up"] == 1
        assert client.get("/incidents").status_code == 404
        rebound = client.get("/health", headers={"host": "evil.example"})
        assert rebound.status_code == 421
        assert rebound.json()["what"] == "host"
        assert client.post("/health", content=b"x").status_code == 413


def test_a_request_is_logged_by_its_route_where_that_is_wanted(
    writer: TestClient, changing: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "tocsin.request"):
        writer.get("/incidents")
        assert "answered" not in caplog.text
        changing.desk.settings = replace(changing.desk.settings, log_requests=True)
        with make_client(changing.desk) as telling:
            telling.get("/incidents?query=lantern&key=secretword", headers={"cookie": "tocsin_session=abc"})
            telling.get("/api/incidents?limit=1")
            telling.get("/health")
    rows = [r.fields for r in caplog.records if r.name == "tocsin.request"]  # type: ignore[attr-defined]
    assert [(r["method"], r["route"], r["status"]) for r in rows] == [
        ("GET", "/incidents", 200), ("GET", "/api/incidents", 200),
    ]  # fmt: skip
    assert rows[0]["ms"] > 0
    assert "lantern" not in json.dumps(rows) + caplog.text
    assert "secretword" not in caplog.text


class SlowDesk(Desk):
    """Takes nothing in until it is let."""

    let = threading.Event()
    entered = threading.Semaphore(0)

    def take_text(self, *_: object, **__: object) -> object:  # type: ignore[override]
        self.entered.release()
        assert self.let.wait(30)
        raise IntakeError("text", "x", "was not wanted")


def test_too_many_reports_at_once_are_told_when_to_come_again(tmp_path: Path) -> None:
    made = open_empty(tmp_path, intake_waiting=2)
    desk = SlowDesk(made.store, made._make_knowledge, made._make_fetcher, settings=made.settings, clock=made.clock)
    with desk, make_client(desk) as client:
        body = {"text": "Villagers blocked the bridge at Orle on Monday."}
        waiting = [
            threading.Thread(target=client.post, args=("/api/articles",), kwargs={"json": body}) for _ in range(2)
        ]
        for thread in waiting:
            thread.start()
        for _ in waiting:
            assert desk.entered.acquire(timeout=30)
        refused = client.post("/api/articles", json=body)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "2"
        assert "intake_waiting" in refused.json()["why"]
        assert client.get("/api/counts").status_code == 200, "readers are served meanwhile"
        desk.let.set()
        for thread in waiting:
            thread.join(30)
        assert client.post("/api/articles", json=body).status_code != 503
        assert read_metrics(client)["tocsin_intake_refused_total"] == 1


def test_an_article_gives_way_to_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    readers, gone = Readers(), threading.Event()
    monkeypatch.setattr("tocsin.web.recording.LONGEST_WAY_SECONDS", 60.0)
    readers.give_way()  # nobody waits

    def read() -> None:
        readers.give_way()
        gone.set()

    article = threading.Thread(target=read)
    with readers.being_served():
        with readers.being_served():
            article.start()
        assert not gone.is_set(), "one still waits"
    article.join(30)
    assert gone.is_set()


def test_an_article_does_not_give_way_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = Readers()
    monkeypatch.setattr("tocsin.web.recording.LONGEST_WAY_SECONDS", 0.01)
    with readers.being_served():
        readers.give_way()
