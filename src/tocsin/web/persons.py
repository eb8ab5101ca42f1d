"""Who sits at the desk: whose marks, filters and decisions these are."""

from __future__ import annotations

from fastapi import Request

#: Stands for everybody where the desk has no accounts: whoever reaches the port on loopback.
DESK_PERSON = "desk"


def find_person(request: Request) -> str:
    """The account's name; on a desk without accounts one name for all who reach it."""
    return getattr(request.state, "person", None) or DESK_PERSON
