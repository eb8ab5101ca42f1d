"""What a claim is composed from: an article with what is known of it, and one of its windows with the rules' finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tocsin.knowledge.parties import PartyLexicon
from tocsin.reading.coding import ArticleContext
from tocsin.reading.count import Count
from tocsin.reading.dates import DatedPhrase
from tocsin.reading.decoding import Act
from tocsin.reading.outputs import Numbers, Outputs
from tocsin.records import PlaceMention, Span

#: From this mean probability on the encoder is sure that words name a place.
_SURE_NAME = 0.5


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a whole article while its claims are composed.

    dates   all date expressions of the text, in order; `counts` all numbers with what they count
    outlet  who publishes it, or None: it is no link of an attribution
    """

    article_id: str
    text: str
    published: date | None
    lexicon: PartyLexicon
    context: ArticleContext
    dates: Sequence[DatedPhrase]
    counts: Sequence[Count]
    version: str
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One window with what rules found in it: dates and counts with their first word and the one after their last.

    acts    the words that name the acts of the window
    places  where it surely names places
    """

    outputs: Outputs
    setting: Setting
    dates: Sequence[tuple[DatedPhrase, int, int]]
    counts: Sequence[tuple[Count, int, int]]
    acts: Sequence[int] = ()
    places: frozenset[Span] = frozenset()


def mean_chances(chances: Numbers, found: Sequence[tuple[object, int, int]]) -> list[float]:
    """The mean probability of the words of each find, as `Scene` holds them, from that of every word of the window."""
    if not found:
        return []
    sums = np.concatenate(([0.0], np.cumsum(chances, dtype=np.float64)))
    firsts, stops = (np.asarray([row[i] for row in found]) for i in (1, 2))
    means: list[float] = ((sums[stops] - sums[firsts]) / (stops - firsts)).tolist()
    return means


def make_scene(
    outputs: Outputs, setting: Setting, acts: Sequence[Act] = (), names: Sequence[PlaceMention] = ()
) -> Scene:
    """The dates and counts of an article that stand in one window, with the acts and names of places found there."""
    window = outputs.window

    def words_of(span: Span) -> tuple[int, int]:
        first = int(np.searchsorted(window.ends, span.start, side="right"))
        return first, int(np.searchsorted(window.starts, span.end, side="left"))

    dates = [(phrase, *words_of(phrase.span)) for phrase in setting.dates]
    counts = [(count, *words_of(count.number)) for count in setting.counts]
    return Scene(
        outputs, setting, [d for d in dates if d[1] < d[2]], [c for c in counts if c[1] < c[2]],
        [act.word for act in acts],
        frozenset(n.span for n in names if n.span is not None and (n.score or 0.0) >= _SURE_NAME),
    )  # fmt: skip
