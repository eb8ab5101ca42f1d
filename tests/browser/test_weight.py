"""What a first visit costs: every byte that a page loads, compressed, and nothing of the map where there is none."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

Open = Callable[..., "Page"]
MOST_BYTES = 300_000
#: What belongs to the map alone; the desk's front and the map page show one.
OF_THE_MAP = ("/assets/map-", "maplibre", "/boundaries/", "/api/map", "/api/shapes")
WITHOUT_MAP = (
    "/inbox", "/incidents", "{incident}", "{incident}/fix", "/articles", "/claims", "/places", "/actors", "/alerts",
    "/reports", "/outlets", "/search?query=bridge", "/take", "/about", "/forecasts", "/filters", "/keys", "/api/docs",
)  # fmt: skip


def load(page: Page, path: str) -> list[Response]:
    """Open a page as at a first visit: every response that came."""
    came: list[Response] = []

    def keep(one: Response) -> None:
        if one.ok and one.url.startswith("http"):
            came.append(one)

    page.on("response", keep)
    page.goto(path, wait_until="networkidle")
    page.remove_listener("response", keep)
    return came


def weigh(page: Page, path: str) -> dict[str, int]:
    """Address to compressed size, in bytes, of everything that a first visit brings."""
    return {one.url: len(gzip.compress(one.body(), 6)) for one in load(page, path)}


def find_incident(page: Page) -> str:
    page.goto("/incidents")
    return page.locator("a.row-link").first.get_attribute("href") or ""


@pytest.mark.parametrize("path", ["/", "/inbox", "{incident}"])
def test_a_first_load_is_light(open_page: Open, path: str) -> None:
    page = open_page("about:blank")
    first = path.format(incident=find_incident(open_page("about:blank")))
    sizes = {
        url: size for url, size in weigh(page, first).items() if not any(mark in url for mark in OF_THE_MAP)
    }  # fmt: skip
    print(first, sum(sizes.values()), sizes)  # the figures, for `pytest -s`
    assert len(sizes) >= 3
    assert sum(sizes.values()) < MOST_BYTES


def test_nothing_of_the_map_is_loaded_elsewhere(open_page: Open) -> None:
    page = open_page("about:blank")
    incident = find_incident(page)
    for path in WITHOUT_MAP:
        loaded = [one.url for one in load(page, path.format(incident=incident))]
        assert not [url for url in loaded if any(mark in url for mark in OF_THE_MAP)], path
        assert loaded, path
