"""Bring an exported model back as a run: ``python -m training.restore [FILE --told RUN.json] --to FOLDER``.

The weights of finished runs lie outside the repository; the model file is what remains of them. Brought back, it can be
averaged with a new run from the same first weights, or a run can start from it. Weights come back as the int8 export
rounded them; the embeddings of word pieces, which no run changes, come from MiniLM itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from tocsin.reading.encoder import LABELS, MODEL_PATH, WEIGHTS
from tocsin.reading.labels import labels_digest
from training.card import SHIPPED
from training.model import Encoder, load_pretrained

_SCALE, _ZERO, _QUANTIZED = "_scale", "_zero_point", "_quantized"


def main() -> int:
    """Restore by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=MODEL_PATH, help="the model file; the bundled one")
    parser.add_argument("--told", type=Path, default=SHIPPED, help="run.json of the run it was exported from")
    parser.add_argument("--to", type=Path, required=True, help="folder of the run")
    options = parser.parse_args()
    told = json.loads(options.told.read_text("utf-8"))
    options.to.mkdir(parents=True, exist_ok=True)
    weights = {"encoder": restore(options.file).state_dict(), "labels": labels_digest(), "corpora": [*told["corpora"]]}
    torch.save(weights, options.to / "encoder.pt")
    (options.to / "run.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{options.to / 'encoder.pt'}\n")
    return 0


def restore(path: Path) -> Encoder:
    """The encoder of a model file; SystemExit where its labels are others than the codebook's."""
    model = onnx.load(str(path))
    told = {entry.key: entry.value for entry in model.metadata_props}
    if told.get(LABELS) != labels_digest():
        raise SystemExit(f"error: {path} was trained with other labels ({told.get(LABELS)})")
    stored = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    encoder = load_pretrained()
    own = encoder.state_dict()
    for name, values in stored.items():
        plain = name.removeprefix("encoder.")
        if plain in own:
            own[plain] = torch.from_numpy(values.copy())
    own["positions.weight"] = _widen_back(stored, "encoder.positions.weight")
    matrices = [n.removesuffix(_QUANTIZED) for n in stored if n.startswith("onnx::MatMul") and n.endswith(_QUANTIZED)]
    for name, matrix in zip(_name_matrices(len(encoder.layers)), matrices, strict=True):
        own[name] = _widen_back(stored, matrix).T.contiguous()
    arcs: dict[str, Any] = json.loads(told[WEIGHTS])
    for name, key in (("distance_bias", "distance"), ("sentence_bias", "sentence"), ("filler_scale", "filler")):
        own[name] = torch.tensor(arcs[key])
    encoder.load_state_dict(own)
    return encoder


def _name_matrices(layers: int) -> list[str]:
    """The matrices in the order in which the exported graph multiplies by them."""
    parts = ("query_key_value", "output", "up", "down")
    inner = [f"layers.{i}.{part}.weight" for i in range(layers) for part in parts]
    return [*inner, "heads.weight", "from_trigger.weight", "to_filler.weight"]


def _widen_back(stored: dict[str, Any], name: str) -> Tensor:
    """int8 with one scale, or one a column, to float."""
    small = stored[name + _QUANTIZED].astype(np.float32) - stored[name + _ZERO].astype(np.float32)
    return torch.from_numpy(small * stored[name + _SCALE].astype(np.float32))


if __name__ == "__main__":
    sys.exit(main())
