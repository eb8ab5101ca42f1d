"""A notice in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from lxml import html

from tests.notify.made import DESK, NOW, UNHURRIED, hostile_notices, make_notice
from tocsin.notify.telling import Telling
from tocsin.notify.texts import make_test_notice, name_message, write_html, write_plain, write_subject
from tocsin.records import Notice, NoticeCause, NoticeLine, from_json, to_json

PLAIN = """\
IMMEDIATE \u00b7 Orle
Forces moved, obstruction or violence, and a threat

Why now: EXERCISE: three incidents from two origins within 24 hours
It is evidence for: EXERCISE: one side prepares to take the bridge
What would clear it: no such incident for 7 days
Looked after by: Anna

What has changed since the last notice:
- 2 further incidents

From 3 incidents, 2 new:
* NEW: EXERCISE: villagers blocked the bridge at Orle, police said
* NEW: EXERCISE: a column left Valdena barracks, a resident said
* EXERCISE: the mayor threatened to close the road

Notice 2 of its chain, made 2026-03-20 12:01 UTC, {id}
"""


@pytest.mark.parametrize(
    ("cause", "end"),
    [("fired", "(3 incidents)"), ("more-reports", "(2 new incidents)"), ("raised", "(raised)"),
     ("resolved", "(resolved)"), ("retracted", "(retracted)"), ("escalated", "(nobody has acknowledged)"),
     ("digest", "(digest)")],
)  # fmt: skip
def test_the_subject_says_why(cause: NoticeCause, end: str) -> None:
    subject = write_subject(Telling(make_notice(cause=cause)))
    assert subject == f"IMMEDIATE \u00b7 Orle: Forces moved, obstruction or violence, and a threat {end}"


def test_the_subject_counts_what_has_no_line_and_never_tells_of_no_report() -> None:
    first, many = make_notice(), tuple(f"inc_{n}" for n in range(40))
    assert write_subject(Telling(replace(first, incident_ids=many))).endswith("(40 incidents)")
    more = make_notice(2, "more-reports", incident_ids=many)
    assert write_subject(Telling(more)).endswith("(2 new incidents)"), "the third line is of one that was told of"
    all_new = tuple(replace(line, is_new=True) for line in more.lines)
    assert write_subject(Telling(replace(more, lines=all_new))).endswith("(3 or more new incidents)")
    none_new = tuple(replace(line, is_new=False) for line in more.lines)
    assert write_subject(Telling(replace(more, lines=none_new))).endswith("(a further rule holds)")


def test_the_plain_text_says_everything() -> None:
    notice = make_notice(2, "more-reports", assigned_to="Anna")
    assert write_plain(Telling(notice)) == PLAIN.format(id=notice.id)


def test_links_are_given_where_people_can_reach_the_desk() -> None:
    notice = make_notice()
    expected = {f"{DESK}/incidents/{line.incident_id}" for line in notice.lines} | {
        f"{DESK}/alerts/{notice.alert_ids[0]}"
    }
    assert expected == {link for _, _, link, _ in html.fromstring(write_html(Telling(notice), DESK)).iterlinks()}
    assert all(link in write_plain(Telling(notice), DESK) for link in expected)
    assert not list(html.fromstring(write_html(Telling(notice))).iterlinks())


def test_a_long_notice_stays_short() -> None:
    lines = tuple(NoticeLine(f"inc_{n}", "villagers blocked the road " * 40) for n in range(500))
    notice = make_notice(2, lines=lines, changes=("something else",) * 90, assigned_to="Anna", is_exercise=True)
    told = write_plain(Telling(notice), DESK).splitlines()
    assert len(told) <= 42
    assert max(map(len, told)) <= 520
    assert "and 492 more" in told
    assert "- and 84 more" in told


@UNHURRIED
@given(hostile_notices())
def test_no_text_escapes_its_line_or_its_element(notice: Notice) -> None:
    page = html.fromstring(write_html(Telling(notice), DESK))
    allowed = {"html", "head", "meta", "title", "body", "h2", "p", "strong", "em", "ul", "li", "a", "bdi"}
    assert {element.tag for element in page.iter()} <= allowed
    assert "\n" not in write_subject(Telling(notice))
    assert len(write_plain(Telling(notice), DESK).split("\n")) <= 43
    if notice.is_exercise:
        assert "[EXERCISE]" in write_subject(Telling(notice))
        assert "[EXERCISE]" in write_plain(Telling(notice))
        assert "[EXERCISE]" in page.text_content()


def test_a_test_notice_says_that_it_is_one() -> None:
    notice = make_test_notice("watch-room", NOW)
    assert from_json(Notice, to_json(notice)) == notice
    assert write_subject(Telling(notice)) == "ROUTINE \u00b7 Test of the channel watch-room (test)"
    assert "Nothing has happened" in write_plain(Telling(notice))
    assert make_test_notice("other", NOW).id != notice.id


def test_message_names_differ_by_channel() -> None:
    assert len({name_message(n, c) for n in ("a", "b") for c in ("x", "y")}) == 4


def test_a_date_beside_an_arabic_name_is_not_read_backwards() -> None:
    line = NoticeLine("inc_1", "Attack, \u062d\u0644\u0628 \u062d, 2031-03-09; <b>")
    told = Telling(replace(make_notice(), lines=(line,)), None)
    assert "<bdi>\u062d\u0644\u0628 \u062d</bdi>, 2031-03-09; &lt;b&gt;" in write_html(told)
    assert "\u062d\u0644\u0628 \u062d\u200e, 2031-03-09" in write_plain(told)
