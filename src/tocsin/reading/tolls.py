"""Counts tied to an act: a quantity, what it counts, and what became of them (codebook rules 14, 16, 22)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tocsin.knowledge.numbers import NumberTable
from tocsin.reading import calendar as cal
from tocsin.reading import clauses as cl
from tocsin.reading.quantities import Quantity, QuantityFinder
from tocsin.records import EventType, Toll, TollKind

if TYPE_CHECKING:
    from spacy.tokens import Span as Sentence
    from spacy.tokens import Token

_INDEFINITE = frozenset({"a", "an", "one"})
_YEARS = range(1800, 2101)
#: What can be counted in an act of each type; a number of another kind belongs to something else in the sentence.
_KINDS: dict[str, frozenset[TollKind]] = {
    "ASSAULT": frozenset({"killed", "injured", "abducted", "displaced", "weapons"}),
    "COERCE": frozenset({"arrested", "vehicles", "displaced", "weapons"}),
    "PROTEST": frozenset({"participants", "injured", "vehicles"}),
    "MOBILIZE": frozenset({"participants", "vehicles", "weapons"}),
    "RETREAT": frozenset({"participants", "weapons", "vehicles"}),
    "AID": frozenset({"displaced", "participants", "vehicles", "injured", "weapons"}),
    "COOPERATE": frozenset({"participants", "vehicles"}),
    "AGREE": frozenset({"participants", "vehicles"}),
    "CONCEDE": frozenset({"participants", "vehicles", "weapons"}),
    "SANCTION": frozenset(),
}


def find_tolls(
    sentence: Sentence, within: Sequence[Token], type_: EventType, finder: QuantityFinder
) -> tuple[Toll, ...]:
    """The tolls of the clause whose tokens are `within`, for an act of type `type_`."""
    kinds = _KINDS.get(type_)
    if not kinds:
        return ()
    inside = {t.i for t in within}
    found: list[Toll] = []
    for quantity in finder.find(sentence.text):
        counted = _counted_noun(sentence, quantity)
        if counted is None or counted.i not in inside or _is_measure(sentence, quantity, counted, finder.table):
            continue
        kind = _kind_of(counted, quantity, sentence, type_, finder.table)
        if kind not in kinds:
            continue
        toll = Toll(kind, quantity.low, quantity.high, _whom(counted, quantity, sentence))
        if all((t.kind, t.whom) != (toll.kind, toll.whom) for t in found):
            found.append(toll)
    return tuple(found)


def _counted_noun(sentence: Sentence, quantity: Quantity) -> Token | None:
    start, end = sentence.start_char + quantity.span.start, sentence.start_char + quantity.span.end
    words = [t for t in sentence if start <= t.idx < end]
    if not words:
        return None
    last = words[-1]
    if quantity.rule == "number-none" or last.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "appos"):
        of = next((c for c in last.children if c.dep_ == "prep" and c.lower_ == "of"), None)
        inner = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
        return inner if inner is not None else last
    for _, ancestor in cl.iter_ancestors(last):
        if ancestor.idx >= end and ancestor.pos_ in ("NOUN", "PROPN", "ADJ") and ancestor.i - last.i <= 5:
            return ancestor
        if ancestor.pos_ == "VERB":
            break
    following = sentence.doc[last.i + 1] if last.i + 1 < sentence.end else None
    return following if following is not None and following.lower_ == "dead" else None


def _is_measure(sentence: Sentence, quantity: Quantity, counted: Token, table: NumberTable) -> bool:
    if counted.lemma_.lower() in table.units or any(
        c.lower_ in table.units for c in counted.children if c.i < counted.i
    ):
        return True
    if cal.read_month(counted.lower_) is not None or any(
        cal.read_month(c.lower_) is not None for c in counted.children
    ):
        return True
    if counted.like_num and quantity.low == quantity.high and quantity.low in _YEARS:
        return True
    at = sentence.start_char + quantity.span.end
    return sentence.doc.text[at : at + 1] in ("%", "-") or counted.ent_type_ in ("DATE", "TIME", "MONEY", "PERCENT")


def _kind_of(
    counted: Token, quantity: Quantity, sentence: Sentence, type_: EventType, table: NumberTable
) -> TollKind | None:
    lemma = counted.lemma_.lower()
    words = sentence.doc.text[sentence.start_char + quantity.span.start :][: quantity.span.end - quantity.span.start]
    is_indefinite = words.lower() in _INDEFINITE
    if lemma in table.toll_nouns:
        return None if is_indefinite and type_ != "MOBILIZE" else table.toll_nouns[lemma]
    if lemma in ("dead", "death", "fatality", "body", "life"):
        return "killed"
    if lemma in ("injury", "wounded", "injured", "casualty"):
        return "injured"
    is_people = counted.pos_ == "PROPN" and counted.lower_.endswith("s")
    is_person = lemma in table.people or quantity.rule == "number-none" or is_people
    fate = _fate(counted, table)
    if fate is not None and (
        is_person or (not is_indefinite and counted.pos_ in ("NOUN", "NUM", "PRON", "ADJ", "PROPN"))
    ):
        return fate
    if not is_person or is_indefinite or quantity.high == 0:
        return None
    return "participants" if type_ in ("PROTEST", "MOBILIZE", "RETREAT", "COOPERATE") else None


def _fate(counted: Token, table: NumberTable) -> TollKind | None:
    """What became of them: the first verb up from the noun, or a participle after it, that marks a toll."""
    words: list[Token] = [c for c in counted.children if c.dep_ in ("acl", "amod", "relcl", "acomp")]
    previous = counted
    for child, ancestor in cl.iter_ancestors(counted):
        if cl.is_verbal(ancestor) or ancestor.pos_ in ("ADJ", "NOUN"):
            if child.dep_ not in (
                "dobj",
                "nsubjpass",
                "nsubj",
                "pobj",
                "prep",
                "conj",
                "appos",
                "dative",
                "oprd",
                "attr",
                "xcomp",
                "advcl",
                "relcl",
            ):
                break
            if not (child.dep_ == "nsubj" and _acts_on_others(ancestor)):
                words.append(ancestor)
                words += [c for c in ancestor.children if c.dep_ in ("oprd", "acomp", "xcomp", "advcl", "prt", "ccomp")]
        previous = ancestor
        if cl.is_verbal(previous):
            break
    for word in words:
        kind = table.toll_words.get(word.lemma_.lower())
        if kind is not None:
            return kind
    return None


def _acts_on_others(verb: Token) -> bool:
    return not cl.is_passive(verb) and bool(cl.find_objects(verb))


def _whom(counted: Token, quantity: Quantity, sentence: Sentence) -> str | None:
    start, end = cl.phrase_bounds(counted)
    start = max(start, sentence.start_char + quantity.span.end) if quantity.high != 0 else start
    words = sentence.doc.text[start:end].strip().removeprefix("of ").strip()
    return words or None
