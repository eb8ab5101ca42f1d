"""A record's exported fields, by name: the cells of a CSV row and the properties of a GeoJSON feature alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from tocsin.export.footnotes import find_footnote
from tocsin.export.points import find_point
from tocsin.records import (
    Alert,
    Article,
    Claim,
    Incident,
    PartialDate,
    Party,
    Place,
    Reason,
    Tension,
    Toll,
    TollKind,
    TollRange,
    to_plain,
)

Fields = dict[str, Any]
#: The mark of what belongs to the exercise, wherever it shows.
EXERCISE = "EXERCISE"


def list_incident_fields(incident: Incident, tlp: str) -> Fields:
    """See `tables.incidents_to_csv` for the meaning of each."""
    grades = {grade.claim_id: grade.credibility for grade in incident.grades}
    return {
        "id": incident.id,
        **_mark(incident.is_exercise, tlp),
        "type": incident.type,
        "mode": incident.mode,
        "modality": incident.modality,
        "certainty": incident.certainty,
        "background": incident.background,
        "state": incident.state,
        **_date_fields(incident.date),
        "reported_at": to_plain(incident.reported_at),
        **_place_fields(incident.place),
        **_party_fields("actor", incident.actor),
        **_party_fields("recipient", incident.recipient),
        "origins": incident.origins,
        "outlet_ids": list(incident.outlets),
        "claim_ids": list(incident.claim_ids),
        "credibilities": [grades.get(claim_id) for claim_id in incident.claim_ids],
        **_toll_range_fields(incident.tolls),
        "reasons": _tell_reasons(
            [
                *([incident.date_reason] if incident.date_reason else []),
                *incident.reasons,
                *dict.fromkeys(grade.reason for grade in incident.grades if grade.is_given),
            ]
        ),
    }


def list_claim_fields(claim: Claim, article: Article, tlp: str) -> Fields:
    """See `tables.claims_to_csv` for the meaning of each."""
    return {
        "id": claim.id,
        **_mark(article.is_exercise, tlp),
        "article_id": claim.article_id,
        "outlet_id": article.outlet_id,
        "outlet": article.outlet_name,
        "title": article.title,
        "url": article.url,
        "published_at": to_plain(article.published_at),
        "type": claim.type,
        "mode": claim.mode,
        "contexts": list(claim.contexts),
        "modality": claim.modality,
        "certainty": claim.certainty,
        "background": claim.background,
        **_party_fields("actor", claim.actor),
        **_party_fields("recipient", claim.recipient),
        "speakers": [link.speaker for link in claim.attribution],
        "speaker_kinds": [link.kind for link in claim.attribution],
        "cues": [link.cue for link in claim.attribution],
        **_date_fields(claim.date),
        **_place_fields(claim.place),
        "tolls": [tell_toll(toll) for toll in claim.tolls],
        "evidence": claim.evidence.text,
        "evidence_start": claim.evidence.start,
        "evidence_end": claim.evidence.end,
        "score": claim.score,
        "reader": claim.reader,
        "reasons": _tell_reasons(claim.reasons),
    }


def list_article_fields(article: Article, tlp: str) -> Fields:
    """See `tables.articles_to_csv` for the meaning of each."""
    return {
        "id": article.id,
        **_mark(article.is_exercise, tlp),
        "outlet_id": article.outlet_id,
        "outlet": article.outlet_name,
        "title": article.title,
        "url": article.url,
        "published_at": to_plain(article.published_at),
        "taken_at": to_plain(article.taken_at),
        "language": article.language,
        "characters": len(article.text),
        "digest": article.digest,
        "fault": article.fault,
    }


def list_tension_fields(tension: Tension, footnote: str | None, tlp: str) -> Fields:
    """See `tables.tensions_to_csv` for the meaning of each."""
    is_silent = tension.state == "sources-silent"
    return {
        "place_id": tension.place_id,
        "place": tension.place_name,
        "footnote": footnote,
        "day": to_plain(tension.day),
        **_mark(tension.is_exercise, tlp),
        "state": tension.state,
        "hostile": None if is_silent else tension.hostile,
        "cooperative": None if is_silent else tension.cooperative,
        "level": None if is_silent else tension.level,
        "surprise": tension.surprise,
        "coverage": tension.coverage,
        "announced": None if is_silent else tension.announced,
        "stage": tension.stage,
        "incident_ids": list(tension.incident_ids),
        "reasons": _tell_reasons(tension.reasons),
    }


def list_alert_fields(alert: Alert, footnote: str | None, tlp: str) -> Fields:
    """See `tables.alerts_to_csv` for the meaning of each."""
    return {
        "id": alert.id,
        **_mark(alert.is_exercise, tlp),
        "state": alert.state,
        "precedence": alert.precedence,
        "title": alert.title,
        "hypothesis": alert.hypothesis,
        "place_id": alert.place_id,
        "place": alert.place_name,
        "footnote": footnote,
        "began_on": to_plain(alert.began_on),
        "day": to_plain(alert.day),
        "updated_at": to_plain(alert.updated_at),
        "rule": alert.rule,
        "rule_version": alert.rule_version,
        "speaks": alert.speaks,
        "sets": list(alert.sets),
        "cleared_by": alert.cleared_by,
        "note": alert.note,
        "incident_ids": list(alert.incident_ids),
        "reasons": _tell_reasons(alert.reasons),
    }


def add_footnote_text(fields: Fields, footnotes: Mapping[str, str]) -> Fields:
    """The fields with the footnote's text after all others; a key without a known text stands for itself."""
    key = fields["footnote"]
    return fields | {"footnote_text": None if key is None else footnotes.get(key, key)}


