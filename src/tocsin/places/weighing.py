"""Where an act happened, as a sum of log-odds: each name of the article that may be it, against none of them.

What the reader points at counts most; the rest is where the name stands and what the claim is. The weights lie in
`knowledge/act_places.toml` and are fitted by `python -m training.act_places`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.places.act_weights import ActPlaceWeights
from tocsin.places.folding import fold_name
from tocsin.places.options import is_inside_party, is_verbal
from tocsin.places.phrases import PlacePhrase, parse_phrase
from tocsin.places.pointed import Common, find_common, find_odds
from tocsin.places.scanning import is_led
from tocsin.places.sentences import find_sentence_ends
from tocsin.places.words import PlaceWords
from tocsin.records import Claim, PlaceMention, Reason, Span

_SPEECH_REACH = 60
_WORD_REACH = 20
#: Parts smaller than this are not told.
_LEAST_TOLD = 0.3


@dataclass(frozen=True, slots=True)
class Site:
    """A name of the article that may be the place of some act, with what does not depend on the act.

    Sites of one `name` are one place: "the town of Dinsoor" and "Dinsoor".
    """

    mention: PlaceMention
    span: Span
    name: str
    cues: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the names come to for one claim: the most likely of them, or None, and why."""

    mention: PlaceMention | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ActPlaceWeigher:
    """Weighs the names of one article for its claims.

    sites    the names, in order; `ends` where its sentences end, `breaks` where its paragraphs do
    pointed  by id of a claim the words that its arc points at, in order, each with its probability
    common   how surely the other acts of a claim's type are at each name
    """

    sites: Sequence[Site]
    ends: Sequence[int]
    breaks: Sequence[int]
    pointed: Mapping[str, Sequence[PlaceMention]]
    common: Common

    def list_cues(self, claim: Claim) -> list[dict[str, float]]:
        """The cues of each site for a claim, in their order."""
        words = self.pointed.get(claim.id, ())
        starts = [w.span.start for w in words if w.span]
        own = {m.span for m in claim.mentions}
        trigger = claim.trigger or claim.evidence.span
        led = [s.span for s in self.sites if s.cues["led"] and s.span.end <= trigger.start]
        return [
            {
                **self._read_cues(site, claim, trigger, find_odds(site.span, words, starts), own),
                "like-act": self.common.read(site.name, claim),
                "last-told": float(bool(led) and site.span == led[-1]),
            }
            for site in self.sites
        ]

    def _read_cues(
        self, site: Site, claim: Claim, trigger: Span, odds: float, own: set[Span | None]
    ) -> dict[str, float]:
        span, verbal = site.span, is_verbal(claim)
        is_before = span.end <= trigger.start
        low, high = (span.end, trigger.start) if is_before else (trigger.end, span.start)
        apart = _count(self.ends, low, high)
        cues = {**site.cues, "pointed": odds}
        cues["marked"] = float(span in own)
        cues["marked-words"] = float(verbal and span in own)
        cues["in-passage"] = float(claim.evidence.span.contains(span))
        cues["in-sentence"] = float(not apart)
        cues["back"] = math.log1p(apart) if is_before else 0.0
        cues["ahead"] = float(not is_before and apart > 0)
        cues["words-elsewhere"] = float(verbal and apart > 0)
        cues["other-paragraph"] = float(_count(self.breaks, low, high) > 0)
        cues["party-goes-on"] = float(is_inside_party(claim, span))
        cues["in-party"] = float(any(p.span and p.span.contains(span) for p in (*claim.actor, *claim.recipient)))
        cues["in-speaker"] = float(any(a.span and a.span.contains(span) for a in claim.attribution))
        return cues

    def list_none_cues(self, claim: Claim) -> dict[str, float]:
        """What speaks for a claim without a place."""
        return {
            "nothing": 1.0,
            "words": float(is_verbal(claim)),
            "planned": float(claim.modality == "planned"),
            "conditional": float(claim.modality == "conditional"),
            "negated": float(claim.modality == "negated"),
            "background": float(claim.background),
            "unmarked": float(not claim.mentions),
            "many": math.log1p(len(self.sites)),
            claim.type: 1.0,
        }

    def weigh(self, claim: Claim, table: ActPlaceWeights) -> Weighed:
        """The name that the act most probably happened at; repeated mentions of one name count together."""
        cues = self.list_cues(claim)
        odds = [sum(table.site[cue] * value for cue, value in each.items()) for each in cues]
        none = sum(table.none[cue] * value for cue, value in self.list_none_cues(claim).items())
        *shares, without = share_odds([*odds, none])
        by_name: dict[str, float] = {}
        for site, share in zip(self.sites, shares, strict=True):
            by_name[site.name] = by_name.get(site.name, 0.0) + share
        name = max(by_name, key=lambda each: by_name[each], default=None)
        if name is None or by_name[name] < without:
            told = f"{by_name[name]:.2f} for {name}" if name is not None else "the article names none"
            reason = Reason("no-place", f"no place {without:.2f}, {told}", round(without, 3), table.version)
            return Weighed(None, (reason,))
        best = max((i for i, s in enumerate(self.sites) if s.name == name), key=lambda i: shares[i])
        chosen = self.sites[best].mention
        told = f"{chosen.name} {by_name[name]:.2f}, no place {without:.2f}: {_tell_parts(cues[best], table)}"
        return Weighed(chosen, (Reason("act-place", told, round(by_name[name], 3), table.version),))


