"""A real desk with HTTP, feed, webhook and mail is killed a few times under load: nothing is lost or doubled.

`python -m benchmarks.crashes` is the same with five hundred kills.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.crashing.desks import Launcher, launching
from benchmarks.crashing.killing import kill_desk

from tocsin.pipeline import Knowledge

KILLS = 5


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as held:
        yield held


@pytest.mark.timeout(300)
def test_a_killed_desk_loses_and_doubles_nothing(
    tmp_path: Path, launcher: Launcher, knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    get_knowledge(False)  # the gazetteer is built there
    done, found, clients, ends = kill_desk(
        tmp_path, launcher, knowledge_home, kills=KILLS, seed=7, check_every=3, mean_life=0.6, plain_every=KILLS + 1
    )
    assert found.faults == []
    assert done.kills == KILLS
    assert done.exit_status == 0, "the last life ends as it is asked to"
    assert found.counts["articles kept"] == len(clients.told.articles) + len(ends.entries) > 0
    assert found.counts["claims"] > 0


@pytest.mark.timeout(300)
def test_the_harness_sees_what_is_lost(
    tmp_path: Path, launcher: Launcher, knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    """What the checks are worth: an acknowledged article, a correction and a notice that are not there are named."""
    from benchmarks.crashing.checks import Found, check_articles, check_notices, check_words
    from benchmarks.crashing.clients import Offer, Told, Word
    from benchmarks.crashing.ends import Ends

    from tests.conftest import NOW
    from tests.notify.made import make_notice
    from tocsin.store import open_store

    get_knowledge(False)
    told, found = Told(), Found()
    told.articles[1], told.offers[1] = "art_gone", Offer(1, "EXERCISE: This is report 1.", "Hill Wire", NOW)
    told.words.append(Word("EXERCISE-1.", "rejected", ("clm_gone",)))
    store = open_store(tmp_path / "desk.sqlite")
    store.add_notices([make_notice()], lambda _: ["hook"])
    ends = Ends()
    ends.mail.begin("<msg_nobody@desk.example.org>", b"")
    check_articles(store, told, ends, found)
    check_words(store, told, found)
    check_notices(store, ends, found)
    store.close()
    assert {kind: len(whats) for kind, whats in found.lost.items()} == {"article": 1, "correction": 1, "notice": 1}
    assert list(found.doubled) == ["notice"], "a mail that is in no outbox"
