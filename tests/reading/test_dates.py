"""Date expressions in whole texts: both readings, expressions that lean on another, ranges, and what is no date."""

from __future__ import annotations

import time
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading import calendar as cal
from tocsin.reading.date_cues import find_windows, merge_windows
from tocsin.reading.date_rules import RULES
from tocsin.reading.dates import DatedPhrase, find_dates

#: A Wednesday.
PUBLISHED = date(2022, 6, 15)


def read(text: str, published: date | None = PUBLISHED) -> list[tuple[str, str, str]]:
    return [(p.span.cut(text), str(p.date), str(p.looking(ahead=True))) for p in find_dates(text, published)]


def last(text: str, *, ahead: bool = False, published: date | None = PUBLISHED) -> str:
    return str(find_dates(text, published)[-1].looking(ahead=ahead))


# --- both readings
@pytest.mark.parametrize(
    ("text", "past", "ahead"),
    [
        ("They met on Monday.", "2022-06-13", "2022-06-20"),
        ("They met on Wednesday.", "2022-06-15", "2022-06-15"),
        ("They meet Friday week.", "2022-06-24", "2022-06-24"),
        ("It was late on Monday night.", "2022-06-13", "2022-06-20"),
        ("In June the post fell.", "2022-06", "2022-06"),
        ("In May the post fell.", "2022-05", "2023-05"),
        ("Nine were held this week.", "2022-06-13..2022-06-15", "2022-06-13..2022-06-19"),
        ("Nine were held so far this month.", "2022-06-01..2022-06-15", "2022-06"),
        ("Nine were held this year.", "2022-01-01..2022-06-15", "2022"),
        ("Joint patrols from August.", "2021-08", "2022-08"),
        ("They meet at the weekend.", "2022-06-11..2022-06-12", "2022-06-18..2022-06-19"),
        ("They meet before Christmas.", "2021-12-25", "2022-06-15..2022-12-24"),
        ("The post goes by New Year.", "2022-01-01", "2022-06-15..2022-12-31"),
        ("The ban holds until Friday.", "2022-06-15..2022-06-17", "2022-06-15..2022-06-17"),
        ("He must go by Friday.", "2022-06-10", "2022-06-15..2022-06-17"),
        ("A patrol leaves by mid-July.", "2021-07-01..2021-07-15", "2022-06-15..2022-07-15"),
        ("They met on the 14th.", "2022-06-14", "2022-07-14"),
        ("Elders met in spring.", "2022-03-01..2022-05-31", "2023-03-01..2023-05-31"),
        ("They meet on 18 May.", "2022-05-18", "2023-05-18"),
        ("They meet on Wednesday, 18 May.", "2022-05-18", "2022-05-18"),
        ("They meet on Thursday 18 May.", "2023-05-18", "2023-05-18"),
    ],
)
def test_both_readings(text: str, past: str, ahead: str) -> None:
    ((_, was, will),) = read(text)
    assert (was, will) == (past, ahead)
    (phrase,) = find_dates(text, PUBLISHED, is_future=True)
    assert str(phrase.date) == ahead


