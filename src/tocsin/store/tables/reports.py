"""Situation reports, their drafts, and their sending."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from tocsin.store.tables.columns import Id, Moment, metadata, needed, seq

#: A situation report's head: final it stays for ever. `series` is area and period, `number` the version in it.
reports = Table(
    "reports",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("series", Text),
    Column("number", Integer),
    needed("state", String(16)),
    Column("replaces", Id),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_reports_series", reports.c.series, reports.c.number, unique=True)
Index("ix_reports_replaces", reports.c.replaces)
#: Append-only: the text of each draft, and last the final one; and what people did to it.
report_drafts = Table(
    "report_drafts",
    metadata,
    Column("report_id", Id, ForeignKey("reports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
report_edits = Table(
    "report_edits",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    Column("report_id", Id, ForeignKey("reports.id"), nullable=False),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_report_edits_report", report_edits.c.report_id, report_edits.c.seq)
#: Append-only: each sending of a report with the file as it was sent, so that every try sends the same.
report_mails = Table(
    "report_mails",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    Column("report_id", Id, ForeignKey("reports.id"), nullable=False),
    needed("is_exercise", Boolean),
    needed("payload", Text),
    needed("body", LargeBinary),
)
Index("ix_report_mails_report", report_mails.c.report_id, report_mails.c.seq)
#: One row for each recipient, written with the mail; columns as in `deliveries`.
report_copies = Table(
    "report_copies",
    metadata,
    Column("mail_id", Id, ForeignKey("report_mails.id", ondelete="CASCADE"), primary_key=True),
    Column("recipient", String(320), primary_key=True),
    needed("channel", String(64)),
    needed("state", String(16)),
    needed("attempts", Integer),
    Column("next_at", Moment),
    Column("lease_until", Moment),
    needed("changed_at", Moment),
    Column("fault", Text),
)
Index("ix_report_copies_due", report_copies.c.state, report_copies.c.channel, report_copies.c.next_at)
