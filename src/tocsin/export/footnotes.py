"""The words of the naming footnotes."""

from __future__ import annotations

from tocsin.knowledge.files import load_toml


def load_footnotes() -> dict[str, str]:
    """The bundled footnotes' words by key ("kosovo-1244")."""
    return dict(load_toml("names.toml")["footnotes"])
