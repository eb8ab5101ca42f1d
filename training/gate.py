"""A gate before the encoder: a linear model over word pieces that says which windows cannot hold a claim.

It costs microseconds a sentence. Its threshold is chosen on articles it was not trained on, so that at most
``MOST_LOST`` of the windows that hold claims are closed: one incident in a feature counts as much as ten in a report.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from tocsin.reading.gate import LEAST_SENTENCES, Gate, cut_sentences
from training.examples import Example
from training.model import VOCABULARY

#: The share of windows with claims that may be closed.
MOST_LOST = 0.004
_FOLDS = 5
_STEPS = 120


def train_gate(examples: Sequence[Example], seed: int) -> Gate:
    """A gate from windows whose triggers are all known; `closed` tells which share of windows without any it closes."""
    examples = [e for e in examples if len(cut_sentences(e.window)) >= LEAST_SENTENCES]
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)
    scores = np.zeros(len(examples))
    for fold in range(_FOLDS):
        held = set(order[fold::_FOLDS])
        weights, bias = _fit([e for i, e in enumerate(examples) if i not in held], seed)
        for i in held:
            scores[i] = Gate(weights, bias, 0.0, 0.0, 0.0).score(examples[i].window)
    claims = np.asarray([len(e.points) > 0 for e in examples])
    threshold = _choose_threshold(scores, claims)
    weights, bias = _fit(examples, seed)
    closed = scores < threshold
    return Gate(weights, bias, threshold, float(claims[closed].sum() / claims.sum()), float(closed[claims == 0].mean()))


def _fit(examples: Sequence[Example], seed: int) -> tuple[np.ndarray, float]:
    torch.manual_seed(seed)
    pieces, offsets, wanted = _collect(examples)
    table = nn.EmbeddingBag(VOCABULARY, 1, mode="sum")
    nn.init.zeros_(table.weight)
    bias = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([table.weight, bias], lr=0.05, weight_decay=0.02)
    for _ in range(_STEPS):
        loss = nn.functional.binary_cross_entropy_with_logits(table(pieces, offsets)[:, 0] + bias, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return table.weight.detach()[:, 0].numpy(), float(bias.detach())


def _collect(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    pieces: list[np.ndarray] = []
    wanted: list[float] = []
    for example in examples:
        window = example.window
        telling = {int(window.sentences[p.word]) for p in example.points}
        numbers = [int(part[0]) for part in np.split(window.sentences, np.flatnonzero(np.diff(window.sentences)) + 1)]
        pieces += cut_sentences(window)
        wanted += [float(n in telling) for n in numbers]
    lengths = [len(p) for p in pieces]
    offsets = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return torch.from_numpy(np.concatenate(pieces)), torch.from_numpy(offsets), torch.tensor(wanted)


def _choose_threshold(scores: np.ndarray, claims: np.ndarray) -> float:
    """The highest threshold below which at most MOST_LOST of the windows with claims stand."""
    order = np.argsort(scores)
    lost = np.cumsum(claims[order]) / claims.sum()
    allowed = int(np.searchsorted(lost, MOST_LOST, side="right"))
    return float(scores[order[min(allowed, len(order) - 1)]])
