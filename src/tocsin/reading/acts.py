"""Finding the words that name acts, and who did them to whom, in one parsed sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.knowledge.triggers import Category, Lexicon, TriggerRule
from tocsin.reading import clauses as cl
from tocsin.reading.discourse import Discourse, Mentioned
from tocsin.reading.roles import find_roles

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

#: How many words the parts of a phrase ("open ... fire") may lie apart.
_REACH = 6
#: Entries of the lexicon that only count the victims of an act: "attacked a patrol and killed six" is one act.
COUNTING_RULES = frozenset({"kill-in-war", "die-in-war", "leave-dead", "dead-noun"})
#: Prepositions after which a noun names what went before or around the act, not the act.
_CIRCUMSTANCE = frozenset({"after", "following", "amid", "before", "since", "despite", "until"})
_PREPOSITIONS = ("on", "against", "at", "with", "of", "to", "from", "for")


@dataclass(frozen=True, slots=True)
class Act:
    """One act as found in a sentence.

    word       the token that names it; `end` the end offset of its last word in the window
    verb       the verb it hangs on: itself, or the verb that governs a noun
    actor      who did it; `recipient` to whom; both coded as far as the words allow
    lemmas     of its clause, for modes
    also       verbs of the same sentence that tell of the same act ("injured when officers fired")
    """

    word: Token
    end: int
    verb: Token
    rule: TriggerRule
    mode: str | None
    actor: tuple[Mentioned, ...]
    recipient: tuple[Mentioned, ...]
    lemmas: frozenset[str]
    also: tuple[Token, ...] = ()


def find_acts(sentence: Sentence, lexicon: Lexicon, discourse: Discourse, offset: int) -> list[Act]:
    """All acts of a sentence in order, without those that are only the content of another act's words."""
    acts: list[Act] = []
    for token in sentence:
        for category in _categories(token):
            act = _match_token(token, category, lexicon, discourse, offset)
            if act is not None:
                acts.append(act)
                break
    return _drop_covered(_drop_circumstances(acts))


def _drop_circumstances(acts: list[Act]) -> list[Act]:
    """ "Gunmen opened fire hours after clashes": the clashes only date the act that the sentence is about."""
    told = [a for a in acts if not _is_circumstance(a)]
    return told if any(a.word == a.verb for a in told) else acts


def _is_circumstance(act: Act) -> bool:
    if act.word == act.verb:
        return False
    child = act.word
    while child.dep_ in ("conj", "compound"):
        child = child.head
    return child.dep_ == "pobj" and child.head.lower_ in _CIRCUMSTANCE


def _categories(token: Token) -> Iterable[Category]:
    if cl.is_verbal(token):
        yield "verb"
    if token.pos_ in ("NOUN", "PROPN"):
        yield "noun"
    if token.pos_ in ("ADJ", "VERB") and token.tag_ in ("JJ", "VBN"):
        yield "adjective"


def _match_token(token: Token, category: Category, lexicon: Lexicon, discourse: Discourse, offset: int) -> Act | None:
    lemma = token.lower_ if category == "adjective" else token.lemma_.lower()
    entries = lexicon.index.get((category, lemma), ())
    if not entries:
        return None
    verb = token if category == "verb" else _governing_verb(token)
    near = cl.clause_tokens(verb)
    subject = cl.find_subject(verb) if cl.is_verbal(verb) else None
    context = _context(near, subject)
    for rule, rest in entries:
        last = _match_rest(token, rest)
        if last is None or not _fits(rule, context, verb, token, category, subject):
            continue
        actor, recipient = find_roles(rule, token, verb, category, rest, discourse, offset)
        if not _sectors_fit(rule, actor):
            continue
        mode = rule.mode or _find_mode(rule, near, lexicon, actor, context)
        return Act(token, last.idx + len(last.text), verb, rule, mode, actor, recipient, context)
    return None


def _governing_verb(noun: Token) -> Token:
    for _, ancestor in cl.iter_ancestors(noun):
        if cl.is_verbal(ancestor):
            return ancestor
    return noun


def _context(near: Sequence[Token], subject: Token | None) -> frozenset[str]:
    words = {t.lemma_.lower() for t in near} | {t.lower_ for t in near}
    if subject is not None:
        words |= {t.lemma_.lower() for t in subject.subtree} | {t.lower_ for t in subject.subtree}
    ordered = [t.lemma_.lower() for t in near]
    words |= {f"{a} {b}" for a, b in pairwise(ordered)}
    return frozenset(words)


def _match_rest(token: Token, rest: tuple[str, ...]) -> Token | None:
    """The last token of a phrase whose first word is `token`, its further words following within reach."""
    last = token
    for lemma in rest:
        found = _find_ahead(last, lemma)
        if found is None and not _has_passive_subject(token, lemma):
            return None
        last = found or last
    return last


def _find_ahead(token: Token, lemma: str) -> Token | None:
    doc = token.doc
    for j in range(token.i + 1, min(token.i + _REACH, len(doc))):
        word = doc[j]
        if word.is_sent_start:
            return None
        if word.lemma_.lower() == lemma or word.lower_ == lemma:
            return word
    return None


def _has_passive_subject(verb: Token, lemma: str) -> bool:
    """ "Curfew was imposed", "a charge was brought": the object of a passive stands before its verb."""
    subject = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
    return subject is not None and any(t.lemma_.lower() == lemma for t in subject.subtree)


