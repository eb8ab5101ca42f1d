"""Titles of incidents, names and texts of rules in the language spoken now; parties and places stay as written."""

from __future__ import annotations

import re
from functools import cache

from tocsin.export.forms import Form
from tocsin.knowledge import wording
from tocsin.knowledge.rules import load_alert_rules
from tocsin.knowledge.wording import Title, load_wording
from tocsin.records import Incident
from tocsin.web.language import N_, _

#: Titles of forms in other projects' columns, as `export/forms.py` makes them; the others have one of their own.
_OF_A_PROJECT = re.compile(r"(?P<format>.+) in (?P<project>.+)'s columns")
_OTHER_FORMS = {"stix": N_("a STIX 2.1 bundle"), "gdelt": N_("GDELT's event table")}


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


def say_form(form: Form) -> str:
    """What a form of export is called; projects and formats keep their names."""
    if form.shape == "own":
        return form.title
    found = _OF_A_PROJECT.fullmatch(form.title)
    return _("%(format)s in %(project)s's columns") % found.groupdict() if found else _(_OTHER_FORMS[form.name])


@cache
def _list_bundled() -> frozenset[str]:
    return frozenset(text for r in load_alert_rules() for text in (r.title, r.hypothesis, r.cleared_by))
