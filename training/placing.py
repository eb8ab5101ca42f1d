"""Fit how candidates for a place name are weighed: ``python -m training.placing --gold FOLDER [--write]``.

A conditional logit: among the candidates of a name, those within `_NEAR_KM` of the annotated place should have the
highest sums. Context is computed with the weights of the round before, so fitting goes round a few times. Figures come
from cross-validation over articles; `--write` fits on all and prints the table.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha1
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from tocsin.places import Gazetteer, open_gazetteer
from tocsin.places.context import measure_km
from tocsin.places.resolution import build_ranker, name_mentions, resolve_mentions
from tocsin.places.rows import GazetteerRow
from tocsin.places.weights import PARTS, PlaceWeights, load_place_weights
from tocsin.records import PlaceMention, Span
from training.corpora import TOPONYM_SETS, read_lines, read_own_articles

#: A candidate this near to the annotated place is a right one.
_NEAR_KM = 40.0
_FAR_KM = 161.0
_ROUNDS = 3
FOLDS = 5
#: Strength of the pull to the weights at hand, which stand for what these sets cannot teach.
_PULL = 0.6
#: Parts that the sets do not hold: kept as they are.
FIXED = ("overlay", "mission", "outlet-country", "best-known")


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention with its annotated place: degrees, and GeoNames' number or None."""

    mention: PlaceMention
    lat: float
    lon: float
    geonames_id: int | None = None

    def is_at(self, row: GazetteerRow, km: float) -> bool:
        """Whether the row is the place, or lies within `km` of it."""
        if self.geonames_id is not None and row.geonames_id == self.geonames_id:
            return True
        off = measure_km(row, replace(row, lat=self.lat, lon=self.lon))
        return off is not None and off <= km


@dataclass(frozen=True, slots=True)
class Text:
    """An article with its placed names; `corpus` says where it comes from."""

    corpus: str
    id: str
    text: str
    placed: tuple[Placed, ...]

    @property
    def fold(self) -> int:
        """Which part of the cross-validation it belongs to."""
        return fold_of(self.id)


def main() -> int:
    """Fit by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, help="the developers' folder; without it only our own articles teach")
    parser.add_argument("--home", type=Path, required=True, help="folder of the gazetteer")
    parser.add_argument("--write", action="store_true", help="fit on everything and print the table")
    options = parser.parse_args()
    gazetteer = open_gazetteer(options.home)
    texts = [*read_own_texts(), *(read_gold_texts(options.gold) if options.gold else ())]
    start = load_place_weights()
    if options.write:
        for part, weight in fit(texts, gazetteer, start).parts.items():
            sys.stdout.write(f"{part} = {weight:.2f}\n")
        return 0
    right: dict[str, list[bool]] = {}
    for fold in range(FOLDS):
        weights = fit([t for t in texts if t.fold != fold], gazetteer, start)
        for corpus, is_right in judge([t for t in texts if t.fold == fold], gazetteer, weights):
            right.setdefault(corpus, []).append(is_right)
    for corpus, answers in right.items():
        sys.stdout.write(f"{corpus}: {sum(answers) / len(answers):.3f} of {len(answers)}\n")
    return 0


def fold_of(name: str) -> int:
    """Which part of a cross-validation an article belongs to, by the digest of its id."""
    return sha1(name.encode(), usedforsecurity=False).digest()[0] % FOLDS


def read_gold_texts(folder: Path) -> Iterator[Text]:
    """The developers' sets with all their placed toponyms."""
    for name in TOPONYM_SETS:
        for r in read_lines(folder / f"places/{name}.jsonl.gz"):
            found = {(t["start"], t["end"]): t for t in r["toponyms"] if t["lat"] is not None}
            yield Text(name, r["doc_id"], r["text"], tuple(
                Placed(PlaceMention(r["text"][s:e], Span(s, e)), t["lat"], t["lon"],
                       int(t["geonames_id"]) if t["geonames_id"] else None)
                for (s, e), t in found.items()
            ))  # fmt: skip


