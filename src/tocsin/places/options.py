"""Which of the places named around a claim may be that of its act, and why the others may not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.places.folding import fold_name
from tocsin.places.phrases import parse_phrase
from tocsin.places.scanning import is_led
from tocsin.places.sentences import find_sentence
from tocsin.places.words import PlaceWords
from tocsin.records import Claim, PlaceMention, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer

#: Acts of words alone: they have a place only where the text says where they were spoken (codebook, field `place`).
VERBAL = frozenset({"REQUEST", "ACCUSE", "REJECT", "THREATEN", "AGREE", "SUPPORT", "CONCEDE"})
_ELSEWHERE = re.compile(r"\b(?:rest|remainder) of (?:the )?$|\bother (?:parts of |than )?(?:the )?$", re.IGNORECASE)
_JOINT = re.compile(r" (?:in|at|over|on|across|near|of|to|into|outside)(?: the)? ")
_OWNS = re.compile(r"['\u2019]s? ")
#: "The headland", "the same crossing": words that go back to a place told before.
_DEFINITE = re.compile(r"[Tt]he (?:same )?([a-z]+)$")
_LEAD_CHARS = 20
_POINTS = frozenset({"site", "settlement"})
#: Headline words in capitals are now and then the names of villages ("LEVEL"); towns of this size are believed.
_SHOUTED = 15_000


@dataclass(frozen=True, slots=True)
class Option:
    """A mention that may be the claim's place; `refused` says in words why it cannot be, None that it may."""

    mention: PlaceMention
    refused: str | None = None
    is_dateline: bool = False


def is_verbal(claim: Claim) -> bool:
    """Whether the act is one of words alone: by type, or a talk by phone."""
    return claim.type in VERBAL or (claim.type == "CONSULT" and claim.mode == "phone")


