"""How `tocsin --help` lists the commands: under headings, what a newcomer needs first."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

#: The commands by what somebody came for. One that is missing here fails at once, in every test that calls a command.
PANELS = {
    "The desk": ("serve", "watch", "exercise", "doctor"),
    "News in, claims out": ("read", "ingest", "feeds", "review"),
    "What decides": ("rules", "forecast", "gazetteer"),
    "What leaves the desk": ("sitrep", "export", "channels", "silences"),
    "Keeping a desk": ("accounts", "backup", "restore", "move", "retain"),
    "Archives and benchmarks": ("archive", "bench"),
}
ORDER = [name for names in PANELS.values() for name in names]


class OrderedGroup(TyperGroup):
    """The commands in the order of PANELS: Typer puts groups behind commands, and headings as they then come."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands in order."""
        return sorted(super().list_commands(ctx), key=ORDER.index)


def put_under_headings(app: typer.Typer) -> None:
    """Give every command of the app the heading that it stands under."""
    heading = {name: panel for panel, names in PANELS.items() for name in names}
    for command in app.registered_commands:
        command.rich_help_panel = heading[command.name or command.callback.__name__]  # type: ignore[union-attr] # it has one
    for group in app.registered_groups:
        group.rich_help_panel = heading[str(group.name)]
