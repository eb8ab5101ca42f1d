"""How articles and outlets may be passed on: a mark of TLP 2.0 put on, changed or taken away."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.desk import Desk
from tocsin.desk.marking import mark_record
from tocsin.records.marking import Tlp, is_laxer, read_mark
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.persons import WhoHere, require
from tocsin.web.reaching import DeskHere

router = APIRouter()
#: What is refused to whoever may not withdraw an article.
LOOSENING = "to loosen a marking"


@router.post("/articles/{article_id}/marking")
def mark_article(request: Request, desk: DeskHere, article_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Mark an article; to make its mark laxer, or to take it away, takes an editor."""
    tlp = read_mark(field_text(form, "tlp"))
    desk.store.article(article_id)  # the identifier of an outlet is none of an article
    check_loosening(request, desk, article_id, tlp)
    mark_record(desk.store, desk.clock, article_id, tlp, who=who, why=field_text(form, "why"))
    return RedirectResponse(f"/articles/{quote(article_id, safe='')}?notice=marked#marking", 303)


def check_loosening(request: Request, desk: Desk, article_id: str, tlp: Tlp | None) -> None:
    """Raises RoleError where a mark would be made laxer, or taken away, by whoever may not withdraw the article."""
    held = desk.store.markings([article_id]).get(article_id)
    if held and held.tlp and (tlp is None or is_laxer(tlp, held.tlp)):
        require(request, "retract", LOOSENING)


@router.post("/outlets/{outlet_id}/marking")
def mark_outlet(desk: DeskHere, outlet_id: str, form: CheckedForm, who: WhoHere) -> Response:
    """Mark everything that an outlet publishes."""
    tlp = read_mark(field_text(form, "tlp"))
    desk.store.outlet(outlet_id)
    mark_record(desk.store, desk.clock, outlet_id, tlp, who=who, why=field_text(form, "why"))
    return RedirectResponse(f"/outlets/{quote(outlet_id, safe='')}?notice=marked#marking", 303)
