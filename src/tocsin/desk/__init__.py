"""The desk: pipeline, ports and clock put together, and what people do at it.

>>> with open_desk() as desk:                    # doctest: +SKIP
...     desk.take_paths([Path("reports")])

Both names are loaded when they are asked for: a command that looks up one thing opens no store and no model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tocsin.desk.desk import Desk, open_desk

__all__ = ["Desk", "open_desk"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("tocsin.desk.desk"), name)
    raise AttributeError(f"module 'tocsin.desk' has no attribute {name!r}")
