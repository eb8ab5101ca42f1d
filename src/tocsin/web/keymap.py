"""The keys of the desk: what each does, and what a person has changed about them.

Pages carry the keys as they come (`data-shortcut="e"`); a person's choice says which other key stands for one of them.
It is kept in the store's notes, and the page's body hands it to the scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.web.language import N_, _

#: Key as it comes, and what it does. Enter, the arrows and Escape cannot be changed: they are everybody's already.
ACTIONS: dict[str, str] = {
    "j": N_("Next row"),
    "k": N_("Previous row"),
    "o": N_("Open the row"),
    "x": N_("Tick the row"),
    "b": N_("Tick all rows shown"),
    "e": N_("Mark read; acknowledge an alert"),
    "u": N_("Mark unread"),
    "a": N_("Accept: the claim you are on, the incident, or those that are ticked"),
    "r": N_("Add to a report"),
    "s": N_("Save this filter"),
    "n": N_("Older page; on an incident the next unread one"),
    "p": N_("Newer page"),
    "m": N_("Show on the map"),
    "t": N_("Take in a report"),
    "/": N_("Search"),
    "g": N_("Go to a page: this key, then the page's letter"),
    "?": N_("List of the keys"),
}


@dataclass(frozen=True, slots=True)
class KeyMap:
    """What a person has changed.

    changed  key as it comes to the key that stands for it; one that stays is left out
    is_off   no single key does anything
    """

    changed: Mapping[str, str] = field(default_factory=dict)
    is_off: bool = False

    @property
    def text(self) -> str:
        """The changed keys as JSON, for the scripts; empty where none is."""
        return json.dumps(dict(self.changed), ensure_ascii=False) if self.changed else ""

    def key_of(self, default: str) -> str:
        """The key that stands for an action."""
        return self.changed.get(default, default)


def load_keys(store: Store, person: str) -> KeyMap:
    """A person's keys; those that come with the desk where nothing, or nothing readable, is kept."""
    kept = store.note(_note(person))
    if not kept:
        return KeyMap()
    try:
        plain = json.loads(kept)
        return make_keys(plain["keys"], is_off=plain["is_off"] is True)
    except (ValueError, TypeError, KeyError, AttributeError, RecordError):
        return KeyMap()  # written by a version with other actions


def save_keys(store: Store, person: str, keys: KeyMap) -> None:
    """Keep a person's keys."""
    store.set_note(_note(person), json.dumps({"keys": dict(keys.changed), "is_off": keys.is_off}, ensure_ascii=False))


def make_keys(given: Mapping[str, str], *, is_off: bool = False) -> KeyMap:
    """Keys from action (by its key as it comes) to the key wished for; an empty wish keeps the key.

    Raises RecordError for more than one character, and where a key would do two things.
    """
    chosen: dict[str, str] = {}
    for default, meaning in ACTIONS.items():
        key = str(given.get(default, "")).strip() or default
        if len(key) != 1 or not key.isprintable():
            raise RecordError(
                _("key"), key[:20], _("must be one character, as on the keyboard: %(name)s") % {"name": _(meaning)}
            )
        taken = next((other for other, used in chosen.items() if used == key), None)
        if taken is not None:
            both = {"one": _(ACTIONS[taken]), "other": _(meaning)}
            raise RecordError(_("key"), key, _("would do two things: “%(one)s” and “%(other)s”; choose another") % both)
        chosen[default] = key
    return KeyMap({default: key for default, key in chosen.items() if key != default}, is_off)


def _note(person: str) -> str:
    return f"keys:{person}"[:200]
