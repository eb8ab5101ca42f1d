"""Verbs of saying whose speaker the arcs point at faintly. All texts are EXERCISE."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reading.made import MadeAct, find_words, make_outputs
from tocsin.reading.decoding import Act, find_acts
from tocsin.reading.faint_speakers import name_speakers
from tocsin.reading.labels import ROLES

TEXT = "The mission wrote a note. It complained that gunmen had shot at a car, and the mayor fled."


def read(odds: float, cue: str = "complained", actor: str = "gunmen", **classes: str) -> tuple[Act, str | None]:
    """The act of shooting, with this arc to the mission as its speaker, and the words of its speaker."""
    shot = MadeAct("shot", "ASSAULT", {"actor": [actor], "cue": [cue]}, {"links": "1", **classes})
    wrote = MadeAct("wrote", "ACCUSE", {"actor": ["The mission"]})
    outputs = make_outputs(TEXT, [shot, wrote])
    window = outputs.window
    sides = outputs.from_trigger.reshape(window.words, len(ROLES), window.words)
    word = find_words(window, TEXT, "shot")[0]
    sides[word, ROLES.index("speaker"), find_words(window, TEXT, "The mission")] = odds
    act = name_speakers(find_acts(outputs), outputs, TEXT)[1]
    spoken = [TEXT[window.starts[s.first] : window.ends[s.stop - 1]] for s in act.fillers["speaker"]]
    return act, spoken[0] if spoken else None


def test_somebody_complained() -> None:
    act, speaker = read(-1.5)
    assert speaker == "The mission"
    assert act.fillers["speaker"][0].score == pytest.approx(1 / (1 + np.exp(1.5)), abs=1e-4)


def test_nobody_is_pointed_at() -> None:
    assert read(-5.0)[1] is None


def test_hearsay_needs_nobody() -> None:
    assert read(-1.5, cue="the mayor")[1] is None


def test_without_a_link_nobody_is_named() -> None:
    assert read(-1.5, links="0")[1] is None


def test_who_acts_does_not_report_it() -> None:
    act, speaker = read(-1.5, actor="The mission")
    assert (act.links.name, speaker) == ("0", None)


def test_a_speaker_stays() -> None:
    text = "The army said that rebels fled."
    outputs = make_outputs(
        text, [MadeAct("fled", "RETREAT", {"speaker": ["The army"], "cue": ["said"]}, {"links": "1"})]
    )
    acts = find_acts(outputs)
    assert name_speakers(acts, outputs, text) == acts
