"""The whole flow on one screen: articles to claims, claims to incidents, incidents to tension and alerts.

Each stage is a pure function of records and knowledge; `desk.py` loads what a stage needs and writes what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from tocsin.places import locate_claims
from tocsin.reading.plain import keep_claims, make_plain, plain_article
from tocsin.records import Alert, Article, Claim, Incident, Outlet
from tocsin.warning import Outlook, RuleMemory, SpotMemory, TensionBook, evaluate_rules

if TYPE_CHECKING:
    from tocsin.knowledge.policy import AlertPolicy
    from tocsin.knowledge.rules import AlertRule
    from tocsin.knowledge.weights import MergeWeights, TensionWeights
    from tocsin.places import Gazetteer, GazetteerRow
    from tocsin.ports import Reader


NO_OUTLOOKS: Mapping[str, Sequence[Outlook]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the stages know beforehand: passed in, never looked up."""

    reader: Reader
    gazetteer: Gazetteer
    merge_weights: MergeWeights
    tension_weights: TensionWeights
    rules: tuple[AlertRule, ...]
    policy: AlertPolicy


@dataclass(frozen=True, slots=True)
class WarningPicture:
    """What the warning stage gives."""

    tensions: TensionBook
    alerts: tuple[Alert, ...]


def read_claims(article: Article, knowledge: Knowledge, *, outlet: Outlet | None = None) -> tuple[Claim, ...]:
    """Article to located claims. Raises ReadingError where the article cannot be read."""
    plain = make_plain(article.text)
    read = plain_article(article, plain)
    found = knowledge.reader.read_article(read)
    country = outlet.country if outlet else None
    located = locate_claims(
        found.claims, read, knowledge.gazetteer, names=found.names, pointed=found.pointed, outlet_country=country
    )
    return keep_claims(located, plain, article.text)


def derive_warning(
    incidents: Sequence[Incident],
    activity: Mapping[date, frozenset[str]],
    knowledge: Knowledge,
    *,
    first: date,
    until: date,
    now: datetime,
    places: Iterable[GazetteerRow],
    outlooks: Mapping[str, Sequence[Outlook]] = NO_OUTLOOKS,
    earlier: Iterable[Alert] = (),
    memory: RuleMemory | None = None,
    spots: SpotMemory | None = None,
) -> WarningPicture:
    """Incidents to tension by place and day up to `until`, and the alerts of the days from `first` on.

    places    the gazetteer's rows of the incidents' places and of the areas around them
    outlooks  what the newest forecast says of a place on the day of `now`, by gazetteer id
    earlier   alerts as they were derived before, so that one that stands on a forecast outlives the day
    memory    what the rules found last time, where that is known: it changes nothing but the time
    spots     likewise what bore on each place

    How each place stands follows from both: see `warning.set_stages`.
    """
    rows, before = tuple(places), tuple(earlier)
    names = _recall_names(incidents, before) | {row.id: row.name for row in rows}
    widths = {row.id: row.precision for row in rows}
    tensions = TensionBook(incidents, activity, knowledge.tension_weights, until=until, place_names=names, memory=spots)
    alerts = evaluate_rules(
        incidents,
        tensions,
        knowledge.rules,
        first=first,
        until=until,
        now=now,
        place_names=names,
        precisions=widths,
        outlooks=outlooks,
        earlier=before,
        memory=memory,
    )
    return WarningPicture(tensions, alerts)


def _recall_names(incidents: Iterable[Incident], earlier: Iterable[Alert]) -> dict[str, str]:
    """What places were called that the gazetteer may have no more: split, or its layer taken away."""
    told = {alert.place_id: alert.place_name for alert in earlier}
    return told | {i.place.gazetteer_id: i.place.shown_name for i in incidents if i.place and i.place.gazetteer_id}
