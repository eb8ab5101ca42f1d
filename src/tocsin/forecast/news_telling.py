"""The mix with the news: the chances of onset that quiet places then have, with what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.forecast.features import MANY, Bools
from tocsin.forecast.history import Floats, History
from tocsin.forecast.ledger import NewsBasis, NewsPart
from tocsin.forecast.news import News
from tocsin.forecast.news_onset import Heeding, heed_news
from tocsin.forecast.onset import impose_chances

#: The model's name, and its version: another where its forecasts would be others.
NEWS_MODEL, NEWS_VERSION = "mix with news", "1"
#: Counts that make an onset: a first one among the peaceful, 25 among the quiet.
ONSETS = (1.0, MANY)
#: So many columns are told, those that add or take away most; the rest stands as one sum.
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class NewsTold:
    """What the news says of each unit of a history.

    heedings  by `ONSETS`; alone  likewise the chances of history alone, units x leads
    speaks    units: whether the news changes a chance of the unit
    """

    heedings: tuple[Heeding, ...]
    alone: tuple[Floats, ...]
    speaks: Bools

    def impose(self, samples: Floats) -> Floats:
        """The mix's samples (units x leads x size) with the chances that the news gives; NaN where it gives none."""
        changed = impose_chances(samples, *(h.chances for h in self.heedings))
        changed[~self.speaks] = np.nan
        return changed

    def basis(self, unit: int, lead: int) -> NewsBasis:
        """Why the news speaks of a unit, and what it adds at a lead (its position), or why it does not."""
        for onset, heeding, alone in zip(ONSETS, self.heedings, self.alone, strict=True):
            if not np.isnan(heeding.chances[unit, lead]):
                return _tell_parts(onset, heeding, float(alone[unit, lead]), unit, lead)
        verdict = self.heedings[0].why[unit] or self.heedings[-1].verdict
        return NewsBasis(verdict.rule, verdict.number)


def tell_news(
    history: History, news: News, leads: Sequence[int], alone: Sequence[Floats], seed: int
) -> NewsTold:  # fmt: skip
    """What aligned news makes of the chances of history alone, for each of `ONSETS`: units x leads."""
    heedings = tuple(
        heed_news(history, news, leads, least, chances, seed) for least, chances in zip(ONSETS, alone, strict=True)
    )
    speaks = np.any([~np.isnan(h.chances).any(axis=1) for h in heedings], axis=0)
    return NewsTold(heedings, tuple(alone), speaks)


def _tell_parts(onset: float, heeding: Heeding, alone: float, unit: int, lead: int) -> NewsBasis:
    added = heeding.added[unit, lead]
    order = np.argsort(-np.abs(added), kind="stable")
    parts = []
    for at in order[:_MOST_PARTS]:
        series, kind, span = heeding.names[at].split()
        parts.append(NewsPart(series, kind, int(span), _trim(heeding.values[unit, at]), _trim(added[at])))
    chance, alone = float(heeding.chances[unit, lead]), min(max(alone, 1e-9), 1 - 1e-9)
    moved = np.log(chance / (1 - chance)) - np.log(alone / (1 - alone))
    rest = _trim(float(moved) - sum(p.added for p in parts))
    verdict = heeding.verdict
    return NewsBasis(
        verdict.rule, verdict.number, int(onset), _trim(alone, 5), _trim(chance, 5), tuple(parts), rest
    )  # fmt: skip


def _trim(value: float, digits: int = 3) -> float:
    return round(float(value), digits)
