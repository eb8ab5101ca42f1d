"""The desk as a person meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
REPORT = (
    "Police fired tear gas at protesters in Mitrovica on Monday, local media reported. "
    "Two soldiers were killed when gunmen attacked a checkpoint near Zvecan on Sunday."
)
PAGES = [
    "/", "/articles", "/claims", "/incidents", "/map", "/places", "/actors", "/alerts", "/outlets", "/about", "/take",
    "/api/docs",
]  # fmt: skip


def test_the_first_screen_is_full(open_page: Open) -> None:
    page = open_page()
    assert "64 invented reports" in page.locator(".banner--exercise").inner_text()
    assert page.locator("section[aria-labelledby=h-new] li.row").count() >= 5
    for row in page.locator("li.row").all():
        assert "EXERCISE" in row.inner_text()
    assert page.locator("textarea[name=text]").is_visible()
    cards = page.locator(".alert-card")
    assert 1 <= cards.count() <= 3
    for card in cards.all():
        assert "EXERCISE" in card.inner_text()
    rang = page.locator("li.row", has_text="IMMEDIATE").first.inner_text()
    assert "rang " in rang
    assert "resolved" in rang
    assert page.locator("#h-new").is_visible()


def test_lists_stay_light(open_page: Open) -> None:
    """A page that lists is under 100 kB of HTML with the whole exercise in it, before any compression."""
    page = open_page()
    for path in PAGES:
        if path != "/api/docs":
            assert len(page.request.get(path).body()) < 100_000, path


def test_a_pasted_report_shows_its_claims_on_the_same_screen(open_page: Open) -> None:
    page = open_page()
    page.get_by_label("Text of a report").fill(REPORT)
    page.get_by_role("button", name="Read it").click()
    card = page.locator("#taken .claim-card").first
    card.wait_for()
    assert page.url.endswith("/")
    assert "ASSAULT" in page.locator("#taken").inner_text()
    page.locator("#desk-counts").get_by_text("65 articles").wait_for()  # the rest of the page is of now too
    assert page.locator("#desk-newest li.row").count()
    card.locator("blockquote a").click()
    page.wait_for_url("**/articles/*#e-*")
    lit = page.locator("mark.claim:target, .anchor:target")
    assert lit.count() == 1
    assert "EXERCISE" not in page.locator("main").inner_text()


def test_a_file_that_cannot_be_read_is_named(open_page: Open) -> None:
    page = open_page("/take")
    page.locator("input[type=file]").set_input_files(
        [{"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + bytes(300)}]
    )
    with page.expect_response("**/take") as answered:
        page.get_by_role("button", name="Read it").click()
    assert answered.value.status == 422
    page.locator("#taken [role=alert]").wait_for()
    assert "photo.jpg" in page.locator("#taken").inner_text()


def test_the_keyboard_goes_everywhere(open_page: Open) -> None:
    page = open_page("/incidents")
    page.keyboard.press("j")
    page.keyboard.press("j")
    current = page.locator("li.row.is-current")
    assert current.count() == 1
    wanted = current.locator("a.row-link").get_attribute("href")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/alerts")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "query"
    page.keyboard.type("bridge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?query=bridge")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").is_visible()


def test_a_claim_and_its_passage_find_each_other(open_page: Open) -> None:
    page = open_page("/articles")
    page.locator("li.row", has_text="claims").locator("a.row-link").first.click()
    mark = page.locator("mark.claim a").first
    mark.focus()
    claim = page.locator("mark.claim").first.get_attribute("data-claim").split()[0]
    assert page.locator(f"#c-{claim}.is-lit").count() == 1


def test_one_click_removes_the_exercise(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Remove the exercise").click()
    page.get_by_role("heading", name="The desk is empty").wait_for()
    assert page.locator(".banner--exercise").count() == 0
    page.goto("/incidents")
    assert "EXERCISE" not in page.locator("body").inner_text()
    assert page.get_by_role("link", name="Take in a report").is_visible()


def test_filters_change_the_list_and_the_address(open_page: Open) -> None:
    page = open_page("/incidents")
    before = page.locator("#results li.row").count()
    page.get_by_label("Type").select_option("ASSAULT")
    page.wait_for_url("**type=ASSAULT**")
    page.locator("#results [role=status]", has_text="that match").wait_for()
    chips = page.locator("#results .row-end .chip").all_inner_texts()
    assert chips
    assert all(chip.startswith("ASSAULT") for chip in chips)
    assert len(chips) < before
    assert "type=ASSAULT" in page.locator("#results a[download]").first.get_attribute("href")


def test_the_theme_is_chosen_and_kept(open_page: Open) -> None:
    page = open_page(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("[data-theme-toggle]").click()
    if page.evaluate(ground) == light:
        page.locator("[data-theme-toggle]").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto("/alerts")
    assert page.evaluate(ground) == dark


def test_pages_fit_a_telephone(open_page: Open) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_everything_but_the_map_works_without_scripts(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Text of a report").fill(REPORT)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/articles/*")
    assert page.locator(".claim-card").count() >= 1
    page.goto("/incidents")
    page.get_by_label("Type").select_option("ASSAULT")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**type=ASSAULT**")
    assert all(chip.startswith("ASSAULT") for chip in page.locator(".row-end .chip").all_inner_texts())
    page.goto("/map")
    assert "The map needs JavaScript" in page.content()
    assert not page.locator("#map").is_visible()
    assert page.locator("[data-map-list] li.row").count() > 5
    assert page.locator("[data-map-list] .where details").count() >= 1
    page.goto("/alerts")
    page.locator(".alert-card a").first.click()
    page.get_by_label("Note").fill("patrol sent")
    page.get_by_role("button", name="Acknowledge", exact=True).click()
    page.get_by_text("patrol sent", exact=True).wait_for()
    page.get_by_role("button", name="Remove the exercise").click()
    page.get_by_text("removed, wholly").wait_for()
    assert page.locator(".banner--exercise").count() == 0
    page.goto("/articles")
    assert page.locator("li.row").count() == 1


def test_nothing_leaves_the_machine_on_any_page(open_page: Open) -> None:
    """The fixture holds what was asked for to this desk's address."""
    page = open_page()
    for path in PAGES:
        page.goto(path, wait_until="networkidle")
    for path in ("/articles", "/incidents", "/alerts", "/places"):
        page.goto(path)
        page.locator("[data-row] a").first.click()
        page.wait_for_load_state("networkidle")
