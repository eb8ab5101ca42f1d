"""Fit how the names of an article are weighed as places of its acts: ``python -m training.act_places [--write]``.

A conditional logit over the names of an article and "none of them", for every claim that the bundled reader finds and
our own annotation has. What the reader points at looks surer in articles that it has learnt, so figures are of the
articles in `held.txt` alone, by cross-validation over them; learnt articles only join in the fitting.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tocsin.errors import ReadingError
from tocsin.places import Gazetteer, open_gazetteer
from tocsin.places.act_weights import NONE_CUES, SITE_CUES
from tocsin.places.context import find_dateline
from tocsin.places.folding import fold_name
from tocsin.places.mentions import find_mentions
from tocsin.places.options import OptionList
from tocsin.places.weighing import ActPlaceWeigher, make_weigher
from tocsin.places.words import load_place_words
from tocsin.reading.encoder import Encoder
from tocsin.reading.reader import EncoderReader, make_words
from tocsin.records import Article, Claim, Span
from training.corpora import read_own_articles
from training.placing import FOLDS, fold_of

#: Articles that the bundled reader has not learnt.
HELD = Path(__file__).parent / "held.txt"
Numbers = npt.NDArray[np.float64]
Record = dict[str, Any]
#: Strength of the pull of all weights to nothing, on cues of equal spread.
_PULL = 4.0
#: So many learnt articles join the held ones.
_LEARNT = 300
#: Names that share this much of their words are one (F1).
_SHARE = 0.5
#: The table speaks so much less for no place than the fit: chosen on held articles, where it puts 4
#: in 100 more within 25 km of their place and costs one name of 639.
_LEANING = 1.0
_CUES = (*SITE_CUES, *NONE_CUES)


@dataclass(frozen=True, slots=True)
class Choice:
    """One claim: its cues [names + 1, cues], the last row for none; which rows are right; the name of each row."""

    article: str
    values: Numbers
    right: npt.NDArray[np.bool_]
    names: tuple[str, ...]


def main() -> int:
    """Fit by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the gazetteer")
    parser.add_argument("--learnt", type=int, default=_LEARNT, help="learnt articles that join in")
    parser.add_argument("--write", action="store_true", help="fit on everything and print the table")
    options = parser.parse_args()
    gazetteer, reader = open_gazetteer(options.home), EncoderReader(Encoder(), make_words())
    articles = [r for r in read_own_articles() if "-pas-" not in r["id"]]
    names = set(HELD.read_text("utf-8").split())
    held = [c for r in articles if r["id"] in names for c in list_choices(r, reader, gazetteer)]
    others = random.Random(5).sample([r for r in articles if r["id"] not in names], options.learnt)
    learnt = [c for r in others for c in list_choices(r, reader, gazetteer)]
    if options.write:
        weights = fit([*held, *learnt])
        weights[_CUES.index("nothing")] -= _LEANING
        for title, cues in (("site", SITE_CUES), ("none", NONE_CUES)):
            told = "".join(f"{cue} = {weights[_CUES.index(cue)]:.2f}\n" for cue in cues)
            sys.stdout.write(f"[{title}]\n{told}\n")
        return 0
    right = []
    for fold in range(FOLDS):
        weights = fit([c for c in held if fold_of(c.article) != fold] + learnt)
        right += [is_right(c, weights) for c in held if fold_of(c.article) == fold]
    sys.stdout.write(f"right: {sum(right) / len(right):.3f} of {len(right)} claims of held articles\n")
    return 0


