"""A place goes up at once and comes down slowly; noise does not move it, and silence calms nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warning.district import DAY, NOW
from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.policy import load_alert_policy
from tocsin.records import Alert, Stage, Tension, TensionState
from tocsin.warning.stages import STAGES, set_stages

POLICY = load_alert_policy()


def make_days(*surprises: float | None, level: float = 50.0, state: TensionState = "sources-silent") -> list[Tension]:
    """One row a day; None is a day without a score."""
    return [
        Tension("g:a", "A", DAY + timedelta(n), 0.0, 0.0, level, s, None, state if s is None else "scored")
        for n, s in enumerate(surprises)
    ]


def make_alert(precedence: str, first: int, last: int, **fields: object) -> Alert:
    began, day = DAY + timedelta(first), DAY + timedelta(last)
    alert = Alert(
        "alt_1", "a-rule", "rules/1", "t", "h", "g:a", "A", precedence, began, day, "firing", NOW, "c"  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(alert, **fields)  # type: ignore[arg-type]


def stages_of(tensions: list[Tension], *alerts: Alert) -> list[Stage | None]:
    return [t.stage for t in set_stages(tensions, alerts, POLICY)]


def test_up_at_once_down_after_three_quiet_days() -> None:
    assert stages_of(make_days(0.2, 2.5, 2.0, 1.1, 1.1, 1.1, 0.1, 0.1, 0.1, 0.1)) == [
        "calm", "alert", "alert", "alert", "alert", "watch", "watch", "watch", "calm", "calm",
    ]  # fmt: skip


def test_what_came_down_does_not_go_up_again_for_three_days_by_surprise_alone() -> None:
    down = (2.5, 0.1, 0.1, 0.1)
    assert stages_of(make_days(*down, 2.5, 2.5, 2.5)) == ["alert"] * 3 + ["calm"] * 3 + ["alert"]
    assert stages_of(make_days(*down, 1.5, 1.5, 1.5)) == ["alert"] * 3 + ["calm"] * 3 + ["watch"]
    # days without a score pass as well
    assert stages_of(make_days(*down, None, None, 2.5)) == ["alert"] * 3 + ["calm"] * 3 + ["alert"]


def test_graver_than_before_or_an_alert_raises_it_at_once() -> None:
    down = (2.5, 0.1, 0.1, 0.1)
    assert stages_of(make_days(*down, 4.5))[-2:] == ["calm", "crisis"]
    assert stages_of(make_days(*down, 0.1), make_alert("PRIORITY", 4, 4))[-2:] == ["calm", "watch"]
    assert stages_of(make_days(*down, 2.5), make_alert("IMMEDIATE", 4, 4))[-2:] == ["calm", "alert"]


def test_a_quiet_day_between_loud_ones_counts_anew() -> None:
    assert stages_of(make_days(2.5, 1.0, 1.0, 1.3, 1.0, 1.0)) == ["alert"] * 6


def test_a_surprise_at_a_low_level_raises_nothing() -> None:
    assert stages_of(make_days(5.0, 5.0, level=3.0)) == ["calm", "calm"]
    assert stages_of(make_days(5.0, level=20.0)) == ["alert"]


def test_an_alert_holds_a_place_as_long_as_it_fires() -> None:
    days = make_days(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    assert stages_of(days, make_alert("FLASH", 1, 3)) == ["calm", *["crisis"] * 5, "calm", "calm"]
    assert stages_of(days, make_alert("FLASH", 1, 3, state="retracted")) == ["calm"] * 8
    assert stages_of(days, make_alert("FLASH", 1, 3, speaks="against")) == ["calm"] * 8
    assert stages_of(days, make_alert("ROUTINE", 1, 3)) == ["calm"] * 8


def test_not_to_have_heard_is_no_calm() -> None:
    assert stages_of(make_days(2.5, None, None, None, None, None)) == ["alert"] * 6
    assert stages_of(make_days(None, None, state="too-little-history")) == [None, None]


def test_each_day_says_why() -> None:
    rows = set_stages(make_days(2.5, 1.0, 1.0, 1.0), [make_alert("IMMEDIATE", 0, 0)], POLICY)
    told = [row.reasons[-1].detail for row in rows]
    assert told[0] == "alert: IMMEDIATE alert a-rule fires"
    assert told[1] == "alert: quiet day 1 of the 3 that are needed to go down"
    assert told[3] == "watch: down from alert after 3 quiet days"
    assert rows[3].reasons[-2].detail == (
        "came down from alert today: for 3 days in all only an alert, or a higher stage than that, raises it"
    )


@given(st.lists(st.one_of(st.none(), st.floats(0, 8)), min_size=2, max_size=40), st.data())
def test_going_on_from_any_day_gives_what_one_run_gives(surprises: list[float | None], data: st.DataObject) -> None:
    days = make_days(*surprises)
    whole = set_stages(days, (), POLICY)
    cut = data.draw(st.integers(1, len(days) - 1))
    rest = set_stages(days[cut:], (), POLICY, earlier={"g:a": whole[cut - 1]})
    assert rest == whole[cut:]


@given(st.floats(0, 6), st.integers(0, 10_000))
def test_ten_per_cent_of_noise_never_flaps(surprise: float, seed: int) -> None:
    noise = random.Random(seed)
    rows = stages_of(make_days(*(surprise * noise.uniform(0.9, 1.1) for _ in range(120))))
    ranks = [STAGES.index(stage or "calm") for stage in rows]
    assert all(after >= before for before, after in pairwise(ranks))


@given(st.lists(st.floats(0, 3.9), min_size=2, max_size=60))
def test_no_step_is_undone_in_fewer_than_three_days_by_surprise(surprises: list[float]) -> None:
    ranks = [STAGES.index(stage or "calm") for stage in stages_of(make_days(*surprises, level=39.0))]
    steps = [(day, after - before) for day, (before, after) in enumerate(pairwise(ranks)) if after != before]
    for (first, one), (second, other) in pairwise(steps):
        is_higher = other > 0 and ranks[second + 1] > ranks[first]
        assert one * other > 0 or second - first >= POLICY.quiet_days or is_higher


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("leave_surprise = 1.2", "leave_surprise = 2.3", ["stage.alert", "lower than enter_surprise"]),
        ("enter_surprise = 2.3", "enter_surprise = 1.25", ["stage.alert", "higher than that of the stage below"]),
        ("enter_surprise = 4.0\nleave_surprise = 2.0", "enter_surprise = 2.0\nleave_surprise = 1.0",
         ["stage.crisis", "higher than that of the stage below"]),
        ("wait_seconds = 30", "wait_second = 30", ["precedence.PRIORITY", "wait_second", "is unknown"]),
        ("hour = 6", "hour = 24", ["digest", "0 to 23"]),
        ('zone = "UTC"', 'zone = "Europe/Orle"', ["digest", "Europe/Orle", "no time zone that this system knows"]),
        ('zone = "UTC"', 'zone = "../passwd"', ["digest", "no time zone"]),
        ('width = "region"', 'width = "planet"', ["group", "planet", "settlement"]),
        ('precedences = ["FLASH"]', 'precedences = ["LOUD"]', ["stage.crisis", "LOUD", "IMMEDIATE"]),
        ("fresh_days = 3", "fresh_days = 3\nsalt = 1", ["group: salt", "is unknown"]),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_by_file_and_key(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    sound = read_knowledge("alert_policy.toml")
    assert old in sound
    faulty = tmp_path / "mine.toml"
    faulty.write_text(sound.replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        load_alert_policy(faulty)
    for word in ["mine.toml", *words]:
        assert word in str(refusal.value)
