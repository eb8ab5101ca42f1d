"""How a handler reaches the desk."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from tocsin.desk import Desk


def find_desk(request: Request) -> Desk:
    """The desk that the application was made for."""
    return cast(Desk, request.app.state.desk)


#: The desk, as a parameter of a handler.
DeskHere = Annotated[Desk, Depends(find_desk)]
