"""Ingest is killed at random instants and started again: nothing is lost, doubled or half-written."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.desk import Desk
from tocsin.pipeline import Knowledge
from tocsin.records import Filter, to_json
from tocsin.settings import Settings
from tocsin.store import open_store

KILLS = 30
EVERYTHING = Filter(limit=0, with_background=True)

REPORT = """Police beat {n} protesters near the Orle bridge in Teleska on Monday, the mayor said.

Soldiers moved {m} trucks to the crossing at Vasht on Tuesday. The opposition accused the army of shelling the village.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty invented reports."""
    reports = tmp_path / "reports"
    reports.mkdir()
    for n in range(40):
        head = (
            f"---\ntitle: Report {n}\noutlet: Hill Wire {n % 4}\npublished: 2026-03-{1 + n % 20:02d}T10:00:00Z\n---\n\n"
        )
        (reports / f"{n:02d}.md").write_text(head + REPORT.format(n=n + 2, m=n + 3), "utf-8")
    return reports


def _open(home: Path, knowledge: Knowledge) -> Desk:
    def no_network() -> None:  # pragma: no cover - ingest of files never asks for it
        raise AssertionError

    settings = Settings(home=home)
    return Desk(open_store(home / "desk.sqlite"), lambda _: knowledge, no_network, settings=settings)  # type: ignore[arg-type]


def _ingest(home: Path, knowledge: Knowledge, folder: Path) -> None:
    with _open(home, knowledge) as desk:
        desk.take_paths([folder])


def _ingest_in_child(home: Path, knowledge: Knowledge, folder: Path) -> int:
    """Fork, so that the loaded knowledge is shared and a kill costs no reload."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _ingest(home, knowledge, folder)
            status = 0
        finally:
            os._exit(status)
    return child


def read_content(desk: Desk) -> tuple[set[str], ...]:
    """What the desk holds, without the times at which it was made.

    Incidents are compared by their claims: which one founded it, and so its identifier, follows from what came first.
    """
    store = desk.store
    articles = store.articles(EVERYTHING)
    incidents = store.incidents(EVERYTHING)
    return (
        {a.id for a in articles},
        {to_json(c) for c in store.claims(EVERYTHING)},
        {to_json((sorted(i.claim_ids), i.state, i.origins)) for i in incidents},
        {to_json((t.place_id, t.day, t.hostile, t.level)) for t in store.tensions()},
        {a.id for a in store.alerts()},
    )


@pytest.mark.timeout(300)
def test_killed_ingest_ends_as_an_undisturbed_one(
    tmp_path: Path, folder: Path, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    home, calm = tmp_path / "home", tmp_path / "calm"
    home.mkdir()
    calm.mkdir()
    knowledge = get_knowledge(False)
    start = time.monotonic()
    _ingest(calm, knowledge, folder)
    whole = time.monotonic() - start

    rng, killed = random.Random(20260302), 0
    for _ in range(KILLS):
        child = _ingest_in_child(home, knowledge, folder)
        time.sleep(rng.uniform(0.0, 1.5 * whole / KILLS))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        with _open(home, knowledge) as desk:
            assert desk.store.check() == []
    _ingest(home, knowledge, folder)

    assert killed >= KILLS // 3, f"{killed} of {KILLS} kills fell into the ingest: too few to show anything"
    with _open(home, knowledge) as desk, _open(calm, knowledge) as undisturbed:
        assert desk.store.check() == []
        assert desk.store.underived_article_ids() == []
        assert read_content(desk) == read_content(undisturbed)


def test_second_ingest_changes_nothing(make_desk: Callable[..., Desk], folder: Path) -> None:
    desk = make_desk()
    assert desk.take_paths([folder]).new == 40
    before = read_content(desk)
    again = desk.take_paths([folder])
    assert (again.new, again.known, again.claims) == (0, 40, 0)
    assert read_content(desk) == before
