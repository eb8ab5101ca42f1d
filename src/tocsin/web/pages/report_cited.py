"""All that one sentence of a kept report stands on: its own page links the first few."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.errors import UnknownIdError
from tocsin.reporting.kept import find_sentence, open_report
from tocsin.web.naming import list_footnotes
from tocsin.web.pages.reports import list_links
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()


@router.get("/reports/{report_id}/cited")
def show_cited(request: Request, desk: DeskHere, report_id: str, sentence: str = "") -> Response:
    """Every record that a sentence cites, incidents by their titles; one that is gone since is left out."""
    opened = open_report(desk, report_id)
    said = find_sentence(opened.report, sentence)
    if said is None:
        raise UnknownIdError("sentence", sentence[:120], "is not in this report any more: open it anew")
    found = desk.store.incidents_by_id(said.incident_ids)
    # several that were made one stand here once
    told = {found[id_].id: found[id_] for id_ in said.incident_ids if id_ in found}.values()
    return render(
        request,
        "report_cited.html",
        opened=opened,
        kept=opened.kept,
        said=said,
        incidents=list(told),
        links=list_links(opened, [cite for cite in said.cites if cite not in said.incident_ids]),
        footnotes=list_footnotes(desk, (incident.place for incident in told)),
    )
