"""The one way over all that a picture names: its places, outlets and articles, each as a report is to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from tocsin.records import Alert, Article, Incident, Outlet, Place, Tension
from tocsin.report import Difference, Picture, PlaceTension, Telling, Version

S = TypeVar("S", Tension, Alert)


def _keep_place(place: Place) -> Place:
    return place


def _keep_usual(_: str, usual: str) -> str:
    return usual


def _keep_name(name: str) -> str:
    return name


def _keep_article(article: Article) -> Article:
    return article


@dataclass(frozen=True, slots=True)
class Renaming:
    """How a report writes what it names; what is left out stays as it is.

    place       of an incident or a claim
    place_name  by id and usual name, of a place that no single article wrote: that of a place-day or an alert
    outlet_name of an outlet, also of one that speaks
    article     headline, address and outlet of an article
    """

    place: Callable[[Place], Place] = _keep_place
    place_name: Callable[[str, str], str] = _keep_usual
    outlet_name: Callable[[str], str] = _keep_name
    article: Callable[[Article], Article] = _keep_article


def rename_picture(picture: Picture, how: Renaming) -> Picture:
    """The picture with everything in it written so. Forecasts are named where they are read (`outlooks.py`)."""
    return replace(
        picture,
        incidents=_rename_incidents(picture.incidents, how),
        late=_rename_incidents(picture.late, how),
        faint=_rename_incidents(picture.faint, how),
        quiet=_rename_incidents(picture.quiet, how),
        behind=_rename_incidents(picture.behind, how),
        tellings={id_: _rename_telling(told, how) for id_, told in picture.tellings.items()},
        articles={id_: how.article(article) for id_, article in picture.articles.items()},
        outlets={id_: _rename_outlet(outlet, how) for id_, outlet in picture.outlets.items()},
        tensions=tuple(
            PlaceTension(_rename_spot(p.last, how), p.before and _rename_spot(p.before, how)) for p in picture.tensions
        ),
        alerts=tuple(_rename_spot(alert, how) for alert in picture.alerts),
    )


def _rename_place(place: Place | None, how: Renaming) -> Place | None:
    return place and how.place(place)


def _rename_incidents(incidents: Iterable[Incident], how: Renaming) -> tuple[Incident, ...]:
    return tuple(replace(incident, place=_rename_place(incident.place, how)) for incident in incidents)


def _rename_telling(told: Telling, how: Renaming) -> Telling:
    written = _list_written(told, how)
    return Telling(
        replace(told.incident, place=_rename_place(told.incident.place, how)),
        tuple(_rename_version(version, how) for version in told.versions),
        tuple(_rename_difference(difference, written) for difference in told.differences),
    )


def _rename_version(told: Version, how: Renaming) -> Version:
    claims = tuple(replace(claim, place=_rename_place(claim.place, how)) for claim in told.claims)
    return replace(told, claims=claims, outlet_name=told.outlet_name and how.outlet_name(told.outlet_name))


def _list_written(told: Telling, how: Renaming) -> dict[str, str]:
    """The names by which speakers differ on where it was, each with how it is to be written.

    Several places may bear one name: the finest gives it, as it gave the difference its words.
    """
    places = [claim.place for version in told.versions for claim in version.claims if claim.place]
    return {p.shown_name: how.place(p).shown_name for p in sorted(places, key=lambda place: len(place.within))}


def _rename_difference(told: Difference, written: dict[str, str]) -> Difference:
    if told.kind != "place":
        return told
    return replace(told, values=tuple((written.get(value, value), says) for value, says in told.values))


def _rename_outlet(outlet: Outlet, how: Renaming) -> Outlet:
    return replace(outlet, name=how.outlet_name(outlet.name))


def _rename_spot(spot: S, how: Renaming) -> S:
    return replace(spot, place_name=how.place_name(spot.place_id, spot.place_name))
