"""Options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

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
