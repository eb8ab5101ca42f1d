"""Quotations over several paragraphs: each opens with a mark, only the last one closes, and one speaker says it all.

The encoder points from an act to its speaker over a paragraph or two, no further; the marks tell that he speaks on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tocsin.records import Attribution, Claim, Reason

_PARAGRAPH = re.compile(r"[^\s][^\n]*")
#: The marks that open quotations with those that close them.
_MARKS = {"\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c", '"': '"'}


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quotation over several paragraphs.

    start    where the first of its paragraphs begins, the words before its mark included
    opened   where its first mark stands
    end      where the mark of its last paragraph closes it, or where that paragraph ends without one
    """

    start: int
    opened: int
    end: int


def find_quotations(text: str) -> Iterator[Quotation]:
    """The quotations that go on over paragraphs, in order."""
    start = opened = None
    mark, end = "", 0
    for paragraph in _PARAGRAPH.finditer(text):
        begins = paragraph.start()
        goes_on = opened is not None and text[begins] == mark
        if start is not None and opened is not None and not goes_on:
            if end:
                yield Quotation(start, opened, end)
            start = opened = None
        if start is None or opened is None:
            if (found := _find_open(paragraph[0])) is not None:
                start, opened, mark, end = begins, begins + found, text[begins + found], 0
            continue
        closes = text.find(_MARKS[mark], begins + 1, paragraph.end())
        end = closes if closes >= 0 else paragraph.end()
        if closes >= 0 and _find_open(paragraph[0]) is None:
            yield Quotation(start, opened, end)
            start = opened = None
    if start is not None and opened is not None and end:
        yield Quotation(start, opened, end)


def _find_open(paragraph: str) -> int | None:
    """Where the quotation opens that a paragraph leaves open at its end, or None."""
    for opening, closing in _MARKS.items():
        at = paragraph.rfind(opening)
        if at < 0:
            continue
        is_open = paragraph.count(opening) % 2 == 1 if opening == closing else paragraph.rfind(closing) < at
        if is_open and (opening != "\u201c" or "\u201e" not in paragraph):
            return at
    return None


def carry_speakers(claims: Sequence[Claim], text: str) -> list[Claim]:
    """The claims, in the order of their words, with the speakers of the quotations that they stand in.

    Who speaks is who the encoder has for the first claim of the quotation for which it has anybody: further on others
    may be quoted.
    """
    quotations = list(find_quotations(text))
    if not quotations:
        return list(claims)
    starts = [q.start for q in quotations]
    around = [_find_around(claim, quotations, starts) for claim in claims]
    chains: dict[Quotation, tuple[Attribution, ...]] = {}
    for claim, quotation in zip(claims, around, strict=True):
        if quotation is not None and claim.attribution:
            chains.setdefault(quotation, claim.attribution)
    return [
        _carry(c, q, chains[q]) if q is not None and q in chains else c for c, q in zip(claims, around, strict=True)
    ]


def _carry(claim: Claim, quotation: Quotation, chain: tuple[Attribution, ...]) -> Claim:
    if claim.attribution or _begins(claim) < quotation.opened:
        return claim
    told = Reason("quotation-goes-on", f"{chain[0].speaker or chain[0].cue!r} speaks on over paragraphs")
    return replace(claim, attribution=chain, reasons=(*claim.reasons, told))


def _begins(claim: Claim) -> int:
    return claim.trigger.start if claim.trigger else claim.evidence.start


def _find_around(claim: Claim, quotations: Sequence[Quotation], starts: Sequence[int]) -> Quotation | None:
    at = bisect_right(starts, _begins(claim)) - 1
    return quotations[at] if at >= 0 and _begins(claim) < quotations[at].end else None
