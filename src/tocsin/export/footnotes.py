"""The words of the naming footnotes, and which of them goes with a place."""

from __future__ import annotations

from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.records import Place


def load_footnotes() -> dict[str, str]:
    """The bundled footnotes' words by key ("kosovo-1244")."""
    return dict(load_footnote_table().texts)


def find_footnote(place: Place) -> str | None:
    """The key of the footnote that goes with a place: its own, or that of an area or the country it lies in."""
    return load_footnote_table().key_of(place)
