"""Train the encoder: ``python -m training.train --out FOLDER [--gold FOLDER]``.

Without ``--gold`` the model learns only from what lies in `training/data` (the open model). The run is decided by its
seed; it writes a checkpoint every few minutes and goes on from there when it is started again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from tocsin.reading.labels import labels_digest
from tocsin.reading.wordpieces import make_tokenizer
from training.batches import Asked, Batch, join, prepare, schedule
from training.corpora import PASSES, Corpus, load_gold, load_own
from training.loss import measure_loss
from training.model import Encoder, has_short_floats, load_pretrained, load_vocabulary, widen

#: Articles on which thresholds are chosen.
HELD = Path(__file__).parent / "held.txt"
_CHECKPOINT_SECONDS = 240
#: Processes that put batches together while a GPU computes.
_JOINERS = 2
_WARM_UP = 0.06
#: Share of word pieces hidden in training, unless told otherwise; BERT's mask, and the last id that is a mark, no word.
HIDDEN = 0.08
_MASK, _LAST_MARK = 103, 998
#: The weights that are kept are a running mean: each batch moves it by this share (more at the start).
_MEAN_SHARE = 0.002
#: The learning rate falls to this share of its height: the mean takes out what the last steps jump about.
_LAST_RATE = 0.05
#: Parameters that come from MiniLM; all others are new and learn faster.
_BODY = ("words", "positions", "kind", "norm", "layers")

#: What a checkpoint and the run that goes on from it must have in common.
Plan = dict[str, float]


def main() -> int:
    """Train by the arguments of the command line."""
    options = parse_options()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)  # numbers too small to matter made some batches twenty times slower
    torch.manual_seed(options.seed)
    corpora = load_corpora(options)
    encoder = load_pretrained(options.dropout)
    if options.start:
        encoder.load_state_dict(widen(torch.load(options.start, weights_only=True)["encoder"], encoder))
    encoder.keep_layers(options.keep_layers)
    train(encoder, corpora, options)
    return 0


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the weights")
    parser.add_argument("--gold", type=Path, help="the developers' folder; without it the open model is made")
    parser.add_argument("--only", nargs="*", help="names of corpora to keep")
    parser.add_argument(
        "--leave-out", type=Path, default=HELD, help="a file of record ids that must not be learnt, one a line"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual number of passes")
    parser.add_argument("--passes", nargs="*", default=[], help="passes of single corpora, NAME=NUMBER")
    parser.add_argument("--start", type=Path, help="encoder.pt of a run to start from instead of MiniLM's")
    parser.add_argument("--keep-layers", type=int, default=0, help="so many layers from below are not trained")
    parser.add_argument("--seed", type=int, default=1, help="of the first weights")
    parser.add_argument("--order", type=int, help="seed of the order of the examples; else that of the weights")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="auto", help="cpu, cuda, or auto: a GPU where there is one")
    parser.add_argument("--rate", type=float, default=3e-4, help="highest learning rate of the layers; heads take 4x")
    parser.add_argument("--hidden", type=float, default=HIDDEN, help="share of word pieces that are masked")
    parser.add_argument("--dropout", type=float, default=0.1, help="share of each layer's numbers that are left out")
    parser.add_argument("--pieces", type=int, default=1024, help="word pieces in a batch")
    options = parser.parse_args()
    options.order = options.seed if options.order is None else options.order
    return options


def load_corpora(options: argparse.Namespace) -> list[Corpus]:
    """The corpora asked for."""
    tokenizer = make_tokenizer(load_vocabulary())
    out = options.leave_out.read_text("utf-8").split()
    corpora = list(load_own(tokenizer, options.seed, left_out=out))
    if options.gold:
        corpora += load_gold(options.gold, tokenizer, options.seed, without=out)
    if options.only:
        corpora = [c for c in corpora if c.name in options.only]
    return corpora


def train(encoder: Encoder, corpora: list[Corpus], options: argparse.Namespace) -> None:
    """Run all passes, writing `checkpoint.pt` now and then and `encoder.pt` at the end."""
    passes = {name: count * options.scale for name, count in PASSES.items()}
    passes |= {name: float(count) for name, count in (pair.split("=") for pair in options.passes)}
    device = find_device(options.device)
    encoder.to(device)
    asked: dict[str, list[Asked]] = {c.name: [prepare(e) for e in c.examples] for c in corpora}
    batches = list(schedule(asked, passes, random.Random(options.order), options.pieces))
    pieces = sum(len(a.pieces) for b in batches for a in b)
    log(f"{len(batches)} batches, {pieces} word pieces", {n: len(a) for n, a in asked.items()})
    learnt = [(n, p) for n, p in encoder.named_parameters() if p.requires_grad]
    body = [p for n, p in learnt if n.startswith(_BODY)]
    heads = [p for n, p in learnt if not n.startswith(_BODY)]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": heads, "lr": 4 * options.rate}], weight_decay=0.01,
        betas=(0.9, 0.98), fused=True,
    )  # fmt: skip
    warm = max(1, int(_WARM_UP * len(batches)))
    decay = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min((i + 1) / warm, max(_LAST_RATE, (len(batches) - i) / max(1, len(batches) - warm)))
    )
    plan = {"batches": len(batches), "word_pieces": pieces, "seed": options.seed, "order": options.order,
            "rate": options.rate, "hidden": options.hidden, "dropout": options.dropout}  # fmt: skip
    mean_of = RunningMean(encoder)
    done = resume(options.out / "checkpoint.pt", encoder, mean_of, optimizer, decay, plan)
    encoder.train()
    started = saved = time.monotonic()
    mean = torch.zeros((), device=device)
    for number, batch in enumerate(join_ahead(batches[done:], device), done):
        torch.manual_seed(options.order * 1_000_003 + number)
        loss = step(encoder, batch, optimizer, options.hidden)
        decay.step()
        mean_of.follow(encoder, number)
        mean = loss if number == done else 0.98 * mean + 0.02 * loss
        if number % 50 == 0:
            spent = time.monotonic() - started
            left = spent / (number - done + 1) * (len(batches) - number)
            log(f"{number}/{len(batches)} loss {float(mean):.3f}, {spent:.0f} s, {left:.0f} s left")
        if time.monotonic() - saved > _CHECKPOINT_SECONDS:
            keep(options.out / "checkpoint.pt", encoder, mean_of, optimizer, decay, {**plan, "number": number + 1})
            saved = time.monotonic()
    weights = {name: weight.cpu() for name, weight in mean_of.weights.items()}
    names = [c.name for c in corpora]
    torch.save({"encoder": weights, "labels": labels_digest(), "corpora": names}, options.out / "encoder.pt")
    (options.out / "checkpoint.pt").unlink(missing_ok=True)
    told = {
        **plan,
        "seconds": round(time.monotonic() - started), "threads": options.threads,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "corpora": {c.name: {"windows": len(c.examples), "passes": passes.get(c.name, 1.0), "open": c.is_open}
                    for c in corpora},
    }  # fmt: skip
    if options.start:
        told["start"] = json.loads(options.start.with_name("run.json").read_text("utf-8"))
    (options.out / "run.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    log("done", told)


def find_device(name: str) -> torch.device:
    """The device asked for; SystemExit where there is none of that name."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as e:
        raise SystemExit(f"error: no device {name} here ({str(e).splitlines()[0]}): --device cpu trains without") from e


