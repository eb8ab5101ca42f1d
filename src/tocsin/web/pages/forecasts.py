"""Forecasts: every unit of a history by its risk, how past forecasts turned out, and the part on a place's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.desk import Desk
from tocsin.errors import RecordError, UnknownIdError
from tocsin.forecast import Forecast, Outcome, TrackRecord
from tocsin.forecast.periods import Period, label_period, number_period, read_period, start_period
from tocsin.forecast.scoring import CalibrationRow
from tocsin.forecasting.histories import Held, open_history
from tocsin.forecasting.views import (
    HistoryScores,
    UnitOutlook,
    find_unit_outlooks,
    list_unit_outlooks,
    score_history,
)
from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.ports import KeptHistory
from tocsin.warning.conditions import Outlook
from tocsin.web.calibration import Reliability, draw_ranks, draw_reliability
from tocsin.web.charting import Fan, FanStep, draw_fan
from tocsin.web.dating import write_day, write_month
from tocsin.web.language import N_, _, ngettext
from tocsin.web.naming import name_place
from tocsin.web.news_words import compare_scores, compare_ways, list_parts, show_news
from tocsin.web.phrases import show_stretch
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
#: What a list of units may be ordered by, the first as default.
SORTS: Mapping[str, str] = {
    "many": N_("chance of 25 or more, the highest of all periods ahead"),
    "next": N_("chance of 25 or more in the next period"),
    "any": N_("chance of any in the next period"),
    "median": N_("median of the next period"),
    "name": N_("name"),
}
#: What a history counts, by its measure and its period.
COUNTED_BY = {
    ("deaths", "month"): N_("Deaths by month"),
    ("deaths", "week"): N_("Deaths by week"),
    ("deadly incidents", "month"): N_("Deadly incidents by month"),
    ("deadly incidents", "week"): N_("Deadly incidents by week"),
}
MOST_ROWS = 300
#: Nobody waits for more forecasts to be scored while a page is made; `tocsin forecast scores` takes more.
MOST_SCORED = 8_000
WhichHistory = Annotated[str, Query(max_length=80, description="name of a history; else the first one there is")]


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in the list of all."""

    outlook: UnitOutlook
    name: str
    next: Forecast
    highest: float
    skill: float | None


@dataclass(frozen=True, slots=True)
class Block:
    """One history's outlook as a place's page shows it; `fan` is None where nothing is forecast."""

    outlook: UnitOutlook
    title: str
    fan: Fan | None


@router.get("/forecasts")
def list_forecasts(
    request: Request,
    desk: DeskHere,
    history: WhichHistory = "",
    sort: Annotated[str, Query(description=f"one of {', '.join(SORTS)}")] = "",
) -> Response:
    """Every unit of one history by risk, and how its past forecasts turned out."""
    if sort and sort not in SORTS:
        raise RecordError("sort", sort[:40], f"must be one of {', '.join(SORTS)}")
    kept = order_histories(desk.store.histories())
    if not kept:
        return render(request, "forecasts.html", histories=[], held=None)
    held = choose_history(kept, history)
    today = desk.clock.now().date()
    outlooks = list_unit_outlooks(desk.store, held, today=today)
    scores = find_scores(request, desk, held)
    lines = sort_lines(make_lines(desk, outlooks, scores), sort or next(iter(SORTS)))
    return render(
        request,
        "forecasts.html",
        histories=kept,
        held=held,
        what=name_counted(held.kept),
        run=next((o.run for o in outlooks if o.run), None),
        last=held.history.label(held.history.last),
        lines=lines[:MOST_ROWS],
        total=len(lines),
        missing=count_missing(outlooks),
        unplaced=len(outlooks) - len(held.places),
        scores=scores,
        plots=draw_scores(scores),
        ranks=draw_ranks(scores.ranks, _("Where the truth fell")),
        sorts=SORTS,
        sort=sort or next(iter(SORTS)),
        talk=TALK,
        footnotes=list_unit_footnotes(outlooks),
    )


