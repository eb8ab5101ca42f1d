"""Markings: the most restrictive wins, exercise and real news never mix, a public report names nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.pictures import ALERT, ATTACK, EARLIER, NOW, PICTURE, PROTEST, REQUEST
from tocsin.errors import RecordError
from tocsin.report import TLP_ORDER, check_report, draft_report, parse_tlp
from tocsin.report.html import write_html
from tocsin.report.markdown import write_markdown
from tocsin.report.markings import check_exercise, choose_marking

markings = st.sampled_from(TLP_ORDER)


def test_the_order_is_tlp_2() -> None:
    assert TLP_ORDER == ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


@given(markings, st.lists(markings, max_size=5))
def test_the_most_restrictive_wins(asked: str, parts: list[str]) -> None:
    chosen = choose_marking(asked, parts)  # type: ignore[arg-type]
    assert chosen in (asked, *parts)
    assert all(TLP_ORDER.index(chosen) >= TLP_ORDER.index(part) for part in (asked, *parts))  # type: ignore[arg-type]


def test_strict_amber_lies_below_red_and_above_amber() -> None:
    assert choose_marking("TLP:AMBER+STRICT", ["TLP:AMBER"]) == "TLP:AMBER+STRICT"
    assert choose_marking("TLP:AMBER+STRICT", ["TLP:RED"]) == "TLP:RED"


def test_what_it_is_made_from_marks_the_report() -> None:
    report = draft_report(replace(REQUEST, tlp="TLP:CLEAR"), replace(PICTURE, markings=("TLP:RED",)), now=NOW)
    assert report.tlp == "TLP:RED"
    assert not report.is_public


def test_markings_are_read_in_any_letter_case() -> None:
    assert parse_tlp(" tlp:amber+strict ") == "TLP:AMBER+STRICT"
    with pytest.raises(RecordError, match="TLP:CLEAR"):
        parse_tlp("TLP:WHITE")


def test_exercise_and_real_news_never_stand_together() -> None:
    mixed = replace(PICTURE, incidents=(ATTACK, replace(PROTEST, is_exercise=True)))
    with pytest.raises(RecordError, match="exercise and real news"):
        draft_report(REQUEST, mixed, now=NOW)
    with pytest.raises(RecordError, match="exercise and real news"):
        draft_report(REQUEST, replace(PICTURE, quiet=(replace(EARLIER, is_exercise=True),)), now=NOW)


def test_an_exercise_is_marked() -> None:
    drill = replace(
        PICTURE, incidents=tuple(replace(i, is_exercise=True) for i in PICTURE.incidents), tellings={}, tensions=(),
        alerts=(), outlooks=(), quiet=(),
    )  # fmt: skip
    report = draft_report(REQUEST, drill, now=NOW)
    assert report.is_exercise
    assert write_markdown(report).count("EXERCISE EXERCISE EXERCISE") == 2
    assert write_html(report).count("EXERCISE EXERCISE EXERCISE") == 2
    assert report.footnotes == (), "invented places take no side in real disputes"


def test_nothing_at_all_is_no_exercise() -> None:
    assert check_exercise([]) is False


@pytest.mark.parametrize("tlp", ["TLP:CLEAR", "TLP:GREEN"])
def test_a_report_for_everybody_names_and_quotes_nobody(tlp: str) -> None:
    picture = replace(PICTURE, alerts=(replace(ALERT, note="Torn was called"),))
    report = draft_report(replace(REQUEST, tlp=tlp, author=None), picture, now=NOW)  # type: ignore[arg-type]
    incidents = "\n".join(s.whole for s in report.sentences if s.id.startswith("incidents/"))
    assert "Torn" not in write_markdown(report)
    assert "“" not in incidents
    assert "A person: denies it (The Gazette; F2, outlet not judged)." in incidents
    assert all(row.title is None for row in report.annex)
    assert check_report(report, picture) == {}


def test_a_person_may_decide_otherwise() -> None:
    named = draft_report(replace(REQUEST, tlp="TLP:GREEN", has_names=True), PICTURE, now=NOW)
    unnamed = draft_report(replace(REQUEST, tlp="TLP:RED", has_names=False), PICTURE, now=NOW)
    assert "Torn" in write_markdown(named)
    assert "Torn" not in write_markdown(unnamed)
