"""Lethal incidents in the forty-nine columns of UCDP GED (24.1 and 25.1). The rows are this desk's, and not UCDP's.

The rule: an incident has a row if it is an ASSAULT that is said to have happened and some claim counts at least one
person killed. UCDP's own rule asks more (an organised actor, a dyad of 25 deaths in a year), which takes a person. So
conflicts, dyads and sides have no UCDP numbers here, and deaths are not shared out among sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.export.areas import FindArea, find_no_area, list_surroundings
from tocsin.export.backing import BackedIncident
from tocsin.export.fields import EXERCISE, Fields
from tocsin.export.footnotes import find_footnote, load_footnotes
from tocsin.export.numbers import make_number
from tocsin.export.parquet import Kind
from tocsin.export.parties import (
    JOINT,
    find_killed,
    find_target,
    is_told_as_happened,
    join_parties,
    join_texts,
)
from tocsin.export.points import Point, find_point, is_pinned, is_rounded
from tocsin.export.table import Table
from tocsin.export.tables import TLP, Texts
from tocsin.knowledge.export_mappings import NO_CODES, ExportMappings, load_country_codes, load_export_mappings
from tocsin.records import Incident, PartialDate, Party, Place

COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity",
    "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best",
    "high", "low", "gwnoa", "gwnob",
)  # fmt: skip
KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        (
            "id", "year", "type_of_violence", "conflict_dset_id", "conflict_new_id", "dyad_dset_id", "dyad_new_id",
            "side_a_dset_id", "side_a_new_id", "side_b_dset_id", "side_b_new_id", "number_of_sources", "where_prec",
            "priogrid_gid", "country_id", "event_clarity", "date_prec", "deaths_a", "deaths_b", "deaths_civilians",
            "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
        ),
        "whole",
    ),
    **dict.fromkeys(("latitude", "longitude"), "number"),
    "active_year": "flag",
}  # fmt: skip
#: GED: 1 exactly known, 2 within 25 km of a known point, 3 second-order division, 4 first-order division, 5 a region
#: that is no division, 6 the country, 7 international waters or airspace (never used here).
_WHERE = {"site": 1, "settlement": 1, "district": 3, "country": 6}
#: GED: 1 the day, 2 two to six days, 3 a week, 4 up to a month, 5 up to a year. Most days to the code.
_DATES = ((1, 1), (6, 2), (7, 3), (31, 4), (366, 5))
_STATE_BASED, _NON_STATE, _ONE_SIDED = 1, 2, 3


def tabulate_ged(
    incidents: Iterable[BackedIncident],
    *,
    tlp: str = TLP,
    find_area: FindArea = find_no_area,
    footnotes: Texts | None = None,
) -> Table:
    """Lethal incidents with what they rest on as a table in GED's columns; the others are left out."""
    words = load_footnotes() if footnotes is None else footnotes
    lethal = (backed for backed in incidents if is_lethal(backed.incident))
    return Table(COLUMNS, (_list_fields(backed, tlp, find_area, words) for backed in lethal), KINDS)


def is_lethal(incident: Incident) -> bool:
    """Whether GED's table has a row for it: force used, said to have happened, at least one death in some count."""
    killed = find_killed(incident)
    if incident.type != "ASSAULT" or not is_told_as_happened(incident) or killed is None:
        return False
    low, best, high = killed
    return max(low, best, high or 0) > 0


def _list_fields(backed: BackedIncident, tlp: str, find_area: FindArea, words: Texts) -> Fields:
    incident, mappings = backed.incident, load_export_mappings()
    low, best, high = find_killed(incident) or (None, None, None)
    side_a, side_b = _list_sides(incident)
    return {
        **dict.fromkeys(COLUMNS),
        "id": make_number(incident.id),
        "relid": incident.id,
        "code_status": JOINT.join([*([EXERCISE] if incident.is_exercise else []), tlp, incident.state]),
        "type_of_violence": _find_violence(incident, mappings),
        "side_a": join_parties(side_a),
        "side_b": join_parties(side_b),
        **_list_origin_fields(backed),
        **_list_place_fields(incident.place, find_area, words),
        **_list_date_fields(incident.date),
        "best": best,
        "high": high,
        "low": low,
        "gwnoa": _find_state(side_a, mappings),
        "gwnob": _find_state(side_b, mappings),
    }


def _list_sides(incident: Incident) -> tuple[Sequence[Party], Sequence[Party]]:
    """Actor and recipient; of a clash without an attacker the first party and the others."""
    if incident.recipient or len(incident.actor) < 2:
        return incident.actor, incident.recipient
    return incident.actor[:1], incident.actor[1:]


