"""Numbers made by hand in the shape that the encoder gives, so that what follows from them can be tested alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tocsin.reading.labels import DISTANCES, PHRASES, ROLES, SENTENCES, load_heads
from tocsin.reading.outputs import ArcWeights, Outputs
from tocsin.reading.sentences import split_sentences
from tocsin.reading.wordpieces import CLOSING, OPENING, Window

#: Log-odds of what is so and, negative, of what is not.
SURE = 6.0
WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class MadeAct:
    """An act on the first word of `trigger`, with the phrases that fill its roles and its classes by head."""

    trigger: str
    type: str
    fillers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    odds: float = SURE


def make_window(text: str) -> Window:
    """All words of a text in one window, each a piece of its own."""
    rows = [
        (*word.span(), number)
        for number, (start, end) in enumerate(split_sentences(text))
        for word in WORDS.finditer(text, start, end)
    ]
    starts, ends, numbers = (np.asarray([row[i] for row in rows], dtype=np.int64) for i in range(3))
    pieces = np.asarray([OPENING, *range(1000, 1000 + len(rows)), CLOSING], dtype=np.int64)
    return Window(pieces, np.arange(1, len(rows) + 1), starts, ends, numbers)


def no_weights() -> ArcWeights:
    """Arcs of nothing but their two sides."""
    return ArcWeights(
        np.zeros((len(ROLES), 2 * len(DISTANCES) + 1), np.float32),
        np.zeros((len(ROLES), 2 * SENTENCES + 1), np.float32),
        np.zeros(len(ROLES), np.float32),
    )


def find_words(window: Window, text: str, phrase: str) -> list[int]:
    """The words of the first occurrence of a phrase."""
    start = text.index(phrase)
    return np.flatnonzero((window.ends > start) & (window.starts < start + len(phrase))).tolist()


def make_outputs(
    text: str,
    acts: Iterable[MadeAct] = (),
    words_are: Iterable[tuple[str, str, str]] = (),
    edges: Mapping[str, Sequence[str]] | None = None,
) -> Outputs:
    """Numbers that say what is given: acts, sayings (type "saying"), (phrase, head, class) and phrases by kind.

    Without `edges` the marks of first and last words speak against no phrase.
    """
    heads, window = load_heads(), make_window(text)
    columns = max(head.stop for head in heads.values())
    logits = np.full((window.words, columns), -SURE, np.float32)
    for head in heads.values():
        if head.exclusive:
            logits[:, head.start] = SURE
    if edges is None:
        logits[:, heads["first"].columns] = logits[:, heads["last"].columns] = SURE
    for kind, phrases in (edges or {}).items():
        for phrase in phrases:
            words = find_words(window, text, phrase)
            logits[words[0], heads["first"].start + PHRASES.index(kind)] = SURE
            logits[words[-1], heads["last"].start + PHRASES.index(kind)] = SURE
    # each word has a direction of its own, so that an arc is the number that the trigger's side holds for it
    width = window.words
    from_trigger = np.full((window.words, len(ROLES), width), -SURE, np.float32)
    to_filler = np.repeat(np.eye(width, dtype=np.float32)[:, None] * np.sqrt(width), len(ROLES), axis=1)
    for act in acts:
        word = find_words(window, text, act.trigger)[0]
        if act.type == "saying":
            logits[word, heads["saying"].start] = act.odds
        else:
            _choose(logits, "trigger", word, act.type, act.odds)
        for name, class_ in act.classes.items():
            _choose(logits, name, word, class_)
        for role, phrases in act.fillers.items():
            for phrase in phrases:
                from_trigger[word, ROLES.index(role), find_words(window, text, phrase)] = SURE
    for phrase, name, class_ in words_are:
        for word in find_words(window, text, phrase):
            _choose(logits, name, word, class_)
    flat = (window.words, len(ROLES) * width)
    return Outputs(window, logits, from_trigger.reshape(flat), to_filler.reshape(flat), no_weights())


def _choose(logits: np.ndarray, name: str, word: int, class_: str, odds: float = SURE) -> None:
    head = load_heads()[name]
    logits[word, head.columns] = -SURE
    logits[word, head.start + head.classes.index(class_)] = odds
