"""The situation report: choose area and period, read the draft with its citations, edit it, take it away as a file.

Nothing is kept on the desk. The form carries what a person has changed; the draft itself is made anew from the records
each time, so that no citation ever comes from the browser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.records import Filter
from tocsin.report import (
    SECTION_TITLES,
    TLP_ORDER,
    Addition,
    Edit,
    ReportRequest,
    Sentence,
    fingerprint_words,
    parse_tlp,
)
from tocsin.report.editing import MOST_CITES, MOST_EDITS
from tocsin.report.picture import MOST_PAGES
from tocsin.report.references import last_day, number_incidents
from tocsin.report.sentences import HEARD, SectionKey
from tocsin.reporting import (
    MEDIA_TYPES,
    Sitrep,
    find_area,
    list_areas,
    make_period,
    make_sitrep,
    name_file,
    write_sitrep,
)
from tocsin.web.asking import find_newest_day
from tocsin.web.forms import CheckedForm
from tocsin.web.naming import name_place
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
DEFAULT_DAYS, MOST_LINKS = 7, 6
#: Names of the form's fields: a sentence's words, and whether it is left out.
TEXT, DROP = "text:", "drop:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form at the head of the page asks for, as texts for showing it again; `only` exercise, real or empty."""

    area: str
    first: str
    last: str
    tlp: str
    title: str = ""
    author: str = ""
    pages: str = "3"
    only: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class CiteLink:
    """What a sentence stands on, as a link; address None where the desk has no page for it."""

    words: str
    address: str | None


@router.get("/reports")
def show(request: Request, desk: DeskHere) -> Response:
    """The form, and the draft where it was asked for."""
    asked = read_asked(desk, request.query_params)
    made = make_asked(desk, asked) if request.query_params.get("from") else None
    return show_page(request, desk, asked, made)


