"""Where the grouping loses, and the weights a regression gives: ``python -m training.merging --home FOLDER [--write]``.

The claims that the bundled reader finds in the project's own articles, those of them that an annotated claim with an
incident's name answers to (`training/data/claims.jsonl`). Told are the pairs of one incident by the stage that loses
them, precision and recall of pairs and B-cubed of the groups, and both again with weights fitted on four fifths of the
stories and tried on the last. `--write` prints the parts as fitted on all beside those of the table, whose numbers they
are pulled towards: most parts are seen a few dozen times.

Stories share nothing but the world: no two of these articles tell of different happenings on one day in one town. What
keeps such apart cannot be learnt here, so a bar or a weight against joining is no worse for seeming idle.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tocsin.desk.opening import load_knowledge
from tocsin.errors import ReadingError
from tocsin.incidents import find_countries, find_origins, group_claims
from tocsin.incidents.blocks import Blocks, block_keys
from tocsin.incidents.compare import find_bar, measure_parts, sum_parts
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.knowledge.weights import MergeWeights, load_merge_weights
from tocsin.pipeline import Knowledge, read_claims
from tocsin.predicting.answers import make_gold_article
from tocsin.records import Article, Claim
from tocsin.settings import Settings
from training.act_places import find_annotated
from training.corpora import read_own_articles

Record = dict[str, Any]
Numbers = npt.NDArray[np.float64]
FOLDS = 5
#: Strength of the pull of all weights towards those of the table.
_PULL = 4.0
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """What the reader finds in annotated articles.

    claims    all of them
    articles  by id
    incident  claim id to the name of its incident, for claims whose annotation names one
    """

    claims: tuple[Claim, ...]
    articles: Mapping[str, Article]
    incident: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs that blocks bring together and nothing bars: their parts by name, whether they are one incident, a fold."""

    parts: tuple[Mapping[str, float], ...]
    truth: npt.NDArray[np.bool_]
    folds: npt.NDArray[np.int64]


def main() -> int:
    """Print the losses, the figures as they are and cross-validated, and the fitted parts where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the gazetteer")
    parser.add_argument("--write", action="store_true", help="print the parts as fitted on everything")
    options = parser.parse_args()
    named = [r for r in read_own_articles() if any(c.get("incident") for c in r["claims"])]
    report(read_told(named, load_knowledge(Settings(home=options.home), options.home)), with_parts=options.write)
    return 0


def report(told: Told, *, with_parts: bool) -> None:
    """Print what `main` promises."""
    weights = load_merge_weights()
    facts = prepare_all(told, weights)
    home = group_named(told, weights)
    for stage, count in count_losses(facts, told.incident, home, weights).most_common():
        sys.stdout.write(f"{count:5} {stage}\n")
    sys.stdout.write(f"table: {write_figures(told.incident, home)}\n")
    folds = assign_folds(told)
    pairs = list_pairs(facts, told.incident, folds, weights)
    tried: dict[str, str] = {}
    for fold in range(FOLDS):
        fitted = fit_parts(pairs, pairs.folds != fold, weights)
        here = {c for c in told.incident if folds[told.incident[c]] == fold}
        tried |= {c: f"{fold} {i}" for c, i in group_named(told, fitted).items() if c in here}
    sys.stdout.write(f"fitted on the other stories: {write_figures(told.incident, tried)}\n")
    if with_parts:
        fitted = fit_parts(pairs, pairs.folds >= 0, weights)
        for name in sorted(weights.parts):
            seen = [bool(t) for p, t in zip(pairs.parts, pairs.truth, strict=True) if name in p or name == "base"]
            counts = f"{sum(seen)} of one incident, {len(seen) - sum(seen)} of two"
            sys.stdout.write(f"{name} = {fitted.parts[name]:.2f}  # {weights.parts[name]:.2f}; {counts}\n")


def read_told(records: Iterable[Record], knowledge: Knowledge) -> Told:
    """Read annotated articles with the bundled reader."""
    claims: list[Claim] = []
    articles: dict[str, Article] = {}
    incident: dict[str, str] = {}
    for record in records:
        article = make_gold_article(record)
        try:
            found = read_claims(article, knowledge)
        except ReadingError:
            continue
        articles[article.id] = article
        claims += found
        for claim in found:
            annotated = find_annotated(claim, record)
            if annotated and annotated.get("incident"):
                incident[claim.id] = str(annotated["incident"])
    return Told(tuple(claims), articles, incident)


def prepare_all(told: Told, weights: MergeWeights) -> dict[str, Facts]:
    """The facts of the claims whose incident is named, by claim id."""
    origins, countries = find_origins(list(told.articles.values())), find_countries(told.claims)
    return {
        c.id: prepare_facts(
            c, told.articles[c.article_id], None, origins.get(c.article_id, c.article_id), weights,
            countries.get(c.article_id),
        )
        for c in told.claims if c.id in told.incident
    }  # fmt: skip


def group_named(told: Told, weights: MergeWeights) -> dict[str, str]:
    """Claim id to the incident that the desk puts it in, among all claims of all articles."""
    origins = find_origins(list(told.articles.values()))
    grouping = group_claims(told.claims, told.articles, {}, origins, weights, now=_NOW)
    return {c: i.id for i in grouping.incidents for c in i.claim_ids if c in told.incident}


def count_losses(
    facts: Mapping[str, Facts], incident: Mapping[str, str], home: Mapping[str, str], weights: MergeWeights
) -> Counter[str]:
    """How many pairs of one incident are joined, and which stage loses the others."""
    by_incident: dict[str, list[str]] = defaultdict(list)
    for claim, name in incident.items():
        by_incident[name].append(claim)
    stages: Counter[str] = Counter()
    for claims in by_incident.values():
        for one, other in combinations(claims, 2):
            first, second = sorted((facts[one], facts[other]), key=lambda f: f.order)
            where = "one article" if first.article.id == second.article.id else "two articles"
            stage = "joined" if home[one] == home[other] else find_loss(first, second, weights)
            stages[f"{where}: {stage}"] += 1
    return stages


def find_loss(one: Facts, other: Facts, weights: MergeWeights) -> str:
    """Why two claims, the earlier first, are not joined: a bar, no block, too little in common, or their company."""
    if bar := find_bar(one, other, weights):
        return bar
    if set(block_keys(one)).isdisjoint(block_keys(other)):
        return "no block in common"
    is_low = sum_parts(measure_parts(one, other, weights), weights) < weights.least
    return "too little in common" if is_low else "their groups do not fit"


def assign_folds(told: Told) -> dict[str, int]:
    """A fold for each incident; those that share an article get the same."""
    at: dict[str, str] = {}

    def find(name: str) -> str:
        while at.setdefault(name, name) != name:
            name = at[name]
        return name

    for claim in told.claims:
        if claim.id in told.incident:
            at[find(claim.article_id)] = find(told.incident[claim.id])
    roots = sorted({find(name) for name in told.incident.values()})
    number = {root: n % FOLDS for n, root in enumerate(roots)}
    return {name: number[find(name)] for name in told.incident.values()}


def list_pairs(
    facts: Mapping[str, Facts], incident: Mapping[str, str], folds: Mapping[str, int], weights: MergeWeights
) -> Pairs:
    """The pairs to fit on; a pair of two folds counts to the first one's."""
    blocks = Blocks(weights.block_limit)
    found = []
    for id_ in sorted(facts):
        for other in blocks.insert(facts[id_])[0]:
            one, two = sorted((facts[id_], facts[other]), key=lambda f: f.order)
            if find_bar(one, two, weights) is None:
                is_one = incident[id_] == incident[other]
                found.append((measure_parts(one, two, weights), is_one, folds[incident[one.claim.id]]))
    parts, truth, fold = zip(*found, strict=True)
    return Pairs(parts, np.array(truth, bool), np.array(fold))


