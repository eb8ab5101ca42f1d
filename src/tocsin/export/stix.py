"""Incidents as a STIX 2.1 bundle, for threat-intelligence platforms.

    incident            one for each incident: a name, its versions' sentences as external references, labels
    location            its place: country, area, and a point only where a map may pin one
    identity            each party, by its words, country and sector; class "unknown" unless its sector says more
    relationship        incident located-at location; incident related-to identity, described as actor or recipient
    report              one, of everything in the bundle
    marking-definition  TLP 2.0 with the standard's own id, a statement that the boundaries imply nothing, and one for
                        each naming footnote, on what it belongs to

STIX has no word for "planned", "denied" or "hedged": the labels say so ("modality:planned"), and the name of what has
not happened begins with it. Ids are UUIDv5 of the record's own id, so that a platform that imports twice holds each
once. An incident is `created` when it was first reported and `modified` when its last article was taken in or somebody
last changed what it is made of: a platform knows a correction, or a retraction (`revoked`), by that time alone. What
has no time of its own bears a fixed day. A bundle is written piece by piece: its id, made of the ids in it, comes last.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from tocsin.export.addresses import make_uri
from tocsin.export.areas import FindArea, find_no_area, list_surroundings
from tocsin.export.backing import BackedIncident
from tocsin.export.fields import EXERCISE
from tocsin.export.footnotes import find_footnote, load_footnotes
from tocsin.export.geojson import NOTE
from tocsin.export.parties import NO_COUNTRY
from tocsin.export.points import ROUNDED_WITHIN_M, find_point
from tocsin.export.tables import TLP, Texts
from tocsin.knowledge.export_mappings import NO_CODES, load_country_codes
from tocsin.knowledge.parties import make_party_lexicon
from tocsin.knowledge.party_parts import normalise_name
from tocsin.records import Incident, Party, Place

Thing = dict[str, Any]
#: FIRST's and OASIS' objects for TLP 2.0 ("STIX 2.1 extension definition for TLP 2.0", OASIS CTI common objects).
TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_IDS = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "TLP:AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "TLP:RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
#: The namespace of our ids: UUIDv5 of "tocsin" in that of the empty one.
NAMESPACE = uuid5(UUID(int=0), "tocsin")
_FIXED = datetime(2024, 1, 1, tzinfo=UTC)
_TLP_CREATED = "2022-10-01T00:00:00.000Z"
#: Sectors of bodies; a sector that is not here leaves the class unknown.
_CLASSES = {
    "GOV": "organization", "MIL": "organization", "COP": "organization", "LEG": "organization", "JUD": "organization",
    "SPY": "organization", "PTY": "organization", "IGO": "organization", "NGO": "organization", "MED": "organization",
    "BUS": "organization", "REB": "group", "UAF": "group", "PRO": "group", "ETH": "group",
}  # fmt: skip
_UNSTATED = {"planned": "Planned", "conditional": "Conditional", "negated": "Denied"}


def incidents_to_stix(
    incidents: Iterable[BackedIncident],
    *,
    tlp: str = TLP,
    find_area: FindArea = find_no_area,
    footnotes: Texts | None = None,
) -> Iterator[str]:
    """Pieces of a bundle's JSON; each object once, whatever refers to it."""
    words = load_footnotes() if footnotes is None else footnotes
    seen: set[str] = set()
    refs: list[str] = []
    digest, newest = hashlib.sha256(tlp.encode()), _FIXED
    yield '{"type":"bundle","objects":['
    for thing in _list_markings(tlp):
        seen.add(thing["id"])
        yield _write(thing, is_first=len(seen) == 1)
    for backed in incidents:
        newest = max(newest, backed.incident.reported_at)
        for thing in _list_things(backed, tlp, find_area, words):
            if thing["id"] not in seen:
                seen.add(thing["id"])
                digest.update(thing["id"].encode())
                if thing["type"] != "marking-definition":
                    refs.append(thing["id"])
                yield _write(thing)
    name = digest.hexdigest()
    if refs:
        yield _write(_make_report(name, refs, newest, tlp))
    yield f'],"id":"bundle--{uuid5(NAMESPACE, name)}"}}\n'