@dataclass(frozen=True, slots=True)
class OptionList:
    """Lists the options of the claims of one article.

    found     the names that the gazetteer knows in the whole article
    dateline  where the place of its dateline stands, or None
    outlet    the outlet's name, folded; "" if unknown
    """

    text: str
    found: tuple[PlaceMention, ...]
    dateline: Span | None
    outlet: str
    gazetteer: Gazetteer
    words: PlaceWords

    def list_options(self, claim: Claim) -> tuple[Option, ...]:
        """The claim's mentions, nearest first, the dateline's place last.

        Where the claim of a deed has none that names a place, those in its own evidence that stand after a word of
        place, or are recorded sites, come first.
        """
        options = [self._judge(claim, self.join_site(m, claim.mentions)) for m in claim.mentions]
        kept = [o for o in options if o.refused is None and not o.is_dateline]
        if not is_verbal(claim) and not any(parse_phrase(o.mention.name, self.words).names for o in kept):
            options = [*(self._judge(claim, m) for m in self._supply(claim)), *options]
        return tuple(sorted(options, key=lambda o: o.is_dateline))

    def _supply(self, claim: Claim) -> Iterator[PlaceMention]:
        for mention in self.found:
            if mention.span is None or not claim.evidence.span.contains(mention.span):
                continue
            is_site = any(r.precision == "site" for r in self.gazetteer.find(mention.name))
            if is_site or is_led(self.text, mention.span.start, self.words):
                yield mention

    def _judge(self, claim: Claim, mention: PlaceMention) -> Option:
        is_dateline = bool(mention.span and self.dateline and mention.span.overlaps(self.dateline))
        return Option(mention, self._refuse(claim, mention, is_dateline), is_dateline)

    def _refuse(self, claim: Claim, mention: PlaceMention, is_dateline: bool) -> str | None:
        span, name = mention.span, fold_name(mention.name)
        if (fault := self.find_fault(mention)) is not None:
            return fault
        if is_verbal(claim) and (is_dateline or not self._is_in_sentence(claim, mention)):
            return "an act of words has a place only where its own sentence names it"
        if is_dateline and not self._is_dateline_meant(name):
            return "the dateline tells where the report was written, and the report names another place"
        if span and is_inside_party(claim, span):
            return "it is part of the name of a party"
        return None

    def drop_faulty(self, claims: Sequence[Claim]) -> tuple[list[Claim], list[PlaceMention]]:
        """The claims without mentions that can be the place of no act, and the names of the article that can be."""
        usable = [
            replace(c, mentions=tuple(m for m in c.mentions if self.find_fault(m) is None)) for c in claims
        ]  # fmt: skip
        return usable, [m for m in self.found if self.find_fault(m) is None]

    def find_fault(self, mention: PlaceMention) -> str | None:
        """Why a mention can be the place of no act whatever, or None."""
        span, name = mention.span, fold_name(mention.name)
        if self.outlet and name == self.outlet:
            return "it is the outlet"
        if self._is_common(mention, name):
            return "it is a common word"
        if mention.name in self.words.peoples:
            return "it names a people, which is a party and no place"
        if span and any(m.span != span and m.span and m.span.contains(span) for m in self.found):
            return "it is part of a longer name"
        if span and _ELSEWHERE.search(self.text[max(0, span.start - 24) : span.start]):
            return "the words speak of what lies elsewhere"
        return None

    def _is_common(self, mention: PlaceMention, name: str) -> bool:
        if name in self.words.stop:
            return parse_phrase(mention.name, self.words).site is None  # "the bridge" is common and yet a site
        if not mention.name.isupper() or len(mention.name) <= 3 or mention.name.title() in self.text:
            return False
        rows = self.gazetteer.find(mention.name)
        known = any(r.precision != "settlement" or (r.population or 0) >= _SHOUTED for r in rows)
        by_hand = any(self.gazetteer.is_extra(r.id) or r.id.startswith("overlay:") for r in rows)
        return bool(rows) and not known and not by_hand

    def _is_dateline_meant(self, name: str) -> bool:
        """Whether the report goes on about the dateline's place: it names it again, or no other point at all."""
        led = [m for m in self.found if m.span and is_led(self.text, m.span.start, self.words)]
        names = {fold_name(m.name) for m in led}
        return name in names or not any(
            row.precision in _POINTS for m in led for row in self.gazetteer.find(m.name)[:1]
        )

    def _is_in_sentence(self, claim: Claim, mention: PlaceMention) -> bool:
        if mention.span is None:
            return mention.name in claim.evidence.text
        return find_sentence(self.text, claim.evidence.span).contains(mention.span)

    def find_owned(self, mention: PlaceMention) -> Iterator[PlaceMention]:
        """The name right behind a possessive, which lies in what it belongs to: "Nigeria's Plateau state"."""
        for other in self.found:
            if mention.span and other.span and _OWNS.fullmatch(self.text[mention.span.end : other.span.start]):
                yield other

    def find_fuller(self, mention: PlaceMention) -> PlaceMention:
        """The name that words such as "the headland" go back to: the last before them that has their noun.

        The codebook wants the name as written, and the words as they stand name nothing: "the headland at Ras Doumeira"
        told earlier does. The mention itself where nothing does.
        """
        found = _DEFINITE.match(mention.name)
        if mention.span is None or found is None:
            return mention
        noun = found.group(1)
        behind = re.compile(rf" {noun}\b", re.IGNORECASE)
        before = re.compile(rf"\b[Tt]he {noun} (?:at|in|of|near|outside|over|on)(?: the)? $")
        for other in reversed(self.found):
            if other.span is None or other.span.end > mention.span.start:
                continue
            if noun in fold_name(other.name).split() and other.name != mention.name and not other.name.islower():
                return other
            if (after := behind.match(self.text[other.span.end : other.span.end + len(noun) + 2])) is not None:
                whole = Span(other.span.start, other.span.end + after.end())
                return PlaceMention(whole.cut(self.text), whole)
            start = max(0, other.span.start - len(noun) - _LEAD_CHARS)
            if (lead := before.search(self.text[start : other.span.start])) is not None:
                whole = Span(start + lead.start(), other.span.end)
                return PlaceMention(whole.cut(self.text), whole)
        return mention

    def join_site(self, mention: PlaceMention, others: Sequence[PlaceMention]) -> PlaceMention:
        """ "the main bridge" with the "over the Ibar" that follows it, as one mention."""
        if mention.span is None or (phrase := parse_phrase(mention.name, self.words)).names or not phrase.site:
            return mention
        for other in (*others, *self.found):
            if other.span and _JOINT.fullmatch(self.text[mention.span.end : other.span.start]):
                joined = Span(mention.span.start, other.span.end)
                return PlaceMention(joined.cut(self.text), joined)
        return mention


def is_inside_party(claim: Claim, span: Span) -> bool:
    """Whether a party's or speaker's name goes on after it: "Kosovo police", "the Mitrovica mayor"."""
    spans = [p.span for p in (*claim.actor, *claim.recipient)] + [a.span for a in claim.attribution]
    return any(s is not None and s.contains(span) and span.end < s.end for s in spans)
