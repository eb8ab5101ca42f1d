"""Fit what speaks for a stretch of text being the name of a place.

    python -m training.recognising --gold FOLDER --home FOLDER --model lgl_dev=RUN trnews=RUN [--write]

A logistic regression over the cues of `tocsin.places.mentions`. The reader's marks on a set must come from a run that
has not learnt that set, or they would look surer than they are on new text: so each set names its run. Figures are
cross-validated over articles; `--write` fits on all and prints the table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from tocsin.places import Gazetteer, open_gazetteer
from tocsin.places.mentions import Weighed, choose_names, weigh_names
from tocsin.places.scanning import scan_text
from tocsin.places.weights import NAME_CUES, NameWeights, load_name_weights
from tocsin.places.words import load_place_words
from tocsin.reading.naming import find_names
from tocsin.reading.wordpieces import cut_windows, make_tokenizer
from tocsin.records import PlaceMention, Span
from training.answers import iter_outputs, load_encoder
from training.corpora import read_lines
from training.model import load_vocabulary
from training.placing import FOLDS, fold_of

#: Strength of the pull of all weights to nothing.
_PULL = 0.3


@dataclass(frozen=True, slots=True)
class Marked:
    """An article with every stretch that may be a name, and the spans that are."""

    corpus: str
    id: str
    text: str
    stretches: tuple[Weighed, ...]
    right: frozenset[Span]


def main() -> int:
    """Fit by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="the developers' folder")
    parser.add_argument("--home", type=Path, required=True, help="folder of the gazetteer")
    parser.add_argument("--model", nargs="+", required=True, help="SET=RUN, a run that has not learnt the set")
    parser.add_argument("--write", action="store_true", help="fit on everything and print the table")
    options = parser.parse_args()
    gazetteer = open_gazetteer(options.home)
    texts: list[Marked] = []
    for pair in options.model:
        name, _, run = pair.partition("=")
        texts += mark_texts(name, options.gold, Path(run), gazetteer)
    if options.write:
        table = fit(texts)
        sys.stdout.write(f"start = {table.start:.2f}\n" + "".join(f"{c} = {w:.2f}\n" for c, w in table.cues.items()))
        return 0
    found: dict[str, list[int]] = {}
    for fold in range(FOLDS):
        table = fit([t for t in texts if fold_of(t.id) != fold])
        for text in (t for t in texts if fold_of(t.id) == fold):
            named = {span for span, _ in choose_names(text.stretches, table)}
            counts = found.setdefault(text.corpus, [0, 0, 0])
            for i, count in enumerate((len(named & text.right), len(named), len(text.right))):
                counts[i] += count
    for corpus, (hits, named_, right) in found.items():
        sys.stdout.write(f"{corpus}: precision {hits / named_:.3f}, recall {hits / right:.3f} of {right}\n")
    return 0


def mark_texts(name: str, gold: Path, run: Path, gazetteer: Gazetteer) -> Iterator[Marked]:
    """The articles of one set as a run marks them; adjectives of countries are no names here."""
    encoder, tokenizer = load_encoder(run / "encoder.pt"), make_tokenizer(load_vocabulary())
    peoples = load_place_words().peoples
    for r in read_lines(gold / f"places/{name}.jsonl.gz"):
        text = r["text"]
        windows = list(cut_windows(text, tokenizer))
        names: list[PlaceMention] = [m for o in iter_outputs(encoder, windows) for m in find_names(o, text)]
        right = {Span(t["start"], t["end"]) for t in r["toponyms"] if t["name"] not in peoples}
        yield Marked(name, r["doc_id"], text, tuple(weigh_names(scan_text(text, gazetteer), names)), frozenset(right))


def fit(texts: Sequence[Marked]) -> NameWeights:
    """The weights under which the marked spans are likeliest."""
    stretches = [(w, w.span in text.right) for text in texts for w in text.stretches]
    values = np.zeros((len(stretches), len(NAME_CUES) + 1))
    values[:, 0] = 1.0
    for i, (weighed, _) in enumerate(stretches):
        for cue, value in weighed.cues.items():
            values[i, 1 + NAME_CUES.index(cue)] = value
    right = np.array([is_right for _, is_right in stretches], dtype=float)
    pull = np.r_[0.0, np.full(len(NAME_CUES), _PULL)]

    def cost(x: np.ndarray) -> tuple[float, np.ndarray]:
        odds = values @ x
        slope = values.T @ (1 / (1 + np.exp(-odds)) - right) + 2 * pull * x
        return float((np.logaddexp(0, odds) - right * odds).sum() + (pull * x * x).sum()), slope

    found = minimize(cost, np.zeros(len(NAME_CUES) + 1), jac=True, method="L-BFGS-B").x
    weights = {cue: float(w) for cue, w in zip(NAME_CUES, found[1:], strict=True)}
    return replace(load_name_weights(), start=float(found[0]), cues=weights)


if __name__ == "__main__":
    sys.exit(main())