def _write(thing: Thing, *, is_first: bool = False) -> str:
    held = {key: value for key, value in thing.items() if value not in (None, [], "")}
    return ("\n" if is_first else ",\n") + json.dumps(held, ensure_ascii=False, allow_nan=False)


def _list_markings(tlp: str) -> list[Thing]:
    level = tlp.removeprefix("TLP:").lower()
    standard = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_IDS[tlp],
        "created": _TLP_CREATED,
        "name": tlp,
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}},
    }
    return [standard, _make_statement(NOTE)]


def _make_statement(text: str) -> Thing:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _make_id("marking-definition", text),
        "created": _tell_time(_FIXED),
        "definition_type": "statement",
        "definition": {"statement": text},
    }


def _list_things(backed: BackedIncident, tlp: str, find_area: FindArea, words: Texts) -> Iterator[Thing]:
    incident, place = backed.incident, backed.incident.place
    key = find_footnote(place) if place else None
    marks = [TLP_IDS[tlp], _make_id("marking-definition", NOTE)]
    tags = [EXERCISE] if incident.is_exercise else []
    if key is not None:
        statement = _make_statement(words.get(key, key))
        marks.append(statement["id"])
        yield statement
    made = _make_incident(backed, marks)
    yield made
    location = _make_location(place, marks, tags, find_area) if place else None
    if location is not None:
        yield location
        yield _relate(made, "located-at", location, None, marks)
    for role, parties in (("actor", incident.actor), ("recipient", incident.recipient)):
        for n, party in enumerate(parties):
            identity = _make_identity(party, f"{incident.id} {role} {n}", marks[:1], tags)
            yield identity
            yield _relate(made, "related-to", identity, role, marks[:1])


def _make_incident(backed: BackedIncident, marks: Sequence[str]) -> Thing:
    incident = backed.incident
    moments = [incident.reported_at, *(article.taken_at for article in backed.list_articles())]
    changed_at = max([*moments, backed.changed_at] if backed.changed_at else moments)
    return {
        "type": "incident",
        "spec_version": "2.1",
        "id": _make_id("incident", incident.id),
        "created": _tell_time(incident.reported_at),
        "modified": _tell_time(changed_at),
        "revoked": incident.state == "retracted" or None,
        "name": _tell_name(incident),
        "description": _tell_description(incident),
        "labels": _list_labels(incident),
        "external_references": [
            {"source_name": "tocsin", "external_id": incident.id},
            *(_refer(backed, n) for n in range(len(backed.claims))),
        ],
        "object_marking_refs": marks,
    }


def _refer(backed: BackedIncident, n: int) -> Thing:
    claim = backed.claims[n]
    article = backed.articles.get(claim.article_id)
    reference = {
        "source_name": (article.outlet_name if article else None) or "outlet not named",
        "description": claim.evidence.text,
        "url": make_uri(article.url) if article and article.url else None,
        "external_id": claim.id,
    }
    return {key: value for key, value in reference.items() if value}


def _tell_name(incident: Incident) -> str:
    act = f"{incident.type} {incident.mode}" if incident.mode else incident.type
    where = f" at {incident.place.shown_name}" if incident.place else ""
    when = f", {incident.date}" if incident.date else ""
    unstated = _UNSTATED.get(incident.modality) or ("Denied" if incident.state == "denied" else None)
    begin = ": ".join(part for part in (EXERCISE if incident.is_exercise else None, unstated) if part)
    return f"{begin}: {act}{where}{when}" if begin else f"{act}{where}{when}"


