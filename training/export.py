"""Export a trained encoder as the model file: ``python -m training.export RUN --to FILE``.

int8 by dynamic quantisation, one scale per output channel, seven of the eight bits used: with all of them processors
without VNNI overflow and answer otherwise than those that have it (ONNX Runtime's notes on quantisation).
Labels, word pieces and the arcs' weights travel inside.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from tocsin.reading.encoder import GATE, LABELS, NAME, VOCABULARY, WEIGHTS
from tocsin.reading.gate import Gate, gate_to_plain
from tocsin.reading.labels import labels_digest
from tocsin.reading.runtime import load_runtime
from tocsin.reading.wordpieces import make_tokenizer
from training.answers import load_encoder
from training.corpora import load_own
from training.gate import train_gate
from training.model import ATTENTION_HEADS, Encoder, attend, load_vocabulary

_OPSET = 18


class _FusedAttention(torch.autograd.Function):
    """Attention as one operator of ONNX Runtime, which never writes the scores of all pairs down: a seventh quicker."""

    @staticmethod
    def forward(_: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return attend(query, key, value, None)

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any) -> Any:
        """The operator; it splits the width into heads itself."""
        seen = graph.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=ATTENTION_HEADS)
        return seen.setType(query.type())


class _Bare(nn.Module):
    """The encoder for one window without padding: no mask to compute."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = deepcopy(encoder)
        for layer in self.encoder.layers:
            layer.attend = lambda query, key, value, _: _FusedAttention.apply(query, key, value)

    def forward(self, pieces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.encoder.answer_unpadded(pieces)


def main() -> int:
    """Export by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished run")
    parser.add_argument("--to", type=Path, required=True, help="the model file to write")
    parser.add_argument("--name", default="encoder/1")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpora = {c.name: c for c in load_own(make_tokenizer(load_vocabulary()), options.seed)}
    gate = train_gate(corpora["articles"].examples, options.seed)
    export(load_encoder(options.run / "encoder.pt"), gate, options.to, options.name)
    digest = sha256(options.to.read_bytes()).hexdigest()
    sys.stdout.write(f"{options.to} {options.to.stat().st_size / 1e6:.1f} MB sha256 {digest}\n")
    return 0


def export(encoder: Encoder, gate: Gate, path: Path, name: str) -> None:
    """Write one model file."""
    load_runtime()  # silent before anything of it is loaded
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        pieces = torch.randint(1000, 2000, (1, 24))
        torch.onnx.export(
            _Bare(encoder).eval(), (pieces,), str(plain), input_names=["pieces"],
            output_names=["heads", "from_trigger", "to_filler"], opset_version=_OPSET, dynamo=False,
            dynamic_axes={n: {1: "length"} for n in ("pieces", "heads", "from_trigger", "to_filler")},
        )  # fmt: skip
        quantize_dynamic(
            str(plain), str(small), per_channel=True, weight_type=QuantType.QInt8, reduce_range=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )  # fmt: skip
        model = onnx.load(str(small))
    weights = {
        key: [[round(float(x), 5) for x in row] for row in table.detach()]
        for key, table in (("distance", encoder.distance_bias), ("sentence", encoder.sentence_bias))
    }
    told = {
        LABELS: labels_digest(), VOCABULARY: "\n".join(load_vocabulary()), NAME: name,
        GATE: json.dumps(gate_to_plain(gate)),
        WEIGHTS: json.dumps({**weights, "filler": [round(float(x), 5) for x in encoder.filler_scale.detach()]}),
    }  # fmt: skip
    for key, words in told.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, words
    onnx.save(model, str(path))


if __name__ == "__main__":
    sys.exit(main())
