"""What the outlets page shows of outlets and feeds: health, how much each gave lately, and the feeds in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.desk.views import OutletRow, list_outlets
from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.records import Feed, FeedState, Outlet, OutletPace, outlet_id

#: Health by how much it needs a person, the most first.
_URGENCY: tuple[FeedState, ...] = ("failing", "late", "unconfirmed", "waiting", "off", "fresh")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed with its health.

    outlet  whose it is, where somebody has said so
    pace    how much that outlet gave lately, over all its feeds; of a feed without one, the outlet of the feed's title
    """

    feed: Feed
    state: FeedState
    outlet: Outlet | None
    pace: OutletPace

    @property
    def name(self) -> str:
        """What it is called: its title, its outlet, or else its address."""
        return self.feed.title or (self.outlet.name if self.outlet else self.feed.address)


@dataclass(frozen=True, slots=True)
class OutletsView:
    """Outlets by name, feeds in the order asked for; `paces` by outlet, one that gave nothing is left out."""

    outlets: tuple[OutletRow, ...]
    feeds: tuple[FeedRow, ...]
    paces: dict[str, OutletPace]


#: The orders that feeds can be shown in: what the page says of each, and what they are compared by.
FEED_ORDERS: dict[str, Callable[[FeedRow], Any]] = {
    "name": lambda row: row.name.casefold(),
    "health": lambda row: _URGENCY.index(row.state),
    "fetched": lambda row: row.feed.fetched_at or _NEVER,
    "next": lambda row: _due_at(row),
    "week": lambda row: -row.pace.articles_7,
    "month": lambda row: -row.pace.articles_28,
    "claims": lambda row: -row.pace.claims_28,
    "articles": lambda row: -row.feed.articles,
}


def show_outlets(store: Store, now: datetime, order: str = "name") -> OutletsView:
    """Outlets and feeds with their health; raises RecordError for an order that there is not."""
    rows, strays = list_outlets(store, now)
    paces = store.outlet_paces(now)
    held = [_make_row(feed, state, row.outlet, paces) for row in rows for feed, state in row.feeds]
    held += [_make_row(feed, state, None, paces) for feed, state in strays]
    return OutletsView(tuple(rows), tuple(sort_feeds(held, order)), paces)


def sort_feeds(rows: Iterable[FeedRow], order: str) -> list[FeedRow]:
    """Feeds in one of `FEED_ORDERS`, those alike by name and address; raises RecordError for any other order."""
    if order not in FEED_ORDERS:
        raise RecordError("sort", order[:40], f"must be one of {', '.join(FEED_ORDERS)}")
    compare = FEED_ORDERS[order]
    return sorted(rows, key=lambda row: (compare(row), row.name.casefold(), row.feed.address))


def _make_row(feed: Feed, state: FeedState, outlet: Outlet | None, paces: dict[str, OutletPace]) -> FeedRow:
    whose = outlet.id if outlet else outlet_id(feed.title) if feed.title else ""
    return FeedRow(feed, state, outlet, paces.get(whose, OutletPace()))


def _due_at(row: FeedRow) -> datetime:
    if row.state in ("unconfirmed", "off"):
        return datetime.max.replace(tzinfo=UTC)
    return row.feed.next_due_at or _NEVER
