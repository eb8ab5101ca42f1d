"""Outlets, feeds, and whether the desk works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tocsin.records import Feed, FeedState, Outlet
from tocsin.records.outlet import OutletPace


@dataclass(frozen=True, slots=True)
class OutletLine:
    """An outlet with its number of articles, and how much it gave lately."""

    outlet: Outlet
    articles: int
    pace: OutletPace


@dataclass(frozen=True, slots=True)
class OutletList:
    """All outlets."""

    outlets: list[OutletLine]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed with its health; `pace` is how much its outlet gave lately, over all its feeds."""

    feed: Feed
    state: FeedState
    pace: OutletPace


@dataclass(frozen=True, slots=True)
class FeedList:
    """All feeds."""

    feeds: list[FeedLine]


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the desk works: feeds by state, when the watch last went round and what stopped it."""

    status: Literal["ok", "degraded"]
    version: str
    is_watching: bool
    round_at: datetime | None
    problem: str | None
    feeds: dict[FeedState, int]
