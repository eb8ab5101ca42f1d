"""What holds for every claim of every reader."""

from __future__ import annotations

from tocsin.reading.plain import make_plain
from tocsin.records import Claim


def check_spans(text: str, claims: tuple[Claim, ...]) -> None:
    """Spans cut their words, the evidence holds the trigger, identifiers are unique, claims are in order."""
    for claim in claims:
        assert claim.evidence.span.cut(text) == claim.evidence.text
        assert claim.evidence.text.strip() == claim.evidence.text != ""
        assert claim.trigger is not None
        assert claim.evidence.span.contains(claim.trigger), (claim.evidence.text, claim.trigger.cut(text))
        for party in (*claim.actor, *claim.recipient):
            assert party.text.strip() == party.text != ""
            assert party.span is None or party.span.cut(text) == party.text
        for mention in claim.mentions:
            assert mention.span is None or mention.span.cut(text) == mention.name
        for link in claim.attribution:
            assert link.speaker or link.cue
            assert link.span is None or link.span.cut(text) in (link.speaker, link.cue)
        for toll in claim.tolls:
            assert toll.high is None or 0 <= toll.low <= toll.high
        assert claim.reasons
        assert claim.place is None
    assert len({c.id for c in claims}) == len(claims)
    assert [c.evidence.start for c in claims] == sorted(c.evidence.start for c in claims)


def check_evidence(text: str, claims: tuple[Claim, ...]) -> None:
    """The same of claims told of a kept text with odd letters: passages are verbatim, names are in plain letters."""
    for claim in claims:
        assert claim.evidence.span.cut(text) == claim.evidence.text
        assert claim.evidence.text.strip() == claim.evidence.text != ""
        assert claim.trigger is not None
        assert claim.evidence.span.contains(claim.trigger)
        for party in (*claim.actor, *claim.recipient):
            assert party.span is None or party.text in make_plain(party.span.cut(text)).text
        for mention in claim.mentions:
            assert mention.span is None or mention.name in make_plain(mention.span.cut(text)).text
        for link in claim.attribution:
            words = (link.speaker or "", link.cue or "")
            assert link.span is None or any(w and w in make_plain(link.span.cut(text)).text for w in words)
    assert [c.evidence.start for c in claims] == sorted(c.evidence.start for c in claims)
