"""From the encoder's numbers to acts and sayings: which word names an act, of what type, and who fills its roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.labels import CLAIM_ROLES, PHRASE_OF_ROLE, PHRASES, ROLES, SAYING_ROLES, load_heads
from tocsin.reading.outputs import Numbers, Outputs, to_chances
from tocsin.reading.segments import Segment, find_segments

#: From this probability on a word names an act. Chosen on held-out articles of `training/data`, like all below.
TRIGGER_THRESHOLD = 0.35
SAYING_THRESHOLD = 0.4
#: Words this near share one act, or one saying: which word of "set up barricades" names it is not always certain.
ACT_REACH, _SAYING_REACH = 4, 1
#: How much it costs to begin or end a phrase where the marks of phrases' first and last words speak against it.
_BOUND_SHARE = 0.5
#: A filler whose words belong with less than this mean probability is none.
_LEAST_FILLER = 0.35
#: Added to every word's log-odds, by role: above 0 finds more.
ROLE_BIAS: Mapping[str, float] = {"actor": -0.5, "recipient": 0.4, "speaker": 1.0, "place": 0.5}
#: The same for phrases that are only handed on to be weighed (`weighing_parties`); their least mean probability.
_FAINT_BIAS, _LEAST_FAINT = 1.5, 0.2
#: Roles whose phrases plain rules find.
POINTED = ("date", "toll")
#: Roles of which the chance of every word is told: `places/` weighs faint places with what else it knows,
#: `weighing_parties` every party of the window, and `faint_speakers` who may speak.
_TOLD = (*POINTED, "place", "actor", "recipient", "speaker")

#: Heads of an act beside its type and mode, in the order of `Act`.
_SETTLED = ("modality", "certainty", "background", "links")


@dataclass(frozen=True, slots=True)
class Choice:
    """The class a head chose, with its probability."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Act:
    """One act that a window tells, in word numbers of its window.

    fillers  the phrases of each role; `chances`, for parties, speakers, places and the roles of `POINTED`, the
             probability of every word of the window: phrases of the latter are found by rules and only pointed at
    faint    phrases that may be recipients, fainter ones among them
    """

    word: int
    type: Choice
    mode: Choice
    modality: Choice
    certainty: Choice
    background: Choice
    links: Choice
    fillers: Mapping[str, Sequence[Segment]]
    chances: Mapping[str, Numbers]
    faint: Sequence[Segment] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """One attribution: the first word of its cue, and who says what by which words."""

    word: int
    score: float
    fillers: Mapping[str, Sequence[Segment]]


def find_acts(outputs: Outputs, threshold: float = TRIGGER_THRESHOLD) -> list[Act]:
    """The acts of one window in the order of their words."""
    chances = outputs.chances("trigger")
    found = pick_triggers(chances, threshold, ACT_REACH)
    return make_acts(outputs, [(word, int(chances[word, 1:].argmax()) + 1, pooled) for word, pooled in found])


def find_likeliest_act(outputs: Outputs) -> Act | None:
    """The act of a sentence that is known to hold one, however faint; None for a window without words."""
    if not outputs.window.words:
        return None
    logits = outputs.logits("trigger")
    lead = logits[:, 1:] - logits[:, :1]
    by_type = np.logaddexp.reduce(lead, axis=0)
    type_ = int(by_type.argmax())
    word = int(lead[:, type_].argmax())
    chance = float(np.exp(by_type[type_] - np.logaddexp.reduce(by_type)))
    return make_acts(outputs, [(word, type_ + 1, chance)])[0]


def make_acts(outputs: Outputs, triggers: Sequence[tuple[int, int, float]]) -> list[Act]:
    """Acts of given (word, number of the type, probability)."""
    if not triggers:
        return []
    at = np.asarray([w for w, _, _ in triggers], dtype=np.int64)
    arcs = outputs.score_arcs(at)
    roles = [role for role in CLAIM_ROLES if role not in POINTED]
    segments, faint = _fill_roles(outputs, arcs, roles, "recipient")
    told = to_chances(arcs[:, [ROLES.index(role) for role in _TOLD]])
    names = [load_heads()["trigger"].classes[type_] for _, type_, _ in triggers]
    modes = outputs.chances_of("mode", at)
    settled = zip(*(_choose(outputs, head, at) for head in _SETTLED), strict=True)
    return [
        Act(
            word, Choice(name, score), _choose_mode(modes[i], name), modality, certainty, background, links,
            segments[i], dict(zip(_TOLD, told[i], strict=True)), faint[i],
        )
        for i, ((word, _, score), name, (modality, certainty, background, links)) in enumerate(
            zip(triggers, names, settled, strict=True)
        )
    ]  # fmt: skip