def _fits(
    rule: TriggerRule,
    context: frozenset[str],
    verb: Token,
    token: Token,
    category: Category,
    subject: Token | None,
) -> bool:
    own = {token.lemma_.lower(), token.lower_}
    if rule.near and not rule.near & (context - own if category == "verb" else context):
        return False
    if rule.without & context:
        return False
    if rule.object and not rule.object & _object_words(verb, token, category, subject):
        return False
    if rule.subject and not (subject is not None and rule.subject & _phrase_words(subject)):
        return False
    if rule.future and not _looks_ahead(verb):
        return False
    if rule.negated and not any(c.dep_ == "neg" for c in verb.children):
        return False
    return not (category == "noun" and token.dep_ == "compound")


def _object_words(verb: Token, token: Token, category: Category, subject: Token | None) -> set[str]:
    if category != "verb":
        return {w for t in token.subtree for w in (t.lemma_.lower(), t.lower_)}
    if cl.is_passive(verb):
        return _phrase_words(subject) if subject is not None else set()
    heads = cl.find_objects(verb) or cl.find_prep_objects(verb, (*_PREPOSITIONS, "in", "across", "through", "near"))
    return {w for h in heads for m in cl.iter_members(h) for w in _phrase_words(m)}


def _phrase_words(head: Token) -> set[str]:
    """Lemmas and words of a noun phrase: its head with what stands before it and its "of" part."""
    words: set[str] = set()
    for member in cl.iter_members(head):
        for t in member.subtree:
            if t == member or t.i < member.i or (t.head.lower_ == "of" and t.head.head == member):
                words |= {t.lemma_.lower(), t.lower_}
    return words


def _looks_ahead(verb: Token) -> bool:
    return any(t.lower_ in ("will", "would", "shall", "'ll", "\u2019ll", "wo", "could") for t in verb.subtree)


def _sectors_fit(rule: TriggerRule, actor: tuple[Mentioned, ...]) -> bool:
    sectors = {m.party.sector for m in actor}
    if rule.not_actor & sectors:
        return False
    return not rule.actor or bool(rule.actor & sectors)


def _find_mode(
    rule: TriggerRule,
    near: Sequence[Token],
    lexicon: Lexicon,
    actor: tuple[Mentioned, ...],
    context: frozenset[str],
) -> str | None:
    if rule.type == "MOBILIZE":
        return _mobilize_mode(context, actor)
    aside = {t.i for p in near if p.lower_ in ("after", "before", "since", "following") for t in p.subtree}
    words = {w for t in near if t.i not in aside for w in (t.lemma_.lower(), t.lower_)}
    return next((mode for mode, lemmas in lexicon.modes.get(rule.type, ()) if lemmas & words), None)


_TROOPS = frozenset({
    "troop", "troops", "soldier", "peacekeeper", "marine", "battalion", "brigade", "contingent",
})  # fmt: skip
_ARMS = frozenset({
    "vehicle", "tank", "warship", "ship", "frigate", "jet", "helicopter", "missile", "drone", "convoy", "artillery",
    "gunboat", "carrier", "aircraft", "lorry", "truck",
})  # fmt: skip


def _mobilize_mode(words: frozenset[str], actor: tuple[Mentioned, ...]) -> str | None:
    sectors = {m.party.sector for m in actor}
    if "COP" in sectors or "police" in words:
        return "police"
    if sectors & {"REB", "UAF"}:
        return "militia"
    if words & _TROOPS:
        return "troops"
    if words & _ARMS:
        return "weapons"
    return "troops" if sectors & {"MIL", "IGO"} else None


def _drop_covered(acts: list[Act]) -> list[Act]:
    """Without acts that lie in the content of a verbal one, and without the same act named twice in a clause."""
    kept: list[Act] = []
    for act in acts:
        ancestors = {t for _, t in cl.iter_ancestors(act.word)}
        if any(o.rule.content and o.word in ancestors and _in_content(act.word, o.word) for o in acts if o is not act):
            continue
        twin = next((k for k in kept if k.rule.type == act.rule.type and _same_clause(k, act)), None)
        if twin is None:
            kept.append(act)
        else:
            kept[kept.index(twin)] = _join(twin, act)
    return kept


def _only_counts(lower: Act, upper: Act) -> bool:
    """Whether a coordinated verb only counts victims of the act before: "attacked and killed six"."""
    if lower.rule.name not in COUNTING_RULES:
        return False
    return lower.rule.name != upper.rule.name or not (lower.actor or cl.find_objects(lower.verb))


def _join(a: Act, b: Act) -> Act:
    """One act told by two words: the one that names the deed rather than its victims, then the main verb."""
    ranks = [(x.rule.name not in COUNTING_RULES, y.verb not in {t for _, t in cl.iter_ancestors(x.verb)})
             for x, y in ((a, b), (b, a))]  # fmt: skip
    best, other = (a, b) if ranks[0] >= ranks[1] else (b, a)
    also = (*best.also, *other.also, other.verb) if other.verb != best.verb else best.also
    return replace(best, actor=best.actor or other.actor, recipient=best.recipient or other.recipient, also=also)


def _in_content(word: Token, verb: Token) -> bool:
    child = word
    for step, ancestor in cl.iter_ancestors(word):
        child = step
        if ancestor == verb:
            break
    if child.dep_ in ("nsubj", "nsubjpass", "advcl", "relcl", "conj", "agent"):
        # "Gunmen who killed..., threatened": told beside, not inside
        return child.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in ("if", "unless") for c in child.children)
    return True


def _same_clause(a: Act, b: Act) -> bool:
    if a.verb == b.verb:
        return True
    lower, upper = (b, a) if a.verb in {t for _, t in cl.iter_ancestors(b.word)} else (a, b)
    if upper.verb not in {t for _, t in cl.iter_ancestors(lower.word)} or lower.word.dep_ == "relcl":
        return False
    if lower.word.dep_ == "conj" and not _only_counts(lower, upper):
        return False
    texts_a, texts_b = ({m.party.text for m in x.actor} for x in (a, b))
    return not texts_b or texts_a == texts_b or not texts_a
