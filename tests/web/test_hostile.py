"""A stranger's words everywhere: no page, feed or export lets them become markup, script, formula, header or path."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from tests.web.checking import read_token
from tests.web.conftest import NoReader
from tests.web.worlds import NOW, make_article, make_claim, make_client, make_incident, open_empty
from tocsin.desk import Desk
from tocsin.desk.exporting import FORMS, find_form
from tocsin.notify.syndication import write_atom
from tocsin.notify.telling import Telling
from tocsin.pipeline import Knowledge
from tocsin.ports import Derivation, Reading
from tocsin.records import (
    Alert,
    Attribution,
    Fault,
    Feed,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reason,
    Sighting,
    Tension,
    Toll,
    TollRange,
    alert_id,
    feed_id,
    make_id,
    outlet_id,
)
from tocsin.web.guards import SECURITY_HEADERS

#: Stands in every payload: where it is met as markup, an attacker has come through.
MARK = "zqx"
#: What a template engine would make of 7*191.
SUM = "1337"
PAYLOADS = (
    f"<script>{MARK}()</script>",
    f'"><img src={MARK} onerror={MARK}()>',
    f"'><svg/onload={MARK}()><{MARK}>",
    f"</title></textarea></style></script><{MARK} a=1>",
    f"javascript:{MARK}()",
    f'" onmouseover="{MARK}()" x="',
    f"' autofocus onfocus='{MARK}()",
    f"{{{{7*191}}}}{{% print(7*191) %}}${{7*191}}#{{7*191}}<%= 7*191 %> {MARK}",
    f"<!--{MARK}--><![CDATA[<{MARK}>]]>]]>",
    f"&lt;{MARK}&gt;&#60;{MARK}&#62;",
    f"%(name)s %s {{0}} {{name.__class__}} {MARK}",
    f'=HYPERLINK("http://{MARK}.example")',
    f"@SUM(1+1)*cmd|' /C {MARK}'!A0",
    f"+1-1 {MARK}",
    f"\uff1dcmd {MARK}",
    f"{MARK} \u202egnp.exe \u2028 \u0000 end",
    f"{MARK}\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
    f"../../../../etc/{MARK}",
    f"[{MARK}](javascript:{MARK}()) ![x](http://{MARK}.example/x.png) #raw[{MARK}] \\input{{{MARK}}}",
)
ALL = " ".join(PAYLOADS)
_FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_RUNNING = re.compile(r"\s*(javascript|vbscript|data)\s*:", re.IGNORECASE)
_ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "srcset", "ping")


def plain(text: str) -> str:
    """As intake leaves a line of text: these tests are about what comes after."""
    return " ".join(text.replace("\u0000", "").replace("\u202e", "").split())


@dataclass(frozen=True, slots=True)
class Attack:
    """The desk that holds it, a client on it, and the ids of what is on it."""

    desk: Desk
    client: TestClient
    incident_ids: tuple[str, ...]
    alert_ids: tuple[str, ...]
    article_ids: tuple[str, ...]


def fill(desk: Desk) -> Attack:
    day = date(2026, 3, 12)
    incidents, alerts, articles = [], [], []
    for number, payload in enumerate(map(plain, PAYLOADS)):
        outlet = Outlet(outlet_id(payload), payload, payload, "XKX", "en", None, "B", payload)
        place = Place(payload, "site", "XKX", 42.8, 20.8, f"overlay:{MARK}-{number}", payload, ("country:XKX",))
        reasons = (Reason("same-place", payload, 0.4, "1"),)
        article = make_article(
            outlet, f"{number} {payload}", f"Police fired at {payload} on the bridge. {plain(ALL)}",
            NOW - timedelta(hours=5 + number), url=f"https://{MARK}.example/{quote(payload, safe='<>()=!*')}",
        )  # fmt: skip
        claim = make_claim(
            article, f"Police fired at {payload} on the bridge.", "ASSAULT", "crowd-control",
            actor=(Party(payload, "XKX", "COP"),), recipient=(Party(f"{payload} too"),), place=place,
            attribution=(Attribution(payload, "media", payload),), tolls=(Toll("killed", 2, 2, payload),),
            date=PartialDate.of_day(day),
        )  # fmt: skip
        seen = (Sighting(article.id, article.url or "", NOW),)
        desk.store.add_reading(Reading(article, (claim,), seen, outlet))
        incident = make_incident([claim], [article], reasons=reasons, tolls=(TollRange("killed", 2, 2, 2, payload),))
        alert = Alert(
            alert_id("rising-force", place.gazetteer_id or "", day), "rising-force", "1", payload, payload,
            place.gazetteer_id or "", payload, "IMMEDIATE", day, day, "firing", NOW, payload, (incident.id,), False,
            reasons, note=payload,
        )  # fmt: skip
        tension = Tension(
            place.gazetteer_id or "", payload, day, 7.0, 0.0, 9.0, 3.1, 0.8, "scored", (incident.id,), reasons=reasons
        )
        desk.store.save_derivation(
            Derivation(incidents=(incident,), tensions=(tension,), alerts=(alert,), articles_derived=(article.id,),
                       origins={article.id: article.id})
        )  # fmt: skip
        address = f"https://{MARK}.example/feed/{number}?{quote(payload, safe='<>()=')}"
        feed = Feed(feed_id(address), address, outlet.id, payload, problem=payload, failures=1, confirmed_at=NOW)
        desk.store.add_feeds([feed])
        desk.store.save_feed(feed)
        desk.store.add_faults([Fault(make_id("flt", payload), payload, payload, NOW)])
        incidents.append(incident.id)
        alerts.append(alert.id)
        articles.append(article.id)
    return Attack(desk, make_client(desk), tuple(incidents), tuple(alerts), tuple(articles))


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Attack]:
    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=NoReader())

    folder = tmp_path_factory.mktemp("hostile")
    with open_empty(folder, knowledge=without_reader, rate_dear_per_minute=0, rate_writes_per_minute=0) as desk:
        held = fill(desk)
        post_all(held)
        yield held


def post_all(attack: Attack) -> None:
    """What people type: names of filters, reasons, notes, titles and authors of reports."""
    client, token = attack.client, read_token(attack.client.get("/").text)
    for number, payload in enumerate(PAYLOADS):
        typed = {"token": token, "reason": payload, "note": payload, "why": payload}
        client.post("/filters", data=typed | {"name": payload[:60], "query": "type=ASSAULT", "screen": payload})
        client.post(f"/alerts/{attack.alert_ids[number]}/state", data=typed | {"state": "acknowledged"})
        client.post("/feeds", data=typed | {"address": f"https://{MARK}.example/{number}", "outlet": payload})
    client.post("/take", data={"token": token, "title": ALL, "outlet": ALL, "address": ALL, "published_at": ALL})
    outlet = attack.desk.store.article(attack.article_ids[0]).outlet_id
    client.post(f"/outlets/{outlet}/grade", data={"token": token, "reason": ALL, "reliability": "C"})
    place = f"overlay:{MARK}-0"
    asked = {"token": token, "area": place, "first": "2026-03-08", "last": "2026-03-14", "tlp": "TLP:AMBER"}
    client.post("/reports", data=asked | {"title": ALL[:200], "author": ALL[:100]})
    until = "2026-03-20T00:00"
    client.post(f"/alerts/{attack.alert_ids[0]}/mute", data={"token": token, "reason": ALL, "until": until})


# --- what holds for an answer


def check_answer(address: str, answer: Any) -> None:
    """Nothing of the attacker's in the headers, and what the page is allowed to do said to the browser."""
    for name, value in answer.headers.items():
        assert MARK not in name, address
        if name == "set-cookie":
            assert MARK not in value, address
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["content-security-policy"], address
    assert answer.headers["x-content-type-options"] == "nosniff", address
    assert answer.status_code < 500, (address, answer.text[:300])


