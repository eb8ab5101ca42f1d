"""The most restrictive wins: what a report holds decides how laxly it may be marked, at its draft and at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.web.worlds import World, fill, open_empty
from tocsin.desk.marking import mark_record
from tocsin.errors import RecordError
from tocsin.records.marking import Tlp
from tocsin.records.report import KeptReport
from tocsin.report import ReportRequest
from tocsin.reporting.drafting import make_period
from tocsin.reporting.kept import (
    correct_report,
    finalize_report,
    keep_report,
    open_report,
    redraft_report,
    write_report,
)

REQUEST = ReportRequest(*make_period(date(2026, 3, 8), date(2026, 3, 14)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def keep(world: World, tlp: Tlp = "TLP:AMBER", because: str | None = None) -> KeptReport:
    return keep_report(world.desk, replace(REQUEST, tlp=tlp, laxer_because=because), by="ana", is_exercise=False)


def mark(world: World, tlp: Tlp | None) -> str:
    """Mark an article that an incident of the period stands on; its id."""
    claim = world.desk.store.claims_by_id(world.incidents["clash"].claim_ids)[world.incidents["clash"].claim_ids[0]]
    mark_record(world.desk.store, world.desk.clock, claim.article_id, tlp, who="ben", why="the sender asked for it")
    return claim.article_id


def test_a_laxer_draft_is_refused_and_the_record_that_forces_it_is_named(world: World) -> None:
    article_id = mark(world, "TLP:RED")
    with pytest.raises(RecordError, match=f"must be TLP:RED or stricter: article {article_id} .* was marked so by ben"):
        keep(world)
    assert world.desk.store.reports() == []
    assert keep(world, "TLP:RED").tlp == "TLP:RED"


@pytest.mark.usefixtures("no_sectors")
def test_what_is_read_by_all_is_refused_for_a_mark_of_an_outlet_too(world: World) -> None:
    clash = world.incidents["clash"]
    mark_record(world.desk.store, world.desk.clock, clash.outlets[0], "TLP:AMBER", who="ben")
    with pytest.raises(RecordError, match=f"outlet {clash.outlets[0]} .* was marked so by ben"):
        keep(world, "TLP:GREEN", because="for the public")
    assert keep(world, "TLP:AMBER").tlp == "TLP:AMBER"


def test_a_laxer_mark_loosens_nothing(world: World) -> None:
    mark(world, "TLP:CLEAR")
    assert keep(world, "TLP:AMBER").tlp == "TLP:AMBER"


def test_a_mark_put_on_later_stops_a_draft_and_a_final_report(world: World) -> None:
    final, draft = keep(world), keep_report(world.desk, REQUEST, by="ben", is_exercise=False)
    assert finalize_report(world.desk, final.id, by="ana", seen=0)[0].problems == {}
    mark(world, "TLP:AMBER+STRICT")
    for kept in (final, draft):
        opened = open_report(world.desk, kept.id)
        assert opened.laxity is not None
        with pytest.raises(RecordError, match=r"must be TLP:AMBER\+STRICT or stricter"):
            write_report(opened, "md")
    with pytest.raises(RecordError, match="or stricter"):
        finalize_report(world.desk, draft.id, by="ana", seen=0)
    with pytest.raises(RecordError, match="or stricter"):
        redraft_report(world.desk, draft.id, by="ana", seen=0)
    new = correct_report(world.desk, final.id, by="ana")
    assert redraft_report(world.desk, new.id, by="ana", seen=0, changes={"asked_tlp": "TLP:RED"}) == []
    opened = open_report(world.desk, new.id)
    assert (opened.report.tlp, opened.laxity) == ("TLP:RED", None)
    assert write_report(opened, "md")


def test_a_mark_that_is_taken_away_forces_nothing(world: World) -> None:
    mark(world, "TLP:RED")
    mark(world, None)
    assert keep(world).tlp == "TLP:AMBER"


def test_only_articles_and_outlets_bear_marks(world: World) -> None:
    with pytest.raises(RecordError, match="must be an article or an outlet"):
        mark_record(world.desk.store, world.desk.clock, "inc_a", "TLP:RED", who="ben")
    with pytest.raises(RecordError, match="1000 characters or fewer"):
        mark_record(
            world.desk.store, world.desk.clock, world.incidents["clash"].outlets[0], "TLP:RED", who="b", why="x" * 1001
        )
