"""The mark of a notice: found behind its incidents whenever it is told, also behind what these stood on once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Places
from tests.notify.made import Told, mark, put_incident, tell_of
from tests.store.worlds import make_incident, make_link
from tocsin.desk.marking import find_notice_marks
from tocsin.ports import Derivation, Store
from tocsin.records import Notice
from tocsin.records.marking import Tlp
from tocsin.store import open_store


@pytest.fixture
def store(place: Places, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(place(tmp_path / "desk.sqlite"))
    yield opened
    opened.close()


def find(store: Store, notice: Notice) -> Tlp | None:
    return find_notice_marks(store, [notice]).get(notice.id)


class Unmarked:
    """A store without any mark, which is asked for nothing else."""

    def has_markings(self) -> bool:
        return False


def test_a_desk_without_marks_is_asked_for_nothing_else(store: Store) -> None:
    assert find_notice_marks(Unmarked(), [tell_of(put_incident(store))]) == {}  # type: ignore[arg-type]  # stands for a store


def test_the_strictest_mark_holds_whether_the_incident_has_a_line_or_not(store: Store) -> None:
    first, second, other = (put_incident(store, n, f"Outlet {n}") for n in range(3))
    notice = tell_of(first, second)
    assert find(store, notice) is None
    mark(store, other.article_id, "TLP:RED")
    assert find(store, notice) is None, "the notice does not stand on it"
    mark(store, first.article_id, "TLP:GREEN")
    assert find(store, notice) == "TLP:GREEN"
    mark(store, second.article_id, "TLP:AMBER")
    assert find(store, notice) == "TLP:AMBER", "given after the notice was made, to an incident without a line"
    mark(store, second.article_id, None)
    assert find(store, notice) == "TLP:GREEN"


def test_the_mark_of_an_outlet_is_one_of_all_it_publishes(store: Store) -> None:
    told = put_incident(store)
    mark(store, told.outlet_id, "TLP:AMBER+STRICT")
    assert find(store, tell_of(told)) == "TLP:AMBER+STRICT"


def test_each_of_several_notices_has_its_own(store: Store) -> None:
    first, second = (put_incident(store, n, f"Outlet {n}") for n in range(2))
    mark(store, first.article_id, "TLP:RED")
    one, other, both = tell_of(first, group="grp_a"), tell_of(second, group="grp_b"), tell_of(second, first)
    assert find_notice_marks(store, [one, other, both]) == {one.id: "TLP:RED", both.id: "TLP:RED"}


def regroup(store: Store, told: Told, into: Told) -> None:
    """Move all that an incident stood on into another one; its name is gone."""
    members = store.claims_by_id([*into.incident.claim_ids, *told.incident.claim_ids])
    grown = make_incident(list(members.values()), into.incident.reported_at)
    links = tuple(make_link(claim, grown) for claim in members.values())
    store.save_derivation(Derivation(incidents=(grown,), links=links, gone_incident_ids=(told.incident.id,)))


@pytest.mark.parametrize("is_outlet", [False, True])
def test_a_notice_keeps_its_words_and_its_mark_when_its_incidents_are_regrouped(store: Store, is_outlet: bool) -> None:
    first, second = (put_incident(store, n, f"Outlet {n}") for n in range(2))
    mark(store, first.outlet_id if is_outlet else first.article_id, "TLP:RED")
    regroup(store, first, second)
    assert store.incidents_by_id([first.incident.id]) == {}
    assert find(store, tell_of(first)) == "TLP:RED"
    assert find(store, tell_of(second)) == "TLP:RED", "it stands on the claims now"


def test_what_is_told_against_the_last_notice_bears_its_mark(store: Store) -> None:
    first, second = (put_incident(store, n, f"Outlet {n}") for n in range(2))
    store.add_notices([tell_of(first)], lambda _: ())
    mark(store, first.article_id, "TLP:RED")
    assert find(store, tell_of(second, number=2, cause="retracted")) == "TLP:RED"
    assert find(store, tell_of(second, number=2, cause="more-reports")) == "TLP:RED"
    assert find(store, tell_of(second, number=2, cause="digest")) is None, "it says nothing of the one before"