def check_page(address: str, text: str) -> Any:
    """Parsed as a browser would: no element, attribute, comment, script or address of the attacker's."""
    page = html.document_fromstring(text)
    for element in page.iter():
        if not isinstance(element.tag, str):
            assert MARK not in (element.text or ""), (address, "comment")
            continue
        assert MARK not in element.tag, (address, element.tag)
        for name, value in element.attrib.items():
            assert MARK not in name, (address, element.tag, name)
            assert not name.startswith("on"), (address, element.tag, name)
            assert name not in ("style", "srcdoc", "autofocus") or MARK not in value, (address, name)
            if name in _ADDRESSES:
                assert not _RUNNING.match(value), (address, name, value)
        if element.tag in ("script", "style", "iframe", "object", "embed", "base", "link", "img", "form", "svg"):
            held = " ".join([element.text or "", *(element.get(name, "") for name in ("src", "href", "data"))])
            if element.get("rel") == "preload":  # a page of a filter loads the records of that filter beforehand
                held = held.partition("?")[0]
            assert MARK not in held, (address, element.tag, held[:100])
        if element.tag in ("script", "style"):
            assert not (element.text or "").strip(), (address, "inline")
    assert SUM not in re.sub(r'(href|value|content|id|for|title)="[^"]*"', "", text), (address, "template")
    return page


