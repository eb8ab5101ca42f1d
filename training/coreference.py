"""Fit how mentions of acts are compared: ``python -m training.coreference --gold FOLDER [--scorer FOLDER]``.

Two logistic regressions over the pairs of one story: mentions whose lemmas are equal, and all others. A pair counts
less in a large story, and less the larger the groups of its two mentions: otherwise a few often told acts decide.
Prints the CoNLL figure of a cross-validation over topics for several thresholds (with `--scorer`, the folder of
clusters.py), then the two tables fitted on all. Only these numbers are kept: the texts of ECB+ are publishers'.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tocsin.incidents.coreference import Telling, find_same_acts, is_same_word, iterate_stories, measure_parts
from tocsin.knowledge.coreference import OTHER_PARTS, SHARED_PARTS, CoreferenceTable, load_coreference
from tocsin.predicting.coref import Record, add_texts, cut_articles, make_mention
from training.corpora import read_lines

FOLDS = 5
#: A group counts as no larger than this in weighing its pairs.
_LARGEST = 20
#: Strength of the pull towards no weight, on parts of equal spread.
_PULL = 1.0
LEASTS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of one kind ("same-word" or "other-word").

    values  parts of each, [pairs, parts], "base" first
    truth   1 where both tell of one act, [pairs]
    counts  how much each counts, [pairs]
    topics  the topic of each, [pairs]
    """

    names: tuple[str, ...]
    values: Numbers
    truth: Numbers
    counts: Numbers
    topics: npt.NDArray[np.int64]

    def pick(self, chosen: npt.NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return replace(
            self, values=self.values[chosen], truth=self.truth[chosen], counts=self.counts[chosen],
            topics=self.topics[chosen],
        )  # fmt: skip


def main() -> int:
    """Cross-validate where there is a scorer, then fit on all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--scorer", type=Path)
    options = parser.parse_args()
    records = add_texts(
        read_lines(options.gold / "coref/ecb_mentions_train.jsonl.gz"),
        read_lines(options.gold / "stories/ecb_docs_train.jsonl.gz"),
    )
    same, other = collect_pairs(records)
    if options.scorer:
        sys.path.insert(0, str(options.scorer))
        for least, figures in cross_validate(records, same, other).items():
            sys.stdout.write(f"{least} {' '.join(f'{name} {value:.4f}' for name, value in figures.items())}\n")
    for name, pairs in (("same-word", same), ("other-word", other)):
        rows = "".join(f"{part} = {weight:.2f}\n" for part, weight in fit(pairs).items())
        sys.stdout.write(f"[{name}]\n{rows}\n")
    return 0


def topic_of(record: Record) -> int:
    """ECB+'s topic: the number before the first underscore of the article's name."""
    return int(str(record["doc"]).split("_")[0])


def collect_pairs(records: Sequence[Record]) -> tuple[Pairs, Pairs]:
    """All pairs within stories: of equal lemmas, and others."""
    by_id = {str(r["id"]): r for r in records}
    sizes = Counter(str(r["cluster"]) for r in records)
    names = (SHARED_PARTS, SHARED_PARTS + OTHER_PARTS)
    rows: tuple[list[list[float]], ...] = ([], [])
    labels: tuple[list[tuple[float, float, int]], ...] = ([], [])
    for settings in iterate_stories([make_mention(r) for r in records], cut_articles(records), load_coreference()):
        telling = Telling(settings)
        for a, b in combinations(settings, 2):
            which = 0 if is_same_word(a, b) else 1
            parts = measure_parts(a, b, telling)
            one, two = by_id[a.mention.id], by_id[b.mention.id]
            sized = min(_LARGEST, sizes[one["cluster"]]) * min(_LARGEST, sizes[two["cluster"]])
            rows[which].append([parts[name] for name in names[which]])
            labels[which].append((float(one["cluster"] == two["cluster"]), sized**-0.25 / len(settings), topic_of(one)))
    same, other = (
        Pairs(n, np.asarray(r, np.float64), *np.asarray(x, np.float64).T[:2], np.asarray([t for *_, t in x]))
        for n, r, x in zip(names, rows, labels, strict=True)
    )
    return same, other


def fit(pairs: Pairs) -> dict[str, float]:
    """Weights of a logistic regression, by part."""
    counts = pairs.counts / pairs.counts.mean()
    spread = pairs.values.std(0)
    spread[0] = 1.0
    values = pairs.values / np.maximum(spread, 1e-9)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        odds = values @ weights
        pulled = np.r_[0.0, weights[1:]]
        off = counts * ((1 + np.tanh(odds / 2)) / 2 - pairs.truth)
        total = (counts * (np.logaddexp(0, odds) - pairs.truth * odds)).sum() + _PULL * (pulled @ pulled) / 2
        return float(total), values.T @ off + _PULL * pulled

    found = minimize(loss, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x / np.maximum(spread, 1e-9)
    return dict(zip(pairs.names, found.tolist(), strict=True))


def cross_validate(records: Sequence[Record], same: Pairs, other: Pairs) -> dict[float, Mapping[str, float]]:
    """CoNLL and its parts over all mentions by threshold: each topic is answered by weights fitted without it.

    Stories are found in all articles at once, so a fold is answered among the others' articles.
    """
    topics = sorted({topic_of(r) for r in records})
    articles, table = cut_articles(records), load_coreference()
    answers: dict[float, dict[str, str]] = {least: {} for least in LEASTS}
    for fold in range(FOLDS):
        held = set(topics[fold::FOLDS])
        weights = [fit(pairs.pick(~np.isin(pairs.topics, list(held)))) for pairs in (same, other)]
        some = [make_mention(r) for r in records if topic_of(r) in held]
        for least in LEASTS:
            fitted: CoreferenceTable = replace(table, least=least, same_word=weights[0], other_word=weights[1])
            answers[least] |= find_same_acts(some, articles, fitted)
    return {least: score(records, answer) for least, answer in answers.items()}


def score(records: Sequence[Record], answer: Mapping[str, str]) -> Mapping[str, float]:
    """The shared scorer's figures."""
    compare = importlib.import_module("clusters").compare
    figures = compare({str(r["id"]): r["cluster"] for r in records}, answer)
    return {name: float(figures[name]) for name in ("conll_f1", "muc_f1", "b3_p", "b3_r", "b3_f1", "ceafe_f1")}


if __name__ == "__main__":
    sys.exit(main())
