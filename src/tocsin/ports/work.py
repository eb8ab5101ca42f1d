"""What people work with at the desk, as a store keeps it: inbox, notices, reports, forecasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.ports.kept import (
    ForecastRun,
    KeptForecast,
    KeptHistory,
)
from tocsin.records import (
    Delivery,
    DeliveryState,
    Notice,
)
from tocsin.records.inbox import InboxCounts, InboxRow, InboxWanted, Mark, SavedFilter, Shift, Shown
from tocsin.records.marking import Marking
from tocsin.records.report import KeptReport, ReportEdit
from tocsin.records.report_mail import ReportCopy, ReportMail


class InboxStore(Protocol):
    """What each person has seen, shifts and saved filters."""

    def inbox(self, person: str, wanted: InboxWanted) -> list[InboxRow]:
        """A page: unread or changed first, then what nobody has judged, then the rest; the last changed first."""
        ...

    def count_inbox(self, person: str, wanted: InboxWanted) -> InboxCounts: ...
    def count_unread(self, person: str, since: datetime | None, *, most: int) -> int:
        """How many incidents that changed since then the person has not seen as they are; `most` at most."""
        ...

    def shown(self, incident_ids: Iterable[str]) -> dict[str, Shown]:
        """How each of the known incidents stands in everybody's list."""
        ...

    def mark(self, person: str, incident_id: str) -> Mark | None: ...
    def mark_seen(self, person: str, digests: Mapping[str, str | None], at: datetime) -> int:
        """Remember that a person has seen incidents as they look; how many were marked.

        A digest that is not the incident's any more says that he saw it otherwise: that one stays as it is.
        """
        ...

    def mark_unseen(self, person: str, incident_ids: Iterable[str]) -> int: ...
    def begin_shift(self, person: str, at: datetime) -> Shift:
        """The shift that begins, or the one that the person is in already."""
        ...

    def end_shift(self, person: str, at: datetime) -> Shift | None:
        """The shift that ends, or None where none was open."""
        ...

    def last_shifts(self, person: str, limit: int = 2) -> list[Shift]: ...
    def add_saved_filter(self, new: SavedFilter) -> None:
        """Keep one; raises RecordError where the person has one of that name."""
        ...

    def change_saved_filter(self, changed: SavedFilter) -> None: ...
    def remove_saved_filter(self, filter_id: str) -> None: ...
    def saved_filter(self, filter_id: str) -> SavedFilter: ...
    def saved_filters(self, person: str) -> list[SavedFilter]:
        """A person's own, by name, then those that others share."""
        ...


