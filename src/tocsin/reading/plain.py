"""A text as plain letters, and the way back to it as it is kept.

Pages and PDF files write "five" with a ligature, a name in full-width letters, "policemen" with a hyphen inside that
nobody sees. What reads them is given the plain words; what is found is told with offsets into the text that is kept.
Superscripts, fractions and circled numbers stay: five with a small two is no 52.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tocsin.records import Article, Attribution, Claim, Evidence, Party, PlaceMention, Span

Told = TypeVar("Told", Party, Attribution, PlaceMention)

#: Emoji, signs and dingbats, without the quotation marks and circled numbers among these.
_PICTURES = "\U0001f000-\U0001faff\u2600-\u275a\u2761-\u2775\u2794-\u27bf"
#: Hyphens beyond ASCII; little pictures, of which the reader knows none and which would only crowd the words; what
#: nobody sees in a word; ligatures, full-width signs, letters and digits of mathematics.
_ODD = re.compile(
    f"(?P<hyphen>[\u2010\u2011])|(?P<picture>[{_PICTURES}][{_PICTURES}\ufe0f\u200d]*)"
    "|(?P<unseen>[\u00ad\u200b-\u200d\u2060\ufeff]+)"
    "|[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]"
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """A plain text with where it came from.

    begins  where stretches of the plain text begin, from 0 on; each is a copy of kept letters, or stands for `sizes`
    kept    where the same stretches begin in the kept text
    sizes   how many kept letters a stretch stands for as a whole; 0 for a copy
    """

    text: str
    begins: Sequence[int]
    kept: Sequence[int]
    sizes: Sequence[int]

    def to_kept(self, span: Span) -> Span:
        """Where a passage of the plain text stands in the kept one; part of a ligature stands for all of it."""
        if span.start == span.end:
            at = self._find(span.start, is_end=False)
            return Span(at, at)
        return Span(self._find(span.start, is_end=False), self._find(span.end - 1, is_end=True))

    def _find(self, at: int, *, is_end: bool) -> int:
        row = bisect_right(self.begins, at) - 1
        if self.sizes[row]:
            return self.kept[row] + (self.sizes[row] if is_end else 0)
        return self.kept[row] + at - self.begins[row] + is_end


def make_plain(text: str) -> PlainText:
    """The text in plain letters; a text without odd ones as it is."""
    parts: list[str] = []
    rows: list[tuple[int, int, int]] = []
    begun = end = 0
    for found, letters in _find_odd(text):
        if end < found.start():
            rows.append((begun, end, 0))
            parts.append(text[end : found.start()])
            begun += found.start() - end
        if letters:
            rows.append((begun, found.start(), len(found[0])))
            parts.append(letters)
            begun += len(letters)
        end = found.end()
    rows.append((begun, end, 0))
    parts.append(text[end:])
    begins, kept, sizes = zip(*rows, strict=True)
    return PlainText("".join(parts), begins, kept, sizes)


def _find_odd(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each odd sign with the plain letters that it stands for."""
    if text.isascii():
        return
    for found in _ODD.finditer(text):
        if found["hyphen"]:
            yield found, "-"
        elif found["picture"]:
            yield found, " "
        else:
            yield found, "" if found["unseen"] else unicodedata.normalize("NFKC", found[0])


def plain_article(article: Article, plain: PlainText) -> Article:
    """The article with its text, and the headline that the text opens with, in plain letters."""
    title = make_plain(article.title).text if article.title else article.title
    return replace(article, text=plain.text, title=title)


def keep_claims(claims: Sequence[Claim], plain: PlainText, text: str) -> tuple[Claim, ...]:
    """Claims found in a plain text, with offsets into the kept `text` and its words as evidence.

    Names of parties, speakers and places stay plain, so that they meet those of other articles.
    """
    return tuple(_keep_claim(claim, plain, text) for claim in claims)


def _keep_claim(claim: Claim, plain: PlainText, text: str) -> Claim:
    evidence = plain.to_kept(claim.evidence.span)
    return replace(
        claim,
        evidence=Evidence.cut_from(text, evidence.start, evidence.end),
        trigger=plain.to_kept(claim.trigger) if claim.trigger else None,
        actor=tuple(_keep(party, plain) for party in claim.actor),
        recipient=tuple(_keep(party, plain) for party in claim.recipient),
        attribution=tuple(_keep(link, plain) for link in claim.attribution),
        mentions=tuple(_keep(mention, plain) for mention in claim.mentions),
    )


def _keep(told: Told, plain: PlainText) -> Told:
    return replace(told, span=plain.to_kept(told.span)) if told.span is not None else told
