"""Count which words stand around acts of which type: ``python -m training.wording [--write]``.

The table learns from the triggers of all our own articles. How far it counts beside the network is fitted on articles
that neither has learnt: those that the bundled reader has not, each judged by a table of the other folds. Without
`--write` the figures of that cross-validation are told; with it the table is fitted on everything but the articles in
`held.txt`, so that these go on measuring, and put into the model file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from scipy.optimize import minimize
from torch import nn

from tocsin.reading.encoder import MODEL_PATH, WORDING, Encoder
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Numbers
from tocsin.reading.wording import BUCKETS, Digests, Wording, digest_words, wording_to_plain
from training.act_dates import list_unlearnt
from training.act_places import HELD
from training.corpora import read_own_articles
from training.examples import Example, make_article_examples
from training.placing import FOLDS, fold_of

Record = dict[str, Any]
Labels = npt.NDArray[np.int64]
TYPES = load_heads()["trigger"].classes[1:]
_PASSES, _BATCH, _RATE = 10, 512, 0.01
#: Pull of every weight to nothing, and the share of what stands around a word that is hidden at a time.
_PULL, _HIDDEN = 0.02, 0.3
_BIAS_PULL = 1e-4


@dataclass(frozen=True, slots=True)
class Triggers:
    """Words that name an act: what stands around them [n, kinds], their types [n], the network's logits [n, types]."""

    digests: Digests
    types: Labels
    logits: Numbers


def main() -> int:
    """Measure or write by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="fit the table and put it into the model file")
    parser.add_argument("--model", type=Path, default=MODEL_PATH)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    encoder, unlearnt = Encoder(options.model), list_unlearnt()
    names = {r["id"] for r in unlearnt}
    learnt = list_windows((r for r in read_own_articles() if r["id"] not in names), encoder)
    base = collect(learnt, encoder)
    folds = [
        collect(windows, encoder, is_asked=True)
        for n in range(FOLDS)
        for windows in [list_windows((r for r in unlearnt if fold_of(r["id"]) == n), encoder)]
    ]
    judged = [
        make_table(join([base, *folds[:n], *folds[n + 1 :]]), options.seed).judge(fold.digests)
        for n, fold in enumerate(folds)
    ]
    sys.stdout.write(measure(folds, judged) + "\n")
    if options.write:
        own, said, bias = fit_shares(join(folds), np.concatenate(judged))
        taught = list_windows((r for r in unlearnt if r["id"] not in HELD.read_text("utf-8").split()), encoder)
        table = make_table(join([base, collect(taught, encoder)]) if taught else base, options.seed)
        write(options.model, Wording(table.table, bias, own, said))
    return 0


def list_windows(records: Iterable[Record], encoder: Encoder) -> list[Example]:
    """The windows of articles that hold an act and that the gate lets through."""
    tokenizer, gate = encoder.model.tokenizer, encoder.model.gate
    examples = (e for record in records for e in make_article_examples(record, tokenizer))
    return [e for e in examples if e.points and gate.opens(e.window)]


def collect(examples: Sequence[Example], encoder: Encoder, *, is_asked: bool = False) -> Triggers:
    """The triggers of windows in order; with `is_asked` what the network says of them, without the table's word."""
    digests, types, logits = [], [], []
    answers = encoder.answer([e.window for e in examples], is_weighed=False) if is_asked else repeat(None)
    for example, outputs in zip(examples, answers, strict=is_asked):
        at = np.asarray([point.word for point in example.points])
        kinds = np.asarray([TYPES.index(point.classes["trigger"]) for point in example.points])
        digests.append(digest_words(example.window, encoder.model.stems)[at])
        types.append(kinds)
        logits.append(outputs.logits("trigger")[at, 1:] if outputs else np.zeros((len(at), len(TYPES))))
    plain = np.concatenate(logits)
    shares = plain - np.logaddexp.reduce(plain, axis=1)[:, None]
    return Triggers(np.concatenate(digests), np.concatenate(types), shares.astype(np.float32))


def join(parts: Sequence[Triggers]) -> Triggers:
    """All of several lists."""
    return Triggers(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("digests", "types", "logits")))


def make_table(triggers: Triggers, seed: int) -> Wording:
    """A table of its own: a softmax over sums of weights, most of what stands around a word hidden now and then."""
    torch.manual_seed(seed)
    order = torch.Generator().manual_seed(seed)
    seen = torch.from_numpy(np.where(triggers.digests < 0, BUCKETS, triggers.digests))
    wanted = torch.from_numpy(triggers.types)
    table = torch.zeros(BUCKETS + 1, len(TYPES), requires_grad=True)
    optimizer = torch.optim.Adam([table], lr=_RATE)
    for _ in range(_PASSES):
        for batch in torch.randperm(len(wanted), generator=order).split(_BATCH):
            rows = seen[batch]
            rows = torch.where(torch.rand(rows.shape, generator=order) < _HIDDEN, BUCKETS, rows)
            sums = nn.functional.embedding_bag(rows, table, mode="sum", padding_idx=BUCKETS)
            pull = _PULL * (table[rows.unique()] ** 2).sum() / _BATCH
            loss = nn.functional.cross_entropy(sums, wanted[batch]) + pull
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return Wording(table.detach().numpy()[:BUCKETS], np.zeros(len(TYPES), np.float32), 0.0, 1.0)


def fit_shares(triggers: Triggers, judged: Numbers) -> tuple[float, float, Numbers]:
    """How far the network and the table count, and what is added to each type: the right ones are likeliest then."""
    rows = np.arange(len(judged))

    def cost(x: npt.NDArray[np.float64]) -> float:
        sums = x[0] * triggers.logits + x[1] * judged + x[2:]
        lost = np.logaddexp.reduce(sums, axis=1) - sums[rows, triggers.types]
        return float(lost.mean() + _BIAS_PULL * (x[2:] ** 2).sum())

    found = minimize(cost, np.r_[1.0, 0.0, np.zeros(judged.shape[1])], method="L-BFGS-B").x
    return round(float(found[0]), 3), round(float(found[1]), 3), found[2:].astype(np.float32)


def measure(folds: Sequence[Triggers], judged: Sequence[Numbers]) -> str:
    """How many types the network, the table and both get right, the shares fitted on the other folds."""
    right = {"network": 0, "table": 0, "both": 0}
    for n, fold in enumerate(folds):
        others = [k for k in range(len(folds)) if k != n]
        own, said, bias = fit_shares(join([folds[k] for k in others]), np.concatenate([judged[k] for k in others]))
        sums = {"network": fold.logits, "table": judged[n], "both": own * fold.logits + said * judged[n] + bias}
        for name, values in sums.items():
            right[name] += int((values.argmax(1) == fold.types).sum())
    count = sum(len(fold.types) for fold in folds)
    return f"types right of {count} acts: " + ", ".join(f"{name} {hits / count:.3f}" for name, hits in right.items())


def write(path: Path, wording: Wording) -> None:
    """Put the table into a model file, in the place of an earlier one."""
    model = onnx.load(str(path))
    entry = next((e for e in model.metadata_props if e.key == WORDING), None) or model.metadata_props.add()
    entry.key, entry.value = WORDING, json.dumps(wording_to_plain(wording))
    onnx.save(model, str(path))


if __name__ == "__main__":
    sys.exit(main())
