"""Options that many commands share, and how what they print leaves."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.errors import RecordError
from tocsin.settings import Settings, load_settings

if TYPE_CHECKING:
    from tocsin.desk import Desk
    from tocsin.places.gazetteer import Gazetteer

Home = Annotated[Path | None, typer.Option(help="Folder of the desk's files.", envvar="TOCSIN_HOME")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines for machines.")]
JsonWhole = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

#: An address may carry a password, and everybody on a machine sees how its programs were called: the help says so.
Database = Annotated[
    str | None,
    typer.Option(
        help="Database in place of the file in the desk's folder: postgresql://user@host/name; docs/team.md says where "
        "a password belongs.",
        envvar="TOCSIN_DATABASE",
        show_envvar=True,
        metavar="ADDRESS",
    ),
]


@contextmanager
def opening_desk(home: Path | None, database: str | None) -> Iterator[Desk]:
    """The desk that a command was pointed at, closed behind it; nothing of it is loaded before."""
    from tocsin.desk import open_desk

    with open_desk(load_settings(home=home, database=database)) as desk:
        yield desk


@contextmanager
def opening_gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    """The desk's gazetteer alone, without its store and its reader, closed behind it."""
    from tocsin.desk.gazetteers import open_desk_gazetteer
    from tocsin.desk.opening import find_home

    with closing(open_desk_gazetteer(settings, find_home(settings))) as gazetteer:
        yield gazetteer


def read_country(code: str | None) -> str | None:
    """A country as the desk's records name it (alpha-3), from either code of ISO 3166-1 in any letter case.

    An alpha-3 code that no table has may be an exercise's or a mission's own. Raises RecordError for anything else: a
    filter that nothing can meet would answer with silence.
    """
    if not code:
        return None
    from tocsin.places.bundled import load_alpha3

    given = code.strip().upper()
    found = load_alpha3().get(given, given)
    if not (len(found) == 3 and found.isascii() and found.isalpha()):
        raise RecordError("country", code[:40], "must be an ISO 3166-1 code, such as XKX or XK")
    return found


def prepare_output() -> None:
    """What is piped on is UTF-8 on every system; a screen that lacks a letter shows a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")
