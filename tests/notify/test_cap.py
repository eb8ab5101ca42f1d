"""CAP 1.2: valid against the published schema whatever the texts, and modest in what it claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.notify.made import DESK, HOSTILE, UNHURRIED, hostile_notices, make_notice
from tests.notify.schemas import check_xml, load_schema
from tests.strategies import incidents
from tocsin.errors import RecordError
from tocsin.notify.cap import NAMESPACE, judge_certainty, write_cap
from tocsin.notify.telling import Telling
from tocsin.records import Incident, Notice

SENDER = "tocsin@desk.example.org"


def read(notice: Notice, earlier: tuple[Notice, ...] = (), **options: object) -> dict[str, list[str]]:
    """Each element's texts by its name."""
    root = check_xml(write_cap(Telling(notice), earlier, sender=SENDER, **options), "CAP-v1.2.xsd")  # type: ignore[arg-type]  # as the caller says
    found: dict[str, list[str]] = {}
    for element in root.iter():
        found.setdefault(etree.QName(element).localname, []).append(element.text or "")
    return found


def test_the_schema_can_refuse() -> None:
    wrong = etree.fromstring(write_cap(Telling(make_notice()), sender=SENDER))
    wrong.remove(wrong.find(f"{{{NAMESPACE}}}scope"))
    assert not load_schema("CAP-v1.2.xsd").validate(wrong)


def test_a_first_notice_is_a_restricted_draft() -> None:
    told = read(make_notice(), address=DESK)
    assert (told["status"], told["msgType"], told["scope"]) == (["Draft"], ["Alert"], ["Restricted"])
    assert told["sent"] == ["2026-03-20T12:00:00-00:00"]
    assert told["expires"] == ["2026-03-21T00:00:00-00:00"]
    assert (told["urgency"], told["severity"], told["certainty"]) == (["Expected"], ["Severe"], ["Unknown"])
    assert (told["category"], told["areaDesc"]) == (["Security"], ["Orle"])
    assert told["web"] == [f"{DESK}/alerts/{make_notice().alert_ids[0]}"]
    assert {line.incident_id for line in make_notice().lines} <= set(told["value"])
    assert not told.keys() & {"references", "instruction", "polygon", "circle", "note"}
    assert told["headline"][0].startswith("IMMEDIATE \u00b7 Orle")


def test_the_caller_may_say_otherwise_but_not_of_an_exercise_or_test() -> None:
    actual = read(make_notice(), status="Actual", scope="Public")
    assert (actual["status"], actual["scope"], "restriction" in actual) == (["Actual"], ["Public"], False)
    exercise = read(make_notice(is_exercise=True), status="Actual")
    assert exercise["status"] == ["Exercise"]
    for part in ("note", "event", "headline", "description"):
        assert "[EXERCISE]" in exercise[part][0]
    assert read(make_notice(cause="test"), status="Actual")["status"] == ["Test"]


def test_updates_and_the_end_name_what_they_follow() -> None:
    first, second, end = make_notice(1), make_notice(2, "more-reports"), make_notice(3, "resolved")
    stranger = make_notice(1, group="grp_other")
    assert read(second, (first, stranger))["msgType"] == ["Update"]
    told = read(end, (second, first, stranger))
    assert told["msgType"] == ["Cancel"]
    assert told["references"] == [
        f"{SENDER},{first.id},2026-03-20T12:00:00-00:00 {SENDER},{second.id},2026-03-20T12:01:00-00:00"
    ]
    assert (told["urgency"], told["severity"]) == (["Unknown"], ["Unknown"]), "an end gives no all-clear"
    assert "responseType" not in told


def test_after_an_end_a_chain_begins_anew() -> None:
    chain = (make_notice(1), make_notice(2, "retracted"), make_notice(3))
    assert read(chain[2], chain[:2])["msgType"] == ["Alert"]
    later = read(make_notice(4, "raised"), chain)
    assert (later["msgType"], len(later["references"][0].split())) == (["Update"], 1)


def test_what_has_expired_is_neither_updated_nor_named() -> None:
    flash = make_notice(1, precedence="FLASH")  # stands for six hours
    second = make_notice(2, "more-reports", made_at=flash.made_at + timedelta(hours=5))
    third = make_notice(3, "more-reports", made_at=flash.made_at + timedelta(hours=7))
    told = read(third, (flash, second))
    assert (told["msgType"], told["references"]) == (["Update"], [f"{SENDER},{second.id},2026-03-20T17:00:00-00:00"])
    late = replace(third, made_at=flash.made_at + timedelta(hours=50))
    told = read(late, (flash, second))
    assert told["msgType"] == ["Alert"]
    assert "references" not in told
    told = read(replace(late, cause="resolved"), (flash, second))
    assert told["msgType"] == ["Cancel"], "an end is no alert, whatever has expired"
    assert told["references"][0].split(",")[1] == second.id


def test_digests_of_a_year_name_those_of_the_last_two_days() -> None:
    days = [make_notice(n, "digest", precedence="ROUTINE", made_at=make_notice().made_at + timedelta(days=n))
            for n in range(1, 366)]  # fmt: skip
    told = read(days[-1], tuple(days[:-1]))
    assert told["msgType"] == ["Update"]
    assert [named.split(",")[1] for named in told["references"][0].split()] == [days[-2].id]


def test_certainty_follows_the_incidents_and_is_never_observed() -> None:
    base = Incident("inc_a", "ASSAULT", ("clm_a",), make_notice().made_at)
    sure = replace(base, origins=2)
    assert judge_certainty([]) == "Unknown"
    assert judge_certainty([base, sure]) == "Likely"
    assert judge_certainty([base]) == "Possible"
    for change in ({"state": "disputed"}, {"certainty": "hedged"}, {"modality": "planned"}, {"is_faint": True}):
        assert judge_certainty([replace(sure, **change)]) == "Possible"  # type: ignore[arg-type]  # one field each
    assert judge_certainty([replace(sure, state="denied")]) == "Unlikely"


@pytest.mark.parametrize("sender", ["", "two words", "a,b", "a<b", "a&b"])
def test_a_sender_that_would_break_references_is_refused(sender: str) -> None:
    with pytest.raises(RecordError, match="CAP sender"):
        write_cap(Telling(make_notice()), sender=sender)


def test_hostile_text_stays_text() -> None:
    told = read(make_notice(title=HOSTILE, place_name=HOSTILE))
    assert "<script>" in told["event"][0]
    assert "\x00" not in told["event"][0]
    assert "\n" not in told["areaDesc"][0]


@UNHURRIED
@given(hostile_notices(), st.lists(hostile_notices(), max_size=3), st.lists(incidents(), max_size=2))
def test_every_notice_makes_a_valid_message(notice: Notice, earlier: list[Notice], held: list[Incident]) -> None:
    told = read(notice, tuple(earlier), incidents=held, address=DESK)
    assert ("[EXERCISE]" in told["headline"][0]) >= notice.is_exercise
    assert told["certainty"][0] != "Observed"
