"""Incidents put into a draft, and the draft sent, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.test_inbox import ALL, go_to_rows

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def draft(page: Page) -> None:
    page.goto("/reports")
    page.keyboard.press("d")
    page.wait_for_url("**/reports/rep_*")


def test_ticked_incidents_go_into_a_draft_by_keys(open_page: Open) -> None:
    page = open_page("/")
    draft(page)
    home = page.url.split("?")[0]
    page.goto(ALL)
    go_to_rows(page)
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    assert page.locator("[name=incident]:checked").count() == 2
    page.keyboard.press("r")
    page.wait_for_url("**/inbox/report")
    page.get_by_role("heading", name="Add to a report").wait_for()
    assert page.evaluate("document.activeElement.name") == "report", "the newest draft is chosen"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: address.startswith(home))
    page.get_by_text("tells these already").or_(page.get_by_text("stand in the report now")).wait_for()


def test_without_a_channel_the_key_leads_to_what_to_do(open_page: Open) -> None:
    page = open_page("/")
    draft(page)
    page.keyboard.press("m")
    page.wait_for_url("**#h-mail")
    page.get_by_text("No e-mail channel is set up").wait_for()
