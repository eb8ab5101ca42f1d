"""Taking a mission's own places off the gazetteer again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tocsin.desk.gazetteers import find_layers
from tocsin.errors import KnowledgeError
from tocsin.settings import Settings


def remove_layer(settings: Settings, home: Path, name: str) -> tuple[Path, tuple[str, ...]]:
    """Take a layer out of the desk's folder, by its file's name with or without the ending.

    Gives where it lay, and a warning for each place of the other layers that hung on one of its own. Raises
    KnowledgeError where none has that name, two have, or it is one that the settings name.
    """
    from tocsin.places import open_gazetteer
    from tocsin.places.layers import list_layers, load_layers, warn_of_parents

    own, wanted = list_layers(home / "places"), Path(name).name
    found = [path for path in own if path.name == wanted] or [path for path in own if path.stem == wanted]
    if not found:
        if any(wanted in (path.name, path.stem) for path in settings.place_layers):
            raise KnowledgeError("places layer", name, "is named in the setting place_layers: take it out there")
        there = f"there are {', '.join(path.name for path in own)}" if own else "there are none in the desk's folder"
        raise KnowledgeError("places layer", name, f"is not in {home / 'places'}: {there}")
    if len(found) > 1:
        raise KnowledgeError("places layer", name, f"is one of {', '.join(p.name for p in found)}: give its ending")
    try:
        found[0].unlink()
    except OSError as why:
        raise KnowledgeError("places layer", found[0], f"cannot be removed ({why.strerror or why})") from why
    gazetteer = open_gazetteer(home, policy=settings.naming_policy)
    try:
        # a layer that cannot be read is told by `status`, and must not keep another from being taken out
        with suppress(KnowledgeError):
            left = load_layers(find_layers(settings, home))
            told = warn_of_parents(left, lambda id_: gazetteer.row(id_) is not None)
            return found[0], tuple(f"{path.name}, {warning}" for path, warning in told)
    finally:
        gazetteer.close()
    return found[0], ()
