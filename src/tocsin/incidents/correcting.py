"""What a person may put into a claim: values held against the codebook, the codec and the article's own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tocsin.errors import RecordError
from tocsin.incidents.anchors import BODIES
from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import Ontology
from tocsin.records import Article, Claim, Evidence, Party, Span, from_plain, make_id, to_plain
from tocsin.records.correction import CORRECTABLE_FIELDS, CorrectableField

#: The most parties, tolls and links of a chain, and characters of a name, that a claim may be given.
MOST_PARTIES, MOST_TOLLS, MOST_LINKS, LONGEST_NAME = 20, 20, 6, 300
LONGEST_EVIDENCE = 2_000
MOST_COUNTED = 1_000_000_000
#: Days that news can be about, and how many of them one act can take.
FIRST_DAY, LAST_DAY, MOST_DAYS = date(1800, 1, 1), date(2200, 12, 31), 3_660


def change_claim(
    claim: Claim,
    changes: Mapping[str, Any],
    article: Article,
    ontology: Ontology,
    is_country: Callable[[str], bool],
) -> Claim:
    """The claim with the changed fields; raises RecordError naming field, value and what is allowed.

    changes     field to its value in the codec's JSON form
    is_country  whether a code is that of a country (`BODIES` are allowed beside)
    """
    for field in changes:
        if field not in CORRECTABLE_FIELDS:
            raise RecordError("claim field", field, f"may not be corrected; may be: {', '.join(CORRECTABLE_FIELDS)}")
    plain = {field: _clean(value) for field, value in changes.items()}
    changed = from_plain(Claim, to_plain(claim) | plain)
    _check_mode(changed, ontology)
    for side in ("actor", "recipient"):
        if side in changes:
            _check_parties(side, getattr(changed, side), is_country)
    if "date" in changes:
        _check_date(changed)
    if "tolls" in changes:
        _check_tolls(changed)
    if "attribution" in changes:
        _check_attribution(changed)
    return replace(
        changed,
        actor=anchor_parties(changed.actor, claim.actor, claim.evidence, article),
        recipient=anchor_parties(changed.recipient, claim.recipient, claim.evidence, article),
    )


def find_changes(before: Claim, after: Claim) -> tuple[CorrectableField, ...]:
    """The fields in which two forms of a claim differ; a party's place in the text is no field."""
    return tuple(f for f in CORRECTABLE_FIELDS if strip_spans(getattr(before, f)) != strip_spans(getattr(after, f)))


def strip_spans(value: Any) -> Any:
    """A field's value without where its words stand."""
    if isinstance(value, tuple):
        return tuple(strip_spans(one) for one in value)
    return replace(value, span=None) if hasattr(value, "span") and not isinstance(value, Evidence) else value


def find_evidence(article: Article, text: str, start: int | None = None) -> Evidence:
    """The passage of an article that says these words, line breaks and spaces apart.

    start  where it begins, where the words stand there several times. Raises RecordError where the article does not
    say them, says them several times, or they are too many.
    """
    words = text.split()
    if not words or len(text) > LONGEST_EVIDENCE:
        raise RecordError(
            "evidence", text[:60], f"must be a passage of the article, of 1 to {LONGEST_EVIDENCE} letters"
        )
    if start is not None:
        if start < 0 or article.text[start : start + len(text)] != text:
            raise RecordError("evidence", text[:60], f"is not what the article says from {start}")
        return Evidence.cut_from(article.text, start, start + len(text))
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), article.text))
    if not found:
        raise RecordError("evidence", text[:60], "is not in the article word for word: copy it from the text")
    if len(found) > 1:
        raise RecordError("evidence", text[:60], "stands several times in the article: take some words more")
    return Evidence.cut_from(article.text, found[0].start(), found[0].end())


def make_claim(
    article: Article,
    evidence: Evidence,
    values: Mapping[str, Any],
    ontology: Ontology,
    is_country: Callable[[str], bool],
    *,
    made_by: str,
    held: Sequence[Claim] = (),
) -> Claim:
    """A claim that the machine missed; `values` as in `change_claim`, the type among them.

    Raises RecordError for what may not be, and where a claim of `held` rests on the same passage and type.
    """
    type_ = values.get("type")
    if not isinstance(type_, str) or type_ not in ontology.types:
        raise RecordError("claim type", type_, f"must be one of {', '.join(ontology.types)}")
    if any((c.type, c.evidence) == (type_, evidence) for c in held):
        raise RecordError("claim", evidence.text[:60], f"is there already as {type_}")
    taken = {c.id for c in held}
    ids = (
        make_id("clm", article.id, "added", type_, evidence.start, evidence.end, nth) for nth in range(len(held) + 1)
    )
    blank = Claim(
        next(i for i in ids if i not in taken), article.id, ontology.entry(type_).name, evidence, reader=made_by
    )
    return change_claim(blank, values, article, ontology, is_country)


