"""The map's answer to its script: incidents as short rows, and once each what many of them share.

Ten thousand incidents stand at some hundred places and look in some dozen ways. Written out for each incident, as
GeoJSON wants it, that was five times as many bytes to write, to send and to read.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tocsin
from tocsin.knowledge.wording import make_title
from tocsin.ports import Sketch, Tally
from tocsin.records import Place
from tocsin.web.asked import Asked
from tocsin.web.mapping import Group, find_cluster, find_kind, name_area, name_spot, sort_places
from tocsin.web.outlines import Outlines
from tocsin.web.phrases import family

#: Incidents whose row stays in memory, found by all that it is made of: none can be out of date.
_ROWS_KEPT = 40_000
#: Whole answers that stay in memory, about 1.4 MB for ten thousand incidents: one for each filter that people open.
_ANSWERS_KEPT = 6
_SHARED = ("type", "mode", "modality", "certainty", "state", "is_exercise")


def area_to_plain(area: Group, asked: Asked) -> dict[str, object]:
    """An area as the map's script reads it."""
    place = area.place
    return {
        "id": name_area(place) if place else "",
        "name": place.shown_name if place else "",
        "precision": place.precision if place else None,
        "country": place.country if place else None,
        "count": area.size,
        "conflict": area.conflict,
        "cooperation": area.cooperation,
        "is_exercise": area.has_exercise,
        "is_shaded": area.is_shaded,
        "url": asked.link("/incidents", place_id=place.gazetteer_id) if place and place.gazetteer_id else None,
    }


def draw_sketches(sketches: Sequence[Sketch], outlines: Outlines, asked: Asked, **more: object) -> str:
    """Incidents as the map reads them, as JSON; `more` are further members of the answer.

    A row is id, number of its place, number of its look, date, first report, origins, title. A point stands only where
    the text gave one; else the place is an area, or unknown, in words.
    """
    by_key = {sketch.place_key: sketch.place for sketch in sketches}
    numbers = {key: number for number, key in enumerate(by_key)}
    shown = {key: place.shown_name if place else None for key, place in by_key.items()}
    looks: dict[str, int] = {}
    rows, tallied = [], Counter[tuple[str | None, str, bool]]()
    for sketch in sketches:
        key = sketch.place_key
        row = _tell_incident(sketch.text, shown[key])
        tallied[key, row.type, row.is_exercise] += 1
        rows.append(f"[{row.id},{numbers[key]},{looks.setdefault(row.look, len(looks))},{row.rest}]")
    tallies = [Tally(by_key[key], type_, drill, n) for (key, type_, drill), n in tallied.items()]  # type: ignore[arg-type]
    areas = [area_to_plain(area, asked) for area in sort_places(tallies, outlines).areas]
    places = [_tell_place(place, outlines) for place in by_key.values()]
    rest = _to_text({"places": places, "areas": areas, **more})
    return f'{{"incidents":[{",".join(rows)}],"looks":[{",".join(looks)}],{rest[1:]}'


def tag_drawing(number: int, asked: Asked, outlines: Outlines, policy: str) -> str | None:
    """The entity tag of a drawing: another one wherever anything of it may differ. None where none can be given.

    number  that of the store's last derivation: nothing else changes incidents, in whatever process. The grade of an
            outlet is no part of any, so that what is narrowed by grade has no tag.
    """
    if asked.wanted.reliability is not None:
        return None
    shapes = [sorted(outlines.countries), sorted(outlines.areas), sorted(outlines.invented)]
    told = repr((tocsin.__version__, number, asked, shapes, policy))
    return f'"{hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


class Answers:
    """The answers given last, found by their entity tag, which tells all that one is made of: none can be out of date.

    Whoever opens the map after the first waits for neither store nor writing. One for each desk: tags of two may agree.
    """

    def __init__(self, most: int = _ANSWERS_KEPT) -> None:
        self._kept: dict[str, bytes] = {}
        self._most = most
        self._lock = threading.Lock()

    def find(self, tag: str | None) -> bytes | None:
        """The answer with this tag, if it is still here."""
        with self._lock:
            found = self._kept.pop(tag, None) if tag else None
            if tag and found is not None:
                self._kept[tag] = found  # asked for last, thrown away last
            return found

    def keep(self, tag: str | None, answer: bytes) -> None:
        """Remember an answer, if it has a tag; the one that was not asked for the longest goes."""
        if tag is None:
            return
        with self._lock:
            self._kept[tag] = answer
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]


def tally_sketches(sketches: Iterable[Sketch]) -> list[Tally]:
    """Each sketched incident as a tally of one."""
    told = ((s, _tell_incident(s.text, s.place.shown_name if s.place else None)) for s in sketches)
    return [Tally(s.place, row.type, row.is_exercise, 1) for s, row in told]  # type: ignore[arg-type]  # as kept


@dataclass(frozen=True, slots=True)
class _Row:
    """What the drawing says of an incident, as JSON: its id, what it shares with others, and the end of its row."""

    id: str
    type: str
    is_exercise: bool
    look: str
    rest: str


@lru_cache(maxsize=_ROWS_KEPT)
def _tell_incident(text: str, place_name: str | None) -> _Row:
    told: dict[str, Any] = json.loads(text)
    actors, recipients = ([words for words, _country, _sector in told[side]] for side in ("actor", "recipient"))
    title = make_title(told["type"], told["mode"], told["modality"], actors, recipients, place_name)
    look = {name: told[name] for name in _SHARED} | {"family": family(told["type"])}
    rest = _to_text([told["date"], told["reported_at"], told["origins"], str(title)])
    return _Row(_to_text(told["id"]), told["type"], told["is_exercise"], _to_text(look), rest[1:-1])


def _tell_place(place: Place | None, outlines: Outlines) -> dict[str, object]:
    """A place as the map's script reads it."""
    kind = find_kind(place)
    spot = place if kind == "point" else None
    area = place if kind == "area" else None
    return {
        "where": kind,
        "point": [spot.lon, spot.lat] if spot else None,
        "place": place.shown_name if place else None,
        "area_id": name_area(area) if area else None,
        "area_name": area.shown_name if area else None,
        "unplaced": name_area(place) if place and kind == "unknown" else None,
        "precision": place.precision if place else None,
        "country": place.country if place else None,
        "spot": name_spot(spot, outlines) if spot else None,
        "cluster": find_cluster(spot, outlines) if spot else None,
    }


def _to_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
