"""The one way over a picture: nothing that names a place, an outlet or an article is passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web.worlds import World, fill, open_empty
from tocsin.places.naming import Naming, load_naming
from tocsin.records import Article, Outlet, Place
from tocsin.report import Difference, Picture, PlaceTension, ReportRequest, Version
from tocsin.reporting.names import name_places
from tocsin.reporting.picture import gather_picture
from tocsin.reporting.renaming import Renaming, rename_picture

WEEK = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def walk(held: object) -> Iterator[object]:
    """Everything in a record, records in it included."""
    yield held
    if isinstance(held, Mapping):
        for value in held.values():
            yield from walk(value)
    elif isinstance(held, tuple | list | frozenset):
        for value in held:
            yield from walk(value)
    elif is_dataclass(held):
        for field in fields(held):
            yield from walk(getattr(held, field.name))


def fill_every_part(world: World) -> Picture:
    """A picture of the desk of which no part that names something is empty."""
    picture = gather_picture(world.desk, ReportRequest(*WEEK), is_exercise=False)
    some = picture.incidents
    picture = replace(picture, late=some, faint=some, quiet=some, behind=some)
    picture = replace(picture, tensions=tuple(PlaceTension(p.last, p.last) for p in picture.tensions))
    for field in ("incidents", "tellings", "articles", "outlets", "tensions", "alerts"):
        assert getattr(picture, field), field
    return picture


def test_every_place_outlet_and_article_is_reached_in_every_part(world: World) -> None:
    how = Renaming(
        lambda place: replace(place, name="P", label=None),
        lambda *_: "T",
        lambda _: "O",
        lambda article: replace(article, title="A"),
    )
    picture = rename_picture(fill_every_part(world), how)
    found = list(walk(picture))
    places = [held for held in found if isinstance(held, Place)]
    assert places
    assert {(place.name, place.label) for place in places} == {("P", None)}
    assert {held.title for held in found if isinstance(held, Article)} == {"A"}
    assert {held.name for held in found if isinstance(held, Outlet)} == {"O"}
    assert {held.outlet_name for held in found if isinstance(held, Version)} <= {"O", None}
    assert {held.place_name for held in (*(t for p in picture.tensions for t in (p.last, p.before) if t),
                                         *picture.alerts)} == {"T"}  # fmt: skip
    assert {v for held in found if isinstance(held, Difference) and held.kind == "place" for v, _ in held.values} <= {
        "P"
    }


def test_a_renaming_of_nothing_changes_nothing(world: World) -> None:
    picture = fill_every_part(world)
    assert rename_picture(picture, Renaming()) == picture


def test_what_speakers_differ_on_is_named_by_the_policy_of_the_report(world: World) -> None:
    """The desk's own policy has named the point before the report asked for another."""
    picture = fill_every_part(world)
    id_ = world.incidents["clash"].id
    told = picture.tellings[id_]
    place = next(c.place for v in told.versions for c in v.claims if c.place)
    point = Difference("place", ((place.shown_name, (0,)), ("nowhere else", (1,))))
    picture = replace(picture, tellings={id_: replace(told, differences=(point,))})
    local = Naming("local", {place.gazetteer_id or "": "Ura e Orles"}, load_naming("un").table)
    named = name_places(picture, local, is_own=False).tellings[id_]
    assert named.incident.place is not None
    assert named.incident.place.shown_name == "Ura e Orles"
    assert named.differences[0].values == (("Ura e Orles", (0,)), ("nowhere else", (1,)))
