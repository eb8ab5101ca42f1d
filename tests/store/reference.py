"""What a `Filter` means, said once more over plain records: what the store's lists are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tocsin.desk.dealings import count_as
from tocsin.records import Article, Claim, Filter, Incident, PartialDate
from tocsin.records.filters import make_party_key
from tocsin.store.words import fold_words


@dataclass(frozen=True, slots=True)
class Judged:
    """What claims are worth within their incidents, and the letters of outlets."""

    figures: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)

    def figure(self, claim_id: str) -> int:
        return self.figures.get(claim_id, 6)

    def is_reliable(self, wanted: Filter, *outlet_ids: str | None) -> bool:
        letters = {self.letters.get(id_, "") for id_ in outlet_ids if id_ is not None}
        if wanted.reliability in (None, "F"):
            return wanted.reliability is None or "F" in letters
        return any("A" <= letter <= wanted.reliability for letter in letters)


NOT_JUDGED = Judged()


def wanted_articles(
    articles: Iterable[Article], claims: Sequence[Claim], wanted: Filter, world: Judged = NOT_JUDGED
) -> list[Article]:
    told = {c.article_id for c in claims if _has_claim_fields(c, wanted) and _is_figure(world.figure(c.id), wanted)}
    asked = (wanted.type, wanted.place_id, wanted.country, wanted.actor, wanted.certainty, wanted.modality)
    asks_claims = any((*asked, wanted.by_party, wanted.to_party, wanted.counted, wanted.credibility))
    kept = [
        a
        for a in articles
        if _in_days(None, a.shown_at.date(), wanted)
        and _in_time(a.shown_at, wanted)
        and world.is_reliable(wanted, a.outlet_id)
        and _is_in_realm(a.is_exercise, wanted)
        and wanted.outlet_id in (None, a.outlet_id)
        and _has_words(f"{a.title or ''} {a.text}", wanted.query)
        and (not asks_claims or a.id in told)
    ]
    return sorted(sorted(kept, key=lambda a: a.id), key=lambda a: a.shown_at, reverse=True)


def wanted_claims(
    articles: Mapping[str, Article], claims: Iterable[Claim], wanted: Filter, world: Judged = NOT_JUDGED
) -> list[Claim]:
    kept = [
        c
        for c in claims
        if _has_claim_fields(c, wanted)
        and _in_days(c.date, articles[c.article_id].shown_at.date(), wanted)
        and _in_time(articles[c.article_id].shown_at, wanted)
        and _is_figure(world.figure(c.id), wanted)
        and world.is_reliable(wanted, articles[c.article_id].outlet_id)
        and wanted.outlet_id in (None, articles[c.article_id].outlet_id)
        and _is_in_realm(articles[c.article_id].is_exercise, wanted)
        and _has_words(c.evidence.text, wanted.query)
    ]
    kept.sort(key=lambda c: (c.article_id, c.evidence.start, c.id))
    return sorted(kept, key=lambda c: articles[c.article_id].shown_at, reverse=True)


def wanted_incidents(
    articles: Mapping[str, Article],
    claims: Mapping[str, Claim],
    incidents: Iterable[Incident],
    wanted: Filter,
    world: Judged = NOT_JUDGED,
) -> list[Incident]:
    kept = [
        i
        for i in incidents
        if _has_claim_fields(i, wanted)
        and _in_days(i.date, i.reported_at.date(), wanted)
        and (wanted.outlet_id is None or wanted.outlet_id in i.outlets)
        and _is_in_realm(i.is_exercise, wanted)
        and _in_time(i.reported_at, wanted)
        and _is_figure(min((6, *(grade.credibility for grade in i.grades))), wanted)
        and world.is_reliable(wanted, *i.outlets)
        and _has_words(" ".join(_list_texts(articles, claims, i)), wanted.query)
    ]
    return sorted(sorted(kept, key=lambda i: i.id), key=lambda i: i.reported_at, reverse=True)


def _has_claim_fields(told: Claim | Incident, wanted: Filter) -> bool:
    place = told.place
    areas = {place.gazetteer_id, *place.within} if place else set()
    return (
        (wanted.with_background or not told.background)
        and wanted.type in (None, told.type)
        and wanted.certainty in (None, told.certainty)
        and wanted.modality in (None, told.modality)
        and wanted.country in (None, place.country if place else None)
        and (wanted.place_id is None or wanted.place_id in areas)
        and _has_words(" ".join(p.text for p in told.actor + told.recipient), wanted.actor)
        and wanted.by_party in (None, make_party_key(told.actor))
        and wanted.to_party in (None, make_party_key(told.recipient))
        and wanted.counted in (None, _count_as(told))
    )


def _list_texts(articles: Mapping[str, Article], claims: Mapping[str, Claim], incident: Incident) -> Iterator[str]:
    for id_ in incident.claim_ids:
        yield claims[id_].evidence.text
        yield articles[claims[id_].article_id].title or ""


def _in_time(reported_at: datetime, wanted: Filter) -> bool:
    since, until = wanted.reported_since, wanted.reported_until
    return (since is None or reported_at >= since) and (until is None or reported_at < until)


def _is_figure(figure: int, wanted: Filter) -> bool:
    asked = wanted.credibility
    return asked is None or (figure == 6 if asked == 6 else figure <= asked)


def _count_as(told: Claim | Incident) -> str | None:
    if isinstance(told, Incident):
        return count_as(told)
    return {"actual": "deed", "negated": "denied"}.get(told.modality, told.modality)


def _is_in_realm(is_exercise: bool, wanted: Filter) -> bool:
    return wanted.realm is None or (wanted.realm == "exercise") == is_exercise


def _in_days(said: PartialDate | None, reported: date, wanted: Filter) -> bool:
    first, last = (said.start, said.end) if said else (reported, reported)
    return (wanted.since is None or last >= wanted.since) and (wanted.until is None or first <= wanted.until)


def _has_words(text: str, query: str | None) -> bool:
    words = fold_words(text)
    return all(any(word.startswith(asked) for word in words) for asked in fold_words(query or ""))