def _find_violence(incident: Incident, mappings: ExportMappings) -> int | None:
    """1 with a state on one side against an armed group or a state, 2 between groups, 3 against civilians."""
    side_a, side_b = _list_sides(incident)
    kinds_a, kinds_b = _find_kind(side_a, mappings), _find_kind(side_b, mappings)
    if None in (kinds_a, kinds_b) or kinds_a == "civilians":
        return None
    if find_target(incident, mappings) in ("civilians", "protesters"):
        return _ONE_SIDED
    if kinds_b == "civilians":
        return None
    return _STATE_BASED if "state" in (kinds_a, kinds_b) else _NON_STATE


def _find_kind(parties: Sequence[Party], mappings: ExportMappings) -> str | None:
    sectors = {party.sector for party in parties}
    if not sectors or None in sectors:
        return None
    for name, group in (
        ("state", mappings.state),
        ("group", mappings.armed_groups),
        ("civilians", mappings.civilians),
    ):
        if sectors <= group:
            return name
    return None


def _find_state(parties: Sequence[Party], mappings: ExportMappings) -> int | None:
    """Gleditsch and Ward's number of the state that is this side; None where it is none, or more than one."""
    if _find_kind(parties, mappings) != "state":
        return None
    numbers = {load_country_codes().get(party.country or "", NO_CODES).gw for party in parties}
    return numbers.pop() if len(numbers) == 1 else None


def _list_origin_fields(backed: BackedIncident) -> Fields:
    articles = backed.list_articles()
    quoted = [
        ", ".join(
            part
            for part in (
                article.outlet_name or "unnamed outlet",
                article.published_at.date().isoformat() if article.published_at else "undated",
                f"\u201c{article.title}\u201d" if article.title else "",
            )
            if part
        )
        for article in articles
    ]
    speakers = [claim.attribution[-1].speaker for claim in backed.claims if claim.attribution]
    return {
        "number_of_sources": len(articles) or None,
        "source_article": join_texts(quoted),
        "source_office": _line_up(article.outlet_name for article in articles),
        "source_date": _line_up(a.published_at.date().isoformat() if a.published_at else None for a in articles),
        "source_headline": _line_up(article.title for article in articles),
        "source_original": join_texts(speakers),
    }


def _line_up(texts: Iterable[str | None]) -> str | None:
    """One text for each article in their order, a blank one where it is not known: cells can be read side by side."""
    lined = [(text or "").replace(";", ",") for text in texts]
    return JOINT.join(lined) if any(lined) else None


def _list_place_fields(place: Place | None, find_area: FindArea, words: Texts) -> Fields:
    if place is None:
        return {}
    around, point, key = list_surroundings(place, find_area), find_point(place), find_footnote(place)
    described = [place.name, *([words.get(key, key)] if key else [])]
    return {
        "where_prec": _find_where(place),
        "where_coordinates": place.shown_name,
        "where_description": JOINT.join(described),
        "adm_1": around.region,
        "adm_2": around.district,
        "latitude": point.lat if point else None,
        "longitude": point.lon if point else None,
        "geom_wkt": f"POINT ({point.lon} {point.lat})" if point else None,
        "priogrid_gid": number_cell(point) if point and not point.is_rounded else None,
        "country": around.country,
        "country_id": load_country_codes().get(place.country or "", NO_CODES).gw,
    }


def _find_where(place: Place) -> int | None:
    """None for a spot or district that is only named: GED's codes say how well it is known where the place lies."""
    if is_rounded(place):
        return 2
    if place.precision == "region":
        return 4 if place.gazetteer_id else 5
    return _WHERE[place.precision] if is_pinned(place) else None


def number_cell(point: Point) -> int:
    """The PRIO-GRID cell of a point: half a degree, numbered from 1 at 90 S 180 W, 720 to a row (Tollefsen 2012)."""
    row = min(int((point.lat + 90) // 0.5), 359)
    column = min(int((point.lon + 180) // 0.5), 719)
    return row * 720 + column + 1


def _list_date_fields(date: PartialDate | None) -> Fields:
    if date is None:
        return {}
    return {
        "year": date.start.year if date.start.year == date.end.year else None,
        # one day is one happening; a count over a stretch of days sums up several
        "event_clarity": 1 if date.days == 1 else 2,
        "date_prec": next((code for most, code in _DATES if date.days <= most), None),
        "date_start": f"{date.start.isoformat()} 00:00:00.000",
        "date_end": f"{date.end.isoformat()} 00:00:00.000",
    }
