"""The model file and what it answers."""

from __future__ import annotations

import shutil
import threading
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tocsin.errors import ReadingError
from tocsin.reading.encoder import LABELS, MODEL_PATH, Encoder, load_model
from tocsin.reading.labels import labels_digest
from tocsin.reading.outputs import Outputs

TEXTS = (
    "Gunmen killed three policemen near Orle on Sunday.",
    "The garden was green. " * 60,
    "“",
    "Police arrested 14 protesters; the mayor, who had called for calm, condemned it.",
)


def add_metadata(path: Path, key: str, value: str) -> None:
    """Lay one more key over a model file's own: in its form (protocol buffers) a later field counts.

    Field 14 of the model holds the metadata, each with its key in field 1 and its value in field 2.
    """

    def field(number: int, body: bytes) -> bytes:
        assert len(body) < 128
        return bytes([number << 3 | 2, len(body)]) + body

    with path.open("ab") as model:
        model.write(field(14, field(1, key.encode()) + field(2, value.encode())))


def is_same(a: Outputs, b: Outputs) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("heads", "from_trigger", "to_filler")
    )  # fmt: skip


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="is missing") as caught:
        Encoder(tmp_path / "none.onnx").cut("Talks.")
    assert caught.value.which == str(tmp_path / "none.onnx")
    with pytest.raises(ReadingError, match="is missing"):
        load_model(tmp_path, 1)


@pytest.mark.parametrize("kind", ["empty", "junk", "cut"])
def test_a_broken_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes({"empty": b"", "junk": b"no model" * 99, "cut": MODEL_PATH.read_bytes()[:100_000]}[kind])
    with pytest.raises(ReadingError, match="model file") as caught:
        load_model(path, 1)
    assert caught.value.which == str(path)


def test_a_model_of_other_labels_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    shutil.copy(MODEL_PATH, path)
    add_metadata(path, LABELS, labels_digest())
    assert load_model(path, 1).name
    add_metadata(path, LABELS, "0123456789abcdef")
    with pytest.raises(ReadingError, match="0123456789abcdef") as caught:
        load_model(path, 1)
    assert labels_digest() in str(caught.value)


def test_nothing_is_loaded_before_it_is_asked(tmp_path: Path) -> None:
    Encoder(tmp_path / "none.onnx")


def test_a_window_is_answered_alike_whatever_was_asked_before(encoder: Encoder) -> None:
    windows = [window for text in TEXTS for window in encoder.cut(text)]
    together = list(encoder.answer(windows))
    assert len(together) == len(windows)
    for window, known in zip(reversed(windows), reversed(together), strict=True):
        (alone,) = encoder.answer([window])
        assert is_same(alone, known)
        assert np.isfinite(alone.heads).all()
    assert list(encoder.answer([])) == []


def test_one_thread_or_two_agree(encoder: Encoder) -> None:
    window = encoder.cut(TEXTS[0])[0]
    (one,), (two,) = encoder.answer([window]), Encoder(threads=2).answer([window])
    np.testing.assert_allclose(one.heads, two.heads, atol=1e-3)


def test_two_threads_at_once_load_one_model_and_agree() -> None:
    shared = Encoder()
    barrier, models, answers = threading.Barrier(4), [], {}

    def ask(name: int) -> None:
        barrier.wait()
        models.append(shared.model)
        answers[name] = [outputs for text in TEXTS for outputs in shared.answer(shared.cut(text))]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(model) for model in models}) == 1
    for other in answers.values():
        assert all(is_same(a, b) for a, b in zip(answers[0], other, strict=True))


def test_the_card_is_that_of_the_bundled_model() -> None:
    card = MODEL_PATH.with_name("card.md").read_text("utf-8")
    assert sha256(MODEL_PATH.read_bytes()).hexdigest() in card
    assert labels_digest() in card