def list_choices(record: Record, reader: EncoderReader, gazetteer: Gazetteer) -> list[Choice]:
    """The claims of one article that are both found and annotated, with what may be their places."""
    text, told = record["text"], record.get("published")
    at = datetime.fromisoformat(told) if told else None
    article = Article(record["id"], text, datetime.now(UTC), title=record.get("title"), published_at=at)
    try:
        found = reader.read_article(article)
    except ReadingError:
        return []
    names, line = find_mentions(text, gazetteer, names=found.names), find_dateline(text)
    dateline, words = Span(*line) if line else None, load_place_words()
    lister = OptionList(text, names, dateline, fold_name(record.get("outlet") or ""), gazetteer, words)
    claims, usable = lister.drop_faulty(found.claims)
    weigher = make_weigher(text, claims, usable, found.pointed or {}, dateline, words)
    pairs = ((c, gold) for c in claims if (gold := find_annotated(c, record)) is not None)
    return [_make_choice(record["id"], c, gold, weigher) for c, gold in pairs]


def find_annotated(claim: Claim, record: Record) -> Record | None:
    """The annotated claim of a claim's type whose passage is shortest among those that hold its word."""
    trigger = claim.trigger or claim.evidence.span
    fits = [
        c for c in record["claims"]
        if c["type"] == claim.type and c["evidence"]["start"] <= trigger.start < c["evidence"]["end"]
    ]  # fmt: skip
    return min(fits, key=lambda c: c["evidence"]["end"] - c["evidence"]["start"], default=None)


def _make_choice(article: str, claim: Claim, gold: Record, weigher: ActPlaceWeigher) -> Choice:
    values = np.zeros((len(weigher.sites) + 1, len(_CUES)))
    for i, cues in enumerate(weigher.list_cues(claim)):
        for cue, value in cues.items():
            values[i, _CUES.index(cue)] = value
    for cue, value in weigher.list_none_cues(claim).items():
        values[-1, len(SITE_CUES) + NONE_CUES.index(cue)] = value
    place = gold.get("place")
    right = [place is not None and name_alike(place["name"], s.mention.name) for s in weigher.sites]
    return Choice(article, values, np.array([*right, place is None]), tuple(s.name for s in weigher.sites))


def name_alike(one: str, other: str) -> bool:
    """Whether two names share half of their words."""
    a, b = one.lower().split(), other.lower().split()
    shared = sum(min(a.count(word), b.count(word)) for word in set(a))
    return 2 * shared >= _SHARE * (len(a) + len(b))


def fit(choices: Sequence[Choice]) -> Numbers:
    """The weights, by column, under which the right rows are likeliest; claims without a right row drop out."""
    taught = [c for c in choices if c.right.any()]
    values = np.vstack([c.values for c in taught])
    spread = np.maximum(values.std(0), 1e-6)
    values = values / spread
    sizes = np.array([len(c.right) for c in taught])
    starts, of = np.r_[0, np.cumsum(sizes)[:-1]], np.repeat(np.arange(len(taught)), sizes)
    right = np.concatenate([c.right for c in taught])

    def cost(x: Numbers) -> tuple[float, Numbers]:
        sums = values @ x
        raised = np.exp(sums - np.maximum.reduceat(sums, starts)[of])
        total = np.add.reduceat(raised, starts)
        good = np.add.reduceat(raised * right, starts) + 1e-300
        slope = (raised / total[of] - raised * right / good[of]) @ values + 2 * _PULL * x
        return float((np.log(total) - np.log(good)).sum() + _PULL * (x @ x)), slope

    return np.asarray(minimize(cost, np.zeros(values.shape[1]), jac=True, method="L-BFGS-B").x / spread)


def is_right(choice: Choice, weights: Numbers) -> bool:
    """Whether the likeliest name, or none, is right."""
    sums = choice.values @ weights
    shares = np.exp(sums - sums.max())
    by_name: dict[str, float] = {}
    for name, share in zip(choice.names, shares[:-1], strict=True):
        by_name[name] = by_name.get(name, 0.0) + float(share)
    best = max(by_name, key=lambda name: by_name[name], default=None)
    if best is None or by_name[best] < shares[-1]:
        return bool(choice.right[-1])
    rows = [i for i, name in enumerate(choice.names) if name == best]
    return bool(choice.right[max(rows, key=lambda i: shares[i])])


if __name__ == "__main__":
    sys.exit(main())
