"""Names of places as the encoder sees them: runs of words, each run with how surely it is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tocsin.reading.labels import NAMES
from tocsin.reading.outputs import Numbers, Outputs
from tocsin.records import PlaceMention, Span

#: Words below this probability belong to no name. Low: what the gazetteer knows is weighed together with it later.
_LEAST = 0.1
#: Words at the ends of a run that are this much weaker than its strongest do not belong to it.
_SHARE = 0.4
_FIRST, _INSIDE = NAMES.index("place"), NAMES.index("inside")
#: From the first letter or digit on; marks at the end do not belong to a name, but for the full stop of "D.C.".
_NAME = re.compile(r"[^\W_](?:.*(?:[^\W_]|(?<=[A-Z])\.))?", re.DOTALL)


def find_names(outputs: Outputs, text: str) -> Iterator[PlaceMention]:
    """The names of places in one window, in order; `score` is the mean probability of the words."""
    chances = outputs.chances("name")
    belongs = chances[:, _FIRST] + chances[:, _INSIDE]
    window = outputs.window
    for first, last in _find_runs(outputs, belongs, chances[:, _FIRST] > chances[:, _INSIDE], text):
        start, end = int(window.starts[first]), int(window.ends[last])
        if (found := _NAME.search(text, start, end)) is not None:
            score = min(1.0, float(belongs[first : last + 1].mean()))
            yield PlaceMention(found.group(), Span(*found.span()), round(score, 4))


def _find_runs(outputs: Outputs, belongs: Numbers, begins: NDArray[np.bool_], text: str) -> Iterator[tuple[int, int]]:
    """First and last word of each run of words that belong to one name."""
    window = outputs.window
    at = 0
    while at < window.words:
        if belongs[at] < _LEAST:
            at += 1
            continue
        end = at + 1
        while end < window.words and belongs[end] >= _LEAST and not begins[end]:
            if "\n" in text[window.ends[end - 1] : window.starts[end]]:
                break
            end += 1
        yield _trim(belongs, at, end - 1)
        at = end


def _trim(belongs: Numbers, first: int, last: int) -> tuple[int, int]:
    least = _SHARE * float(belongs[first : last + 1].max())
    while belongs[first] < least:
        first += 1
    while belongs[last] < least:
        last -= 1
    return first, last
