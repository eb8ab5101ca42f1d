"""What a wrong answer costs: the sum over all heads and arcs of one window of what is known about it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as nnf
from torch import Tensor

from tocsin.reading.labels import ROLES, load_heads
from training.batches import Asked, make_arcs
from training.examples import Point
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


def measure_loss(encoder: Encoder, asked: Asked, outputs: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """The loss of one window from its words' outputs (heads, trigger sides, filler sides; [pieces, ...])."""
    heads, triggers, fillers = (side[asked.firsts].float() for side in outputs)
    layout = load_heads()
    total = heads.new_zeros(())
    if asked.triggers is not None:
        logits = heads[:, layout["trigger"].columns]
        total = total + WEIGHTS["trigger"] * nnf.cross_entropy(logits, asked.triggers, reduction="sum")
    if asked.sayings is not None:
        logits = heads[:, layout["saying"].columns][:, 0]
        total = total + WEIGHTS["saying"] * nnf.binary_cross_entropy_with_logits(logits, asked.sayings, reduction="sum")
    for name, (words, wanted) in asked.choices.items():
        logits = heads[words][:, layout[name].columns]
        total = total + WEIGHTS[name] * nnf.cross_entropy(logits, wanted, reduction="sum")
    filler = heads[:, layout["filler"].columns]
    if asked.filler is not None:
        wanted, counts = asked.filler
        cost = nnf.binary_cross_entropy_with_logits(filler, wanted, reduction="none")
        total = total + WEIGHTS["filler"] * (cost * counts).sum()
    if asked.bounds is not None:
        total = total + WEIGHTS["bounds"] * _measure_bounds(heads, asked.bounds)
    if asked.arcs is not None:
        arcs = asked.arcs
        score = encoder.score_arcs((triggers[arcs.words], fillers), filler.detach(), arcs.steps, arcs.apart)
        total = total + _measure_arcs(score, arcs.wanted, arcs.known)
    if asked.allowed is not None:
        total = total + _measure_single(encoder, asked, heads, triggers, fillers)
    return total


def _measure_bounds(heads: Tensor, bounds: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    layout = load_heads()
    first, last, asked = bounds
    cost = nnf.binary_cross_entropy_with_logits(heads[:, layout["first"].columns], first, reduction="none")
    cost = cost + nnf.binary_cross_entropy_with_logits(heads[:, layout["last"].columns], last, reduction="none")
    return (cost * asked).sum()


def _measure_arcs(score: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    cost = nnf.binary_cross_entropy_with_logits(score, wanted, reduction="none").sum(-1)
    return (cost * known * ROLE_WEIGHTS).sum()


def _measure_single(encoder: Encoder, asked: Asked, heads: Tensor, triggers: Tensor, fillers: Tensor) -> Tensor:
    """A sentence with one event whose trigger is not given: any word may be it, the likeliest one gets the arcs."""
    allowed = asked.allowed
    if allowed is None:
        return heads.new_zeros(())
    layout = load_heads()
    logits = heads[:, layout["trigger"].columns]
    lead = logits[:, 1:] - logits[:, :1]
    by_type = torch.logsumexp(lead, 0)
    cost = torch.logsumexp(by_type, 0) - torch.logsumexp(by_type[allowed - 1], 0)
    # and one of its words is a trigger at all
    cost = cost + 0.3 * nnf.softplus(-torch.logsumexp(by_type[allowed - 1], 0))
    with torch.no_grad():
        word = int(lead[:, allowed - 1].amax(1).argmax())
    example = asked.example
    if example.mode is not None:
        wanted = torch.tensor([layout["mode"].classes.index(example.mode)])
        cost = cost + WEIGHTS["mode"] * nnf.cross_entropy(heads[word : word + 1, layout["mode"].columns], wanted)
    if example.single:
        arcs = make_arcs(example, [Point(word, {}, example.single)])
        filler = heads[:, layout["filler"].columns]
        score = encoder.score_arcs((triggers[arcs.words], fillers), filler.detach(), arcs.steps, arcs.apart)
        cost = cost + _measure_arcs(score, arcs.wanted, arcs.known)
    return WEIGHTS["single"] * cost
