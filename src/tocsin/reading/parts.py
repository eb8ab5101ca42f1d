"""Parts of the reading on their own, for measuring them: one event of a sentence, attributions, standing of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.reading.composing import cut_span
from tocsin.reading.decoding import Act, find_acts, find_likeliest_act, find_sayings, make_acts
from tocsin.reading.encoder import Encoder
from tocsin.reading.labels import SAYING_ROLES, STANDINGS
from tocsin.reading.outputs import Outputs
from tocsin.reading.rules import apply_rules, draft_act
from tocsin.reading.segments import Segment
from tocsin.records import Span

#: Middle of each class of `STANDINGS` on FactBank's scale from -3 to 3.
_VALUES = np.asarray([3.0, 1.5, 0.0, -3.0])


@dataclass(frozen=True, slots=True)
class PlainAct:
    """An act by its words alone: no dates, places or codes."""

    type: str
    mode: str | None
    modality: str
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class PlainSaying:
    """An attribution: the stretches of text that name who says, the cue's words, and what is said."""

    said_by: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the author holds a word's act for having happened: class and value from -3 to 3."""

    label: str
    value: float


def read_acts(text: str, encoder: Encoder, *, is_single: bool = False) -> list[PlainAct]:
    """The acts of a short text; with `is_single` it is known to hold one, which comes first however faint it is."""
    found: list[PlainAct] = []
    for outputs in encoder.answer(encoder.cut(text)):
        acts = find_acts(outputs)
        if is_single:
            likeliest = find_likeliest_act(outputs)
            acts = [*([likeliest] if likeliest else []), *(a for a in acts if likeliest and a.word != likeliest.word)]
        found += [make_plain_act(act, outputs, text) for act in acts]
    return found


def make_plain_act(act: Act, outputs: Outputs, text: str) -> PlainAct:
    """An act by its words alone."""
    draft = apply_rules(draft_act(act))
    actor, recipient = (
        tuple(span.cut(text) for s in act.fillers[role] if (span := cut_span(s, outputs, text)))
        for role in ("actor", "recipient")
    )
    return PlainAct(draft.type, draft.mode, draft.modality, actor, recipient, act.type.score)


def read_sayings(text: str, encoder: Encoder) -> list[PlainSaying]:
    """All attributions of a text, in the order of their cues."""
    found = []
    for outputs in encoder.answer(encoder.cut(text)):
        for saying in find_sayings(outputs):
            spans = {role: tuple(_span_of(s, outputs) for s in saying.fillers[role]) for role in SAYING_ROLES}
            cue = spans["said_cue"] or (_span_of(Segment(saying.word, saying.word + 1, 1.0), outputs),)
            found.append(PlainSaying(spans["said_by"], cue, spans["said_what"], saying.score))
    return found


def _span_of(segment: Segment, outputs: Outputs) -> Span:
    return Span(int(outputs.window.starts[segment.first]), int(outputs.window.ends[segment.stop - 1]))


def find_act_places(text: str, verb: Span, encoder: Encoder) -> tuple[Span, ...]:
    """Which words of a short text say where the act happened that `verb` names; () where none does."""
    for outputs in encoder.answer(encoder.cut(text)):
        words = np.flatnonzero((outputs.window.ends > verb.start) & (outputs.window.starts < verb.end))
        if len(words):
            act = make_acts(outputs, [(int(words[0]), 1, 1.0)])[0]
            return tuple(span for s in act.fillers["place"] if (span := cut_span(s, outputs, text)))
    return ()


def judge_words(text: str, spans: Sequence[Span], encoder: Encoder) -> list[Standing]:
    """The standing of the act that each stretch of a text names; one that holds no word has happened."""
    windows = list(encoder.answer(encoder.cut(text)))
    return [_judge(span, windows) for span in spans]


def _judge(span: Span, windows: Sequence[Outputs]) -> Standing:
    for outputs in windows:
        words = np.flatnonzero((outputs.window.ends > span.start) & (outputs.window.starts < span.end))
        if len(words):
            chances = outputs.chances("standing", int(words[0]), int(words[0]) + 1)[0].astype(np.float64)
            return Standing(STANDINGS[int(chances.argmax())], float(chances @ _VALUES))
    return Standing(STANDINGS[0], 3.0)
