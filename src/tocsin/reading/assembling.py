"""From an act in a sentence to a claim in the codebook's fields, with a reason for every decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tocsin.knowledge.cues import Cues
from tocsin.knowledge.plover import Ontology
from tocsin.reading import clauses as cl
from tocsin.reading.acts import Act
from tocsin.reading.dates import BACKGROUND_DAYS, DatedPhrase, find_dates, is_long_past
from tocsin.reading.discourse import Mentioned
from tocsin.reading.modality import Standing
from tocsin.reading.speakers import Voice
from tocsin.records import (
    Attribution,
    Claim,
    EventType,
    Evidence,
    Modality,
    PartialDate,
    Party,
    PlaceMention,
    Reason,
    Span,
    Toll,
    claim_id,
)

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_QUOTES = "\"'“”\u2018\u2019«»„"
_COOPERATIVE_LATER: dict[EventType, EventType] = {
    "CONSULT": "AGREE", "SUPPORT": "AGREE", "COOPERATE": "AGREE", "AID": "AGREE", "RETREAT": "CONCEDE",
}  # fmt: skip
#: Hostile acts that hang on a condition are threats; the mode is what is threatened.
_HOSTILE_IF = {"ASSAULT": "violence", "COERCE": "restrict", "SANCTION": "relations", "PROTEST": "restrict"}
_THREAT_MODES = {"arrest": "arrest", "deport": "expel", "expel": "expel", "convict": "arrest"}
_YEAR_WORDS = re.compile(r"\b(?:years?|decades?|centur(?:y|ies)) ago\b|\bhistor(?:y|ically)\b", re.I)


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything found about one act; `offset` is where its window starts in the article."""

    act: Act
    sentence: Sentence
    offset: int
    standing: Standing
    voices: tuple[Voice, ...]
    tolls: tuple[Toll, ...]
    places: tuple[PlaceMention, ...]


def make_claim(
    found: Finding, article_id: str, text: str, published: date | None, cues: Cues, ontology: Ontology, version: str
) -> Claim:
    """The claim of one act. Offsets are code points into the article's text."""
    act, standing = found.act, found.standing
    rule = act.rule
    type_, mode, modality, changes = _settle_type(act, standing, ontology)
    attribution, speech_reasons = _settle_voices(found)
    start, end = evidence_bounds(act, found.sentence)
    evidence = Evidence.cut_from(text, found.offset + start, found.offset + end)
    when = _find_date(found, published, modality)
    background, why = _judge_background(found, when, published, cues, modality)
    trigger = Span(found.offset + act.word.idx, found.offset + act.end)
    reasons = [
        Reason("type", f"{trigger.cut(text)!r} is {type_} by entry {rule.name!r} of the lexicon"),
        *changes,
        *standing.reasons,
        *speech_reasons,
        *(Reason("party-code", f"{m.party.text!r}: {m.by}") for m in (*act.actor, *act.recipient) if m.by),
    ]
    if when is not None:
        reasons.append(Reason(when.rule, f"{when.span.cut(found.sentence.doc.text)!r} is {when.date}"))
    if why is not None:
        reasons.append(why)
    return Claim(
        id=claim_id(article_id, type_, trigger.start),
        article_id=article_id,
        type=type_,
        evidence=evidence,
        mode=mode,
        actor=tuple(m.party for m in act.actor if _is_party(m)),
        recipient=tuple(m.party for m in act.recipient if _is_party(m)),
        modality=modality,
        certainty=standing.certainty,
        background=background,
        attribution=attribution,
        date=when.date if when is not None else None,
        mentions=found.places,
        tolls=found.tolls,
        trigger=trigger,
        reader=version,
        reasons=tuple(reasons),
    )


def _is_party(mentioned: Mentioned) -> bool:
    return mentioned.is_known


