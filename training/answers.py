"""A trained encoder's outputs in the form the reader takes, without going through the exported file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from tocsin.reading.labels import labels_digest
from tocsin.reading.outputs import ArcWeights, Outputs
from tocsin.reading.wordpieces import Window
from training.model import Encoder, has_short_floats


def load_encoder(path: Path) -> Encoder:
    """A trained encoder, ready to answer."""
    encoder = Encoder()
    state = torch.load(path, weights_only=True)
    if state.get("labels", labels_digest()) != labels_digest():
        raise SystemExit(f"error: {path} was trained with other labels ({state['labels']}): train anew")
    encoder.load_state_dict(state["encoder"])
    return encoder.eval()


def weights_of(encoder: Encoder) -> ArcWeights:
    """The arcs' own weights."""
    return ArcWeights(*(
        w.detach().float().numpy() for w in (encoder.distance_bias, encoder.sentence_bias, encoder.filler_scale)
    ))  # fmt: skip


@torch.no_grad()
def iter_outputs(encoder: Encoder, windows: list[Window], batch: int = 8) -> Iterator[Outputs]:
    """Outputs of all windows, in order."""
    weights = weights_of(encoder)
    for start in range(0, len(windows), batch):
        part = windows[start : start + batch]
        pieces = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(w.pieces) for w in part], batch_first=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_short_floats()):
            sides = encoder(pieces)
        for i, window in enumerate(part):
            yield Outputs(window, *(s[i][window.firsts].float().numpy().astype(np.float32) for s in sides), weights)