def find_sayings(outputs: Outputs, threshold: float = SAYING_THRESHOLD) -> list[Saying]:
    """The attributions of one window in the order of their cues."""
    chances = outputs.chances("saying")
    words = pick_triggers(np.concatenate((1 - chances, chances), axis=1), threshold, _SAYING_REACH)
    if not words:
        return []
    arcs = outputs.score_arcs(np.asarray([w for w, _ in words], dtype=np.int64))
    segments, _ = _fill_roles(outputs, arcs, SAYING_ROLES)
    return [Saying(word, score, segments[i]) for i, (word, score) in enumerate(words)]


def pick_triggers(chances: Numbers, threshold: float, reach: int) -> list[tuple[int, float]]:
    """Words that begin something, from [words, classes] with class 0 for nothing: peaks of the pooled probability.

    reach  so many words to both sides add what they give to the same class, and begin no second one of it
    """
    if not len(chances):
        return []
    some = chances[:, 1:]
    best = some.argmax(1)
    own = some[np.arange(len(some)), best]
    pooled = own.copy()
    for step in range(1, min(reach, len(own) - 1) + 1):
        # a neighbour counts with what it gives to the same class
        pooled[step:] += np.take_along_axis(some[:-step], best[step:, None], 1)[:, 0]
        pooled[:-step] += np.take_along_axis(some[step:], best[:-step, None], 1)[:, 0]
    found: list[tuple[int, float]] = []
    for word in np.argsort(-own, kind="stable"):
        if pooled[word] < threshold or own[word] < threshold / 4:
            continue
        if not any(_is_shared(w, int(word), best, own, threshold, reach) for w, _ in found):
            found.append((int(word), float(min(1.0, pooled[word]))))
    return sorted(found)


def _is_shared(taken: int, word: int, best: NDArray[np.int64], own: Numbers, threshold: float, reach: int) -> bool:
    """Whether a word names what a surer one near it does: the same class, or right beside it and faint."""
    apart = abs(taken - word)
    return apart <= reach and bool(best[taken] == best[word] or (apart == 1 and own[word] < threshold))


def _fill_roles(
    outputs: Outputs, arcs: Numbers, roles: Sequence[str], faint: str | None = None
) -> tuple[list[dict[str, list[Segment]]], list[list[Segment]]]:
    """For each trigger the phrases of each role, and fainter ones of the role `faint`."""
    # log-probabilities: a mark can only cost, never make a phrase of words that do not belong
    first, last = (-np.logaddexp(0, -outputs.logits(head)) for head in ("first", "last"))
    nothing = np.zeros(outputs.window.words, dtype=np.float32)
    rows = [*roles, faint] if faint else list(roles)
    columns = [PHRASES.index(PHRASE_OF_ROLE[role]) if role in PHRASE_OF_ROLE else None for role in rows]
    opening, closing = (
        np.stack([nothing if column is None else _BOUND_SHARE * marks[:, column] for column in columns])
        for marks in (first, last)
    )
    bias = np.asarray([*(ROLE_BIAS.get(role, 0.0) for role in roles), *([_FAINT_BIAS] if faint else [])], np.float32)
    inside = arcs[:, [ROLES.index(role) for role in rows]] + bias[:, None]
    shape = len(arcs) * len(rows), outputs.window.words
    found = find_segments(
        inside.reshape(shape), *(np.broadcast_to(marks, inside.shape).reshape(shape) for marks in (opening, closing))
    )
    by_act = [found[i * len(rows) : (i + 1) * len(rows)] for i in range(len(arcs))]
    filled = [
        {role: [s for s in row if s.score >= _LEAST_FILLER] for role, row in zip(roles, of_act, strict=False)}
        for of_act in by_act
    ]
    faintly = [[s for s in of_act[-1] if s.score >= _LEAST_FAINT] if faint else [] for of_act in by_act]
    return filled, faintly


def _choose(outputs: Outputs, head: str, words: NDArray[np.int64]) -> list[Choice]:
    """The likeliest class of a head for each of these words."""
    chances, classes = outputs.chances_of(head, words), load_heads()[head].classes
    best = chances.argmax(1).tolist()
    return [Choice(classes[k], float(of_word[k])) for k, of_word in zip(best, chances, strict=True)]


def _choose_mode(chances: Numbers, type_: str) -> Choice:
    """The likeliest mode among those of the type; "none" is one of them."""
    allowed = _modes_of(type_)
    best = max(allowed, key=lambda i: float(chances[i]))
    score = float(chances[best] / max(1e-9, chances[allowed].sum()))
    return Choice(load_heads()["mode"].classes[best].rpartition("/")[2], score)


@cache
def _modes_of(type_: str) -> list[int]:
    """The classes of the head `mode` that a type can have."""
    classes = load_heads()["mode"].classes
    return [i for i, c in enumerate(classes) if c == "none" or c.startswith(f"{type_}/")]
