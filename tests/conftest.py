"""What several rooms' tests share: one loaded body of knowledge, desks in folders of their own, a local web server."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import settings

from tests.empty_databases import put_database
from tests.postgresql import LEFT_OUT, Server, is_here, run_server
from tocsin.desk import Desk
from tocsin.desk.opening import load_knowledge
from tocsin.pipeline import Knowledge
from tocsin.reporting import withholding
from tocsin.settings import Settings

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
#: All of tests/store run on SQLite and again on PostgreSQL, and so do these modules and single tests.
ON_BOTH = frozenset(
    {
        "tests.desk.test_announcing::test_two_desks_on_one_database_tell_once",
        "tests.desk.test_correcting",
        "tests.desk.test_dealings",
        "tests.service.test_delivering",
        "tests.desk.test_derivation",
        "tests.desk.test_desk",
        "tests.desk.test_exporting",
        "tests.forecasting.test_running",
        "tests.desk.test_remembering::test_a_graded_outlet_and_a_persons_word_reach_what_is_in_memory",
        "tests.desk.test_remembering::test_what_somebody_else_derived_is_seen",
        "tests.test_team",
        "tests.web.test_correcting",
        "tests.web.test_deciding",
    }
)
#: From the path of a file to what a store is opened with there.
Places = Callable[[Path], Path | str]


# how long an example takes says nothing where machines are shared; half the usual number keeps the suite short
settings.register_profile("tocsin", deadline=None, max_examples=35)
settings.load_profile("tocsin")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgresql: needs a PostgreSQL server; left out, loudly, where there is none")
    for name in ON_BOTH:  # one that names no module would leave its tests to SQLite without a word
        module = name.partition("::")[0]
        if not Path(__file__).parents[1].joinpath(*module.split(".")).with_suffix(".py").is_file():
            raise pytest.UsageError(f"tests/conftest.py: ON_BOTH names {module}, which is no module")


def pytest_collection_finish() -> None:
    """Thousands of tests and all they import stay: the collector need not go through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def collect_what_is_left() -> Iterator[None]:
    """Desks hold rings of objects: they go when a module is through, and not a thousand tests later."""
    yield
    gc.collect()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their length: what is packed holds the time, and processes must agree on the tests' names."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__
    is_chosen = name.startswith("tests.store.") or {name, f"{name}::{metafunc.function.__name__}"} & ON_BOTH
    if "backend" in metafunc.fixturenames and is_chosen:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("backend", both, indirect=True, scope="module")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", ())
    if any(LEFT_OUT in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"!!! {LEFT_OUT}", red=True, bold=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of the tests' own; in CI it must be there."""
    if not is_here():
        if os.environ.get("CI"):
            pytest.fail(f"in CI the tests on PostgreSQL must run: {LEFT_OUT}")
        pytest.skip(LEFT_OUT)
    with run_server() as server:
        yield server


@pytest.fixture(scope="module")
def backend(request: pytest.FixtureRequest) -> str:
    """What the test's databases are on: sqlite, or postgresql in a module of `ON_BOTH`."""
    name: str = getattr(request, "param", "sqlite")
    return name


@pytest.fixture
def place(backend: str, request: pytest.FixtureRequest) -> Iterator[Places]:
    """Where a database of that file name is: the file itself, or one database of the server for each file."""
    with _finding_places(backend, request) as find:
        yield find


@pytest.fixture(scope="module")
def lasting_place(backend: str, request: pytest.FixtureRequest) -> Iterator[Places]:
    """The same for what a whole module uses."""
    with _finding_places(backend, request) as find:
        yield find


@contextmanager
def _finding_places(backend: str, request: pytest.FixtureRequest) -> Iterator[Places]:
    if backend == "sqlite":
        yield put_database
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.lending() as lend:
        yield cache(lambda _: lend())


class FixedClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@pytest.fixture(scope="session")
def knowledge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the gazetteer built once for all tests."""
    return tmp_path_factory.mktemp("knowledge")


@pytest.fixture
def no_sectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports for everybody ask no gazetteer which places are sectors that the desk has drawn: none is."""
    monkeypatch.setattr(withholding, "make_finder", lambda _: {}.get)


@pytest.fixture(scope="session")
def get_knowledge(knowledge_home: Path) -> Callable[[bool], Knowledge]:
    """Real knowledge, loaded once per process."""
    held: dict[bool, Knowledge] = {}

    def get(is_exercise: bool = False) -> Knowledge:
        if is_exercise not in held:
            held[is_exercise] = load_knowledge(Settings(), knowledge_home, is_exercise=is_exercise)
        return held[is_exercise]

    return get


@pytest.fixture(scope="session")
def lend_gazetteer(knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]) -> Callable[[Path], Path]:
    """Give a folder the gazetteer that all tests share: a desk there would take a quarter of a minute to build one."""
    get_knowledge(False)

    def lend(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for built in knowledge_home.glob("places-*.sqlite"):
            (folder / built.name).symlink_to(built)
        return folder

    return lend


@pytest.fixture
def make_desk(
    tmp_path: Path, get_knowledge: Callable[[bool], Knowledge], place: Places
) -> Iterator[Callable[..., Desk]]:
    """Open a desk whose files are in the test's folder; closed at the end."""
    from tocsin.intake import GuardedFetcher
    from tocsin.store import open_store

    desks: list[Desk] = []

    def make(clock: FixedClock | None = None, name: str = "desk.sqlite", **given: object) -> Desk:
        settings = Settings(home=tmp_path, **given)  # type: ignore[arg-type]
        store = open_store(place(tmp_path / name))
        desk = Desk(
            store, get_knowledge, lambda: GuardedFetcher(settings), settings=settings, clock=clock or FixedClock()
        )
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def web_server() -> Iterator[tuple[str, dict[str, tuple[str, bytes]], list[str]]]:
    """A local web server: its address, the pages to serve (path to type and body) and the paths asked for."""
    pages: dict[str, tuple[str, bytes]] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages, asked
    server.shutdown()
    thread.join()
    server.server_close()