def anchor_parties(
    parties: Sequence[Party], before: Sequence[Party], evidence: Evidence, article: Article
) -> tuple[Party, ...]:
    """Parties with the place of their words: as it was known before, else within the evidence, else none."""
    known = {party.text: party.span for party in before}

    def find(party: Party) -> Span | None:
        if party.text in known:
            return known[party.text]
        at = article.text.find(party.text, evidence.start, evidence.end)
        return Span(at, at + len(party.text)) if at >= 0 else None

    return tuple(replace(party, span=find(party)) for party in parties)


def _clean(value: Any) -> Any:
    """Text without control characters and surplus white space, wherever it stands in a value."""
    if isinstance(value, str):
        if len(value) > LONGEST_EVIDENCE:
            raise RecordError("claim", value[:40] + "…", f"no text in it may be longer than {LONGEST_EVIDENCE} letters")
        kept = "".join(" " if c.isspace() else c for c in value if c.isspace() or unicodedata.category(c) not in _UNFIT)
        return " ".join(kept.split())
    if isinstance(value, list | tuple):
        if len(value) > MOST_PARTIES:
            raise RecordError("claim", f"{len(value)} values", f"a field may have {MOST_PARTIES} or fewer")
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return value


#: Control characters and halves of surrogate pairs: no name has them, and not every database keeps them.
_UNFIT = frozenset({"Cc", "Cs"})


def _check_mode(claim: Claim, ontology: Ontology) -> None:
    modes = ontology.entry(claim.type).modes
    if claim.mode is not None and claim.mode not in modes:
        allowed = ", ".join(modes) or "none"
        raise RecordError("claim mode", claim.mode, f"is not a mode of {claim.type}; its modes are: {allowed}")


def _check_parties(side: str, parties: Sequence[Party], is_country: Callable[[str], bool]) -> None:
    if len(parties) > MOST_PARTIES:
        raise RecordError(f"claim {side}", f"{len(parties)} parties", f"must be {MOST_PARTIES} or fewer")
    for party in parties:
        _check_length(f"claim {side}", party.text)
        if not party.text:
            raise RecordError(f"claim {side}", party.text, "must be named as the article names it")
        if party.sector is not None and party.sector not in SECTORS:
            raise RecordError(f"claim {side} sector", party.sector, f"must be one of {', '.join(SECTORS)}")
        if party.country is not None and party.country not in BODIES and not is_country(party.country):
            why = f"must be the three letters of a country (ISO 3166-1 alpha-3, XKX) or {', '.join(BODIES)}"
            raise RecordError(f"claim {side} country", party.country[:40], why)


def _check_date(claim: Claim) -> None:
    if claim.date is None:
        return
    if not FIRST_DAY <= claim.date.start <= claim.date.end <= LAST_DAY:
        raise RecordError("claim date", str(claim.date), f"must lie between {FIRST_DAY} and {LAST_DAY}")
    if claim.date.days > MOST_DAYS:
        raise RecordError("claim date", str(claim.date), f"must be {MOST_DAYS} days or fewer")


def _check_tolls(claim: Claim) -> None:
    if len(claim.tolls) > MOST_TOLLS:
        raise RecordError("claim tolls", f"{len(claim.tolls)} counts", f"must be {MOST_TOLLS} or fewer")
    for toll in claim.tolls:
        told = f"{toll.low} to {toll.high}"
        if not 0 <= toll.low <= MOST_COUNTED or not toll.low <= (toll.low if toll.high is None else toll.high):
            raise RecordError("claim tolls", told, "must count from 0 up, the lower number first")
        if toll.high is not None and toll.high > MOST_COUNTED:
            raise RecordError("claim tolls", told, f"must be {MOST_COUNTED} or fewer")
        _check_length("claim tolls", toll.whom or "")


def _check_attribution(claim: Claim) -> None:
    if len(claim.attribution) > MOST_LINKS:
        raise RecordError("claim attribution", f"{len(claim.attribution)} links", f"must be {MOST_LINKS} or fewer")
    for link in claim.attribution:
        _check_length("claim attribution", link.speaker or "")
        _check_length("claim attribution", link.cue or "")


def _check_length(what: str, text: str) -> None:
    if len(text) > LONGEST_NAME:
        raise RecordError(what, text[:40] + "…", f"must be {LONGEST_NAME} characters or fewer")
