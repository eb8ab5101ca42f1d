"""Windows in batches: tensors of what is asked, padded, in an order that mixes all corpora evenly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tocsin.reading.geometry import class_distances, class_sentences
from tocsin.reading.labels import PHRASES, ROLES, load_heads
from training.examples import Example, Point

_ROLE = {role: i for i, role in enumerate(ROLES)}
_PHRASE = {phrase: i for i, phrase in enumerate(PHRASES)}
#: Around a marked phrase so many words are asked whether they begin or end one.
_MARGIN = 2


@dataclass(slots=True)
class Arcs:
    """Arcs of one window: [points] words they start from, what they should say and what is known of it."""

    words: Tensor  # [points]
    steps: Tensor  # [points, words]
    apart: Tensor  # [points, words]
    wanted: Tensor  # [points, roles, words]
    known: Tensor  # [points, roles]


@dataclass(slots=True)
class Asked:
    """One window's tensors. Columns of single words are (word, column of the class, first and last column)."""

    example: Example
    pieces: Tensor
    firsts: Tensor
    arcs: Arcs | None
    choices: Mapping[str, tuple[Tensor, Tensor]]
    filler: tuple[Tensor, Tensor] | None
    bounds: tuple[Tensor, Tensor, Tensor] | None
    triggers: Tensor | None
    sayings: Tensor | None
    allowed: Tensor | None


def prepare(example: Example) -> Asked:
    """Tensors of one example."""
    window = example.window
    points = [*example.points, *example.sayings]
    arcs = _make_arcs(example, points) if points else None
    return Asked(
        example,
        torch.from_numpy(window.pieces),
        torch.from_numpy(window.firsts),
        arcs,
        _make_choices(example, points),
        _make_filler(example, arcs),
        _make_bounds(example),
        _make_triggers(example) if example.is_whole else None,
        _make_sayings(example) if example.is_said else None,
        _make_allowed(example) if example.types else None,
    )


def make_arcs(example: Example, points: Sequence[Point]) -> Arcs:
    """The arcs of some points of a window."""
    return _make_arcs(example, points)


def _make_arcs(example: Example, points: Sequence[Point]) -> Arcs:
    window = example.window
    words = np.asarray([p.word for p in points], dtype=np.int64)
    wanted = torch.zeros(len(points), len(ROLES), window.words)
    known = torch.zeros(len(points), len(ROLES))
    for i, point in enumerate(points):
        for role, spans in point.fillers.items():
            known[i, _ROLE[role]] = 1
            for first, stop in spans:
                wanted[i, _ROLE[role], first:stop] = 1
    return Arcs(
        torch.from_numpy(words), torch.from_numpy(class_distances(words, window.words)),
        torch.from_numpy(class_sentences(words, window.sentences)), wanted, known,
    )  # fmt: skip


def _make_choices(example: Example, points: Sequence[Point]) -> Mapping[str, tuple[Tensor, Tensor]]:
    heads = load_heads()
    rows: dict[str, list[tuple[int, int]]] = {}
    for point in points:
        for head, name in point.classes.items():
            if head != "trigger":
                rows.setdefault(head, []).append((point.word, heads[head].classes.index(name)))
    for head, word, name in example.words_are:
        rows.setdefault(head, []).append((word, heads[head].classes.index(name)))
    return {head: (torch.tensor([w for w, _ in r]), torch.tensor([c for _, c in r])) for head, r in rows.items()}


def _make_filler(example: Example, arcs: Arcs | None) -> tuple[Tensor, Tensor] | None:
    """Whether each word fills a role for any trigger, where every trigger is known: [words, roles] and which count."""
    if arcs is None or not (example.is_whole or example.is_said):
        return None
    # a role unknown for one trigger may be filled by words that no other trigger has
    return arcs.wanted.amax(0).T, arcs.known.amin(0)


def _make_bounds(example: Example) -> tuple[Tensor, Tensor, Tensor] | None:
    if not example.phrases:
        return None
    shape = (example.window.words, len(PHRASES))
    first, last, asked = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    for phrase, start, end in example.phrases:
        column = _PHRASE[phrase]
        first[start, column] = last[end, column] = 1
        asked[max(0, start - _MARGIN) : end + 1 + _MARGIN, column] = 1
    return first, last, asked


def _make_triggers(example: Example) -> Tensor:
    names = load_heads()["trigger"].classes
    wanted = torch.zeros(example.window.words, dtype=torch.long)
    for point in example.points:
        wanted[point.word] = names.index(point.classes["trigger"])
    return wanted


def _make_sayings(example: Example) -> Tensor:
    wanted = torch.zeros(example.window.words)
    for point in example.sayings:
        wanted[point.word] = 1
    return wanted


def _make_allowed(example: Example) -> Tensor:
    names = load_heads()["trigger"].classes
    return torch.tensor([names.index(t) for t in example.types])


def schedule(
    corpora: Mapping[str, Sequence[Asked]], passes: Mapping[str, float], rng: random.Random, pieces: int
) -> Iterator[list[Asked]]:
    """Batches of at most `pieces` padded pieces: every corpus spread evenly over the whole run, lengths alike."""
    timed: list[tuple[float, int, Asked]] = []
    serial = 0
    for name in sorted(corpora):
        count = passes.get(name, 1.0)
        for turn in range(int(np.ceil(count))):
            share = min(1.0, count - turn)
            for asked in corpora[name]:
                if rng.random() < share:
                    serial += 1
                    timed.append(((turn + rng.random() * share) / count, serial, asked))
    timed.sort(key=lambda row: row[:2])
    shelf = 48 * max(1, pieces // 100)
    for start in range(0, len(timed), shelf):
        block = sorted((a for _, _, a in timed[start : start + shelf]), key=lambda a: len(a.pieces))
        batches: list[list[Asked]] = []
        for asked in block:
            if batches and len(asked.pieces) * (len(batches[-1]) + 1) <= pieces:
                batches[-1].append(asked)
            else:
                batches.append([asked])
        rng.shuffle(batches)
        yield from batches


def pad(batch: Sequence[Asked]) -> Tensor:
    """Word pieces of a batch, [windows, longest], 0 where a window is shorter."""
    return torch.nn.utils.rnn.pad_sequence([a.pieces for a in batch], batch_first=True)
