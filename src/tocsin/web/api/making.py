"""Records into the API's shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import cast

from tocsin.desk import Desk
from tocsin.desk.correcting import mark_seen
from tocsin.desk.taken import Taken
from tocsin.desk.views import IncidentView
from tocsin.ports import Store
from tocsin.records import Article, Claim, Tension, claim_to_codebook
from tocsin.web.api.shapes import (
    ArticleLine,
    ClaimForm,
    ConditionForm,
    IncidentAnswer,
    IndicatorForm,
    NoteForm,
    PlaceDay,
    PointForm,
    StageForm,
    TakenAnswer,
    VersionForm,
)
from tocsin.web.indicators import Indicator
from tocsin.web.naming import name_tension
from tocsin.web.unfolding import Stage, unfold_incident


def make_article_line(article: Article, claims: int) -> ArticleLine:
    """An article without its text."""
    held = {f.name: getattr(article, f.name) for f in fields(ArticleLine) if f.name != "claims"}
    return ArticleLine(**held, claims=claims)


def make_days(desk: Desk, tensions: Iterable[Tension]) -> list[PlaceDay]:
    """Place-days under the desk's naming policy; where the outlets were silent no sum poses as a zero."""
    days = []
    for tension in tensions:
        held = {f.name: getattr(name_tension(desk, tension), f.name) for f in fields(PlaceDay)}
        unknown = ("hostile", "cooperative", "level", "announced") if tension.state == "sources-silent" else ()
        days.append(PlaceDay(**held | dict.fromkeys(unknown)))
    return days


def make_claims(store: Store, claims: Sequence[Claim]) -> list[ClaimForm]:
    """Claims in the codebook's fields, each with its article's head and its incident."""
    articles = store.articles_by_id({c.article_id for c in claims})
    return join_claims(claims, articles, store.incidents_of_claims([c.id for c in claims]))


def join_claims(
    claims: Sequence[Claim], articles: Mapping[str, Article], incident_of: Mapping[str, str]
) -> list[ClaimForm]:
    """The same where articles and incidents are at hand."""
    return [
        cast(ClaimForm, claim_to_codebook(c, articles.get(c.article_id)) | {"incident": incident_of.get(c.id)})
        for c in claims
    ]


def make_versions(view: IncidentView) -> list[VersionForm]:
    """An incident's claims by speaker."""
    incident_of = dict.fromkeys(view.incident.claim_ids, view.incident.id)
    return [
        VersionForm(v.speaker, v.outlet.name if v.outlet else None, join_claims(v.claims, view.articles, incident_of))
        for v in view.versions
    ]


def make_incident(store: Store, view: IncidentView) -> IncidentAnswer:
    """An incident with all that is known of it, and since when."""
    points = [
        PointForm(p.kind, p.value, sorted(p.agree), sorted(p.differ), sorted(view.everyone - p.agree - p.differ))
        for p in view.points
    ]
    stages = [make_stage(stage) for stage in unfold_incident(store, view).stages]
    notes = [NoteForm(c.id, c.reason, c.made_by, c.made_at, c.claim_id) for c in view.notes]
    seen = mark_seen(store.corrections(view.incident.claim_ids))
    return IncidentAnswer(view.incident, make_versions(view), points, stages, list(view.history), notes, seen)


def make_stage(stage: Stage) -> StageForm:
    """One report of an incident and what the incident came to with it."""
    article, known = stage.article, stage.known
    return StageForm(
        article.published_at, article.taken_at, article.id, article.outlet_name, [claim.id for claim in stage.claims],
        known.type, known.mode, known.state, known.place.shown_name if known.place else None, known.date,
        list(known.tolls), known.origins, list(stage.named), [repeat.id for repeat in stage.repeats],
    )  # fmt: skip


def make_indicators(indicators: Iterable[Indicator]) -> list[IndicatorForm]:
    """The alert rules as they stand at a place."""
    return [
        IndicatorForm(
            one.rule.name, one.rule.title, one.rule.precedence, one.standing, one.alert.id if one.alert else None,
            [ConditionForm(part.text, part.holds) for part in one.parts],
        )
        for one in indicators
    ]  # fmt: skip


def make_taken(desk: Desk, taken: Taken) -> TakenAnswer:
    """What became of what was handed in, with every claim of every article in it."""
    ids = [a.id for a in taken.articles]
    counts = desk.store.claim_counts(ids)
    claims = desk.store.claims_of_articles(ids)
    lines = [make_article_line(a, counts.get(a.id, 0)) for a in taken.articles]
    return TakenAnswer(taken.new, taken.known, taken.feeds, make_claims(desk.store, claims), lines, list(taken.faults))