class NoticeStore(Protocol):
    """What people were told, and how far it got."""

    def add_notices(self, new: Sequence[Notice], channels_of: Callable[[Notice], Iterable[str]]) -> int:
        """Keep notices with their deliveries, in one transaction; how many were new. A known one changes nothing."""
        ...

    def notice(self, notice_id: str) -> Notice: ...
    def notices(
        self,
        limit: int,
        *,
        group: str | None = None,
        below: int | None = None,
        alert_id: str | None = None,
        with_exercise: bool = True,
    ) -> list[Notice]:
        """The newest (of a chain, of a lower number, of an alert, if asked for), the last written first."""
        ...

    def last_notices(self, groups: Iterable[str]) -> dict[str, Notice]:
        """The newest notice of each chain that has one."""
        ...

    def open_chains(self) -> dict[str, list[Notice]]:
        """For each chain whose last notice does not end it: its notices since it last ended, oldest first."""
        ...

    def channels_told(self, group: str) -> frozenset[str]:
        """The channels that a chain's notices went to since it last ended."""
        ...

    def due_channels(self, now: datetime) -> list[str]:
        """The channels that have something to send, by name."""
        ...

    def claim_deliveries(
        self, now: datetime, limit: int, lease_seconds: float, *, channel: str | None = None
    ) -> list[tuple[Delivery, Notice]]:
        """Hold due deliveries for a while, the gravest first; no two workers hold the same one."""
        ...

    def finish_delivery(
        self,
        notice_id: str,
        channel: str,
        attempt: int,
        state: DeliveryState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        fault: str | None = None,
    ) -> bool:
        """Say what became of an attempt; False if somebody else holds the delivery by now."""
        ...

    def retry_deliveries(self, channel: str, at: datetime) -> int:
        """Try everything of a channel again that waits or was given up; how many deliveries that is."""
        ...

    def deliveries(
        self,
        *,
        states: Sequence[DeliveryState] | None = None,
        channel: str | None = None,
        notice_id: str | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The last changed first."""
        ...

    def delivery_counts(self) -> dict[str, dict[DeliveryState, int]]:
        """How many deliveries each channel has in each state."""
        ...


class ReportStore(Protocol):
    """Situation reports: texts and edits are append-only, a final report stays as it is."""

    def add_report(self, report: KeptReport, text: str, edits: Sequence[ReportEdit] = ()) -> None:
        """Keep a new draft with its text and, where it goes on from another report, that one's edits."""
        ...

    def report(self, report_id: str) -> KeptReport: ...
    def reports(self, *, limit: int = 100, series: str | None = None, replaces: str | None = None) -> list[KeptReport]:
        """The last asked for first; of one series, or those that correct one report, where given."""
        ...

    def report_text(self, report_id: str, draft: int) -> str:
        """The text of one draft, as it was given."""
        ...

    def report_edits(self, report_id: str) -> list[ReportEdit]:
        """What people did to a report, oldest first."""
        ...

    def add_report_edits(self, new: Sequence[ReportEdit], *, seen: int) -> list[ReportEdit]:
        """Keep edits; or, where somebody touched the same sentences after edit `seen`, say how, and keep none.

        Raises RecordError for a report that is final.
        """
        ...

    def redraft_report(self, report: KeptReport, text: str, edit: ReportEdit, *, seen: int) -> list[ReportEdit]:
        """Keep a new text of a draft, the old one stays; or, where somebody did anything after `seen`, say what."""
        ...

    def finalize_report(self, report_id: str, text: str, *, by: str, at: datetime, seen: int) -> list[ReportEdit]:
        """Freeze a report, numbered in its series; or, where somebody did anything after edit `seen`, say what."""
        ...


class ReportMailStore(Protocol):
    """Reports sent by e-mail: sendings are append-only, each copy is sent as notices are."""

    def add_report_mail(self, mail: ReportMail, body: bytes) -> bool:
        """Keep a sending with its file and its copies, in one transaction; False where it is kept already."""
        ...

    def report_mails(self, report_id: str, limit: int = 100) -> list[ReportMail]:
        """The sendings of a report, the last first."""
        ...

    def report_copies(self, mail_ids: Iterable[str]) -> dict[str, list[ReportCopy]]:
        """What became of the copies of some sendings, by sending and recipient."""
        ...

    def open_report_copies(self, limit: int) -> list[ReportCopy]:
        """Copies that wait, are being sent or were given up, the last changed first."""
        ...

    def due_mail_channels(self, now: datetime) -> list[str]: ...
    def claim_report_copy(
        self, channel: str, now: datetime, lease_seconds: float
    ) -> tuple[ReportCopy, ReportMail, bytes] | None:
        """Hold the copy that is due longest for a while; no two workers hold the same one."""
        ...

    def finish_report_copy(
        self,
        copy: ReportCopy,
        state: DeliveryState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        fault: str | None = None,
    ) -> bool:
        """Say what became of a copy as it was claimed; False if somebody else holds it by now."""
        ...

    def retry_report_copies(self, channel: str, at: datetime) -> int:
        """Try every copy of a channel again that waits or was given up; how many that is."""
        ...


class MarkingStore(Protocol):
    """How records may be passed on; every mark that was ever given stays."""

    def add_marking(self, new: Marking) -> None: ...
    def has_markings(self) -> bool:
        """Whether any record was ever marked."""
        ...

    def markings(self, marked_ids: Iterable[str]) -> dict[str, Marking]:
        """The mark that each record bears, by its id; those without one are left out."""
        ...

    def markings_behind(
        self, *, incident_ids: Iterable[str] = (), claim_ids: Iterable[str] = (), article_ids: Iterable[str] = ()
    ) -> list[Marking]:
        """The marks of the articles that records stand on, and of the outlets that published these."""
        ...

    def markings_ever_behind(self, incident_ids: Iterable[str]) -> dict[str, list[Marking]]:
        """The same for each incident, gone or not, of all that it ever stood on; those without a mark are left out.

        For words that were written of it once, whatever has left it since.
        """
        ...

    def marking_history(self, marked_id: str) -> list[Marking]:
        """Every mark that a record was given, the newest first."""
        ...


class ForecastStore(Protocol):
    """Histories, and what was forecast from them."""

    def save_history(self, history: KeptHistory) -> None:
        """Keep a history whole, in the place of an earlier one of the same name."""
        ...

    def history(self, name: str) -> KeptHistory: ...
    def histories(self) -> list[KeptHistory]:
        """All of them: imported ones first, then own ones, each by name."""
        ...

    def history_digests(self, *, is_own: bool) -> dict[str, str]:
        """Name to digest, without reading the counts."""
        ...

    def add_forecasts(self, made: Sequence[KeptForecast]) -> int:
        """Keep forecasts, in one transaction; how many were new. A known one changes nothing."""
        ...

    def newest_run(self, history: str, *, basis: str | None = None) -> ForecastRun | None:
        """What the forecast of a history (of one basis, if asked for) that was kept last was made with, or None."""
        ...

    def forecasts(
        self,
        history: str,
        *,
        units: Sequence[str] | None = None,
        model: str | None = None,
        basis: str | None = None,
        known_to: str | None = None,
        until: str | None = None,
        limit: int | None = None,
    ) -> list[KeptForecast]:
        """Of a history, latest target first, of one target the last kept first; `until` is the last target."""
        ...
