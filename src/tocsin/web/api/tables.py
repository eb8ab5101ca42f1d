"""Exports: what a screen shows, all pages of it, as CSV or GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from tocsin.desk import Desk
from tocsin.exporting import FORMS, export_records
from tocsin.web.asking import AskedHere
from tocsin.web.outlines import find_own_shapes, join_shapes
from tocsin.web.reaching import DeskHere

router = APIRouter(tags=["exports"])
LINES_A_PIECE = 500
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}


def _add_export(what: str, form: str) -> None:
    def export(desk: DeskHere, asked: AskedHere) -> Response:
        return send_export(desk, asked, what, form)

    router.add_api_route(
        f"/{what}.{form}",
        export,
        methods=["GET"],
        name=f"export_{what}_{form}",
        operation_id=f"export_{what}_{form}",
        summary=f"{what.capitalize()} as {'GeoJSON' if form == 'geojson' else form.upper()}",
        description="Everything that meets the filter; without `limit`, all of it.",
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPES[form]: {}}}},
    )


def send_export(desk: Desk, asked: AskedHere, what: str, form: str) -> Response:
    """An export as a file to keep; what goes wrong at its beginning is still an answer with a status."""
    wanted = asked.wanted if asked.has_limit else asked.unbounded().wanted
    lines = export_records(desk, what, form, wanted)
    return StreamingResponse(
        _begin(lines),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="tocsin-{what}.{form}"', "cache-control": "no-store"},
    )


def _begin(lines: Iterator[str]) -> Iterator[str]:
    """The lines in pieces of some size, the first one made at once: each piece costs a change of threads."""
    pieces = iter(lambda: "".join(islice(lines, LINES_A_PIECE)), "")
    return chain([next(pieces, "")], pieces)


for _what, _forms in FORMS.items():
    for _form in _forms:
        _add_export(_what, _form)


@router.get("/shapes.geojson", include_in_schema=False)
def get_shapes(desk: DeskHere, *, exercise: bool = True) -> Response:
    """The boundaries that are not the world's: the exercise's while it is loaded, and those of own layers."""
    has_exercise = exercise and desk.store.counts().exercise_articles > 0
    held = join_shapes(find_own_shapes(desk.settings), has_exercise=has_exercise)
    return Response(json.dumps(held, ensure_ascii=False), media_type=MEDIA_TYPES["geojson"])