def crawl(attack: Attack, most: int = 120) -> Iterator[tuple[str, Any]]:
    """Every page that links lead to from the desk's own front, the first so many, one of each kind first."""
    waiting, seen, kinds = ["/"], {"/"}, dict[str, int]()
    while waiting and len(seen) < 5_000 and most:
        address = waiting.pop(0)
        kind = re.sub(r"(?<=/)[^/?]*(_|:)[^/?]*|=[^&]*", "*", address)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > 2:
            continue
        most -= 1
        answer = attack.client.get(address)
        yield address, answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            for link in html.document_fromstring(answer.text).xpath("//a/@href | //link/@href | //form/@action"):
                target = urljoin(f"http://testserver{address}", link)
                parts = urlsplit(target)
                shown = f"{parts.path}?{parts.query}".rstrip("?")
                if parts.netloc == "testserver" and shown not in seen and not parts.path.startswith("/static"):
                    seen.add(shown)
                    waiting.append(shown)


def test_no_page_of_the_desk_lets_it_through(attack: Attack) -> None:
    pages, shown, rooms = 0, 0, set()
    for address, answer in crawl(attack):
        check_answer(address, answer)
        if answer.headers["content-type"].startswith("text/html"):
            check_page(address, answer.text)
            pages += 1
            shown += MARK in answer.text
            rooms.add(address.partition("?")[0].split("/")[1])
    assert pages > 50
    assert shown > 40, "pages must show the words, or they prove nothing"
    assert rooms >= {
        "",
        "articles",
        "incidents",
        "alerts",
        "outlets",
        "places",
        "reports",
        "filters",
        "inbox",
        "search",
    }


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_each_payload_stands_on_its_own_pages_as_words(attack: Attack, number: int) -> None:
    words = plain(PAYLOADS[number])
    for address in (
        f"/articles/{attack.article_ids[number]}",
        f"/incidents/{attack.incident_ids[number]}",
        f"/alerts/{attack.alert_ids[number]}",
    ):
        answer = attack.client.get(address)
        check_answer(address, answer)
        page = check_page(address, answer.text)
        assert words in " ".join(page.text_content().split()), address


REFLECTING = (
    "/search?query={}", "/incidents?type={}", "/incidents?query={}", "/articles?outlet={}", "/incidents?place={}",
    "/incidents?since={}", "/places/{}", "/articles/{}", "/incidents/{}", "/alerts/{}", "/reports/{}", "/{}",
    "/reports/{}/file/pdf", "/map?type={}", "/actors?sort={}", "/outlets?sort={}", "/forecasts?place={}",
    "/outlets/starter?region={}", "/filters/new?query={}", "/inbox?query={}", "/claims?query={}", "/?notice={}",
    "/alerts/{}.cap", "/feeds/filters/x/{}.atom", "/sign-in?next={}", "/api/incidents?type={}", "/api/articles/{}",
    "/api/search?query={}", "/api/incidents.csv?type={}", "/api/{}", "/static/{}", "/take?address={}",
)  # fmt: skip


@pytest.mark.parametrize("where", REFLECTING)
def test_no_answer_reflects_it(attack: Attack, where: str) -> None:
    for payload in PAYLOADS:
        address = where.format(quote(payload, safe=""))
        answer = attack.client.get(address)
        check_answer(address, answer)
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            check_page(address, answer.text)
        else:
            assert kind.partition(";")[0] not in ("image/svg+xml", "application/xhtml+xml"), address


def test_a_redirect_leads_nowhere_else(attack: Attack) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "\r\nLocation: https://evil.example"):
        for address in ("/sign-in", "/language", "/filters", "/take", "/keys"):
            for name in ("next", "screen", "back", "to"):
                token = read_token(attack.client.get("/take").text)
                given = {name: target, "token": token, "language": "en", "name": "n", "query": "type=ASSAULT"}
                for answer in (
                    attack.client.get(f"{address}?{name}={quote(target, safe='')}"),
                    attack.client.post(address, data=given, headers={"referer": f"https://evil.example/{target[:2]}"}),
                ):
                    location = answer.headers.get("location", "/")
                    parts = urlsplit(urljoin("http://testserver/", location.replace("\\", "/")))
                    assert parts.netloc == "testserver", (address, name, location)


# --- exports, feeds and files


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in FORMS.items() for name in names])
def test_no_export_lets_it_through(attack: Attack, what: str, name: str) -> None:
    address = f"/api/{what}.{name}"
    answer = attack.client.get(address)
    check_answer(address, answer)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-disposition"].startswith('attachment; filename="tocsin-')
    writing = find_form(what, name).writing
    if writing == "csv":
        check_cells(list(csv.reader(io.StringIO(answer.text, newline=""))))
    elif writing == "gdelt":
        check_cells([line.split("\t") for line in answer.text.split("\n") if line])
    elif writing == "kml":
        check_xml(answer.content)
    elif writing == "jsonl":
        assert all(isinstance(json.loads(line), dict) for line in answer.text.split("\n") if line)
    elif writing in ("geojson", "stix"):
        json.loads(answer.text)
    else:
        assert answer.content[:4] == answer.content[-4:] == b"PAR1"


