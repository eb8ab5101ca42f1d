"""Copies: pair F1 on edited copies of the project's own articles and, where it is at hand, on the developers' set.

``python -m benchmarks.copies [--shared FOLDER]``. The edits are those of `benchmarks/edits.py`: two of each article,
the articles of `training/data` in two halves. Thresholds were chosen with all three sets in view: none is held out.
Reports of one happening by several outlets are among the articles: they must stay apart.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from training.markup import DATA, read_articles

from benchmarks.edits import EDITS, join
from benchmarks.timing import write_result
from tocsin.incidents import find_origins
from tocsin.predicting.answers import read_records
from tocsin.records import Article

Record = dict[str, Any]
_SEED, _EDITS_EACH, _LEAST_CHARS = 5, 2, 500


def main() -> int:
    """Measure and write benchmarks/results/copies.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    options = parser.parse_args()
    sets = {"own edits, even half": make_copies(0), "own edits, odd half": make_copies(1)}
    gold = options.shared / "gold" / "copies" / "wirecopy_dev.jsonl.gz"
    if gold.exists():
        sets["wire copies, developers'"] = read_records(gold, "copies")  # type: ignore[assignment]
    else:
        sys.stderr.write(f"{options.shared} holds no developers' benchmarks: only the project's own are measured\n")
    write_result("copies", {name: measure(records) for name, records in sets.items()})
    return 0


def make_copies(half: int) -> list[Record]:
    """Every other article, each with two copies of kinds drawn by lot, in an order drawn by lot."""
    chance = random.Random(_SEED)
    texts = [row for number, row in enumerate(_read_texts()) if number % 2 == half]
    others = [text for _, text in texts]
    records: list[Record] = []
    for name, text in texts:
        records.append({"id": name, "text": text, "cluster": name, "kind": "orig"})
        for kind in chance.sample([*sorted(EDITS), "join"], _EDITS_EACH):
            edited = join(text, chance.choice(others), chance) if kind == "join" else EDITS[kind](text, chance)
            records.append({"id": f"{name}~{kind}", "text": edited, "cluster": name, "kind": kind, "of": name})
    chance.shuffle(records)
    return records


def measure(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Precision, recall and F1 over pairs, the share of copies found with their original, and speed."""
    began = datetime(2000, 1, 1, tzinfo=UTC)
    articles = [Article(str(r["id"]), r["text"], began + timedelta(seconds=number)) for number, r in enumerate(records)]
    start = time.process_time()
    origins = find_origins(articles)
    seconds = time.process_time() - start
    gold = {str(r["id"]): str(r["cluster"]) for r in records}
    wanted, found = _pairs(gold), _pairs(origins)
    both = len(wanted & found)
    precision, recall = both / max(1, len(found)), both / max(1, len(wanted))
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for record in records:
        if record.get("of") is not None:
            by_kind[record["kind"]].append(origins[str(record["id"])] == origins.get(str(record["of"])))
    return {
        "records": len(records),
        "pair_precision": round(precision, 4),
        "pair_recall": round(recall, 4),
        "pair_f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        "with_original": {kind: round(sum(hits) / len(hits), 3) for kind, hits in sorted(by_kind.items())},
        "articles_per_cpu_second": round(len(records) / seconds),
        "words_per_article": round(sum(len(r["text"].split()) for r in records) / len(records)),
    }


def _pairs(labels: Mapping[str, str]) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, label in labels.items():
        groups[label].append(name)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def _read_texts() -> Iterator[tuple[str, str]]:
    """Names and texts of the project's own articles that are long enough to be cut."""
    for path in sorted((DATA / "own").glob("*.claims")):
        for article in read_articles(path):
            if len(article["text"]) > _LEAST_CHARS:
                yield article["id"], article["text"]
    with (DATA / "claims.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if len(record["text"]) > _LEAST_CHARS:
                yield record["id"], record["text"]


if __name__ == "__main__":
    sys.exit(main())
