"""Windows in batches: tensors of what is asked, padded, in an order that mixes all corpora evenly."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tocsin.reading.labels import PHRASES, ROLES, load_heads
from training.examples import Bounds, Example, Point

_ROLE = {role: i for i, role in enumerate(ROLES)}
_PHRASE = {phrase: i for i, phrase in enumerate(PHRASES)}
#: Around a marked phrase so many words are asked whether they begin or end one.
_MARGIN = 2
#: The class of what is not asked.
UNASKED = -100


@dataclass(slots=True)
class Asked:
    """What one window is asked, in tensors; what is not known of it is None or left out.

    pieces     ids of its word pieces [pieces], `firsts` the first piece of each word [words]
    points     words where arcs start [points]; where they go, `wanted` [points, roles, words]; `known` [points, roles]
    choices    head: words [n] and their classes [n]
    filler     whether each word fills a role for any point [words, roles], and which roles count [roles]
    bounds     whether each word begins and ends a phrase, and where that is asked, each [words, phrases]
    triggers   class of each word [words]; `sayings` whether it is the cue of an attribution [words]
    allowed    types of which the window's only event has one; `mode`, `single` [roles, words], `single_known` [roles]
    """

    example: Example
    pieces: Tensor
    firsts: Tensor
    sentences: Tensor
    points: Tensor
    wanted: Tensor
    known: Tensor
    choices: Mapping[str, tuple[Tensor, Tensor]]
    filler: tuple[Tensor, Tensor] | None
    bounds: tuple[Tensor, Tensor, Tensor] | None
    triggers: Tensor | None
    sayings: Tensor | None
    allowed: Tensor | None
    mode: int
    single: Tensor
    single_known: Tensor


@dataclass(slots=True)
class Batch:
    """Several windows in tensors padded to the longest: shapes as in `Asked`, with the windows before them.

    `size` counts word pieces by the hundred. Of `allowed`, `mode`, `single` and `single_known` there are only the
    `singles`, which number the windows. Rows of `choices` count words through all windows, padding included.
    """

    size: float
    pieces: Tensor
    firsts: Tensor
    is_word: Tensor
    sentences: Tensor
    points: Tensor
    wanted: Tensor
    known: Tensor
    choices: Mapping[str, tuple[Tensor, Tensor]]
    filler: Tensor
    filler_known: Tensor
    bounds: Tensor
    triggers: Tensor
    sayings: Tensor
    singles: Tensor
    allowed: Tensor
    mode: Tensor
    single: Tensor
    single_known: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return self if device == self.pieces.device else self._each(lambda t: t.to(device, non_blocking=True))

    def pin_memory(self) -> Batch:
        """The same in memory that a GPU reads without waiting."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> Batch:
        told: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        choices = {head: (change(rows), change(wanted)) for head, (rows, wanted) in self.choices.items()}
        moved = {name: change(value) for name, value in told.items() if isinstance(value, Tensor)}
        return Batch(**{**told, **moved, "choices": choices})


def prepare(example: Example) -> Asked:
    """Tensors of one example."""
    window = example.window
    points = [*example.points, *example.sayings]
    wanted, known = _mark_roles([p.fillers for p in points], window.words)
    single, single_known = _mark_roles([example.single], window.words)
    return Asked(
        example,
        torch.from_numpy(window.pieces),
        torch.from_numpy(window.firsts),
        torch.from_numpy(np.asarray(window.sentences, dtype=np.int64)),
        torch.tensor([p.word for p in points], dtype=torch.long),
        wanted,
        known,
        _make_choices(example, points),
        # a role unknown for one trigger may be filled by words that no other trigger has
        (wanted.amax(0).T, known.amin(0)) if points and (example.is_whole or example.is_said) else None,
        _make_bounds(example),
        _make_triggers(example) if example.is_whole else None,
        _make_sayings(example) if example.is_said else None,
        _make_allowed(example) if example.types else None,
        UNASKED if example.mode is None else load_heads()["mode"].classes.index(example.mode),
        single[0],
        single_known[0],
    )


