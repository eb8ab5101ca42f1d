"""Whether an act happened, is to come, hangs on a condition or is denied; and how surely it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.knowledge.cues import Cues
from tocsin.reading import clauses as cl
from tocsin.reading.acts import Act
from tocsin.records import Certainty, Modality, Reason

if TYPE_CHECKING:
    from spacy.tokens import Token

_ANNOUNCING = frozenset({"announce", "call", "plan", "schedule", "prepare", "threaten", "propose"})
_VERBAL_LINKS = frozenset(
    {"xcomp", "ccomp", "pcomp", "acl", "dobj", "pobj", "advcl", "conj", "prep", "nsubjpass", "dep"}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an act stands: its modality and certainty with the words that gave them.

    is_condition  the act is only the "if" part of another one: then it is no claim
    """

    modality: Modality
    certainty: Certainty
    reasons: tuple[Reason, ...]
    is_condition: bool = False


def judge_standing(act: Act, cues: Cues) -> Standing:
    """Modality and certainty of an act.

    The modality of an act of words is that of the utterance, conditional where its content has an "if".
    """
    word, verb, content = act.word, act.verb, act.rule.content
    condition = _own_condition(word)
    if condition is not None:
        return Standing("conditional", "asserted", (), is_condition=True)
    negator = _find_negator(word, verb, cues)
    planner = _find_planner(word, verb, cues)
    hanging = _find_condition(verb)
    hedge = find_hedge(word, verb, cues) or next((h for v in act.also if (h := find_hedge(v, v, cues))), None)
    reasons: list[Reason] = []
    modality: Modality = "actual"
    if negator:
        modality = "negated"
        reasons.append(Reason("modality-negated", f"denied or negated by {negator!r}"))
    elif hanging and (content or planner):
        modality = "conditional"
        reasons.append(Reason("modality-conditional", f"hangs on {hanging!r}"))
    elif planner:
        modality = "planned"
        reasons.append(Reason("modality-planned", f"still to come by {planner!r}"))
    if hedge:
        reasons.append(Reason("hedge", f"weakened by {hedge!r}", version=cues.version))
    return Standing(modality, "hedged" if hedge else "asserted", tuple(reasons))


def _own_condition(word: Token) -> str | None:
    for child, ancestor in cl.iter_ancestors(word):
        if child.dep_ == "advcl":
            mark = next(
                (c for c in child.children if c.dep_ in ("mark", "advmod") and c.lower_ in ("if", "unless")), None
            )
            if mark is not None:
                return mark.text
        if ancestor.dep_ == "ROOT":
            break
    if word.dep_ == "ROOT" or cl.is_verbal(word):
        mark = next((c for c in word.children if c.dep_ == "mark" and c.lower_ in ("if", "unless")), None)
        return mark.text if mark is not None and word.dep_ == "advcl" else None
    return None


def _find_negator(word: Token, verb: Token, cues: Cues) -> str | None:
    for token in {word, verb}:
        for child in token.children:
            if child.dep_ == "neg" or (child.dep_ == "det" and child.lower_ == "no"):
                return child.text
            if child.dep_ in ("dobj", "nsubj", "nsubjpass") and any(
                g.lower_ in ("no", "neither") and g.dep_ in ("det", "preconj", "cc:preconj") for g in child.children
            ):
                return "no"
            if child.dep_ in ("nsubj", "nsubjpass") and child.lower_ in ("nobody", "none", "neither"):
                return child.text
    for child, ancestor in cl.iter_ancestors(word):
        if child.dep_ not in _VERBAL_LINKS or child.dep_ == "conj":
            break
        denies = cl.is_verbal(ancestor) and cues.has("modality.negating_verbs", ancestor.lemma_.lower())
        if denies and child.dep_ in ("xcomp", "ccomp", "dobj", "pcomp", "pobj", "prep"):
            return ancestor.text
        if cl.is_verbal(ancestor) and child.dep_ == "xcomp" and any(c.dep_ == "neg" for c in ancestor.children):
            return "not"
    return None


