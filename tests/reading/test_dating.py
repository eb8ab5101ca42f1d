"""Which of an article's dates an act has: what a date means for it, and how dates are weighed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.reading.made import MadeAct, make_outputs
from tocsin.errors import KnowledgeError
from tocsin.reading.composing import compose_claim
from tocsin.reading.date_weights import DATE_CUES, NONE_CUES, load_date_weights
from tocsin.reading.dating import DateOption, DateOptions, add_told_before, choose_date
from tocsin.reading.decoding import find_acts
from tocsin.reading.reader import make_setting, make_words
from tocsin.reading.scene import make_scene
from tocsin.records import Article, Claim, PartialDate

PUBLISHED = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)  # a Sunday
WORDS = make_words()
MONDAY, FRIDAY = (PartialDate.of_day(date(2022, 7, day)) for day in (25, 29))


def read(text: str, act: MadeAct) -> tuple[Claim, DateOptions]:
    outputs = make_outputs(text, [act])
    setting = make_setting(Article("art-1", text, PUBLISHED, published_at=PUBLISHED), WORDS, "made/1")
    (found,) = find_acts(outputs)
    return compose_claim(found, make_scene(outputs, setting))


def date_of(text: str, trigger: str, type_: str, points: str, modality: str = "actual") -> str:
    claim, _ = read(text, MadeAct(trigger, type_, {"date": [points]}, {"modality": modality}))
    return str(claim.date)


def option(when: PartialDate, **cues: float) -> DateOption:
    return DateOption(when, "words", "date-weekday", cues)


# --- what a date means for an act
def test_a_promise_that_hangs_on_an_if_is_dated_by_its_deed() -> None:
    text = "The envoy will visit the sheikh on Tuesday if he is given a pass."
    assert date_of(text, "visit", "AGREE", "on Tuesday", "conditional") == "2022-08-02"
    assert date_of(text, "visit", "THREATEN", "on Tuesday", "conditional") == "2022-07-26"


@pytest.mark.parametrize("type_", ["REQUEST", "THREATEN", "AGREE"])
@pytest.mark.parametrize("deadline", ["by Friday", "until Friday", "within ten days", "before Friday"])
def test_a_deadline_is_not_the_day_it_was_set(type_: str, deadline: str) -> None:
    text = f"Guards told them to leave {deadline}."
    assert date_of(text, "told", type_, deadline) == "None"
    assert date_of("Guards told them on Friday to leave.", "told", type_, "on Friday") == "2022-07-29"


def test_what_is_planned_by_a_day_runs_until_it() -> None:
    assert date_of("They will leave by Friday.", "leave", "RETREAT", "by Friday", "planned") == "2022-07-31..2022-08-05"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Truckers called a two-day strike from Tuesday.", "2022-08-02..2022-08-03"),
        ("Truckers called a 72-hour strike from Tuesday.", "2022-08-02..2022-08-04"),
        ("Truckers will strike from Tuesday for ten days.", "2022-08-02..2022-08-11"),
        ("Truckers called a 24-hour strike from Tuesday.", "2022-08-02"),
        ("Truckers called a 0-day strike from Tuesday.", "2022-08-02"),
    ],
)
def test_a_plan_lasts_as_long_as_it_says(text: str, when: str) -> None:
    assert date_of(text, "strike", "PROTEST", "from Tuesday", "planned") == when
    assert date_of(text, "strike", "PROTEST", "from Tuesday") == "2022-07-26"


@pytest.mark.parametrize(
    ("text", "trigger", "points", "when"),
    [
        ("Nine were killed since fighting broke out in May.", "killed", "in May", "2022-05-01..2022-07-31"),
        ("Nine were killed since fighting broke out in May.", "broke", "in May", "2022-05"),
        ("Since the pact of 4 May, nine were killed.", "killed", "4 May", "2022-05-04..2022-07-31"),
        ("Since the pact of 4 May, nine were killed.", "pact", "4 May", "2022-05-04"),
        ("Guards left since a 2019 pact on patrols.", "patrols", "2019", "2019"),
        ("The road is shut since Monday, when guards fired.", "shut", "since Monday", "2022-07-25..2022-07-31"),
        ("The road is shut since Monday, when guards fired.", "fired", "since Monday", "2022-07-25"),
        ("Guards freed nine, the first release since the pact of 4 May.", "freed", "4 May", "None"),
        ("Two came on Monday. Nobody has left the place since.", "left", "since", "2022-07-25..2022-07-31"),
    ],
)
def test_since_marks_a_stretch_for_what_has_gone_on(text: str, trigger: str, points: str, when: str) -> None:
    """EXERCISE."""
    assert date_of(text, trigger, "COERCE", points) == when


# --- weighing
def test_the_likelier_date_is_taken_and_told_with_its_chance() -> None:
    none = {"nothing": 1.0, "ASSAULT": 1.0}
    when, why = choose_date([option(MONDAY, pointed=5.0), option(FRIDAY, pointed=-5.0)], none)
    assert when == MONDAY
    assert why is not None
    assert (why.rule, why.version) == ("date-weekday", load_date_weights().version)
    assert why.weight is not None
    assert 0.5 < why.weight <= 1
    assert choose_date([], none) == (None, None)
    assert choose_date([option(FRIDAY, pointed=-6.9)], none | {"words": 1.0, "ACCUSE": 1.0}) == (None, None)


def test_two_tellings_of_one_date_count_together() -> None:
    faint = {"pointed": 0.9, "pointed-most": 0.9}
    none: Mapping[str, float] = {"words": 1.5}
    assert choose_date([option(MONDAY, **faint)], none)[0] is None
    assert choose_date([option(MONDAY, **faint)] * 8, none)[0] == MONDAY


def test_the_date_told_before_joins_where_the_window_lacks_it() -> None:
    told = [option(FRIDAY, pointed=-3.0)]
    assert add_told_before(told, None, {}) == told
    same = add_told_before(told, FRIDAY, {"told-before": 1.0})
    assert [o.cues for o in same] == [{"pointed": -3.0, "told-before": 1.0}]
    both = add_told_before(told, MONDAY, {"told-before": 1.0})
    assert [o.when for o in both] == [FRIDAY, MONDAY]
    assert choose_date(both, {"nothing": -9.0})[1] is not None


def test_all_cues_have_weights() -> None:
    table = load_date_weights()
    assert (set(table.date), set(table.none)) == (set(DATE_CUES), set(NONE_CUES))
    text = "ORLE, July 30 (Agency) - Rebels have since Friday burned the mill."
    _, dates = read(text, MadeAct("burned", "ASSAULT", {"date": ["since Friday"]}))
    assert {cue for o in dates.options for cue in o.cues} <= set(DATE_CUES)
    assert set(dates.none) <= set(NONE_CUES)


@pytest.mark.parametrize("broken", ["version = '1'", "[date]\npointed = 1\n[none]\nnothing = 0"])
def test_a_table_that_lacks_a_weight_is_refused(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(broken, "utf-8")
    with pytest.raises(KnowledgeError, match="must hold exactly"):
        load_date_weights(path)


@pytest.mark.parametrize("value", ["'much'", "true", "nan", "inf"])
def test_what_is_no_number_is_refused_as_a_weight(value: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text("[date]\n" + "".join(f"{cue} = {value}\n" for cue in DATE_CUES), "utf-8")
    with pytest.raises(KnowledgeError, match="must be a number"):
        load_date_weights(path)
