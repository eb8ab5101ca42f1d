"""A claim in the codebook's own fields: what `tocsin read --json`, the API and the exports give."""

from __future__ import annotations

from typing import Any

from tocsin.records.article import Article
from tocsin.records.claim import Claim, Party
from tocsin.records.codec import to_plain
from tocsin.records.place import Place


def claim_to_codebook(claim: Claim, article: Article | None = None, *, with_reasons: bool = True) -> dict[str, Any]:
    """The claim as a JSON object with the codebook's field names, in the codebook's order.

    With `article`, its id, outlet, title, url and time of publication stand before the fields.
    """
    head: dict[str, Any] = {"id": claim.id, "article": claim.article_id}
    if article is not None:
        head |= {
            "outlet": article.outlet_name,
            "title": article.title,
            "url": article.url,
            "published_at": to_plain(article.published_at),
            "is_exercise": article.is_exercise,
        }
    body = {
        "type": claim.type,
        "mode": claim.mode,
        "contexts": list(claim.contexts),
        "actor": [_party(p) for p in claim.actor],
        "recipient": [_party(p) for p in claim.recipient],
        "modality": claim.modality,
        "certainty": claim.certainty,
        "background": claim.background,
        "attribution": [{"speaker": a.speaker, "kind": a.kind, "cue": a.cue} for a in claim.attribution],
        "date": to_plain(claim.date),
        "place": _place(claim.place, with_reasons=with_reasons),
        "tolls": to_plain(claim.tolls),
        "evidence": to_plain(claim.evidence),
        "score": claim.score,
        "reader": claim.reader,
    }
    if with_reasons:
        body["reasons"] = to_plain(claim.reasons)
    return head | body


def _party(party: Party) -> dict[str, Any]:
    return {"text": party.text, "country": party.country, "sector": party.sector}


def _place(place: Place | None, *, with_reasons: bool) -> dict[str, Any] | None:
    if place is None:
        return None
    told: dict[str, Any] = {
        "name": place.name,
        "country": place.country,
        "precision": place.precision,
        "lat": place.lat,
        "lon": place.lon,
        "gazetteer_id": place.gazetteer_id,
        "label": place.label,
        "within": list(place.within),
        "footnote": place.footnote,
    }
    return {**told, "reasons": to_plain(place.reasons)} if with_reasons else told
