"""The pages in other languages: chosen in the footer, spoken by the scripts too, and within a telephone's width."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
TELEPHONE = {"width": 390, "height": 844}


def is_within_width(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_language_is_chosen_in_the_footer_and_scripts_speak_it(open_page: Open) -> None:
    page = open_page("/about")
    page.get_by_role("button", name="Srpski").click()
    page.wait_for_selector("html[lang=sr-Latn]")
    assert page.get_by_role("heading", level=1).inner_text() == "O ovom pultu"
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Prečice na tastaturi")
    assert "Idi na: Mapa" in shortcuts.inner_text()
    assert shortcuts.get_by_role("button").inner_text() == "Zatvori"


def test_the_map_speaks_the_language_of_its_page(open_page: Open) -> None:
    page = open_page("/map", locale="sr-Latn-RS")
    page.wait_for_selector("#map[data-map-ready]")
    assert re.search(r"\d inciden(t|ta|ata) na \d", page.locator("[data-map-status]").inner_text())
    page.get_by_text("Legenda").click()
    assert "sporna linija" in page.locator(".map-legend").inner_text()
    assert page.locator(".maplibregl-ctrl-zoom-in").get_attribute("title") == "Uvećaj"


@pytest.mark.parametrize("locale", ["sr-Latn-RS", "sq-AL"])
def test_pages_fit_a_telephone_in_every_language(open_page: Open, locale: str) -> None:
    page = open_page("/", locale=locale, viewport=TELEPHONE)
    for path in ("/", "/inbox", "/incidents", "/alerts", "/actors", "/outlets", "/reports", "/places", "/keys"):
        page.goto(path)
        assert is_within_width(page), path
