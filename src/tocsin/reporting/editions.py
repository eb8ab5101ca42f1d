"""The line in a report's head that says which version it is, and what it replaces."""

from __future__ import annotations

from tocsin.records.report import KeptReport
from tocsin.report.wording import write_day, write_time

#: Drafts are made to fit their pages with this line, so that they still do when they are final.
LONGEST_EDITION = "Version 88, final since 28 Sep 2088, 20:00 UTC; it replaces version 88 of 28 Sep 2088."


def write_edition(kept: KeptReport, replaced: KeptReport | None) -> str:
    """Which version of its area and period a report is, and what it replaces, for its head."""
    if replaced is None:
        before = ""
    else:
        at = f" of {write_day(replaced.finalized_at.date())}" if replaced.finalized_at else ""
        before = f"version {replaced.number}{at}"
    if kept.state == "draft":
        return f"Draft, not final; it is to replace {before}." if before else "Draft, not final."
    final = f"Version {kept.number}, final"
    final += f" since {write_time(kept.finalized_at)}" if kept.finalized_at else ""
    return f"{final}; it replaces {before}." if before else f"{final}."
