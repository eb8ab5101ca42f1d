"""Incidents put into a draft by hand: in the desk's words, as edits by name, once, and never into a final report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.web.worlds import World, fill, open_empty
from tocsin.errors import RecordError, UnknownIdError
from tocsin.records import Filter, Incident
from tocsin.records.report import KeptReport
from tocsin.report import ReportRequest
from tocsin.reporting.adding import add_incidents, list_told
from tocsin.reporting.drafting import make_period
from tocsin.reporting.kept import finalize_report, keep_report, open_report, write_report

#: A period in which nothing of the world happened.
EMPTY = ReportRequest(*make_period(date(2026, 1, 1), date(2026, 1, 7)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def keep(world: World, **changes: object) -> KeptReport:
    return keep_report(world.desk, replace(EMPTY, **changes), by="ana", is_exercise=False)


def list_real(world: World) -> list[Incident]:
    return [i for i in world.desk.store.incidents(Filter(limit=0, with_background=True)) if not i.is_exercise]


def test_every_incident_of_the_world_can_be_added_and_stands_the_check(world: World) -> None:
    kept, real = keep(world), list_real(world)
    added = add_incidents(world.desk, kept.id, [i.id for i in real], by="ben")
    assert added.new == tuple(i.id for i in real)
    opened = open_report(world.desk, kept.id)
    assert (opened.problems, opened.astray) == ({}, ())
    assert list_told(opened) == {i.id for i in real}
    assert {(edit.kind, edit.made_by, edit.made_at, edit.section) for edit in opened.edits} == {
        ("added", "ben", world.desk.clock.now(), "incidents")
    }
    final, rivals = finalize_report(world.desk, kept.id, by="ana", seen=opened.seen)
    assert (final.problems, rivals) == ({}, [])
    clash = world.incidents["clash"]
    assert any(
        s.text.startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) and clash.id in s.cites for s in final.report.sentences
    )
    assert write_report(open_report(world.desk, kept.id), "pdf").startswith(b"%PDF")


def test_what_the_report_tells_already_stays_as_it_is(world: World) -> None:
    kept, clash = keep(world), world.incidents["clash"]
    assert add_incidents(world.desk, kept.id, [clash.id, clash.id], by="ben").new == (clash.id,)
    before = open_report(world.desk, kept.id).edits
    again = add_incidents(world.desk, kept.id, [clash.id], by="ana")
    assert (again.new, again.already) == ((), (clash.id,))
    assert open_report(world.desk, kept.id).edits == before
    full = keep(
        world,
        since=make_period(date(2026, 3, 8), date(2026, 3, 14))[0],
        until=make_period(date(2026, 3, 8), date(2026, 3, 14))[1],
    )
    assert add_incidents(world.desk, full.id, [clash.id], by="ana").already == (clash.id,), "drafted with it"


def test_a_report_for_everybody_names_nobody_in_what_is_added(world: World) -> None:
    kept = keep(world, tlp="TLP:CLEAR", laxer_because="for the public")
    add_incidents(world.desk, kept.id, [i.id for i in list_real(world)], by="ben")
    opened = open_report(world.desk, kept.id)
    assert opened.problems == {}
    assert "\u201c" not in write_report(opened, "md").decode(), "nobody is quoted"


def test_refused(world: World) -> None:
    kept, clash = keep(world), world.incidents["clash"]
    with pytest.raises(RecordError, match="must be 1 to 50"):
        add_incidents(world.desk, kept.id, [], by="ben")
    with pytest.raises(UnknownIdError):
        add_incidents(world.desk, kept.id, [clash.id, "inc_none"], by="ben")
    drill = next(i for i in world.desk.store.incidents(Filter(limit=0, with_background=True)) if i.is_exercise)
    with pytest.raises(RecordError, match="exercise and real news"):
        add_incidents(world.desk, kept.id, [clash.id, drill.id], by="ben")
    assert open_report(world.desk, kept.id).edits == (), "all of them, or none"
    finalize_report(world.desk, kept.id, by="ana", seen=0)
    with pytest.raises(RecordError, match="is final"):
        add_incidents(world.desk, kept.id, [clash.id], by="ben")
