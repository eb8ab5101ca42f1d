"""Distributions as samples, laid out evenly: the i-th of n is the quantile at (i + 1/2) / n."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tocsin.forecast.history import Floats

#: Samples of a forecast that is shown or scored, and of one that only teaches a mix. Both multiples of 12, so that a
#: bootstrap of twelve months keeps its exact weights.
SIZE = 1200
SMALL = 240
#: Rows of samples that are worked on at a time.
BLOCK = 600


def spread_evenly(values: Floats, size: int) -> Floats:
    """`size` evenly laid quantiles of the samples on the last axis, sorted; NaN rows stay NaN.

    values: ..., n  ->  ..., size. The quantile is the inverse of the empirical distribution function, no interpolation:
    counts stay counts.
    """
    n = values.shape[-1]
    at = ((np.arange(size) + 0.5) / size * n).astype(np.intp)
    spread: Floats = np.sort(values, axis=-1)[..., at]
    return spread


def spread_observed(rows: Floats, size: int) -> Floats:
    """For each row the evenly laid quantiles of what it holds beside NaN; NaN for a row without any.

    rows: units x periods  ->  units x size.
    """
    spread = np.full((rows.shape[0], size), np.nan)
    for n, row in enumerate(rows):
        seen = row[~np.isnan(row)]
        if len(seen):
            spread[n] = spread_evenly(seen, size)
    return spread


def repeat_leads(rows: Floats, leads: int) -> Floats:
    """units x size  ->  units x leads x size: the same distribution for each lead, held once: not to be written to."""
    repeated: Floats = np.broadcast_to(rows[:, None, :], (rows.shape[0], leads, rows.shape[1]))
    return repeated


def cut_blocks(rows: int) -> Iterator[slice]:
    """Slices of so many rows at most that what is reckoned over one after the other takes little memory at a time."""
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))


def chance_of(samples: Floats, least: float) -> Floats:
    """The share of the samples (last axis) that are at least `least`; NaN where there are no samples."""
    share: Floats = np.where(np.isnan(samples[..., 0]), np.nan, (samples >= least).mean(axis=-1))
    return share
