"""The commands for a desk that runs for months: backup, restore, move, retain."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.options import Database, Home
from tocsin.settings import load_settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]

#: Tables that are told of in words.
_TOLD = ("articles", "claims", "incidents", "alerts", "notices", "corrections", "reports", "accounts", "feeds")


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write, packed where it ends in .gz; with --keep a folder.")
    ],
    keep: Annotated[
        int | None, typer.Option(help="Write a new file in the folder FILE, and keep so many of the newest.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Back the desk up to one file, also while it runs. It is checked before it has its name."""
    from tocsin.service.backups import rotate_backups, write_backup

    settings = load_settings(home=home, database=database)
    gone: list[Path] = []
    if keep is None:
        write_backup(settings, target, now=_now(), overwrite=overwrite)
    else:
        target, gone = rotate_backups(settings, target, keep, now=_now())
    size = target.stat().st_size
    row = {"backup": str(target), "bytes": size, "removed": [str(path) for path in gone]}
    told = f"backed up to {target} ({size:,} bytes)"
    _say(row, f"{told}; {len(gone)} older taken away" if gone else told, as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that tocsin backup wrote.")],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Put a backup in the desk's place; what was there is kept aside. The desk must not run meanwhile."""
    from tocsin.service.restoring import restore_backup

    manifest, aside = restore_backup(load_settings(home=home, database=database), file, now=_now())
    row = asdict(manifest) | {"aside": str(aside) if aside else None}
    counts = ", ".join(_count(number, name) for name, number in manifest.counts.items() if number)
    told = f"restored what was backed up at {manifest.made_at} by Tocsin {manifest.tocsin}: {counts or 'nothing'}"
    kept = f"\nwhat was there before is kept as {aside}" if aside else ""
    left = "".join(f"\nnot in the backup: {what}: {why}" for what, why in manifest.left_out.items())
    _say(row, f"{told}{kept}{left}", as_json)


def move(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="An empty database, postgresql://user@host/name, or a new file.")
    ],
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Copy the desk's database into another one: from a file to a team's PostgreSQL, or back. See docs/team.md."""
    from tocsin.service.moving import move_desk

    name, counts = move_desk(load_settings(home=home, database=database), target, now=_now())
    told = ", ".join(_count(counts[kind], kind) for kind in _TOLD if counts[kind])
    more = "the earlier database stays as it was, and hears of nothing new: start the desk on the new one"
    _say({"moved_to": name, "rows": counts}, f"moved to {name}: {told or 'nothing'}\n{more} (TOCSIN_DATABASE)", as_json)


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    days: Annotated[
        int | None, typer.Option(help="In place of the setting retain_days: 183 or more, and 0 for never.")
    ] = None,
    as_json: Json = False,
    home: Home = None,
    database: Database = None,
) -> None:
    """Take out old articles that no kept incident stands on, as the watch does once a day; see docs/operations.md."""
    from tocsin.desk import open_desk
    from tocsin.service.retaining import describe_retained, find_limit, plan_retention, retain_now

    settings = load_settings(home=home, database=database, retain_days=days)
    with closing(open_desk(settings)) as desk:
        now = desk.clock.now()
        limit = find_limit(settings, now)
        done = plan_retention(desk.store, settings, now) if dry_run else retain_now(desk)
    row = asdict(done) | {"before": limit.isoformat() if limit else None, "dry_run": dry_run}
    head = f"from before {limit:%Y-%m-%d}" if limit else "no article: the setting retain_days is 0 (never)"
    _say(row, f"{'would take out' if dry_run else 'took out'} {head}: {describe_retained(done)}", as_json)


def _count(number: int, names: str) -> str:
    """ "1 article", "2,000 articles"."""
    return f"{number:,} {names.removesuffix('s') if number == 1 else names}"


def _now() -> datetime:
    return datetime.now(UTC)


def _say(row: dict[str, Any], told: str, as_json: bool) -> None:
    typer.echo(json.dumps(row, ensure_ascii=False) if as_json else told)
