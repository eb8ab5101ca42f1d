"""Forecasts at the desk: files and own incidents become histories, histories forecasts, forecasts outlooks for rules.

Nothing is made twice: an imported history is forecast when it is new or another period of it is over, the desk's own
once for each period that is over, and nothing while the clock stands before the day of the newest forecast. Past
forecasts need no step of their own: they are scored against the history whenever they are shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tocsin.errors import IntakeError, SettingError, TocsinError
from tocsin.forecast import Forecast, Imported, explain_missing, import_history, key_forecast, make_forecasts
from tocsin.forecast.history import Measure
from tocsin.forecast.making import MOST_HORIZON
from tocsin.forecast.models import Step, say_nothing
from tocsin.forecast.news_telling import NEWS_MODEL
from tocsin.forecast.occurrences import Level
from tocsin.forecast.periods import Period, number_period, read_period
from tocsin.forecasting.histories import Held, close_history, map_units, open_history, open_sound
from tocsin.forecasting.own import OWN, find_last_day, refresh_own
from tocsin.forecasting.own_news import OwnNews
from tocsin.pipeline import Knowledge
from tocsin.places import Gazetteer
from tocsin.ports import ForecastRun, KeptForecast, KeptHistory, Store
from tocsin.records import make_id, to_json
from tocsin.warning import Outlook

log = logging.getLogger("tocsin.forecast")

#: How far ahead of today: a year of months, a month of weeks.
HORIZON: Mapping[Period, int] = {"month": 12, "week": 4}
#: What is made: the best there is, and the peer that it must beat.
BEST, PEER = "mix", "conflictology"
MODELS = (BEST, PEER)
#: Who speaks of a unit: the first of these that has forecast it.
SPEAKING = (NEWS_MODEL, *MODELS)
#: The store's note of the histories and periods that were last looked at.
ROUND_NOTE = "forecast-round"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    unmapped  unit to the reason why it has no place on the map
    """

    kept: KeptHistory
    imported: Imported
    mapped: int
    unmapped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did with one history.

    made      forecasts that are new
    units     how many units have one; `missing` reason to the number of units without
    fault     why nothing could be made of the whole history, or None
    is_due    whether anything had to be made
    """

    history: str
    is_due: bool
    made: int = 0
    units: int = 0
    missing: Mapping[str, int] | None = None
    fault: str | None = None


# --- histories
def import_file(
    store: Store,
    gazetteer: Gazetteer,
    path: Path,
    *,
    name: str,
    now: datetime,
    period: Period = "month",
    measure: Measure = "deaths",
    level: Level = "country",
    covered: tuple[date | None, date | None] = (None, None),
    kinds: Iterable[int] | None = None,
    licence: str | None = None,
    step: Step = say_nothing,
) -> ImportReport:
    """Keep the history in a file under `name`, in the place of an earlier one of that name.

    `covered` says which days a list of events covers. Raises IntakeError for a file that cannot be opened or gives no
    history (an earlier one then stays), SettingError for a name that the desk's own histories have.
    """
    if name.casefold().startswith(OWN):
        raise SettingError(
            "history name", name, f"must not begin with {OWN!r}: so the desk names what it counts itself"
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            imported = import_history(
                _tell_lines(lines, step), path.name, period=period, measure=measure, level=level,
                since=covered[0], until=covered[1], kinds=kinds, today=now.date(),
            )  # fmt: skip
    except OSError as why:
        raise IntakeError("history file", path, f"cannot be opened ({why.strerror or why})") from why
    except UnicodeDecodeError as why:
        raise IntakeError("history file", path, f"is not text in UTF-8 ({why.reason})") from why
    places, unmapped = map_units(imported.history, level, gazetteer)
    kept = close_history(
        imported.history, places, name=name, level=level, at=now, licence=licence, notes=imported.notes
    )
    store.save_history(kept)
    return ImportReport(kept, imported, len(places), unmapped)


def _tell_lines(lines: Iterable[str], step: Step) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number % 5000 == 0:
            step(f"{number} lines")
        yield line


# --- forecasts
def bring_forecasts_up_to_date(store: Store, knowledge: Callable[[], Knowledge], *, now: datetime) -> int:
    """Make what is due at `now`; how many forecasts are new.

    Where no history is new and no period has ended since the last call it reads three rows and returns 0. What fails
    for one history is logged and does not keep the others.
    """
    if store.note(ROUND_NOTE) == _describe_round(store, now):
        return 0
    reports = run_forecasts(store, knowledge().gazetteer, now=now)
    store.set_note(ROUND_NOTE, _describe_round(store, now))
    return sum(report.made for report in reports)


def _describe_round(store: Store, now: datetime) -> str:
    """What a run depends on, short enough to compare at each round of the desk."""
    ends: list[str] = []
    for day in (now.date(), find_last_day(store, now)):
        ends += [str(number_period(day, period)) for period in HORIZON] if day else ["none"]
    return make_id("rnd", *ends, *(part for pair in store.history_digests(is_own=False).items() for part in pair))


def run_forecasts(
    store: Store, gazetteer: Gazetteer, *, now: datetime, step: Step = say_nothing
) -> tuple[RunReport, ...]:
    """Count the desk's own incidents anew, then forecast every history that is due; one report for each history."""
    step("counting own incidents")
    refresh_own(store, gazetteer, now=now)
    news = OwnNews(store, now=now)
    reports = []
    for kept in store.histories():
        step(kept.name)
        try:
            reports.append(_run_history(store, open_history(kept), now.date(), news, step))
        except TocsinError as why:
            log.warning("no forecast of %r: %s", kept.name, why)
            reports.append(RunReport(kept.name, is_due=True, fault=str(why)))
    return tuple(reports)


