"""Small word pieces and records made by hand for the tests of training."""

from __future__ import annotations

import re
import string
from typing import Any

from tokenizers import Tokenizer
from training.examples import Bounds

from tocsin.reading.wordpieces import CLOSING, OPENING, UNKNOWN, Window, cut_windows, make_tokenizer

Record = dict[str, Any]
_LETTERS = string.ascii_lowercase + string.digits
_MARKED = {0: "[PAD]", OPENING: "[CLS]", CLOSING: "[SEP]", UNKNOWN: "[UNK]"}
#: Word pieces that stand for themselves, with the ids that the encoder's marks have.
FIRST_FREE = 103
EDGES = [_MARKED.get(i, f"[unused{i}]") for i in range(FIRST_FREE)]


def spell() -> Tokenizer:
    """Every letter and digit is a piece."""
    return make_tokenizer([*EDGES, *_LETTERS, *(f"##{c}" for c in _LETTERS)])


def know(*texts: str) -> Tokenizer:
    """Every word of some texts is a piece; all other words are unknown."""
    words = sorted({w for text in texts for w in re.findall(r"\w+|[^\w\s]", text.lower())})
    return make_tokenizer([*EDGES, *words])


def cut_one(text: str, tokenizer: Tokenizer | None = None) -> Window:
    """The only window of a text."""
    (window,) = cut_windows(text, tokenizer or know(text))
    return window


def quote(window: Window, text: str, bounds: Bounds) -> str:
    """The text of some words of a window."""
    first, stop = bounds
    return text[window.starts[first] : window.ends[stop - 1]]


def make_claim(text: str, evidence: str, trigger: str, **fields: Any) -> Record:
    """A claim with nothing but its words and what is given; `actor` and `recipient` may be plain words."""
    start = text.index(evidence)
    claim: Record = {
        "type": "PROTEST", "mode": None, "contexts": [], "trigger": trigger,
        "evidence": {"text": evidence, "start": start, "end": start + len(evidence)},
        "actor": [], "recipient": [], "modality": "actual", "certainty": "asserted", "background": False,
        "attribution": [], "date": None, "place": None, "tolls": [],
    }  # fmt: skip
    for role in ("actor", "recipient"):
        fields[role] = [make_party(p) if isinstance(p, str) else p for p in fields.get(role, [])]
    return {**claim, **fields}


def make_party(text: str, sector: str | None = None) -> Record:
    return {"text": text, "country": None, "sector": sector}


def make_link(speaker: str | None, cue: str | None, kind: str = "official") -> Record:
    return {"speaker": speaker, "kind": kind, "cue": cue}


def make_place(name: str) -> Record:
    return {"name": name, "country": None, "precision": None, "lat": None, "lon": None}


def make_toll(kind: str, low: int, high: int | None, whom: str | None = None) -> Record:
    return {"kind": kind, "low": low, "high": high, "whom": whom}


def make_article(text: str, *claims: Record, published: str | None = "2031-06-18T10:00:00Z") -> Record:
    """An article, published on a Wednesday."""
    return {
        "id": "made-001", "outlet": "Ketter Post", "outlet_kind": "wire", "country": "XVA", "published": published,
        "lang": "en", "title": text.split("\n", 1)[0], "text": text, "claims": list(claims),
    }  # fmt: skip
