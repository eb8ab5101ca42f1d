"""Who did an act and to whom: the parties around a verb or around a noun that names an act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tocsin.knowledge.triggers import Category, TriggerRule
from tocsin.reading import clauses as cl
from tocsin.reading.discourse import Discourse, Mentioned

if TYPE_CHECKING:
    from spacy.tokens import Token


def find_roles(
    rule: TriggerRule,
    token: Token,
    verb: Token,
    category: Category,
    rest: tuple[str, ...],
    discourse: Discourse,
    offset: int,
) -> tuple[tuple[Mentioned, ...], tuple[Mentioned, ...]]:
    """Actors and recipients of the act that `token` names under `rule`; reciprocal acts put all among the actors.

    `rest` are the further words of the lexicon's phrase: the "fire" of "open fire" is no recipient.
    """
    if category == "noun":
        doers, others = _noun_roles(rule, token, verb)
    else:
        doers, others = _verb_roles(rule, verb, rest)
    if rule.swap:
        doers, others = ([], doers) if rule.type == "ASSAULT" else (others or doers, [])
    if rule.mutual:
        doers, others = [*doers, *others], []
    actor = _mention_all(doers, discourse, offset)
    recipient = _mention_all(others, discourse, offset)
    named = {m.party.text for m in actor}
    return actor, tuple(m for m in recipient if m.party.text not in named)


def _verb_roles(rule: TriggerRule, verb: Token, rest: tuple[str, ...]) -> tuple[list[Token], list[Token]]:
    subject = cl.find_subject(verb)
    if cl.is_passive(verb):
        agent = cl.find_agent(verb)
        if subject is not None and (subject.lemma_.lower() in rest or rule.recipient == ("none",)):
            others = [] if rule.recipient == ("none",) else cl.find_prep_objects(verb, rule.recipient)
            return ([agent] if agent else [subject] if rule.recipient == ("none",) else []), others
        return [agent] if agent else [], [subject] if subject is not None else []
    if "none" in rule.recipient and "object" not in rule.recipient:
        return [subject] if subject is not None else [], []
    objects = [o for o in cl.find_objects(verb) if o.lemma_.lower() not in rest]
    others = objects if rule.type not in ("MOBILIZE", "COOPERATE") or rule.swap else []
    if rule.type == "MOBILIZE" and not rule.swap:
        moved = [o for o in objects if rule.object & {o.lemma_.lower(), o.lower_}]
        return [*([subject] if subject is not None else []), *moved], cl.find_prep_objects(
            verb, frozenset(rule.recipient)
        )
    if not rule.swap and (not others or rule.mutual or not _is_person_like(others[0])):
        others = others + cl.find_prep_objects(verb, frozenset(rule.recipient))
    if rule.content and not others:
        others = _content_recipients(rule, verb)
    return [subject] if subject is not None else [], others


def _is_person_like(token: Token) -> bool:
    return token.pos_ in ("PROPN", "PRON")


def _content_recipients(rule: TriggerRule, verb: Token) -> list[Token]:
    for child in verb.children:
        if child.dep_ in ("ccomp", "xcomp"):
            if rule.type == "REQUEST" and (
                subject := next((c for c in child.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            ):
                return [subject]
            found = cl.find_objects(child) if rule.type == "THREATEN" else []
            found = found or cl.find_prep_objects(child, frozenset(rule.recipient))
            if found:
                return found
    return []


def _noun_roles(rule: TriggerRule, noun: Token, verb: Token) -> tuple[list[Token], list[Token]]:
    doers = [c for c in noun.children if c.dep_ == "poss"]
    doers += cl.find_prep_objects(noun, frozenset({"by"}))
    if rule.mutual:
        between = frozenset({"between", "with", "among"})
        doers += cl.find_prep_objects(noun, between) or cl.find_prep_objects(verb, between)
    if not doers:
        doers = [c for c in noun.children if c.dep_ in ("compound", "amod", "nmod")]
    others = cl.find_prep_objects(noun, frozenset(rule.recipient) - {"none", "object"})
    if verb != noun and noun.dep_ in ("dobj", "pobj") and not any(d.dep_ == "poss" for d in doers):
        subject = cl.find_subject(verb)
        if subject is not None and subject != noun and not cl.is_passive(verb) and noun.dep_ == "dobj":
            doers = [subject]
    return doers, others


def _mention_all(heads: Iterable[Token], discourse: Discourse, offset: int) -> tuple[Mentioned, ...]:
    found: list[Mentioned] = []
    for head in heads:
        for member in cl.iter_members(head):
            mentioned = discourse.mention(member, offset)
            if mentioned is None or not mentioned.is_known:
                mentioned = _inner_party(member, discourse, offset)
            if mentioned is not None and all(mentioned.party != f.party for f in found):
                found.append(mentioned)
    return tuple(found)


def _inner_party(head: Token, discourse: Discourse, offset: int) -> Mentioned | None:
    """A party inside a phrase that is none itself: "the government's raids", "raids by the police"."""
    for child in head.children:
        if child.dep_ == "poss":
            inner = discourse.mention(child, offset)
            if inner is not None and inner.is_known:
                return inner
    for inner_head in cl.find_prep_objects(head, frozenset({"by", "of", "from"})):
        inner = discourse.mention(inner_head, offset)
        if inner is not None and inner.is_known:
            return inner
    return None