def share_odds(odds: Sequence[float]) -> list[float]:
    """Log-odds of which exactly one is right, as probabilities."""
    top = max(odds)
    raised = [math.exp(each - top) for each in odds]
    total = sum(raised)
    return [each / total for each in raised]


def _tell_parts(cues: Mapping[str, float], table: ActPlaceWeights) -> str:
    parts = {cue: table.site[cue] * value for cue, value in cues.items()}
    ordered = sorted(parts, key=lambda cue: -abs(parts[cue]))
    main = [cue for cue in ordered if abs(parts[cue]) >= _LEAST_TOLD] or ordered[:1]
    return ", ".join(f"{cue} {parts[cue]:+.1f}" for cue in main)


def make_weigher(
    text: str,
    claims: Sequence[Claim],
    found: Sequence[PlaceMention],
    pointed: Mapping[str, Sequence[PlaceMention]],
    dateline: Span | None,
    words: PlaceWords,
) -> ActPlaceWeigher:
    """A weigher of all names of an article: those found in it, and what the reader marked for some claim."""
    known = {m.span for m in found}
    mentions = {m.span: m for m in (*(m for c in claims for m in c.mentions), *found) if m.span is not None}
    ordered = sorted(mentions.items(), key=lambda pair: (pair[0].start, pair[0].end))
    counts = Counter(_read_name(m, parse_phrase(m.name, words)) for _, m in ordered)
    sites = [_make_site(mention, span, counts, span in known, dateline, text, words) for span, mention in ordered]
    breaks = [at for at, letter in enumerate(text) if letter == "\n"]
    common = find_common(claims, [(s.span, s.name) for s in sites], pointed)
    return ActPlaceWeigher(sites, find_sentence_ends(text), breaks, pointed, common)


def _make_site(
    mention: PlaceMention,
    span: Span,
    counts: Mapping[str, int],
    is_found: bool,
    dateline: Span | None,
    text: str,
    words: PlaceWords,
) -> Site:
    phrase = parse_phrase(mention.name, words)
    name = _read_name(mention, phrase)
    before = text[max(0, span.start - _SPEECH_REACH) : span.start].rpartition(".")[2].lower().split()
    cues = {
        "led": float(is_led(text, span.start, words)),
        "dateline": float(dateline is not None and span.overlaps(dateline)),
        "after-speech": float(any(word in words.speech for word in before)),
        "site": float(phrase.site is not None),
        "unnamed": float(not phrase.names),
        "found": float(is_found),
        "name-score": mention.score or 0.0,
        "repeated": math.log(counts[name]),
        "origin": float(_read_word_before(text, span) == "from"),
    }
    return Site(mention, span, name, cues)


def _read_name(mention: PlaceMention, phrase: PlacePhrase) -> str:
    """What the mention calls its place, by which mentions of one place are told."""
    if phrase.names and not phrase.site and not phrase.part and phrase.kind in (None, "settlement"):
        return fold_name(phrase.names[-1])
    return fold_name(mention.name)


def _read_word_before(text: str, span: Span) -> str:
    before = text[max(0, span.start - _WORD_REACH) : span.start].removesuffix("the ").split()
    return before[-1].lower() if before else ""


def _count(marks: Sequence[int], low: int, high: int) -> int:
    return max(0, bisect_left(marks, high) - bisect_left(marks, low))
