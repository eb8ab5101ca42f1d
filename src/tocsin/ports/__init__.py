"""The edges as protocols: what the desk needs from the world, and what stands behind each need.

Store   `store/` (SQLAlchemy on SQLite or PostgreSQL)
Reader  `reading/` (article to claims), or `endpoint/` where the operator sets one up
Fetcher `intake/` (the network, guarded)
Notifier `notify/` (e-mail, signed webhook)
Clock   `SystemClock`, or a fixed one in tests
"""

from tocsin.ports.accounts import AccountStore
from tocsin.ports.articles import ArticleStore
from tocsin.ports.care import CareStore
from tocsin.ports.derived import DerivedStore, RecordStore
from tocsin.ports.kept import (
    Changes,
    Counts,
    Derivation,
    ForecastRun,
    KeptForecast,
    KeptHistory,
    Pulse,
    Reading,
    Retained,
    Sketch,
    Tally,
    Vitals,
)
from tocsin.ports.store import Store
from tocsin.ports.work import ForecastStore, InboxStore, NoticeStore, ReportStore
from tocsin.ports.world import Clock, Fetcher, Notifier, Page, Reader, SystemClock

__all__ = [
    "AccountStore",
    "ArticleStore",
    "CareStore",
    "Changes",
    "Clock",
    "Counts",
    "Derivation",
    "DerivedStore",
    "Fetcher",
    "ForecastRun",
    "ForecastStore",
    "InboxStore",
    "KeptForecast",
    "KeptHistory",
    "NoticeStore",
    "Notifier",
    "Page",
    "Pulse",
    "Reader",
    "Reading",
    "RecordStore",
    "ReportStore",
    "Retained",
    "Sketch",
    "Store",
    "SystemClock",
    "Tally",
    "Vitals",
]