# --- forms seen from the day of publication
@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Soldiers left the day before yesterday.", "2022-06-13"),
        ("He was held this morning.", "2022-06-15"),
        ("He was held earlier this week.", "2022-06-13..2022-06-15"),
        ("He was held earlier this month.", "2022-06-01..2022-06-15"),
        ("It burned on Monday last week.", "2022-06-06"),
        ("It burned on Friday of last week.", "2022-06-10"),
        ("They meet on Friday next week.", "2022-06-24"),
        ("Nine died in the past week.", "2022-06-08..2022-06-15"),
        ("Nine died in the week of 6 June.", "2022-06-06..2022-06-12"),
        ("Nine died in the week of June 6.", "2022-06-06..2022-06-12"),
        ("A pact of last summer.", "2021-06-01..2021-08-31"),
        ("The drill is set for next spring.", "2023-03-01..2023-05-31"),
        ("Two weeks ago it rained.", "2022-06-01"),
        ("A fortnight ago it rained.", "2022-06-01"),
        ("Six months ago it rained.", "2021-12"),
        ("It opens in two weeks' time.", "2022-06-29"),
        ("It opens ten days from now.", "2022-06-25"),
        ("They must go within 48 hours.", "2022-06-15..2022-06-17"),
        ("It ends within three months.", "2022-06-15..2022-09-15"),
        ("They will go within the week.", "2022-06-13..2022-06-19"),
        ("They will go within the fortnight.", "2022-06-15..2022-06-29"),
        ("It will be gone within a decade.", "2022-06-15..2032-06-15"),
        ("It will be gone within the decade.", "2020-01-01..2029-12-31"),
        ("Rain fell for a third day.", "2022-06-13..2022-06-15"),
        ("The strike is in its fifth week.", "2022-05-18..2022-06-15"),
        ("A sit-in, now in its fifth day, grew.", "2022-06-11..2022-06-15"),
        ("Clerks are on the fourth day of a hunger strike.", "2022-06-12..2022-06-15"),
        ("Porters have been out for 17 days.", "2022-05-29..2022-06-15"),
        ("We\u2019ve held the road for a week.", "2022-06-08..2022-06-15"),
        ("On the night of the 3rd masked men came.", "2022-06-03"),
        ("Between the 6th and the 9th, men shot two.", "2022-06-06..2022-06-09"),
        ("Held from the 7th to the 11th and freed.", "2022-06-07..2022-06-11"),
        ("On the 10th a group was halted.", "2022-06-10"),
        ("They were let go on the 8th after talks.", "2022-06-08"),
        ("Nine fled in the week to Sunday.", "2022-06-06..2022-06-12"),
        ("Cuts come by the end of the month.", "2022-06-15..2022-06-30"),
        ("Cuts come by year's end.", "2022-06-15..2022-12-31"),
        ("The first week of July is quiet.", "2021-07-01..2021-07-07"),
        ("It fell on 14.6.2022.", "2022-06-14"),
        ("It fell on 06/14/2022.", "2022-06-14"),
        ("It fell on 03/05/2022.", "2022-05-03"),
        ("Talks on Good Friday failed.", "2022-04-15"),
        ("It came in the 1990s.", "1990-01-01..1999-12-31"),
        ("The 2019 accord died.", "2019"),
        ("A pact in March last year.", "2021-03"),
        ("On the night of the 3rd, shots rang.", "2022-06-03"),
        ("MONDAY, JUNE 20\nTalks open.", "2022-06-20"),
        ("A bloody Thursday, officials said.", "2022-06-09"),
        ("Ruland last week endorsed the plan.", "2022-06-06..2022-06-12"),
        ("He was held last evening.", "2022-06-14"),
        ("It burned the month before last.", "2022-04"),
        ("It burned the week before last.", "2022-05-30..2022-06-05"),
        ("Shut since the 20th of last month.", "2022-05-20..2022-06-15"),
        ("It fell on the first of the month.", "2022-06-01"),
        ("They fought in the nineties.", "1990-01-01..1999-12-31"),
        ("They fought in the early thirties.", "1930-01-01..1939-12-31"),
        ("In 1994 soldiers cleared the shore.", "1994"),
        ("They trained as late as 2019.", "2019"),
        ("By April 9,000 people had fled.", "2022-04"),
        ("On Good Friday I walked.", "2022-04-15"),
        ("The pause ended Mon 0600.", "2022-06-13"),
        ("It was shut on Fri, he said.", "2022-06-10"),
        ("Friday the 10th was quiet.", "2022-06-10"),
    ],
)
def test_forms(text: str, meaning: str) -> None:
    assert [was for _, was, _ in read(text)] == [meaning]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("They fought from 28 April to 3 May.", "2022-04-28..2022-05-03"),
        ("They fought between 3 and 5 May.", "2022-05-03..2022-05-05"),
        ("Between January and March this year they fought.", "2022-01-01..2022-03-31"),
        ("They fought from October to February 2021.", "2020-10-01..2021-02-28"),
        ("In 2016 and 2017 they fought.", "2016-01-01..2017-12-31"),
        ("They fought on Monday and Tuesday.", "2022-06-13..2022-06-14"),
        ("They fought from Thursday to Monday.", "2022-06-09..2022-06-13"),
        ("They fought from 1996 to 1999.", "1996-01-01..1999-12-31"),
        ("Weekly note, 6-12 June", "2022-06-06..2022-06-12"),
    ],
)
def test_ranges(text: str, meaning: str) -> None:
    assert [was for _, was, _ in read(text)] == [meaning]


def test_range_that_looks_ahead() -> None:
    assert last("They hold their fire from Sunday until 14 July.", ahead=True) == "2022-06-19..2022-07-14"


