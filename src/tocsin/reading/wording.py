"""A second opinion on the type of an act: a sum of weights over the words beside it, mixed with the network's.

The network sees everything and has learnt little of each word; this sees few words and has counted all of them. The two
err at different places, and their weighed mean errs less than either.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.outputs import Numbers
from tocsin.reading.wordpieces import Window

#: Rows of the table: what is counted lands in one of them by its digest.
BUCKETS = 1 << 16
#: So many words to each side are seen, none beyond the sentence; those nearer than `_TIED` also together with the word.
REACH, _TIED = 9, 4
#: A word that is surely no act is not asked about.
SURELY_NONE = 0.98
_NOTHING_BEFORE, _NOTHING_AFTER = 7, 8
_SPREAD, _STIR, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(29)
#: Joins a word's first two pieces into one number.
_PIECES = 1 << 20
_ENDINGS = ("ing", "ed", "es", "s", "d")
_LEAST_STEM = 3
Digests = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wording:
    """Weights by what stands around a word, and how far they count beside the network.

    table  [BUCKETS, types], log-odds; `bias` [types]
    own    share of the network's log-odds between types, `said` share of the table's; they need not add up to 1
    """

    table: Numbers
    bias: Numbers
    own: float
    said: float

    def weigh(self, logits: Numbers, window: Window, stems: Digests) -> Numbers:
        """The logits of the head `trigger`, [words, 1 + types], with both opinions in them.

        How likely a word names an act at all stays as the network said; only which type it is of is weighed anew.
        """
        some = np.logaddexp.reduce(logits[:, 1:], axis=1)
        asked = some - logits[:, 0] > np.log(1 / SURELY_NONE - 1)
        if not asked.any():
            return logits
        between = logits[asked, 1:] - some[asked, None]
        told = self.own * between + self.said * self.judge(digest_words(window, stems)[asked]) + self.bias
        weighed = logits.copy()
        weighed[asked, 1:] = some[asked, None] + told - np.logaddexp.reduce(told, axis=1)[:, None]
        return weighed

    def judge(self, digests: Digests) -> Numbers:
        """Log-probabilities of the types by the table alone, [words, types]; digests below 0 are nothing."""
        sums = np.where(digests[..., None] < 0, 0, self.table[digests]).sum(1)
        return np.asarray(sums - np.logaddexp.reduce(sums, axis=1)[:, None], dtype=np.float32)


def digest_words(window: Window, stems: Digests) -> Digests:
    """What stands around each word, as rows of the table, [words, kinds]; -1 where the sentence has no such word.

    stems  the word piece that stands for each piece of the vocabulary (`list_stems`)
    """
    words = _name_words(window, stems)
    near = {step: _look(words, window.sentences, step) for step in range(-REACH, REACH + 1) if step}
    before, after, second, third = near[-1][0], near[1][0], near[2][0], near[-2][0]
    columns = [
        _digest(1, words), _digest(2, words, after), _digest(3, before, words), _digest(4, words, after, second),
        _digest(5, third, before, words), _digest(6, before), _digest(7, after), _digest(8, third),
        _digest(9, second), _digest(10, after, second), _digest(11, third, before),
    ]  # fmt: skip
    for step, (other, is_there) in near.items():
        columns.append(np.where(is_there, _digest(12 + (step > 0), other), -1))
        if abs(step) <= _TIED:
            columns.append(np.where(is_there, _digest(14 + (step > 0), words, other), -1))
    return np.stack(columns, axis=1)


def list_stems(vocabulary: Sequence[str]) -> Digests:
    """For each piece of a vocabulary the number of the one it is a form of: "opened" and "opening" are "open"."""
    numbers = {piece: i for i, piece in enumerate(vocabulary)}
    return np.asarray([numbers[_find_stem(piece, numbers)] for piece in vocabulary], dtype=np.int64)


def _find_stem(piece: str, numbers: Mapping[str, int]) -> str:
    if not piece.isalpha():
        return piece
    for ending in _ENDINGS:
        bare = piece.removesuffix(ending)
        if bare == piece or len(bare) < _LEAST_STEM:
            continue
        single = bare[:-1] if len(bare) > _LEAST_STEM and bare[-1] == bare[-2] else bare
        forms = (bare,) if ending in ("s", "d") else (bare, f"{bare}e", single)
        if (stem := next((form for form in forms if form in numbers), None)) is not None:
            return stem
    return piece


def _name_words(window: Window, stems: Digests) -> Digests:
    """A number for each word: its first piece's stem, joined with the second piece where it has one."""
    ends = np.append(window.firsts[1:], len(window.pieces) - 1)
    words = stems[window.pieces[window.firsts]]
    is_long = ends - window.firsts > 1
    words[is_long] += _PIECES * (1 + window.pieces[window.firsts[is_long] + 1])
    return words


def _look(words: Digests, sentences: NDArray[np.int64], step: int) -> tuple[Digests, NDArray[np.bool_]]:
    """The word so many steps on of each word, and whether its sentence has one there."""
    at = np.arange(len(words)) + step
    inside = (at >= 0) & (at < len(words))
    inside[inside] = sentences[at[inside]] == sentences[inside]
    found = np.full(len(words), _NOTHING_BEFORE if step < 0 else _NOTHING_AFTER, dtype=np.int64)
    found[inside] = words[at[inside]]
    return found, inside


def _digest(kind: int, *parts: Digests) -> Digests:
    mixed = np.full(len(parts[0]), kind, dtype=np.uint64) * _SPREAD
    for part in parts:
        mixed = (mixed ^ part.astype(np.uint64)) * _STIR
        mixed ^= mixed >> _SHIFT
    return (mixed % np.uint64(BUCKETS)).astype(np.int64)


def wording_to_plain(wording: Wording) -> dict[str, Any]:
    """The table for a file: one byte a weight, packed, in base64."""
    scale = float(np.abs(wording.table).max()) / 127 or 1.0
    small = np.rint(wording.table / scale).astype(np.int8)
    return {
        "table": base64.b64encode(zlib.compress(small.tobytes(), 9)).decode("ascii"), "scale": scale,
        "bias": [round(float(x), 4) for x in wording.bias], "own": wording.own, "said": wording.said,
    }  # fmt: skip


def wording_from_plain(told: Mapping[str, Any]) -> Wording:
    """The table of a file."""
    bias = np.asarray(told["bias"], dtype=np.float32)
    small = np.frombuffer(zlib.decompress(base64.b64decode(told["table"])), dtype=np.int8)
    table = small.reshape(BUCKETS, len(bias)).astype(np.float32) * np.float32(told["scale"])
    return Wording(table, bias, float(told["own"]), float(told["said"]))
