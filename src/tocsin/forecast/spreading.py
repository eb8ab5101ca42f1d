"""Occurrences to a history: which period each counts in, and which periods the list covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tocsin.errors import IntakeError
from tocsin.forecast.history import CountRow, History, Measure, Unit, build_history, check_size
from tocsin.forecast.occurrences import Occurrence
from tocsin.forecast.periods import Period, end_period, number_period, start_period
from tocsin.forecast.successions import find_births

_MOST_NAMED = 30
#: Ten years without a row in a list that has rows before them.
_LONE_DAYS = 3653


@dataclass(frozen=True, slots=True)
class Spread:
    """A history counted from occurrences.

    faults  why rows were left out, and how many for each reason
    notes   what was decided about the others, one sentence each
    """

    history: History
    faults: Mapping[str, int]
    notes: tuple[str, ...]


def spread_occurrences(
    occurrences: Iterable[Occurrence],
    *,
    period: Period,
    measure: Measure,
    since: date | None = None,
    until: date | None = None,
    units: Iterable[Unit] = (),
) -> Spread:
    """The history of a list of occurrences, in which a period without any counts 0.

    The list is taken to cover each of its units from `since` to `until` (as default the first period it names and the
    day of its last occurrence), a state from when it began; a period that is not wholly covered is left out. `units`
    are covered too, with zeros where the list has nothing for them. A row that spans several periods gives each its
    share of the deaths by days, in whole numbers; it counts as one incident, in the period of its last day. Weeks leave
    out rows not dated to a few days. Raises IntakeError where nothing is left.
    """
    held = sorted(occurrences, key=lambda o: (o.end, o.start, o.unit))
    known = {u.id: u for u in units} | {o.unit: Unit(o.unit, o.name, o.country) for o in held}
    births = find_births(held)
    faults: dict[str, int] = defaultdict(int)
    if period == "week":
        coarse = sum(not o.is_day_known for o in held)
        held = [o for o in held if o.is_day_known]
        if coarse:
            faults["dated too coarsely for weeks"] = coarse
    if not held and (since is None or until is None):
        raise IntakeError("history", f"{len(faults)} kinds of fault", "holds no row that can be counted")
    first, last = _cover(held, period, since, until)
    if last < first:
        raise IntakeError("history", f"{since}..{until}", f"covers no whole {period}")
    check_size(len(known), last - first + 1, period)
    begins = {unit: max(first, number_period(day, period)) for unit, day in births.items()}
    counts = {(unit, number): 0 for unit in known for number in range(begins.get(unit, first), last + 1)}
    several = outside = 0
    for occurrence in held:
        shares = _share_out(occurrence, period, measure)
        several += len(shares) > 1
        outside += not any((occurrence.unit, number) in counts for number in shares)
        for number, share in shares.items():
            if (occurrence.unit, number) in counts:
                counts[occurrence.unit, number] += share
    if outside:
        faults[f"outside the {period}s that are wholly covered"] = outside
    rows = [CountRow(unit, number, float(value)) for (unit, number), value in counts.items()]
    notes = [f"each unit is taken as covered from {start_period(first, period)} to {end_period(last, period)}"]
    if since is None and (told := _tell_lone_beginning(held)):
        notes.append(told)
    if young := sorted(unit for unit, begin in begins.items() if begin > first):
        notes.append(f"before it began a state is a gap, no zero: {', '.join(young[:_MOST_NAMED])}")
    if several:
        notes.append(f"{several} rows span several {period}s and were shared out by days")
    return Spread(build_history(rows, known, period=period, measure=measure), dict(faults), tuple(notes))


def _tell_lone_beginning(held: Sequence[Occurrence]) -> str | None:
    """What to look at where the list begins long before all the rest of it: a mistyped year makes years of zeros."""
    starts = sorted(o.start for o in held)
    for before, after in pairwise(starts):
        if (after - before).days > _LONE_DAYS:
            return f"nothing is dated between {before} and {after}: look whether a year is mistyped, or give `--since`"
    return None


def _cover(held: list[Occurrence], period: Period, since: date | None, until: date | None) -> tuple[int, int]:
    begin = since or start_period(number_period(min(o.start for o in held), period), period)
    end = until or max(o.end for o in held)
    first, last = number_period(begin, period), number_period(end, period)
    return first + (start_period(first, period) < begin), last - (end_period(last, period) > end)


def _share_out(occurrence: Occurrence, period: Period, measure: Measure) -> dict[int, int]:
    """How much each period gets: whole numbers that add up (largest remainders, earlier periods first)."""
    final = number_period(occurrence.end, period)
    if measure == "deadly incidents":
        return {final: int(occurrence.deaths > 0)}
    days = {
        number: (min(end_period(number, period), occurrence.end) - max(start_period(number, period), occurrence.start)
                 + timedelta(days=1)).days
        for number in range(number_period(occurrence.start, period), final + 1)
    }  # fmt: skip
    total = sum(days.values())
    shares = {number: occurrence.deaths * d // total for number, d in days.items()}
    rest = occurrence.deaths - sum(shares.values())
    for number in sorted(days, key=lambda n: (-(occurrence.deaths * days[n] % total), n))[:rest]:
        shares[number] += 1
    return shares
