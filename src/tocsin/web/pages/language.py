"""Choosing the language of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.web.auth.ways import clean_way
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.guards import RequestError
from tocsin.web.language import LANGUAGE_COOKIE, LANGUAGES

router = APIRouter()
_A_YEAR = 365 * 24 * 3600


@router.post("/language")
async def choose(request: Request, form: CheckedForm) -> Response:
    """Keep the language that was chosen in the browser and go back to the page it was chosen on."""
    language = field_text(form, "language")
    if language not in LANGUAGES:
        raise RequestError("language", (language or "")[:40], f"must be one of {', '.join(LANGUAGES)}")
    response = RedirectResponse(clean_way(field_text(form, "next")), 303)
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_A_YEAR, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return response