def _settle_type(
    act: Act, standing: Standing, ontology: Ontology
) -> tuple[EventType, str | None, Modality, list[Reason]]:
    """Rules 2, 9 and 12: what lies ahead, what is denied, and the modality of words."""
    type_, mode, modality = act.rule.type, act.mode, standing.modality
    changes: list[Reason] = []
    if modality in ("planned", "conditional") and type_ in _COOPERATIVE_LATER:
        later = _COOPERATIVE_LATER[type_]
        changes.append(Reason("future-cooperation", f"{type_} that lies ahead is {later} (rule 2)"))
        type_, mode = later, None
    if modality == "conditional" and type_ in _HOSTILE_IF and any(_is_party(m) for m in act.actor):
        changes.append(Reason("hostile-condition", f"{type_} by a party on a condition is THREATEN (rule 2)"))
        type_, mode = "THREATEN", _HOSTILE_IF[type_] if mode not in _THREAT_MODES else _THREAT_MODES[mode]
    entry = ontology.entry(type_)
    if modality == "planned" and entry.is_verbal and act.rule.content and type_ in ("THREATEN", "AGREE", "CONCEDE"):
        # the promise itself is the news
        modality = "actual"
    if act.rule.conditional and modality == "planned":
        modality = "conditional"
    if act.rule.negated:
        modality = "actual"
        changes.append(Reason("refusal", "a negated act of words is a refusal"))
    if mode is not None and mode not in entry.modes:
        mode = None
    return type_, mode, modality, changes


def _settle_voices(found: Finding) -> tuple[tuple[Attribution, ...], list[Reason]]:
    """The chain without the act's own speaker where the act is one of words (field `attribution`)."""
    actor = {m.party.text for m in found.act.actor}
    is_words = found.act.rule.content or (
        found.standing.modality == "conditional" and found.act.rule.type in _HOSTILE_IF
    )
    links = [v.link for v in found.voices if not (is_words and v.link.speaker in actor)]
    reasons = [
        Reason("attribution", f"{link.speaker or 'nobody named'!r} ({link.kind}) by {link.cue!r}") for link in links
    ]
    return tuple(links), reasons


def take_over_parties(claim: Claim, before: Claim) -> Claim:
    """Rule 22: a bare toll takes over the parties of the act it counts."""
    reason = Reason("parties-carried-over", f"a bare toll of {before.evidence.text[:60]!r} (rule 22)")
    return replace(claim, actor=tuple(replace(p, span=None) for p in before.actor), reasons=(*claim.reasons, reason))


# --- evidence
def evidence_bounds(act: Act, sentence: Sentence) -> tuple[int, int]:
    """Offsets in the window of the clause of an act, or of its sentence where the clause is most of it."""
    top = act.verb
    while (
        top.head != top and top.dep_ in ("xcomp", "acl", "pcomp", "oprd", "auxpass", "acomp") and top.head in sentence
    ):
        top = top.head
        while not cl.is_verbal(top) and top.head != top and top.dep_ not in ("ROOT",):
            top = top.head
    tokens = cl.clause_tokens(top) if cl.is_verbal(top) else list(sentence)
    subject = cl.find_subject(top)
    if subject is not None and subject in sentence and not any(t.dep_ in ("nsubj", "nsubjpass") for t in top.children):
        tokens = [*tokens, *(t for t in subject.subtree if t.i <= subject.i)]
    tokens = [*tokens, act.word, *(t for verb in act.also for t in cl.clause_tokens(verb) if t in sentence)]
    start = min(t.idx for t in tokens)
    end = max(t.idx + len(t.text) for t in tokens)
    whole = (sentence.start_char, sentence.end_char)
    if end - start >= 0.6 * (whole[1] - whole[0]):
        start, end = whole
    return _trim(sentence.doc.text, start, max(end, act.end))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",;:-\u2013—"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:-\u2013—"):
        end -= 1
    return start, end


# --- dates
def _find_date(found: Finding, published: date | None, modality: Modality) -> DatedPhrase | None:
    """The date phrase that belongs to the act: in its clause, not beside the verb of saying."""
    sentence, act = found.sentence, found.act
    ahead = modality in ("planned", "conditional")
    base = sentence.start_char
    near = {t.i for t in cl.clause_tokens(act.verb)}
    best: tuple[int, DatedPhrase] | None = None
    for phrase in find_dates(sentence.text, published, is_future=ahead):
        moved = replace(phrase, span=Span(phrase.span.start + base, phrase.span.end + base))
        token = _token_at(sentence, moved.span)
        if token is None:
            continue
        rank = _rank_date(token, act, near)
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, moved)
    return best[1] if best is not None else None


