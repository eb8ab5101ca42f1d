"""The forms in which people correct claims: what they show, what they send back, and values in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from tocsin.desk import Desk
from tocsin.errors import KnowledgeError, RecordError
from tocsin.incidents.correcting import MOST_PARTIES
from tocsin.records import Claim, Incident, PartialDate, Place, Toll, from_plain, to_plain
from tocsin.records.correction import CORRECTABLE_FIELDS, CorrectableField
from tocsin.web.forms import field_text
from tocsin.web.language import N_, _
from tocsin.web.phrases import cut_short, name_unnamed, show_bounds
from tocsin.web.rendering import NOTICES
from tocsin.web.terms import say_term
from tocsin.web.wordlists import CREDIBILITIES

#: The fields that are an incident's as well as its claims'.
SHARED_FIELDS: tuple[CorrectableField, ...] = (
    "type", "mode", "modality", "certainty", "background", "date", "place"
)  # fmt: skip
MOST_PLACES, LONGEST_SEARCH = 12, 100
#: What a page says after somebody's word on a claim was kept, by the key in the address bar.
REVIEW_NOTICES = {
    "claim-accepted": N_("The claim is accepted as it stands."),
    "claim-rejected": N_("The claim counts for nothing any more. It stays, struck through; you can reopen it."),
    "claim-reopened": N_("The claim is open again, for others to judge."),
    "claim-corrected": N_("The correction is kept. The machine's value stays beside it."),
    "claim-graded": N_("The grade is kept. The rule's stays beside it."),
    "noted": N_("The note is kept, with your name and the time."),
    "claim-added": N_("The claim is added, with its passage in the text."),
}
_PARTY = ("text", "country", "sector")
_TOLL = ("kind", "low", "high", "whom")
_LINK = ("kind", "speaker", "cue")
_KEEP, _NOWHERE = "keep", "none"


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a search found."""

    id: str
    name: str
    about: str


def find_notice(request: Request) -> str | None:
    """What the page says after a form was taken: outside text is never repeated."""
    key = request.query_params.get("notice", "")
    return _(REVIEW_NOTICES.get(key) or NOTICES.get(key, "")) or None


def show_fields(record: Claim | Incident) -> dict[str, Any]:
    """The fields of a claim (or those an incident shares with its claims) as a form shows and sends them back."""
    if isinstance(record, Incident):
        return {field: _show(record, field) for field in SHARED_FIELDS}
    return {field: _show(record, field) for field in CORRECTABLE_FIELDS}


def _show(record: Claim | Incident, field: str) -> Any:
    plain = to_plain(getattr(record, field))
    names = {"actor": _PARTY, "recipient": _PARTY, "tolls": _TOLL, "attribution": _LINK}.get(field)
    if names is not None:
        return [{name: _join(row[name]) for name in names} for row in plain]
    return _KEEP if field == "place" else plain


def _join(cell: Any) -> Any:
    """A cell as a form gives it back: no browser keeps line breaks in it."""
    return (" ".join(cell.split()) or None) if isinstance(cell, str) else cell


def read_changes(form: FormData) -> dict[str, Any]:
    """The fields that a form sends back other than it showed them (`was-…`), in the codec's JSON form.

    Raises RecordError for a number or mark that is none.
    """
    sent = read_fields(form)
    changes = {field: value for field, value in sent.items() if write_shown(value) != form.get(f"was-{field}")}
    if changes.get("place", _KEEP) == _KEEP:
        changes.pop("place", None)
    elif changes["place"] is not None:
        changes["place"] = {"gazetteer_id": changes["place"]}
    return changes


def read_fields(form: FormData) -> dict[str, Any]:
    """Everything that a form sends, as `show_fields` gives it; a row whose first cell is empty is left out."""
    sent: dict[str, Any] = {}
    for name in ("type", "modality", "certainty"):
        if (value := field_text(form, name)) is not None:
            sent[name] = value
    if "mode" in form:
        sent["mode"] = field_text(form, "mode")
    if "background" in form:
        sent["background"] = form.get("background") == "yes"
    for side in ("actor", "recipient"):
        if f"{side}-text" in form:
            sent[side] = _read_rows(form, side, _PARTY)
    if "date-start" in form:
        sent["date"] = _read_date(form)
    if "place" in form:
        place = field_text(form, "place")
        sent["place"] = None if place == _NOWHERE else place or _KEEP
    if "tolls-kind" in form:
        rows = _read_rows(form, "tolls", _TOLL)
        sent["tolls"] = [row | {n: _read_number(row[n]) for n in ("low", "high")} for row in rows]
    if "attribution-kind" in form:
        sent["attribution"] = _read_rows(form, "attribution", _LINK)
    return sent


