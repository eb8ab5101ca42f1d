"""The same incident across reports, on MUC-3/4 templates: are partners near, and what is grouped.

``python -m benchmarks.muc TEMPLATES [--scorer FOLDER]``: for each template that the key gives a partner, whether one is
among the 20 others that the room's own blocks and weights put first; with `--scorer` (the folder of clusters.py) also
pairs and B-cubed of the groups. All is told for two halves of the articles (by SHA-1 of their ids) and for both.

The key's links are silver: made by a rule that takes an incident as two where one report gives the day or the place
and another does not. Pair precision against it says little; the articles themselves must be read. So all is told again
for the templates that give both a day and a place below the country, and without the incident that the key links most.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha1
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.timing import write_result
from tocsin.desk.opening import load_knowledge
from tocsin.incidents.blocks import Blocks
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.grouping import score_pair
from tocsin.knowledge.weights import load_merge_weights
from tocsin.predicting.answers import answer_records, read_records
from tocsin.predicting.groups import make_muc_articles, make_muc_claims
from tocsin.settings import Settings

Record = Mapping[str, Any]
NEAREST = 20


def main() -> int:
    """Measure and write benchmarks/results/muc.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(__file__).resolve().parents[2] / "shared"
    templates = shared / "gold" / "incidents" / "muc4_dev_templates.jsonl.gz"
    parser.add_argument("templates", type=Path, nargs="?", default=templates)
    parser.add_argument("--scorer", type=Path, default=shared / "bench")
    parser.add_argument("--to", default="muc", help="name of the result")
    options = parser.parse_args()
    if not options.templates.exists():
        print(f"{options.templates} is not here: nothing is measured", file=sys.stderr)
        return 0
    records = read_records(options.templates, "incidents")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        facts = prepare_templates(records, settings)
        scores = score_templates(facts)
        guess = {a["id"]: a["cluster"] for a in answer_records(records, "incidents", settings)}
    results: dict[str, dict[str, float]] = {}
    parts = {"both": records, **{f"half {h}": [r for r in records if half_of(r) == h] for h in (0, 1)}}
    parts["day and place"] = [r for r, f in zip(records, facts, strict=True) if f.claim.date and _is_below_country(f)]
    ((most_told, _),) = Counter(str(r["cluster"]) for r in records).most_common(1)
    parts["without the most told"] = [r for r in records if str(r["cluster"]) != most_told]
    for name, chosen in parts.items():
        results[name] = measure_nearest(records, scores, {str(r["id"]) for r in chosen})
        if options.scorer.exists():
            results[name] |= measure_groups(chosen, guess, options.scorer)
        print(name, results[name], flush=True)
    write_result(options.to, results)
    return 0


def _is_below_country(facts: Facts) -> bool:
    return facts.place is not None and facts.place.precision != "country"


def half_of(record: Record) -> int:
    """Which half of the articles a template is in."""
    return sha1(str(record["doc"]).encode(), usedforsecurity=False).digest()[-1] % 2


def prepare_templates(records: Sequence[Record], settings: Settings) -> list[Facts]:
    """The templates as the room compares them, in order."""
    assert settings.home is not None
    gazetteer, weights = load_knowledge(settings, settings.home).gazetteer, load_merge_weights()
    articles = make_muc_articles(records)
    return [
        prepare_facts(claim, articles[claim.article_id], None, claim.article_id, weights)
        for claim in make_muc_claims(records, gazetteer)
    ]


def score_templates(facts: Sequence[Facts]) -> npt.NDArray[np.float64]:
    """Log-odds of all pairs, [templates, templates]; -inf where no block brings two together or something bars them."""
    weights = load_merge_weights()
    at = {f.claim.id: i for i, f in enumerate(facts)}
    blocks = Blocks(weights.block_limit)
    scores = np.full((len(facts), len(facts)), -np.inf)
    for one in facts:
        near, lost = blocks.insert(one)
        for name in near:
            pair = sorted((one, facts[at[name]]), key=lambda f: f.order)
            scores[at[name], at[one.claim.id]] = score_pair(*pair, weights)
        for a, b in lost:
            if not blocks.holds((a, b)):
                scores[at[a], at[b]] = scores[at[b], at[a]] = -np.inf
    return np.maximum(scores, scores.T)


def measure_nearest(
    records: Sequence[Record], scores: npt.NDArray[np.float64], asked: set[str], most: int = NEAREST
) -> dict[str, float]:
    """Shares among the templates `asked` that have partners: with one among the nearest, and of all partners there.

    A partner that others tie with counts as behind half of these.
    """
    clusters = np.array([str(r["cluster"]) for r in records])
    sizes = Counter(clusters.tolist())
    some, found, partners = [], 0, 0
    for i, record in enumerate(records):
        if str(record["id"]) not in asked or sizes[clusters[i]] < 2:
            continue
        mine = scores[i][(clusters == clusters[i]) & (np.arange(len(records)) != i)]
        ahead = np.array([(scores[i] > s).sum() + ((scores[i] == s).sum() - 1) / 2 for s in mine])
        near = np.isfinite(mine) & (ahead < most)
        some.append(bool(near.any()))
        found, partners = found + int(near.sum()), partners + len(mine)
    return {"asked": len(some), "one_near": round(float(np.mean(some)), 4), "all_near": round(found / partners, 4)}


def measure_groups(records: Sequence[Record], guess: Mapping[str, str], scorer: Path) -> dict[str, float]:
    """The shared scorer's figures on some of the templates."""
    if str(scorer) not in sys.path:
        sys.path.insert(0, str(scorer))
    compare = importlib.import_module("clusters").compare
    key = {str(r["id"]): r["cluster"] for r in records}
    figures = compare(key, {name: guess[name] for name in key}, ceaf=False)
    return {name: round(float(figures[name]), 4) for name in ("pair_p", "pair_r", "pair_f1", "b3_p", "b3_r", "b3_f1")}


if __name__ == "__main__":
    sys.exit(main())
