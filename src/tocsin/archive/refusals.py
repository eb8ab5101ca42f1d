"""What the archive refuses."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tocsin.errors import TocsinError


class ArchiveError(TocsinError):
    """An archive cannot be read, grouped or gone on with as it was asked for."""


def load_module(name: str, remedy: str) -> Any:
    """A library that not everybody has installed; raises ArchiveError, which says how to, where it is missing."""
    try:
        return import_module(name)
    except ImportError as why:
        raise ArchiveError("library", name, f"is not installed: {remedy}") from why


def load_distributed() -> Any:
    """Dask's cluster library."""
    return load_module("distributed", "pip install 'tocsin[archive]'; --workers 0 reads without it")
