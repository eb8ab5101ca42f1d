"""Incidents in ACLED's thirty-one columns, for scripts that read those. The rows are this desk's, and not ACLED's.

Only what is said to have happened has a row: the columns cannot say "planned" or "denied". Cells are empty where ACLED
would have something that we do not know; see docs/exports.md. Which PLOVER act is which of ACLED's event types stands
in `knowledge/export_mappings.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.export.areas import FindArea, find_no_area, list_surroundings
from tocsin.export.backing import BackedIncident
from tocsin.export.fields import EXERCISE, Fields
from tocsin.export.footnotes import find_footnote, load_footnotes
from tocsin.export.parquet import Kind
from tocsin.export.parties import (
    JOINT,
    NO_COUNTRY,
    find_doer,
    find_killed,
    find_target,
    is_told_as_happened,
    join_parties,
    join_texts,
)
from tocsin.export.points import find_point, is_pinned, is_rounded
from tocsin.export.table import Table
from tocsin.export.tables import TLP, Texts
from tocsin.knowledge.export_mappings import NO_CODES, ExportMappings, load_country_codes, load_export_mappings
from tocsin.records import Incident, PartialDate, Party, Place

COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type",
    "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting",
    "iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision",
    "source", "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("year", "time_precision", "iso", "geo_precision", "fatalities", "timestamp"), "whole"),
    **dict.fromkeys(("latitude", "longitude"), "number"),
    "event_date": "day",
}  # fmt: skip
#: ACLED's spatial precision: 1 a town, 2 near it or a part of a region, 3 a larger region. It has no country level.
_GEO_PRECISION = {"site": 1, "settlement": 1, "district": 2, "region": 3}
_TIME_PRECISION = {"day": 1, "week": 2, "month": 3}
_EXTERNAL = "External/Other forces"
#: What ACLED calls whoever gathers; where it is not known whether they rioted neither.
_CROWDS = {"Protests": "Protesters", "Riots": "Rioters"}


def tabulate_acled(
    incidents: Iterable[BackedIncident],
    *,
    tlp: str = TLP,
    find_area: FindArea = find_no_area,
    footnotes: Texts | None = None,
) -> Table:
    """Incidents with what they rest on as a table in ACLED's columns; what did not happen is left out."""
    words = load_footnotes() if footnotes is None else footnotes
    told = (backed for backed in incidents if is_told_as_happened(backed.incident))
    return Table(COLUMNS, (_list_fields(backed, tlp, find_area, words) for backed in told), KINDS)


def _list_fields(backed: BackedIncident, tlp: str, find_area: FindArea, words: Texts) -> Fields:
    incident, mappings = backed.incident, load_export_mappings()
    killed = find_killed(incident)
    deadly = killed is not None and killed[1] > 0
    target = find_target(incident, mappings)
    event_type, sub_event_type, disorder = mappings.find_acled(
        incident.type, incident.mode, by=find_doer(incident, mappings), against=target, deadly=deadly
    )
    return {
        **dict.fromkeys(COLUMNS),
        "event_id_cnty": incident.id,
        **_list_date_fields(incident.date),
        "disorder_type": disorder or None,
        "event_type": event_type or None,
        "sub_event_type": sub_event_type or None,
        **_list_actor_fields(incident, event_type, disorder, mappings),
        "civilian_targeting": _tell_targeting(event_type, sub_event_type, target),
        **_list_place_fields(incident.place, find_area),
        "source": join_texts(article.outlet_name for article in backed.list_articles()),
        "notes": _tell_notes(backed, words),
        "fatalities": killed[1] if killed else None,
        "tags": JOINT.join(_list_tags(incident, tlp)),
        "timestamp": int(incident.reported_at.timestamp()),
    }


def _list_date_fields(date: PartialDate | None) -> Fields:
    """A day only where the claims give one: ACLED picks a day of the week or month, we do not."""
    if date is None:
        return {}
    precision = _TIME_PRECISION.get(date.precision)
    if precision == 1 and date.days > 1:
        precision = 2 if date.days <= 7 else 3 if date.days <= 31 else None
    return {
        "event_date": date.start.isoformat() if precision == 1 else None,
        "year": date.start.year if date.start.year == date.end.year else None,
        "time_precision": precision,
    }


