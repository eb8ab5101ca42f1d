"""What was known when: an incident as its reports came out, on its page and in the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.web.checking import find_faults, parse_page, read_words
from tests.web.worlds import NOW, World, make_article, make_claim
from tocsin.desk.views import show_incident
from tocsin.ports import Derivation, Reading
from tocsin.records import Incident, Outlet, Party, Toll, outlet_id
from tocsin.web.unfolding import tell_stage, unfold_incident

WIRE = Outlet(outlet_id("Wire"), "Wire", "wire", None, "en")


def add_report(world: World, text: str, hours: float, toll: Toll | None = None) -> Incident:
    """One more report of the clash, so many hours after the desk's noon; the clash with it."""
    article = make_article(WIRE, None, text, NOW + timedelta(hours=hours))
    claim = make_claim(article, text, "ASSAULT", "crowd-control", tolls=(toll,) if toll else ())
    world.desk.store.add_reading(Reading(article, (claim,), (), WIRE))
    held = world.desk.store.incident(world.incidents["clash"].id)
    grown = replace(held, claim_ids=(*held.claim_ids, claim.id))
    world.desk.store.save_derivation(Derivation((grown,), at=NOW + timedelta(hours=1)))
    return grown


def test_the_page_tells_what_was_known_when(client: TestClient, world: World) -> None:
    page = parse_page(client.get(f"/incidents/{world.incidents['clash'].id}").text)
    stages = [read_words(one) for one in page.xpath("//ol[contains(@class, 'known')]/li")]
    assert len(stages) == 3
    assert all(stage.startswith("12 Mar 2026, 12:00 UTC") for stage in stages[:2])
    assert "first report" in stages[0]
    last = stages[2]
    assert last.startswith("12 Mar 2026, 15:00 UTC The Gazette : The police")
    assert "denied by The police" in last
    assert "state now disputed, was reported" in last
    for link in page.xpath("//ol[contains(@class, 'known')]//a/@href"):
        assert page.xpath(f"//*[@id='{link.removeprefix('#')}']"), "a report opens its words on the page"


def test_the_api_tells_the_same(client: TestClient, world: World) -> None:
    known = client.get(f"/api/incidents/{world.incidents['clash'].id}").json()["known"]
    assert [stage["state"] for stage in known] == ["reported", "reported", "disputed"]
    assert [stage["published_at"][11:16] for stage in known] == ["12:00", "12:00", "15:00"]
    assert {stage["article"] for stage in known} == {world.articles[name].id for name in ("radio", "copy", "gazette")}
    assert known[-1]["tolls"][0]["best"] == 2


def test_a_later_count_stands_beside_the_earlier_one(changing: World) -> None:
    whom = Party("people")
    grown = add_report(changing, "Nine people were hurt when police fired gas.", 1, Toll("injured", 9, 9, whom.text))
    stages = unfold_incident(changing.desk.store, show_incident(changing.desk.store, grown.id)).stages
    told = tell_stage(stages[-1])
    assert stages[-1].article.outlet_name == "Wire"
    assert any(one.startswith("injured now") and one.endswith("was 2") for one in told), told
    assert stages[0].changes == ()


def test_a_copy_is_no_stage_of_its_own(writer: TestClient, changing: World) -> None:
    again = changing.claims["again"].evidence.text
    grown = add_report(changing, again.upper(), 2)
    unfolding = unfold_incident(changing.desk.store, show_incident(changing.desk.store, grown.id))
    (first,) = [stage for stage in unfolding.stages if stage.repeats]
    assert first.article.id == changing.articles["copy"].id
    assert [article.outlet_name for article in first.repeats] == ["Wire"]
    answer = writer.get(f"/incidents/{grown.id}")
    assert not list(find_faults(answer.text))
    assert "word for word the same in 1 later report" in read_words(parse_page(answer.text))


def test_of_very_many_reports_the_first_are_laid_out(changing: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.web.unfolding.MOST_STAGES", 2)
    view = show_incident(changing.desk.store, changing.incidents["clash"].id)
    unfolding = unfold_incident(changing.desk.store, view)
    assert (len(unfolding.stages), unfolding.left_out) == (2, 1)
