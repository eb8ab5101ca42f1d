"""What runs beside the pages, the small drawings, and the built files."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from types import FrameType

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from tests.web.worlds import World, open_empty
from tocsin.desk import Desk
from tocsin.desk.taken import Taken
from tocsin.errors import KnowledgeError, StoreError
from tocsin.records import Tension
from tocsin.web import make_app
from tocsin.web.app import _assemble_routes
from tocsin.web.assets import Assets, BuiltFiles
from tocsin.web.charting import SPARK_HEIGHT, SPARK_WIDTH, draw_spark
from tocsin.web.rendering import load_templates
from tocsin.web.watching import ShownWatcher


class CountingDesk(Desk):
    """A desk whose rounds are counted, and fail when they are told to."""

    rounds = 0
    fault: Exception | None = None
    went = threading.Event()

    def derive(self) -> None:
        self.rounds += 1
        self.went.set()
        if self.fault:
            raise self.fault

    def advance(self) -> None:
        """Nothing to warn of."""


@pytest.fixture
def counting(tmp_path: Path) -> CountingDesk:
    desk = open_empty(tmp_path)
    made = CountingDesk(desk.store, desk._make_knowledge, desk._make_fetcher, settings=desk.settings, clock=desk.clock)
    made.went = threading.Event()
    return made


def test_the_watch_lives_and_ends_with_the_application(counting: CountingDesk) -> None:
    with counting, TestClient(make_app(counting, watch=True, warm_up=False, hosts=["testserver"])) as client:
        assert counting.went.wait(10)
        health = client.get("/api/health").json()
        assert health["is_watching"]
        names = [t.name for t in threading.enumerate()]
        assert "tocsin-watch" in names
        client.__exit__()
        assert "tocsin-watch" not in [t.name for t in threading.enumerate()]


def test_a_newer_version_installed_under_a_running_desk_changes_none_of_its_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_empty(tmp_path) as desk:
        environment = make_app(desk, warm_up=False).state.templates
        load_templates(environment)
        files = environment.list_templates()
        assert "front.html" in files
        held = {name: environment.get_template(name) for name in files}

        def read_newer(*_: object) -> tuple[str, str, Callable[[], bool]]:
            return "{{ what_only_the_newer_version_knows }}", "newer", lambda: False

        monkeypatch.setattr(environment.loader, "get_source", read_newer)
        for template in held.values():
            template._uptodate = lambda: False
        assert all(environment.get_template(name) is template for name, template in held.items())


def test_no_request_waits_until_what_addresses_ask_for_is_worked_out(counting: CountingDesk) -> None:
    _assemble_routes.cache_clear()  # as in a process that has just started
    worked_out = []

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == "get_dependant":
            worked_out.append(frame)

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
            return (await client.get("/api/health")).status_code

    def watched() -> int:
        sys.setprofile(look)
        try:
            return asyncio.run(ask())
        finally:
            sys.setprofile(None)

    with counting:
        app = make_app(counting, warm_up=False, hosts=["testserver"])
        with ThreadPoolExecutor(1) as thread:  # a loop of its own, whatever runs in this one
            status = thread.submit(watched).result()
    assert (status, worked_out) == (200, [])


def test_without_watch_nothing_is_fetched(counting: CountingDesk) -> None:
    with counting, TestClient(make_app(counting, warm_up=False, hosts=["testserver"])) as client:
        client.get("/")
        assert counting.rounds == 0


@pytest.mark.parametrize(
    ("fault", "shown"),
    [(StoreError("database", "x", "is locked"), "is locked"), (ZeroDivisionError("inside"), "a defect")],
)
def test_a_failing_round_is_shown_and_the_next_one_comes(counting: CountingDesk, fault: Exception, shown: str) -> None:
    with counting:
        watcher = ShownWatcher(counting, tick_seconds=0.01)
        counting.fault = fault
        with pytest.raises(type(fault)):
            watcher.run_once()
        assert shown in str(watcher.problem)
        app = make_app(counting, warm_up=False, hosts=["testserver"])
        app.state.watcher = watcher
        client = TestClient(app)
        assert shown in client.get("/outlets").text
        assert client.get("/api/health").json()["status"] == "degraded"
        counting.fault = None
        assert watcher.run_once() == Taken()
        assert watcher.problem is None


def make_day(day: date, level: float, state: str = "scored") -> Tension:
    return Tension("p", "P", day, 1.0, 0.0, level, None, None, state)  # type: ignore[arg-type]


def test_a_spark_is_broken_where_nothing_is_known() -> None:
    start = date(2026, 3, 1)
    series = [
        make_day(start + timedelta(days=n), float(n), "sources-silent" if n == 4 else "scored") for n in range(10)
    ]
    drawing = draw_spark(series)
    assert len(drawing.lines) == 2
    points = [tuple(map(float, p.split(","))) for line in drawing.lines for p in line.split()]
    assert all(0 <= x <= SPARK_WIDTH and 0 <= y <= SPARK_HEIGHT for x, y in points)
    assert "last 9.0" in drawing.label
    assert draw_spark([]).lines == ()


def test_a_manifest_names_the_built_files(tmp_path: Path) -> None:
    assert not Assets(tmp_path).is_built
    assert Assets(tmp_path).address("app.css") is None
    (tmp_path / "manifest.json").write_text(json.dumps({"app.css": "assets/app-1.css"}))
    assert Assets(tmp_path).address("app.css") == "/static/assets/app-1.css"
    for bad in ("[1]", "{", '{"a": 1}'):
        (tmp_path / "manifest.json").write_text(bad)
        with pytest.raises(KnowledgeError, match="web manifest"):
            Assets(tmp_path)


def test_built_files_are_kept_by_the_browser_and_say_their_kind(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "world-1.tiles").write_bytes(b"")
    (tmp_path / "manifest.json").write_text("{}")
    client = TestClient(BuiltFiles(tmp_path))
    lasting = client.get("/assets/world-1.tiles")
    assert lasting.headers["content-type"] == "application/octet-stream"
    assert "immutable" in lasting.headers["cache-control"]
    assert client.get("/manifest.json").headers["cache-control"] == "no-cache"


def test_built_files_are_packed_for_whoever_unpacks_them(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "map-1.js").write_text("draw();" * 1000)
    client = TestClient(BuiltFiles(tmp_path))
    packed = client.get("/assets/map-1.js", headers={"accept-encoding": "gzip"})
    plain = client.get("/assets/map-1.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 200 < int(plain.headers["content-length"])
    assert packed.text == plain.text == "draw();" * 1000
    for name in ("content-type", "cache-control", "etag"):
        assert packed.headers[name] == plain.headers[name], name
    part = client.get("/assets/map-1.js", headers={"accept-encoding": "gzip", "range": "bytes=0-3"})
    assert (part.status_code, part.text) == (206, "draw")
    tag = {"accept-encoding": "gzip", "if-none-match": packed.headers["etag"]}
    assert client.get("/assets/map-1.js", headers=tag).status_code == 304
    with pytest.raises(HTTPException, match="404"):
        client.get("/assets/none.js", headers={"accept-encoding": "gzip"})


def test_pages_work_without_the_built_part(changing: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tocsin.web.app.Assets", lambda: Assets(tmp_path))
    client = TestClient(make_app(changing.desk, hosts=["testserver"], warm_up=False))
    for path in ("/", "/map", "/places/overlay:orle-bridge"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "The web part is not built" in answer.text
        assert "/static/" not in answer.text