def _list_actor_fields(incident: Incident, event_type: str, disorder: str, mappings: ExportMappings) -> Fields:
    """Actor and recipient; of a reciprocal act the first party and the others. Allies are `assoc_actor`.

    Whom a protest is addressed to did not meet it: ACLED's second actor is who stood in the street. Only of a riot is
    the recipient whom it struck.
    """
    is_addressed = incident.type == "PROTEST" and event_type != "Riots"
    first, second = list(incident.actor), [] if is_addressed else list(incident.recipient)
    if not second and not is_addressed and len(first) > 1:
        first, second = first[:1], first[1:]
    country = incident.place.country if incident.place else None
    if incident.type == "PROTEST" and disorder == "Demonstrations":
        inter1 = _CROWDS.get(event_type) if first else None
    else:
        inter1 = _find_actor_type(first[0], country, mappings) if first else None
    inter2 = _find_actor_type(second[0], country, mappings) if second else None
    return {
        "actor1": first[0].text if first else None,
        "assoc_actor_1": join_parties(first[1:]),
        "inter1": inter1,
        "actor2": second[0].text if second else None,
        "assoc_actor_2": join_parties(second[1:]),
        "inter2": inter2,
        "interaction": _tell_interaction(inter1, inter2, mappings, has_second=bool(second)),
    }


def _find_actor_type(party: Party, country: str | None, mappings: ExportMappings) -> str | None:
    found = mappings.actor_types.get(party.sector or "")
    if found != "State forces":
        return found
    is_abroad = None not in (party.country, country) and party.country != country
    return _EXTERNAL if is_abroad or party.country in NO_COUNTRY else found


def _tell_interaction(
    inter1: str | None, inter2: str | None, mappings: ExportMappings, *, has_second: bool
) -> str | None:
    if inter1 is None:
        return None
    if not has_second:
        return f"{inter1} only"
    if inter2 is None:
        return None
    one, other = sorted((inter1, inter2), key=mappings.type_order.index)
    turned = f"{other}-{one}"
    return turned if turned in mappings.reversed else f"{one}-{other}"


def _tell_targeting(event_type: str, sub_event_type: str, target: str | None) -> str | None:
    is_aimed = event_type == "Violence against civilians" or sub_event_type == "Excessive force against protesters"
    is_aimed |= event_type in ("Explosions/Remote violence", "Riots") and target == "civilians"
    return "Civilian targeting" if is_aimed else None


def _list_place_fields(place: Place | None, find_area: FindArea) -> Fields:
    if place is None:
        return {}
    around, point = list_surroundings(place, find_area), find_point(place)
    codes = load_country_codes().get(place.country or "", NO_CODES)
    return {
        "iso": codes.iso_numeric,
        "country": around.country,
        "admin1": around.region,
        "admin2": around.district,
        "location": None if place.precision == "country" else place.shown_name,
        "latitude": point.lat if point else None,
        "longitude": point.lon if point else None,
        "geo_precision": 2 if is_rounded(place) else _GEO_PRECISION.get(place.precision) if is_pinned(place) else None,
    }


def _tell_notes(backed: BackedIncident, words: Texts) -> str | None:
    """Who says so and the sentences, in order of publication; then the naming footnote of the place."""
    place = backed.incident.place
    sentences = [_tell_claim(backed, n) for n in range(len(backed.claims))]
    key = find_footnote(place) if place else None
    return " ".join([*dict.fromkeys(sentences), *([words.get(key, key)] if key else [])]) or None


def _tell_claim(backed: BackedIncident, n: int) -> str:
    claim = backed.claims[n]
    article = backed.articles.get(claim.article_id)
    outlet = article.outlet_name if article and article.outlet_name else "An outlet that is not named"
    return f"{outlet}: \u201c{' '.join(claim.evidence.text.split())}\u201d"


def _list_tags(incident: Incident, tlp: str) -> list[str]:
    tags = [EXERCISE] if incident.is_exercise else []
    tags += [tlp, f"plover={incident.type}" + (f" {incident.mode}" if incident.mode else "")]
    tags += [f"state={incident.state}", f"certainty={incident.certainty}", f"origins={incident.origins}"]
    if incident.date and (incident.date.precision != "day" or incident.date.days > 1):
        tags.append(f"dates={incident.date}")
    if incident.type == "PROTEST" and incident.recipient and incident.mode not in ("riot", "vandalize"):
        # a semicolon ends a tag
        tags.append(f"addressed={(join_parties(incident.recipient) or '').replace(';', ',')}")
    killed = find_killed(incident)
    if killed:
        low, _, high = killed
        tags.append(f"fatalities={low}-{high}" if high is not None else f"fatalities={low}+")
    tags.append(f"mapping={load_export_mappings().version}")
    tags += ["background"] if incident.background else []
    tags += ["faint"] if incident.is_faint else []
    return tags