def join_ahead(batches: Sequence[Sequence[Asked]], device: torch.device) -> Iterator[Batch]:
    """The batches as tensors on a device; for a GPU, which would wait for them, other processes join them ahead."""
    if device.type == "cpu":
        yield from (join(windows) for windows in batches)
        return
    ahead = {"num_workers": _JOINERS, "pin_memory": True, "prefetch_factor": 8}
    for batch in DataLoader(batches, batch_size=None, collate_fn=join, **ahead):  # type: ignore[arg-type]
        yield batch.to(device)


def step(encoder: Encoder, batch: Batch, optimizer: torch.optim.Optimizer, hidden: float = HIDDEN) -> Tensor:
    """One step over one batch with a share of its pieces hidden; its loss per hundred word pieces."""
    device = batch.pieces.device.type
    with torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu" or has_short_floats()):
        outputs = encoder(hide_some(batch.pieces, hidden))
    loss = measure_loss(encoder, batch, outputs) / batch.size
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
    optimizer.step()
    return loss.detach()


def hide_some(pieces: Tensor, share: float = HIDDEN) -> Tensor:
    """Word pieces with a share of them masked: an act must be known by its company too."""
    is_word = pieces > _LAST_MARK
    return torch.where(is_word & (torch.rand(pieces.shape, device=pieces.device) < share), _MASK, pieces)


class RunningMean:
    """The mean of an encoder's weights over the last batches, which errs less than any one of them."""

    def __init__(self, encoder: Encoder) -> None:
        self.weights = {name: weight.detach().clone() for name, weight in encoder.state_dict().items()}

    @torch.no_grad()
    def follow(self, encoder: Encoder, number: int) -> None:
        """Move towards the weights after batch `number`; the first batches are soon forgotten."""
        learnt = [(self.weights[name], w.detach()) for name, w in encoder.named_parameters() if w.requires_grad]
        torch._foreach_lerp_([mean for mean, _ in learnt], [w for _, w in learnt], max(_MEAN_SHARE, 1 / (number + 1)))


def keep(
    path: Path, encoder: Encoder, mean: RunningMean, optimizer: torch.optim.Optimizer, decay: object, at: Plan
) -> None:
    """Write a checkpoint whole or not at all: the plan of the run and how many batches are done (`number`)."""
    state = {"encoder": encoder.state_dict(), "mean": mean.weights, "optimizer": optimizer.state_dict(),
             "decay": decay.state_dict(), **at}  # type: ignore[attr-defined] # fmt: skip
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def resume(
    path: Path, encoder: Encoder, mean: RunningMean, optimizer: torch.optim.Optimizer, decay: object, plan: Plan
) -> int:
    """Go on from a checkpoint; the number of batches already done. SystemExit where it is of another plan."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location="cpu")
    if {key: state.get(key) for key in plan} != plan:
        raise SystemExit(
            f"error: {path} is of a run with other data or options: remove it to start anew, or choose another --out"
        )
    encoder.load_state_dict(state["encoder"])
    mean.weights = {name: weight.to(mean.weights[name].device) for name, weight in state["mean"].items()}
    optimizer.load_state_dict(state["optimizer"])
    decay.load_state_dict(state["decay"])  # type: ignore[attr-defined]
    log(f"going on from batch {state['number']}")
    return int(state["number"])


def log(*words: object) -> None:
    """Tell where the run stands."""
    sys.stderr.write(" ".join(str(w) for w in words) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
