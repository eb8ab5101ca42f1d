"""Which words an act's arc to its place points at, however faintly: `places/` weighs them with what else it knows."""

from __future__ import annotations

import numpy as np

from tocsin.reading.decoding import Act
from tocsin.reading.outputs import Outputs
from tocsin.records import PlaceMention, Span

#: Words less likely than this say nothing: log-odds of -6, the least that the weights of `places/` were fitted with.
FAINTEST = 0.0025


def point_at_places(act: Act, outputs: Outputs, text: str) -> tuple[PlaceMention, ...]:
    """The words of one window that may belong to where an act happened, in order, each with its probability."""
    chances, window = act.chances["place"], outputs.window
    spans = (
        (Span(int(window.starts[word]), int(window.ends[word])), float(chances[word]))
        for word in np.flatnonzero(chances >= FAINTEST)
    )
    return tuple(PlaceMention(span.cut(text), span, round(chance, 4)) for span, chance in spans)
