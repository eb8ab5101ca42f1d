"""The commands `tocsin gazetteer ...`: build, status, find, and a mission's own layers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.options import Home, Json, JsonWhole, opening_gazetteer, read_country
from tocsin.settings import load_settings

if TYPE_CHECKING:
    from tocsin.places import GazetteerRow
    from tocsin.places.layers import Layer

app = typer.Typer(help="The places the desk knows: build, look up, add your own.", no_args_is_help=True)

#: Claims are kept as they were read: no command places them anew.
_ONLY_FROM_NOW = (
    "It counts for what is read from then on. Claims read before keep their place and the areas around it; where one\n"
    "must lie in another place, it can be given that on the claim (Accept, fix or reject)."
)
LayerFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or GeoJSON with places of your own.")]


@app.command("build")
def build(
    profile: Annotated[
        str | None, typer.Option(help="bundled, country or world; else what files and countries say.")
    ] = None,
    given: Annotated[
        list[Path] | None, typer.Option("--from", metavar="PATH", help="GeoNames' files, or folders of them.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="ISO 3166-1 code of a country to know in full: XK or XKX.")
    ] = None,
    download: Annotated[bool, typer.Option("--download", help="Fetch from GeoNames what is not given.")] = False,
    as_json: JsonWhole = False,
    home: Home = None,
) -> None:
    """Build the gazetteer: the bundled one, or one from GeoNames' own files. Places read from then on come from it."""
    from tocsin.desk.gazetteers import Wish, build_gazetteer, describe_gazetteer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    folder = find_home(settings)
    wish = Wish(profile, tuple(given or ()), tuple(country or ()), download)
    with _show_steps(quiet=as_json) as step:
        build_gazetteer(settings, folder, wish, step)
    _print_status(describe_gazetteer(settings, folder), as_json)


@app.command("status")
def status(as_json: JsonWhole = False, home: Home = None) -> None:
    """Say what the gazetteer holds, what it is made of, what lies on top, what is missing and what to do about it."""
    from tocsin.desk.gazetteers import describe_gazetteer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    _print_status(describe_gazetteer(settings, find_home(settings)), as_json)


@app.command("find")
def find(
    words: Annotated[list[str], typer.Argument(help="Words of a name; the last may be its beginning only.")],
    country: Annotated[str | None, typer.Option(metavar="CODE", help="ISO 3166-1 code to keep to: XKX or XK.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many to show.")] = 20,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Look places up by words of their names, in any letter case and with or without diacritics."""
    code = read_country(country)
    with opening_gazetteer(load_settings(home=home)) as gazetteer:
        rows = gazetteer.search(" ".join(words), country=code, limit=limit)
        chains = [[above.name for id_ in gazetteer.within(row.id) if (above := gazetteer.row(id_))] for row in rows]
        profile = gazetteer.status()["profile"]
    if as_json:
        for row, chain in zip(rows, chains, strict=True):
            told = asdict(replace(row, shape=None)) | {"within": chain}
            del told["shape"]  # a drawn border has thousands of corners
            typer.echo(json.dumps(told, ensure_ascii=False))
    elif rows:
        _print_rows(rows, chains)
    else:
        in_country = f" in {code}" if code else ""
        typer.echo(f"No place of that name{in_country} in the {profile} gazetteer.")
        typer.echo("More places: tocsin gazetteer build --country XX --download; your own: tocsin gazetteer add FILE")


@app.command("check")
def check(path: LayerFile, as_json: JsonWhole = False, home: Home = None) -> None:
    """Check a layer of your own places without adding it: errors, doubled names, parents nobody knows."""
    from tocsin.desk.gazetteers import check_layer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    _print_layer(check_layer(settings, find_home(settings), path), path, as_json)


@app.command("add")
def add(
    path: LayerFile,
    replaces: Annotated[bool, typer.Option("--replace", help="Take the place of a layer of the same name.")] = False,
    as_json: JsonWhole = False,
    home: Home = None,
) -> None:
    """Check a layer of your own places and keep a copy of it in the desk's folder; it outranks the gazetteer."""
    from tocsin.desk.gazetteers import add_layer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    target, layer = add_layer(settings, find_home(settings), path, replace=replaces)
    _print_layer(layer, target, as_json)
    if not as_json:
        typer.echo(f"Kept as {target}. A desk that is running takes it in when it starts again.")
        typer.echo(_ONLY_FROM_NOW)


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(metavar="LAYER", help="Name of the layer's file: routes.csv, or routes.")],
    as_json: JsonWhole = False,
    home: Home = None,
) -> None:
    """Take a layer of your own places out of the desk's folder; what was placed by it before stays as it is."""
    from tocsin.desk.layers import remove_layer
    from tocsin.desk.opening import find_home

    settings = load_settings(home=home)
    gone, warnings = remove_layer(settings, find_home(settings), name)
    if as_json:
        typer.echo(json.dumps({"path": str(gone), "warnings": list(warnings)}, ensure_ascii=False))
        return
    typer.echo(f"{gone} is taken out. A desk that is running knows its places until it starts again.")
    for warning in warnings:
        typer.echo(f"  {warning}")
    typer.echo(_ONLY_FROM_NOW)


