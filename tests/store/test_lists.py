"""Every list is what its filter says, in its order, page by page, and counted alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Places
from tests.store.reference import Judged, wanted_articles, wanted_claims, wanted_incidents
from tests.store.worlds import ACTORS, START, TYPES, make_readings, run_flow
from tocsin.ports import Derivation, Store
from tocsin.records import (
    Credibility,
    Filter,
    Grade,
    Incident,
    Place,
    Reason,
    Reliability,
    outlet_id,
    to_plain,
)
from tocsin.store import open_store
from tocsin.store.sketching import sketch_incident

READINGS = make_readings(40, seed=7)
ARTICLES = {r.article.id: r.article for r in READINGS}
CLAIMS = {c.id: c for r in READINGS for c in r.claims}
EVERYTHING = Filter(limit=0, with_background=True)
#: Figures of claims by turns; every fourth has none, which is as good as 6.
FIGURES: dict[str, Credibility] = {c: (2, 4, 6)[n % 4] for n, c in enumerate(CLAIMS) if n % 4 < 3}  # type: ignore[misc]
LETTERS: dict[str, Reliability] = {outlet_id("Outlet 0"): "A", outlet_id("Outlet 1"): "D"}
JUDGED = Judged(FIGURES, {o.id: LETTERS.get(o.id, "F") for r in READINGS if (o := r.outlet)})

days = st.dates(START.date() - timedelta(days=9), START.date() + timedelta(days=20))
QUERIES = [
    "villagers",
    "vucic",
    "POLICE beat",
    "mill",
    "bridge 7",
    "vil -beat",
    '"orle',
    "met OR NEAR(",
    "%",
    "_",
    "a*",
]
times = st.builds(lambda hours: START + timedelta(hours=hours), st.integers(-300, 900)) | st.sampled_from(
    [a.shown_at for a in ARTICLES.values()]
)
filters = st.builds(
    Filter,
    since=st.none() | days,
    until=st.none() | days,
    type=st.none() | st.sampled_from(TYPES),  # type: ignore[arg-type]
    place_id=st.none() | st.sampled_from(["toy:orle", "toy:north", "toy:teleska", "toy:south", "toy:none"]),
    country=st.none() | st.sampled_from(["TLK", "XKX"]),
    actor=st.none() | st.sampled_from([*ACTORS, "POLICE", "farm", "ansa vučić", "'; drop", "mayor's"]),
    by_party=st.none() | st.sampled_from(["TLK/COP", "TLK/", "nobody", "words:villagers"]),
    to_party=st.none() | st.sampled_from(["/CVL", "nobody", "words:'; drop"]),
    counted=st.none() | st.sampled_from(["deed", "denied", "planned", "conditional"]),
    realm=st.none() | st.sampled_from(["real", "exercise"]),
    outlet_id=st.none() | st.sampled_from([outlet_id(f"Outlet {n}") for n in range(4)]),
    certainty=st.none() | st.sampled_from(["asserted", "hedged"]),
    modality=st.none() | st.sampled_from(["actual", "planned", "negated"]),
    reported_since=st.none() | times,
    reported_until=st.none() | times,
    credibility=st.none() | st.sampled_from([1, 2, 3, 5, 6]),
    reliability=st.none() | st.sampled_from(["A", "B", "E", "F"]),
    query=st.none() | st.sampled_from(QUERIES) | st.text(max_size=12),
    with_background=st.booleans(),
    limit=st.sampled_from([0, 1, 7, 100]),
    offset=st.sampled_from([0, 0, 3, 50]),
)


@pytest.fixture(scope="module")
def world(lasting_place: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of forty reports and what a plain grouping makes of them."""
    store = open_store(lasting_place(tmp_path_factory.mktemp("lists") / "desk.sqlite"))
    run_flow(store, READINGS)
    judge(store)
    yield store
    store.close()


def judge(store: Store) -> None:
    """Give some claims a figure, the same way in every incident, and some outlets a letter."""
    graded = [
        replace(incident, grades=tuple(Grade(c, figure, Reason("toy", "toy")) for c in incident.claim_ids
                                       if (figure := FIGURES.get(c)) is not None))
        for incident in store.incidents(EVERYTHING)
    ]  # fmt: skip
    store.save_derivation(Derivation(incidents=tuple(graded)))
    for outlet in store.outlets():
        if letter := LETTERS.get(outlet.id):
            store.save_outlet(replace(outlet, reliability=letter, reliability_reason="toy"))


@pytest.fixture(scope="module")
def held(world: Store) -> list[Incident]:
    return world.incidents(EVERYTHING)


@given(wanted=filters)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_lists_are_what_the_filter_says(world: Store, held: list[Incident], wanted: Filter) -> None:
    page = slice(wanted.offset, wanted.offset + wanted.limit if wanted.limit else None)
    articles = wanted_articles(ARTICLES.values(), list(CLAIMS.values()), wanted, JUDGED)
    claims = wanted_claims(ARTICLES, CLAIMS.values(), wanted, JUDGED)
    incidents = wanted_incidents(ARTICLES, CLAIMS, held, wanted, JUDGED)
    assert world.articles(wanted) == articles[page]
    assert world.claims(wanted) == claims[page]
    assert world.incidents(wanted) == incidents[page]
    assert world.count_articles(wanted) == len(articles)
    assert world.count_claims(wanted) == len(claims)
    assert world.count_incidents(wanted) == len(incidents)
    assert world.newest_report(wanted) == (incidents[0].reported_at if incidents else None)
    assert world.shown_days(wanted) == [tell_day(incident) for incident in incidents[page]]
    assert_sketched(world, wanted, incidents, page)