def _tell_description(incident: Incident) -> str:
    lines = []
    for role, parties in (("By", incident.actor), ("Against", incident.recipient)):
        if parties:
            lines.append(f"{role}: {'; '.join(party.text for party in parties)}.")
    for toll in incident.tolls:
        high = "or more" if toll.high is None else f"to {toll.high}"
        lines.append(f"{toll.kind.capitalize()}: {toll.low} {high} (figure used: {toll.best}).")
    return " ".join(lines)


def _list_labels(incident: Incident) -> list[str]:
    labels = [EXERCISE] if incident.is_exercise else []
    labels += [f"type:{incident.type}", f"mode:{incident.mode}" if incident.mode else ""]
    labels += [f"state:{incident.state}", f"modality:{incident.modality}", f"certainty:{incident.certainty}"]
    labels += [f"origins:{incident.origins}", "background" if incident.background else ""]
    if incident.date:
        labels += [f"date-start:{incident.date.start}", f"date-end:{incident.date.end}"]
    return [label for label in labels if label]


def _make_location(place: Place, marks: Sequence[str], tags: Sequence[str], find_area: FindArea) -> Thing | None:
    """A location, or None where neither country nor point is known: STIX wants one of them."""
    point, around = find_point(place), list_surroundings(place, find_area)
    country = load_country_codes().get(place.country or "", NO_CODES).iso2
    if point is None and country is None:
        return None
    key = (*tags, place.gazetteer_id, place.shown_name, place.precision, country, point and (point.lat, point.lon))
    return {
        "type": "location",
        "spec_version": "2.1",
        "id": _make_id("location", json.dumps(key)),
        "created": _tell_time(_FIXED),
        "modified": _tell_time(_FIXED),
        "name": place.shown_name,
        "latitude": point.lat if point else None,
        "longitude": point.lon if point else None,
        "precision": ROUNDED_WITHIN_M if point and point.is_rounded else None,
        "country": country,
        "administrative_area": around.region,
        "city": around.settlement,
        "labels": [*tags, f"precision:{place.precision}"],
        "object_marking_refs": marks,
    }


def _make_identity(party: Party, spot: str, marks: Sequence[str], tags: Sequence[str]) -> Thing:
    """A party as an identity: one for all incidents where its words are a known body's name ("KFOR").

    "Two men" here are not the "two men" there, so any other wording is an identity of its `spot` in its incident.
    """
    is_known = normalise_name(party.text).removeprefix("the ") in make_party_lexicon().names
    key = json.dumps((*tags, party.text, party.country, party.sector, None if is_known else spot))
    country = party.country if party.country not in NO_COUNTRY else None
    labels = [*tags, f"country:{country}" if country else "", f"sector:{party.sector}" if party.sector else ""]
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _make_id("identity", key),
        "created": _tell_time(_FIXED),
        "modified": _tell_time(_FIXED),
        "name": party.text or "not named",
        "identity_class": _CLASSES.get(party.sector or "", "unknown"),
        "labels": [label for label in labels if label],
        "object_marking_refs": marks,
    }


def _relate(one: Thing, how: str, other: Thing, role: str | None, marks: Sequence[str]) -> Thing:
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": _make_id("relationship", f"{one['id']} {how} {role} {other['id']}"),
        "created": one["created"],
        "modified": one["modified"],
        "relationship_type": how,
        "description": role,
        "source_ref": one["id"],
        "target_ref": other["id"],
        "object_marking_refs": marks,
    }


def _make_report(name: str, refs: list[str], newest: datetime, tlp: str) -> Thing:
    at = _tell_time(newest)
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": _make_id("report", name),
        "created": at,
        "modified": at,
        "name": f"Tocsin incidents up to {newest:%Y-%m-%d}",
        "report_types": ["observed-data"],
        "published": at,
        "object_refs": refs,
        "object_marking_refs": [TLP_IDS[tlp], _make_id("marking-definition", NOTE)],
    }


def _make_id(kind: str, key: str) -> str:
    return f"{kind}--{uuid5(NAMESPACE, f'{kind} {key}')}"


def _tell_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
