"""How the table of words is learnt, weighed beside the network and put into a model file."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

for _name in ("torch", "onnx"):
    pytest.importorskip(_name, reason=f"TRAINING TESTS LEFT OUT: {_name} is not installed")

from training.examples import make_article_examples  # noqa: E402
from training.wording import TYPES, Triggers, collect, fit_shares, join, make_table, measure, write  # noqa: E402

from tocsin.reading.encoder import MODEL_PATH, Encoder  # noqa: E402
from tocsin.reading.wording import BUCKETS, Wording  # noqa: E402


def make_triggers(count: int, seed: int, *, network: float) -> Triggers:
    """Acts whose first digest tells their type; the network is right with the share `network`."""
    generator = np.random.default_rng(seed)
    types = generator.integers(0, len(TYPES), count)
    digests = np.stack([types * 7 + 100, generator.integers(1000, BUCKETS, count), np.full(count, -1)], axis=1)
    heard = np.where(generator.random(count) < network, types, generator.integers(0, len(TYPES), count))
    logits = np.full((count, len(TYPES)), -4.0, np.float32)
    logits[np.arange(count), heard] = -0.2
    return Triggers(digests, types, logits)


def test_the_table_learns_what_the_words_tell_and_is_the_same_for_a_seed() -> None:
    taught, asked = make_triggers(3000, 1, network=0.5), make_triggers(300, 2, network=0.5)
    table = make_table(taught, 1)
    assert (table.judge(asked.digests).argmax(1) == asked.types).mean() > 0.95
    assert (make_table(taught, 1).table == table.table).all()
    assert np.abs(table.judge(np.full((1, 3), -1)) - np.log(1 / len(TYPES))).max() < 1e-5, "nothing seen, nothing said"


def test_who_errs_less_counts_more() -> None:
    triggers = make_triggers(2000, 3, network=0.5)
    sure = np.full((2000, len(TYPES)), -6.0, np.float32)
    sure[np.arange(2000), triggers.types] = -0.1
    own, said, _ = fit_shares(triggers, sure)
    assert said > own
    guesses = np.random.default_rng(4).normal(size=sure.shape).astype(np.float32)
    own, said, _ = fit_shares(triggers, guesses)
    assert own > 5 * abs(said)


def test_the_figures_are_of_folds_that_the_shares_were_not_fitted_on() -> None:
    folds = [make_triggers(400, seed, network=0.6) for seed in range(3)]
    judged = [
        make_table(join([f for k, f in enumerate(folds) if k != n]), 1).judge(f.digests) for n, f in enumerate(folds)
    ]
    told = measure(folds, judged)
    assert told.startswith("types right of 1200 acts: network 0.6")
    both = float(told.rpartition(" ")[2])
    assert both > 0.8


def test_the_network_is_asked_without_the_table_and_words_are_those_of_the_triggers() -> None:
    text = "Gunmen opened fire on a patrol near Orle on Monday."
    claim = {
        "type": "ASSAULT", "mode": "firearms", "actor": [], "recipient": [], "modality": "actual",
        "certainty": "asserted", "background": False, "attribution": [], "date": None, "place": None, "tolls": [],
        "trigger": "opened fire", "evidence": {"text": text[:-1], "start": 0, "end": len(text) - 1},
    }  # fmt: skip
    record = {"id": "x", "text": text, "published": None, "claims": [claim]}
    encoder = Encoder()
    examples = make_article_examples(record, encoder.model.tokenizer)
    asked = collect(examples, encoder, is_asked=True)
    assert asked.types.tolist() == [TYPES.index("ASSAULT")]
    (outputs,) = encoder.answer([examples[0].window], is_weighed=False)
    plain = outputs.logits("trigger")[1, 1:]
    assert asked.logits[0] == pytest.approx(plain - np.logaddexp.reduce(plain), abs=1e-5)
    assert np.ptp(collect(examples, encoder).logits) == 0, "not asked"


def test_a_written_table_is_the_one_that_the_file_holds_then(tmp_path: Path) -> None:
    path = tmp_path / "encoder.onnx"
    shutil.copy(MODEL_PATH, path)
    table = np.zeros((BUCKETS, len(TYPES)), np.float32)
    table[7, 3] = 2.0
    for said in (0.5, 0.25):
        write(path, Wording(table, np.zeros(len(TYPES), np.float32), 1.0, said))
        held = Encoder(path).model.wording
        assert held is not None
        assert held.said == said
        assert held.table[7, 3] == pytest.approx(2.0)