def read_own_texts() -> Iterator[Text]:
    """Our own articles with the places of their claims."""
    for r in read_own_articles():
        placed: dict[tuple[int, int], Placed] = {}
        for claim in r["claims"]:
            place, evidence = claim["place"], claim["evidence"]
            if not place or place.get("lat") is None:
                continue
            at = r["text"].find(place["name"], evidence["start"], evidence["end"])
            if at >= 0:
                span = Span(at, at + len(place["name"]))
                placed[span.start, span.end] = Placed(PlaceMention(place["name"], span), place["lat"], place["lon"])
        if placed:
            yield Text("own", r["id"], r["text"], tuple(placed.values()))


def judge(texts: Iterable[Text], gazetteer: Gazetteer, weights: PlaceWeights) -> Iterator[tuple[str, bool]]:
    """For each placed name: its corpus, and whether the place chosen (or named around it) lies within 161 km."""
    for text in texts:
        mentions = [p.mention for p in text.placed]
        for placed, found in zip(
            text.placed, resolve_mentions(mentions, text.text, gazetteer, weights=weights), strict=True
        ):
            row = found.row or found.around or found.near
            yield text.corpus, row is not None and placed.is_at(row, _FAR_KM)


def fit(texts: Sequence[Text], gazetteer: Gazetteer, start: PlaceWeights) -> PlaceWeights:
    """The weights that choose best on the texts, pulled to those of `start`."""
    weights = start
    for _ in range(_ROUNDS):
        choices = [c for text in texts for c in _list_choices(text, gazetteer, weights)]
        weights = _maximise(choices, weights, start)
    return weights


@dataclass(frozen=True, slots=True)
class _Choice:
    """One name: values of the candidates' parts [candidates, parts], which are right, and how much it counts."""

    values: np.ndarray
    right: np.ndarray
    weight: float


def _list_choices(text: Text, gazetteer: Gazetteer, weights: PlaceWeights) -> Iterator[_Choice]:
    named = name_mentions([p.mention for p in text.placed], text.text, gazetteer)
    ranker = build_ranker(named, text.text, gazetteer, weights, None)
    counts: dict[tuple[object, ...], int] = {}
    for one in named[: len(text.placed)]:
        counts[one.sense] = counts.get(one.sense, 0) + 1
    for placed, one in zip(text.placed, named, strict=False):
        ranked = ranker.rank(one)
        right = np.array([placed.is_at(r.row, _NEAR_KM) for r in ranked], dtype=bool)
        if right.any() and not right.all():
            values = np.zeros((len(ranked), len(PARTS)))
            for i, r in enumerate(ranked):
                for part in r.parts:
                    values[i, PARTS.index(part.rule)] = part.value
            # a name that an article repeats is one lesson, not ten
            yield _Choice(values, right, 1 / math.sqrt(counts[one.sense]))


def _maximise(choices: Sequence[_Choice], now: PlaceWeights, start: PlaceWeights) -> PlaceWeights:
    base = np.array([start.parts[p] for p in PARTS])
    free = np.array([p not in FIXED for p in PARTS])

    def cost(x: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros(len(PARTS))
        for c in choices:
            sums = c.values @ x
            shares = np.exp(sums - sums.max())
            shares /= shares.sum()
            good = max(1e-12, shares[c.right].sum())
            total -= c.weight * math.log(good)
            wanted = np.where(c.right, shares / good, 0.0)
            slope -= c.weight * ((wanted - shares) @ c.values)
        total += _PULL * float(((x - base) ** 2).sum())
        slope += 2 * _PULL * (x - base)
        return total, np.where(free, slope, 0.0)

    found = minimize(cost, np.array([now.parts[p] for p in PARTS]), jac=True, method="L-BFGS-B")
    return replace(now, parts=dict(zip(PARTS, (float(v) for v in found.x), strict=True)))


if __name__ == "__main__":
    sys.exit(main())
