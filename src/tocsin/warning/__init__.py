"""Incidents to tension and alerts: how hot each place is, how unusual that is, and when to ring."""

from tocsin.warning.alerts import TensionList, evaluate_rules
from tocsin.warning.areas import locate_places
from tocsin.warning.conditions import Outlook
from tocsin.warning.counting import count_day
from tocsin.warning.hearing import Area
from tocsin.warning.notices import group_id, plan_notices
from tocsin.warning.replay import RuleMemory
from tocsin.warning.series import SpotMemory
from tocsin.warning.stages import set_stages
from tocsin.warning.tension import TensionBook, score_tension

__all__ = [
    "Area",
    "Outlook",
    "RuleMemory",
    "SpotMemory",
    "TensionBook",
    "TensionList",
    "count_day",
    "evaluate_rules",
    "group_id",
    "locate_places",
    "plan_notices",
    "score_tension",
    "set_stages",
]
