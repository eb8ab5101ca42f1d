"""How a handler reaches the desk.

What a handler is given is made by coroutines wherever nothing is waited for: FastAPI has a plain function called in
another thread, and each way there and back waits for the interpreter while a page is being made.
"""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from tocsin.desk import Desk
from tocsin.web.outlines import Outlines, find_own_shapes, load_outlines


def find_desk(request: Request) -> Desk:
    """The desk that the application was made for."""
    return cast(Desk, request.app.state.desk)


def find_outlines(request: Request) -> Outlines:
    """The shapes that the map has: the world's, a mission's own, and the exercise's while it is loaded."""
    desk = find_desk(request)
    has_exercise = desk.store.counts().exercise_articles > 0
    return load_outlines(request.app.state.assets, has_exercise=has_exercise, own=find_own_shapes(desk.settings))


async def _give_desk(request: Request) -> Desk:
    return find_desk(request)


#: The desk, as a parameter of a handler.
DeskHere = Annotated[Desk, Depends(_give_desk)]
