"""The store over SQLAlchemy Core: its parts put together."""

from __future__ import annotations

from pathlib import Path

from tocsin.ports import Store
from tocsin.store.access import Access
from tocsin.store.accounts import Accounts
from tocsin.store.alert_words import AlertWords
from tocsin.store.care import Care
from tocsin.store.connecting import Connections
from tocsin.store.corrections import Corrections
from tocsin.store.decoding import Decoded
from tocsin.store.deliveries import Deliveries
from tocsin.store.derivation_log import DerivationLog
from tocsin.store.derived import Derived
from tocsin.store.forecasts import Forecasts
from tocsin.store.inbox import Inbox
from tocsin.store.incident_lists import IncidentLists
from tocsin.store.inputs import Inputs
from tocsin.store.lists import Lists
from tocsin.store.markings import Markings
from tocsin.store.outbox import Outbox
from tocsin.store.outlets import Outlets
from tocsin.store.report_mails import ReportMails
from tocsin.store.reports import Reports
from tocsin.store.retention import Retention
from tocsin.store.saved_filters import SavedFilters
from tocsin.store.silences import Silences
from tocsin.store.sketches import Sketches
from tocsin.store.turns import Turns
from tocsin.store.upgrading import upgrade_schema
from tocsin.store.vitals import VitalSigns
from tocsin.store.withdrawals import Withdrawals


class SqlStore(
    Inputs,
    Derived,
    AlertWords,
    DerivationLog,
    Lists,
    IncidentLists,
    Sketches,
    Inbox,
    SavedFilters,
    Outlets,
    Withdrawals,
    Corrections,
    Outbox,
    Deliveries,
    Silences,
    Forecasts,
    Reports,
    ReportMails,
    Markings,
    Accounts,
    Access,
    Turns,
    VitalSigns,
    Retention,
    Care,
):
    """`ports.Store` on SQLite or PostgreSQL; safe to use from many threads."""


def open_sql_store(address: str | Path, decoded_bytes: int) -> Store:
    """See `tocsin.store.open_store`."""
    connections = Connections(address)
    try:
        upgrade_schema(connections)
    except BaseException:
        connections.close()
        raise
    return SqlStore(connections, Decoded(decoded_bytes))