# --- expressions that lean on the date told before
@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Shots fell on 3 May. Two days later a truce held.", "2022-05-05"),
        ("Shots fell on 3 May. The following day a truce held.", "2022-05-04"),
        ("The post fell on Monday. The day before, guards had left.", "2022-06-12"),
        ("It fell on Tuesday, three days after guards left.", "2022-06-11"),
        ("They met on 3 May, and the same evening shots fell.", "2022-05-03"),
        ("Shots fell in 2015. Two years later a truce held.", "2017"),
        ("A truce held in 2003. The year after, it broke.", "2004"),
        ("In 1999 I was young; we left in March of that year.", "1999-03"),
        ("In 1975 they marched. They left the following February.", "1976-02"),
        ("A truce held in 2018. It broke that May.", "2018-05"),
        ("Shots fell on 3 May. A truce held the following Friday.", "2022-05-06"),
        ("A pact came in February 2010. They have since then kept it.", "2010-02-01..2022-06-15"),
        ("They met on 3 June. That week 17 were freed.", "2022-05-30..2022-06-05"),
        ("Shots fell on 3 May. Two nights later a truce held.", "2022-05-05"),
        ("Shots fell on 3 May. Marines came within the hour.", "2022-05-03"),
        ("Shots fell on 3 May. It was lost within two days.", "2022-05-03..2022-05-05"),
        ("It fell on Tuesday, a week after guards left.", "2022-06-07"),
        ("It fell on Tuesday, seven weeks after guards left.", "2022-04-25..2022-05-01"),
    ],
)
def test_leaning(text: str, meaning: str) -> None:
    assert last(text) == meaning


def test_nothing_to_lean_on() -> None:
    assert read("Two days later a truce held. That May it broke.") == []


# --- prepositions, datelines, running reports
def test_since_keeps_the_date_it_names() -> None:
    text = "Families have fled since Monday, after a battle."
    (phrase,) = find_dates(text, PUBLISHED)
    assert (phrase.span.cut(text), str(phrase.date), str(phrase.named)) == (
        "since Monday",
        "2022-06-13..2022-06-15",
        "2022-06-13",
    )


@pytest.mark.parametrize(
    "text",
    [
        "ORLE, Veshtia, June 15 (Agency) - Guards shut the road.",
        "15 June 2022, ORLE \u2013 The Mission welcomes the pact.",
        "Orle, 14 June 2022. The ministry condemns the raid.",
        "Evening bulletin, Wednesday 15 June\n\nGuards shut the road.",
    ],
)
def test_datelines(text: str) -> None:
    assert [p.rule for p in find_dates(text, PUBLISHED)] == ["date-dateline"]


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("Bulletin\n\n06/06 \u2013 Orle. Two men died.\n12/06 \u2013 Gori. Nil.", ["2022-06-06", "2022-06-12"]),
        ("Bulletin\n\n06/13 - Orle. Two men died.", ["2022-06-13"]),
        ("MON -\nTalks opened.\nTUE: Talks ended.", ["2022-06-13", "2022-06-14"]),
        ("Mon 13 / Orle. Two men died.\nTue 14 / Gori. Nil.", ["2022-06-13", "2022-06-14"]),
    ],
)
def test_headings_of_days(text: str, meanings: list[str]) -> None:
    assert [was for _, was, _ in read(text)] == meanings


def test_a_heading_is_no_dateline() -> None:
    text = "\u2022 14 June: Raiders took three boats."
    assert [p.rule for p in find_dates(text, PUBLISHED)] == ["date-day-month"]


def test_running_report() -> None:
    text = "As it happened\n\n14:20 Guards fired at 3:1 odds.\n\n09:05 GMT Good morning."
    assert read(text) == [("14:20", "2022-06-15", "2022-06-15"), ("09:05 GMT", "2022-06-15", "2022-06-15")]


