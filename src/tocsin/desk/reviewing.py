"""What people have made of the machine's claims: each claim's review for a screen, and judged articles as gold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from tocsin.ports import Store
from tocsin.records import Article, Claim, Outlet, claim_to_codebook
from tocsin.records.correction import CorrectedField, Correction, Standing, judge_standing

#: The codebook's fields of a place and of a claim in a gold file.
_PLACE_FIELDS = ("name", "country", "precision", "lat", "lon")
_CLAIM_FIELDS = (
    "type", "mode", "contexts", "actor", "recipient", "modality", "certainty", "background", "attribution", "date",
    "place", "tolls", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """What was said of one claim.

    read       the claim as the machine read it, or as it was added
    history    every correction, newest first
    seen       its newest correction; `seen_fields` that of each field that was ever changed or graded
    changed    the fields that now say something else than the machine
    """

    read: Claim
    standing: Standing = "read"
    history: tuple[Correction, ...] = ()
    seen_fields: dict[CorrectedField, str] = field(default_factory=dict)
    changed: tuple[CorrectedField, ...] = ()

    @property
    def seen(self) -> str | None:
        """The newest correction, or None."""
        return self.history[0].id if self.history else None

    @property
    def is_rejected(self) -> bool:
        """Whether it counts for nothing."""
        return self.standing == "rejected"


def review_claims(store: Store, claims: Sequence[Claim]) -> dict[str, Review]:
    """What was said of each claim, by its id; a claim that nobody has judged has an empty review."""
    said = store.corrections([c.id for c in claims])
    read = store.claims_as_read(said)
    return {c.id: _review(read.get(c.id, c), said.get(c.id, [])) for c in claims}


def _review(read: Claim, said: Sequence[Correction]) -> Review:
    newest = {c.field: c for c in said if c.field is not None}
    changed = tuple(field_ for field_, c in newest.items() if c.kind == "changed" and c.value != c.machine)
    seen = {field_: c.id for field_, c in newest.items()}
    return Review(read, judge_standing(said), tuple(reversed(said)), seen, changed)


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """How far the review is: claims by standing, articles that are judged wholly, and those of them that can be gold.

    undated  judged articles without a date of publication: their dates cannot be checked, so that they are no gold
    """

    claims: dict[Standing, int]
    judged: int
    gold: int
    undated: int


def count_reviews(store: Store, *, is_exercise: bool = False) -> ReviewStatus:
    """How much of the desk's news (or of its exercise) people have judged."""
    counts = store.standing_counts(is_exercise=is_exercise)
    ids = store.reviewed_article_ids(is_exercise=is_exercise)
    undated = sum(a.published_at is None for a in store.articles_by_id(ids).values())
    return ReviewStatus(counts, len(ids), len(ids) - undated, undated)


def list_gold(store: Store, *, is_exercise: bool = False) -> Iterator[dict[str, Any]]:
    """Articles whose every claim a person has accepted, corrected, added or rejected, in the form of a gold file.

    The claims are those that count, each with its incident; an article of rejected claims alone has none. Articles
    without a date of publication are left out: their dates could not be checked.
    """
    outlets = {o.id: o for o in store.outlets()}
    for article in store.articles_by_id(store.reviewed_article_ids(is_exercise=is_exercise)).values():
        if article.published_at is not None:
            claims = store.claims_of_articles([article.id])
            homes = store.incidents_of_claims([c.id for c in claims])
            judged_by = _name_judges(store.corrections([c.id for c in store.claims_of_article(article.id)]).values())
            yield make_gold(article, outlets.get(article.outlet_id or ""), claims, homes, judged_by)


def make_gold(
    article: Article, outlet: Outlet | None, claims: Sequence[Claim], incident_of: dict[str, str], notes: str = ""
) -> dict[str, Any]:
    """One line of a gold file: the article with its claims in the codebook's fields."""
    published = article.published_at
    return {
        "id": article.id,
        "outlet": article.outlet_name,
        "outlet_kind": outlet.kind if outlet else None,
        "country": outlet.country if outlet else None,
        "published": published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if published else None,
        "lang": article.language,
        "title": article.title,
        "text": article.text,
        "claims": [_make_gold_claim(c, incident_of.get(c.id)) for c in claims],
        "notes": notes,
    }


def write_gold(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One JSON line each."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _make_gold_claim(claim: Claim, incident: str | None) -> dict[str, Any]:
    told = claim_to_codebook(claim, with_reasons=False)
    place = told["place"]
    told["place"] = {name: place[name] for name in _PLACE_FIELDS} if place else None
    return {name: told[name] for name in _CLAIM_FIELDS} | {"incident": incident}


def _name_judges(said: Iterable[Sequence[Correction]]) -> str:
    names = sorted({c.made_by for held in said for c in held if c.kind != "graded"})
    return f"judged by {', '.join(names)}"
