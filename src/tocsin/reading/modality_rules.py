"""Modality where words beside an act decide it more plainly than the encoder's head (codebook, rules 2 and 12).

Each rule was counted on annotated articles that the encoder has not learnt, and is told as a reason.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.knowledge.plover import load_ontology
from tocsin.reading.rules import Draft
from tocsin.records import Modality, Reason, Span

#: PLOVER's quad classes of acts of words.
_WORDS = frozenset({1, 3})
#: Words whose content can hang on a condition.
_OFFERS = frozenset({"AGREE", "CONCEDE", "THREATEN"})
_REACH = 240
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|providing|as long as|so long as|as soon as|in case|on (?:the )?condition|should|otherwise"
    r"|depends?|subject to|were to|once)\b",
    re.I,
)
_BEHIND = r"[^.!?\n]{0,160}?\b"
_HANGS = {
    "planned": re.compile(_BEHIND + r"(?:when|if|unless|provided|on (?:the )?condition|as soon as)\b", re.I),
    "actual": re.compile(_BEHIND + r"(?:on (?:the )?condition|as soon as)\b", re.I),
}
_IF = re.compile(_BEHIND + r"(?:if|unless)\b(?! need be)", re.I)
_UNTIL = re.compile(_BEHIND + r"(?:until|if|unless)\b", re.I)
_NOTHING = re.compile(r"\s(?:nothing|nobody|no one|no-one|none|neither)\b", re.I)
_UNTRUE = re.compile(
    r"[^.;!?\n]{0,140}\b(?:(?:is|are|was|were)\s(?:untrue|false|incorrect|baseless|unfounded|not true"
    r"|(?:pure|sheer|an?)\s(?:invention|fabrication|lie))\b|(?:does|do|did)\snot\scorrespond\sto\b)",
    re.I,
)
#: What is untrue is a saying, named before the act: "reports that shells fell are untrue".
_SAYING = re.compile(
    r"\b(?:reports?|rumou?rs?|claims?|allegations?|assertions?|messages?|posts?|stor(?:y|ies)|accounts?|statements?"
    r"|words?|news)\b[^.;!?\n]*$",
    re.I,
)
_DENIED = re.compile(r"\bden(?:y|ies|ied|ying)\b[^.;:!?\n]{0,60}$", re.I)


def settle_modality(draft: Draft, trigger: Span, text: str) -> Draft:
    """The draft with the modality that plain words beside its act give it, and the reason."""
    found = _find_modality(draft, trigger, text)
    if found is None or found[0] == draft.modality:
        return draft
    return replace(draft, modality=found[0], reasons=(*draft.reasons, found[1]))


def _find_modality(draft: Draft, trigger: Span, text: str) -> tuple[Modality, Reason] | None:
    start, end = _find_sentence(trigger, text)
    now = draft.modality
    if draft.type == "REJECT" and now in ("negated", "planned") and not _DENIED.search(text, start, trigger.start):
        if _UNTIL.match(text, trigger.end):
            return "conditional", Reason("modality-conditional", "it hangs on what is said behind it (rule 12)")
        return "actual", Reason("refusal", "who would not, or did not, has refused (rule 12)")
    if now == "actual" and _NOTHING.match(text, trigger.end):
        return "negated", Reason("modality-negated", "it was done to nobody")
    if now == "actual" and _UNTRUE.match(text, trigger.end) and _SAYING.search(text, start, trigger.start):
        return "negated", Reason("modality-negated", "the report of it is called untrue")
    if now == "conditional" and not _is_words(draft.type) and not _CONDITION.search(text, start, end):
        return "planned", Reason("modality-planned", "nothing is said that it hangs on (rule 12)")
    if draft.type in _OFFERS and now in _HANGS and _HANGS[now].match(text, trigger.end):
        return "conditional", Reason("modality-conditional", "it hangs on what is said behind it (rule 12)")
    if draft.type == "THREATEN" and now == "actual" and _IF.match(text, trigger.end):
        return "conditional", Reason("modality-conditional", 'it hangs on an "if" (rule 12)')
    return None


def _is_words(type_: str) -> bool:
    return load_ontology().entry(type_).quad in _WORDS


def _find_sentence(trigger: Span, text: str) -> tuple[int, int]:
    """About where the sentence of an act begins and ends: no full stop, no line's end lies between."""
    low, high = max(0, trigger.start - _REACH), min(len(text), trigger.end + _REACH)
    start = max(low, text.rfind("\n", low, trigger.start) + 1, text.rfind(". ", low, trigger.start) + 1)
    ends = [at for mark in ("\n", ". ") if (at := text.find(mark, trigger.end, high)) >= 0]
    return start, min(ends, default=high)
