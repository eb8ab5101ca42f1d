"""Forecasts in the API's shapes."""

from __future__ import annotations

from tocsin.desk import Desk
from tocsin.forecast import Forecast, TrackRecord
from tocsin.forecast.ledger import NewsBasis
from tocsin.forecasting.histories import Held, open_sound
from tocsin.forecasting.views import UnitOutlook, find_unit_outlooks, list_unit_outlooks
from tocsin.web.api import shapes
from tocsin.web.pages.forecasts import choose_history, name_unit, order_histories

NOTE = (
    "Forecasts of deaths (or deadly incidents) as they are reported and recorded, extended from a history in the form "
    "that it has now; what could have been known at the time is less, and live errors are larger."
)


def list_forecast_shapes(desk: Desk, history: str, place_id: str) -> shapes.ForecastList:
    """The forecasts of a place by every history that has it, else of one history; raises UnknownIdError."""
    kept, today = order_histories(desk.store.histories()), desk.clock.now().date()
    outlooks: tuple[UnitOutlook, ...] = ()
    if place_id:
        found = find_unit_outlooks(desk.store, place_id, today=today)
        outlooks = tuple(o for o in found if o.place_id == place_id and history in ("", o.held.kept.name))
    elif kept or history:
        outlooks = list_unit_outlooks(desk.store, choose_history(kept, history), today=today)
    return shapes.ForecastList(
        [_tell_history(h) for h in open_sound(kept)], [_tell_outlook(desk, o) for o in outlooks], NOTE
    )


def _tell_history(held: Held) -> shapes.HistoryLine:
    kept, history = held.kept, held.history
    return shapes.HistoryLine(
        kept.name, kept.measure, kept.period, kept.level, kept.imported_at, kept.licence, kept.is_own,
        len(history.units), history.label(history.first), history.label(history.last),
    )  # fmt: skip


def _tell_outlook(desk: Desk, outlook: UnitOutlook) -> shapes.ForecastLine:
    kept, run, first = outlook.held.kept, outlook.run, outlook.next
    return shapes.ForecastLine(
        history=kept.name,
        unit=outlook.unit.id,
        name=name_unit(desk, outlook),
        place_id=outlook.place_id,
        measure=kept.measure,
        period=kept.period,
        known_to=run.known_to if run and first else None,
        made_on=run.made_on if run and first else None,
        model=first.model if first else None,
        version=first.version if first else None,
        ahead=[_tell_point(made) for made in outlook.ahead],
        missing=outlook.missing,
        record=_tell_record(outlook.record),
        with_news=_tell_record(outlook.with_news),
        without_news=_tell_record(outlook.without_news),
    )


def _tell_record(record: TrackRecord | None) -> shapes.RecordForm | None:
    if record is None:
        return None
    return shapes.RecordForm(
        record.model, record.number, record.mean_error, record.mean_absolute_error, record.crps, record.crps_log,
        record.coverage80, record.brier1, record.brier25,
    )  # fmt: skip


def _tell_point(made: Forecast) -> shapes.ForecastPoint:
    low80, low50, high50, high80 = (made.read_quantile(q) for q in (0.1, 0.25, 0.75, 0.9))
    return shapes.ForecastPoint(
        made.target, made.lead, made.median, low50, high50, low80, high80, made.p1, made.p25, _tell_basis(made.news)
    )


def _tell_basis(basis: NewsBasis | None) -> shapes.NewsBasisForm | None:
    if basis is None:
        return None
    parts = [
        shapes.NewsPartForm(series=p.series, kind=p.kind, span=p.span, value=p.value, added=p.added)
        for p in basis.parts
    ]  # fmt: skip
    return shapes.NewsBasisForm(
        basis.rule, str(basis), basis.onset, basis.alone, basis.chance, parts, basis.rest
    )  # fmt: skip