# --- what is printed


@contextmanager
def _show_steps(*, quiet: bool) -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each step on standard error, where a person is looking."""
    if quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                for earlier in tasks.values():
                    progress.update(earlier, visible=False)
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield step


def _print_status(status: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(status, ensure_ascii=False))
        return
    from tocsin.cli.show import print_fields

    lacks = (("missing", f"{m['what']}: {m['lost']}. To mend it: {m['remedy']}") for m in status["missing"])
    print_fields((*_tell_status(status), *lacks))


def _tell_status(status: dict[str, Any]) -> Iterator[tuple[str, str]]:
    countries = status["profile_countries"]
    of = f" of {', '.join(countries)}" if status["profile"] == "country" else ""
    yield "profile", status["profile"] + of
    yield "file", f"{status['path']}, {status['bytes'] / 1e6:,.0f} MB, schema {status['schema']}"
    yield "holds", f"{status['places']:,} places under {status['names']:,} names"
    for part in ("precision", "feature", "country"):
        counts = list(status["counts"].get(part, {}).items())
        more = f" and {len(counts) - 12} more" if len(counts) > 12 else ""
        yield f"by {part}", ", ".join(f"{name} {count:,}" for name, count in counts[:12]) + more
    for name, told in status["inputs"].items():
        yield "made from", f"{name}: {_tell_input(told)}"
    if count := status["faults"]["count"]:
        yield "left out", f"{count} lines that could not be read; first: {status['faults']['first'][0]}"
    for layer in status["layers"]:
        warnings = f", {_count(len(layer['warnings']), 'warning')}" if layer["warnings"] else ""
        yield "layer on top", f"{layer['path']}: {layer['places']} places{warnings}"
    if not status["layers"]:
        yield "layers on top", "none; your own places: tocsin gazetteer add FILE"
    yield "names by", f"policy {status['policy']}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tell_input(told: Any) -> str:
    if not isinstance(told, dict):
        return str(told)
    when = told.get("last_modified") or told.get("file_of") or "date not known"
    return f"{told['bytes']:,} bytes, {when}, SHA-256 {told['sha256'][:12]}"


def _print_rows(rows: tuple[GazetteerRow, ...], chains: list[list[str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None)
    for name in ("name", "what", "where", "people", "lat, lon"):
        table.add_column(name, min_width=12 if name in ("name", "where") else None)
    table.add_column("id", overflow="fold")
    for row, chain in zip(rows, chains, strict=True):
        point = "" if row.lat is None else f"{row.lat:.4f}, {row.lon:.4f}"
        people = f"{row.population:,}" if row.population else ""
        what = f"{row.feature} ({row.precision})"
        table.add_row(*map(escape, (row.name, what, ", ".join(chain), people, point, row.id)))
    Console().print(table)


def _print_layer(layer: Layer, path: Path, as_json: bool) -> None:
    if as_json:
        told = {"path": str(path), "places": len(layer.rows), "warnings": list(layer.warnings)}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"{path}: {_count(len(layer.rows), 'place')}, {_count(len(layer.warnings), 'warning')}")
    for warning in layer.warnings:
        typer.echo(f"  {warning}")
