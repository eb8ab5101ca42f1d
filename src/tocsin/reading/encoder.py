"""The model file behind the reader: loaded once, on first use, and refused where its labels are not the codebook's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tocsin.errors import ReadingError
from tocsin.reading.gate import Gate, gate_from_plain
from tocsin.reading.labels import labels_digest, load_heads
from tocsin.reading.outputs import ArcWeights, Outputs
from tocsin.reading.runtime import load_runtime
from tocsin.reading.wording import Digests, Wording, list_stems, wording_from_plain
from tocsin.reading.wordpieces import Window, cut_windows, make_tokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL_PATH = Path(__file__).parent / "model" / "encoder.onnx"
#: Keys of the file's metadata.
LABELS, VOCABULARY, WEIGHTS, NAME = "tocsin.labels", "tocsin.vocabulary", "tocsin.arc_weights", "tocsin.name"
GATE, WORDING = "tocsin.gate", "tocsin.wording"


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model: what computes, its word pieces, the arcs' weights, its gate and its name ("encoder/1").

    stems    the piece that stands for each word piece where words are counted
    wording  what the words around an act say of its type; None in a file that was exported and not given it yet
    """

    session: InferenceSession
    tokenizer: Tokenizer
    weights: ArcWeights
    gate: Gate
    name: str
    stems: Digests
    wording: Wording | None


class Encoder:
    """One model file. Safe to share between threads; answers are the same whatever was asked before."""

    def __init__(self, path: Path = MODEL_PATH, *, threads: int = 1) -> None:
        self._path, self._threads = path, threads
        self._lock = threading.Lock()
        self._model: Model | None = None

    @property
    def model(self) -> Model:
        """The model, loaded on first use; raises ReadingError for a file that is missing, broken or of other labels."""
        with self._lock:
            if self._model is None:
                self._model = load_model(self._path, self._threads)
            return self._model

    def knows(self, word: str) -> bool:
        """Whether a word in small letters is one of the vocabulary: nearly all English words of the news are."""
        return self.model.tokenizer.token_to_id(word) is not None

    def cut(self, text: str) -> list[Window]:
        """The windows of a text."""
        return list(cut_windows(text, self.model.tokenizer))

    def answer(self, windows: Sequence[Window], *, is_weighed: bool = True) -> Iterator[Outputs]:
        """What the model says of each window, one by one: a window's numbers never depend on its neighbours.

        is_weighed  whether the words around an act have their say in its type
        """
        model = self.model
        for window in windows:
            sides = model.session.run(None, {"pieces": window.pieces[None, :]})
            heads, triggers, fillers = (np.asarray(side)[0, window.firsts] for side in sides)
            if is_weighed and model.wording is not None:
                columns = load_heads()["trigger"].columns
                heads[:, columns] = model.wording.weigh(heads[:, columns], window, model.stems)
            yield Outputs(window, heads, triggers, fillers, model.weights)


def load_model(path: Path, threads: int) -> Model:
    """Open a model file for computing on `threads` threads; raises ReadingError naming what is wrong with it."""
    if not path.is_file():
        raise ReadingError("model file", path, "is missing; install tocsin again")
    onnxruntime = load_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # memory that grows with the longest text ever seen is not given back otherwise
    options.enable_cpu_mem_arena = False
    try:
        # sum and norm as one operator go word by word: ten times as slow as one after the other
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as why:
        raise ReadingError("model file", path, f"cannot be opened ({why})") from why
    told: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    if told.get(LABELS) != labels_digest():
        raise ReadingError(
            "model file",
            path,
            f"has labels {told.get(LABELS)!r}, the codebook's are {labels_digest()!r}; train it anew",
        )
    vocabulary = told[VOCABULARY].split("\n")
    weights, gate = _read_weights(json.loads(told[WEIGHTS])), gate_from_plain(json.loads(told[GATE]))
    wording = wording_from_plain(json.loads(told[WORDING])) if WORDING in told else None
    return Model(
        session, make_tokenizer(vocabulary), weights, gate, told[NAME], list_stems(vocabulary), wording,
    )  # fmt: skip


def _read_weights(told: Mapping[str, Any]) -> ArcWeights:
    return ArcWeights(*(np.asarray(told[name], dtype=np.float32) for name in ("distance", "sentence", "filler")))
