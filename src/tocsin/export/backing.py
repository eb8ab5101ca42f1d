"""Records with what they rest on: what the tables of other projects need beside the record itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.records import Article, Claim, Incident


@dataclass(frozen=True, slots=True)
class BackedClaim:
    """A claim and its article."""

    claim: Claim
    article: Article


@dataclass(frozen=True, slots=True)
class BackedIncident:
    """An incident, its claims in their order, and their articles by id.

    changed_at  when somebody at the desk last changed what it is made of, or None: nobody did, or it was not asked
    """

    incident: Incident
    claims: tuple[Claim, ...] = ()
    articles: Mapping[str, Article] = field(default_factory=dict)
    changed_at: datetime | None = None

    def list_articles(self) -> list[Article]:
        """Its articles, each once, in the order of its claims; one that is not held is left out."""
        ids = dict.fromkeys(claim.article_id for claim in self.claims)
        return [self.articles[id_] for id_ in ids if id_ in self.articles]