def _token_at(sentence: Sentence, span: Span) -> Token | None:
    inside = [t for t in sentence if span.start <= t.idx < span.end]
    return inside[-1] if inside else None


def _rank_date(token: Token, act: Act, near: set[int]) -> int | None:
    """How far a date stands from an act, smaller is nearer; None where it belongs to another verb."""
    governor = next((t for _, t in cl.iter_ancestors(token) if cl.is_verbal(t)), None)
    if governor in (act.verb, act.word):
        return 0
    if governor is not None and governor.lemma_ in _SAYING and not act.rule.content:
        return None
    chain = {t for _, t in cl.iter_ancestors(act.verb)}
    if act.rule.content and governor is not None and act.verb in {t for _, t in cl.iter_ancestors(governor)}:
        return None
    if _belongs_to_noun(token, act):
        return None
    if token.i in near:
        return 1 if governor is None or governor.dep_ in ("xcomp", "aux", "auxpass") else 4
    if governor is not None and governor in chain:
        return 2
    return 3 if governor is None or act.verb.head == governor else None


def _belongs_to_noun(token: Token, act: Act) -> bool:
    """ "The events of February 2020": the date of the noun, which is not the act."""
    for child, ancestor in cl.iter_ancestors(token):
        if cl.is_verbal(ancestor):
            return False
        if child.dep_ == "prep" and child.lower_ == "of" and ancestor != act.word:
            return ancestor.pos_ == "NOUN"
    return False


_SAYING = frozenset(
    {"say", "tell", "report", "announce", "state", "add", "claim", "confirm", "write", "deny", "allege"}
)


# --- background
def _judge_background(
    found: Finding, when: DatedPhrase | None, published: date | None, cues: Cues, modality: Modality
) -> tuple[bool, Reason | None]:
    if modality in ("planned", "conditional"):
        return False, None
    if when is not None:
        if is_long_past(when.date, published):
            return True, Reason("background-date", f"ended more than {BACKGROUND_DAYS} days before publication")
        return False, None
    sentence = found.sentence.text.lower()
    marker = next((m for m in cues.phrases("background.markers") if re.search(rf"\b{re.escape(m)}\b", sentence)), None)
    if marker is not None or _YEAR_WORDS.search(sentence):
        return True, Reason("background-words", f"told as history by {marker or 'years ago'!r}", version=cues.version)
    return False, None


def carry_background(claim: Claim, before: Claim, act: Act) -> Claim:
    """An undated act in the past or past perfect that goes on about one told as history is history too."""
    perfect = any(c.lower_ in ("has", "have") for c in act.verb.children if c.dep_ == "aux")
    if claim.date is not None or claim.modality not in ("actual", "negated") or perfect:
        return claim
    if act.verb.tag_ not in ("VBD", "VBN"):
        return claim
    reason = Reason("background-carried-over", f"goes on about {before.evidence.text[:60]!r}")
    return replace(claim, background=True, date=before.date, reasons=(*claim.reasons, reason))


def carry_over(claim: Claim, when: PartialDate | None, places: Sequence[PlaceMention]) -> Claim:
    """Rule 15: date and place of the happening told just before, for an act that goes on about it."""
    reasons = list(claim.reasons)
    if claim.date is None and when is not None:
        reasons.append(Reason("date-carried-over", f"{when} from the sentence before (rule 15)"))
        claim = replace(claim, date=when)
    if places and not claim.mentions:
        reasons.append(Reason("place-carried-over", f"{places[0].name!r} from the sentence before (rule 15)"))
        claim = replace(claim, mentions=tuple(places))
    return replace(claim, reasons=tuple(reasons))


def known_texts(parties: Sequence[Party]) -> set[str]:
    """The phrases of some parties, for comparing."""
    return {p.text for p in parties}
