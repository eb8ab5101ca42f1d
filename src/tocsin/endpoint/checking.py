"""From what a model answered to claims: nothing is believed that the article's own text does not bear out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import Any

from tocsin.endpoint.choosing import choose
from tocsin.endpoint.counts import Counts
from tocsin.endpoint.figures import is_long_past, read_date, read_tolls
from tocsin.endpoint.naming import Codes, read_attribution, read_parties, read_place
from tocsin.endpoint.passages import Passages
from tocsin.endpoint.tally import Tally
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Article, Certainty, Claim, EventType, Evidence, Modality, Span, claim_id

#: Most claims taken from one answer.
MAX_CLAIMS = 150
#: Evidence is one clause to one sentence: at least two words, and no more than a very long sentence.
_MAX_EVIDENCE = 1_200
_MAX_CONTEXTS = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """The claims of an answer that stand, and what became of the rest."""

    claims: tuple[Claim, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class _Core:
    """What a claim cannot be without."""

    evidence: Span
    type: EventType
    modality: Modality
    certainty: Certainty


def check_answer(
    answered: Sequence[Any], part: Span, article: Article, passages: Passages, codes: Codes, reader: str
) -> Checked:
    """The claims of one answer about the stretch `part` of an article, in the order of the answer.

    answered  plain JSON values; anything may be in them
    passages  the text of `article`, ready to be searched
    reader    the version that the claims shall carry
    """
    tally = Tally()
    claims: list[Claim] = []
    for given in answered[:MAX_CLAIMS]:
        claim = _check_claim(given, part, article, passages, codes, tally)
        reasons = tally.take_reasons()
        if claim is not None:
            claims.append(replace(claim, reader=reader, reasons=reasons))
    for _ in answered[MAX_CLAIMS:]:
        tally.drop("claim-surplus", "")
    kept = settle_ids(claims, tally)
    tally.kept = len(kept)
    return Checked(kept, tally.counts)


def _check_claim(
    given: Any, part: Span, article: Article, passages: Passages, codes: Codes, tally: Tally
) -> Claim | None:
    core = _check_core(given, part, passages, tally)
    if core is None:
        return None
    evidence, published = core.evidence, _day_of(article)
    tally.note("type", f"{core.type}, {core.modality}, {core.certainty} by the model; its passage stands in the text")
    when = read_date(given.get("date"), evidence, passages, published, core.modality, tally)
    return Claim(
        id="",
        article_id=article.id,
        type=core.type,
        evidence=Evidence.cut_from(passages.text, evidence.start, evidence.end),
        mode=_read_mode(given.get("mode"), core.type, tally),
        contexts=_read_contexts(given.get("contexts"), tally),
        actor=read_parties(given.get("actor"), evidence, passages, codes, tally),
        recipient=read_parties(given.get("recipient"), evidence, passages, codes, tally),
        modality=core.modality,
        certainty=core.certainty,
        background=_read_background(given.get("background"), tally)
        or _judge_background(core.modality, is_long_past(when, published), tally),
        attribution=read_attribution(given.get("attribution"), evidence, passages, tally),
        date=when,
        mentions=read_place(given.get("place"), evidence, passages, tally),
        tolls=read_tolls(given.get("tolls"), evidence, passages, tally),
        trigger=_read_trigger(given.get("trigger"), evidence, passages, tally),
    )


def _check_core(given: Any, part: Span, passages: Passages, tally: Tally) -> _Core | None:
    """Evidence, type, modality and certainty; without one of them there is no claim, and no default for any."""
    if not isinstance(given, Mapping) or not isinstance(given.get("evidence"), str):
        tally.drop("claim-form", given)
        return None
    quote: str = given["evidence"]
    evidence = passages.find(quote, part)
    type_, modality, certainty = (
        choose(given.get(name), allowed)
        for name, allowed in (("type", EventType), ("modality", Modality), ("certainty", Certainty))
    )
    if evidence is None:
        tally.drop("claim-evidence", quote)
    elif not _is_passage(evidence.cut(passages.text)):
        tally.drop("claim-length", quote)
    elif type_ is None:
        tally.drop("claim-type", given.get("type"))
    elif modality is None:
        tally.drop("claim-modality", given.get("modality"))
    elif certainty is None:
        tally.drop("claim-certainty", given.get("certainty"))
    else:
        return _Core(evidence, type_, modality, certainty)
    return None


def _is_passage(words: str) -> bool:
    return len(words) <= _MAX_EVIDENCE and len(words.split()) >= 2


def _read_mode(given: object, type_: EventType, tally: Tally) -> str | None:
    if given is None or given in ("", "none", "null"):
        return None
    mode = given.strip().lower() if isinstance(given, str) else ""
    if mode not in load_ontology().entry(type_).modes:
        tally.drop("mode", given)
        return None
    return mode


def _read_contexts(given: object, tally: Tally) -> tuple[str, ...]:
    if not isinstance(given, list):
        return ()
    allowed = load_ontology().contexts
    kept: dict[str, None] = {}
    for name in given[:_MAX_CONTEXTS]:
        if isinstance(name, str) and name in allowed:
            kept[name] = None
        else:
            tally.drop("context", name)
    if len(given) > _MAX_CONTEXTS:
        tally.drop("field", f"{len(given)} contexts")
    return tuple(kept)


def _read_background(given: object, tally: Tally) -> bool:
    if not isinstance(given, bool):
        tally.drop("background", given)
        return False
    return given


def _judge_background(modality: Modality, is_past: bool, tally: Tally) -> bool:
    """The codebook's rule, whatever the model thinks: what ended more than 14 days before publication is recalled."""
    if not is_past or modality in ("planned", "conditional"):
        return False
    tally.note("background-date", "ended more than 14 days before publication")
    return True


def _read_trigger(given: object, evidence: Span, passages: Passages, tally: Tally) -> Span | None:
    if given is None or given == "":
        return None
    span = passages.find(given, evidence) if isinstance(given, str) else None
    if span is None:
        tally.drop("trigger", given)
    return span


def settle_ids(claims: Sequence[Claim], tally: Tally) -> tuple[Claim, ...]:
    """The claims with their identifiers; one that says the same as an earlier one in every field is dropped."""
    kept: dict[str, Claim] = {}
    seen: set[Claim] = set()
    for claim in claims:
        bare = replace(claim, id="", reasons=())
        if bare in seen:
            tally.drop("claim-repeated", claim.evidence.text)
            continue
        seen.add(bare)
        start = claim.trigger.start if claim.trigger else claim.evidence.start
        ordinal = 0
        while (id_ := claim_id(claim.article_id, claim.type, start, ordinal)) in kept:
            ordinal += 1
        kept[id_] = replace(claim, id=id_)
    return tuple(kept.values())


def _day_of(article: Article) -> date | None:
    return article.published_at.astimezone(UTC).date() if article.published_at else None
