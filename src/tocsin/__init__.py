"""Tocsin turns news into an early-warning desk.

>>> import tocsin
>>> claims = tocsin.read_text(                                        # doctest: +SKIP
...     "Police fired tear gas at protesters in Orle on Saturday, local media reported.",
...     published="2026-03-08",
... )
>>> [(c.type, c.mode, c.date.start.isoformat()) for c in claims]      # doctest: +SKIP
[('ASSAULT', 'crowd-control', '2026-03-07')]

`read_text` reads one text; `open_desk` opens the desk that keeps, groups and warns; the records are in
`tocsin.records`. Importing this package loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tocsin.errors import TocsinError
from tocsin.records import Alert, Article, Claim, Incident, Tension

if TYPE_CHECKING:
    from tocsin.desk import Desk, open_desk
    from tocsin.desk.reading_session import read_text

    __version__: str

_LAZY = {"open_desk": "tocsin.desk", "Desk": "tocsin.desk", "read_text": "tocsin.desk.reading_session"}

__all__ = [
    "Alert",
    "Article",
    "Claim",
    "Desk",
    "Incident",
    "Tension",
    "TocsinError",
    "__version__",
    "open_desk",
    "read_text",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("tocsin")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'tocsin' has no attribute {name!r}")
