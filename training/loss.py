"""What a wrong answer costs: the sum over all heads and arcs of a batch of windows of what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
import torch.nn.functional as nnf
from torch import Tensor

from tocsin.reading.geometry import class_distances
from tocsin.reading.labels import ROLES, SENTENCES, load_heads
from tocsin.reading.wordpieces import LONGEST
from training.batches import UNASKED, Batch
from training.model import Encoder

#: How much each part weighs against a trigger's type.
WEIGHTS: Mapping[str, float] = {
    "trigger": 1.0, "single": 1.5, "saying": 1.0, "mode": 0.5, "modality": 0.6, "certainty": 0.5, "background": 0.6,
    "links": 0.5, "standing": 0.7, "kind": 0.15, "sector": 0.1, "toll": 0.3, "filler": 0.02, "bounds": 0.15,
    "name": 0.4,
}  # fmt: skip
#: The loss of an arc's role is summed over the words of the window; long fillers would drown the short ones.
ROLE_WEIGHTS = torch.tensor(
    [{"evidence": 0.03, "said_what": 0.08, "said_by": 0.3, "said_cue": 0.3}.get(role, 0.3) for role in ROLES]
)
#: Logits of words that are none: of no weight beside any other, and without slope.
_NEVER = -1e4


def measure_loss(encoder: Encoder, batch: Batch, outputs: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """The loss of a batch from its pieces' outputs (heads, trigger sides, filler sides; [windows, pieces, ...])."""
    heads, triggers, fillers = (_take(side, batch.firsts).float() for side in outputs)
    layout = load_heads()
    total = WEIGHTS["trigger"] * nnf.cross_entropy(
        heads[..., layout["trigger"].columns].flatten(0, 1), batch.triggers.flatten(),
        ignore_index=UNASKED, reduction="sum",
    )  # fmt: skip
    saying = heads[..., layout["saying"].columns][..., 0]
    total = total + WEIGHTS["saying"] * _ask(saying, batch.sayings.clamp(min=0), batch.sayings >= 0)
    for name, (words, wanted) in batch.choices.items():
        logits = heads.flatten(0, 1)[words][:, layout[name].columns]
        total = total + WEIGHTS[name] * nnf.cross_entropy(logits, wanted, reduction="sum")
    filler = heads[..., layout["filler"].columns]
    counts = batch.filler_known[:, None] * batch.is_word[..., None]
    total = total + WEIGHTS["filler"] * _ask(filler, batch.filler, counts)
    first, last, asked = batch.bounds
    for name, marked in (("first", first), ("last", last)):
        total = total + WEIGHTS["bounds"] * _ask(heads[..., layout[name].columns], marked, asked)
    if batch.points.shape[1]:
        score = _score(encoder, batch.points, batch.sentences, (triggers, fillers), filler)
        total = total + _measure_arcs(score, batch.wanted, batch.known, batch.is_word)
    if len(batch.singles):
        total = total + _measure_singles(encoder, batch, heads, (triggers, fillers))
    return total


def _take(side: Tensor, at: Tensor) -> Tensor:
    """Of each window the pieces `at`: [windows, pieces, width] and [windows, words] to [windows, words, width]."""
    return side.gather(1, at[..., None].expand(-1, -1, side.shape[-1]))


def _ask(logits: Tensor, wanted: Tensor, counts: Tensor) -> Tensor:
    """The cost of questions with yes and no, of those that count."""
    return (nnf.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * counts).sum()


@cache
def _steps(device: torch.device) -> Tensor:
    """The class of every distance from one word to another, -LONGEST to LONGEST."""
    return torch.from_numpy(class_distances(np.array([LONGEST]), 2 * LONGEST + 1)[0]).to(device)


def _score(encoder: Encoder, points: Tensor, sentences: Tensor, sides: tuple[Tensor, Tensor], filler: Tensor) -> Tensor:
    """Logits of the arcs from some words of each window, [windows, points, roles, words]."""
    triggers, fillers = sides
    numbers = torch.arange(sentences.shape[1], device=points.device)
    steps = _steps(points.device)[numbers - points[..., None] + LONGEST]
    apart = sentences[:, None] - sentences.gather(1, points)[..., None]
    apart = apart.clamp(-SENTENCES, SENTENCES) + SENTENCES
    return encoder.score_arcs((_take(triggers, points), fillers), filler.detach(), steps, apart)


def _measure_arcs(score: Tensor, wanted: Tensor, known: Tensor, is_word: Tensor) -> Tensor:
    weights = known * ROLE_WEIGHTS.to(known.device)
    return _ask(score, wanted, weights[..., None] * is_word[:, None, None])


def _measure_singles(encoder: Encoder, batch: Batch, heads: Tensor, sides: tuple[Tensor, Tensor]) -> Tensor:
    """Sentences with one event whose trigger is not given: any word may be it, the likeliest one gets the arcs."""
    layout = load_heads()
    heads, triggers, fillers = (side[batch.singles] for side in (heads, *sides))
    is_word, sentences = batch.is_word[batch.singles], batch.sentences[batch.singles]
    logits = heads[..., layout["trigger"].columns]
    lead = (logits[..., 1:] - logits[..., :1]).masked_fill(~is_word[..., None], _NEVER)
    by_type = torch.logsumexp(lead, 1)
    right = torch.logsumexp(by_type.masked_fill(~batch.allowed, _NEVER), 1)
    # one of the types, and one of its words is a trigger at all
    cost = (torch.logsumexp(by_type, 1) - right + 0.3 * nnf.softplus(-right)).sum()
    with torch.no_grad():
        likeliest = lead.masked_fill(~batch.allowed[:, None], _NEVER).amax(2).argmax(1, keepdim=True)
    mode = _take(heads, likeliest)[:, 0, layout["mode"].columns]
    cost = cost + WEIGHTS["mode"] * nnf.cross_entropy(mode, batch.mode, ignore_index=UNASKED, reduction="sum")
    score = _score(encoder, likeliest, sentences, (triggers, fillers), heads[..., layout["filler"].columns])
    cost = cost + _measure_arcs(score, batch.single[:, None], batch.single_known[:, None], is_word)
    return WEIGHTS["single"] * cost
