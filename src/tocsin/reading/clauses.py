"""Questions about a parsed sentence: who is the subject, what is the object, how far does a phrase reach.

All functions take spaCy tokens and give tokens or offsets into the window; none keeps anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "xcomp", "parataxis", "csubj"})
_RELATIVES = frozenset({"who", "which", "that", "whom"})
_CLIMB = 6


def is_verbal(token: Token) -> bool:
    """Whether a token stands as a verb."""
    return token.pos_ in ("VERB", "AUX") or token.tag_.startswith("VB")


def is_passive(verb: Token) -> bool:
    """Whether a verb is passive, by an auxiliary or as a bare participle after its noun."""
    if any(c.dep_ in ("nsubjpass", "auxpass") for c in verb.children):
        return True
    if verb.tag_ != "VBN":
        return False
    if any(c.dep_ == "agent" for c in verb.children):
        return True
    return verb.dep_ == "acl" or (verb.dep_ == "conj" and is_passive(verb.head) and not _has_subject(verb))


def _has_subject(verb: Token) -> bool:
    return any(c.dep_ in _SUBJECTS for c in verb.children)


def find_subject(verb: Token, depth: int = 0) -> Token | None:
    """The grammatical subject of a verb, looked for in the verbs it hangs on where it has none of its own."""
    own = next((c for c in verb.children if c.dep_ in _SUBJECTS), None)
    if own is not None:
        if own.lower_ in _RELATIVES and (antecedent := _antecedent(verb)) is not None:
            return antecedent
        return own
    head = verb.head
    if head == verb or depth > _CLIMB:
        return None
    if verb.dep_ in ("acl", "relcl") and head.pos_ in ("NOUN", "PROPN", "PRON"):
        return head
    if verb.dep_ in ("conj", "xcomp", "advcl", "dep", "parataxis", "ccomp", "pcomp") and is_verbal(head):
        if verb.dep_ == "xcomp" and (obj := _controlling_object(head)) is not None:
            return obj
        return find_subject(head, depth + 1)
    if verb.dep_ == "pcomp" and head.pos_ in ("ADP", "SCONJ") and is_verbal(head.head):
        return find_subject(head.head, depth + 1)
    return None


def _antecedent(verb: Token) -> Token | None:
    while verb.dep_ == "conj" and is_verbal(verb.head):
        verb = verb.head
    return verb.head if verb.dep_ == "relcl" else None


def _controlling_object(verb: Token) -> Token | None:
    # "ordered the troops to leave": the troops leave
    return next((c for c in verb.children if c.dep_ in ("dobj", "dative")), None)


def find_objects(verb: Token) -> list[Token]:
    """Direct and indirect objects of an active verb; attributes of a copula."""
    found = [c for c in verb.children if c.dep_ in ("dobj", "dative", "attr", "oprd") and c.pos_ != "ADP"]
    if found:
        return found
    # "let trucks enter", "ordered the troops to leave": the one who is to act is parsed as a subject
    for child in verb.children:
        if child.dep_ in ("ccomp", "xcomp") and child.tag_ == "VB" and child.i > verb.i and _is_bare(child):
            return [c for c in child.children if c.dep_ in ("nsubj", "nsubjpass") and c.i > verb.i]
    return []


def _is_bare(verb: Token) -> bool:
    return not any(c.dep_ == "mark" or (c.dep_ == "aux" and c.lower_ != "to") for c in verb.children)


def find_agent(verb: Token) -> Token | None:
    """The party after "by" of a passive verb."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return next((g for g in child.children if g.dep_ == "pobj"), None)
    return None


def find_prep_objects(head: Token, prepositions: tuple[str, ...] | frozenset[str]) -> list[Token]:
    """Objects of the given prepositions that hang on a word or on its object."""
    found: list[Token] = []
    stack = [head, *(c for c in head.children if c.dep_ in ("dobj", "prt", "acomp", "advmod", "attr", "prep"))]
    stack += [g for h in stack[1:] if h.dep_ == "dobj" for c in h.children if c.lower_ == "of" for g in c.children]
    for word in stack:
        for child in word.children:
            if child.dep_ in ("prep", "agent", "dative") and child.lower_ in prepositions:
                found += [g for g in child.children if g.dep_ == "pobj"]
    return found