def tell_day(incident: Incident) -> date:
    """The last day that its claims give, or else that of its first report; never a day after that."""
    reported_on = incident.reported_at.astimezone(UTC).date()
    return min(incident.date.end, reported_on) if incident.date else reported_on


def assert_sketched(world: Store, wanted: Filter, incidents: list[Incident], page: slice) -> None:
    """What is counted and sketched without opening an incident is what the incidents say."""
    sketches = world.sketches(wanted)
    assert [json.loads(s.text) for s in sketches] == [json.loads(sketch_incident(to_plain(i))) for i in incidents[page]]
    assert [s.place for s in sketches] == [strip(i.place) for i in incidents[page]]
    tallied: Counter[tuple[Place | None, str, bool]] = Counter()
    for tally in world.tally_places(wanted):
        tallied[tally.place, tally.type, tally.is_exercise] += tally.count
    assert tallied == Counter((strip(i.place), i.type, i.is_exercise) for i in incidents)
    for unit, letters in (("hour", 13), ("day", 10)):
        pulses = world.pulses(wanted, unit)  # type: ignore[arg-type]
        assert [(p.began_at, p.type) for p in pulses] == sorted({(p.began_at, p.type) for p in pulses})
        counted = {(p.began_at.isoformat()[:letters], p.type): p.count for p in pulses}
        assert counted == Counter((i.reported_at.isoformat()[:letters], i.type) for i in incidents)


def strip(place: Place | None) -> Place | None:
    return place and replace(place, reasons=())


def test_filters_find_something(world: Store) -> None:
    """The property above would hold of an empty world too."""
    assert world.count_claims(Filter(place_id="toy:teleska", query="villagers")) > 10
    assert world.count_incidents(Filter(place_id="toy:orle", actor="police")) > 0
    assert world.count_articles(Filter(query="vučić ANSA", type="ASSAULT")) > 0
    assert 0 < world.count_claims(Filter(credibility=2)) < world.count_claims(Filter(credibility=6)) < len(CLAIMS)
    assert 0 < world.count_incidents(Filter(reliability="B")) < world.count_incidents(Filter())
    assert world.count_claims(Filter()) < world.count_claims(Filter(with_background=True)) == len(CLAIMS)


def test_area_holds_what_lies_in_it(world: Store) -> None:
    found = world.claims(replace(EVERYTHING, place_id="toy:orle"))
    assert {c.place.gazetteer_id for c in found if c.place} == {"toy:orle", "toy:bridge"}


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'",
        "police AND",
        "words:police",
        "^police",
        "{police}",
        "NEAR(a b)",
        "a" * 9000,
        "x " * 9000,
        "\x00",
        "日本",
        "-",
    ],
)
def test_no_query_is_an_operator(world: Store, query: str) -> None:
    wanted = Filter(query=query, actor=query)
    assert world.count_claims(wanted) == len(world.claims(wanted))
    world.articles(wanted)
    world.incidents(wanted)


def test_by_ids_in_the_order_asked_for(world: Store) -> None:
    ids = sorted(CLAIMS)[::-1]
    assert list(world.claims_by_id([*ids, "clm_none", ids[0]]).items()) == [(i, CLAIMS[i]) for i in ids]
    article_ids = sorted(ARTICLES)
    assert list(world.articles_by_id(article_ids).items()) == [(i, ARTICLES[i]) for i in article_ids]
    assert world.claims_by_id([]) == {}


def test_more_ids_than_a_statement_takes(world: Store) -> None:
    many = [f"clm_{n}" for n in range(40_000)] + list(CLAIMS)
    assert world.claims_by_id(many) == CLAIMS


def test_claims_of_articles_oldest_first(world: Store) -> None:
    claims = world.claims_of_articles(ARTICLES)
    assert sorted(claims, key=lambda c: c.id) == sorted(CLAIMS.values(), key=lambda c: c.id)
    key = [(ARTICLES[c.article_id].shown_at, c.article_id, c.evidence.start) for c in claims]
    assert key == sorted(key)
    counts = {r.article.id: len(r.claims) for r in READINGS}
    assert world.claim_counts([*ARTICLES, "art_none"]) == counts


def test_articles_between_holds_both_ends(world: Store) -> None:
    ordered = sorted(ARTICLES.values(), key=lambda a: (a.shown_at, a.id))
    assert world.articles_between(ordered[3].shown_at, ordered[9].shown_at) == ordered[3:10]
    past_the_end: datetime = ordered[3].shown_at - timedelta(microseconds=1)
    assert world.articles_between(ordered[0].shown_at, past_the_end) == ordered[:3]


def test_days_are_those_of_the_text_or_else_of_the_report(world: Store) -> None:
    undated = next(c for c in CLAIMS.values() if c.date is None and not c.background)
    day: date = ARTICLES[undated.article_id].shown_at.date()
    assert undated in world.claims(Filter(since=day, until=day, limit=0))
    assert undated not in world.claims(Filter(since=day + timedelta(days=1), limit=0))


def test_outlet_article_counts(world: Store) -> None:
    counts = world.outlet_article_counts()
    assert sum(counts.values()) == len(ARTICLES)
    assert set(counts) <= {outlet_id(f"Outlet {n}") for n in range(4)}
