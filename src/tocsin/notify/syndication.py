"""Notices for feed readers: Atom and RSS 2.0, in the forms of `feed_forms.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.notify.feed_forms import FeedEntry, FeedHead, name_entry, name_host, write_atom_feed, write_rss_feed
from tocsin.notify.telling import Telling
from tocsin.notify.texts import link_alert, write_fragment, write_subject
from tocsin.records import Notice

TITLE = "Tocsin: notices"
SUBTITLE = "What this desk has told people, drawn from news reports"


def write_atom(told: Sequence[Telling], *, address: str, self_address: str, now: datetime) -> bytes:
    """An Atom feed, the newest notice first as given.

    address       public address of the desk: links begin with it, and its host names the identifiers
    self_address  where this feed is
    now           stands for the time of the last change where there is no notice
    """
    entries = [_make_entry(one, address) for one in told]
    return write_atom_feed(_make_head(address), entries, address=address, self_address=self_address, now=now)


def write_rss(told: Sequence[Telling], *, address: str, now: datetime) -> bytes:
    """The same as RSS 2.0."""
    return write_rss_feed(_make_head(address), [_make_entry(one, address) for one in told], now=now)


def _make_head(address: str) -> FeedHead:
    return FeedHead("notices", TITLE, SUBTITLE, f"{address.rstrip('/')}/alerts")


def _make_entry(told: Telling, address: str) -> FeedEntry:
    notice = told.notice
    marks = (*(["EXERCISE"] if notice.is_exercise else []), *([told.tlp] if told.tlp else []))
    return FeedEntry(
        name_entry(name_host(address), notice.made_at, notice.id),
        write_subject(told),
        write_fragment(told, address),
        _find_page(notice, address),
        notice.made_at,
        notice.made_at,
        (notice.precedence, notice.cause, *marks),
        (f"{address.rstrip('/')}/notices/{notice.id}.cap", "application/cap+xml"),
    )


def _find_page(notice: Notice, address: str) -> str:
    return link_alert(address, notice.alert_ids[0]) if notice.alert_ids else f"{address.rstrip('/')}/alerts"
