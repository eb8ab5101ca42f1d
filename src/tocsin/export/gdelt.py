"""Incidents in the sixty-one columns of GDELT 2.0's event table: tab separated, no head, as GDELT's files come.

Only what is said to have happened has a row. QuadClass and GoldsteinScale follow the CAMEO code, as in GDELT, and say
nothing of our own weights; AvgTone stays empty, as we measure no tone. Marks that GDELT has no column for (EXERCISE,
the TLP marking, naming footnotes) stand in square brackets at the end of ActionGeo_FullName. Which PLOVER act is which
CAMEO code stands in `knowledge/export_mappings.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tocsin.export.areas import FindArea, find_no_area, list_surroundings
from tocsin.export.backing import BackedIncident
from tocsin.export.cells import make_cell
from tocsin.export.fields import EXERCISE, Fields
from tocsin.export.footnotes import find_footnote, load_footnotes
from tocsin.export.numbers import make_number
from tocsin.export.parties import NO_COUNTRY, is_clash, is_told_as_happened, join_texts
from tocsin.export.points import find_point, is_pinned
from tocsin.export.tables import TLP, Texts
from tocsin.knowledge.export_mappings import NO_CODES, load_country_codes, load_export_mappings
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Incident, PartialDate, Party, Place

_ACTOR_PARTS = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code",
    "Type2Code", "Type3Code",
)  # fmt: skip
_GEO_PARTS = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
COLUMNS = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor{n}{part}" for n in (1, 2) for part in _ACTOR_PARTS),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale", "NumMentions",
    "NumSources", "NumArticles", "AvgTone",
    *(f"{whose}Geo_{part}" for whose in ("Actor1", "Actor2", "Action") for part in _GEO_PARTS),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
#: GDELT's kinds of place: 1 a country, 3 a US city, 4 a city elsewhere, 2 a US state, 5 a state elsewhere.
_GEO_TYPES = {"site": (3, 4), "settlement": (3, 4), "district": (2, 5), "region": (2, 5), "country": (1, 1)}
#: The quad class of CAMEO's roots. Published lists differ on 09 and 14, which keep the class of PLOVER's own type.
_QUADS = {
    **dict.fromkeys(("01", "02", "03", "04", "05"), 1),
    **dict.fromkeys(("06", "07", "08"), 2),
    **dict.fromkeys(("10", "11", "12", "13"), 3),
    **dict.fromkeys(("15", "16", "17", "18", "19", "20"), 4),
}


def incidents_to_gdelt(
    incidents: Iterable[BackedIncident],
    *,
    tlp: str = TLP,
    find_area: FindArea = find_no_area,
    footnotes: Texts | None = None,
    header: bool = False,
) -> Iterator[str]:
    """Lines of GDELT's event table, ended by LF; with `header` a line of column names comes first."""
    words = load_footnotes() if footnotes is None else footnotes
    if header:
        yield "\t".join(COLUMNS) + "\n"
    for backed in incidents:
        if is_told_as_happened(backed.incident):
            yield _write_line(_list_fields(backed, tlp, find_area, words))


def _write_line(row: Mapping[str, Any]) -> str:
    """Tabs and line ends inside a cell become blanks: the form has no quoting."""
    return "\t".join(" ".join(str(make_cell(row[column])).split()) for column in COLUMNS) + "\n"


def _list_fields(backed: BackedIncident, tlp: str, find_area: FindArea, words: Texts) -> Fields:
    incident, mappings = backed.incident, load_export_mappings()
    code = mappings.gdelt_code(incident.type, incident.mode, is_clash=is_clash(incident, mappings))
    articles = backed.list_articles()
    first, second = list(incident.actor), list(incident.recipient)
    if not second and len(first) > 1:
        first, second = first[:1], first[1:]
    return {
        **dict.fromkeys(COLUMNS),
        "GLOBALEVENTID": make_number(incident.id),
        **_list_date_fields(incident.date),
        **_list_actor_fields("Actor1", first),
        **_list_actor_fields("Actor2", second),
        "EventCode": code or None,
        "EventBaseCode": code[:3] or None,
        "EventRootCode": code[:2] or None,
        "QuadClass": _QUADS.get(code[:2], load_ontology().entry(incident.type).quad),
        "GoldsteinScale": mappings.goldstein.get(code),
        "NumMentions": len(incident.claim_ids),
        "NumSources": len(incident.outlets) or None,
        "NumArticles": len(articles) or None,
        **_list_place_fields(incident, tlp, find_area, words),
        "DATEADDED": f"{incident.reported_at:%Y%m%d%H%M%S}",
        "SOURCEURL": next((article.url for article in articles if article.url), None),
    }


def _list_date_fields(date: PartialDate | None) -> Fields:
    """The day where there is one; month and year as far as the dates agree.

    FractionDate is as GDELT's files have it (2021.2274 for 2021-03-23): months of thirty days, those that are over.
    Its codebook prints the formula without "that are over", which would carry December into the next year.
    """
    if date is None:
        return {}
    start, end = date.start, date.end
    is_day = date.precision == "day" and date.days == 1
    return {
        "SQLDATE": f"{start:%Y%m%d}" if is_day else None,
        "MonthYear": f"{start:%Y%m}" if (start.year, start.month) == (end.year, end.month) else None,
        "Year": start.year if start.year == end.year else None,
        "FractionDate": f"{start.year + ((start.month - 1) * 30 + start.day) / 365:.4f}" if is_day else None,
    }


def _list_actor_fields(role: str, parties: Sequence[Party]) -> Fields:
    """CAMEO's code of an actor is its country followed by its type; what is not known is left out of it."""
    if not parties:
        return {}
    mappings = load_export_mappings()
    country = parties[0].country if parties[0].country not in NO_COUNTRY else None
    country = mappings.gdelt_countries.get(country or "", country)
    types = mappings.gdelt_types
    type_ = types.get(parties[0].sector or "") or types.get(parties[0].country or "")
    return {
        f"{role}Code": f"{country or ''}{type_ or ''}" or None,
        f"{role}Name": join_texts(party.text for party in parties),
        f"{role}CountryCode": country,
        f"{role}Type1Code": type_,
    }


def _list_place_fields(incident: Incident, tlp: str, find_area: FindArea, words: Texts) -> Fields:
    place = incident.place
    point, around = find_point(place), list_surroundings(place, find_area)
    key = find_footnote(place) if place else None
    marks = [*([EXERCISE] if incident.is_exercise else []), tlp, *([words.get(key, key)] if key else [])]
    names = [place.shown_name, around.region, around.country] if place else []
    name = ", ".join(dict.fromkeys(part for part in names if part))
    return {
        "ActionGeo_Type": _find_geo_type(place) if place and is_pinned(place) else None,
        "ActionGeo_FullName": f"{name} [{'; '.join(marks)}]".strip(),
        "ActionGeo_CountryCode": load_country_codes().get(place.country or "", NO_CODES).fips if place else None,
        "ActionGeo_Lat": point.lat if point else None,
        "ActionGeo_Long": point.lon if point else None,
    }


def _find_geo_type(place: Place) -> int:
    return _GEO_TYPES[place.precision][0 if place.country == "USA" else 1]
