"""When articles were published: runs of news without a long silence, and chapters of a run.

A desk that is handed many articles groups each run of them apart (two runs lie further apart than claims may). Copies
are looked for within a chapter and what was published shortly before it: a chapter's texts fit into one worker.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

Days = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The runs of an archive: by "news" and "exercise", the time of the first article of each, in order."""

    beginnings: Mapping[str, tuple[datetime, ...]]
    chapter: timedelta | None
    margin: timedelta

    def find_run(self, shown_at: datetime, is_exercise: bool) -> tuple[str, int, datetime]:
        """The kind, the number and the beginning of the run that an article belongs to."""
        kind = "exercise" if is_exercise else "news"
        starts = self.beginnings[kind]
        number = max(0, bisect_right(starts, shown_at) - 1)
        return kind, number, starts[number]

    def list_chapters(self, shown_at: datetime, is_exercise: bool) -> list[str]:
        """The chapter that an article belongs to and, behind it, the next one where it lies in its margin."""
        kind, run, start = self.find_run(shown_at, is_exercise)
        if self.chapter is None:
            return [name_chapter(kind, run, 0)]
        number = max(0, (shown_at - start) // self.chapter)
        names = [name_chapter(kind, run, number)]
        if start + (number + 1) * self.chapter - shown_at <= self.margin:
            names.append(name_chapter(kind, run, number + 1))
        return names


def name_chapter(kind: str, run: int, number: int) -> str:
    """The bucket of a chapter; names sort as the chapters do."""
    return f"{kind}-{run:05d}-{number:05d}"


def name_run(chapter: str) -> str:
    """The run of a chapter."""
    return chapter.rsplit("-", 1)[0]


def make_calendar(days: Iterable[Days], silence: timedelta, chapter: timedelta | None, margin: timedelta) -> Calendar:
    """The calendar of an archive whose partitions tell first and last time of each day ("news 2024-01-31").

    silence  so long nothing is published between two runs
    """
    spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for part in days:
        for key, told in part.items():
            first, last = map(datetime.fromisoformat, told)
            spans[key.split()[0]].append((first, last))
    beginnings = {}
    for kind, found in spans.items():
        merged: list[tuple[datetime, datetime]] = []
        for first, last in sorted(found):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        gaps = (b[0] for a, b in pairwise(merged) if b[0] - a[1] > silence)
        beginnings[kind] = (merged[0][0], *gaps)
    return Calendar(beginnings, chapter, margin)
