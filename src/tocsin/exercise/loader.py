"""Loading the bundled crisis. Everything in it is invented; everything it makes is marked EXERCISE."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.intake import Options, read_document
from tocsin.knowledge.parties import PartyName
from tocsin.places import GazetteerRow, load_places_csv
from tocsin.records import Article, Outlet, outlet_id
from tocsin.settings import Settings


@dataclass(frozen=True, slots=True)
class Crisis:
    """The bundled crisis: its cast as knowledge, its reports as files.

    places   the mini gazetteer; `parties` the proper names that a reader cannot know
    reports  (number, file) in order of publication
    """

    id: str
    title: str
    notice: str
    start: date
    end: date
    outlets: tuple[Outlet, ...]
    parties: tuple[PartyName, ...]
    places: tuple[GazetteerRow, ...]
    reports: tuple[tuple[str, Traversable], ...]

    def articles(self, taken_at: datetime) -> Iterator[Article]:
        """The reports as articles, marked as exercise."""
        for _, article in self.numbered_articles(taken_at):
            yield article

    def numbered_articles(self, taken_at: datetime) -> Iterator[tuple[str, Article]]:
        """The same with the number by which the ground truth names each."""
        for number, path in self.reports:
            found = read_document(
                path.read_bytes(), name=path.name, options=Options(), taken_at=taken_at, settings=Settings()
            )
            for thing in found:
                if not isinstance(thing, Article):
                    raise KnowledgeError("exercise report", path.name, f"cannot be read ({thing})")
                yield number, replace(thing, is_exercise=True)


def open_folder() -> Traversable:
    """The folder of the bundled exercise."""
    return files("tocsin.exercise")


@cache
def load_exercise() -> Crisis:
    """Read the crisis' cast and list its reports; raises KnowledgeError where a file does not fit."""
    folder = open_folder()
    table = tomllib.loads((folder / "crisis.toml").read_text("utf-8"))
    reports = sorted((p for p in (folder / "reports").iterdir() if p.name.endswith(".md")), key=lambda p: p.name)
    return Crisis(
        id=table["id"],
        title=table["title"],
        notice=table["notice"],
        start=table["start"],
        end=table["end"],
        outlets=tuple(map(_make_outlet, table["outlets"])),
        parties=tuple(_make_parties(table)),
        places=load_places_csv((folder / "places.csv").read_text("utf-8")),
        reports=tuple((p.name.split("-")[0], p) for p in reports),
    )


def load_truth() -> dict[str, Any]:
    """The ground truth, as its author wrote it."""
    return tomllib.loads((open_folder() / "truth.toml").read_text("utf-8"))


def load_boundaries() -> str:
    """The exercise's coast, districts, river and disputed line, as GeoJSON text."""
    return (open_folder() / "boundaries.geojson").read_text("utf-8")


def _make_outlet(row: dict[str, Any]) -> Outlet:
    return Outlet(
        outlet_id(row["name"]),
        row["name"],
        kind=row.get("kind"),
        country=row.get("country"),
        language=row.get("language"),
        homepage=row.get("homepage"),
        is_state_media=row.get("is_state_media"),
        is_exercise=True,
    )


def _make_parties(table: dict[str, Any]) -> Iterator[PartyName]:
    for row in table.get("countries", ()):
        yield PartyName((row["name"], *row["demonyms"]), row["code"], None)
        yield PartyName((row["capital"],), row["code"], "GOV")
    for row in table.get("parties", ()):
        yield PartyName((row["text"], *row.get("aliases", ())), row.get("country"), row.get("sector"))
