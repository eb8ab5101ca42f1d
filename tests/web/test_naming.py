"""Names by policy and their footnotes, on every screen and in every export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.checking import parse_page, read_words
from tests.web.conftest import NoReader
from tests.web.worlds import make_article, make_claim, make_client, make_incident, open_empty
from tocsin.desk import Desk
from tocsin.pipeline import Knowledge
from tocsin.places.naming import load_naming
from tocsin.ports import Derivation, Reading
from tocsin.records import Alert, Outlet, PartialDate, Place, Tension, alert_id, outlet_id

DAY = date(2026, 3, 12)
#: As the article wrote it, the usual name, and the place's id.
WRITTEN, USUAL, ID = "Mitrovice", "Mitrovica", "geonames:789225"
SHOWN = {"un": USUAL, "local": "Kosovska Mitrovica / Mitrovicë", "as-reported": WRITTEN}
#: What no article wrote (an alert's place) bears its usual name under the third policy.
HELD = SHOWN | {"as-reported": USUAL}
SCREENS = ("/incidents", "/map", "/claims", "/", "/search?query=stones", f"/places/{ID}")
HOLDERS = ("/alerts", "/places", f"/places/{ID}")


def fill(desk: Desk, policy: str) -> tuple[str, str, str]:
    """One clash in a town of two names, with its tension and its alert; ids of article, incident and alert."""
    outlet = Outlet(outlet_id("Radio"), "Radio", "radio", "XKX", "en")
    article = make_article(
        outlet, "Stones", "Two men threw stones in Mitrovice on Thursday.", datetime(2026, 3, 12, 9, tzinfo=UTC)
    )
    place = Place(
        WRITTEN, "settlement", "XKX", 42.88, 20.87, ID, SHOWN[policy],
        ("admin1:XK.10097358", "country:XKX"), "kosovo-1244",
    )  # fmt: skip
    claim = make_claim(article, "Two men threw stones", "PROTEST", "riot", place=place, date=PartialDate.of_day(DAY))
    desk.store.add_reading(Reading(article, (claim,), (), outlet))
    incident = make_incident([claim], [article])
    alert = Alert(
        alert_id("rising-force", ID, DAY), "rising-force", "1", "Force", "it may spread", ID, USUAL, "PRIORITY",
        DAY, DAY, "firing", datetime(2026, 3, 13, tzinfo=UTC), "seven quiet days", (incident.id,),
    )  # fmt: skip
    tension = Tension(ID, USUAL, DAY, 3.0, 0.0, 3.0, 2.5, 1.0, "scored", (incident.id,))
    made = Derivation(incidents=(incident,), tensions=(tension,), alerts=(alert,), articles_derived=(article.id,))
    desk.store.save_derivation(made)
    return article.id, incident.id, alert.id


@contextmanager
def serve(
    folder: Path, policy: str, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[tuple[TestClient, tuple[str, str, str]]]:
    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=NoReader())

    with open_empty(folder, knowledge=without_reader, naming_policy=policy) as desk:
        ids = fill(desk, policy)
        with make_client(desk) as client:
            yield client, ids


@pytest.fixture(params=SHOWN)
def policed(
    request: pytest.FixtureRequest, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[tuple[TestClient, str, tuple[str, str, str]]]:
    with serve(tmp_path, request.param, get_knowledge) as (client, ids):
        yield client, request.param, ids


Policed = tuple[TestClient, str, tuple[str, str, str]]


def test_every_screen_and_export_names_the_place_by_policy(policed: Policed) -> None:
    client, policy, (article, incident, _) = policed
    assert SHOWN[policy] == (WRITTEN if policy == "as-reported" else load_naming(policy).labels.get(ID, USUAL))
    for address in (*SCREENS, f"/incidents/{incident}", f"/articles/{article}"):
        assert SHOWN[policy] in read_words(parse_page(client.get(address).text)), address
    for what in ("incidents", "claims"):
        assert f'"{SHOWN[policy]}"' in client.get(f"/api/{what}.csv").text, what
        (feature,) = client.get(f"/api/{what}.geojson").json()["features"]
        assert feature["properties"]["place"] == SHOWN[policy]
        assert feature["properties"]["place_as_written"] == WRITTEN
    (drawn,) = client.get("/api/map").json()["places"]
    assert drawn["place"] == SHOWN[policy]


def test_alerts_and_tension_are_named_by_policy_though_no_article_wrote_them(policed: Policed) -> None:
    client, policy, (_, _, alert) = policed
    for address in (*HOLDERS, "/", f"/alerts/{alert}"):
        assert HELD[policy] in read_words(parse_page(client.get(address).text)), address
    for what in ("alerts", "tensions"):
        assert f'"{HELD[policy]}"' in client.get(f"/api/{what}.csv").text, what
        assert [one["place_name"] for one in client.get(f"/api/{what}").json()[what]] == [HELD[policy]]
    assert client.get(f"/api/alerts/{alert}").json()["alert"]["place_name"] == HELD[policy]
    assert client.get(f"/api/places/{ID}").json()["place_name"] == HELD[policy]
    assert HELD[policy] in client.get("/incidents").text, "the filter offers the place under its name"


def test_the_footnote_comes_by_itself_wherever_the_place_is_shown(policed: Policed) -> None:
    client, _, (article, incident, alert) = policed
    for address in (*SCREENS, *HOLDERS, f"/incidents/{incident}", f"/articles/{article}", f"/alerts/{alert}"):
        notes = parse_page(client.get(address).text).xpath("//aside[@aria-label='Notes on names']/p/text()")
        assert len(notes) == 1, address
        assert "resolution 1244 (1999)" in notes[0]
    for what in ("incidents", "claims", "alerts", "tensions"):
        assert "resolution 1244 (1999)" in client.get(f"/api/{what}.csv").text, what
    for what in ("incidents", "claims"):
        assert client.get(f"/api/{what}.geojson").json()["footnotes"].keys() == {"kosovo-1244"}


def test_countries_on_the_map_bear_the_policys_names(policed: Policed) -> None:
    client, policy, _ = policed
    names = client.get("/api/map").json()["names"]
    assert names.get("XKX") == {"un": None, "local": "Kosova / Kosovo", "as-reported": None}[policy]
    assert read_words(parse_page(client.get("/map").text).xpath("//details/summary/bdi")[0]) == names.get(
        "XKX", "Kosovo"
    )