def fit_parts(pairs: Pairs, chosen: npt.NDArray[np.bool_], weights: MergeWeights) -> MergeWeights:
    """The table with the parts of a logistic regression over the chosen pairs, pulled towards its own."""
    names = sorted(weights.parts)
    table = np.array([weights.parts[name] for name in names])
    rows = [p for p, is_chosen in zip(pairs.parts, chosen, strict=True) if is_chosen]
    values = np.array([[1.0 if n == "base" else p.get(n, 0.0) for n in names] for p in rows])
    truth = pairs.truth[chosen].astype(np.float64)

    def cost(x: Numbers) -> tuple[float, Numbers]:
        sums, off = values @ x, x - table
        slope = values.T @ (1 / (1 + np.exp(-sums)) - truth) + _PULL * off
        return float((np.logaddexp(0, sums) - truth * sums).sum() + _PULL * off @ off / 2), slope

    fitted = minimize(cost, table.copy(), jac=True, method="L-BFGS-B").x
    return replace(weights, parts=dict(zip(names, map(float, fitted), strict=True)))


def write_figures(incident: Mapping[str, str], home: Mapping[str, str]) -> str:
    """Precision, recall and F1 of pairs, and B-cubed, in words."""
    return "pairs {:.3f}, {:.3f}, {:.3f}; B-cubed {:.4f}, {:.4f}, {:.4f}".format(
        *measure_pairs(incident, home), *measure_b_cubed(incident, home)
    )


def measure_pairs(incident: Mapping[str, str], home: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs that are joined."""
    wanted, made, both = (
        sum(n * (n - 1) // 2 for n in Counter(key(c) for c in incident).values())
        for key in (incident.__getitem__, home.__getitem__, lambda c: (incident[c], home[c]))
    )
    return _with_f1(both / made if made else 0.0, both / wanted if wanted else 0.0)


def measure_b_cubed(incident: Mapping[str, str], home: Mapping[str, str]) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1 (Bagga and Baldwin 1998)."""
    wanted, made = Counter(incident.values()), Counter(home[c] for c in incident)
    both = Counter((incident[c], home[c]) for c in incident)
    pairs: Sequence[tuple[str, str]] = [(incident[c], home[c]) for c in incident]
    precision = sum(both[p] / made[p[1]] for p in pairs) / len(pairs)
    return _with_f1(precision, sum(both[p] / wanted[p[0]] for p in pairs) / len(pairs))


def _with_f1(precision: float, recall: float) -> tuple[float, float, float]:
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


if __name__ == "__main__":
    sys.exit(main())
