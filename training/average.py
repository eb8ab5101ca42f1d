"""Average the weights of finished runs: ``python -m training.average RUN[=SHARE] RUN ... --to FOLDER``.

Runs that begin from the same weights and differ in the order of their examples, or in some of them, often end in one
valley, where the mean of their weights is better than each and costs nothing more to run ("model soups", Wortsman and
others, 2022). Heads that only some of the runs have learnt are averaged over those alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tocsin.reading.labels import ROLES, SAYING_ROLES, labels_digest, load_heads
from training.card import join_told
from training.model import ARC_WIDTH, Encoder, widen

#: What only one corpus teaches: attributions of whole articles, and names. Runs without it know nothing of these.
_TAUGHT_BY = {"saying": "sayings", "name": "names"}


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its weights, the corpora it learnt, and its share in the mean."""

    state: Mapping[str, Tensor]
    corpora: frozenset[str]
    share: float


def main() -> int:
    """Average the runs of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", help="folders of finished runs, each with =SHARE or of equal share")
    parser.add_argument("--to", type=Path, required=True, help="folder of the new one")
    options = parser.parse_args()
    pairs = [run.partition("=") for run in options.runs]
    average_runs([Path(p[0]) for p in pairs], options.to, [float(p[2] or 1) for p in pairs])
    sys.stdout.write(f"{options.to / 'encoder.pt'}\n")
    return 0


def average_runs(runs: Sequence[Path], to: Path, shares: Sequence[float] | None = None) -> None:
    """Write the mean of the runs' weights and what is told of them; SystemExit where they do not fit together."""
    told = [json.loads((run / "run.json").read_text("utf-8")) for run in runs]
    if len({run["seed"] for run in told}) > 1:
        raise SystemExit("error: the runs began from different weights (their seeds differ): use --order, not --seed")
    loaded = [_load_run(run, share) for run, share in zip(runs, shares or [1.0] * len(runs), strict=True)]
    mean = _average(loaded)
    for head, corpus in _TAUGHT_BY.items():
        taught = [run for run in loaded if corpus in run.corpora]
        if taught and len(taught) < len(loaded):
            _take_head(mean, _average(taught), head)
    to.mkdir(parents=True, exist_ok=True)
    corpora = sorted({name for run in loaded for name in run.corpora})
    torch.save({"encoder": mean, "labels": labels_digest(), "corpora": corpora}, to / "encoder.pt")
    shared = [run.share / sum(r.share for r in loaded) for run in loaded]
    (to / "run.json").write_text(json.dumps(_tell(told, shared), indent=1) + "\n", encoding="utf-8")


def _tell(told: Sequence[dict[str, Any]], shares: Sequence[float]) -> dict[str, Any]:
    """What is told of the mean; of a run and the one that it began from only the run, with its share."""
    for run, share in zip(told, shares, strict=True):
        if len(told) == 2 and run.get("start") in told:
            return {**run, "share": round(share, 3)}
    return join_told(told)


def _load_run(folder: Path, share: float) -> Run:
    state = torch.load(folder / "encoder.pt", weights_only=True)
    if state["labels"] not in (labels_digest(), labels_digest("name")):
        raise SystemExit(f"error: {folder} was trained with different labels: train it anew")
    return Run(widen(state["encoder"], Encoder()), frozenset(state["corpora"]), share)


def _average(runs: Sequence[Run]) -> dict[str, Tensor]:
    total = sum(run.share for run in runs)
    return {
        name: sum((run.state[name].double() * (run.share / total) for run in runs), torch.zeros(())).to(weight.dtype)
        for name, weight in runs[0].state.items()
    }


def _take_head(mean: dict[str, Tensor], taught: Mapping[str, Tensor], head: str) -> None:
    """Put the rows of one head, and of its roles of arcs, as `taught` has them."""
    columns = load_heads()[head].columns
    rows = list(range(columns.start, columns.stop))
    roles = [i for i, role in enumerate(ROLES) if head == "saying" and role in SAYING_ROLES]
    rows += [load_heads()["filler"].start + i for i in roles]
    for name in ("heads.weight", "heads.bias"):
        mean[name][rows] = taught[name][rows]
    for i in roles:
        for side in ("from_trigger", "to_filler"):
            for part in ("weight", "bias"):
                at = slice(i * ARC_WIDTH, (i + 1) * ARC_WIDTH)
                mean[f"{side}.{part}"][at] = taught[f"{side}.{part}"][at]
        for name in ("distance_bias", "sentence_bias", "filler_scale"):
            mean[name][i] = taught[name][i]


if __name__ == "__main__":
    sys.exit(main())
