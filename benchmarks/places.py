"""Places on the developers' benchmarks, cross-validated: what is reported has not been learnt.

    python -m benchmarks.places --model trnews=RUN lgl_dev=RUN [--home FOLDER]

needs the developers' folder and the training environment. Each set's names are marked by a run of the encoder that
has not learnt that set; the weights of recognition and of resolution are fitted on four fifths of the articles and
judged on the last fifth, five times. Where acts happened is judged on the half of its set that no run learns from, by
the bundled model. Intervals are bootstrapped over records.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from training.corpora import is_training_row, read_lines
from training.placing import FOLDS, Text, fold_of, read_gold_texts
from training.placing import fit as fit_places
from training.recognising import Marked, mark_texts
from training.recognising import fit as fit_names

from benchmarks.timing import write_result
from tocsin.places import Gazetteer, Resolution, iterate_peoples, open_gazetteer, resolve_mentions
from tocsin.places.mentions import choose_names
from tocsin.places.weights import NameWeights, PlaceWeights, load_place_weights
from tocsin.predicting.answers import answer_records
from tocsin.predicting.places import tell_toponym
from tocsin.records import PlaceMention
from tocsin.settings import Settings

Record = dict[str, Any]
_SAMPLES = 200
_AIMS = {"places/trnews": 0.80, "places/lgl_dev": 0.66, "resolution/trnews": 0.92, "resolution/lgl_dev": 0.88,
         "event-place": 0.75}  # fmt: skip


def main() -> int:
    """Measure and write benchmarks/results/places.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--home", type=Path, help="folder of the gazetteer; else one is built for this")
    parser.add_argument("--model", nargs="+", default=[], help="SET=RUN, a run that has not learnt the set")
    options = parser.parse_args()
    gold = options.shared / "gold"
    if not gold.is_dir():
        print(f"nothing measured: {options.shared} holds no developers' benchmarks")
        return 0
    if not options.model:
        print("nothing measured: name the runs of the encoder that have not learnt these sets (--model)")
        return 0
    sys.path.insert(0, str(options.shared / "bench"))
    runs = dict(pair.split("=", 1) for pair in options.model)
    with tempfile.TemporaryDirectory() as folder:
        gazetteer = open_gazetteer(options.home or Path(folder))
        results: Record = {"gazetteer": "bundled profile", **judge_toponyms(gold, runs, gazetteer)}
    results["event-place"] = judge_event_places(gold)
    for name, row in results.items():
        print(name, row, flush=True)
    write_result("places", results)
    return 0


def judge_toponyms(gold: Path, runs: dict[str, str], gazetteer: Gazetteer) -> Record:
    """End to end and with given names, for each set that has a run."""
    placed = [t for t in read_gold_texts(gold) if t.corpus in runs]
    marked = {(m.corpus, m.id): m for name, run in runs.items() for m in mark_texts(name, gold, Path(run), gazetteer)}
    answers: dict[str, dict[str, Record]] = {}
    for fold in range(FOLDS):
        places = fit_places([t for t in placed if fold_of(t.id) != fold], gazetteer, load_place_weights())
        names = fit_names([m for m in marked.values() if fold_of(m.id) != fold])
        for text in (t for t in placed if fold_of(t.id) == fold):
            both = answer(text, marked[text.corpus, text.id], gazetteer, places, names)
            for task, found in both:
                toponyms = [tell_toponym(r) for r in found]
                answers.setdefault(f"{task}/{text.corpus}", {})[text.id] = {"doc_id": text.id, "toponyms": toponyms}
    scorer = importlib.import_module("places")
    told = {}
    for name, rows in answers.items():
        task, _, corpus = name.partition("/")
        pairs = [(g, rows[g["doc_id"]]) for g in read_lines(gold / f"places/{corpus}.jsonl.gz")]
        told[name] = spread(pairs, getattr(scorer, task), "doc_id", _FIGURES[task], _AIMS.get(name))
    return told


_FIGURES: dict[str, dict[str, tuple[str, ...]]] = {
    "places": {"strict161": ("resolved_overlap", "strict161"), "strict161_exact": ("resolved_exact", "strict161"),
               "exact_f1": ("exact", "f1"), "overlap_precision": ("overlap", "p"), "overlap_recall": ("overlap", "r")},
    "resolution": {"strict161": ("strict", "strict161"), "answered161": ("answered", "acc161"),
                   "missing": ("missing",)},
    "event-place": {"f1": ("f1",), "accuracy": ("acc",)},
}  # fmt: skip


def answer(
    text: Text, marked: Marked, gazetteer: Gazetteer, places: PlaceWeights, names: NameWeights
) -> Iterator[tuple[str, tuple[Resolution, ...]]]:
    """The names found, and those given, with their places."""
    chosen = [span for span, _ in choose_names(marked.stretches, names)]
    peoples = [span for span, _ in iterate_peoples(text.text) if not any(span.overlaps(s) for s in chosen)]
    found = [PlaceMention(span.cut(text.text), span) for span in (*chosen, *peoples)]
    yield "places", resolve_mentions(found, text.text, gazetteer, beside=(), weights=places)
    given = [p.mention for p in text.placed]
    yield "resolution", resolve_mentions(given, text.text, gazetteer, beside=found[: len(chosen)], weights=places)


def judge_event_places(gold: Path) -> Record:
    """Where acts happened, by the bundled model, on the rows that it never learns."""
    rows = [r for r in read_lines(gold / "places/event_location_dev.jsonl.gz") if not is_training_row(r["id"])]
    with tempfile.TemporaryDirectory() as folder:
        answers = list(answer_records(rows, "event-place", Settings(home=Path(folder))))
    scorer: Callable[..., Record] = importlib.import_module("sentences").event_place
    return spread(list(zip(rows, answers, strict=True)), scorer, "id", _FIGURES["event-place"], _AIMS["event-place"])


def spread(
    pairs: Sequence[tuple[Record, Record]],
    scorer: Callable[..., Record],
    key: str,
    figures: dict[str, tuple[str, ...]],
    aim: float | None,
) -> Record:
    """The figures with 95 % intervals over records, the aim beside the first."""
    drawn = random.Random(1)
    samples = [_score(drawn.choices(pairs, k=len(pairs)), scorer, key) for _ in range(_SAMPLES)]
    full = _score(pairs, scorer, key)
    told: Record = {"records": len(pairs)}
    for number, (name, path) in enumerate(figures.items()):
        values = sorted(_pick(s, path) for s in samples)
        low, high = values[int(0.025 * len(values))], values[int(0.975 * (len(values) - 1))]
        told[name] = {"value": round(_pick(full, path), 4), "interval": [round(low, 4), round(high, 4)]}
        if number == 0 and aim is not None:
            told[name]["aim"] = aim
    return told


def _score(pairs: Sequence[tuple[Record, Record]], scorer: Callable[..., Record], key: str) -> Record:
    numbered = [({**g, key: str(i)}, {**a, key: str(i)}) for i, (g, a) in enumerate(pairs)]
    return scorer([g for g, _ in numbered], [a for _, a in numbered])


def _pick(figures: Any, path: Sequence[str]) -> float:
    for name in path:
        figures = figures[name]
    return float(figures)


if __name__ == "__main__":
    sys.exit(main())