def read_seen(form: FormData) -> dict[str, str | None]:
    """The corrections of fields that the form's author had before him."""
    return {field: field_text(form, f"seen-{field}") for field in CORRECTABLE_FIELDS}


def write_shown(value: Any) -> str:
    """A field as the form remembers that it showed it."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def search_places(desk: Desk, words: str | None, *, is_exercise: bool) -> list[Found]:
    """Places of the gazetteer by name, for a choice; none where nothing is asked."""
    if not words:
        return []
    gazetteer = desk.knowledge(is_exercise).gazetteer
    try:
        rows = gazetteer.search(words[:LONGEST_SEARCH], limit=MOST_PLACES)
    except KnowledgeError:
        return []
    found = []
    for row in rows:
        around = [above.name for id_ in gazetteer.within(row.id)[:2] if (above := gazetteer.row(id_)) is not None]
        found.append(Found(row.id, row.name, ", ".join(dict.fromkeys([row.feature, *around]))))
    return found


def list_tellers() -> dict[str, Any]:
    """The functions that templates tell corrected values with."""
    return {"tell_field": tell_field, "tell_value": tell_value}


def tell_value(field: str | None, written: str | None) -> str:
    """A corrected value in words, from the JSON text that a correction keeps."""
    if field is None or written is None:
        return ""
    return tell_plain(field, json.loads(written))


def tell_field(record: Claim | Incident, field: str) -> str:
    """A field of a claim in words."""
    return tell_plain(field, to_plain(getattr(record, field)))


def tell_plain(field: str, plain: Any) -> str:
    """A value of a field in words, cut where it is long."""
    match field, plain:
        case "credibility", None:
            return _("as the rule says")
        case _, None:
            return _("none")
        case "credibility", _:
            figure = plain["credibility"] if isinstance(plain, dict) else plain
            return f"{figure}: {_(CREDIBILITIES[figure])}"
        case "background", bool():
            return say_term("background" if plain else "news")
        case "date", dict():
            when = from_plain(PartialDate, plain)
            told = str(when) if when.precision == "day" else f"{when} ({say_term(when.precision)})"
        case "place", dict():
            place = from_plain(Place, plain)
            told = f"{place.shown_name} ({say_term(place.precision)}{f', {place.country}' if place.country else ''})"
        case (("actor" | "recipient"), list()):
            told = ", ".join(_tell_party(party) for party in plain) or _("nobody named")
        case "tolls", list():
            told = ", ".join(_tell_toll(from_plain(Toll, toll)) for toll in plain) or _("none")
        case "attribution", list():
            told = _(", then ").join(link["speaker"] or name_unnamed(link["kind"]) for link in plain)
            told = told or _("its own voice")
        case (("modality" | "certainty"), str()):
            told = say_term(plain)
        case _:
            told = str(plain)
    return cut_short(told, 300)


def _tell_party(party: Mapping[str, Any]) -> str:
    codes = " ".join(code for code in (party.get("country"), party.get("sector")) if code)
    return f"{party['text']} ({codes})" if codes else str(party["text"])


def _tell_toll(toll: Toll) -> str:
    return f"{say_term(toll.kind)} {show_bounds(toll.low, toll.high)}{f' {toll.whom}' if toll.whom else ''}"


def _read_rows(form: FormData, name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of cells that repeat their names; the cells of a row stand at the same place of each list."""
    cells = {column: [str(cell).strip() or None for cell in form.getlist(f"{name}-{column}")] for column in columns}
    count = len(cells[columns[0]])
    if count > 2 * MOST_PARTIES or any(len(cells[column]) != count for column in columns):
        raise RecordError("form", name, "has rows that do not fit together; reload the page it is on")
    rows = [{column: cells[column][at] for column in columns} for at in range(count)]
    return [row for row in rows if row[columns[0]] is not None]


def _read_date(form: FormData) -> dict[str, Any] | None:
    start = field_text(form, "date-start")
    if start is None:
        return None
    end, precision = field_text(form, "date-end") or start, field_text(form, "date-precision") or "day"
    return {"start": start, "end": end, "precision": precision}


def _read_number(given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 12):
        raise RecordError("claim tolls", given[:40], "must be a whole number from 0 up, in digits")
    return int(given)
