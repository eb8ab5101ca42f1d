"""Who is told how the desk is doing; nobody, unless a program wants its metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, Protocol

#: What is timed: one round of one feed, the reading of one article (the encoder and what follows it), one derivation,
#: one run of the retention.
Work = Literal["fetch", "reading", "derivation", "retention"]


class Observer(Protocol):
    """Told from many threads; never raises."""

    def timing(self, work: Work) -> AbstractContextManager[None]:
        """A block that does such work, however it ends."""
        ...

    def note_time(self, work: Work, seconds: float) -> None:
        """Such work was done elsewhere, and took so long."""
        ...

    def count_taken(self, new: int, known: int, faults: int) -> None:
        """Articles that came, were known already, or could not be taken."""
        ...

    def count_restart(self) -> None:
        """A worker had died, and another is started."""
        ...


class Unobserved:
    """An observer that looks away."""

    @contextmanager
    def timing(self, work: Work) -> Iterator[None]:  # noqa: ARG002 - the protocol's
        """See `Observer`."""
        yield

    def note_time(self, work: Work, seconds: float) -> None:
        """See `Observer`."""

    def count_taken(self, new: int, known: int, faults: int) -> None:
        """See `Observer`."""

    def count_restart(self) -> None:
        """See `Observer`."""
