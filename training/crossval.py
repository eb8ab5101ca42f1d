"""Cross-validate event types on plv_train: ``python -m training.crossval --gold FOLDER --out FOLDER``.

Edited copies of one sentence stay in one fold, and what is learnt beside it from the same texts (cameo) holds no copy
of a sentence of the fold under test; the passages are our own. Writes `predictions.jsonl` for the scorer; each fold
resumes where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import torch

from tocsin.reading.decoding import find_likeliest_act
from tocsin.reading.parts import PlainAct, make_plain_act
from tocsin.reading.wordpieces import cut_windows, make_tokenizer
from training.answers import iter_outputs, load_encoder
from training.corpora import TWIN_SHARE, Corpus, Record, drop_twins, four_grams, load_own, make_type_example, read_lines
from training.model import load_pretrained, load_vocabulary
from training.train import log, train

_PASSES = ("plv=7", "cameo=5", "passages=4")


def main() -> int:
    """Train each fold that is not done yet, then write all predictions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="auto", help="cpu, cuda, or auto: a GPU where there is one")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    rows = read_lines(options.gold / "types/plv_train.jsonl")
    fold_of = assign_folds(rows, options.folds)
    answers: dict[str, dict[str, object]] = {}
    for fold in range(options.folds):
        held = [r for r in rows if fold_of[r["id"]] == fold]
        folder = options.out / f"fold{fold}"
        if not (folder / "encoder.pt").exists():
            train_fold(rows, held, folder, options)
        answers |= answer_fold(held, folder)
        log(f"fold {fold}: {len(held)} sentences")
    with (options.out / "predictions.jsonl").open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(answers[row["id"]], ensure_ascii=False) + "\n")
    return 0


def assign_folds(rows: list[Record], folds: int) -> dict[str, int]:
    """A fold for each record: records that share much of their wording get the same."""
    index: dict[tuple[str, ...], list[int]] = {}
    group = list(range(len(rows)))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    sizes = [len(four_grams(row["text"])) for row in rows]
    for i, row in enumerate(rows):
        grams = four_grams(row["text"])
        shared: dict[int, int] = {}
        for gram in grams:
            for j in index.get(gram, ()):
                shared[j] = shared.get(j, 0) + 1
            index.setdefault(gram, []).append(i)
        for j, count in shared.items():
            if count > TWIN_SHARE * min(len(grams), sizes[j]):
                group[root(i)] = root(j)
    filled = [0] * folds
    chosen: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for i in range(len(rows)):
        members.setdefault(root(i), []).append(i)
    for key, inside in sorted(members.items(), key=lambda kv: (-len(kv[1]), kv[0])):
        chosen[key] = filled.index(min(filled))
        filled[chosen[key]] += len(inside)
    return {row["id"]: chosen[root(i)] for i, row in enumerate(rows)}


def train_fold(rows: list[Record], held: list[Record], folder: Path, options: Namespace) -> None:
    """Train on everything but one fold and its copies."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    settings = Namespace(
        out=folder,
        scale=1.0,
        passes=_PASSES,
        seed=options.seed,
        order=options.seed,
        start=None,
        pieces=1024,
        rate=3e-4,
        threads=options.threads,
        device=options.device,
    )
    train(load_pretrained(), list(load_fold(rows, held, options)), settings)


def load_fold(rows: list[Record], held: list[Record], options: Namespace) -> Iterator[Corpus]:
    """What may be learnt for one fold."""
    tokenizer = make_tokenizer(load_vocabulary())
    tests = [r["text"] for r in held]
    ids = {r["id"] for r in held}
    learnt = drop_twins([r for r in rows if r["id"] not in ids], tests)
    yield Corpus("plv", tuple(e for r in learnt if (e := make_type_example(r, tokenizer, "plv"))), False)
    spans = drop_twins(read_lines(options.gold / "types/cameo_spans_train.jsonl"), tests)
    yield Corpus("cameo", tuple(e for r in spans if (e := make_type_example(r, tokenizer, "cameo"))), False)
    yield from (c for c in load_own(tokenizer, options.seed) if c.name == "passages")


def answer_fold(held: list[Record], folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Answers of one fold's model to its held-out sentences."""
    encoder = load_encoder(folder / "encoder.pt")
    tokenizer = make_tokenizer(load_vocabulary())
    windows = [next(iter(cut_windows(r["text"], tokenizer))) for r in held]
    for row, outputs in zip(held, iter_outputs(encoder, windows), strict=True):
        act = find_likeliest_act(outputs)
        plain: list[PlainAct] = [make_plain_act(act, outputs, row["text"])] if act else []
        claims = [{"type": a.type, "mode": a.mode, "actor": a.actor, "recipient": a.recipient} for a in plain]
        yield row["id"], {"id": row["id"], "claims": claims}


if __name__ == "__main__":
    sys.exit(main())
