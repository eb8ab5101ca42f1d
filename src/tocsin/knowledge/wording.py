"""Incidents and reasons in plain words, from ``knowledge/wording.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tocsin.knowledge.files import load_toml
from tocsin.records import Incident

#: Longest shown length of each side, so that a title takes two lines at most beside its place.
LONGEST_SIDE = 56


@dataclass(frozen=True, slots=True)
class Title:
    """An incident in one line, in parts: the act in plain words, the parties as written, the place.

    place  None where it is not known or where the parties' names say it already
    """

    act: str
    actor: str | None
    recipient: str | None
    place: str | None

    def __str__(self) -> str:
        """ "Attack with firearms: unnamed → a police post, Collane"."""
        parties = " → ".join((self.actor or "unnamed", self.recipient)) if self.recipient else self.actor
        return ", ".join(part for part in (f"{self.act}: {parties}" if parties else self.act, self.place) if part)


@lru_cache(maxsize=1)
def load_wording() -> dict[str, Any]:
    """The tables `acts`, `modalities` and `reasons`; raises KnowledgeError where the file is broken."""
    return load_toml("wording.toml")


def title_incident(incident: Incident) -> Title:
    """What an incident is, for a list, a heading or a map: nothing but what its fields hold."""
    sides = [[party.text for party in side] for side in (incident.actor, incident.recipient)]
    place = incident.place.shown_name if incident.place else None
    return make_title(incident.type, incident.mode, incident.modality, sides[0], sides[1], place)


def make_title(
    type_: str, mode: str | None, modality: str, actors: Sequence[str], recipients: Sequence[str], place: str | None
) -> Title:
    """The same of what is known of an incident that is not opened: parties by their words, the place by its name."""
    wording = load_wording()
    act = (wording["acts"].get(f"{type_}/{mode}") if mode else None) or wording["acts"].get(type_, type_)
    suffix = wording["modalities"].get(modality)
    actor, recipient = _name_side(actors), _name_side(recipients)
    if actor == recipient:
        recipient = None  # the same words on both sides tell of no one who did it to another
    said = f"{actor or ''} {recipient or ''}".casefold()
    return Title(
        f"{act}, {suffix}" if suffix else act, actor, recipient, None if place and place.casefold() in said else place
    )


def name_rule(rule: str) -> str:
    """What a rule decides, in plain words; a date rule of any kind is about the day."""
    known: str | None = load_wording()["reasons"].get(rule)
    return known or ("Day" if rule.startswith("date-") else rule.replace("-", " "))


def _name_side(parties: Sequence[str]) -> str | None:
    """The names of one side, each once, without the article that begins them; None where nobody is named."""
    names = {name.casefold(): name for name in map(_strip_article, parties) if name}
    if not names:
        return None
    line = ", ".join(names.values())
    return line if len(line) <= LONGEST_SIDE else line[: LONGEST_SIDE - 1].rsplit(" ", 1)[0].rstrip(",; ") + "…"


def _strip_article(text: str) -> str:
    words = text.split()
    return " ".join(words[1:] if len(words) > 1 and words[0].casefold() in ("the", "a", "an") else words)