def _run_history(store: Store, held: Held, today: date, news: OwnNews, step: Step) -> RunReport:
    name, known = held.kept.name, held.known_by(today)
    if not _is_due(store, held, known.last, today):
        return RunReport(name, is_due=False)
    gap = number_period(today, known.period) - 1 - known.last
    most = MOST_HORIZON[known.period]
    if gap >= most:
        why = f"ends with {known.label(known.last)}, {gap} {known.period}s ago; at most {most} are looked ahead"
        return RunReport(name, is_due=True, fault=f"{why}: import a newer file")
    horizon = min(most, HORIZON[known.period] + gap)
    made = make_forecasts(
        known, made_on=today, horizon=horizon, models=MODELS, news=news.align(held, known),
        step=lambda told: step(f"{name}: {told}"),
    )  # fmt: skip
    new = store.add_forecasts([_close_forecast(one, held) for one in made])
    missing: dict[str, int] = {}
    for one in explain_missing(made, known, (BEST,)):
        missing[one.reason] = missing.get(one.reason, 0) + 1
    return RunReport(name, True, new, len({f.unit for f in made}), missing)


def _is_due(store: Store, held: Held, last: int, today: date) -> bool:
    """Own histories are forecast once a period, though counts of the past change; imported ones for each import."""
    newest = store.newest_run(held.kept.name)
    if newest is None:
        return True
    if newest.made_on > today:
        return False  # the clock was put back
    before = newest if held.kept.is_own else store.newest_run(held.kept.name, basis=held.basis)
    return before is None or read_period(before.known_to, held.history.period) < last


def find_run(store: Store, held: Held) -> ForecastRun | None:
    """The run that speaks for a history: the newest of its present counts, else (not run since the import) of any."""
    own = None if held.kept.is_own else store.newest_run(held.kept.name, basis=held.basis)
    return own or store.newest_run(held.kept.name)


def _close_forecast(made: Forecast, held: Held) -> KeptForecast:
    key = key_forecast(made)
    return KeptForecast(
        make_id("fct", held.kept.name, held.basis, *key), held.kept.name, held.basis, made.unit, made.measure,
        made.model, made.known_to, made.target, made.made_on, to_json(made),
    )  # fmt: skip


# --- for rules
def find_outlooks(store: Store, *, now: datetime) -> dict[str, list[Outlook]]:
    """What the newest forecasts of deaths by month say, by gazetteer id: for rules with a condition "outlook".

    Month 1 is the one that is going on. Where several histories speak of a place, the one known to the latest month
    does; of equals an imported one before the desk's own. Units without a place on the map are left out.
    """
    month = number_period(now.date(), "month") - 1
    found: dict[str, list[Outlook]] = {}
    monthly = [kept for kept in store.histories() if kept.measure == "deaths" and kept.period == "month"]
    runs = [(held, run) for held in open_sound(monthly) if (run := find_run(store, held))]
    for held, run in sorted(runs, key=lambda pair: (pair[1].known_to, not pair[0].kept.is_own)):
        found |= _read_outlooks(store, held, run, month)
    return found


def _read_outlooks(store: Store, held: Held, run: ForecastRun, month: int) -> dict[str, list[Outlook]]:
    read: dict[str, dict[int, Outlook]] = {}
    for model in SPEAKING:
        if model == PEER and read.keys() >= set(held.places.values()):
            break
        covered = set(read)
        for row in store.forecasts(run.history, model=model, basis=run.basis, known_to=run.known_to):
            place, months = held.places.get(row.unit), read_period(row.target, "month") - month
            if place is not None and place not in covered and months >= 1:
                said = json.loads(row.payload)
                read.setdefault(place, {})[months] = Outlook(months, said["p1"], said["p25"])
    return {place: [by_month[m] for m in sorted(by_month)] for place, by_month in read.items()}
