"""Fit how often a claim is right by the reader's score: ``python -m training.sureness``.

Right is a claim as an alarm counts it: our own annotation has one of its type on its word, done or planned or denied
alike, and news or history alike. Only articles of `held.txt` tell, since the reader is surer of what it has learnt. A
logistic curve over the log-odds of the score is fitted on every second of them; what it says of the others is compared
with what they hold.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tocsin.errors import ReadingError
from tocsin.knowledge.weights import load_merge_weights, read_odds
from tocsin.reading.encoder import Encoder
from tocsin.reading.reader import EncoderReader, make_words
from tocsin.records import Article, Claim
from training.act_places import HELD, Record, find_annotated
from training.corpora import read_own_articles

Numbers = npt.NDArray[np.float64]
#: Edges of the groups of scores that are compared.
_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


def main() -> int:
    """Fit, and print the two numbers, the score at an even chance, and how the other half bears them out."""
    reader, names = EncoderReader(Encoder(), make_words()), set(HELD.read_text("utf-8").split())
    held = [r for r in read_own_articles() if r["id"] in names and "-pas-" not in r["id"]]
    first, second = (np.array([pair for r in held[i::2] for pair in judge_claims(r, reader)]) for i in (0, 1))
    start, slope = fit_chances(*first.T)
    sys.stdout.write(f"start = {start:.2f}\nodds = {slope:.2f}\n")
    sys.stdout.write(f"even at a score of {1 / (1 + np.exp(start / slope)):.2f}, of {len(first)} claims\n")
    table = load_merge_weights()
    for low, high in pairwise(_EDGES):
        there = second[(second[:, 0] >= low) & (second[:, 0] < high)]
        if len(there):
            said = np.mean([table.read_chance(score) for score in there[:, 0]])
            sys.stdout.write(f"{low:.1f} on: {len(there)} claims, {there[:, 1].mean():.2f} right, told {said:.2f}\n")
    return 0


def judge_claims(record: Record, reader: EncoderReader) -> list[tuple[float, bool]]:
    """The score of each claim that is read in an annotated article, and whether it is right."""
    told = record.get("published")
    at = datetime.fromisoformat(told) if told else None
    article = Article(record["id"], record["text"], datetime.now(UTC), title=record.get("title"), published_at=at)
    try:
        claims = reader.read_article(article).claims
    except ReadingError:
        return []
    return [(c.score, is_right(c, find_annotated(c, record))) for c in claims if c.score is not None]


def is_right(claim: Claim, gold: Record | None) -> bool:
    """Whether a claim is what the annotation says in the fields that decide whether it counts."""
    if gold is None:
        return False
    return claim.modality == gold["modality"] and claim.background == bool(gold.get("background"))


def fit_chances(scores: npt.ArrayLike, right: npt.ArrayLike) -> tuple[float, float]:
    """Start and slope of the logistic curve over the log-odds of the scores."""
    odds = np.array([read_odds(float(score)) for score in np.asarray(scores)])
    is_right = np.asarray(right, dtype=np.float64)

    def cost(x: Numbers) -> float:
        sums = x[0] + x[1] * odds
        return float((np.logaddexp(0, sums) - is_right * sums).sum())

    start, slope = minimize(cost, np.zeros(2)).x
    return float(start), float(slope)


if __name__ == "__main__":
    sys.exit(main())
