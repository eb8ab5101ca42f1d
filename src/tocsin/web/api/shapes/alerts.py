"""Alerts, silences, and what people were told."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.records import Alert, Delivery, Incident, Notice, Silence


@dataclass(frozen=True, slots=True)
class AlertList:
    """Alerts, newest first."""

    alerts: list[Alert]


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """One alert with the incidents that fired it."""

    alert: Alert
    incidents: list[Incident]


@dataclass(frozen=True, slots=True)
class SilenceList:
    """Silences, the last to end first."""

    silences: list[Silence]


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """What people were told, and how far it got on each channel."""

    notice: Notice
    deliveries: list[Delivery]


@dataclass(frozen=True, slots=True)
class NoticeList:
    """Notices, the newest first."""

    notices: list[NoticeAnswer]
