"""Making a report fit its pages: fewer incidents, shorter versions, until the rendered pages are few enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.report.draft import Brevity, draft_report, lay_ground
from tocsin.report.picture import Picture, ReportRequest
from tocsin.report.sentences import Report

#: From generous to bare. Each rung is no longer than the one before it.
LADDER: tuple[Brevity, ...] = (
    Brevity(60, 6, 240, 15), Brevity(50, 5, 240, 15), Brevity(40, 5, 220, 12), Brevity(33, 4, 220, 12),
    Brevity(28, 4, 200, 10), Brevity(25, 4, 180, 10), Brevity(22, 4, 160, 10),
    *(Brevity(count, 3, 150, 6) for count in range(21, 11, -1)),
    *(Brevity(count, 3, 140, 5) for count in range(12, 5, -1)),
    *(Brevity(count, 2, 100, 4) for count in range(6, 2, -1)),
    Brevity(2, 2, 80, 2), Brevity(1, 2, 80, 2), Brevity(1, 1, 0, 1), Brevity(0, 0, 0, 1),
)  # fmt: skip


def fit_report(
    request: ReportRequest, picture: Picture, *, now: datetime, count_pages: Callable[[Report], int]
) -> Report:
    """The longest report of the ladder that takes at most the pages asked for, annex and notes included.

    `count_pages` renders; it is asked about five times. Where even the barest is too long, that one is given.
    """
    ground = lay_ground(request, picture)
    drafts: dict[int, Report] = {}

    def draft(rung: int) -> Report:
        if rung not in drafts:
            drafts[rung] = draft_report(request, picture, now=now, brevity=LADDER[rung], ground=ground)
        return drafts[rung]

    low, high = 0, len(LADDER) - 1
    while low < high:
        middle = (low + high) // 2
        if count_pages(draft(middle)) <= request.most_pages:
            high = middle
        else:
            low = middle + 1
    return draft(low)