def tell_toll(toll: Toll) -> str:
    """A toll in words: "killed 2-5 soldiers"; "+" after the number where nobody gives a top."""
    return " ".join(filter(None, (toll.kind, tell_range(toll.low, toll.high), toll.whom)))


def tell_range(low: int, high: int | None) -> str:
    """ "3", "3-5" or "3+"."""
    if high is None:
        return f"{low}+"
    return str(low) if low == high else f"{low}-{high}"


def _mark(is_exercise: bool, tlp: str) -> Fields:
    return {"exercise": EXERCISE if is_exercise else None, "tlp": tlp}


def _date_fields(date: PartialDate | None) -> Fields:
    if date is None:
        return dict.fromkeys(("date_start", "date_end", "date_precision"))
    return {
        "date_start": to_plain(date.start),
        "date_end": to_plain(date.end),
        "date_precision": date.precision,
    }


def _place_fields(place: Place | None) -> Fields:
    """Coordinates only where a map may pin them: an area has a name, and no centroid posing as the spot."""
    if place is None:
        names = ("place", "place_as_written", "place_precision", "country", "lat", "lon", "place_id", "footnote")
        return dict.fromkeys(names) | {"within": []}
    point = find_point(place)
    return {
        "place": place.shown_name,
        "place_as_written": place.name,
        "place_precision": place.precision,
        "country": place.country,
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
        "place_id": place.gazetteer_id,
        "footnote": find_footnote(place),
        "within": list(place.within),
    }


def _party_fields(role: str, parties: Sequence[Party]) -> Fields:
    return {
        f"{role}s": [party.text for party in parties],
        f"{role}_countries": [party.country for party in parties],
        f"{role}_sectors": [party.sector for party in parties],
    }


def _toll_range_fields(tolls: Sequence[TollRange]) -> Fields:
    of_kind = {toll.kind: toll for toll in tolls}
    fields: Fields = {}
    for kind in get_args(TollKind):
        toll = of_kind.get(kind)
        for part in ("low", "best", "high"):
            fields[f"{kind}_{part}"] = getattr(toll, part) if toll else None
    return fields


def _tell_reasons(reasons: Sequence[Reason]) -> list[str]:
    return [f"{reason.rule}: {reason.detail}" for reason in reasons]
