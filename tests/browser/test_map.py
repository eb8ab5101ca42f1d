"""The map as a person meets it: what it draws is what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tiles import write_street_map
from tests.web.checking import open_drawing

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
DRAWN = "#map[data-map-ready]"
STREETS = {"Coast road": [(-126.52, -47.52), (-125.72, -47.545), (-125.405, -47.606)]}


def counts(page: Page) -> dict[str, int]:
    """What the page counts, by kind."""
    shown = page.locator("[data-count]").evaluate_all("all => all.map(one => [one.dataset.count, one.textContent])")
    return {name: int(number.replace("\u202f", "")) for name, number in shown}


def test_the_map_its_words_and_its_list_say_the_same(open_page: Open) -> None:
    page = open_page("/map?last=7d")
    page.locator(DRAWN).wait_for()
    shown = counts(page)
    drawing = page.evaluate("fetch(document.querySelector('#map').dataset.incidents).then(r => r.json())")
    drawn = open_drawing(drawing)
    assert sum(shown.values()) == drawing["total"] == len(drawn) > 0
    assert sum(one["point"] is not None for one in drawn) == shown["points"] > 0
    status = page.locator("[data-map-status]").inner_text()
    assert status.startswith(f"{shown['points']} incident")
    assert shown["unknown"] == 0 or f"{shown['unknown']} without a known place" in status
    listed: list[str] = []
    while True:
        rows = page.locator("section[aria-labelledby=h-list] a.row-link")
        listed += rows.evaluate_all("all => all.map(a => a.getAttribute('href'))")
        if not page.locator("a[rel=next]").count():
            break
        page.locator("a[rel=next]").click()
        page.locator("a[rel=prev]").wait_for()
        assert counts(page) == shown
    assert listed == [f"/incidents/{one['id']}" for one in drawn]
    assert page.evaluate("document.querySelector('#map canvas').width") > 300


def test_filters_stand_in_the_address_and_back_leads_back(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    whole = counts(page)
    page.locator(".filter-fold > summary").click()
    page.get_by_label("Type").select_option("ASSAULT")
    page.wait_for_url("**type=ASSAULT**")
    page.locator("a[download][href*=ASSAULT]").first.wait_for(state="attached")
    page.locator(DRAWN).wait_for()
    narrowed, status = counts(page), page.locator("[data-map-status]").inner_text()
    assert 0 < sum(narrowed.values()) < sum(whole.values())
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url("**last=7d**")
    assert "type=ASSAULT" in page.url
    page.go_back()
    page.wait_for_url(lambda url: "last=7d" not in url)
    page.locator(DRAWN).wait_for()
    assert counts(page) == narrowed
    page.go_back()
    page.wait_for_url(lambda url: "ASSAULT" not in url)
    page.wait_for_function("total => document.querySelector('[data-map-list] strong').textContent.startsWith(total)",
                           arg=str(sum(whole.values())))  # fmt: skip
    page.locator(DRAWN).wait_for()
    assert counts(page) == whole
    page.go_forward()
    page.wait_for_url("**type=ASSAULT**")
    page.wait_for_function("words => document.querySelector('[data-map-status]').textContent === words", arg=status)
    copied = page.context.new_page()
    copied.goto(page.url)
    copied.locator(DRAWN).wait_for()
    assert counts(copied) == narrowed
    assert copied.locator("[data-map-status]").inner_text() == status


def test_the_view_stays_where_the_reader_left_it_and_goes_back_on_request(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    assert "#map=" not in page.url, "nobody has moved the map yet"
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url("**#map=**")
    view = page.url.split("#")[1]
    page.get_by_role("link", name="7 days").click()
    page.wait_for_url("**last=7d**")
    page.locator(DRAWN).wait_for()
    assert page.url.endswith(f"#{view}"), "a narrower filter leaves the view, and the address says so"
    copied = page.context.new_page()
    copied.goto(page.url)
    copied.locator(DRAWN).wait_for()
    scale = ".maplibregl-ctrl-scale"
    assert copied.locator(scale).inner_text() == page.locator(scale).inner_text()
    page.get_by_role("button", name="Show everything").click()
    page.wait_for_function("() => location.hash === ''")
    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**last=30d**")
    page.locator(DRAWN).wait_for()
    assert "#map=" not in page.url


def test_a_custom_range_is_a_link_like_any_other(open_page: Open) -> None:
    page = open_page("/map?type=ASSAULT")
    page.locator(".range > summary").click()
    page.locator("#r-since").fill("2026-03-05")
    page.locator("#r-until").fill("2026-03-09")
    page.get_by_role("button", name="Show these days").click()
    page.wait_for_url("**since=2026-03-05**")
    assert {"type=ASSAULT", "until=2026-03-09"} <= set(page.url.split("?")[1].split("&"))
    assert page.locator("#r-until").input_value() == "2026-03-09"


def test_the_keyboard_opens_a_place_and_its_incidents(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    page.locator(".map-places > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    named = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    popup = page.locator(".map-popup")
    popup.wait_for()
    assert popup.locator("li").count() == int(named.rsplit(": ", 1)[1].split()[0])
    assert popup.evaluate("box => box.contains(document.activeElement) || box === document.activeElement")
    assert "EXERCISE" in popup.inner_text()


def test_many_changes_leave_one_map(open_page: Open) -> None:
    """A browser draws only some sixteen maps at once."""
    from playwright.sync_api import expect

    page = open_page("/map")
    page.locator(".filter-fold > summary").click()
    for kind in ("ASSAULT", "PROTEST", "COERCE", ""):
        page.get_by_label("Type").select_option(kind)
        page.wait_for_url(lambda url, kind=kind: f"type={kind}" in url)
        page.locator(DRAWN).wait_for()
    expect(page.locator("canvas")).to_have_count(1)


def test_the_timeline_narrows_map_list_and_counts_without_a_new_page(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    page.evaluate("window.sameDocument = true")
    bars = page.locator("svg[data-brush] a.timeline-day")
    wanted = bars.nth(1).evaluate(
        "bar => [...bar.querySelectorAll('[data-bar]')].reduce((n, r) => n + +r.dataset.bar, 0)"
    )
    bars.nth(1).dispatch_event("click")
    page.wait_for_url("**reported_since**")
    page.locator(DRAWN).wait_for()
    shown = counts(page)
    timed = page.locator("[data-timed]").all_inner_texts()
    assert sum(shown.values()) == sum(map(int, timed)) == wanted
    drawing = page.evaluate("fetch(document.querySelector('#map').dataset.incidents).then(r => r.json())")
    assert len(drawing["incidents"]) == wanted
    page.locator(".filter-fold > summary").click()
    page.get_by_label("Type").select_option("ASSAULT")
    page.wait_for_url("**type=ASSAULT**")
    assert "reported_since=2" in page.url, "the form asks for the time that the bar has set"
    assert page.evaluate("window.sameDocument")


def test_drawing_over_bars_narrows_to_all_of_them(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    bars = page.locator("svg[data-brush] a.timeline-day")
    page.locator("svg[data-brush]").scroll_into_view_if_needed()
    first, last = bars.nth(1).bounding_box(), bars.nth(3).bounding_box()
    assert first is not None
    assert last is not None
    until = bars.nth(3).get_attribute("data-until") or ""
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + 9)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + 9, steps=5)
    page.mouse.up()
    page.wait_for_url("**reported_until**")
    assert f"reported_until={until[:13]}" in page.url.replace("%3A", ":")
    page.locator(DRAWN).wait_for()


def test_pointing_at_a_place_lights_up_its_rows_and_bars(open_page: Open) -> None:
    page = open_page("/map")
    page.locator(DRAWN).wait_for()
    place = page.locator(".where [data-place]").first
    key = place.get_attribute("data-place")
    place.hover()
    page.locator(".timeline-lit").first.wait_for(state="attached")
    drawing = page.evaluate("fetch(document.querySelector('#map').dataset.incidents).then(r => r.json())")
    there = {one["id"] for one in open_drawing(drawing) if key in (one["spot"], one["area_id"])}
    rows = page.locator("[data-map-list] [data-incident]")
    lit = rows.evaluate_all("all => all.filter(r => r.classList.contains('is-lit')).map(r => r.dataset.incident)")
    assert set(lit) == there & set(rows.evaluate_all("all => all.map(row => row.dataset.incident)"))
    assert there
    page.locator("h1").hover()
    assert not page.locator(".is-lit").count()


def test_the_palette_leads_to_pages_and_to_what_is_typed(open_page: Open) -> None:
    page = open_page("/incidents")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search, or go to")
    field.wait_for()
    page.keyboard.type("map")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.keyboard.press("Control+k")
    field.wait_for()
    with page.expect_response("**/api/search?query=sarmond*"):  # what it brings changes the options once more
        page.keyboard.type("sarmond")
    hit = page.locator("dialog").get_by_role("option", name="Sarmond").first
    hit.wait_for()
    while "Sarmond" not in page.locator(f"#{field.get_attribute('aria-activedescendant')}").inner_text():
        page.keyboard.press("ArrowDown")
    leads = page.locator("[role=option][aria-selected=true]").inner_text()
    page.keyboard.press("Enter")
    assert "Sarmond" in leads
    page.wait_for_url(lambda address: not address.endswith("/incidents"))


class TestStreets:
    """A desk with a street map of its own."""

    @pytest.fixture
    def tiles(self, tmp_path: Path) -> Path:
        return write_street_map(tmp_path / "isle.pmtiles", STREETS, zoom=9)

    def test_streets_come_from_this_desk_in_parts_with_their_credit(self, open_page: Open, tiles: Path) -> None:
        page = open_page("about:blank")
        parts: list[int] = []
        page.on("response", lambda got: parts.append(got.status) if "streets.pmtiles" in got.url else None)
        page.goto("/map?place_id=ex-sarmond")
        page.locator(DRAWN).wait_for()
        page.get_by_text("Streets: Streets of Maravane, invented © the tests.").wait_for()
        assert parts
        assert set(parts) == {206}
        assert not page.locator("[data-map-notice]").count()

    def test_a_file_that_goes_away_is_told_and_the_incidents_stay(self, open_page: Open, tiles: Path) -> None:
        tiles.write_bytes(tiles.read_bytes()[:-20])
        page = open_page("/map")
        page.locator(DRAWN).wait_for()
        notice = page.locator("[data-map-notice]").inner_text()
        assert "Streets are not shown" in notice
        assert "is cut short" in notice
        assert "isle.pmtiles" in notice
        assert counts(page)["points"] > 0
