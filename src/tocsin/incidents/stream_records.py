"""What a stream holds of articles and claims for two weeks: no more than grouping looks at, and each thing once.

Of a text grouping looks at the words that name the acts, besides the evidence that each claim holds itself; whoever
compares texts (`copies`) has its own numbers of them. Places, parties, speakers, dates and codes come again in one
claim after the other: equal ones are held once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from tocsin.records import Article, Claim, Span

T = TypeVar("T")


class Condenser:
    """Makes articles and claims small, and remembers what it has given out so that equal parts are one."""

    def __init__(self) -> None:
        self._known: dict[object, object] = {}

    def forget(self) -> None:
        """Remember nothing: what was given out stays whole, later equals are held beside it."""
        self._known.clear()

    def condense(self, article: Article, claims: Sequence[Claim]) -> tuple[Article, tuple[Claim, ...]]:
        """An article and its claims for `prepare_facts`: all facts are the same.

        Offsets of evidence stay those of the whole text; those of triggers are of the text that is left.
        """
        words: list[str] = []
        triggers: dict[str, Span | None] = {}
        length = 0
        for claim in claims:
            if claim.trigger is None:
                triggers[claim.id] = None
                continue
            cut = claim.trigger.cut(article.text)
            triggers[claim.id] = self._share(Span(length, length + len(cut)))
            words.append(cut)
            length += len(cut)
        light = replace(
            article, text="".join(words), title=None, url=None, digest="", outlet_name=self._share(article.outlet_name)
        )
        return light, tuple(self._condense_claim(claim, triggers[claim.id]) for claim in claims)

    def _condense_claim(self, claim: Claim, trigger: Span | None) -> Claim:
        return replace(
            claim,
            trigger=trigger,
            reasons=(),
            mentions=(),
            contexts=(),
            type=self._share(claim.type),
            mode=self._share(claim.mode),
            modality=self._share(claim.modality),
            certainty=self._share(claim.certainty),
            reader=self._share(claim.reader),
            # where in the text a party or speaker is named, nobody asks
            actor=self._share(tuple(self._share(replace(p, span=None)) for p in claim.actor)),
            recipient=self._share(tuple(self._share(replace(p, span=None)) for p in claim.recipient)),
            attribution=self._share(tuple(self._share(replace(a, span=None)) for a in claim.attribution)),
            tolls=self._share(claim.tolls),
            date=self._share(claim.date),
            place=self._share(claim.place),
        )

    def _share(self, value: T) -> T:
        # under its kind as well: 1 is equal to True
        return self._known.setdefault((type(value), value), value)  # type: ignore[return-value]
