"""The keys of the desk: each can be changed, all can be turned off."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tocsin.errors import RecordError
from tocsin.web.forms import CheckedForm, field_text
from tocsin.web.keymap import ACTIONS, KeyMap, load_keys, make_keys, save_keys
from tocsin.web.persons import find_person
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()


@router.get("/keys")
def show_keys(request: Request, desk: DeskHere) -> Response:
    """The keys as they are for the person who looks."""
    return _render(request, load_keys(desk.store, find_person(request)))


@router.post("/keys")
def change_keys(request: Request, desk: DeskHere, form: CheckedForm) -> Response:
    """Keep other keys; a key that would do two things is refused and the form comes back as it was sent."""
    if field_text(form, "reset"):
        save_keys(desk.store, find_person(request), KeyMap())
        return RedirectResponse("/keys?notice=keys-reset", 303)
    given = {default: field_text(form, f"key-{n}") or "" for n, default in enumerate(ACTIONS)}
    is_off = field_text(form, "off") is not None
    try:
        keys = make_keys(given, is_off=is_off)
    except RecordError as why:
        sent = KeyMap({default: key for default, key in given.items() if key}, is_off)
        return _render(request, sent, problem=str(why), status=422)
    save_keys(desk.store, find_person(request), keys)
    return RedirectResponse("/keys?notice=keys-changed", 303)


def _render(request: Request, keys: KeyMap, *, problem: str | None = None, status: int = 200) -> Response:
    return render(request, "keys.html", status=status, actions=ACTIONS, chosen=keys, problem=problem)