def check_cells(rows: list[list[str]]) -> None:
    """Whole rows, and no cell that a spreadsheet would run."""
    assert len(rows) > 2
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            start = cell.lstrip(" \u00a0\u2003")
            assert not _FORMULA.match(start) or _NUMBER.fullmatch(start), cell[:80]


def check_xml(body: bytes) -> None:
    """Well-formed, without a DTD, and without an element or attribute of the attacker's."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    assert root.getroottree().docinfo.internalDTD is None
    for element in root.iter():
        assert isinstance(element.tag, str), "a comment or instruction"
        assert MARK not in element.tag
        assert not any(MARK in name for name in element.attrib)
        for name in ("href", "src", "url"):
            assert not _RUNNING.match(element.get(name, "")), element.get(name)


def test_tables_of_actors_and_feeds_are_safe_too(attack: Attack) -> None:
    table = attack.client.get("/api/actors.csv")
    check_answer("/api/actors.csv", table)
    check_cells(list(csv.reader(io.StringIO(table.text, newline=""))))
    opml = attack.client.get("/outlets/feeds.opml")
    check_answer("/outlets/feeds.opml", opml)
    check_xml(opml.content)


def test_feeds_and_alerts_for_other_programs_are_safe(attack: Attack) -> None:
    for address in ("/alerts.atom", "/alerts.rss"):
        answer = attack.client.get(address)
        check_answer(address, answer)
        check_xml(answer.content)
    notices = attack.desk.store.notices(50)
    check_xml(write_atom([Telling(n) for n in notices], address="http://x", self_address="http://x/a", now=NOW))
    for notice in notices[:20]:
        answer = attack.client.get(f"/notices/{notice.id}.cap")
        check_answer(notice.id, answer)
        check_xml(answer.content)


def test_files_of_a_report_are_safe_and_so_are_their_names(attack: Attack) -> None:
    kept = attack.desk.store.reports(limit=5)
    assert kept, "a report must have been drafted, or this proves nothing"
    for form in ("html", "md", "docx", "pdf"):
        address = f"/reports/{kept[0].id}/file/{form}"
        answer = attack.client.get(address)
        check_answer(address, answer)
        assert answer.status_code in (200, 422), answer.text[:200]
        if answer.status_code == 200:
            assert re.fullmatch(r'attachment; filename="[a-z0-9.-]+"', answer.headers["content-disposition"]), (
                answer.headers["content-disposition"]
            )
            if form == "html":
                page = html.document_fromstring(answer.text)
                assert not [e.tag for e in page.iter() if isinstance(e.tag, str) and MARK in e.tag]
                assert not page.xpath("//script | //iframe | //object | //*[@*[starts-with(name(), 'on')]]")


# --- uploads

NAMES = (
    "../../../../tmp/zqx.txt", "..\\..\\zqx.txt", "/etc/zqx.txt", "C:\\zqx.txt", "zqx\x00.txt", "zqx\r\nX-A: b.txt",
    "....//zqx.txt", "%2e%2e%2fzqx.txt", "~/zqx.txt", "zqx" * 400 + ".txt", ".", "..", "CON", "<zqx>.txt", "=zqx.csv",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_an_upload_is_no_path(attack: Attack, tmp_path: Path, name: str) -> None:
    home = attack.desk.settings.home
    assert home is not None
    before = sorted(path.name for path in home.rglob("*") if MARK in path.name)
    token = read_token(attack.client.get("/take").text)
    files = {"file": (name, b"\x89PNG\r\n\x1a\n" + bytes(40), "application/octet-stream")}
    page = attack.client.post("/take", data={"token": token}, files=files)
    check_answer(name, page)
    check_page(name, page.text)
    plain_answer = attack.client.post("/api/articles/upload", files=files)
    check_answer(name, plain_answer)
    assert plain_answer.status_code == 422
    which = plain_answer.json()["which"]
    assert "/" not in which
    assert "\\" not in which
    assert len(which) <= 200
    assert sorted(path.name for path in home.rglob("*") if MARK in path.name) == before
    assert not Path("/tmp/zqx.txt").exists()


@pytest.mark.parametrize(
    "path", ["/static/../../etc/passwd", "/static/..%2f..%2fsettings.py", "/static/%2e%2e/%2e%2e/settings.py",
             "/static/....//settings.py", "/static//etc/passwd", "/static/assets/..%5c..%5csettings.py",
             "/api/streets/..%2f..%2fetc%2fpasswd", "/reports/..%2f..%2fetc/file/pdf", "/reports/x/file/..%2fpdf"]
)  # fmt: skip
def test_no_path_leads_out(attack: Attack, path: str) -> None:
    answer = attack.client.get(path)
    check_answer(path, answer)
    assert answer.status_code in (307, 404, 422), path
    assert "root:" not in answer.text
    assert "class Settings" not in answer.text
