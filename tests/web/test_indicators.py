"""A place's indicators: which alert rules ring there, and which of their conditions hold; and the names it goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import NOW, World
from tocsin.knowledge.rules import load_alert_rules
from tocsin.ports import Derivation
from tocsin.records import Alert, Tension, alert_id
from tocsin.web.indicators import Indicator, find_indicators
from tocsin.web.pages.places import stand_at_place

PLACE, DAY = "overlay:orle-bridge", date(2026, 3, 12)
RULE = "unusual-hostility"


def ring(world: World, state: str = "firing") -> Alert:
    """An alert of a bundled rule at the bridge."""
    alert = replace(
        world.alert,
        id=alert_id(RULE, PLACE, DAY),
        rule=RULE,
        state=state,
        title="Far more",
        incident_ids=(),  # type: ignore[arg-type]
    )
    world.desk.store.save_derivation(Derivation(alerts=(world.alert, alert), at=NOW))
    return alert


def stand(world: World) -> dict[str, Indicator]:
    _day, indicators, _alerts = stand_at_place(world.desk, PLACE, world.desk.store.tensions(place_id=PLACE))
    return {one.rule.name: one for one in indicators}


def test_every_rule_stands_on_the_page_with_its_conditions(writer: TestClient, changing: World) -> None:
    alert = ring(changing)
    page = parse_page(writer.get(f"/places/{PLACE}").text)
    rows = page.xpath("//table[contains(@class, 'indicators')]/tbody/tr")
    assert len(rows) == len(load_alert_rules())
    first = read_words(rows[0])
    assert "firing" in first
    assert rows[0].xpath(".//a/@href") == [f"/alerts/{alert.id}"]
    assert "surprise 3.1, 2.3 needed" in first
    assert "ASSAULT" in first


def test_the_conditions_say_what_holds_and_what_is_missing(changing: World) -> None:
    held = stand(changing)
    assert held[RULE].standing == "open"
    assert held[RULE].alert is None
    tension, acts, origins = held[RULE].parts
    assert (tension.holds, acts.holds) == (False, False)  # a level of 9 where 15 are needed, one act where two are
    assert "1 in 7 days, 2 needed" in acts.text
    assert "2 needed" in origins.text
    asked = held["outlook-worsens"].parts[0]
    assert (asked.holds, "chance of any death none, 0.6 needed" in asked.text) == (False, True)


def test_a_rule_that_no_longer_rings_says_when_it_did(writer: TestClient, changing: World) -> None:
    alert = ring(changing, "resolved")
    one = stand(changing)[RULE]
    assert (one.standing, one.alert) == ("open", changing.desk.store.alert(alert.id))
    assert "rang 12 Mar 2026 to 13 Mar 2026" in read_words(parse_page(writer.get(f"/places/{PLACE}").text))


def test_a_silence_shows(writer: TestClient, changing: World) -> None:
    alert = ring(changing)
    changing.desk.silence(NOW + timedelta(hours=4), why="a drill", place_id=PLACE, rule=alert.rule)
    assert stand(changing)[RULE].standing == "muted"


def test_a_rule_is_not_asked_of_too_wide_an_area(changing: World) -> None:
    series = changing.desk.store.tensions(place_id=PLACE)
    wide = replace(series[-1], place_id="country:XKX", place_name="Kosovo")
    held = {one.rule.name: one for one in find_indicators(changing.desk, wide, [])}
    assert held["deadly-violence"].standing == "wide"
    assert held["deadly-violence"].parts == ()


def test_the_api_gives_indicators_and_names(writer: TestClient, changing: World) -> None:
    alert = ring(changing)
    answer = writer.get(f"/api/places/{PLACE}").json()
    one = next(i for i in answer["indicators"] if i["rule"] == RULE)
    assert (one["standing"], one["alert"]) == ("firing", alert.id)
    assert {"text", "holds"} == set(one["conditions"][0])
    assert answer["written"] == [{"name": "the bridge at Orle", "claims": 3}]


def test_a_place_tells_its_names(writer: TestClient, changing: World) -> None:
    text = writer.get(f"/places/{PLACE}").text
    assert not list(find_faults(text))
    card = parse_page(text).xpath("//section[@aria-labelledby='h-names']")[0]
    assert "In the reports the bridge at Orle 3 claims" in read_words(card)
    (link,) = card.xpath(".//a/@href")
    listed = read_words(parse_page(writer.get(link).text))
    assert all(changing.claims[name].evidence.text in listed for name in ("gas", "history"))


def test_places_stand_with_the_gravest_first(writer: TestClient, changing: World) -> None:
    day = date(2026, 3, 12)
    calm = Tension("a", "Aville", day, 1.0, 0.0, 1.0, 9.0, 0.8, "scored", stage="calm")
    grave = Tension("b", "Bville", day, 1.0, 0.0, 1.0, 0.1, 0.8, "scored", stage="crisis")
    changing.desk.store.save_derivation(Derivation(tensions=(calm, grave), at=NOW))
    names = [read_words(cell) for cell in parse_page(writer.get("/places").text).xpath("//tbody/tr/th[1]")]
    assert names.index("Bville") < names.index("Aville")
