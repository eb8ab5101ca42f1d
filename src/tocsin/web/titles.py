"""Titles of incidents, names and texts of rules in the language spoken now; parties and places stay as written."""

from __future__ import annotations

from functools import cache

from tocsin.knowledge import wording
from tocsin.knowledge.rules import load_alert_rules
from tocsin.knowledge.wording import Title, load_wording
from tocsin.records import Incident
from tocsin.web.language import _


class SpokenTitle(Title):
    """A title whose own words are those of the language it was made in."""

    __slots__ = ()

    def __str__(self) -> str:
        """ "Attack with firearms: unnamed → a police post, Collane"."""
        parties = " → ".join((self.actor or _("unnamed"), self.recipient)) if self.recipient else self.actor
        return ", ".join(part for part in (f"{self.act}: {parties}" if parties else self.act, self.place) if part)


def title_incident(incident: Incident) -> SpokenTitle:
    """What an incident is, for a list or a heading: nothing but what its fields hold."""
    title = wording.title_incident(incident)
    suffix = load_wording()["modalities"].get(incident.modality)
    act = title.act
    if suffix:
        act = _("%(act)s, %(modality)s") % {"act": _(act.removesuffix(f", {suffix}")), "modality": _(suffix)}
    else:
        act = _(act)
    return SpokenTitle(act, title.actor, title.recipient, title.place)


def name_rule(rule: str) -> str:
    """What a rule decides, in plain words; a rule without a line in `wording.toml` shows its own name."""
    return _(wording.name_rule(rule))


def say_bundled(text: str) -> str:
    """A title, hypothesis or way out of a bundled rule; that of a mission's own rule comes back as it was written."""
    return _(text) if text in _list_bundled() else text


@cache
def _list_bundled() -> frozenset[str]:
    return frozenset(text for r in load_alert_rules() for text in (r.title, r.hypothesis, r.cleared_by))