def order_histories(kept: Iterable[KeptHistory]) -> list[KeptHistory]:
    """Deaths before incidents, months before weeks, imported ones before own ones."""
    return sorted(kept, key=lambda k: (k.measure != "deaths", k.period != "month", k.is_own, k.name))


def choose_history(kept: Sequence[KeptHistory], name: str) -> Held:
    """The history of a name, or the first; raises UnknownIdError."""
    found = next((k for k in kept if k.name == name), None) if name else kept[0]
    if found is None:
        raise UnknownIdError("history", name, "is not in the store")
    return open_history(found)


def find_scores(request: Request, desk: Desk, held: Held) -> HistoryScores:
    """The scores of a history, summed anew only where it, its forecasts or the day have changed."""
    known: dict[str, tuple[object, HistoryScores]] = request.app.state.__dict__.setdefault("forecast_scores", {})
    run, today = desk.store.newest_run(held.kept.name), desk.clock.now().date()
    key = (held.basis, run.last_seq if run else 0, today)
    found = known.get(held.kept.name)
    if found is None or found[0] != key:
        found = known[held.kept.name] = (key, score_history(desk.store, held, today=today, most=MOST_SCORED))
    return found[1]


def draw_scores(scores: HistoryScores) -> list[tuple[str, Reliability, tuple[CalibrationRow, ...]]]:
    """Title, drawing and table of each kind of chance."""
    titled = ((_("Calibration: any"), scores.some), (_("Calibration: 25 or more"), scores.many))
    return [(title, draw_reliability(rows, title), rows) for title, rows in titled]


def make_lines(desk: Desk, outlooks: Iterable[UnitOutlook], scores: HistoryScores) -> list[Line]:
    """The units that have a forecast ahead."""
    skills = {s.unit: s.skill for s in scores.skills}
    return [
        Line(o, name_unit(desk, o), o.ahead[0], max(f.p25 for f in o.ahead), skills.get(o.unit.id))
        for o in outlooks
        if o.ahead
    ]


def sort_lines(lines: Iterable[Line], sort: str) -> list[Line]:
    """The most at risk first."""

    def rank(line: Line) -> tuple[float, ...]:
        by = {"many": line.highest, "next": line.next.p25, "any": line.next.p1, "median": line.next.median}
        return (-by.get(sort, 0.0), -line.highest, -line.next.p1) if sort != "name" else ()

    return sorted(lines, key=lambda line: (*rank(line), line.name.casefold(), line.outlook.unit.id))


def count_missing(outlooks: Iterable[UnitOutlook]) -> dict[str, int]:
    """Why units have no forecast, and how many for each reason."""
    counts: dict[str, int] = {}
    for outlook in outlooks:
        if outlook.missing:
            counts[outlook.missing] = counts.get(outlook.missing, 0) + 1
    return counts


def name_unit(desk: Desk, outlook: UnitOutlook) -> str:
    """The name under the desk's naming policy; a unit that is not on the map as its file has it."""
    name = outlook.unit.name
    return name_place(desk, outlook.place_id, name) if outlook.place_id else name


def list_unit_footnotes(outlooks: Iterable[UnitOutlook]) -> tuple[str, ...]:
    """The naming footnotes of the units."""
    table = load_footnote_table()
    return table.list_texts(table.find_key(None, o.unit.country, (o.place_id,)) for o in outlooks)


# --- the part on a place's page
def make_blocks(desk: Desk, place_id: str) -> list[Block]:
    """What each history says of a place, what has a forecast first."""
    outlooks = find_unit_outlooks(desk.store, place_id, today=desk.clock.now().date())
    return [Block(o, name_counted(o.held.kept), draw_outlook(o)) for o in outlooks if o.place_id == place_id]