def _find_planner(word: Token, verb: Token, cues: Cues) -> str | None:
    for token in (verb, word):
        aux = [c for c in token.children if c.dep_ in ("aux", "auxpass")]
        lower = [a.lower_ for a in aux]
        if any(cues.has("modality.future_modals", a) for a in lower):
            return "will"
        if any(cues.has("modality.conditional_modals", a) or a == "may" for a in lower) and "have" not in lower:
            return next(a for a in lower if cues.has("modality.conditional_modals", a) or a == "may")
        if "to" in lower:
            head = token.head
            if token.dep_ in ("xcomp", "ccomp") and head.lemma_ == "be":
                return "is to"
            if token.dep_ in ("xcomp", "ccomp", "advcl", "acl", "relcl", "oprd", "acomp"):
                lemma = head.lemma_.lower()
                if cues.has("modality.planning_verbs", lemma) or cues.has("modality.planning_nouns", head.lower_):
                    return f"{head.text} to"
                if lemma in ("go",) and head.tag_ == "VBG":
                    return "going to"
                if token.dep_ == "acl" or lemma in ("be",):
                    return "to"
    if word != verb and word.dep_ in ("dobj", "nsubjpass") and verb.lemma_.lower() in _ANNOUNCING:
        return verb.text
    for child, ancestor in cl.iter_ancestors(word):
        if child.dep_ not in ("dobj", "pobj", "prep", "pcomp", "conj", "nsubjpass", "acl"):
            break
        if child.dep_ == "conj" and cl.is_verbal(child) and not _has_own_tense(child):
            return _find_planner(ancestor, ancestor, cues) if cl.is_verbal(ancestor) else None
        if ancestor.pos_ == "NOUN" and ancestor.lower_ in ("plan", "plans", "preparations", "proposal"):
            return ancestor.text
        if cl.is_verbal(ancestor):
            lemma = ancestor.lemma_.lower()
            if child.dep_ in ("dobj", "pobj", "prep", "nsubjpass") and lemma in (
                "plan",
                "order",
                "prepare",
                "schedule",
                "propose",
            ):
                return ancestor.text
            break
    return None


def _has_own_tense(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBZ", "VBP") or any(c.dep_ in ("aux", "auxpass", "nsubj") for c in verb.children)


def _find_condition(verb: Token) -> str | None:
    first = verb.sent[0]
    if first.lower_ == "should" and first.dep_ in ("aux", "advcl", "mark"):
        return first.text
    for t in verb.subtree:
        if t.lower_ in ("if", "unless") and t.dep_ in ("mark", "advmod"):
            return t.text
        if t.lower_ == "provided" and t.tag_ in ("VBN", "VBD") and t.dep_ in ("prep", "advcl", "mark"):
            return t.text
    # the condition may hang on the reporting verb: "If they come, he said, we will shoot"
    for child, ancestor in cl.iter_ancestors(verb):
        if child.dep_ in ("ccomp", "parataxis") and cl.is_verbal(ancestor):
            for c in ancestor.children:
                if c.dep_ == "advcl" and any(g.dep_ == "mark" and g.lower_ in ("if", "unless") for g in c.children):
                    return "if"
        else:
            break
    return None


def find_hedge(word: Token, verb: Token, cues: Cues) -> str | None:
    """The word that weakens a statement, or None."""
    near = [t for t in cl.clause_tokens(verb) if abs(t.i - word.i) < 40] + beside_ancestors(verb)
    for t in near:
        if cues.has("hedges.adverbs", t.lower_) and t.dep_ in ("advmod", "npadvmod", "dep", "amod", "acomp"):
            return t.text
    for token in (verb, word):
        for c in token.children:
            if c.dep_ == "aux" and cues.has("hedges.modals", c.lower_) and c.lower_ != "could":
                return c.text
            if c.dep_ == "amod" and cues.has("hedges.adjectives", c.lower_):
                return c.text
    for child, ancestor in cl.iter_ancestors(word):
        if not cl.is_verbal(ancestor):
            if child.dep_ in ("pobj", "prep", "amod", "compound", "conj", "acl", "pcomp"):
                continue
            break
        lemma = ancestor.lemma_.lower()
        if child.dep_ in ("xcomp", "oprd", "ccomp") and cl.is_passive(ancestor) and cues.has("hedges.passives", lemma):
            return ancestor.text
        if child.dep_ in ("xcomp", "ccomp", "oprd") and cues.has("hedges.verbs", lemma):
            return ancestor.text
        if child.dep_ == "ccomp" and cues.has("reporting.hedging_verbs", lemma):
            return ancestor.text
        if child.dep_ not in ("xcomp", "ccomp", "conj", "advcl", "dobj", "nsubj", "nsubjpass", "prep", "relcl", "acl"):
            break
    return _find_hedging_phrase(near, cues)


def beside_ancestors(verb: Token) -> list[Token]:
    """Adverbs that stand beside the verbs on which a subordinate clause hangs: they weigh on it too."""
    found: list[Token] = []
    for child, ancestor in cl.iter_ancestors(verb):
        if child.dep_ not in ("xcomp", "pcomp", "prep", "advcl"):
            break
        found += [c for c in ancestor.children if c.dep_ == "advmod"]
    return found


def _find_hedging_phrase(near: list[Token], cues: Cues) -> str | None:
    clause = " ".join(t.lower_ for t in sorted(set(near), key=lambda t: t.i))
    return next((p for p in cues.phrases("hedges.phrases") if p in clause), None)
