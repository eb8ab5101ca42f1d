"""Incidents to tension and alerts: how hot each place is, how unusual that is, and when to ring."""

from tocsin.warning.alerts import evaluate_rules
from tocsin.warning.counting import count_day
from tocsin.warning.tension import score_tension

__all__ = ["count_day", "evaluate_rules", "score_tension"]
