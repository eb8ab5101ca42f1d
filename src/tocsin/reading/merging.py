"""One claim where an article tells the same act twice: headline, lead and later detail (codebook: the unit)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.records import Claim, Party, Reason

#: A second word of one passage that the reader is less sure of than this seldom names a second act. Chosen, like what
#: makes two words of a passage one act, on annotated articles that the model had not learnt.
_SURE = 0.75
_STOP = frozenset({"the", "a", "an", "of", "in", "and", "their", "his", "her", "its"})


def merge_retold(claims: Sequence[Claim], title_end: int) -> list[Claim]:
    """Drop claims that another passage tells with more detail; what only the poorer one had is kept on the richer."""
    kept: list[Claim] = []
    for claim in claims:
        twin = next((i for i, k in enumerate(kept) if _is_retold(k, claim, title_end)), None)
        if twin is None:
            kept.append(claim)
        else:
            kept[twin] = _join(kept[twin], claim, title_end)
    return sorted(kept, key=lambda c: (c.evidence.start, c.trigger.start if c.trigger else 0))


def _is_retold(a: Claim, b: Claim, title_end: int) -> bool:
    if a.type != b.type or a.modality != b.modality or a.background != b.background:
        return False
    if _share_passage(a, b):
        return _is_one_in_passage(a, b)
    if a.mode and b.mode and a.mode != b.mode:
        return False
    in_title = a.evidence.start < title_end or b.evidence.start < title_end
    if not in_title and _speaker(a) != _speaker(b):
        return False
    if a.evidence.span.overlaps(b.evidence.span):
        return _is_named_alike(a, b)
    if in_title and _speaker(a) and _speaker(b) and _speaker(a) != _speaker(b):
        return False
    if _dates_conflict(a, b) or _tolls_conflict(a, b):
        return False
    return _parties_agree(a, b, in_title)


def _share_passage(a: Claim, b: Claim) -> bool:
    """Whether two passages are one for the most part."""
    one, other = a.evidence, b.evidence
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared > max(one.end, other.end) - min(one.start, other.start)


def _is_one_in_passage(a: Claim, b: Claim) -> bool:
    """Two words of one passage that name one act: "ambushed the column, killing nine"."""
    if min(c.score if c.score is not None else 1.0 for c in (a, b)) < _SURE:
        return True
    if _speaker(a) != _speaker(b) or _tolls_conflict(a, b) or _dates_conflict(a, b):
        return False
    return _alike(a.actor, b.actor) is not False and _alike(a.recipient, b.recipient) is not False


def _is_named_alike(a: Claim, b: Claim) -> bool:
    """Two passages that overlap, with the same parties: "crept over the border and melted into the woods"."""
    if _tolls_conflict(a, b) or _dates_conflict(a, b):
        return False
    return _texts(a.actor) == _texts(b.actor) != frozenset() and _texts(a.recipient) == _texts(b.recipient)


def _dates_conflict(a: Claim, b: Claim) -> bool:
    return a.date is not None and b.date is not None and not a.date.overlaps(b.date)


def _texts(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(p.text.lower() for p in parties)


def _speaker(claim: Claim) -> str | None:
    return claim.speaker


def _tolls_conflict(a: Claim, b: Claim) -> bool:
    """Whether both count one kind, and neither's counts are among the other's."""
    one, other = _bounds_of(a), _bounds_of(b)
    return any(not (one[k] <= other[k] or other[k] <= one[k]) for k in one.keys() & other.keys())


def _bounds_of(claim: Claim) -> dict[str, set[tuple[int, int | None]]]:
    bounds: dict[str, set[tuple[int, int | None]]] = {}
    for toll in claim.tolls:
        bounds.setdefault(toll.kind, set()).add((toll.low, toll.high))
    return bounds


def _parties_agree(a: Claim, b: Claim, in_title: bool) -> bool:
    actors = _alike(a.actor, b.actor)
    recipients = _alike(a.recipient, b.recipient)
    if in_title:
        return actors is not False and recipients is not False and (actors is True or recipients is True)
    # inside the body only what is plainly the same: both sides named and equal
    return actors is True and (recipients is True or (not a.recipient and not b.recipient))


def _alike(a: Sequence[Party], b: Sequence[Party]) -> bool | None:
    """True where two lists share a party, False where both are given and share none, None where one is empty."""
    if not a or not b:
        return None
    return any(_same_party(x, y) for x in a for y in b)


def _same_party(a: Party, b: Party) -> bool:
    if a.country and b.country and a.country != b.country:
        return False
    if a.text.lower() == b.text.lower():
        return True
    words_a, words_b = _words(a.text), _words(b.text)
    if words_a & words_b and (words_a <= words_b or words_b <= words_a):
        return True
    return bool(a.country and a.sector and (a.country, a.sector) == (b.country, b.sector) and words_a & words_b)


def _words(text: str) -> frozenset[str]:
    return frozenset(w.strip(".,'\u2019\"").removesuffix("s") for w in text.lower().split()) - _STOP


def _detail(claim: Claim, title_end: int) -> tuple[int, int, int]:
    parts = len(claim.tolls) * 2 + len(claim.actor) + len(claim.recipient) + len(claim.attribution)
    parts += (claim.date is not None) + bool(claim.mentions) + (claim.mode is not None)
    return int(claim.evidence.start >= title_end), parts, len(claim.evidence.text)


def _join(a: Claim, b: Claim, title_end: int) -> Claim:
    rich, poor = (a, b) if _detail(a, title_end) >= _detail(b, title_end) else (b, a)
    kinds = {t.kind for t in rich.tolls}
    return replace(
        rich,
        mode=rich.mode or poor.mode,
        actor=rich.actor or poor.actor,
        recipient=rich.recipient or poor.recipient,
        date=rich.date or poor.date,
        mentions=rich.mentions or poor.mentions,
        tolls=(*rich.tolls, *(t for t in poor.tolls if t.kind not in kinds)),
        reasons=(*rich.reasons, Reason("told-again", f"also told as {poor.evidence.text[:80]!r}")),
    )
