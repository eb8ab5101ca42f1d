"""Every screen in both themes and on a telephone: axe-core finds nothing, and nothing is cut or wider than the screen.

The first folds of a page are opened first, so that what they hold is looked at too. A theme changes colours alone, a
telephone everything but colours: each is held against the rules that can tell.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from tests.browser.conftest import PATIENCE_MS, open_in, serve
from tests.browser.hands import walk_through
from tests.browser.screens import furnish
from tocsin.desk import Desk
from tocsin.desk.accounts import invite_person, make_account, make_session
from tocsin.pipeline import Knowledge
from tocsin.records import digest_text
from tocsin.web.auth.seats import PLAIN_COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_COLOURS = ("color-contrast", "link-in-text-block")
#: Violations as one line each: the rule, and for each place the element and what is wrong with it.
FIND = """async options => (await axe.run({...options, resultTypes: ["violations"]})).violations
  .map(found => `${found.id}: ` + found.nodes.slice(0, 5).map(node =>
    `${node.target} (${[...node.any, ...node.all, ...node.none].map(one => one.message).join("; ")})`).join(", "))"""
#: Links of the navigation that another box hides or the window's edge cuts.
CUT = """() => [...document.querySelectorAll(".topbar a, .topbar input")].filter(one => {
    const box = one.getBoundingClientRect(), bar = one.closest("nav")?.getBoundingClientRect();
    const isOut = bar && (box.right > bar.right + 1 || box.bottom > bar.bottom + 1);
    return box.left < 0 || box.right > innerWidth || isOut;
  }).map(one => one.textContent || one.name)"""
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
#: How a screen is looked at: theme, size of the window, what axe-core is asked for.
LOOKS = {
    "light": ("light", WIDE, {"runOnly": RULES}),
    "dark": ("dark", WIDE, {"runOnly": {"type": "rule", "values": OF_COLOURS}}),
    "telephone": ("light", PHONE, {"runOnly": RULES, "rules": {rule: {"enabled": False} for rule in OF_COLOURS}}),
}
MOST_FOLDS = 20
OPEN = "most => [...document.querySelectorAll('details')].slice(0, most).forEach(fold => { fold.open = true; })"

FULL = {
    "desk": "/",
    "inbox": "/inbox",
    "inbox, all": "/inbox?within=all&type=ASSAULT",
    "filters": "/filters",
    "new filter": "/filters/new?type=ASSAULT&query=bridge",
    "keys": "/keys",
    "incidents": "/incidents?type=ASSAULT",
    "no such incident": "/incidents?query=zzzz",
    "incident": "/incidents/{incident}",
    "incident of strangers": "/incidents/{clash}",
    "incident from right to left": "/incidents/{closing}",
    "correct an incident": "/incidents/{incident}/fix",
    "articles": "/articles",
    "article": "/articles/{article}",
    "article of a stranger": "/articles/{stranger}",
    "article from right to left": "/articles/{rtl}",
    "article that could not be read": "/articles/{broken}",
    "claims": "/claims",
    "fix a claim": "/claims/{claim}/fix?incident={incident}",
    "add a claim": "/articles/{article}/claims/new",
    "map": "/map",
    "places": "/places",
    "place": "/places/{place}",
    "actors": "/actors",
    "alerts": "/alerts",
    "silences": "/silences",
    "alert, acknowledged": "/alerts/{alert}",
    "alert, muted": "/alerts/{muted}",
    "reports": "/reports",
    "report, draft": "/reports/{draft}",
    "report, being edited": "/reports/{draft}?edit={sentence}",
    "report, final": "/reports/{final}",
    "forecasts": "/forecasts",
    "outlets": "/outlets",
    "starter list": "/outlets/starter",
    "take in": "/take",
    "search": "/search?query=bridge",
    "search without a hit": "/search?query=zzzz",
    "about": "/about",
    "reference of the API": "/api/docs",
    "not found": "/nothing/here",
    "no such report": "/reports/rep_nothing",
    "bad filter": "/incidents?since=yesterday",
}
EMPTY = ("/", "/inbox", "/articles", "/claims", "/incidents", "/map", "/places", "/actors", "/alerts", "/reports")
GUARDED = ("/sign-in", "/sign-in?notice=signed-out", "/set-up?key={key}", "/set-up?key=nothing")
OWN = ("/account", "/accounts", "/")
FAILING = {
    "/nothing/here": 404,
    "/reports/rep_nothing": 404,
    "/incidents?since=yesterday": 422,
    "/set-up?key=nothing": 422,
}


@dataclass(frozen=True, slots=True)
class House:
    """Addresses of the desks, the ids on the full one, and the cookie of a person signed in on the guarded one."""

    full: str
    empty: str
    guarded: str
    ids: dict[str, str]
    seat: str


@pytest.fixture(scope="module")
def axe() -> str:
    """The script that looks a page over; in CI it must be there."""
    if not AXE.is_file():
        told = "ACCESSIBILITY TESTS LEFT OUT: axe-core is not installed (python scripts/build_web.py --run test)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def house(
    filled: Path, tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[House]:
    """Three desks: one full, one empty, one that asks everybody to sign in."""
    folder = tmp_path_factory.mktemp("screens")
    shutil.copytree(filled, folder / "full")
    with ExitStack() as stack:

        def open_(name: str, **given: object) -> Desk:
            (folder / name).mkdir(exist_ok=True)
            quick = {"rate_dear_per_minute": 0, "rate_writes_per_minute": 0}
            return stack.enter_context(open_in(folder / name, get_knowledge, **quick, **given))

        full, empty, guarded = open_("full"), open_("empty"), open_("guarded", accounts="required")
        ids = furnish(full)
        seat, ids["key"] = move_in(guarded)
        yield House(*(stack.enter_context(serve(desk)) for desk in (full, empty, guarded)), ids, seat)


def move_in(desk: Desk) -> tuple[str, str]:
    """An admin and an analyst who is invited: the admin's cookie, and the key of the other's set-up link."""
    now = desk.clock.now()
    admin = make_account("ana", "admin", now, shown_name="Ana of Orle")
    desk.store.add_account(admin)
    desk.store.set_password(admin.id, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("a lantern"))
    session, secret = make_session(admin, now, desk.settings, "password", "here")
    desk.store.add_session(session, digest_text(secret))
    _, key = invite_person(desk.store, "ben", "analyst", desk.settings, now, by=admin.name)
    return secret, key


@pytest.fixture(scope="module")
def page(browser: Browser, axe: str) -> Iterator[Page]:
    """One page for all screens; without motion, so that no colour is met half-way to another."""
    context = browser.new_context(reduced_motion="reduce", viewport=WIDE)  # type: ignore[arg-type]  # a TypedDict
    context.add_init_script(axe)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def look_over(page: Page, address: str, status: int = 200) -> None:
    """Open a screen and hold it against every rule, in both themes and on a telephone."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, address
    if page.locator("#map").count():
        page.locator("#map[data-map-ready]").wait_for()
    check(page, address)


