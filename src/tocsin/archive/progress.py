"""What is told while an archive is worked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is.

    step       which: "reading", or a step of the grouping
    done       finished partitions; `total` all of them
    articles   articles in the finished ones; of `fresh` those that this run has done
    set_aside  records set aside so far
    """

    step: str
    done: int
    total: int
    articles: int = 0
    fresh: int = 0
    set_aside: int = 0


Tell = Callable[[Progress], None]