# --- what is no date
@pytest.mark.parametrize(
    "text",
    [
        "He may march on the town in august company.",
        "She teaches at a Sunday school.",
        "The Sunday Times wrote of it.",
        "They marched every Friday.",
        "A 24-hour strike and a six-day drill.",
        "Prices rose on the 2,700-mark.",
        "He won 21 votes to 8.",
        "About 2000 soldiers came.",
        "Resolution 1701 of the council.",
        "A May-pole stood there.",
        "Black Friday sales and Bloody Sunday songs.",
        "It was the week's end.",
        "They met on 31 June.",
        "It scored 4-0.",
        "Ring 555-2019 now.",
        "Sat down, Wed in white, the Sun rose.",
        "He sat on Sun Island.",
        "The Mon people fled.",
        "Mon 21 was no such day: Mon 21.",
        "1/2 - a half\n3/4 of them\n31/31 -",
        "He is in his nineties.",
        "Rats fled on the 10th floor of the 5th and the 6th blocks.",
        "Shots fell on the ninth day of a strike.",
        "They have asked for two weeks, and prosecutors for ten days.",
        "He had been held for nine days.",
        "Nobody came since.",
    ],
)
def test_no_date(text: str) -> None:
    assert read(text) == []


def test_without_a_day_of_publication() -> None:
    text = "On Monday, in May, last week and on 3 March 2020 they met."
    assert read(text, None) == [("on 3 March 2020", "2020-03-03", "2020-03-03")]


# --- properties
_WORDS = (
    "on in since by until last next late early the that same following Monday Saturday May June Christmas 3 25 1999 "
    "2021 2021-03-04 9998-12-31 ago later before after two 999 days weeks month decades year weekend overnight "
    "yesterday from to and , . of 19th spring within end between 14:20 \n for a third day have year's"
)
TEXTS = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=24).map(" ".join)
ANY_DAY = st.one_of(st.none(), st.dates())


@given(TEXTS, ANY_DAY)
def test_phrases_are_sound(text: str, published: date | None) -> None:
    phrases = find_dates(text, published)
    assert list(phrases) == sorted(phrases, key=lambda p: p.span)
    for phrase in phrases:
        assert phrase.span.cut(text).strip()
        assert phrase.date.start <= phrase.date.end
    for a, b in pairwise(phrases):
        assert not _core_overlaps(a, b)


def _core_overlaps(a: DatedPhrase, b: DatedPhrase) -> bool:
    return a.span.end > b.span.end or a.span.start >= b.span.end


@given(st.text(max_size=200), ANY_DAY)
def test_any_text(text: str, published: date | None) -> None:
    for phrase in find_dates(text, published):
        assert phrase.span.end <= len(text)


@given(TEXTS)
def test_windows_lose_no_match(text: str) -> None:
    """The cues are only there for speed: trying every pattern everywhere finds the same."""
    windows = find_windows(text)
    for rule in RULES:
        if not rule.cues:
            continue
        near = merge_windows([w for cue in rule.cues for w in windows.get(cue, ())])
        found = {m.span() for low, high in near for m in rule.pattern.finditer(text, low, high)}
        assert found == {m.span() for m in rule.pattern.finditer(text)}, rule.name


@given(st.integers(1583, 4099))
def test_easter(year: int) -> None:
    easter = cal.easter_of(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


@pytest.mark.parametrize(("year", "month", "day"), [(1961, 4, 2), (2008, 3, 23), (2022, 4, 17), (2038, 4, 25)])
def test_known_easters(year: int, month: int, day: int) -> None:
    assert cal.easter_of(year) == date(year, month, day)


@given(st.sampled_from(cal.FEASTS), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_feasts(name: str, published: date) -> None:
    past, ahead = cal.nearest_feast(name, published), cal.nearest_feast(name, published, is_future=True)
    assert past is not None
    assert ahead is not None
    assert past <= published <= ahead
    assert (ahead - past) < timedelta(days=800)


@given(st.sampled_from(["spring", "summer", "autumn", "winter"]), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_seasons(name: str, published: date) -> None:
    assert cal.neighbouring_season(name, published, is_next=False).end < published
    assert cal.neighbouring_season(name, published, is_next=True).start > published
    assert cal.nearest_season(name, published).start <= published
    assert cal.nearest_season(name, published, is_future=True).end >= published


LONG_LINES = ["1", " ", ",", "1,", "1 ", "May ", "3 May ", "in the ", "two days later ", "1-", "3.5.", "12:00 ", "\n",
              "week of ", "the first ", "on Monday and ", "since ", "from May to "]  # fmt: skip


@pytest.mark.parametrize("part", LONG_LINES)
def test_long_lines_are_quick(part: str) -> None:
    text = (part * 30_000)[:30_000]
    start = time.process_time()
    find_dates(text, PUBLISHED)
    assert time.process_time() - start < 30  # a tenth of a second; going back and forth would take hours
