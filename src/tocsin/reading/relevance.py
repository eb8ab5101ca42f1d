"""Silence where there is no news of this kind: sport, weather, business and culture borrow the words of war."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.knowledge.triggers import Lexicon
from tocsin.reading.acts import Act

if TYPE_CHECKING:
    from tocsin.knowledge.parties import PartyLexicon

#: Parties whose acts are political by themselves.
POLITICAL = frozenset({"GOV", "MIL", "COP", "REB", "UAF", "PTY", "LEG", "JUD", "IGO", "ETH", "SPY"})
_OF_ORDER = frozenset({"MIL", "COP", "REB", "UAF"})
_WAR_MODES = frozenset({"explosives", "heavy-weapons", "aerial", "drone", "suicide-attack"})
_PEOPLE_TYPES = frozenset({"PROTEST"})
_WORD = re.compile(r"[\w\u2019'-]+")
#: As many different words of one irrelevant kind make a text of that kind, unless public affairs outnumber them.
LEAST_WORDS = 4
LEAST_WORDS_PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text is of an irrelevant kind ("sport"), and by which words; `kind` None means relevant."""

    kind: str | None
    words: tuple[str, ...] = ()


def judge_relevance(text: str, lexicon: Lexicon, parties: PartyLexicon, least: int = LEAST_WORDS) -> Relevance:
    """Compare the words of each irrelevant kind with those that name public actors."""
    words = [w.lower() for w in _WORD.findall(text[:20_000])]
    present = set(words) | {f"{a} {b}" for a, b in pairwise(words)}
    public = {w for w in present if parties.roles.get(w.removesuffix("s"), parties.roles.get(w)) in POLITICAL}
    best, hits = "", set[str]()
    for kind, listed in lexicon.irrelevant.items():
        if len(found := listed & present) > len(hits):
            best, hits = kind, set(found)
    if len(hits) >= max(least, len(public - hits) - 1):
        return Relevance(best, tuple(sorted(hits)))
    return Relevance(None)


def is_politically_relevant(act: Act) -> bool:
    """Whether an act is by, to or between parties that make it a claim (codebook: the unit, rule 11)."""
    sectors = {m.party.sector for m in (*act.actor, *act.recipient) if m.is_known}
    countries = {m.party.country for m in (*act.actor, *act.recipient) if m.is_known and m.party.country}
    type_ = act.rule.type
    if type_ in _PEOPLE_TYPES:
        return bool(sectors - {None} or act.lemmas & _CROWD_WORDS)
    if type_ == "ASSAULT":
        if sectors & (POLITICAL | {"CRM"}):
            return True
        needed = _OF_ORDER_WORDS | _ARMS_WORDS if act.mode in _WAR_MODES else _OF_ORDER_WORDS
        return bool(act.lemmas & needed)
    if not any(m.is_known for m in act.actor) and not act.recipient:
        return False
    if act.lemmas & _BARRIER_WORDS and sectors - {None}:
        return True
    if act.rule.content:
        actor = {m.party.sector for m in act.actor if m.is_known}
        return bool(actor & (POLITICAL | {"NGO", "REL"})) or (bool(actor - {None}) and bool(sectors & POLITICAL))
    return bool(sectors & (POLITICAL | {"NGO", "REL"})) or bool(countries and sectors - {None, "BUS", "EDU", "MED"})


_OF_ORDER_WORDS = frozenset({
    "soldier", "gunman", "gunmen", "militant", "rebel", "police", "fighter", "militia", "attacker", "ambush", "raider",
    "massacre", "machete", "mob", "protest", "protester", "herder", "villager", "insurgent", "troop", "ethnic",
    "militiaman", "armed", "civilian",
})  # fmt: skip
_ARMS_WORDS = frozenset({
    "bomb", "mine", "landmine", "grenade", "missile", "rocket", "mortar", "artillery", "shell", "drone", "airstrike",
    "air strike", "warplane", "jet", "shelling", "bomber", "bombing", "suicide", "explosive", "ied", "roadside",
    "helicopter",
})  # fmt: skip
_BARRIER_WORDS = frozenset({"barricade", "roadblock", "blockade"})
_CROWD_WORDS = frozenset({
    "protester", "demonstrator", "union", "worker", "villager", "student", "crowd", "people", "resident", "thousand",
    "hundred", "dozen", "farmer", "driver", "teacher", "supporter", "activist", "police", "government", "miner",
})  # fmt: skip
