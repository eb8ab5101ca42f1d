"""Fit how the parties of a window are weighed as those of its acts: ``python -m training.act_parties [--write]``.

One logistic regression for actors and one for recipients, over every act that the bundled reader finds and our own
annotation has, and every party of its window. Only articles that the reader has not learnt take part, for what it
points at looks surer in others: the files of `UNLEARNT`, so that the articles of `held.txt` can tell, or where there
are none those, by cross-validation.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.reading.decoding import Act, find_acts
from tocsin.reading.encoder import Encoder
from tocsin.reading.outputs import Outputs
from tocsin.reading.party_weights import PARTY_CUES, load_party_weights
from tocsin.reading.rules import apply_rules, draft_act
from tocsin.reading.weighing_parties import PartyOptions, are_alike, choose_options, list_options, name_words
from training.act_dates import UNLEARNT, list_unlearnt
from training.markup import DATA, read_articles
from training.placing import FOLDS, fold_of

Numbers = npt.NDArray[np.float64]
Record = dict[str, Any]
#: Strength of the pull of all weights but "nothing" to 0, on cues of equal spread.
_PULL = 3.0
_STEPS = 30


@dataclass(frozen=True, slots=True)
class Case:
    """One act of an article: the parties that may fill a role, which are right, and the annotated ones."""

    article: str
    options: PartyOptions
    right: list[bool]
    gold: list[str]


def main() -> int:
    """Fit by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="fit on everything and print the table")
    options = parser.parse_args()
    encoder, cases = Encoder(), dict[str, list[Case]]((role, []) for role in PARTY_CUES)
    records = [r for name in UNLEARNT for r in read_articles(DATA / "own" / f"{name}.claims")] or list_unlearnt()
    for record in (r for r in records if "-pas-" not in r["id"]):
        for role, found in list_cases(record, encoder).items():
            cases[role] += found
    table = load_party_weights()
    for role, found in cases.items():
        if options.write:
            weights = fit(found, role)
            told = "".join(f"{cue} = {value:.2f}\n" for cue, value in weights.items())
            sys.stdout.write(f"[{role}]\n{told}\n")
            continue
        hits = given = wanted = 0
        for fold in range(FOLDS):
            weights = fit([c for c in found if fold_of(c.article) != fold], role)
            for case in (c for c in found if fold_of(c.article) == fold):
                taken = choose_options(case.options, weights, table.least[role])
                hits += count_hits(case.gold, [case.options.words[i] for i, _ in taken])
                given, wanted = given + len(taken), wanted + len(case.gold)
        share = 2 * hits / (given + wanted)
        sys.stdout.write(f"{role}: F1 {share:.3f} of {wanted} parties of {len(found)} acts\n")
    return 0


def list_cases(record: Record, encoder: Encoder) -> dict[str, list[Case]]:
    """By role the acts of one article that are both found and annotated."""
    text = record["text"]
    cases: dict[str, list[Case]] = {role: [] for role in PARTY_CUES}
    for outputs in encoder.answer([w for w in encoder.cut(text) if encoder.model.gate.opens(w)]):
        acts = find_acts(outputs)
        gold = [_find_annotated(act, outputs, record) for act in acts]
        for claim, by_role in zip(gold, list_options(acts, outputs, text), strict=True):
            if claim is None:
                continue
            for role, options in by_role.items():
                wanted = [party["text"] for party in claim.get(role) or []]
                right = [any(_is_meant(words, w) for w in wanted) for words in options.words]
                cases[role].append(Case(record["id"], options, right, wanted))
    return cases


def _find_annotated(act: Act, outputs: Outputs, record: Record) -> Record | None:
    """The annotated claim of an act's type whose passage is shortest among those that hold its word."""
    at, type_ = int(outputs.window.starts[act.word]), apply_rules(draft_act(act)).type
    fits = [
        c for c in record["claims"] if c["type"] == type_ and c["evidence"]["start"] <= at < c["evidence"]["end"]
    ]  # fmt: skip
    return min(fits, key=lambda c: c["evidence"]["end"] - c["evidence"]["start"], default=None)


def _is_meant(words: str, wanted: str) -> bool:
    """Whether a phrase names an annotated party, or two with "and" of which it is one."""
    one, other = name_words(words), name_words(wanted)
    return are_alike(one, other) or (" and " in words and bool(other) and set(other) <= set(one))


def count_hits(gold: list[str], words: list[str]) -> int:
    """How many annotated parties are found, each by a phrase of its own."""
    left = [name_words(w) for w in words]
    hits = 0
    for party in map(name_words, gold):
        if (twin := next((w for w in left if are_alike(party, w)), None)) is not None:
            left.remove(twin)
            hits += 1
    return hits


def fit(cases: list[Case], role: str) -> dict[str, float]:
    """The weights by cue under which what is right is likeliest, by Newton's steps."""
    cues = PARTY_CUES[role]
    values = np.zeros((sum(len(c.right) for c in cases), len(cues)))
    at = 0
    for case in cases:
        for cue, value in case.options.cues.items():
            values[at : at + len(case.right), cues.index(cue)] = value
        at += len(case.right)
    right = np.asarray([r for case in cases for r in case.right], dtype=np.float64)
    spread = np.maximum(values.std(0), 1e-6)
    spread[cues.index("nothing")] = 1.0
    values = values / spread
    pull = np.full(len(cues), _PULL)
    pull[cues.index("nothing")] = 1e-3
    weights = np.zeros(len(cues))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-values @ weights))
        slope = values.T @ (chance - right) + pull * weights
        bend = (values.T * (chance * (1 - chance))) @ values + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-6:
            break
    return dict(zip(cues, (weights / spread).tolist(), strict=True))


if __name__ == "__main__":
    sys.exit(main())