def _mark_roles(fillers: Sequence[Mapping[str, Sequence[Bounds]]], words: int) -> tuple[Tensor, Tensor]:
    """Which words fill which role [points, roles, words], and which roles are known [points, roles]."""
    wanted = torch.zeros(len(fillers), len(ROLES), words)
    known = torch.zeros(len(fillers), len(ROLES))
    for i, roles in enumerate(fillers):
        for role, spans in roles.items():
            known[i, _ROLE[role]] = 1
            for first, stop in spans:
                wanted[i, _ROLE[role], first:stop] = 1
    return wanted, known


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
    allowed = torch.zeros(len(names) - 1, dtype=torch.bool)
    allowed[[names.index(t) - 1 for t in example.types]] = True
    return allowed


def join(windows: Sequence[Asked]) -> Batch:
    """One batch of some windows."""
    words = max(len(a.firsts) for a in windows)
    shape = (len(windows), words)
    points = max(len(a.points) for a in windows)
    roles, phrases = len(ROLES), len(PHRASES)
    singles = [i for i, a in enumerate(windows) if a.allowed is not None]
    of_singles = [a for a in windows if a.allowed is not None]
    pieces = torch.nn.utils.rnn.pad_sequence([a.pieces for a in windows], batch_first=True)
    batch = Batch(
        size=sum(len(a.pieces) for a in windows) / 100,
        pieces=pieces, firsts=torch.zeros(shape, dtype=torch.long), is_word=torch.zeros(shape, dtype=torch.bool),
        sentences=torch.zeros(shape, dtype=torch.long),
        points=torch.zeros(len(windows), points, dtype=torch.long),
        wanted=torch.zeros(len(windows), points, roles, words), known=torch.zeros(len(windows), points, roles),
        choices=_join_choices(windows, words),
        filler=torch.zeros(*shape, roles), filler_known=torch.zeros(len(windows), roles),
        bounds=torch.zeros(3, *shape, phrases),
        triggers=torch.full(shape, UNASKED), sayings=torch.full(shape, float(UNASKED)),
        singles=torch.tensor(singles, dtype=torch.long),
        allowed=torch.stack([a.allowed for a in of_singles if a.allowed is not None]) if singles else torch.zeros(0),
        mode=torch.tensor([a.mode for a in of_singles], dtype=torch.long),
        single=torch.zeros(len(singles), roles, words), single_known=torch.zeros(len(singles), roles),
    )  # fmt: skip
    for i, asked in enumerate(windows):
        _lay(batch, i, asked)
    for i, asked in enumerate(of_singles):
        batch.single[i, :, : len(asked.firsts)] = asked.single
        batch.single_known[i] = asked.single_known
    return batch


def _lay(batch: Batch, i: int, asked: Asked) -> None:
    """Put what window `i` is asked into the padded tensors."""
    words, points = len(asked.firsts), len(asked.points)
    batch.firsts[i, :words] = asked.firsts
    batch.is_word[i, :words] = True
    batch.sentences[i, :words] = asked.sentences
    if points:
        batch.points[i, :points] = asked.points
        batch.wanted[i, :points, :, :words] = asked.wanted
        batch.known[i, :points] = asked.known
    if asked.filler is not None:
        batch.filler[i, :words], batch.filler_known[i] = asked.filler
    if asked.bounds is not None:
        batch.bounds[:, i, :words] = torch.stack(asked.bounds)
    if asked.triggers is not None:
        batch.triggers[i, :words] = asked.triggers
    if asked.sayings is not None:
        batch.sayings[i, :words] = asked.sayings


def _join_choices(windows: Sequence[Asked], words: int) -> Mapping[str, tuple[Tensor, Tensor]]:
    rows: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for i, asked in enumerate(windows):
        for head, (at, wanted) in asked.choices.items():
            rows.setdefault(head, []).append((at + i * words, wanted))
    return {head: (torch.cat([r for r, _ in told]), torch.cat([w for _, w in told])) for head, told in rows.items()}


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
