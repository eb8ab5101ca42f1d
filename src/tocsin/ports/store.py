"""The desk's memory as one protocol, put together from what each part of the desk needs of it."""

from __future__ import annotations

from typing import Protocol

from tocsin.ports.accounts import AccountStore
from tocsin.ports.articles import ArticleStore
from tocsin.ports.care import CareStore
from tocsin.ports.derived import DerivedStore, RecordStore
from tocsin.ports.work import ForecastStore, InboxStore, MarkingStore, NoticeStore, ReportMailStore, ReportStore


class Store(
    ArticleStore, DerivedStore, RecordStore, InboxStore, NoticeStore, ReportStore, ReportMailStore,
    MarkingStore, ForecastStore, AccountStore, CareStore, Protocol,
):  # fmt: skip
    """The desk's memory. Each writing method is one transaction: all of it, or nothing.

    Lists come newest first (claims of one article or incident: in order of the text, of publication). Methods that
    name one record raise UnknownIdError; an incident that was merged away is answered by the one it redirects to.
    """
