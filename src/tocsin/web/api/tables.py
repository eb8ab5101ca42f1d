"""Exports: what a screen shows, all pages of it, as a file in each of the forms of `export/forms.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response, StreamingResponse
from pydantic import WithJsonSchema

from tocsin.desk import Desk
from tocsin.desk.exporting import FORMS, export_bytes, find_form
from tocsin.errors import RecordError
from tocsin.web.api.routers import make_router
from tocsin.web.asked import Asked
from tocsin.web.asking import AskedHere
from tocsin.web.outlines import find_own_shapes, join_shapes
from tocsin.web.reaching import DeskHere

router = make_router("exports")
PIECE_BYTES = 65_536
GEOJSON = "application/geo+json"
_YES, _NO = ("1", "true"), ("", "0", "false")
_SWITCH = WithJsonSchema({"type": "string", "enum": ["1", "0"]})
_PRECISE = Query(description="1 keeps persons' names and exact points in what is TLP:CLEAR or GREEN: a person decides")
_MARK = Query(max_length=20, description="TLP 2.0 marking; no laxer than the desk's, nor than anything in the export")
_HEADER = Query(description="1 puts column names over GDELT's table, which comes without")


def _add_export(what: str, name: str) -> None:
    form = find_form(what, name)

    def export(
        desk: DeskHere,
        asked: AskedHere,
        *,
        precise: Annotated[str, _SWITCH, _PRECISE] = "",
        header: Annotated[str, _SWITCH, _HEADER] = "",
        tlp: Annotated[str, _MARK] = "",
    ) -> Response:
        switches = {"precise": _parse_switch("precise", precise), "header": _parse_switch("header", header)}
        return send_export(desk, asked, what, name, **switches, tlp=tlp)

    router.add_api_route(
        f"/{what}.{name}",
        export,
        methods=["GET"],
        name=f"export_{what}_{name}".replace(".", "_"),
        operation_id=f"export_{what}_{name}".replace(".", "_"),
        summary=f"{what.capitalize()} as {form.title}",
        description="Everything that meets the filter; without `limit`, all of it.",
        response_class=StreamingResponse,
        responses={200: {"content": {form.media_type: {}}}},
    )


def _parse_switch(name: str, text: str) -> bool:
    if text not in _YES + _NO:
        raise RecordError(name, text[:40], "must be 1 or 0")
    return text in _YES


def send_export(
    desk: Desk, asked: Asked, what: str, name: str, *, precise: bool = False, header: bool = False, tlp: str = ""
) -> Response:
    """An export as a file to keep; what goes wrong at its beginning is still an answer with a status."""
    form = find_form(what, name)
    wanted = asked.wanted if asked.has_limit else asked.unbounded().wanted
    pieces = export_bytes(desk, what, name, wanted, precise=precise, header=header, tlp=tlp)
    return StreamingResponse(
        _begin(pieces),
        media_type=form.media_type,
        headers={
            "content-disposition": f'attachment; filename="tocsin-{what}.{form.suffix}"',
            "cache-control": "no-store",
        },
    )


def _begin(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes in pieces of some size, the first one made at once: each piece costs a change of threads."""
    gathered = _gather(pieces)
    first = next(gathered, b"")

    def resume() -> Iterator[bytes]:
        yield first
        yield from gathered

    return resume()


def _gather(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


for _what, _names in FORMS.items():
    for _name in _names:
        _add_export(_what, _name)


@router.get("/shapes.geojson", include_in_schema=False)
def get_shapes(desk: DeskHere, *, exercise: bool = True) -> Response:
    """The boundaries that are not the world's: the exercise's while it is loaded, and those of own layers."""
    has_exercise = exercise and desk.store.counts().exercise_articles > 0
    held = join_shapes(find_own_shapes(desk.settings), has_exercise=has_exercise)
    return Response(json.dumps(held, ensure_ascii=False), media_type=GEOJSON)
