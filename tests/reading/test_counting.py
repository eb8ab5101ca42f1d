"""Counts by words alone: the number, the noun, the fate; what is no count; and which counts an act takes."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.count import Count
from tocsin.reading.counting import find_counts, find_pronoun_fate
from tocsin.reading.inflection import bare_forms, pattern_of
from tocsin.reading.tolling import read_kind
from tocsin.records import EventType

Row = tuple[int, int | None, str | None, str | None]


def rows(text: str) -> list[Row]:
    """Numbers with their nouns and fates, bare singulars left out."""
    return [(c.low, c.high, c.whom, c.fate) for c in find_counts(text) if c.rule != "number-article"]


# --- who belongs together
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A mine killed a farmer and his daughter.", (2, 2, "a farmer and his daughter", "killed")),
        ("Shells killed a woman and her two sons.", (3, 3, "a woman and her two sons", "killed")),
        ("Gunmen killed a herder and his sons.", (3, None, "a herder and his sons", "killed")),
    ],
)
def test_a_person_with_kin_is_one_toll(text: str, expected: Row) -> None:
    assert rows(text) == [expected]


def test_a_person_with_a_car_is_one_person() -> None:
    assert [(c.low, c.whom) for c in find_counts("They took a farmer and his car.")] == [(1, "farmer")]


def test_a_part_and_what_it_is_part_of() -> None:
    part, whole = find_counts("They gave back four of the ten lorries.")
    assert (part.low, part.whom, part.sort) == (4, "lorries", "vehicles")
    assert (whole.low, whole.rule) == (10, "number-plain-whole")


# --- who lives
@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("A driver was shot in the leg.", "injured"),
        ("Two teachers were shot and slightly hurt.", "injured"),
        ("A passenger lost two fingers.", "injured"),
        ("A driver was shot in the head.", "killed"),
    ],
)
def test_who_is_hit_in_a_limb_lives(text: str, fate: str) -> None:
    assert [c.fate for c in find_counts(text)] == [fate]


@pytest.mark.parametrize("text", ["Youths burned 22 houses.", "The party lost 12 towns."])
def test_houses_are_not_hurt(text: str) -> None:
    assert {c.fate for c in find_counts(text)} <= {None}


# --- what is no count
@pytest.mark.parametrize(
    "text",
    [
        "At about eleven, they marched.", "Around ten, they marched.", "They came. By nine in the evening they left.",
        "They stole 300 head of cattle.",
    ],
)  # fmt: skip
def test_hours_and_herds_are_no_tolls(text: str) -> None:
    assert rows(text) == []


def test_a_count_that_opens_a_sentence_is_no_hour() -> None:
    assert [r[0] for r in rows("The dead stood at nine, he said. Around ten people marched.")] == [9, 10]


# --- numbers, nouns and fates
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Raiders killed six herders.", (6, 6, "herders", "killed")),
        ("At least 17 people were killed.", (17, None, "people", "killed")),
        ("Six herders from Orle were later found dead.", (6, 6, "herders", "killed")),
        ("Two guards of the Northern Rifles, their hands bound, were shot dead.", (2, 2, "guards", "killed")),
        ("Police are holding some 40 men in a school.", (40, 40, "men", "arrested")),
        ("More than 140 students were detained.", (141, None, "students", "arrested")),
        ("Nearly 7,000 villagers have fled.", (6500, 7000, "villagers", "displaced")),
        ("Some 7,000 villagers were forced to flee.", (7000, 7000, "villagers", "displaced")),
        ("Between eight and 14 traders died.", (8, 14, "traders", "killed")),
        ("A sister spoke of thirty or even forty dead.", (30, 40, None, "killed")),
        ("Dozens of villagers were beaten.", (24, None, "villagers", "injured")),
        ("Several thousand marchers were arrested.", (3000, None, "marchers", "arrested")),
        ("A few hundred marchers were arrested.", (200, None, "marchers", "arrested")),
        ("Several hundred marchers were arrested.", (300, None, "marchers", "arrested")),
        ("Four Green Line peacekeepers were hurt.", (4, 4, "Green Line peacekeepers", "injured")),
        ("The raid cost 12 lives.", (12, 12, "lives", "killed")),
        ("The group counted 212 detentions.", (212, 212, "detentions", "arrested")),
        ("They gave up two hunting rifles.", (2, 2, "hunting rifles", None)),
        ("Some 350,000 Ruvians marched.", (350_000, 350_000, "Ruvians", None)),
        ("Nobody was hurt.", (0, 0, None, "injured")),
        ("No peacekeeper was hurt.", (0, 0, "peacekeeper", "injured")),
        ("Not one fighter was killed.", (0, 0, "fighter", "killed")),
        ("The toll rises to five dead.", (5, 5, None, "killed")),
        ("The toll rose from three to five dead.", (5, 5, None, "killed")),
        ("Gunmen took eleven men off a bus.", (11, 11, "men", "abducted")),
        ("Seventeen of them were arrested.", (17, 17, "of them", "arrested")),
        ("Two of the lorries burned.", (2, 2, "lorries", None)),
        ("Three wounded civilians were flown out.", (3, 3, "wounded civilians", "injured")),
        ("About 50 more were wounded.", (50, 50, None, "injured")),
        ("Five women needed stitches.", (5, 5, "women", "injured")),
        ("They handed over 41 rifles.", (41, 41, "rifles", None)),
        ("More than a dozen people were killed.", (13, None, "people", "killed")),
        ("A couple of hundred marchers were arrested.", (200, None, "marchers", "arrested")),
        ("A couple of dozen marchers were arrested.", (24, None, "marchers", "arrested")),
        ("They did not suffer a single casualty.", (0, 0, "single casualty", "injured")),
        ("A patrol some 90 strong was killed.", (90, 90, "strong", "killed")),
        ("They took 120 of those sacks.", (120, 120, "sacks", "abducted")),
        ("They buried three of those killed.", (3, 3, "of those", "killed")),
        ("Some 800 Marines were killed.", (800, 800, "Marines", "killed")),
        ("Seven traders were taken in for questioning.", (7, 7, "traders", "arrested")),
        ("Gunmen gunned down 22 guards.", (22, 22, "guards", "killed")),
        ("Half a million people fled.", (500_000, 500_000, "people", "displaced")),
        ("About 100 000 people fled.", (100_000, 100_000, "people", "displaced")),
        ("1.5 million people fled.", (1_500_000, 1_500_000, "people", "displaced")),
        ("Five to seven thousand men marched.", (5000, 7000, "men", None)),
        ("5-7,000 men marched.", (5000, 7000, "men", None)),
        ("The toll was revised down from 50 to 45 dead.", (45, 45, None, "killed")),
        ("A handful of men were hurt.", (3, None, "men", "injured")),
        ("Not a single soldier was hurt.", (0, 0, "single soldier", "injured")),
        ("Two 12-year-olds were hurt.", (2, 2, "12-year-olds", "injured")),
        ("Four of the gravely wounded were flown out.", (4, 4, None, None)),
        ("The number of people killed rose to seven overnight, up from six.", (7, 7, None, "killed")),
        ("The ministry puts the dead of Friday's riot in Orle at 18.", (18, 18, None, "killed")),
        ("The toll stands at 40.", (40, 40, None, "killed")),
        ("The number taken into custody stood at 713.", (713, 713, None, "arrested")),
        ("He put the losses at 77 dead, where the army had earlier spoken of 63.", (77, 77, None, "killed")),
        ("Thirty peacekeepers were hurt, five more than first given.", (30, 30, "peacekeepers", "injured")),
        ("Troops fired at a crowd of some 1,500 people.", (1500, 1500, "people", None)),
        ("Six rebels were neutralised.", (6, 6, "rebels", "killed")),
    ],
)
def test_counts(text: str, expected: Row) -> None:
    assert rows(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Raiders killed three soldiers and two clerks.",
            [(3, 3, "soldiers", "killed"), (2, 2, "clerks", "killed")],
        ),
        (
            "Six guards were killed and three others were hurt.",
            [(6, 6, "guards", "killed"), (3, 3, "others", "injured")],
        ),
        (
            "The blast killed eleven people and wounded five.",
            [(11, 11, "people", "killed"), (5, 5, None, "injured")],
        ),
        (
            "Thirty of them stormed three posts and killed at least 16 people.",
            [(30, 30, "of them", None), (3, 3, "posts", None), (16, None, "people", "killed")],
        ),
    ],
)
def test_fates_are_told_apart(text: str, expected: list[Row]) -> None:
    assert [(low, high, whom, None if whom == "posts" else fate) for low, high, whom, fate in rows(text)] == expected


@pytest.mark.parametrize(
    "text", ["A patrol was ambushed.", "The clinic named Ana Vels, 27, and Ivo Marn, 24. It is shut."]
)
def test_a_group_and_an_age_are_no_count(text: str) -> None:
    assert find_counts(text) == ()


def test_who_is_shot_at_need_not_be_hit() -> None:
    assert rows("Two policemen were shot at.") == [(2, 2, "policemen", None)]


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        ("Police arrested him on Tuesday.", "arrested"),
        ("She was shot dead at dawn.", "killed"),
        ("He said that the mine was closed.", None),
        ("The raid killed his brother.", None),
    ],
)
def test_what_became_of_somebody_told_by_a_pronoun(text: str, fate: str | None) -> None:
    assert find_pronoun_fate(text) == fate


def test_a_bare_singular_counts_one() -> None:
    (count,) = find_counts("A soldier was killed by the mayor.")
    assert (count.low, count.high, count.whom, count.fate, count.rule) == (1, 1, "soldier", "killed", "number-article")


def test_an_age_before_the_noun_is_part_of_who_is_counted() -> None:
    (count,) = find_counts("A 16-year-old boy was killed.")
    assert (count.low, count.whom, count.fate) == (1, "16-year-old boy", "killed")


def test_a_list_shares_one_fate_past_of_phrases() -> None:
    counts = find_counts("The blast killed four members of the frontier guard and a shepherd.")
    assert [(c.low, c.whom, c.fate) for c in counts] == [(4, "members", "killed"), (1, "shepherd", "killed")]


def test_an_unknown_noun_counts_where_its_fate_names_people() -> None:
    (count,) = find_counts("A glazier was shot dead near a bridge.")
    assert (count.whom, count.sort, count.fate) == ("glazier", "people", "killed")


def test_singular_and_number_add_up() -> None:
    counts = find_counts("The crowd held a lieutenant and eleven soldiers.")
    assert [(c.low, c.rule) for c in counts] == [(1, "number-article"), (12, "number-sum"), (11, "number-plain")]
    assert counts[1].whom == "a lieutenant and eleven soldiers"


def test_numbers_side_by_side_stay_apart() -> None:
    counts = find_counts("Eleven officers and at least two marchers died.")
    assert [(c.low, c.high, c.fate) for c in counts] == [(11, 11, "killed"), (2, None, "killed")]


@pytest.mark.parametrize("text", ["Four were hurt, one of them fatally.", "Nine died, among them four guards."])
def test_parts_are_marked(text: str) -> None:
    whole, part = find_counts(text)
    assert not whole.rule.endswith("-part")
    assert part.rule.endswith("-part")


def test_a_part_shares_the_fate_of_its_whole() -> None:
    counts = find_counts("Shells killed 12 people, among them three children, and wounded nine.")
    assert [(c.low, c.fate) for c in counts] == [(12, "killed"), (3, "killed"), (9, "injured")]


def test_a_full_bus_is_no_toll() -> None:
    bus, people = find_counts("A bus carrying 20 people was seized.")
    assert (bus.kinds, people.kinds, people.fate) == (("vehicles",), ("participants",), None)


def test_captors_and_police_share_their_words() -> None:
    (count,) = find_counts("They captured nine soldiers.")
    assert count.kinds[:2] == ("arrested", "abducted")
    assert (read_kind(count, "ASSAULT"), read_kind(count, "COERCE")) == ("abducted", "arrested")


# --- what is no count
@pytest.mark.parametrize(
    "text",
    [
        "A 24-year-old was seen.",
        "Ana Vels, 34, spoke.",
        "He was aged 19.",
        "A man of 34 spoke.",
        "A girl of fifteen spoke.",
        "They spoke, none loudly.",
        "Cases 59/75 were closed.",
        "In 2019 it began.",
        "It was 14:30.",
        "At 6 p.m. and five o'clock.",
        "It rose by 12% and 3 per cent.",
        "It cost $300 and 40 euros.",
        "They walked 12 kilometres for three hours.",
        "Two square miles of land.",
        "Resolution 1701 and highway 42.",
        "On May 12 and 13 June it rained.",
        "The 5th and the third.",
        "A two-month truce.",
        "The mayor spoke to the guard.",
        "Not 32 but more.",
        "They won 4-0.",
        "They dug in for a day.",
    ],
)
def test_no_count(text: str) -> None:
    assert rows(text) == []


# --- tolls of an act
@pytest.mark.parametrize(
    ("text", "type_", "mode", "expected"),
    [
        ("A guard was killed and five clerks were hurt.", "ASSAULT", None, ["killed", "injured"]),
        ("Gunmen killed three men.", "ASSAULT", "firearms", ["killed"]),
        ("Police picked up 43 men.", "COERCE", "arrest", ["arrested"]),
        ("Gunmen snatched two nurses.", "ASSAULT", "abduct", ["abducted"]),
        ("No civilian was harmed.", "ASSAULT", None, ["injured"]),
        ("About 60 women closed the road.", "PROTEST", "obstruct", ["participants"]),
        ("The army sent 600 men and two frigates.", "MOBILIZE", "troops", ["participants", "vehicles"]),
        ("Forty fighters handed in 37 rifles.", "RETREAT", "disarm", ["participants", "weapons"]),
        ("The strike burned two lorries.", "ASSAULT", "drone", ["vehicles"]),
        ("Some 300 families have moved to the far bank.", "ASSAULT", None, ["displaced"]),
        # nothing said of them: what the act does, by its mode before its type
        ("Police put the figure at three.", "ASSAULT", None, ["killed"]),
        ("Two young men came back with marks on their backs.", "ASSAULT", "beat", ["injured"]),
        ("Eleven conscripts.", "ASSAULT", "abduct", ["abducted"]),
        ("Some 400 teenagers.", "COERCE", "deport", ["displaced"]),
    ],
)
def test_kinds(text: str, type_: EventType, mode: str | None, expected: list[str]) -> None:
    assert [read_kind(c, type_, mode) for c in find_counts(text)] == expected


# --- word forms
@pytest.mark.parametrize(
    ("word", "bare"),
    [("lorries", "lorry"), ("children", "child"), ("policemen", "policeman"), ("buses", "bus"), ("fled", "flee")],
)
def test_bare_forms(word: str, bare: str) -> None:
    assert bare in bare_forms(word)


# --- properties
_WORDS = (
    "a an one two 5 1,000 2019 14:30 $3 dozens of several hundred at least more than from to between and or nobody no "
    "soldier soldiers people rifles lorries them were was killed killing wounded arrested shot dead fled took , . \n "
    "A Ana not including year-old kilometres the"
)
TEXTS = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=24).map(" ".join)


def check(text: str, counts: tuple[Count, ...]) -> None:
    for count in counts:
        assert count.number.cut(text).strip()
        assert count.span.contains(count.number)
        assert count.span.end <= len(text)
        assert count.high is None or 0 <= count.low <= count.high
        assert len(set(count.kinds)) == len(count.kinds)
        assert count.whom is None or count.whom in text
        assert count.fate is None or count.fate in count.kinds
    plain = [c for c in counts if c.rule != "number-sum"]
    assert all(a.number.end <= b.number.start for a, b in pairwise(plain))


@given(TEXTS)
def test_counts_are_sound(text: str) -> None:
    counts = find_counts(text)
    check(text, counts)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text, find_counts(text))


@given(st.text(st.characters(categories=("Ll",)), min_size=2, max_size=12))
def test_patterns_find_the_word_itself(word: str) -> None:
    assert re.fullmatch(pattern_of(word), word)


LONG_LINES = ["1", " ", ",", "1,", "1 ", "1,000 ", "a ", "one of them, ", "killed ", "dozens of ", "2 men and ",
              "from 1 to ", "a man ", "five men, who ", "1-2-", "\n", "not one ", "hundred "]  # fmt: skip


@pytest.mark.parametrize("part", LONG_LINES)
def test_long_lines_are_quick(part: str) -> None:
    text = (part * 30_000)[:30_000]
    start = time.process_time()
    find_counts(text)
    assert time.process_time() - start < 30  # a tenth of a second; going back and forth would take hours
