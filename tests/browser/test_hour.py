"""The watch officer's hour from the first look to the end of the shift: by the keyboard alone, and without scripts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import open_in, serve
from tests.browser.hands import press_on, stand, tab_to, type_into, wait_told
from tests.conftest import NOW
from tocsin.desk import Desk
from tocsin.pipeline import Knowledge
from tocsin.records import Filter
from tocsin.records.inbox import InboxWanted
from tocsin.reporting.kept import open_report

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
PERSON = "desk"
LAST_SHIFT = (NOW - timedelta(hours=16), NOW - timedelta(hours=8))
WHY, NOTE, KNOWN, WORDS = "the outlet says reportedly", "patrol sent", "the drill of today", "The roads need watching."
#: The console's errors fail a test (see `open_page`), so that one word of this is enough.
NO_POINTER = """for (const kind of ["pointerdown", "mousedown", "touchstart", "wheel"])
  addEventListener(kind, () => console.error("a pointer was used: " + kind), true)"""


@pytest.fixture
def desk(filled: Path, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Desk]:
    """A desk with the exercise, which the officer left eight hours ago."""
    folder = tmp_path / "desk"
    shutil.copytree(filled, folder)
    with open_in(folder, get_knowledge) as opened:
        opened.store.begin_shift(PERSON, LAST_SHIFT[0])
        opened.store.end_shift(PERSON, LAST_SHIFT[1])
        yield opened


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serve(desk) as at:
        yield at


# --- hands


def go(page: Page, letter: str, path: str) -> None:
    page.keyboard.press("Escape")  # out of a field, if the focus is in one
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.wait_for_url(f"**{path}")


def go_to_row(page: Page) -> str:
    """Past the alerts to the next incident of the inbox; its address."""
    for _ in range(20):
        page.keyboard.press("j")
        stand(page)
        link = page.evaluate("document.activeElement.getAttribute('href') ?? ''")
        if link.startswith("/incidents/"):
            return str(link)
    raise AssertionError("no row of an incident is reached by the keyboard")


def next_id(page: Page) -> str:
    return page.url.partition("?")[0].partition("#")[0].rsplit("/", 1)[1]


# --- what the desk holds when the officer leaves


def check_desk(desk: Desk, incident_ids: list[str], alert_id: str, report_id: str) -> None:
    """The correction with who, when and why; the marks; the alert; the silence; the report; the shift."""
    store = desk.store
    incidents = store.incidents_by_id(incident_ids)
    rows = {row.incident.id: row for row in store.inbox(PERSON, InboxWanted(Filter(limit=500)))}
    assert not rows[incident_ids[0]].is_unread
    assert rows[incident_ids[1]].mark is not None
    said = [one for held in store.corrections(incidents[incident_ids[1]].claim_ids).values() for one in held]
    fixes = [one for one in said if one.kind == "changed"]
    assert fixes
    for one in fixes:
        assert (one.field, one.made_by, one.made_at, one.reason) == ("certainty", "person:desk", NOW, WHY)
        assert json.loads(one.value or "") != json.loads(one.machine or "")
    assert [one.made_by for one in said if one.kind == "accepted"] == ["person:desk"]
    alert = store.alert(alert_id)
    assert (alert.state, alert.note) == ("acknowledged", NOTE)
    (silence,) = store.silences(after=NOW)
    assert (silence.reason, silence.made_by, silence.place_id) == (KNOWN, PERSON, alert.place_id)
    kept = open_report(desk, report_id)
    assert (kept.kept.state, kept.kept.number, kept.kept.finalized_by) == ("final", 1, PERSON)
    assert kept.kept.is_exercise
    assert kept.kept.area == "Tarvel"
    (edit,) = kept.edits
    assert (edit.kind, edit.after, edit.assessor, edit.made_at) == ("replaced", WORDS, "Ana", NOW)
    assert WORDS in [s.text for section in kept.report.sections for b in section.blocks for s in b.sentences]
    last, before = store.last_shifts(PERSON)
    assert (last.began_at, last.ended_at) == (NOW, NOW)
    assert (before.began_at, before.ended_at) == LAST_SHIFT


# --- the hour


def test_the_hour_by_the_keyboard_alone(open_page: Open, desk: Desk) -> None:
    page = open_page("about:blank")
    page.add_init_script(NO_POINTER)
    page.goto("/")

    go(page, "n", "/inbox")
    press_on(page, "button[name=action][value=begin]")
    page.locator("button[value=end]").wait_for()
    assert "within=shift" in (page.locator(".choice[aria-current]").first.get_attribute("href") or "")

    incident_ids = [read_incident(page)]
    incident_ids.append(read_next(page))
    correct_incident(page)
    accept_claim(page)

    go(page, "a", "/alerts")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/alt_*")
    alert_id = next_id(page)
    answer_alert(page)

    narrow_map(page)
    search_by_palette(page)
    report_id = write_report(page)

    go(page, "n", "/inbox")
    press_on(page, "button[name=action][value=end]")
    page.locator("button[value=begin]").wait_for()
    check_desk(desk, incident_ids, alert_id, report_id)


def read_incident(page: Page) -> str:
    """Open the first incident that is not read yet and look at it until it is marked."""
    link = go_to_row(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}")
    page.locator("[data-mark-seen] [role=status]").wait_for()
    return next_id(page)


def read_next(page: Page) -> str:
    """On to the next unread one by a single key, without going back to the list."""
    before = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/incidents/inc_" in url and url != before)
    page.locator("[data-mark-seen] [role=status]").wait_for()
    return next_id(page)


def correct_incident(page: Page) -> None:
    press_on(page, "#decide > summary")
    press_on(page, "a[href$='/fix']:not([href*=claims])")
    page.wait_for_url("**/fix")
    tab_to(page, "select[name=certainty]")
    before = page.locator("[name=certainty]").input_value()
    page.keyboard.press("ArrowDown")
    if page.locator("[name=certainty]").input_value() == before:
        page.keyboard.press("ArrowUp")
    assert page.locator("[name=certainty]").input_value() != before
    type_into(page, "input[name=why]", WHY)
    page.keyboard.press("Enter")
    wait_told(page, "claim-corrected")


def accept_claim(page: Page) -> None:
    page.evaluate("document.querySelectorAll('summary').forEach(s => { if (s.parentElement.querySelector("
                  "\"form[action$='/accept']\")) s.dataset.review = ''; })")  # fmt: skip
    press_on(page, "[data-review]")
    press_on(page, "form[action$='/accept'] button")
    wait_told(page, "claim-accepted")


def answer_alert(page: Page) -> None:
    type_into(page, "textarea[name=note]", NOTE)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    wait_told(page, "acknowledged")
    tab_to(page, "select[name=hours]")
    type_into(page, "input[name=why]", KNOWN)
    page.keyboard.press("Enter")
    wait_told(page, "muted")


def narrow_map(page: Page) -> None:
    go(page, "m", "/map")
    page.locator("#map[data-map-ready]").wait_for()
    before = page.locator("[data-count=points]").inner_text()
    tab_to(page, "a.timeline-day")
    page.keyboard.press("Enter")
    page.wait_for_url("**reported_since**")
    page.locator("#map[data-map-ready]").wait_for()
    assert page.locator("[data-count=points]").inner_text() != before
    page.wait_for_function("() => document.querySelector('#results').contains(document.activeElement)")
    tab_to(page, ".map-places > summary")  # from where he was, the map is a few stops away


def search_by_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette [role=option]").first.wait_for()
    stand(page)
    page.keyboard.type("tarvel")
    page.locator("#palette [role=option] >> text=Tarvel").first.wait_for()
    page.keyboard.press("Tab")  # a dialog keeps the focus to itself
    assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    page.locator("#palette").wait_for(state="detached")
    page.keyboard.press("Control+k")
    page.keyboard.type("reports")
    page.wait_for_function(
        "() => document.querySelector('#palette [aria-selected=true]')?.textContent.includes('Reports')"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports")


def write_report(page: Page) -> str:
    """Draft it, put one sentence otherwise, make it final and take it away as PDF; its id."""
    tab_to(page, "select[name=area]")
    page.keyboard.type("Tarvel")
    assert "Tarvel" in page.locator("[name=area] option:checked").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.wait_for_url("**/reports/rep_*")
    report_id = next_id(page)
    page.keyboard.press("e")
    page.wait_for_url("**section=*")
    type_into(page, "textarea[form=words]", WORDS)
    press_on(page, "input[type=checkbox][form=words]", "Space")
    type_into(page, "input[name=name][form=words]", "Ana")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    wait_told(page, "report-edited")
    page.keyboard.press("f")
    page.wait_for_url("**#h-final")
    press_on(page, "form[action$='/finalize'] button")
    wait_told(page, "report-final")
    tab_to(page, "a[href$='/file/pdf']")
    with page.expect_download() as held:
        page.keyboard.press("Enter")
    assert Path(held.value.path()).read_bytes().startswith(b"%PDF-")
    assert held.value.suggested_filename.endswith("-v1.pdf")
    return report_id


def test_the_hour_without_scripts(open_page: Open, desk: Desk) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator(".topbar a[href='/inbox']").click()
    page.locator("button[name=action][value=begin]").click()
    page.locator("a[href*='within=shift'][aria-current]").wait_for()
    rows = page.locator("li.row--unread a.row-link").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for link in rows[:2]:
        page.goto("/inbox")
        page.locator(f"a.row-link[href='{link}']").click()
        page.locator("form[action='/inbox/marks'] button[value=read]").click()
        page.locator("form[action='/inbox/marks'] button[value=unread]").wait_for()

    page.locator("#decide > summary").click()
    page.locator("#decide a[href$='/fix']").click()
    before = page.locator("[name=certainty]").input_value()  # waits for the page
    options = page.locator("[name=certainty] option").evaluate_all("all => all.map(one => one.value)")
    page.locator("[name=certainty]").select_option(next(one for one in options if one != before))
    page.locator("[name=why]").fill(WHY)
    page.locator("[name=why]").press("Enter")
    wait_told(page, "claim-corrected")
    page.locator("summary", has=page.locator("xpath=../*//form[contains(@action, '/accept')]")).first.click()
    page.locator("form[action$='/accept'] button").first.click()
    wait_told(page, "claim-accepted")

    page.goto("/alerts")
    page.locator(".alert-card a").first.click()
    alert_id = next_id(page)
    page.locator("[name=note]").fill(NOTE)
    page.locator("form[action$='/state'] button").click()
    page.locator("form[action$='/mute'] [name=why]").fill(KNOWN)
    page.locator("form[action$='/mute'] button").click()
    wait_told(page, "muted")

    page.goto("/map")
    before = page.locator("[data-count=points]").inner_text()
    page.locator("a.timeline-day").first.press("Enter")
    page.wait_for_url("**reported_since**")
    assert page.locator("[data-count=points]").inner_text() != before
    page.locator("[data-search]").fill("tarvel")
    page.locator("[data-search]").press("Enter")
    page.locator("a.row-link[href='/places/ex-tarvel']").wait_for()

    report_id = draft_report(page)
    page.goto("/inbox")
    page.locator("button[name=action][value=end]").click()
    page.locator("button[value=begin]").wait_for()
    check_desk(desk, [link.rsplit("/", 1)[1] for link in rows[:2]], alert_id, report_id)


def draft_report(page: Page) -> str:
    """The same report by forms and links alone."""
    page.goto("/reports")
    page.locator("[name=area]").select_option("ex-tarvel")
    page.locator("form[action='/reports'] button").click()
    report_id = next_id(page)
    page.locator("a[href*='section=']").first.click()
    page.locator("textarea[form=words]").first.fill(WORDS)
    page.locator("input[type=checkbox][form=words]").first.check()
    page.locator("input[name=name][form=words]").first.fill("Ana")
    page.locator("button[form=words]").first.click()
    wait_told(page, "report-edited")
    page.locator("form[action$='/finalize'] button").click()
    wait_told(page, "report-final")
    with page.expect_download() as held:
        page.locator("a[href$='/file/pdf']").click()
    assert Path(held.value.path()).read_bytes().startswith(b"%PDF-")
    return report_id
