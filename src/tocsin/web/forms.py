"""Forms of pages: their token is checked before anything else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from tocsin.errors import RecordError
from tocsin.web.guards import HOLDS_NUL, NUL, TOKEN_COOKIE, RequestError, same_token
from tocsin.web.reaching import DeskHere

#: An incident of many claims is split by ticking some of them.
MOST_FILES, MOST_FIELDS = 200, 2_000
LONGEST_NOTE = 1000
#: What a report is pasted into.
REPORT_FIELD = "text"


async def read_form(request: Request, desk: DeskHere) -> AsyncIterator[FormData]:
    """The fields of a form that one of our own pages sent; raises RequestError for any other."""
    async with request.form(
        max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=desk.settings.upload_max_bytes
    ) as form:
        if not same_token(request.cookies.get(TOKEN_COOKIE), form.get("token")):
            raise RequestError("form", request.url.path, "its token is missing or old; reload the page it is on")
        for name, value in form.multi_items():
            is_report = name == REPORT_FIELD and request.url.path == "/take"  # cleaned as it is taken in
            if NUL in name or (isinstance(value, str) and NUL in value and not is_report):
                raise RecordError("form", name.replace(NUL, "%00")[:40], HOLDS_NUL)
        yield form


#: The fields of a form, its token checked; for a route that needs the check alone, `FORM_IS_OURS`.
CheckedForm = Annotated[FormData, Depends(read_form)]
FORM_IS_OURS = (Depends(read_form),)


def field_text(form: FormData, name: str) -> str | None:
    """A text field without its surrounding white space; None where it is missing or empty."""
    value = form.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def parse_note(given: str | None) -> str | None:
    """A note of at most a thousand characters; raises RecordError for a longer one."""
    if given and len(given) > LONGEST_NOTE:
        raise RecordError("note", given[:40] + "…", f"must be {LONGEST_NOTE} characters or fewer")
    return given


def read_why(form: FormData) -> str:
    """The reason that a form gives; raises RecordError for a long one, and the desk for none."""
    return parse_note(field_text(form, "why")) or ""