def check(page: Page, where: str) -> None:
    page.evaluate(OPEN, MOST_FOLDS)
    faults: list[str] = []
    for name, (theme, size, options) in LOOKS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        found = [*page.evaluate(FIND, options), *(f"cut: {one}" for one in page.evaluate(CUT))]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            found.append(f"{wide} pixels wide")
        faults += [f"{name}: {one}" for one in found]
    if faults:
        pytest.fail("\n".join([where, *faults]), pytrace=False)


@pytest.mark.parametrize("name", FULL)
def test_a_screen_of_a_full_desk(house: House, page: Page, name: str) -> None:
    path = FULL[name].format(**house.ids)
    look_over(page, house.full + path, FAILING.get(path, 200))


@pytest.mark.parametrize("name", ["desk", "new filter", "correct an incident", "map", "alert, muted", "report, final"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "telephone"])
def test_the_tab_key_comes_through_and_each_stop_is_seen(
    house: House, page: Page, name: str, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(house.full + FULL[name].format(**house.ids))
    if page.locator("#map").count():
        page.locator("#map[data-map-ready]").wait_for()
    assert walk_through(page) > 10


@pytest.mark.parametrize("path", EMPTY)
def test_a_screen_of_an_empty_desk(house: House, page: Page, path: str) -> None:
    look_over(page, house.empty + path)


@pytest.mark.parametrize("path", GUARDED)
def test_a_way_into_a_guarded_desk(house: House, page: Page, path: str) -> None:
    page.context.clear_cookies()
    look_over(page, house.guarded + path.format(**house.ids), FAILING.get(path, 200))


@pytest.mark.parametrize("path", OWN)
def test_a_screen_of_a_person_signed_in(house: House, page: Page, path: str) -> None:
    page.context.add_cookies([{"name": PLAIN_COOKIE, "value": house.seat, "url": house.guarded}])
    look_over(page, house.guarded + path)


def test_what_opens_over_a_page(house: House, page: Page) -> None:
    for key, opened in (("Control+k", "#palette [role=option]"), ("?", "dialog.shortcuts")):
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.goto(f"{house.full}/incidents")
        page.keyboard.press(key)
        page.locator(opened).first.wait_for()
        check(page, key)
        page.keyboard.press("Escape")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")  # what opens is looked at where it comes to stand
    page.goto(f"{house.full}/map")
    page.locator("#map[data-map-ready]").wait_for()
    page.locator(".map-places > summary").press("Enter")
    page.locator(".map-places button").first.press("Enter")
    page.locator(".map-popup").wait_for()
    check(page, "a place on the map")


def test_what_was_read_out_of_a_report(house: House, page: Page) -> None:
    page.goto(f"{house.full}/take")
    page.locator("textarea[name=text]").fill("Residents of Nendry blocked the road to Sarmond, Radio Lantern reported.")
    page.locator("[name=is_exercise]").check()
    page.locator("form.paste-box button").click()
    page.locator("#taken .claim-card").first.wait_for()
    check(page, "taken, in place")


@pytest.mark.parametrize("width", [320, 768, 1024, 1200, 1440])
def test_no_entry_of_the_navigation_is_cut_at_any_width_in_any_language(house: House, page: Page, width: int) -> None:
    page.context.add_cookies([{"name": PLAIN_COOKIE, "value": house.seat, "url": house.guarded}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{house.guarded}/keys")
    count = page.locator(".languages button").count()
    assert count > 1
    for number in range(count):
        with page.expect_navigation():  # else the old page is looked at, or one that is half there
            page.locator(".languages button").nth(number).click()
        assert page.locator(".topbar nav a").count() == 10
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".languages button").first.click()
