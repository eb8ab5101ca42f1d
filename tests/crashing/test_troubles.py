"""Disk full, disk read-only, database locked, clock jumps, network gone: a real desk says so and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.crashing.desks import launching
from benchmarks.crashing.disks import fill_disk, forbid_writing, protect_files
from benchmarks.crashing.outages import jump_clock, lock_database, lose_network

from tocsin.pipeline import Knowledge

Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def make(
    tmp_path_factory: pytest.TempPathFactory, knowledge_home: Path, get_knowledge: Callable[[bool], Knowledge]
) -> Iterator[Make]:
    """Make a trouble; skipped where this machine does not allow it."""
    get_knowledge(False)  # the gazetteer is built there
    with launching() as launcher:

        def run(trouble: Make, **options: Any) -> dict[str, Any]:
            figures = trouble(tmp_path_factory.mktemp("trouble"), launcher, knowledge_home, **options)
            if figures.get("how", "").startswith("not shown here"):
                pytest.skip(figures["how"])
            return figures

        yield run


def is_plain(sentence: str, word: str) -> bool:
    """Whether a refusal says in words what is the matter."""
    return sentence.startswith("503 database: ") and word in sentence


@pytest.mark.timeout(120)
def test_a_full_disk_is_told_and_what_was_taken_stays(make: Make) -> None:
    figures = make(fill_disk)
    assert figures["faults"] == []
    assert is_plain(figures["sentence"][0], "full") or figures["how"] != "tmpfs of 12m"
    assert figures["exit_status"] == 0 or figures["how"] != "tmpfs of 12m"


@pytest.mark.timeout(120)
def test_so_is_a_file_that_may_not_grow(make: Make) -> None:
    figures = make(fill_disk, can_mount=False)
    assert (figures["how"], figures["faults"]) == ("RLIMIT_FSIZE", [])
    assert figures["refused"] > 0


@pytest.mark.timeout(120)
def test_on_a_disk_that_becomes_read_only_pages_are_shown_and_reports_refused(make: Make) -> None:
    figures = make(forbid_writing)
    assert figures["faults"] == []
    assert is_plain(figures["sentence"][0], "disk I/O error")


@pytest.mark.timeout(120)
def test_so_with_files_that_are_protected_for_a_while_without_a_new_start(make: Make) -> None:
    figures = make(protect_files)
    assert (figures["faults"], figures["exit_status"]) == ([], 0)


@pytest.mark.timeout(120)
def test_a_locked_database_is_told_soon_to_all_that_wait(make: Make) -> None:
    figures = make(lock_database, busy_ms=1500, side_by_side=3)
    assert (figures["faults"], figures["exit_status"]) == ([], 0)
    assert is_plain(figures["sentence"][0], "locked")


@pytest.mark.timeout(120)
def test_a_clock_that_jumps_tells_nothing_twice_and_leaves_no_day_ahead(make: Make) -> None:
    figures = make(jump_clock)
    assert (figures["faults"], figures["exit_status"]) == ([], 0)
    assert figures["notices"] > 0
    assert figures["came_twice"] == 0


@pytest.mark.timeout(120)
def test_when_the_network_is_back_everything_is_told_once(make: Make) -> None:
    figures = make(lose_network)
    assert (figures["faults"], figures["exit_status"]) == ([], 0)
    assert set(figures["taken_once"]) == {"hook", "mail"}
    assert min(figures["taken_once"].values()) > 0
