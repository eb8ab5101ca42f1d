"""What became of a batch that was handed in."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.records import Article, Fault, Feed


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch.

    articles  every article in it, new or known already
    new       how many articles the desk did not have
    known     how many articles and feeds it had already
    claims    how many claims the new ones gave
    feeds     how many feeds it did not have
    faults    what could not be taken, each with its reason
    """

    articles: tuple[Article, ...] = ()
    new: int = 0
    known: int = 0
    claims: int = 0
    feeds: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing in it could be taken: the whole call has failed."""
        return bool(self.faults) and not (self.new or self.known or self.feeds)

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.articles + other.articles,
            self.new + other.new,
            self.known + other.known,
            self.claims + other.claims,
            self.feeds + other.feeds,
            self.faults + other.faults,
        )


def describe_taken(thing: Article | Feed | Fault, part: Taken) -> str:
    """One line on one thing of a batch: what it is and what became of it."""
    if isinstance(thing, Fault):
        return str(thing.why)
    if isinstance(thing, Feed):
        return f"feed {thing.address}: {'kept, waits to be confirmed' if part.feeds else 'known'}"
    name = thing.title or thing.url or thing.id
    if part.is_refused:
        return f"{name}: {part.faults[0].why}"
    return f"{name}: known" if part.known else f"{name}: {part.claims} claims"
