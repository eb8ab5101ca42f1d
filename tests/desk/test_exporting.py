"""Exports of a desk: read back with pandas they equal the screen, filter by filter, in every form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import stix2
from lxml import etree, html
from starlette.testclient import TestClient

from tests.conftest import Places
from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.desk import Desk, export_pages
from tocsin.desk.export_names import make_finder
from tocsin.desk.exporting import export_bytes, export_records
from tocsin.errors import RecordError, StoreError
from tocsin.export import acled, gdelt, ged, polecat
from tocsin.export.coarsening import is_exact
from tocsin.export.forms import ALL_FORMS, FORMS
from tocsin.export.ged import is_lethal
from tocsin.export.kml import NAMESPACE
from tocsin.export.numbers import make_number
from tocsin.export.parties import is_told_as_happened
from tocsin.pipeline import Knowledge
from tocsin.ports import Derivation, Reading
from tocsin.records import (
    Article,
    Claim,
    Evidence,
    Filter,
    Incident,
    PartialDate,
    Party,
    Place,
    Reason,
    Toll,
    TollRange,
    article_id,
    claim_id,
    incident_id,
)
from tocsin.records.correction import Correction

FILTERS = [
    Filter(limit=0),
    Filter(limit=0, with_background=True),
    Filter(limit=0, type="ASSAULT", with_background=True),
    Filter(limit=0, certainty="hedged"),
    Filter(limit=0, modality="negated"),
    Filter(limit=0, country="XKX"),
    Filter(limit=0, country="AFG"),
    Filter(limit=0, actor="police"),
    Filter(limit=0, query="tear"),
    Filter(limit=0, place_id="overlay:orle-district"),
    Filter(limit=0, since=date(2026, 3, 12)),
    Filter(limit=0, until=date(2026, 3, 1), with_background=True),
    Filter(limit=2, offset=1, with_background=True),
]
FIRST_DAY = NOW = datetime(2026, 1, 1, 6, tzinfo=UTC)


class NoReader:
    version = "none/0"


@pytest.fixture(scope="module")
def world(
    lasting_place: Places, tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[World]:
    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=NoReader())  # type: ignore[arg-type]

    with open_empty(tmp_path_factory.mktemp("exports"), knowledge=without_reader, place=lasting_place) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        yield made


def read_table(desk: Desk, what: str, form: str, wanted: Filter, **given: Any) -> pd.DataFrame:
    """A table as its users read it."""
    body = b"".join(export_bytes(desk, what, form, wanted, **given))
    match ALL_FORMS[form].writing:
        case "parquet":
            return pd.read_parquet(io.BytesIO(body))
        case "jsonl":
            return pd.DataFrame([json.loads(line) for line in body.decode().splitlines()])
        case "gdelt":
            text = io.StringIO(body.decode())
            names = list(gdelt.COLUMNS)
            if not body:
                return pd.DataFrame(columns=names, dtype=str)
            return pd.read_csv(text, sep="\t", header=None, names=names, dtype=str, keep_default_na=False)
        case _:
            return pd.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False)


def list_ids(frame: pd.DataFrame, column: str) -> list[str]:
    return list(frame[column]) if len(frame) else []


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_incidents_equal_the_screen_in_every_form(world: World, wanted: Filter) -> None:
    desk = world.desk
    shown = desk.store.incidents(wanted)
    ids = [incident.id for incident in shown]
    for form in ("csv", "jsonl", "parquet"):
        assert list_ids(read_table(desk, "incidents", form, wanted), "id") == ids, form
    features = json.loads(b"".join(export_bytes(desk, "incidents", "geojson", wanted)))["features"]
    assert [feature["id"] for feature in features] == ids
    root = etree.fromstring(b"".join(export_bytes(desk, "incidents", "kml", wanted)))
    assert {mark.get("id") for mark in root.iter(f"{{{NAMESPACE}}}Placemark")} == set(ids)
    bundle = json.loads(b"".join(export_bytes(desk, "incidents", "stix", wanted)))
    stix2.parse(bundle, allow_custom=False)
    refs = [t["external_references"][0]["external_id"] for t in bundle["objects"] if t["type"] == "incident"]
    assert refs == ids
    told = [incident.id for incident in shown if is_told_as_happened(incident)]
    lethal = [incident.id for incident in shown if is_lethal(incident)]
    for suffix in ("", ".jsonl", ".parquet"):
        assert list_ids(read_table(desk, "incidents", f"acled{suffix}", wanted), "event_id_cnty") == told, suffix
        assert list_ids(read_table(desk, "incidents", f"ged{suffix}", wanted), "relid") == lethal, suffix
    numbers = list_ids(read_table(desk, "incidents", "gdelt", wanted), "GLOBALEVENTID")
    assert numbers == [str(make_number(id_)) for id_ in told]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_claims_and_articles_equal_the_screen_in_every_form(world: World, wanted: Filter) -> None:
    desk = world.desk
    claims = desk.store.claims(wanted)
    ids = [claim.id for claim in claims]
    for form, column in (
        ("csv", "id"), ("jsonl", "id"), ("parquet", "id"),
        ("polecat", "Event ID"), ("polecat.jsonl", "Event ID"), ("polecat.parquet", "Event ID"),
    ):  # fmt: skip
        assert list_ids(read_table(desk, "claims", form, wanted), column) == ids, form
    features = json.loads("".join(export_records(desk, "claims", "geojson", wanted)))["features"]
    assert [feature["id"] for feature in features] == ids
    articles = [article.id for article in desk.store.articles(wanted)]
    for form in ("csv", "jsonl", "parquet"):
        assert list_ids(read_table(desk, "articles", form, wanted), "id") == articles, form


def test_cells_equal_the_records(world: World) -> None:
    wanted = Filter(limit=0, with_background=True)
    shown = world.desk.store.incidents(wanted)
    frame = read_table(world.desk, "incidents", "parquet", wanted)
    for row, incident in zip(frame.to_dict("records"), shown, strict=True):
        place = incident.place
        assert row["type"] == incident.type
        assert row["state"] == incident.state
        assert list(row["claim_ids"]) == list(incident.claim_ids)
        assert list(row["actors"]) == [party.text for party in incident.actor]
        assert row["place"] == place.shown_name if place else pd.isna(row["place"])
        assert row["date_start"] == (incident.date.start if incident.date else None)
        assert (row["exercise"] == "EXERCISE") == incident.is_exercise
        if place and place.is_point:
            assert (row["lat"], row["lon"]) == (place.lat, place.lon)
        else:
            assert pd.isna(row["lat"])
    claims = world.desk.store.claims(wanted)
    table = read_table(world.desk, "claims", "polecat", wanted)
    assert [text.lstrip("'") for text in table["Tocsin Evidence"]] == [claim.evidence.text for claim in claims]
    assert list(table["Event Type"]) == [claim.type for claim in claims]


def test_alerts_and_place_days_are_those_asked_for(world: World) -> None:
    """A filter that cannot narrow them is refused and not passed over, so that nobody takes all for some."""

    def count(what: str, **asked: Any) -> int:
        return len(read_table(world.desk, what, "jsonl", replace(Filter(limit=0), **asked)))

    alert = world.alert
    assert count("alerts") == count("alerts", place_id=alert.place_id, since=alert.day, until=alert.began_on) == 1
    assert count("alerts", place_id="country:AFG") == 0
    assert count("alerts", since=alert.day + timedelta(days=1)) == 0
    assert count("alerts", until=alert.began_on - timedelta(days=1)) == 0
    assert count("alerts", realm="exercise") == 0
    assert count("tensions") > 1
    assert count("tensions", limit=1) == 1
    assert count("tensions", realm="exercise") == 0
    for what in ("alerts", "tensions"):
        with pytest.raises(RecordError, match=f"country.*narrows no {what}.*place_id"):
            next(export_bytes(world.desk, what, "csv", Filter(country="AFG")))


def test_areas_come_from_the_gazetteers_of_the_desk_and_of_the_exercise(world: World) -> None:
    find_area = make_finder(world.desk)
    serbia, tarvel = find_area("country:SRB"), find_area("ex-tarvel")
    assert serbia is not None
    assert (serbia.name, serbia.precision) == ("Serbia", "country")
    assert tarvel is not None
    assert tarvel.precision == "district"
    assert find_area("geonames:0") is None


def test_exercise_and_marking_stand_in_every_row(world: World) -> None:
    (row,) = read_table(world.desk, "incidents", "acled", Filter(limit=0, type="PROTEST")).to_dict("records")
    assert row["tags"].startswith("EXERCISE; TLP:AMBER; plover=PROTEST obstruct")
    (line,) = read_table(world.desk, "incidents", "gdelt", Filter(limit=0, type="PROTEST")).to_dict("records")
    assert "[EXERCISE; TLP:AMBER]" in line["ActionGeo_FullName"]


@pytest.mark.parametrize(
    ("what", "form", "columns"),
    [
        ("incidents", "acled", acled.COLUMNS),
        ("incidents", "ged", ged.COLUMNS),
        ("claims", "polecat", polecat.COLUMNS),
    ],
)
def test_a_filter_that_matches_nothing_gives_a_head(
    world: World, what: str, form: str, columns: tuple[str, ...]
) -> None:
    nothing = Filter(limit=0, country="AFG")
    assert tuple(read_table(world.desk, what, form, nothing).columns) == columns
    assert tuple(read_table(world.desk, what, f"{form}.parquet", nothing).columns) == columns


def test_what_there_is_not_is_refused_with_what_there_is(world: World) -> None:
    with pytest.raises(StoreError, match="incidents, claims"):
        next(export_bytes(world.desk, "outlets", "csv", Filter()))
    with pytest.raises(StoreError, match="polecat"):
        next(export_bytes(world.desk, "claims", "kml", Filter()))
    with pytest.raises(StoreError, match="bytes"):
        next(export_records(world.desk, "incidents", "parquet", Filter()))


def test_gdelt_has_a_head_on_request(world: World) -> None:
    bare = b"".join(export_bytes(world.desk, "incidents", "gdelt", Filter(limit=0)))
    headed = b"".join(export_bytes(world.desk, "incidents", "gdelt", Filter(limit=0), header=True))
    assert headed == "\t".join(gdelt.COLUMNS).encode() + b"\n" + bare


@dataclass(frozen=True, slots=True)
class Many:
    """A store of many made-up incidents, and the names of the persons in them."""

    desk: Desk
    names: tuple[str, ...]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    """Some hundred incidents, each of one claim, each about a person who is named."""
    given, family = ("Mirela", "Petar", "Ana", "Lirije"), ("Voskan", "Ilicevic", "Korvin", "Ardenko", "Berishtar")
    names = tuple(f"{a} {b}" for a in given for b in family)
    with open_empty(tmp_path_factory.mktemp("many")) as desk:
        incidents = []
        for n in range(120):
            name = names[n % len(names)]
            title, text = f"{name} shot at Orle", f"Gunmen shot {name}, the mayor of Orle, on Monday."
            at = FIRST_DAY + timedelta(hours=n)
            article = Article(
                article_id("Hill Wire", title, text, at), f"{title}\n{text}", at, title, None, "Hill Wire",
                f"https://hill.example/{name.replace(' ', '-').lower()}-{n}", at, "en",
            )  # fmt: skip
            start = len(title) + 1
            claim = Claim(
                claim_id(article.id, "ASSAULT", start),
                article.id,
                "ASSAULT",
                Evidence(text, start, start + len(text)),
                "firearms",
                actor=(Party("Gunmen", None, "UAF"),),
                recipient=(Party(f"{name}, the mayor of Orle", "SRB", "GOV"),),
                date=PartialDate.of_day(at.date()),
                place=Place("Orle", "settlement", "SRB", 42.871, 20.864, "toy:orle", "Orle", ("admin1:RS.18",)),
                tolls=(Toll("killed", 1, 1, name),),
            )
            desk.store.add_reading(Reading(article, (claim,)))
            incidents.append(
                Incident(
                    incident_id(claim.id),
                    "ASSAULT",
                    (claim.id,),
                    at,
                    "firearms",
                    date=claim.date,
                    place=claim.place,
                    actor=claim.actor,
                    recipient=claim.recipient,
                    tolls=(TollRange("killed", 1, 1, 1, "only"),),
                )
            )
        desk.store.save_derivation(Derivation(incidents=tuple(incidents)))
        yield Many(desk, names)


OWN = ("csv", "jsonl", "parquet", "geojson", "kml")


@pytest.mark.parametrize("page", [7, 500])
@pytest.mark.parametrize("wanted", [Filter(limit=0), Filter(limit=25, offset=3), Filter(limit=14), Filter(limit=1000)])
def test_pages_join_without_gap_or_double(
    many: Many, monkeypatch: pytest.MonkeyPatch, page: int, wanted: Filter
) -> None:
    monkeypatch.setattr(export_pages, "PAGE", page)
    monkeypatch.setattr(export_pages, "_OVERLAP", 2)
    store = many.desk.store
    made = read_table(many.desk, "incidents", "csv", wanted)
    assert list(made["id"]) == [incident.id for incident in store.incidents(wanted)]
    claims = read_table(many.desk, "claims", "parquet", wanted)
    assert list(claims["id"]) == [claim.id for claim in store.claims(wanted)]


def test_what_comes_in_meanwhile_doubles_nothing(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    """New articles push the old ones down: those already written come again on the next page."""
    monkeypatch.setattr(export_pages, "PAGE", 10)
    before = [article.id for article in many.desk.store.articles(Filter(limit=0))]
    rows = export_records(many.desk, "articles", "jsonl", Filter(limit=0))
    seen = [json.loads(next(rows))["id"] for _ in range(10)]
    for n in range(5):
        at, text = FIRST_DAY + timedelta(days=300 + n), f"All was calm at Orle on day {n}."
        many.desk.store.add_reading(
            Reading(
                Article(article_id("Hill Wire", None, text, at), text, at, outlet_name="Hill Wire", published_at=at)
            )
        )
    seen += [json.loads(row)["id"] for row in rows]
    assert seen == before


def test_no_id_of_an_exact_place_goes_to_the_public_with_its_days_and_alerts(world: World) -> None:
    desk, everything = world.desk, Filter(limit=0)
    public = Desk(
        desk.store, desk._make_knowledge, desk._make_fetcher,
        settings=replace(desk.settings, tlp="TLP:CLEAR"), clock=desk.clock,
    )  # fmt: skip
    exact, told = (read_table(one, "tensions", "jsonl", everything) for one in (desk, public))
    assert set(exact["place_id"]) >= {world.alert.place_id}
    areas = {id_ for id_ in told["place_id"] if id_}
    assert areas < set(exact["place_id"])
    find_area = make_finder(desk)
    assert {area.precision for id_ in areas if (area := find_area(id_))}.isdisjoint({"site", "settlement"})
    assert not any((area := find_area(id_)) and area.is_drawn for id_ in areas)
    named = {place for place, id_ in zip(exact["place"], exact["place_id"], strict=True) if is_exact(id_, find_area)}
    assert named <= set(told["place"])  # by its name alone
    rung = read_table(public, "alerts", "jsonl", everything)
    assert all(not id_ or not is_exact(id_, find_area) for id_ in rung["place_id"])


@pytest.mark.parametrize("tlp", ["TLP:CLEAR", "TLP:GREEN"])
def test_no_persons_name_and_no_exact_point_leaves_in_any_form(many: Many, tlp: str) -> None:
    desk = many.desk
    public = Desk(
        desk.store, desk._make_knowledge, desk._make_fetcher, settings=replace(desk.settings, tlp=tlp), clock=desk.clock
    )
    words = {word for name in many.names for word in name.split()}
    for what, forms in {"incidents": OWN, "claims": OWN[:4], "articles": OWN[:3]}.items():
        for form in forms:
            if ALL_FORMS[form].is_binary:
                text = read_table(public, what, form, Filter(limit=0)).to_string()
            else:
                text = "".join(export_records(public, what, form, Filter(limit=0)))
            found = [word for word in words if word.casefold() in text.casefold()]
            assert found == [], f"{what}.{form}"
            assert "42.871" not in text
            assert "20.864" not in text
            assert tlp in text
    frame = read_table(public, "incidents", "csv", Filter(limit=0))
    assert set(frame["recipients"]) == {"the mayor of Orle"}
    assert set(frame["lat"]) == {"42.9"}
    assert set(frame["place_precision"]) == {"district"}


def test_what_was_taken_back_names_nobody_and_tells_of_nobody_at_the_desk(tmp_path: Path) -> None:
    """A rejected claim counts for nothing, but its incident stays in exports, with the sentence and the parties."""
    with open_empty(tmp_path, tlp="TLP:GREEN") as desk:
        text = "Gunmen shot Mirela Voskan at Orle."
        article = Article("art_1", text, NOW, "Shots", None, "Hill Wire", None, NOW, "en")
        claim = Claim(
            "clm_1", "art_1", "ASSAULT", Evidence(text, 0, len(text)), recipient=(Party("Mirela Voskan", None, "CVL"),),
            reader="person:ana",
        )  # fmt: skip
        desk.store.add_reading(Reading(article, (claim,)))
        why = "claim clm_1 was rejected by person:ana: Voskan is alive, her cousin rang us"
        incident = Incident(
            "inc_1", "ASSAULT", ("clm_1",), NOW, recipient=claim.recipient, state="retracted",
            reasons=(Reason("retracted", why),),
        )  # fmt: skip
        desk.store.save_derivation(Derivation(incidents=(incident,)))
        (own,) = read_table(desk, "claims", "csv", Filter(limit=0)).to_dict("records")
        assert own["reader"] == "person"
        desk.store.add_corrections([
            Correction("cor_1", "clm_1", "art_1", "rejected", "person:ana", NOW + timedelta(days=2), "she is alive")
        ])  # fmt: skip
        (row,) = read_table(desk, "incidents", "csv", Filter(limit=0)).to_dict("records")
        assert row["reasons"] == "retracted: claim clm_1 was rejected"
        assert row["recipients"] == "a civilian"
        bundle = "".join(export_records(desk, "incidents", "stix", Filter(limit=0)))
        assert not any(word in bundle for word in ("Voskan", "Mirela", "ana:", "cousin"))
        (told,) = [thing for thing in json.loads(bundle)["objects"] if thing["type"] == "incident"]
        assert (told["revoked"], told["modified"]) == (True, "2026-01-03T06:00:00.000Z"), "when it was taken back"


def test_a_person_may_decide_otherwise(many: Many) -> None:
    desk = many.desk
    public = Desk(
        desk.store,
        desk._make_knowledge,
        desk._make_fetcher,
        settings=replace(desk.settings, tlp="TLP:GREEN"),
        clock=desk.clock,
    )
    frame = read_table(public, "incidents", "csv", Filter(limit=0), precise=True)
    assert "Mirela Voskan, the mayor of Orle" in set(frame["recipients"])
    assert set(frame["lat"]) == {"42.871"}
    amber = read_table(desk, "incidents", "csv", Filter(limit=0))
    assert list(amber["recipients"]) == list(frame["recipients"])


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in FORMS.items() for name in names])
def test_every_form_is_served_as_a_file(client: TestClient, what: str, name: str) -> None:
    form = ALL_FORMS[name]
    answer = client.get(f"/api/{what}.{name}?with_background=1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == form.media_type
    assert answer.headers["content-disposition"] == f'attachment; filename="tocsin-{what}.{form.suffix}"'
    assert answer.headers["cache-control"] == "no-store"
    if form.is_binary:
        assert answer.content[:4] == answer.content[-4:] == b"PAR1"
    else:
        answer.content.decode("utf-8")


def test_the_reference_tells_of_every_form(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {f"/api/{what}.{name}" for what, names in FORMS.items() for name in names} <= set(paths)


def test_switches_are_read_as_text(client: TestClient) -> None:
    headed = client.get("/api/incidents.gdelt?header=1").text
    assert headed.startswith("GLOBALEVENTID\t")
    assert client.get("/api/incidents.gdelt?header=&precise=").text == headed.split("\n", 1)[1]
    refused = client.get("/api/incidents.gdelt?header=perhaps")
    assert refused.status_code == 422
    assert "1 or 0" in refused.text


SCREENS = (
    "", "type=ASSAULT", "certainty=hedged&with_background=1", "actor=police", "place_id=overlay:orle-district",
    "country=XKX&last=24h", "last=1h", "last=90d&with_background=1", "credibility=3", "credibility=6", "reliability=B",
    "reliability=F&modality=negated", "query=tear", "since=2026-03-12&until=2026-03-12", "realm=exercise",
    "reported_since=2026-03-12T12:00Z&reported_until=2026-03-12T15:00Z", "by_party=XKX/COP", "counted=denied",
    "outlet_id=none-such",
)  # fmt: skip
#: What a screen lists, where its rows lead to, and the tables whose ids are compared with them.
LISTED = (
    ("/incidents", "//a[@class='row-link']/@href", "incidents"),
    ("/map", "//section[@aria-labelledby='h-list']//a[@class='row-link']/@href", "incidents"),
    ("/claims", "//a[contains(@class, 'row-link')]/@href", "claims"),
    ("/articles", "//a[@class='row-link']/@href", "articles"),
)


@pytest.mark.parametrize("query", SCREENS)
def test_a_file_holds_exactly_what_the_screen_lists(client: TestClient, query: str) -> None:
    """All pages of a screen, read row by row, and the files that its own menu leads to, read back with pandas."""
    for path, rows, what in LISTED:
        listed: list[str] = []
        address: str | None = f"{path}?{query}&limit=2"
        first = None
        while address:
            page = html.fromstring(client.get(address).text)
            first = page if first is None else first
            listed += [re.split(r"/|#e-", leads)[-1] for leads in page.xpath(rows)]
            address = next(iter(page.xpath("//a[@rel='next']/@href")), None)
        menu = [str(link) for link in first.xpath("//*[@class='menu-body']//a/@href")]
        assert len(menu) == len(set(menu))
        for form in ("csv", "jsonl", "parquet"):
            (leads,) = [link for link in menu if link.split("?")[0] == f"/api/{what}.{form}"]
            body = client.get(leads)
            assert body.status_code == 200, leads
            assert list_ids(read_body(body.content, form), "id") == listed, (path, leads)


def read_body(body: bytes, form: str) -> pd.DataFrame:
    match form:
        case "parquet":
            return pd.read_parquet(io.BytesIO(body))
        case "jsonl":
            return pd.DataFrame([json.loads(line) for line in body.decode().splitlines()])
        case _:
            return pd.read_csv(io.BytesIO(body), dtype=str, keep_default_na=False)


def test_the_menu_has_every_form_of_what_is_shown(client: TestClient) -> None:
    for path, kinds in {"/incidents": ("incidents", "claims"), "/map": ("incidents",), "/claims": ("claims",)}.items():
        page = html.fromstring(client.get(f"{path}?type=ASSAULT&last=30d").text)
        links = [str(link) for link in page.xpath("//*[@class='menu-body']//a/@href")]
        held = {link.split("?")[0] for link in links}
        assert held >= {f"/api/{what}.{name}" for what in kinds for name in FORMS[what]}
        # a window would end with a newer report by the time that the file is asked for
        assert all("type=ASSAULT" in link and "reported_since=" in link and "last" not in link for link in links)


@pytest.mark.parametrize("query", ["type=MURDER", "credibility=7", "reliability=Z", "reported_since=noon", "last=2h"])
def test_a_filter_that_cannot_be_is_refused_with_a_sentence(client: TestClient, query: str) -> None:
    for address in ("/api/incidents.csv", "/api/claims.parquet", "/api/incidents.stix", "/api/map"):
        refused = client.get(f"{address}?{query}")
        assert refused.status_code == 422
        assert "must be" in refused.json()["why"]
