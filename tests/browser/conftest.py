"""The desk with the exercise, served on this machine, and a Chromium that may reach nothing else."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from tests.conftest import FixedClock
from tocsin.desk import Desk
from tocsin.intake import GuardedFetcher
from tocsin.pipeline import Knowledge
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.web import make_app
from tocsin.web.assets import Assets

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: The map draws without a graphics card, on two busy cores.
PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    for test in items:
        if Path(__file__).parent in test.path.parents:
            test.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if CHROMIUM is None:
        pytest.skip("BROWSER TESTS LEFT OUT: no Chromium on this machine (apt-get install chromium)")
    if not Assets().is_built:
        pytest.skip("BROWSER TESTS LEFT OUT: the web part is not built (make web)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Path:
    """A folder with a desk that holds the exercise, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("filled")
    with open_in(folder, get_knowledge) as desk:
        desk.load_exercise()
    return folder


def open_in(folder: Path, get_knowledge: Callable[[bool], Knowledge], **given: object) -> Desk:
    settings = Settings(home=folder, **given)  # type: ignore[arg-type]
    return Desk(
        open_store(folder / "desk.sqlite"),
        get_knowledge,
        lambda: GuardedFetcher(settings),
        settings=settings,
        clock=FixedClock(),
    )


@contextmanager
def serve(desk: Desk) -> Iterator[str]:
    """The address of a desk, served on this machine while the block runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who asks before the server has started waits for it, and is not refused
        server = uvicorn.Server(uvicorn.Config(make_app(desk, warm_up=False), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def tiles() -> Path | None:
    """The street map of the desk; a test that has one puts its own fixture in this place."""
    return None


@pytest.fixture
def address(
    filled: Path, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge], tiles: Path | None
) -> Iterator[str]:
    """The address of a desk of the test's own, with the exercise in it."""
    folder = tmp_path / "desk"
    shutil.copytree(filled, folder)
    with open_in(folder, get_knowledge, tiles=tiles) as desk, serve(desk) as at:
        yield at


def is_trouble(said: ConsoleMessage) -> bool:
    """An error that a script or the policy reports; what the desk answers to bad input or a rival is none."""
    return said.type == "error" and "status of 422" not in said.text and "status of 409" not in said.text


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens pages; at the end nothing may have left the machine, broken the policy or failed in a script."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    troubles: list[str] = []

    def open_(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if is_trouble(said) else None)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    abroad = {url for url in asked if urlsplit(url).scheme in ("http", "https") and not url.startswith(address)}
    assert not abroad
    assert not troubles
