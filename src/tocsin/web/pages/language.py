"""Choosing the language of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.web.auth.seats import is_secure
from tocsin.web.auth.ways import clean_way
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.guards import RequestError
from tocsin.web.language import LANGUAGE_COOKIE, LANGUAGES
from tocsin.web.reaching import DeskHere

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


@router.post("/language")
async def choose(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Keep the language that was chosen in the browser and go back to the page it was chosen on."""
    language = field_text(form, "language")
    if language not in LANGUAGES:
        raise RequestError("language", (language or "")[:40], f"must be one of {', '.join(LANGUAGES)}")
    # also to the ways in: who is invited reads the page that the link opened in another language
    response = RedirectResponse(clean_way(field_text(form, "next"), circles=()), 303)
    secure = is_secure(request, desk.settings)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="lax", secure=secure)
    return response
