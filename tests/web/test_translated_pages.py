"""Every page in every language: as sound as the English one, and without English that has a translation."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page
from tests.web.test_pages import PLAIN, list_addresses
from tests.web.worlds import HOSTILE, World
from tocsin.web.language import LANGUAGES
from tocsin.web.rendering import NOTICES

OTHERS = [code for code in LANGUAGES if code != "en"]
#: What a page shows besides its text.
_SHOWN = ("aria-label", "title", "placeholder", "alt", "data-confirm")


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def list_english(language: str) -> frozenset[str]:
    """Strings of several words whose translation is another text."""
    path = files("tocsin.web").joinpath("translations", language.replace("-", "_"), "LC_MESSAGES", "tocsin.mo")
    with path.open("rb") as file:
        held: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # to list them
    plain = (key for key in held if isinstance(key, str) and " " in key.strip() and "%(" not in key)
    return frozenset(key for key in plain if held[key] != key)


def list_texts(page: Any) -> Iterator[str]:
    """What is read on a page, piece by piece."""
    for text in page.xpath("//body//text()[not(ancestor::script)] | //title/text()"):
        yield " ".join(text.split())
    for name in _SHOWN:
        yield from page.xpath(f"//@{name}")


def find_left(page: Any, english: frozenset[str]) -> list[str]:
    """English that stands where a translation should, and placeholders that nobody has filled."""
    texts = list(list_texts(page))
    return [text for text in texts if text in english] + [text for text in texts if "%(" in text or ")s" in text]


def test_every_page_is_translated_and_sound(client: TestClient, world: World, language: str) -> None:
    english = list_english(language)
    for address in list_addresses(world):
        answer = client.get(address, headers={"accept-language": language})
        assert answer.status_code == client.get(address).status_code, address
        assert f'<html lang="{language}">' in answer.text, address
        assert not list(find_faults(answer.text)), address
        # the words of the API are its document's
        assert address == "/api/docs" or not find_left(parse_page(answer.text), english), address


def test_every_page_of_an_empty_desk_is_translated(empty: TestClient, language: str) -> None:
    english = list_english(language)
    for address in (a for a in PLAIN if "FOO" not in a and "overlay" not in a and a not in ("/nowhere", "/api/docs")):
        answer = empty.get(address, headers={"accept-language": language})
        assert answer.status_code == 200, address
        assert not find_left(parse_page(answer.text), english), address


def test_what_a_page_says_after_a_form_is_translated(client: TestClient, language: str) -> None:
    for key, english in NOTICES.items():
        text = client.get(f"/about?notice={key}", headers={"accept-language": language}).text
        told = parse_page(text).xpath("//p[@role='status']")[0].text_content()
        assert told, key
        assert told != english, key


def test_english_that_is_left_is_found() -> None:
    page = parse_page("<title>x</title><body><p title='All alerts'>Open the map</p><p>%(num)s</p></body>")
    assert sorted(find_left(page, frozenset({"All alerts", "Open the map"}))) == [
        "%(num)s",
        "All alerts",
        "Open the map",
    ]


def test_hostile_text_never_becomes_markup(client: TestClient, world: World, language: str) -> None:
    for address in [*list_addresses(world), f"/search?query={HOSTILE}", f"/incidents?type={HOSTILE}"]:
        text = client.get(address, headers={"accept-language": language}).text
        assert "<script>alert" not in text, address
        assert "<img" not in text, address


def test_programs_are_answered_in_english(client: TestClient, language: str) -> None:
    for address in ("/api/incidents", "/api/nothing", "/api/map", "/alerts.atom", "/api/search?query=police"):
        assert client.get(address, headers={"accept-language": language}).text == client.get(address).text, address


def test_a_page_brings_the_words_of_its_scripts(client: TestClient, language: str) -> None:
    page = parse_page(client.get("/about", headers={"accept-language": language}).text)
    assert len(page.xpath("//*[@id='script-words']/@data-words")) == 1
    assert not parse_page(client.get("/about").text).xpath("//*[@id='script-words']")
