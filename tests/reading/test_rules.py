"""What the codebook decides after the encoder."""

from __future__ import annotations

from typing import get_args

import pytest

from tocsin.knowledge.plover import load_ontology
from tocsin.reading.rules import Draft, apply_rules
from tocsin.records import EventType, Modality


@pytest.mark.parametrize(
    ("type_", "later"),
    [
        ("CONSULT", "AGREE"), ("COOPERATE", "AGREE"), ("AID", "AGREE"), ("SUPPORT", "AGREE"), ("RETREAT", "CONCEDE"),
        ("ASSAULT", "ASSAULT"), ("PROTEST", "PROTEST"), ("MOBILIZE", "MOBILIZE"), ("THREATEN", "THREATEN"),
    ],
)  # fmt: skip
def test_cooperation_that_lies_ahead(type_: EventType, later: EventType) -> None:
    done = apply_rules(Draft(type_, None, "planned"))
    assert done.type == later
    assert done.modality == "planned"
    assert [r.rule for r in done.reasons] == (["future-cooperation"] if later != type_ else [])
    if later != type_:
        assert type_ in done.reasons[0].detail
        assert later in done.reasons[0].detail


@pytest.mark.parametrize("modality", [m for m in get_args(Modality) if m != "planned"])
def test_what_does_not_lie_ahead_keeps_its_type(modality: Modality) -> None:
    assert apply_rules(Draft("CONSULT", None, modality)) == Draft("CONSULT", None, modality)


@pytest.mark.parametrize("type_", get_args(EventType))
@pytest.mark.parametrize("modality", get_args(Modality))
def test_only_modes_of_the_type_stay(type_: EventType, modality: Modality) -> None:
    modes = load_ontology().types
    for mode in (None, "none", "lantern", *modes[type_].modes):
        done = apply_rules(Draft(type_, mode, modality))
        assert done.mode is None or done.mode in modes[done.type].modes
        if mode in modes[type_].modes and done.type == type_:
            assert done.mode == mode
        # once is enough
        assert apply_rules(done) == done
