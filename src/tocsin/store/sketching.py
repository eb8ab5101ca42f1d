"""What is kept beside an incident for maps and searches: pure functions over its JSON form.

Migration 0010 filled older databases by the same functions: who changes what they give writes a new migration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tocsin.records import PartialDate, from_plain

#: The Admiralty figure of what cannot be judged.
CANNOT_BE_JUDGED = 6
_PLACE_FIELDS = ("name", "precision", "country", "lat", "lon", "gazetteer_id", "label", "within", "footnote")
_KEPT = ("id", "type", "mode", "modality", "certainty", "state", "origins", "is_faint", "is_exercise", "reported_at")

Plain = Mapping[str, Any]
"""A record as `to_plain` gives it."""


def find_credibility(incident: Plain) -> int:
    """The figure of the most credible claim, 1 to 6."""
    figures: list[int] = [grade["credibility"] for grade in incident["grades"]]
    return min([CANNOT_BE_JUDGED, *figures])


def key_place(place: Plain | None) -> str | None:
    """What incidents share that are told of the same place in the same words; None where no claim says where.

    Reasons do not count, but for the one by which a place is one of several namesakes: it then is no place of a map.
    """
    if place is None:
        return None
    said = [*(place[name] for name in _PLACE_FIELDS), [reason["rule"] for reason in _doubts(place)]]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def strip_place(place: Plain) -> dict[str, Any]:
    """The place with the reasons that count for its key alone: the same for all incidents of one key."""
    return {**place, "reasons": _doubts(place)[:1]}


def _doubts(place: Plain) -> list[Any]:
    return [r for r in place["reasons"] if r["rule"] == "too-close"] if place["gazetteer_id"] is None else []


def sketch_incident(incident: Plain) -> str:
    """What a map and a table of dealings tell of an incident besides its place, as one line of JSON.

    `date` is in words ("2026-03"), `day` its first day; a party is a list of its words, country and sector.
    """
    dated = incident["date"]
    told: dict[str, Any] = {name: incident[name] for name in _KEPT}
    told |= (
        {"date": str(from_plain(PartialDate, dated)), "day": dated["start"]} if dated else {"date": None, "day": None}
    )
    for side in ("actor", "recipient"):
        told[side] = [[party["text"], party["country"], party["sector"]] for party in incident[side]]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
