"""Histories to risk distributions: how many deaths to expect, how surely, and how wrong past forecasts were."""

from tocsin.forecast.history import CountRow, History, Unit, build_history
from tocsin.forecast.imports import Imported, import_history
from tocsin.forecast.ledger import Forecast, Outcome, TrackRecord, key_forecast, score_past, sum_track_records
from tocsin.forecast.making import Missing, explain_missing, make_forecasts
from tocsin.forecast.own_history import history_from_incidents

__all__ = [
    "CountRow", "Forecast", "History", "Imported", "Missing", "Outcome", "TrackRecord", "Unit", "build_history",
    "explain_missing", "history_from_incidents", "import_history", "key_forecast", "make_forecasts", "score_past",
    "sum_track_records",
]  # fmt: skip
