"""Reading what a filter chooses a page at a time: an export of everything needs no more memory than a page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from tocsin.records import Article, Claim, Filter, Incident

T = TypeVar("T", Incident, Claim, Article)
PAGE = 500
#: So many records of the page before are read again: if some went meanwhile, none of the next is passed over.
_OVERLAP = 50


def list_pages(read: Callable[[Filter], list[T]], wanted: Filter) -> Iterator[list[T]]:
    """What the filter chooses, a page at a time, each record once even if the desk takes things in meanwhile."""
    left = wanted.limit if wanted.limit > 0 else None
    seen: set[str] = set()
    offset = wanted.offset
    while left is None or left > 0:
        back = min(_OVERLAP, offset - wanted.offset)
        size = back + (PAGE if left is None else min(PAGE, left))
        page = read(replace(wanted, limit=size, offset=offset - back))
        # what stands before a record that is through already came in meanwhile: it is not of this export
        through = max((n for n, record in enumerate(page, 1) if record.id in seen), default=0)
        fresh = page[through:]
        if left is not None:
            fresh = fresh[:left]
            left -= len(fresh)
        seen.update(record.id for record in fresh)
        if fresh:
            yield fresh
        if len(page) < size:
            return
        offset += size - back
