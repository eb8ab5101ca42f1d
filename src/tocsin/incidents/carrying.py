"""From one revision of an article to the next: which claims are the same, so that their incidents keep their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tocsin.incidents.compare import jaccard
from tocsin.incidents.stems import stem_words
from tocsin.records import Claim, Link

#: Two statements of one act are the same where so much of their words is.
_LEAST_SHARED = 0.5


def match_claims(before: Sequence[Claim], after: Sequence[Claim]) -> dict[str, str]:
    """Claims of the later revision to those of the earlier one that say the same, one to one, the likest first."""
    pairs = [
        (shared, old.id, new.id)
        for old in before
        for new in after
        if old.type == new.type
        and (shared := jaccard(stem_words(old.evidence.text), stem_words(new.evidence.text))) >= _LEAST_SHARED
    ]
    matched: dict[str, str] = {}
    for _, old, new in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if new not in matched and old not in matched.values():
            matched[new] = old
    return matched


def carry_links(before: Sequence[Claim], after: Sequence[Claim], held: Mapping[str, Link]) -> dict[str, Link]:
    """The links of the earlier revision's claims as those of the later one's that have none; a person's go over too."""
    return {
        new: replace(held[old], claim_id=new)
        for new, old in match_claims(before, after).items()
        if old in held and new not in held
    }
