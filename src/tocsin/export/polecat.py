"""Claims in the columns of POLECAT's weekly files (PLOVER 2.0), for scripts that read those.

The forty columns of theirs come first, in their order and to the letter; ours follow, each beginning with "Tocsin".
A cell of theirs that we cannot fill is empty, where POLECAT itself writes "None". docs/exports.md says which and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.export.areas import FindArea, find_no_area, list_surroundings
from tocsin.export.backing import BackedClaim
from tocsin.export.fields import EXERCISE, Fields, tell_toll
from tocsin.export.footnotes import find_footnote, load_footnotes
from tocsin.export.parquet import Kind
from tocsin.export.parties import JOINT, join_parties, join_texts
from tocsin.export.points import find_point
from tocsin.export.table import Table
from tocsin.export.tables import TLP, Texts
from tocsin.knowledge.export_mappings import NO_CODES, load_country_codes
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Party, to_plain

THEIRS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts",
    "Actor Name", "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title",
    "Actor Name Raw", "Wikipedia Actor ID",
    "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector", "Recipient Sectors",
    "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID",
    "Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename",
    "Feature Type", "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations",
    "Language", "Version",
)  # fmt: skip
OURS = (
    "Tocsin TLP", "Tocsin Exercise", "Tocsin Modality", "Tocsin Certainty", "Tocsin Background", "Tocsin Speakers",
    "Tocsin Speaker Kinds", "Tocsin Cues", "Tocsin Intensity", "Tocsin Date Start", "Tocsin Date End",
    "Tocsin Date Precision", "Tocsin Place Precision", "Tocsin Tolls", "Tocsin Evidence", "Tocsin Article ID",
    "Tocsin URL", "Tocsin Score", "Tocsin Footnote", "Tocsin Footnote Text",
)  # fmt: skip
COLUMNS = (*THEIRS, *OURS)
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("Latitude", "Longitude", "Tocsin Intensity", "Tocsin Score"), "number"),
    **dict.fromkeys(("Event Date", "Publication Date", "Tocsin Date Start", "Tocsin Date End"), "day"),
    "GeoNames ID": "whole",
    "Tocsin Background": "flag",
}  # fmt: skip
_QUADS = {1: "VERBAL COOPERATION", 2: "MATERIAL COOPERATION", 3: "VERBAL CONFLICT", 4: "MATERIAL CONFLICT"}
_GEONAMES = "geonames:"


def tabulate_polecat(
    claims: Iterable[BackedClaim], *, tlp: str = TLP, find_area: FindArea = find_no_area, footnotes: Texts | None = None
) -> Table:
    """Claims with their articles as a table in POLECAT's columns."""
    words = load_footnotes() if footnotes is None else footnotes
    return Table(COLUMNS, (_list_fields(backed, tlp, find_area, words) for backed in claims), KINDS)


def _list_fields(backed: BackedClaim, tlp: str, find_area: FindArea, words: Texts) -> Fields:
    claim, article = backed.claim, backed.article
    ontology = load_ontology()
    day = claim.date.start if claim.date and claim.date.precision == "day" and claim.date.days == 1 else None
    return {
        **dict.fromkeys(COLUMNS),
        "Event ID": claim.id,
        "Event Date": to_plain(day),
        "Event Type": claim.type,
        "Event Mode": claim.mode,
        "Quad Code": _QUADS[ontology.entry(claim.type).quad],
        "Contexts": join_texts(claim.contexts),
        **_list_party_fields("Actor", claim.actor),
        **_list_party_fields("Recipient", claim.recipient),
        **_list_place_fields(backed, find_area),
        "Source": article.outlet_name,
        "Publication Date": article.published_at.date().isoformat() if article.published_at else None,
        "Language": article.language,
        "Version": claim.reader or None,
        **_list_own_fields(backed, tlp, words),
        "Tocsin Intensity": ontology.score(claim.type, claim.mode),
    }


def _list_party_fields(role: str, parties: Sequence[Party]) -> Fields:
    codes = load_country_codes()
    numbers = [codes.get(party.country or "", NO_CODES).cow for party in parties]
    sectors = [party.sector for party in parties if party.sector]
    return {
        f"{role} Name": join_parties(parties),
        f"{role} Country": join_texts(party.country for party in parties),
        f"{role} COW": join_texts(str(number) for number in numbers if number is not None),
        f"Primary {role} Sector": sectors[0] if sectors else None,
        f"{role} Sectors": join_texts(sectors),
        f"{role} Name Raw": join_parties(parties),
    }


def _list_place_fields(backed: BackedClaim, find_area: FindArea) -> Fields:
    place = backed.claim.place
    if place is None:
        return {}
    around, point = list_surroundings(place, find_area), find_point(place)
    written = place.gazetteer_id or ""
    number = written.removeprefix(_GEONAMES)
    return {
        "Placename": place.shown_name,
        "City": around.settlement,
        "District": around.district,
        "Province": around.region,
        "Country": place.country,
        "Latitude": point.lat if point else None,
        "Longitude": point.lon if point else None,
        "GeoNames ID": int(number) if written.startswith(_GEONAMES) and number.isdecimal() else around.geonames,
        "Raw Placename": place.name,
    }


def _list_own_fields(backed: BackedClaim, tlp: str, words: Texts) -> Fields:
    claim, article = backed.claim, backed.article
    footnote = find_footnote(claim.place) if claim.place else None
    return {
        "Tocsin TLP": tlp,
        "Tocsin Exercise": EXERCISE if article.is_exercise else None,
        "Tocsin Modality": claim.modality,
        "Tocsin Certainty": claim.certainty,
        "Tocsin Background": claim.background,
        # of the same length, so that who says it, what he is and his cue stay together
        "Tocsin Speakers": _join_links(link.speaker for link in claim.attribution),
        "Tocsin Speaker Kinds": _join_links(link.kind for link in claim.attribution),
        "Tocsin Cues": _join_links(link.cue for link in claim.attribution),
        "Tocsin Date Start": to_plain(claim.date.start) if claim.date else None,
        "Tocsin Date End": to_plain(claim.date.end) if claim.date else None,
        "Tocsin Date Precision": claim.date.precision if claim.date else None,
        "Tocsin Place Precision": claim.place.precision if claim.place else None,
        "Tocsin Tolls": join_texts(tell_toll(toll) for toll in claim.tolls),
        "Tocsin Evidence": claim.evidence.text,
        "Tocsin Article ID": claim.article_id,
        "Tocsin URL": article.url,
        "Tocsin Score": claim.score,
        "Tocsin Footnote": footnote,
        "Tocsin Footnote Text": None if footnote is None else words.get(footnote, footnote),
    }


def _join_links(parts: Iterable[str | None]) -> str | None:
    return JOINT.join(part or "" for part in parts) or None