def list_months_ahead(blocks: Iterable[Block], today: date) -> list[Outlook]:
    """What alert rules are told of a place: of its forecasts of deaths by month that known to the latest month.

    Month 1 is the one that is going on; of equals an imported history speaks before the desk's own.
    """
    monthly = [
        block.outlook
        for block in blocks
        if block.outlook.run
        and (block.outlook.held.kept.measure, block.outlook.held.kept.period) == ("deaths", "month")
    ]
    if not monthly:
        return []
    speaks = max(monthly, key=lambda one: (one.run.known_to if one.run else "", not one.held.kept.is_own))
    month = number_period(today, "month") - 1
    ahead = [Outlook(read_period(made.target, "month") - month, made.p1, made.p25) for made in speaks.ahead]
    return sorted((one for one in ahead if one.months >= 1), key=lambda one: one.months)


def draw_outlook(outlook: UnitOutlook) -> Fan | None:
    """The last counts and the ranges ahead; None where nothing lies ahead."""
    if not outlook.ahead:
        return None
    steps = [FanStep(f.target, *(f.read_quantile(q) for q in (0.1, 0.25, 0.5, 0.75, 0.9))) for f in outlook.ahead]
    return draw_fan(_reach_to(outlook, steps[0].label), steps, name_counted(outlook.held.kept))


def _reach_to(outlook: UnitOutlook, first: str) -> list[tuple[str, float | None]]:
    """The last counts, with gaps for the periods between them and the first ahead: nobody knows those yet."""
    recent, period = list(outlook.recent), outlook.held.history.period
    if not recent:
        return recent
    between = range(read_period(recent[-1][0], period) + 1, read_period(first, period))
    return recent + [(label_period(n, period), None) for n in between]


def name_counted(kept: KeptHistory) -> str:
    """ "Deaths by month"."""
    return _(COUNTED_BY[kept.measure, kept.period])


# --- words
def show_chance(chance: float) -> str:
    """A chance in whole per cent; a model's nothing is not written as impossible, nor its all as certain."""
    if chance < 0.005:
        return _("under 1 %")
    return _("over 99 %") if chance >= 0.995 else f"{chance * 100:.0f} %"


def show_skill(skill: float | None) -> str:
    """A skill with two digits; a dash where there is none."""
    return "\N{EN DASH}" if skill is None else f"{round(skill, 2) + 0.0:.2f}"


def show_period(label: str) -> str:
    """A period in words: "Mar 2026", "week of 9 Mar 2026"."""
    kind: Period = "week" if "W" in label else "month"
    day: date = start_period(read_period(label, kind), kind)
    if kind == "week":
        return _("week of %(day)s") % {"day": write_day(day)}
    return write_month(day).replace(" ", "\N{NO-BREAK SPACE}")


def show_range(made: Forecast | Outcome, low: float, high: float) -> str:
    """The counts between two quantiles: "0 to 12", "0"."""
    forecast = made.forecast if isinstance(made, Outcome) else made
    ends = [f"{forecast.read_quantile(q):,.0f}".replace(",", "\u202f") for q in (low, high)]
    return ends[0] if ends[0] == ends[1] else show_stretch(*ends)


def show_record(record: TrackRecord) -> str:
    """How past forecasts turned out, in one sentence."""
    told = ngettext(
        "Its last %(num)s forecast: mean error %(error)s, coverage of the 80 %% interval %(coverage)s%%, "
        "Brier %(brier)s.",
        "Its last %(num)s forecasts: mean error %(error)s, coverage of the 80 %% interval %(coverage)s%%, "
        "Brier %(brier)s.",
        record.number,
    )
    return told % {
        "num": record.number,
        "error": f"{record.mean_error:+.1f}",
        "coverage": f"{record.coverage80 * 100:.0f}",
        "brier": f"{record.brier1:.3f}",
    }


#: The words that the templates need, for a page of another module as well.
TALK = SimpleNamespace(
    period=show_period, chance=show_chance, range=show_range, skill=show_skill, record=show_record, news=show_news,
    parts=list_parts, both_ways=compare_ways, both_scores=compare_scores,
)  # fmt: skip
