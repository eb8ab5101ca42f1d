"""Copies of articles as desks make them: trimmed, cut, reordered, reworded, badly scanned, joined with others.

Deterministic by seed. The texts are the project's own (`training/data`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Edit = Callable[[str, random.Random], str]

_SENTENCE = re.compile(r"(?<=[.!?])[\"\u201d\u2019)]{0,2}\s+(?=[\"\u201c\u2018(]?[A-Z0-9])|\n+")
#: Words that desks put for one another without changing what a report says.
_SWAPS = {
    "said": ["told reporters", "stated", "announced"], "killed": ["shot dead", "slain"], "wounded": ["injured", "hurt"],
    "police": ["officers", "the police"], "soldiers": ["troops"], "troops": ["soldiers"], "people": ["persons"],
    "after": ["following"], "before": ["ahead of"], "near": ["close to"], "about": ["around", "some"],
    "began": ["started"], "began to": ["started to"], "government": ["authorities"], "town": ["city"],
    "attack": ["assault"], "army": ["military"], "also": ["further"], "because": ["since"], "but": ["however,"],
    "since": ["from"], "still": ["yet"], "later": ["afterwards"], "several": ["a number of"], "many": ["numerous"],
    "a": ["one"], "the": ["this"], "and": ["as well as"], "who": ["that"], "on": ["this"], "in": ["within"],
    "while": ["as"], "added": ["went on"], "injured": ["wounded"], "demanded": ["called for"],
    "met": ["held talks with"],
}  # fmt: skip
_LEADS = ("UPDATED: ", "(Adds details) ", "BREAKING - ", "From our correspondent. ", "")


def cut_sentences(text: str) -> list[str]:
    """The sentences of a text, headline and paragraphs told apart no further."""
    return [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]


def trim(text: str, chance: random.Random) -> str:
    """The beginning: half to four fifths of the sentences."""
    sentences = cut_sentences(text)
    return " ".join(sentences[: max(2, round(len(sentences) * chance.uniform(0.5, 0.8)))])


def cut(text: str, chance: random.Random) -> str:
    """A quarter to two fifths of the sentences, wherever they stand."""
    sentences = cut_sentences(text)
    length = max(3, round(len(sentences) * chance.uniform(0.25, 0.4)))
    start = chance.randrange(max(1, len(sentences) - length + 1))
    return " ".join(sentences[start : start + length])


def reorder(text: str, chance: random.Random) -> str:
    """All sentences in another order, some left out."""
    sentences = [s for s in cut_sentences(text) if chance.random() > 0.15]
    chance.shuffle(sentences)
    return " ".join(sentences)


def reword(text: str, chance: random.Random, rate: float = 0.5) -> str:
    """Other words for half of the common ones, some words dropped and some swapped with their neighbour."""
    words: list[str] = []
    for word in text.split():
        bare = word.strip('.,;:!?"').lower()
        draw = chance.random()
        if bare in _SWAPS and draw < rate:
            words.extend(word.lower().replace(bare, chance.choice(_SWAPS[bare])).split())
        elif draw > 1 - rate * 0.1:
            continue
        elif draw > 1 - rate * 0.2 and words:
            words.insert(-1, word)
        else:
            words.append(word)
    return " ".join(words)


def scan(text: str, chance: random.Random) -> str:
    """Letters misread: one word in eight carries a wrong, missing or doubled letter."""
    words = text.split()
    for i, word in enumerate(words):
        if len(word) > 2 and chance.random() < 0.125:
            at = chance.randrange(len(word))
            words[i] = word[:at] + chance.choice(["", word[at] * 2, "l", "o", "rn", "c"]) + word[at + 1 :]
    return " ".join(words)


def join(text: str, other: str, chance: random.Random) -> str:
    """The greater part of the text, and the beginning of another report before or after it: under a third of all."""
    mine = trim(text, chance)
    piece = ""
    for sentence in cut_sentences(other):
        if len(piece) + len(sentence) > len(mine) * 0.45:
            break
        piece += f" {sentence}"
    return chance.choice([f"{mine}{piece}", f"{piece.strip()} {mine}"])


def mix(text: str, chance: random.Random) -> str:
    """A cut, reworded, its sentences in another order, with a line of the desk's before it."""
    return chance.choice(_LEADS) + reorder(reword(trim(text, chance), chance), chance)


EDITS: dict[str, Edit] = {
    "trim": trim, "cut": cut, "reorder": reorder, "reword": reword, "scan": scan, "mix": mix,
}  # fmt: skip
