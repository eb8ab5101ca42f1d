"""Accuracy on the developers' benchmarks, scored by the shared scorer, with bootstrap intervals over records.

``python -m benchmarks.accuracy [--model FILE] [--only TASK...]`` needs the developers' folder (``--shared``, default
``../shared``); without it there is nothing to measure and the command says so. Texts of these benchmarks are
publishers': they are read, never kept.
"""

from __future__ import annotations

import argparse
import importlib
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import read_figures, write_result
from tocsin.predicting.answers import answer_records, read_records
from tocsin.settings import Settings

Record = dict[str, Any]
_SAMPLES = 200


@dataclass(frozen=True, slots=True)
class Measure:
    """One benchmark: the task's form, its gold, the scorer's function, and the figures that matter with the aim."""

    name: str
    task: str
    gold: str
    scorer: tuple[str, str]
    key: str
    figures: Mapping[str, tuple[str, ...]]
    aims: Mapping[str, float]


MEASURES = (
    Measure(
        "types: PLOVER gold", "types", "types/plover_gsr.jsonl", ("sentences", "types"), "id",
        {"macro_f1": ("type_macro_f1",), "accuracy": ("type_acc",), "actor": ("actor_acc",), "mode": ("mode_acc",)},
        {"macro_f1": 0.80},
    ),
    Measure(
        "false alarms: India police", "types", "types/india_police_dev.jsonl.gz", ("sentences", "types"), "id",
        {"police_claims_per_100": ("police_claims_per_100_sentences_without",), "any_action_f1": ("any_action", "f1"),
         "arrest_f1": ("arrest", "f1"), "force_f1": ("force", "f1")},
        {"police_claims_per_100": 4.0},
    ),
    Measure(
        "attribution: PolNeAR", "attribution", "attribution/polnear_dev.jsonl.gz", ("sentences", "attribution"),
        "doc_id",
        {"lenient": ("relation_lenient", "f1"), "strict": ("relation_strict", "f1"), "who": ("relation_who", "f1"),
         "indirect": ("recall_by_kind", "indirect"), "no_source": ("recall_by_kind", "no_source")},
        {"lenient": 0.72, "strict": 0.50, "who": 0.74, "indirect": 0.68, "no_source": 0.45},
    ),
    Measure(
        "certainty: FactBank", "factuality", "factuality/factbank_dev.jsonl.gz", ("sentences", "factuality"), "id",
        {"macro_f1": ("macro_f1",), "accuracy": ("acc",), "mae": ("mae",)}, {"macro_f1": 0.68},
    ),
    Measure(
        "whole articles", "claims", "claims/claims_dev.jsonl", ("claims", "claims"), "id",
        {
            "strict": ("claims_strict_f1",), "typed": ("typed", "f1"), "found": ("found", "f1"),
            "actor": ("matched", "actor", "f1"), "recipient": ("matched", "recipient", "f1"),
            "mode": ("matched", "mode_acc"), "modality": ("matched", "modality_acc"),
            "modality_not_actual": ("modality_not_actual",), "certainty": ("matched", "certainty_acc"),
            "speaker": ("matched", "speaker_acc"), "speaker_where": ("matched", "speaker_acc_where_attributed"),
            "date": ("matched", "date_acc"), "place_name": ("matched", "place_name_acc"),
            "place_25km": ("matched", "place_within_25km"), "toll": ("matched", "toll_acc"),
            "false_alarms": ("articles_without_claims", "false_alarms_per_article"),
        },
        {"typed": 0.78, "strict": 0.50, "actor": 0.80, "recipient": 0.70, "modality_not_actual": 0.90,
         "certainty": 0.90, "speaker": 0.80, "date": 0.75, "place_name": 0.85, "place_25km": 0.70, "toll": 0.80,
         "false_alarms": 0.3},
    ),
)  # fmt: skip


def main() -> int:
    """Measure and write benchmarks/results/accuracy.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--model", type=Path, help="another model file than the bundled one")
    parser.add_argument("--only", nargs="*", help="tasks to measure; the other figures stay as they are")
    parser.add_argument("--samples", type=int, default=_SAMPLES, help="bootstrap samples, 0 for none")
    parser.add_argument("--to", default="accuracy", help="name of the result")
    options = parser.parse_args()
    if not (options.shared / "gold").is_dir():
        print(f"nothing measured: {options.shared} holds no developers' benchmarks")
        return 0
    sys.path.insert(0, str(options.shared / "bench"))
    results = read_figures(options.to) if options.only else {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), model=options.model)
        for measure in MEASURES:
            if not options.only or measure.task in options.only:
                results[measure.name] = run(measure, options.shared, settings, options.samples)
                print(measure.name, {k: v for k, v in results[measure.name].items() if k != "per_type"}, flush=True)
    write_result(options.to, results)
    return 0


def run(measure: Measure, shared: Path, settings: Settings, samples: int) -> dict[str, Any]:
    """One benchmark's figures, each with a 95 % interval and the aim where there is one."""
    gold = read_records(shared / "gold" / measure.gold, measure.task)
    answers = list(answer_records(gold, measure.task, settings))
    scorer: Callable[..., Record] = getattr(importlib.import_module(measure.scorer[0]), measure.scorer[1])

    def score(rows: Sequence[tuple[Record, Record]]) -> Record:
        numbered = [({**g, measure.key: str(i)}, {**a, measure.key: str(i)}) for i, (g, a) in enumerate(rows)]
        out = scorer([g for g, _ in numbered], [a for _, a in numbered])
        if measure.task == "claims":
            out["modality_not_actual"] = _modality_where_not_actual(rows)
        return out

    rows = list(zip(gold, answers, strict=True))
    full = score(rows)
    drawn = random.Random(1)
    spread = [score(drawn.choices(rows, k=len(rows))) for _ in range(samples)]
    told: dict[str, Any] = {}
    for name, path in measure.figures.items():
        values = sorted(v for s in spread if (v := _pick(s, path)) is not None)
        row: dict[str, Any] = {"value": _round(_pick(full, path))}
        if values:
            row["interval"] = [_round(values[int(0.025 * len(values))]), _round(values[int(0.975 * (len(values) - 1))])]
        if name in measure.aims:
            row["aim"] = measure.aims[name]
        told[name] = row
    told["records"] = len(rows)
    per = full.get("per_type") or full.get("per_label")
    if per:
        told["per_type"] = {k: _round(v["f1"] if isinstance(v, dict) else v) for k, v in per.items()}
    return told


def _modality_where_not_actual(rows: Sequence[tuple[Record, Record]]) -> float | None:
    """Accuracy of modality on matched claims that are planned, conditional or negated in gold."""
    match = importlib.import_module("claims").match
    hits = [
        g["claims"][i]["modality"] == a["claims"][j]["modality"]
        for g, a in rows
        for i, j in match(g["claims"], a["claims"], g["text"], typed=True)
        if g["claims"][i]["modality"] != "actual"
    ]
    return statistics.fmean(hits) if hits else None


def _pick(figures: Any, path: Sequence[str]) -> float | None:
    for name in path:
        figures = figures.get(name) if figures else None
    return figures if figures is None else float(figures)


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


if __name__ == "__main__":
    sys.exit(main())
