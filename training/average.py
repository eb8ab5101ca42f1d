"""Average the weights of finished runs: ``python -m training.average RUN RUN ... --to FOLDER``.

Runs that begin from the same weights and differ in the order of their examples, or in some of them, often end in one
valley, where the mean of their weights is better than each and costs nothing more to run ("model soups", Wortsman and
others, 2022).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from training.card import join_told


def main() -> int:
    """Average the runs of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="folders of finished runs")
    parser.add_argument("--to", type=Path, required=True, help="folder of the new one")
    options = parser.parse_args()
    average_runs(options.runs, options.to)
    sys.stdout.write(f"{options.to / 'encoder.pt'}\n")
    return 0


def average_runs(runs: Sequence[Path], to: Path) -> None:
    """Write the mean of the runs' weights and what is told of them; SystemExit where they do not fit together."""
    states = [torch.load(run / "encoder.pt", weights_only=True) for run in runs]
    told = [json.loads((run / "run.json").read_text("utf-8")) for run in runs]
    if len({state["labels"] for state in states}) > 1:
        raise SystemExit("error: the runs were trained with different labels: train them anew")
    if len({run["seed"] for run in told}) > 1:
        raise SystemExit("error: the runs began from different weights (their seeds differ): use --order, not --seed")
    mean = {
        name: torch.stack([state["encoder"][name].double() for state in states]).mean(0).to(weight.dtype)
        for name, weight in states[0]["encoder"].items()
    }
    to.mkdir(parents=True, exist_ok=True)
    corpora = sorted({name for state in states for name in state["corpora"]})
    torch.save({"encoder": mean, "labels": states[0]["labels"], "corpora": corpora}, to / "encoder.pt")
    (to / "run.json").write_text(json.dumps(join_told(told), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
