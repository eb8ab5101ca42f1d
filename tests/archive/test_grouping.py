"""Grouping an archive: what one desk that is handed all articles makes of them, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.newsflow import NewsFlow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive.edges import NOW, VERSIONS, PlainEdge
from tests.archive.finished import (
    GradedEdge,
    Pairs,
    finish_archive,
    load_incidents,
    load_links,
    load_origins,
)
from tests.incidents.test_properties import worlds
from tests.incidents.test_stream import write_texts
from tests.incidents.world import World
from tocsin.archive import ArchiveError, Cluster, GroupOptions, describe_archive, group_archive
from tocsin.archiving import SILENCE_DAYS
from tocsin.desk import Desk
from tocsin.incidents import IncidentStream, find_origins
from tocsin.knowledge.weights import load_merge_weights
from tocsin.records import Incident, Link, Outlet

HERE = Cluster(0)
SMALL = GroupOptions(SILENCE_DAYS, window_days=3, most_claims=60)


def group(out: Path, options: GroupOptions = SMALL, outlets: tuple[Outlet, ...] = (), **given: Any) -> dict[str, Any]:
    edge = GradedEdge(graded=outlets)
    return group_archive(
        out, edge, given.pop("cluster", HERE), options, now=NOW, tell=given.pop("tell", lambda _: None)
    )


def take_all(pairs: Pairs, outlets: dict[str, Outlet]) -> tuple[dict[str, Incident], dict[str, Link], dict[str, str]]:
    """What the stream of a desk makes of articles that it is handed at once."""
    stream = IncidentStream(load_merge_weights())
    step = stream.take([a for a, _ in pairs], [c for _, cs in pairs for c in cs], outlets, now=NOW)
    return dict(stream.incidents), {k.claim_id: k for k in step.links}, dict(step.origins)


@pytest.fixture(scope="module")
def flow() -> Pairs:
    made = NewsFlow(25, seed=5)
    return [pair for _ in range(8) for pair in made.next_day()]


@pytest.mark.parametrize(("window_days", "most_claims", "parts"), [(1, 90, 2), (3, 60, 3), (400, 100_000, 1)])
def test_a_flow_gives_the_incidents_links_and_origins_of_a_stream(
    tmp_path: Path, flow: Pairs, window_days: int, most_claims: int, parts: int
) -> None:
    finish_archive(tmp_path / "out", flow, parts)
    told = group(tmp_path / "out", replace(SMALL, window_days=window_days, most_claims=most_claims))
    incidents, links, origins = take_all(flow, {})
    assert len(incidents) > 60
    assert any(i.origins > 1 for i in incidents.values())
    assert load_incidents(tmp_path / "out") == incidents
    assert load_links(tmp_path / "out") == links
    assert load_origins(tmp_path / "out") == origins
    assert told["incidents"] == len(incidents)
    assert not (tmp_path / "out" / "grouping").exists()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds(), st.integers(0, 10), st.integers(3, 9), st.integers(2, 6))
def test_any_claims_give_what_a_stream_gives(
    tmp_path: Path, world: World, seed: int, window_days: int, most_claims: int
) -> None:
    write_texts(world, seed)
    pairs = [(a, [c for c in world.claims if c.article_id == a.id]) for a in world.articles.values()]
    out = tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    finish_archive(out, pairs, 2)
    options = replace(SMALL, window_days=window_days, most_claims=most_claims)
    group(out, options, tuple(world.outlets.values()))
    runs: list[list[Any]] = []
    for is_exercise in (False, True):
        mine = sorted((p for p in pairs if p[0].is_exercise == is_exercise), key=lambda p: (p[0].shown_at, p[0].id))
        runs += [[]]
        for pair in mine:
            if runs[-1] and pair[0].shown_at - runs[-1][-1][0].shown_at > timedelta(days=SILENCE_DAYS):
                runs.append([])
            runs[-1].append(pair)
    expected: dict[str, Incident] = {}
    for run in runs:
        expected |= take_all(run, world.outlets)[0]
    assert load_incidents(out) == expected


def test_a_desk_that_is_handed_the_exercise_has_the_same(tmp_path: Path, make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.load_exercise()
    articles = desk.store.articles_between(NOW - timedelta(days=90_000), NOW + timedelta(days=90))
    pairs = [(a, desk.store.claims_of_articles([a.id])) for a in articles]
    finish_archive(tmp_path / "out", pairs, 4)
    group(tmp_path / "out", SMALL, tuple(desk.store.outlets()))
    stored = desk.store.incidents_between(NOW - timedelta(days=90_000), NOW + timedelta(days=90))
    assert len(stored) > 100
    assert load_incidents(tmp_path / "out") == {i.id: i for i in stored}
    links = desk.store.newest_links([c.id for _, claims in pairs for c in claims])
    assert {c: k.incident_id for c, k in load_links(tmp_path / "out").items()} == {
        c: k.incident_id for c, k in links.items()
    }


def test_a_long_silence_parts_as_it_does_on_a_desk(tmp_path: Path) -> None:
    world = World()
    early = world.article("a", at=NOW - timedelta(days=60))
    for name, at in (("b", NOW - timedelta(days=60 - SILENCE_DAYS - 1)), ("c", NOW - timedelta(days=30))):
        world.article(name, at=at)
    claims = {name: world.claim(name) for name in "abc"}
    pairs = [(world.articles[n], [claims[n]]) for n in "abc"]
    assert early.published_at
    finish_archive(tmp_path / "out", pairs, 1)
    group(tmp_path / "out")
    homes = [set(i.claim_ids) for i in load_incidents(tmp_path / "out").values()]
    assert {claims["a"].id} in homes
    assert load_origins(tmp_path / "out") == {"a": "a", "b": "b", "c": "b"}


def test_chapters_follow_copies_across_their_edges(tmp_path: Path, flow: Pairs) -> None:
    finish_archive(tmp_path / "out", flow, 3)
    told = group(tmp_path / "out", replace(SMALL, chapter_days=3, margin_days=3))
    whole = find_origins([a for a, _ in flow])
    chaptered = load_origins(tmp_path / "out")
    assert chaptered.keys() == whole.keys()
    assert told["articles"] == len(flow)
    # copies come within two days here: a margin of three days misses few of them, and no chapter invents an origin
    assert sum(chaptered[a] == whole[a] for a in whole) > 0.97 * len(whole)
    assert set(chaptered.values()) <= whole.keys()


class StopError(Exception):
    pass


def test_a_grouping_that_was_stopped_goes_on_to_the_same_end(tmp_path: Path, flow: Pairs) -> None:
    out = tmp_path / "out"
    finish_archive(out, flow, 3)
    seen: list[str] = []

    def stop_at(step: str) -> Callable[[Any], None]:
        def tell(progress: Any) -> None:
            seen.append(progress.step)
            if progress.step == step and progress.done == min(2, progress.total):
                raise StopError

        return tell

    for step in ("deal", "copies", "place", "firsts", "tie", "sort", "settle"):
        with pytest.raises(StopError):
            group(out, tell=stop_at(step))
        assert not (out / "grouping.json").exists()
    done = {p: p.stat().st_mtime_ns for p in (out / "grouping").rglob("*.rows")}
    assert done
    group(out)
    assert load_incidents(out) == take_all(flow, {})[0]


def test_a_grouping_that_stands_is_not_made_again_unless_it_would_differ(tmp_path: Path, flow: Pairs) -> None:
    out = tmp_path / "out"
    finish_archive(out, flow[:40], 2)
    first = group(out)
    assert group(out, tell=lambda _: pytest.fail("nothing was to be done")) == first
    before = load_links(out)
    assert group(out, replace(SMALL, is_again=True))["digest"] == first["digest"]
    assert load_links(out) == before
    graded = group(out, SMALL, (Outlet("out_1", "Outlet 1", reliability="B", reliability_reason="seen for a year"),))
    assert graded["digest"] != first["digest"]
    assert describe_archive(out)["grouping"]["digest"] == graded["digest"]


def test_what_cannot_be_grouped_is_refused(tmp_path: Path, flow: Pairs) -> None:
    with pytest.raises(ArchiveError, match="is not read to its end"):
        group(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    finish_archive(tmp_path / "out", flow[:5], 1)
    other = PlainEdge(replace(VERSIONS, weights="later"))
    with pytest.raises(ArchiveError, match="weights w1"):
        group_archive(tmp_path / "out", other, HERE, SMALL, now=NOW, tell=lambda _: None)
    for wrong in ({"window_days": 0}, {"chapter_days": 3, "margin_days": 4}, {"most_claims": 0}):
        with pytest.raises(ArchiveError, match="must be at"):
            group(tmp_path / "out", replace(SMALL, **wrong))


def test_more_articles_than_one_worker_holds_are_to_be_cut_into_chapters(
    tmp_path: Path, flow: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.archive.grouping.MOST_AT_ONCE", 10)
    finish_archive(tmp_path / "out", flow[:11], 1)
    with pytest.raises(ArchiveError, match="give --chapter-days 28"):
        group(tmp_path / "out")
    assert group(tmp_path / "out", replace(SMALL, chapter_days=28))["articles"] == 11


def test_an_archive_without_claims_has_no_incidents(tmp_path: Path, flow: Pairs) -> None:
    finish_archive(tmp_path / "out", [(a, ()) for a, _ in flow[:5]], 2)
    assert group(tmp_path / "out")["incidents"] == 0
    assert len(load_origins(tmp_path / "out")) == 5
    finish_archive(tmp_path / "empty", [], 0)
    assert group(tmp_path / "empty")["articles"] == 0