def iter_members(head: Token) -> Iterator[Token]:
    """The head of a noun phrase and the heads joined to it by "and", "or" or commas."""
    yield head
    for child in head.children:
        if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON", "NUM", "ADJ"):
            yield from iter_members(child)


def phrase_bounds(head: Token) -> tuple[int, int]:
    """Character offsets (in the window) of a noun phrase without clauses, coordinated members and trailing marks."""
    keep = [head]
    stack = [head]
    while stack:
        token = stack.pop()
        for child in token.children:
            if child.dep_ in _CLAUSES or (child.dep_ in ("conj", "cc", "preconj", "punct") and token == head):
                if (
                    child.dep_ == "punct"
                    and child.text in ("-", "\u2013", "'", "\u2019", '"', "“", "”")
                    and child.i < head.i
                ):
                    keep.append(child)
                continue
            if child.dep_ == "appos" and child.i > token.i and any(g.dep_ in _CLAUSES for g in child.children):
                continue
            if child.dep_ in ("advmod", "prep") and child.i > head.i and _ends_phrase(child):
                continue
            keep.append(child)
            stack.append(child)
    first, last = min(keep, key=_index), max(keep, key=_index)
    # a gap (a clause in the middle) ends the phrase
    indices = {t.i for t in keep}
    doc = head.doc
    end = head.i
    while end + 1 <= last.i and (end + 1 in indices or (doc[end + 1].is_punct and end + 2 in indices)):
        end += 1
    start = head.i
    while start - 1 >= first.i and (start - 1 in indices or (doc[start - 1].is_punct and start - 2 in indices)):
        start -= 1
    while end > head.i and (doc[end].is_punct or doc[end].is_space) and doc[end].text not in (")", "”", '"'):
        end -= 1
    return doc[start].idx, doc[end].idx + len(doc[end].text)


_TAIL = frozenset({
    "as", "after", "on", "with", "at", "near", "against", "over", "during", "before", "since", "amid", "by", "outside",
    "into", "about", "across", "along", "through", "despite", "without", "until",
})  # fmt: skip


def _ends_phrase(preposition: Token) -> bool:
    """Whether a prepositional phrase tells about the act and no longer names the party."""
    if preposition.lower_ in _TAIL:
        return True
    return any(c.dep_ == "pcomp" or c.lower_ == "part" for c in preposition.children)


def _index(token: Token) -> int:
    return token.i


def iter_ancestors(token: Token) -> Iterator[tuple[Token, Token]]:
    """Each (child, ancestor) step upwards, at most a few dozen."""
    child = token
    for _ in range(40):
        if child.head == child:
            return
        yield child, child.head
        child = child.head


def iter_continuations(verb: Token) -> Iterator[Token]:
    """Verbs joined to a verb that share its subject: "attacked a patrol and killed six"."""
    stack = [verb]
    while stack:
        for child in stack.pop().children:
            if child.dep_ == "conj" and is_verbal(child) and not _has_subject(child):
                yield child
                stack.append(child)
            elif child.dep_ == "advcl":
                stack.append(child)


def clause_tokens(verb: Token) -> list[Token]:
    """The tokens of a verb's clause: its subtree without coordinated, relative and reporting clauses."""
    tokens = [verb]
    stack = [verb]
    while stack:
        token = stack.pop()
        for child in token.children:
            if child.dep_ in ("conj",) and is_verbal(child) and is_verbal(token):
                continue
            if child.dep_ in ("relcl", "parataxis") or (child.dep_ == "ccomp" and child.i < verb.i):
                continue
            tokens.append(child)
            stack.append(child)
    return sorted(tokens, key=_index)
