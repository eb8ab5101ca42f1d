"""The box that takes a report, an address, files or a feed list, and what it shows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from tocsin.desk import Desk
from tocsin.desk.taken import Taken
from tocsin.desk.views import show_article
from tocsin.errors import IntakeError
from tocsin.intake import Options, read_time
from tocsin.intake.faults import make_fault
from tocsin.records.marking import AskedMark, read_mark
from tocsin.web.failures import wants_part
from tocsin.web.forms import REPORT_FIELD, CheckedForm, field_text
from tocsin.web.guards import NUL
from tocsin.web.persons import WhoHere
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
#: More articles than this are counted and linked, not shown with all their claims.
MOST_SHOWN = 3


@router.get("/take")
def show_box(request: Request) -> Response:
    """The box on a page of its own."""
    return render(request, "take.html")


@router.post("/take")
def take(request: Request, desk: DeskHere, form: CheckedForm, who: WhoHere) -> Response:
    """Take in what the form holds and show what was read out of it.

    A single article leads to its page (or, for htmx, comes back as a part with its claims); more, or faults, give a
    summary. Nothing that could be taken answers 422 with the reason.
    """
    taken = take_form(desk, form, who)
    is_part = wants_part(request)
    if not is_part and len(taken.articles) == 1 and not taken.faults:
        return RedirectResponse(f"/articles/{taken.articles[0].id}", 303)
    return render(
        request,
        "taken_part.html" if is_part else "taken.html",
        status=422 if taken.is_refused else 200,
        taken=taken,
        views=[show_article(desk.store, a.id) for a in taken.articles[:MOST_SHOWN]],
    )


def take_form(desk: Desk, form: FormData, who: str) -> Taken:
    """Everything that the form holds: text, address and files; what is refused becomes a fault, the rest goes on."""
    options, tlp = read_options(form), read_mark(field_text(form, "tlp"))
    mark = AskedMark(tlp, who) if tlp else None
    taken, calls = Taken(), 0
    for which, call in _list_calls(desk, form, options, mark):
        calls += 1
        taken += take_or_fault(desk, which, call)
    if not calls:
        raise IntakeError("report", "", "nothing was handed in: paste a text, give an address or choose a file")
    return taken


def read_options(form: FormData) -> Options:
    """What the person says about it; raises IntakeError for a time that is none.

    `published_at` is a day or a moment, `published_time` the hour of a day: most reports are known by their day alone.
    """
    published, hour = field_text(form, "published_at"), field_text(form, "published_time")
    if hour:
        if not published or "T" in published:
            raise IntakeError("published_time", hour[:40], "needs the day beside it")
        published = f"{published}T{hour}"
    return Options(
        title=field_text(form, "title"),
        outlet=field_text(form, "outlet"),
        published_at=read_time(published) if published else None,
    )


def take_or_fault(desk: Desk, which: str, call: Callable[[], Taken]) -> Taken:
    """What `call` took in, or the fault that stopped it."""
    try:
        return call()
    except IntakeError as why:
        fault = make_fault(which, why.why, desk.clock.now())
        desk.store.add_faults([fault])
        return Taken(faults=(fault,))


def _list_calls(
    desk: Desk, form: FormData, options: Options, mark: AskedMark | None
) -> Iterator[tuple[str, Callable[[], Taken]]]:
    drill = field_text(form, "is_exercise") is not None
    if text := field_text(form, REPORT_FIELD):
        yield "pasted text", lambda: desk.take_text(text, options, is_exercise=drill, mark=mark)
    if address := field_text(form, "address"):
        yield address, lambda: desk.take_address(address, options, is_exercise=drill, mark=mark)
    for file in form.getlist("file"):
        if isinstance(file, UploadFile) and file.filename:
            name = name_upload(file)
            body = file.file.read()
            kind = file.content_type
            yield name, lambda n=name, b=body, k=kind: desk.take_file(n, b, k, options, is_exercise=drill, mark=mark)  # type: ignore[misc]


def name_upload(file: UploadFile) -> str:
    """The file's own name, without any path that a browser sent along."""
    return (file.filename or "file").replace(NUL, "").replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"
