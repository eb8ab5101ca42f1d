"""Dealings add up: every incident is counted once, in whatever order, and the lists behind the numbers hold as many."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tests.conftest import Places
from tests.store.worlds import START, make_article, make_claim, make_incident, make_link
from tocsin.desk.dealings import (
    MOST_PERIODS,
    SORT_KEYS,
    Dealing,
    count_as,
    list_periods,
    parse_sort,
    show_dealings,
    sort_dealings,
    sum_dealings,
)
from tocsin.errors import RecordError
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Filter, Incident, PartialDate, Party
from tocsin.records.filters import NOBODY, fold_party_words, list_wordings, make_party_key
from tocsin.store import open_store

#: Words as no editor would let them pass: each must find its own list again.
ODD = (
    "the police", "The  Police", "police", "THE\nPOLICE", "the the police", "the", "an", "", "  ", "villagers\u00a0",
    "Đorđe", "ĐORĐE", "a \u2003 b", "words:police", "nobody", "XKX/COP", "'; drop", "%", "_", '"]', "\\",
    "\ue000\ue001x",
    "the " + "long words " * 30, "ab" * 200, "<b>farmers</b>",
)  # fmt: skip


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    one = draw(strategies.incidents())
    sides = st.lists(st.builds(Party, st.sampled_from(ODD), st.sampled_from([None, "XVA"]),
                               st.sampled_from([None, "COP"])), max_size=2).map(tuple)  # fmt: skip
    return replace(
        one,
        actor=draw(sides),
        recipient=draw(sides),
        modality=draw(st.sampled_from(["actual", "actual", "planned", "conditional", "negated"])),
        state=draw(st.sampled_from(["reported", "disputed", "denied", "retracted"])),
        is_faint=draw(st.booleans()),
        is_exercise=draw(st.booleans()),
    )


@given(st.lists(incidents(), max_size=25), st.randoms())
def test_every_incident_is_counted_once_in_any_order(told: list[Incident], rng: random.Random) -> None:
    summed = sum_dealings(told)
    counts: Counter[str | None] = Counter(count_as(i) for i in told)
    for kind, whole in (
        ("incidents", "deed"),
        ("denied", "denied"),
        ("planned", "planned"),
        ("conditional", "conditional"),
    ):
        assert sum(getattr(d, kind) for d in summed.dealings) == counts[whole]  # type: ignore[index]
    assert (summed.deeds, summed.left_out, summed.read) == (counts["deed"], counts[None], len(told))
    for dealing in summed.dealings:
        assert sum(t.incidents for t in dealing.types) == dealing.incidents >= sum(dealing.by_period)
        assert dealing.incidents >= dealing.disputed
        assert dealing.hostile >= 0 <= dealing.cooperative
        assert len(dealing.by_period) == len(summed.periods)
    shuffled = list(told)
    rng.shuffle(shuffled)
    assert sum_dealings(shuffled) == summed


@given(st.lists(incidents(), max_size=25))
def test_what_an_exercise_invents_joins_nothing_real(told: list[Incident]) -> None:
    whole = sum_dealings(told)
    for realm, is_exercise in (("real", False), ("exercise", True)):
        alone = sum_dealings(i for i in told if i.is_exercise == is_exercise)
        mine = [d for d in whole.dealings if d.realm == realm]
        assert [replace(d, by_period=()) for d in alone.dealings] == [replace(d, by_period=()) for d in mine]


def make_deed(actor: Party, recipient: Party | None, **given: object) -> Incident:
    claim = make_claim(make_article(1))
    sides = {"actor": (actor,), "recipient": (recipient,) if recipient else ()}
    return make_incident([claim], START, **(sides | given))


def test_a_denial_or_a_plan_is_no_deed() -> None:
    police, farmers = Party("the police", "XVA", "COP"), Party("farmers")
    told = [
        make_deed(police, farmers, type="ASSAULT"),
        make_deed(police, farmers, type="ASSAULT", state="disputed"),
        make_deed(police, farmers, type="ASSAULT", modality="planned"),
        make_deed(police, farmers, type="ASSAULT", modality="conditional"),
        make_deed(police, farmers, type="ASSAULT", modality="negated", state="denied"),
        make_deed(police, farmers, type="AID"),
        make_deed(police, farmers, type="AID", is_faint=True),
        make_deed(police, farmers, type="AID", state="retracted"),
    ]
    summed = sum_dealings(told)
    (only,) = summed.dealings
    assert (only.incidents, only.disputed, only.planned, only.conditional, only.denied) == (3, 1, 1, 1, 1)
    assert summed.left_out == 2
    assert [(t.type, t.incidents) for t in only.types] == [("ASSAULT", 2), ("AID", 1)]
    assert only.hostile > only.cooperative > 0


def test_a_party_stands_under_its_codes_with_its_words_most_frequent_first() -> None:
    names = ["Orle police", "policemen", "Orle police", "officers"]
    (only,) = sum_dealings(make_deed(Party(name, "XVA", "COP"), None) for name in names).dealings
    assert only.actor.names == ("Orle police", "officers", "policemen")
    assert (only.actor.key, only.actor.country, only.actor.sector) == ("XVA/COP", "XVA", "COP")
    assert only.recipient.key == NOBODY
    assert not only.is_between_named


def test_a_party_without_codes_stands_under_its_own_words() -> None:
    for same in ("villagers", "The Villagers", "the\n villagers ", "a villagers"):
        assert make_party_key([Party(same)]) == "words:villagers"
    assert make_party_key([Party("x/y")]) == "words:x/y"
    (only,) = sum_dealings([make_deed(Party("x/y"), Party("words:a/b"))]).dealings
    assert only.actor.country is only.recipient.country is None


@given(st.text(max_size=40) | st.sampled_from(ODD))
def test_the_wordings_of_a_key_are_those_that_fold_to_it(text: str) -> None:
    words = fold_party_words(text)
    assert all(fold_party_words(wording) == words for wording in list_wordings(words))
    assert not words or list_wordings(words)


@given(st.lists(strategies.days, max_size=8))
def test_periods_end_with_the_last_day_and_have_no_gap(days: list[date]) -> None:
    step, periods = list_periods(days)
    assert len(periods) <= MOST_PERIODS
    assert list(periods) == sorted(set(periods))
    if days:
        assert periods[-1] <= max(days)
        assert step == "month" or all(b - a == timedelta(days=7) for a, b in pairwise(periods))
        assert len(periods) == MOST_PERIODS or periods[0] <= min(days)


def test_a_short_time_is_told_by_weeks() -> None:
    assert list_periods([date(2031, 3, 1), date(2031, 3, 12)]) == (
        "week", (date(2031, 2, 24), date(2031, 3, 3), date(2031, 3, 10)))  # fmt: skip
    assert list_periods([date(2031, 1, 31), date(2031, 6, 1)])[1][:2] == (date(2031, 1, 1), date(2031, 2, 1))


@pytest.mark.parametrize("by", SORT_KEYS)
def test_every_column_orders_the_same_rows(by: str) -> None:
    told = [make_deed(Party(str(n % 3)), Party(str(n % 2)), type=t) for n in range(9) for t in ("AID", "ASSAULT")]
    rows = sum_dealings(told).dealings
    ordered = sort_dealings(rows, parse_sort(by))
    assert sorted(ordered, key=repr) == sorted(rows, key=repr)
    assert sort_dealings(reversed(ordered), parse_sort(by)) == ordered


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(RecordError, match="must be one of incidents"):
        parse_sort("size")


def make_told(number: int, rng: random.Random) -> tuple[Reading, Incident]:
    def make_side() -> tuple[Party, ...]:
        return tuple(
            Party(rng.choice(ODD), rng.choice([None, None, "XVA"]), rng.choice([None, None, "COP"]))
            for _ in range(rng.choice([0, 1, 1, 2]))
        )

    article = make_article(number, is_exercise=number % 5 == 0)
    dated = rng.choice([None, PartialDate.of_day(START.date()), PartialDate.of_week(START.date())])
    claim = make_claim(
        article, type=rng.choice(["AID", "ASSAULT"]), actor=make_side(), recipient=make_side(), date=dated,
        background=rng.random() < 0.2, modality=rng.choice(["actual", "actual", "planned", "conditional", "negated"]),
    )  # fmt: skip
    state = "denied" if claim.modality == "negated" else rng.choice(["reported", "disputed", "retracted", "reported"])
    more = {"state": state, "is_faint": rng.random() < 0.2, "is_exercise": article.is_exercise}
    return Reading(article, (claim,)), make_incident([claim], article.shown_at, **more)


@pytest.fixture(scope="module")
def store(lasting_place: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three hundred incidents between parties with odd names."""
    held = open_store(lasting_place(tmp_path_factory.mktemp("dealings") / "desk.sqlite"))
    rng = random.Random(11)
    told = [make_told(number, rng) for number in range(300)]
    for reading, _ in told:
        held.add_reading(reading)
    links = tuple(make_link(reading.claims[0], incident) for reading, incident in told)
    held.save_derivation(Derivation(incidents=tuple(incident for _, incident in told), links=links))
    yield held
    held.close()


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(with_background=True),
        Filter(type="AID", since=START.date(), until=START.date() + timedelta(days=40)),
        Filter(realm="exercise"),
        Filter(actor="police"),
    ],
)
def test_the_list_behind_each_number_holds_as_many(store: Store, wanted: Filter) -> None:
    view = show_dealings(store, wanted)
    assert view.total == view.read == store.count_incidents(wanted)
    assert view.dealings
    for dealing in view.dealings:
        for counted, number in list_numbers(dealing):
            asked = replace(wanted, by_party=dealing.actor.key, to_party=dealing.recipient.key, realm=dealing.realm,
                            counted=counted, limit=0)  # fmt: skip
            assert store.count_incidents(asked) == len(store.incidents(asked)) == number, asked


def list_numbers(dealing: Dealing) -> list[tuple[str, int]]:
    numbers = (dealing.incidents, dealing.denied, dealing.planned, dealing.conditional)
    return list(zip(("deed", "denied", "planned", "conditional"), numbers, strict=True))


def test_the_page_of_a_filter_does_not_bound_what_is_counted(store: Store) -> None:
    assert show_dealings(store, Filter(limit=3, offset=5)) == show_dealings(store, Filter())
