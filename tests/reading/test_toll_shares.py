"""How often a count is a toll, before the arcs are asked."""

from __future__ import annotations

import pytest

from tocsin.reading.counting import find_counts
from tocsin.reading.rules import Draft
from tocsin.reading.toll_shares import Clause, Standing, expect_toll
from tocsin.reading.tolling import read_kind
from tocsin.records import EventType, Evidence, Modality, Party, Span


def expect(
    text: str,
    type_: EventType,
    mode: str | None = None,
    *,
    recipient: str = "",
    actor: str = "",
    modality: Modality = "actual",
    standing: Standing = "inside",
    which: int = 0,
) -> float:
    def parties(words: str) -> list[Party]:
        at = text.find(words)
        return [Party(words, None, None, Span(at, at + len(words)))] if words else []

    count = find_counts(text)[which]
    clause = Clause(
        Draft(type_, mode, modality, ()), Evidence.cut_from(text, 0, len(text)), parties(actor), parties(recipient)
    )
    return expect_toll(count, read_kind(count, type_, mode) or "killed", clause, standing)


def test_a_word_of_the_fate_makes_a_count_a_toll() -> None:
    assert expect("Gunmen killed 14 men.", "ASSAULT", recipient="14 men") > 0.9
    assert expect("Gunmen fired at 14 men.", "ASSAULT", recipient="14 men") < 0.9
    assert expect("Gunmen fired as 14 men stood by.", "ASSAULT") < 0.7


def test_those_who_are_let_go_are_seldom_counted() -> None:
    released = expect("They released 14 men.", "RETREAT", "release", recipient="14 men")
    arrested = expect("Police rounded on 14 men.", "COERCE", "arrest", recipient="14 men")
    assert released < 0.2 < 0.8 < arrested


def test_a_seizure_counts_rifles_and_no_owners() -> None:
    text = "Police seized nine rifles from 14 men."
    rifles, men = (expect(text, "COERCE", "seize", recipient="14 men", which=i) for i in (0, 1))
    assert men < 0.3 < rifles


def test_who_will_be_sent_is_told_like_who_was() -> None:
    text = "The army will send 40 men."
    assert expect(text, "MOBILIZE", modality="planned") == expect(text, "MOBILIZE")
    assert expect(text, "ASSAULT", modality="planned") < expect(text, "ASSAULT")


def test_a_part_counts_and_what_it_is_part_of_does_not() -> None:
    part, whole = (expect("They gave back four of the ten lorries.", "RETREAT", which=i) for i in (0, 1))
    assert whole < 0.2 < part


def test_one_of_several_told_is_seldom_told_again() -> None:
    text = "Gunmen seized four men, among them a German driver."
    assert expect(text, "ASSAULT", "abduct", which=1) < 0.5


@pytest.mark.parametrize(
    ("text", "type_", "share"),
    [
        ("A policeman was wounded.", "ASSAULT", 0.85),
        ("About 120 marched.", "PROTEST", 0.4),
        ("A policeman stood by.", "ASSAULT", 0.1),
    ],
)
def test_what_is_said_next_counts_where_it_goes_on_about_the_act(text: str, type_: EventType, share: float) -> None:
    assert expect(text, type_, standing="next") == share
    assert expect(text, type_, standing="outside") == 0.1