@router.post("/reports")
def change(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """The draft with a person's edits: shown and checked, or as a file where `do` names a format.

    A sentence that the check refuses is named beside it (422) and no file is given.
    """
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    asked = read_asked(desk, fields)
    edits, additions = list(read_edits(form)), read_additions(form)
    made = make_asked(desk, asked, edits, additions)
    form_wanted = fields.get("do", "check")
    if form_wanted in MEDIA_TYPES and not made.problems:
        return send_file(made, form_wanted)
    return show_page(request, desk, asked, made, additions, status=422 if form_wanted in MEDIA_TYPES else 200)


def send_file(made: Sitrep, form: str) -> Response:
    """The report to keep."""
    return Response(
        write_sitrep(made, form),
        media_type=MEDIA_TYPES[form],
        headers={
            "content-disposition": f'attachment; filename="{name_file(made.report, form)}"',
            "cache-control": "no-store",
        },
    )


def show_page(
    request: Request,
    desk: Desk,
    asked: Asked,
    made: Sitrep | None,
    additions: tuple[Addition, ...] = (),
    *,
    status: int = 200,
) -> Response:
    """The form and, where there is one, the draft."""
    areas = [(id_, name_place(desk, id_, name), drill) for id_, name, drill in list_areas(desk.store)]
    return render(
        request,
        "report.html",
        status=status,
        asked=asked,
        areas=areas,
        tlps=TLP_ORDER,
        forms=tuple(MEDIA_TYPES),
        sections=SECTION_TITLES,
        made=made,
        additions=[json.dumps(write_addition(one), ensure_ascii=False) for one in additions],
        links=(lambda sentence: list_links(made, sentence)) if made else None,
        mark=fingerprint_words,
        text_field=TEXT,
        drop_field=DROP,
        is_refused=status == 422,
    )


# --- what was asked for


def read_asked(desk: Desk, given: Mapping[str, str]) -> Asked:
    """The fields as they came, with the desk's defaults where they are empty: the week up to the newest day."""
    newest = find_newest_day(desk.store, Filter(with_background=True)) or desk.clock.now().date()
    field = {
        name: " ".join(given.get(name, "").split())[:200] for name in Asked.__dataclass_fields__ | {"from": 0, "to": 0}
    }
    return Asked(
        area=field["area"],
        first=field["from"] or (newest - timedelta(days=DEFAULT_DAYS - 1)).isoformat(),
        last=field["to"] or newest.isoformat(),
        tlp=field["tlp"] or desk.settings.tlp,
        title=field["title"],
        author=field["author"],
        pages=field["pages"] or "3",
        only=field["only"],
        names=field["names"],
    )


def make_asked(
    desk: Desk, asked: Asked, edits: list[Edit] | None = None, additions: tuple[Addition, ...] = ()
) -> Sitrep:  # fmt: skip
    """The report that was asked for; raises RecordError on a field that cannot be."""
    place_id, place_name = find_area(desk, asked.area)
    if not (asked.pages.isascii() and asked.pages.isdigit() and len(asked.pages) < 4):
        raise RecordError("pages", asked.pages[:40], f"must be a whole number from 1 to {MOST_PAGES}")
    request = ReportRequest(
        *make_period(_parse_day("from", asked.first), _parse_day("to", asked.last)),
        place_id=place_id,
        place_name=place_name,
        tlp=parse_tlp(asked.tlp),
        policy=desk.settings.naming_policy,
        most_pages=int(asked.pages),
        title=asked.title or None,
        author=asked.author or None,
        has_names={"yes": True, "no": False}.get(asked.names),
    )
    drill = {"exercise": True, "real": False}.get(asked.only)
    return make_sitrep(desk, request, is_exercise=drill, edits=edits or (), additions=additions)


def _parse_day(name: str, given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as why:
        raise RecordError(name, given[:40], "must be a day as in 2026-03-08") from why


# --- what a person changed


def read_edits(form: FormData) -> Iterator[Edit]:
    """Sentences that were changed or left out; those still in the machine's words are no edits."""
    was = _read_object(form.get("drafted"))
    count = 0
    for name, value in form.items():
        sentence_id = name.removeprefix(TEXT)
        if sentence_id == name or not isinstance(value, str):
            continue
        mark = str(was.get(sentence_id, ""))
        is_dropped = f"{DROP}{sentence_id}" in form
        if is_dropped or (value.strip() and fingerprint_words(value) != mark):
            count += 1
            if count > MOST_EDITS:
                raise RecordError("edits", count, f"must be {MOST_EDITS} or fewer in one report")
            yield Edit(sentence_id, None if is_dropped else value, mark)


def read_additions(form: FormData) -> tuple[Addition, ...]:
    """Sentences added before and not taken out again, and a new one."""
    out = {value for value in form.getlist("remove") if isinstance(value, str)}
    held = [parse_addition(value) for value in form.getlist("added") if isinstance(value, str) and value not in out]
    text = form.get("new_text")
    if isinstance(text, str) and text.strip():
        cites = str(form.get("new_cites") or "").replace(",", " ").split()
        held.append(Addition(cast(SectionKey, str(form.get("new_section") or "")), text, tuple(map(_read_cite, cites))))
    if len(held) > MOST_EDITS:
        raise RecordError("added sentences", len(held), f"must be {MOST_EDITS} or fewer")
    return tuple(held)


def _read_cite(given: str) -> str:
    """An identifier, or an address of this desk that ends in one."""
    return given.split("?")[0].split("#")[-1].rstrip("/").rsplit("/", 1)[-1].removeprefix("c-").removeprefix("e-")


def write_addition(addition: Addition) -> dict[str, Any]:
    """An added sentence as the form carries it."""
    return {"section": addition.section, "text": addition.text, "cites": list(addition.cites)}


def parse_addition(given: str) -> Addition:
    """An added sentence that the form carried; raises RecordError where it is none."""
    told = _read_object(given)
    cites = told.get("cites")
    if not isinstance(cites, list) or len(cites) > MOST_CITES or not all(isinstance(c, str) for c in cites):
        raise RecordError("added sentence", given[:40], "must carry what it cites; add it again")
    return Addition(cast(SectionKey, str(told.get("section"))), str(told.get("text", "")), tuple(cites))


def _read_object(given: object) -> dict[str, Any]:
    try:
        told = json.loads(given) if isinstance(given, str) and given else {}
    except (ValueError, RecursionError) as why:
        raise RecordError("form", str(given)[:40], "carries no draft; make it anew") from why
    if not isinstance(told, dict):
        raise RecordError("form", str(given)[:40], "carries no draft; make it anew")
    return told


# --- what a sentence stands on


def list_links(made: Sitrep, sentence: Sentence) -> tuple[list[CiteLink], int]:
    """The first records that a sentence cites, as links, and how many more there are."""
    numbers = number_incidents(made.report)
    told_first = sorted(sentence.cites, key=lambda cite: numbers.get(cite, len(numbers) + 1))
    links = [_link(made, cite, numbers) for cite in told_first[:MOST_LINKS]]
    return links, len(sentence.cites) - len(links)


def _link(made: Sitrep, cite: str, numbers: Mapping[str, int]) -> CiteLink:
    report, picture = made.report, made.picture
    kind = cite[:4]
    if cite == HEARD:
        return CiteLink("articles", f"/articles?since={report.since.date()}&until={last_day(report)}")
    if kind == "clm_":
        claims = (c for t in picture.tellings.values() for v in t.versions for c in v.claims if c.id == cite)
        claim = next(claims, None)
        return CiteLink("claim", f"/articles/{quote(claim.article_id, safe='')}#e-{cite}" if claim else None)
    if cite.startswith("tension:"):
        return CiteLink("place", f"/places/{quote(cite.removeprefix('tension:').rsplit(':', 1)[0], safe='')}")
    pages = {"inc_": ("incident", "/incidents/"), "alt_": ("alert", "/alerts/"), "art_": ("article", "/articles/")}
    if kind in pages:
        words, path = pages[kind]
        words = f"{words} {numbers[cite]}" if cite in numbers else words
        return CiteLink(words, f"{path}{quote(cite, safe='')}")
    return CiteLink("outlet", "/outlets") if kind == "out_" else CiteLink(cite.split(":")[0], None)
