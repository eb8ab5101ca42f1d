"""What rings, in which order, and one rule over nested areas told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from starlette.testclient import TestClient

from tests.web.checking import parse_page
from tests.web.worlds import World
from tocsin.records import Alert
from tocsin.web.ringing import AlertGroup, group_alerts


def names(groups: list[AlertGroup]) -> list[tuple[str, ...]]:
    return [(g.lead.place_name, *(a.place_name for a in g.nested)) for g in groups]


def make(alert: Alert, place: str, incidents: str, **more: object) -> Alert:
    return replace(alert, id=f"alt_{place}", place_name=place, incident_ids=tuple(incidents), **more)  # type: ignore[arg-type]


def test_nested_areas_are_one_group_led_by_the_widest(world: World) -> None:
    bridge, town, district = (
        make(world.alert, n, i) for n, i in (("Bridge", "a"), ("Town", "ab"), ("District", "abc"))
    )
    assert names(group_alerts([bridge, district, town])) == [("District", "Town", "Bridge")]


def test_other_places_rules_and_times_stay_apart(world: World) -> None:
    day = world.alert.day
    base = make(world.alert, "Here", "abc", began_on=day)
    far = make(world.alert, "Far", "de", began_on=day)
    other = make(world.alert, "Other rule", "ab", rule="another", began_on=day)
    long_ago = make(world.alert, "Long ago", "a", began_on=day - timedelta(60), day=day - timedelta(50))
    assert sorted(names(group_alerts([base, far, other, long_ago]))) == [
        ("Far",), ("Here",), ("Long ago",), ("Other rule",),
    ]  # fmt: skip


def test_precedence_comes_before_age(world: World) -> None:
    old = make(world.alert, "Old", "a", precedence="FLASH", began_on=date(2020, 1, 1), day=date(2020, 1, 2))
    new = make(world.alert, "New", "b", precedence="ROUTINE")
    middle = make(world.alert, "Middle", "c", precedence="ROUTINE", began_on=date(2021, 1, 1), day=date(2021, 1, 2))
    assert names(group_alerts([middle, new, old])) == [("Old",), ("New",), ("Middle",)]


def test_the_first_screen_counts_what_the_frame_counts(client: TestClient, world: World) -> None:
    page = parse_page(client.get("/").text)
    assert len(page.xpath("//section[@aria-labelledby='h-alerts']/article")) <= 3
    assert page.xpath(f"//a[@href='/alerts/{world.alert.id}']")


def test_every_claim_counted_can_be_opened(client: TestClient, world: World) -> None:
    page = parse_page(client.get("/claims?with_background=1").text)
    links = page.xpath("//a[contains(@class, 'row-link')]/@href")
    assert len(links) == len(set(links)) == world.desk.store.counts().claims
    assert all(client.get(link).status_code == 200 for link in links)
    counted = page.xpath("//footer//a[starts-with(@href, '/claims')]")[0].text_content()
    assert counted == f"{len(links)} claims"
