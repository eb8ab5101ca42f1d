"""Reads a noun phrase for its party: the head word, what stands before it and what follows "of", "from" or a comma.

    the [Pakistani]land [army]modifier [engineers]weak head | of | the [UN]name [mission]head

A strong head ("police", "minister", "bishop") settles the sector. A weak one ("engineers", "members", "spokesman")
takes the sector of the nearest word before it that has one, or of the party it belongs to, or else its own usual one.
No grammar but this is needed, so a phrase costs microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.knowledge.party_parts import FILLERS, Part, PartyCode, split_parts, split_words

if TYPE_CHECKING:
    from tocsin.knowledge.parties import PartyLexicon


#: Joints after which the party to whom the head belongs is named.
_OWNERS = frozenset({
    "of", "from", "within", "loyal", "led", "headed", "commanded", "belonging", "representing", "in", "inside", "at",
    "for", "serving", "allied", "linked", "affiliated", "under", "by", "to", "known", "called", "with", "close", "as",
})  # fmt: skip
#: Joints after which a land says where the party is from.
_HOMES = frozenset({
    "of", "from", "in", "at", "inside", "within", "across", "for", "around", "near", "outside", "representing", "loyal",
    "serving", "under", "led", "along", "aboard", "by", ",", "(", "who", "whose", "belonging", "living",
})  # fmt: skip
_NEARBY = frozenset({"near", "around", "outside", "along", "who", "whose"})
_QUANTITIES = frozenset({"thousands", "hundreds", "dozens", "scores", "millions", "crew"})
_OFFICIAL = frozenset({"GOV", "MIL", "COP", "JUD", "SPY"})
_OF_NO_PEOPLE = frozenset({"MIL", "COP", "REB", "UAF", "MED"})
#: Joints that may only say where: they name an owner where a party stands behind them.
_PLACING = frozenset({"in", "at", "for", "by", "to", "with", "under", "inside"})
_OF_ARMS = frozenset({"MIL", "COP", "REB", "UAF", "LEG"})
_CONVOYS = frozenset({"convoy", "convoys"})
_POSSESSIVES = frozenset({"his", "her", "its", "their", "our", "my", "your"})


@dataclass(frozen=True, slots=True)
class PhraseReading:
    """The codes of a phrase and how firm they are.

    head       the role word that heads it, lower case; "" where there is none
    is_usual   the sector is only the usual one of a weak head: the article may know better
    is_shared  its words name two countries ("Indian and Chinese troops"), so it has none of its own
    is_owned   it opens with "its", "his", "their": whose it is stands elsewhere
    """

    country: str | None = None
    sector: str | None = None
    by: str = ""
    head: str = ""
    is_usual: bool = False
    is_shared: bool = False
    is_owned: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    sector: str | None
    by: str
    is_usual: bool = False


def read_phrase(phrase: str, lexicon: PartyLexicon, known: Mapping[str, PartyCode] | None = None) -> PhraseReading:
    """Codes of a noun phrase as written; `known` are names that the article itself has explained.

    Never raises; an empty or wordless phrase has no codes.
    """
    words = list(split_words(phrase[:400]))
    if not words:
        return PhraseReading()
    if phrase.isupper() and len(phrase) > 5:
        words = [w if w in lexicon.names or w in lexicon.lands else w.capitalize() for w in words]
    parts = split_parts(words, lexicon, known or {})
    is_owned = words[0].lower() in _POSSESSIVES
    judged, head = _judge_sector(parts, lexicon)
    country, by, is_shared = _judge_country(parts, judged, head, lexicon)
    why = judged.by if not by or by == judged.by else f"{judged.by}, {by}" if judged.by else by
    return PhraseReading(country, judged.sector, why, head, judged.is_usual, is_shared, is_owned)


def _judge_sector(parts: Sequence[Part], lexicon: PartyLexicon) -> tuple[_Judged, str]:
    """The sector of the phrase, and the role word at its head."""
    for k, part in enumerate(parts):
        if (
            k
            and part.joint in ("that", "which", "who", "whose", "where", "when", "to", "against", "near")
            and (any(p.roles or p.names or p.people or p.lands for p in parts[:k]))
        ):
            break
        head = _head_of(part, parts[k + 1 :])
        if head is not None:
            judged = _judge_head(part, head, parts[k + 1 :], lexicon)
            if judged.sector is not None or k == len(parts) - 1:
                return judged, head[1]
            # a head without a usual sector may be explained by what follows: "its chairman, a judge"
            rest, _ = _judge_sector(parts[k + 1 :], lexicon)
            return rest, head[1]
        if part.names and (code := part.names[-1][1]).sector is not None:
            return _Judged(code.sector, part.names[-1][2]), ""
        if part.people and not part.lands:
            return _Judged("ETH", part.people[-1][1]), ""
        if (judged := _judge_bare(part)).sector is not None:
            return judged, ""
    return _Judged(None, ""), ""


def _head_of(part: Part, rest: Sequence[Part]) -> tuple[int, str] | None:
    if not part.roles:
        return None
    head = part.roles[-1]
    if head[1] in _QUANTITIES and any(p.roles or p.people or p.names for p in rest[:1]) and rest[0].joint == "of":
        return None  # "dozens of soldiers" are soldiers, "dozens" alone are people
    if part.people and part.people[-1][0] > head[0]:
        return None
    return head


def _judge_head(part: Part, head: tuple[int, str], rest: Sequence[Part], lexicon: PartyLexicon) -> _Judged:
    at, word = head
    role = lexicon.heads[word]
    owner = next(((code, form) for i, code, form in reversed(part.names) if i < at), None)
    sector, by = role.sector, word
    if role.is_weak:
        judged = _judge_weak(part, head, rest, lexicon)
        if judged is not None:
            return _raise_standing(judged, part, owner, lexicon)
    elif owner is None and rest and rest[0].joint in ("of", "from") and rest[0].names:
        _, code, form = rest[0].names[0]
        owner = (code, form)
    if part.people and sector in ("CVL", "BUS", "UAF") and part.people[-1][0] < at and sector != "UAF":
        return _Judged("ETH", f"{part.people[-1][1]} {word}")
    judged = _Judged(sector if sector != "none" else None, by, role.is_weak)
    return _raise_standing(judged, part, owner, lexicon)


def _judge_weak(part: Part, head: tuple[int, str], rest: Sequence[Part], lexicon: PartyLexicon) -> _Judged | None:
    """The sector a weak head takes from the words around it, or None where they give none."""
    if head[1] in _CONVOYS and (found := {w.lower() for p in (part, *rest) for w in p.words} & lexicon.relief):
        return _Judged("NGO", f"{head[1]} with {min(found)}")
    return (
        _judge_by_modifier(part, head, lexicon)
        or _judge_by_owner(head, rest, lexicon)
        or _judge_by_people(part, head, lexicon)
    )


def _judge_by_modifier(part: Part, head: tuple[int, str], lexicon: PartyLexicon) -> _Judged | None:
    """ "army engineers", "UPI leaders", "Commander Tabu": by the role word or name before it, or the name after it."""
    at, word = head
    usual = lexicon.heads[word].sector
    before = [r for r in part.roles if r[0] < at and r[1] not in _QUANTITIES]
    if before:
        modifier = lexicon.heads[before[-1][1]]
        inner = _judge_head(part, before[-1], (), lexicon) if modifier.is_weak else None
        sector = inner.sector if inner is not None else modifier.sector
        if usual in _OF_ARMS and sector in ("CVL", "IGO", "GOV"):
            sector = usual
        if sector is not None and sector != "none":
            return _Judged(sector, f"{before[-1][1]} {word}", inner is not None and inner.is_usual)
    for i, code, form in reversed(part.names):
        if i < at and code.sector is not None:
            is_force = code.sector in ("IGO", "GOV") and usual in ("MIL", "COP")
            return _Judged(usual if is_force else code.sector, f"{form} {word}")
    for i, code, form in part.names:
        if i == at + 1 and code.sector is not None:
            return _Judged(code.sector, form)
    for i, land, form in reversed(part.lands):
        if i < at and land.kind == "de_facto":
            return _Judged("REB", f"{form} {word}")
    return None


def _judge_by_owner(head: tuple[int, str], rest: Sequence[Part], lexicon: PartyLexicon) -> _Judged | None:
    """ "members of the union", "a source in the ministry", "their leader, Rafe Goring": by what follows it."""
    word = head[1]
    if not rest or word in ("guards", "guard"):
        return None
    joint = rest[0].joint
    if joint == "," and rest[0].names and rest[0].names[0][0] == 0 and (code := rest[0].names[0][1]).sector:
        return _Judged(code.sector, rest[0].names[0][2])
    if joint not in _OWNERS or (joint in _PLACING and not (rest[0].roles or rest[0].names)):
        return None
    k = next((k for k, p in enumerate(rest) if p.words), None)
    if k is None:
        return None
    judged, owner = _judge_sector(rest[k : k + 2], lexicon)
    if judged.sector is None or judged.sector == "UNK":
        return None
    if judged.is_usual and not (joint == "of" and judged.sector in _OF_ARMS):
        return None
    if owner and joint != "of" and lexicon.heads[owner].sector in ("CVL", "UNK"):
        return None
    if judged.sector in ("GOV", "CVL") and not (rest[k].roles or rest[k].names):
        return None  # "officers of Serbia", "men of Goma": a bare land is nobody's employer
    return _Judged(judged.sector, f"{word} {joint} {judged.by}")


def _judge_by_people(part: Part, head: tuple[int, str], lexicon: PartyLexicon) -> _Judged | None:
    """ "Murle elders" by their people, "the Kyrgyz side" by its state."""
    at, word = head
    if part.people and part.people[-1][0] < at and lexicon.heads[word].sector not in _OF_NO_PEOPLE:
        return _Judged("ETH", f"{part.people[-1][1]} {word}")
    if word in ("side", "mission", "team") and any(i < at and land.kind != "region" for i, land, _ in part.lands):
        return _Judged("GOV", f"{part.lands[0][2]} {word}")
    return None


def _raise_standing(judged: _Judged, part: Part, owner: tuple[PartyCode, str] | None, lexicon: PartyLexicon) -> _Judged:
    """What belongs to a body is that body; what belongs to de facto authorities is theirs (rule 18)."""
    if owner is not None:
        code, form = owner
        if code.country in ("IGO", "NGO") and judged.sector in ("GOV", "UNK", "PTY", "LEG", None):
            return _Judged(code.country, f"{form} {judged.by}")
        if code.country == "NGO" and judged.sector in ("CVL", "PRO"):
            return _Judged("NGO", f"{form} {judged.by}")
        if code.sector in ("REB", "UAF") and judged.sector in _OFFICIAL:
            return _Judged(code.sector, f"{form} {judged.by}")
    if judged.sector in _OFFICIAL:
        low = {w.lower() for w in part.words}
        if any(land.kind == "de_facto" for _, land, _ in part.lands):
            form = next(f for _, land, f in part.lands if land.kind == "de_facto")
            return _Judged("REB", f"{form} {judged.by}")
        if found := low & lexicon.unrecognised:
            return _Judged("REB", f"{min(found)} {judged.by}")
    return judged


def _judge_bare(part: Part) -> _Judged:
    """A country or capital that stands alone is its government, its people in the plural are civilians."""
    if not part.lands:
        return _Judged(None, "")
    core = [w for w in part.words if w.lower() not in FILLERS]
    _, land, form = part.lands[0]
    if land.kind == "de_facto":
        return _Judged("REB", form)
    if core == [w for w in form.split() if w.lower() not in FILLERS]:
        if land.kind == "region":
            return _Judged(None, "")
        if land.kind == "demonym" and _is_plural(form) and part.words[0].lower() != "the":
            return _Judged("CVL", form)  # "the Saudis" are mostly their state, "Saudis" people
        return _Judged("GOV", form)
    _, land, form = part.lands[-1]
    if land.kind == "demonym" and _is_plural(form) and part.words[-1] == form.split()[-1]:
        return _Judged("CVL", form)
    return _Judged(None, "")


def _is_plural(form: str) -> bool:
    return form.endswith("s") and not form.endswith("ss")


def _judge_country(
    parts: Sequence[Part], judged: _Judged, head: str, lexicon: PartyLexicon
) -> tuple[str | None, str, bool]:
    """The country, the words that gave it, and whether two countries share the phrase."""
    first = parts[0]
    own = {land.country for _, land, _ in first.lands}
    for _, code, form in first.names:
        if code.country is not None and not (code.country in ("NGO", "MED") and own):
            return code.country, form, False
    if len(own) > 1:
        return None, " and ".join(form for _, _, form in first.lands), True
    if judged.sector == "IGO" and head != "mission" and not own:
        return "IGO", judged.by, False
    if own:
        if head and lexicon.heads[head].sector == "IGO" and not lexicon.heads[head].is_weak:
            return "IGO", head, False
        return first.lands[0][1].country, first.lands[0][2], False
    for part in parts[1:]:
        lands = [(code, form) for _, code, form in part.lands]
        for _, code, form in part.names:
            if code.country is not None and (
                part.joint in ("of", "from", ",", "led", "within", "loyal", "belonging", "known", "called", "in", "at")
                and (code.country not in ("IGO", "NGO", "MED") or judged.sector in ("IGO", "NGO", "MIL", "COP"))
            ):
                return code.country, form, False
        if lands and part.joint in _HOMES:
            codes = {land.country for land, _ in lands}
            if len(codes) > 1 or _goes_on(parts, part, codes):
                return None, " and ".join(form for _, form in lands), True
            if part.joint not in _NEARBY or lands[0][0].kind in ("capital", "region"):
                return lands[0][0].country, lands[0][1], False
    if judged.sector in ("NGO", "MED", "IGO"):
        return judged.sector, judged.by, False
    if head in lexicon.international:
        return "IGO", head, False
    return None, "", False


def _goes_on(parts: Sequence[Part], part: Part, codes: set[str]) -> bool:
    """Whether an enumeration goes on with another country: "the leaders of Mali, Niger"."""
    after = next((p for a, p in pairwise(parts) if a is part), None)
    return (
        after is not None and after.joint == "," and bool(after.lands) and after.lands[0][0] == 0
        and after.lands[0][1].kind == "name" and part.joint != ","
        and after.lands[0][1].country not in codes
    )  # fmt: skip
