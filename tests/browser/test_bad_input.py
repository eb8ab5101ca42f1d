"""What goes wrong on a screen: words of any size and direction, forms sent twice, going back, a session that ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from tests.browser.conftest import open_in, serve
from tests.browser.hands import wait_told
from tests.conftest import NOW
from tests.web.worlds import make_article, make_claim, make_incident
from tocsin.desk import Desk
from tocsin.desk.accounts import make_account, make_session
from tocsin.pipeline import Knowledge
from tocsin.ports import Derivation, Reading
from tocsin.records import Filter, Outlet, Party, Place, digest_text, outlet_id
from tocsin.web.auth.seats import PLAIN_COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Open = Callable[..., "Page"]
HUGE = "Verwaltungsgerichtsvorsitzendenstellvertreter" * 40
RTL = "شرطة المدينة (القسم ٣)"
PASSWORD = "a lantern in the harbour"
WIDTHS = (360, 1200)


@pytest.fixture
def desk(filled: Path, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Desk]:
    shutil.copytree(filled, tmp_path / "desk")
    with open_in(tmp_path / "desk", get_knowledge) as opened:
        yield opened


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serve(desk) as at:
        yield at


def add_odd_report(desk: Desk) -> dict[str, str]:
    """A report with a title without end, names from right to left, and a claim of which only the words are known."""
    outlet = Outlet(outlet_id(RTL), RTL, RTL)
    article = make_article(outlet, HUGE, f"{RTL} fired at {HUGE}. Somebody threatened somebody.", NOW)
    place = Place(RTL, "settlement", "XKX", 42.8, 20.8, "overlay:odd", RTL, ("country:XKX",))
    full = make_claim(
        article, f"{RTL} fired at {HUGE}.", "ASSAULT", actor=(Party(RTL),), recipient=(Party(HUGE),), place=place
    )
    bare = make_claim(article, "Somebody threatened somebody.", "THREATEN")
    desk.store.add_reading(Reading(article, (full, bare), (), outlet))
    incidents = [make_incident([full], [article]), make_incident([bare], [article])]
    desk.store.save_derivation(
        Derivation(incidents=tuple(incidents), articles_derived=(article.id,), origins={article.id: article.id})
    )
    return {"article": article.id, "full": incidents[0].id, "bare": incidents[1].id, "claim": full.id}


@pytest.mark.parametrize("width", WIDTHS)
def test_words_of_any_size_and_direction_stay_in_their_place(open_page: Open, desk: Desk, width: int) -> None:
    ids = add_odd_report(desk)
    page = open_page("about:blank", viewport={"width": width, "height": 800})
    for path in (
        "/", "/articles", "/claims", "/incidents", "/inbox?within=all", "/map", "/outlets", "/actors",
        "/search?query=fired", f"/articles/{ids['article']}", f"/incidents/{ids['full']}", f"/incidents/{ids['bare']}",
        f"/incidents/{ids['full']}/fix", f"/claims/{ids['claim']}/fix",
    ):  # fmt: skip
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "ltr", path
        loose = page.evaluate(
            """name => { const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
              const loose = [];
              while (walk.nextNode()) {
                const one = walk.currentNode;
                if (one.data.includes(name) && !one.parentElement.closest("bdi, [dir], option, textarea, svg")) {
                  loose.push(one.parentElement.outerHTML.slice(0, 120));
                }
              }
              return loose; }""",
            RTL,
        )
        assert loose == [], (path, "a name from right to left must not turn what stands beside it")


def test_a_form_sent_twice_is_done_once(open_page: Open, desk: Desk) -> None:
    page = open_page("/inbox")
    page.evaluate(
        """() => { const form = document.querySelector("form[action='/inbox/shift']"), fields = new FormData(form);
          fields.set("action", "begin");
          const body = new URLSearchParams(fields), address = form.getAttribute("action");
          const send = () => fetch(address, {method: "POST", body, redirect: "manual"});
          return Promise.all([send(), send()]); }"""
    )
    assert len(desk.store.last_shifts("desk", 5)) == 1
    alert = next(one for one in desk.store.alerts() if one.state == "firing")
    page.goto(f"/alerts/{alert.id}")
    page.locator("[name=note]").fill("patrol sent")
    page.locator("form[action$='/state'] button").dblclick()
    wait_told(page, "acknowledged")
    assert desk.store.alert(alert.id).state == "acknowledged"


def test_back_after_a_form_sends_nothing_again(open_page: Open, desk: Desk) -> None:
    incident = desk.store.incidents(Filter(limit=1))[0]
    page = open_page(f"/incidents/{incident.id}/fix")
    options = page.locator("[name=certainty] option").evaluate_all("all => all.map(one => one.value)")
    shown = page.locator("[name=certainty]").input_value()
    page.locator("[name=certainty]").select_option(next(one for one in options if one != shown))
    page.locator("[name=why]").fill("as the outlet says")
    page.locator("[name=why]").press("Enter")
    wait_told(page, "claim-corrected")
    said = sum(map(len, desk.store.corrections(incident.claim_ids).values()))
    assert page.url.endswith(f"/incidents/{incident.id}"), "the address asks for no message any more"
    page.reload()
    assert page.locator("[data-once]").count() == 0, "what was said once is not said again"
    page.go_back()
    page.go_forward()
    assert page.locator("[data-once]").count() == 0
    assert sum(map(len, desk.store.corrections(incident.claim_ids).values())) == said > 0


def test_enter_looks_a_place_up_before_anything_is_kept(open_page: Open, desk: Desk) -> None:
    incident = desk.store.incidents(Filter(limit=1))[0]
    page = open_page(f"/incidents/{incident.id}/fix")
    page.locator("[name=why]").fill("it was there")
    page.locator("[name=search]").fill("Collane")
    page.locator("[name=search]").press("Enter")
    page.locator("[name=place][value^=ex-]").first.check()
    assert page.locator("[name=why]").input_value() == "it was there"
    assert desk.store.corrections(incident.claim_ids) == {}
    page.locator("[name=why]").press("Enter")
    wait_told(page, "claim-corrected")
    (said,) = next(iter(desk.store.corrections(incident.claim_ids).values()))
    assert said.field == "place"


def test_two_people_and_one_field(open_page: Open, desk: Desk) -> None:
    incident = desk.store.incidents(Filter(limit=1))[0]
    first, second = (open_page(f"/incidents/{incident.id}/fix") for _ in range(2))
    options = first.locator("[name=certainty] option").evaluate_all("all => all.map(one => one.value)")
    shown = first.locator("[name=certainty]").input_value()
    others = [one for one in options if one != shown]
    for page, value in ((first, others[0]), (second, others[-1])):
        page.locator("[name=certainty]").select_option(value)
        page.locator("[name=why]").fill("as I read it")
    first.locator("[name=why]").press("Enter")
    wait_told(first, "claim-corrected")
    with second.expect_response(lambda got: got.request.method == "POST") as got:
        second.evaluate("document.querySelector('form[action$=\"/fix\"]').requestSubmit()")
    assert got.value.status == 409
    assert second.locator("[role=alert]").inner_text()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing", 404), ("/incidents/inc_none", 404), ("/reports/rep_none/file/pdf", 404), ("/incidents?since=x", 422),
     ("/map?reliability=Z", 422), ("/api/docs/x", 404), ("/incidents?offset=-1", 422), ("/claims/clm_none/fix", 404)],
)  # fmt: skip
def test_a_broken_address_is_answered_with_help(open_page: Open, path: str, status: int) -> None:
    page = open_page("/about")
    answer = page.request.get(path)
    assert answer.status == status
    body = answer.text()
    assert not any(trace in body for trace in ("Traceback", "site-packages", "sqlalchemy", ".py", "/desk.sqlite"))
    if not path.startswith("/api"):
        page.set_content(body)
        told = page.locator("[role=alert]")
        assert told.locator("h1").inner_text()
        assert len(told.locator("p").all()) >= 3
        assert told.locator("a").count() >= 1


def test_a_filter_that_matches_nothing_says_how_to_go_on(open_page: Open) -> None:
    page = open_page("about:blank")
    for path in ("/incidents", "/claims", "/articles", "/map", "/actors", "/inbox"):
        page.goto(f"{path}?query=zzzz&within=all")
        empty = page.locator("main .empty")
        assert empty.count() == 1, path
        assert empty.locator("a, button").count() >= 1, path


# --- a session that ends while somebody types


class TestEndedSession:
    @pytest.fixture
    def desk(self, filled: Path, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Desk]:
        shutil.copytree(filled, tmp_path / "desk")
        with open_in(tmp_path / "desk", get_knowledge, accounts="required") as opened:
            admin = make_account("ana", "admin", NOW)
            opened.store.add_account(admin)
            opened.store.set_password(admin.id, PasswordHasher(1, 64, 1).hash(PASSWORD))
            yield opened

    def sign_in(self, desk: Desk, context: BrowserContext, address: str) -> None:
        account = desk.store.account_named("ana")
        session, secret = make_session(account, NOW - timedelta(minutes=1), desk.settings, "password", "here")
        desk.store.add_session(session, digest_text(secret))
        context.add_cookies([{"name": PLAIN_COOKIE, "value": secret, "url": address}])

    def test_what_was_typed_is_still_there(self, open_page: Open, desk: Desk, address: str) -> None:
        page = open_page("about:blank")
        self.sign_in(desk, page.context, address)
        alert = next(one for one in desk.store.alerts() if one.state == "firing")
        page.goto(f"/alerts/{alert.id}")
        page.locator("[name=note]").fill("a patrol is on its way")
        desk.store.end_sessions(desk.store.account_named("ana").id)
        page.locator("form[action$='/state'] button").click()
        wait_told(page, "ended")
        assert page.locator("[role=status]").inner_text()
        assert desk.store.alert(alert.id).state == "firing"

        other = page.context.new_page()
        other.goto("/sign-in")
        other.locator("[name=name]").fill("ana")
        other.locator("[name=password]").fill(PASSWORD)
        other.locator("[name=password]").press("Enter")
        other.wait_for_url(f"{address}/")
        page.go_back()
        assert page.locator("[name=note]").input_value() == "a patrol is on its way"
        page.locator("form[action$='/state'] button").click()
        wait_told(page, "acknowledged")
        assert desk.store.alert(alert.id).note == "a patrol is on its way"
