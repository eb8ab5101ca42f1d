"""Words of an answer that must be one of a closed list."""

from __future__ import annotations

from typing import Any, get_args


def choose(given: object, literal: Any) -> Any:
    """The member of a Literal that is meant, letter case and white space around it apart; None for anything else."""
    if not isinstance(given, str):
        return None
    return next((name for name in get_args(literal) if name.casefold() == given.strip().casefold()), None)
