"""The operator's street map: what it is, and the file itself, a part at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import Field

from tocsin.desk.streets import StreetsError, read_streets
from tocsin.errors import UnknownIdError
from tocsin.web.api.routers import make_router
from tocsin.web.api.shapes import answer
from tocsin.web.reaching import DeskHere

router = make_router("reference")


@dataclass(frozen=True, slots=True)
class StreetsAnswer:
    """The street map of the setting `tiles`.

    state    none where no file is set; broken where it cannot be used, and `problem` says why
    address  of the PMTiles file on this desk; changes whenever the file does
    """

    state: str
    problem: str | None = None
    address: str | None = None
    kind: str | None = None
    least: int | None = None
    most: int | None = None
    bounds: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    attribution: str | None = None
    layers: tuple[str, ...] = ()


@router.get("/streets", response_model=StreetsAnswer)
def get_streets(desk: DeskHere) -> JSONResponse:
    """What street map the map draws under the incidents. Answers 200 also where the file is broken: read `state`."""
    if desk.settings.tiles is None:
        return answer(StreetsAnswer("none"))
    try:
        held: dict[str, Any] = asdict(read_streets(desk.settings.tiles))
    except StreetsError as why:
        return answer(StreetsAnswer("broken", str(why)))
    version = held.pop("version")
    return answer(StreetsAnswer("ok", address=f"/api/streets.pmtiles?version={version}", **held))


@router.get("/streets.pmtiles", include_in_schema=False)
def get_street_tiles(desk: DeskHere) -> Response:
    """The file; a browser asks for the few kilobytes it needs with HTTP Range."""
    path = desk.settings.tiles
    if path is None:
        raise UnknownIdError("street map", "tiles", "no file is set; see the setting TOCSIN_TILES")
    read_streets(path)
    return FileResponse(path, media_type="application/octet-stream", headers={"cache-control": "private, no-cache"})
