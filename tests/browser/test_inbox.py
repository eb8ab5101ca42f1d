"""The inbox by keyboard alone, by a finger on a telephone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
ALL = "/inbox?within=all"


def count_unread(page: Page) -> int:
    return page.locator("li.row--unread").count()


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('[name=incident]')?.value ?? ''")
    )


def go_to_rows(page: Page) -> None:
    """Past the alerts, to the first row that can be ticked."""
    for _ in range(20):
        page.keyboard.press("j")
        if focused(page):
            return
    raise AssertionError("no row of an incident is reached by the keyboard")


def test_everything_is_done_by_keys(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/inbox")
    page.goto(ALL)
    before = count_unread(page)
    assert before == 50

    go_to_rows(page)
    first = focused(page)
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[name=incident]:checked").count() == 2
    page.keyboard.press("e")
    page.get_by_text("2 incidents marked read.").wait_for()
    assert page.locator(f"[value='{first}']").count() == 0  # it stands with what is read, pages below

    go_to_rows(page)  # nothing ticked: the marked row is meant
    page.keyboard.press("e")
    page.get_by_text("1 incident marked read.").wait_for()

    page.keyboard.press("b")
    assert page.locator("[name=incident]:checked").count() == 50
    page.keyboard.press("e")
    page.get_by_text("50 incidents marked read.").wait_for()

    go_to_rows(page)
    page.once("dialog", lambda question: question.accept())
    page.keyboard.press("a")
    page.get_by_text("accepted.").wait_for()

    go_to_rows(page)
    page.keyboard.press("u")
    page.get_by_text("marked unread.").wait_for()

    go_to_rows(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/inc_*")
    page.get_by_text("Marked read", exact=True).wait_for()  # looked at for a while, without a key
    page.reload()
    page.get_by_role("button", name="Mark unread").wait_for()
    page.keyboard.press("u")
    page.get_by_text("1 incident marked unread.").wait_for()


def test_a_filter_is_saved_by_keys(open_page: Open) -> None:
    page = open_page("/inbox?within=all&type=ASSAULT")
    page.keyboard.press("s")
    page.wait_for_url("**/filters/new*")
    page.locator("[name=name]:focus").wait_for()
    page.keyboard.type("Force")
    page.keyboard.press("Enter")
    page.get_by_text("The filter is saved.").first.wait_for()
    assert page.locator("a.choice[aria-current]", has_text="Force").count() == 1


def test_keys_are_changed_and_turned_off(open_page: Open) -> None:
    page = open_page("/keys")
    page.get_by_label("Next row").fill("w")
    page.get_by_label("Tick the row", exact=True).fill("y")
    page.get_by_role("button", name="Keep these keys").click()
    page.get_by_text("The keys are kept.").wait_for()
    page.goto(ALL)
    page.keyboard.press("j")
    assert page.locator(".is-current").count() == 0
    for _ in range(20):
        page.keyboard.press("w")
        if focused(page):
            break
    page.keyboard.press("x")
    assert page.locator("[name=incident]:checked").count() == 0
    page.keyboard.press("y")
    assert page.locator("[name=incident]:checked").count() == 1
    page.keyboard.press("?")
    told = page.locator("dialog[open]").inner_text()
    assert "y\nTick the row" in told
    page.keyboard.press("Escape")
    page.goto("/keys")
    page.get_by_label("Turn single keys off").check()
    page.get_by_role("button", name="Keep these keys").click()
    page.get_by_text("The keys are kept.").wait_for()
    page.goto(ALL)
    for key in ("w", "j", "?", "g", "i"):
        page.keyboard.press(key)
    assert page.url.endswith(ALL)
    assert page.locator(".is-current, dialog[open]").count() == 0


def test_a_list_swapped_in_is_worked_on_as_well(open_page: Open) -> None:
    page = open_page(ALL)
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Type").select_option("ASSAULT")
    page.wait_for_url("**type=ASSAULT**")
    assert "within=all" in page.url
    page.locator("a.choice", has_text="only unread").and_(page.locator("[href*='type=ASSAULT']")).wait_for()
    page.keyboard.press("Escape")
    page.locator("label[for=t-all]").click()
    shown = page.locator("[name=incident]").count()
    assert page.locator("[name=incident]:checked").count() == shown
    page.get_by_role("button", name="Mark read").click()
    page.get_by_text(f"{shown} incidents marked read.").wait_for()
    assert "type=ASSAULT" in page.url


def test_it_works_without_scripts_and_on_a_telephone(open_page: Open) -> None:
    page = open_page(ALL, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.get_by_role("button", name="Begin my shift").click()
    page.get_by_text("Your shift has begun.").wait_for()
    page.goto(ALL)
    page.locator("[name=incident]").nth(2).check()
    page.get_by_role("button", name="Mark read").click()
    page.get_by_text("1 incident marked read.").wait_for()
    page.get_by_label("Tick all rows shown").check()
    page.get_by_role("button", name="Mark read").click()
    page.get_by_text("50 incidents marked read.").wait_for()
    page.goto("/incidents?type=ASSAULT")
    page.get_by_role("link", name="Save this filter").click()
    page.get_by_label("Name").fill("Force")
    page.get_by_role("button", name="Save the filter").click()
    page.get_by_text("The filter is saved.").first.wait_for()


def test_no_page_is_wider_than_a_telephone(open_page: Open) -> None:
    page = open_page(ALL, viewport={"width": 360, "height": 740})
    for path in (ALL, "/filters", "/filters/new?type=ASSAULT&query=bridge", "/keys"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert len(page.request.get(path).body()) < 100_000, path
