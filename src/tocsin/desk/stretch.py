"""Tension and alerts of a stretch of days: the loading around the pure stage, and what of it is new to the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from tocsin.desk.foresight import Outlooks
from tocsin.desk.remembering import IncidentMemory
from tocsin.desk.window import IncidentWindow
from tocsin.pipeline import NO_OUTLOOKS, Knowledge, WarningPicture, derive_warning
from tocsin.places import GazetteerRow
from tocsin.ports import Derivation, Store
from tocsin.records import Alert, Incident, Tension
from tocsin.warning import set_stages
from tocsin.warning.chains import LIVE

#: A day's incidents bear on the tension of so many days after it (84 of past and 7 of window), and on alerts.
INFLUENCE_DAYS = 91
#: Alerts are replayed from so many days before the first change, so that a run that began earlier is seen whole.
RUN_DAYS = 45
_NOTHING: Mapping[str, Incident] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days whose tension and alerts are derived, both ends included.

    is_exercise  whether of the exercise or of real news
    now          the moment of the derivation
    """

    is_exercise: bool
    first: date
    until: date
    now: datetime


def derive_stretch(
    store: Store,
    knowledge: Knowledge,
    stretch: Stretch,
    *,
    fresh: Mapping[str, Incident] = _NOTHING,
    gone: Collection[str] = (),
    outlooks: Outlooks = NO_OUTLOOKS,
    touched: Collection[str] | None = None,
    memory: IncidentMemory | None = None,
) -> Derivation:
    """Tension and alerts of a stretch over the stored incidents, without those that are gone, and the fresh ones.

    touched  the only places whose tension can have changed on days that have been derived before; None: any
    memory   what is remembered of the last derivation
    """
    before = [a for a in store.alerts() if a.is_exercise == stretch.is_exercise]
    began = [a.began_on for a in before if a.day >= stretch.first]
    replay_from = min([stretch.first - timedelta(days=RUN_DAYS), *began])
    since = replay_from - timedelta(days=INFLUENCE_DAYS + 7)
    incidents, activity = _load_stretch(store, stretch, since, fresh, gone, memory)
    picture = derive_warning(
        list(incidents.values()),
        activity,
        knowledge,
        first=replay_from,
        until=stretch.until,
        now=stretch.now,
        places=_find_places(incidents.values(), knowledge),
        outlooks=outlooks,
        earlier=before,
        memory=memory.rules if memory else None,
        spots=memory.spots if memory else None,
    )
    alerts = (
        *picture.alerts,
        *_retract_alerts(before, picture.alerts, replay_from, stretch),
        *_end_alerts(before, {r.name: r.keep_days for r in knowledge.rules}, replay_from, stretch),
    )
    if touched is not None:
        # where no alert stands otherwise than before, the place does not; but by the policy of before
        is_known = memory is not None and stretch.is_exercise in memory.staged
        touched = {*touched, *(_find_restaged(before, alerts) if is_known else (a.place_id for a in alerts))}
    first = min([stretch.first, *_find_moved(before, alerts)])
    new, old = _stage_places(store, knowledge, picture, alerts, replace(stretch, first=first), touched)
    if memory is not None:
        memory.staged.add(stretch.is_exercise)
    return Derivation(tensions=_changed_tensions(new, old), gone_tensions=_gone_tensions(new, old), alerts=alerts)


def _load_stretch(
    store: Store,
    stretch: Stretch,
    since: date,
    fresh: Mapping[str, Incident],
    gone: Collection[str],
    memory: IncidentMemory | None,
) -> tuple[dict[str, Incident], dict[date, frozenset[str]]]:
    """The incidents that bear on a stretch, by id, and which outlets published on which days."""
    window = memory.window if memory else IncidentWindow()
    stored = window.read(store, midnight(since), midnight(stretch.until + timedelta(days=2)))
    incidents = {i.id: i for i in stored if i.is_exercise == stretch.is_exercise and i.id not in gone}
    heard = store.activity_between(
        midnight(since), midnight(stretch.until + timedelta(days=1)), is_exercise=stretch.is_exercise
    )
    return {**incidents, **fresh}, {day: frozenset(outlets) for day, outlets in heard.items()}


def _stage_places(
    store: Store,
    knowledge: Knowledge,
    picture: WarningPicture,
    alerts: Sequence[Alert],
    stretch: Stretch,
    touched: Collection[str] | None,
) -> tuple[Sequence[Tension], list[Tension]]:
    """The rows of tension of a stretch with their stages, and those that the store holds in their place."""
    if touched is not None:
        today = store.tensions(since=stretch.until, until=stretch.until)
        if not any(t.is_exercise == stretch.is_exercise for t in today):
            touched = None  # a new day: everybody has a row to get
    before = stretch.first - timedelta(days=1)
    kept = store.tensions(place_ids=touched, since=before, until=stretch.until)
    held = [t for t in kept if t.is_exercise == stretch.is_exercise]
    staged = set_stages(
        tuple(picture.tensions.rows(since=stretch.first, places=touched)),
        alerts,
        knowledge.policy,
        earlier={t.place_id: t for t in held if t.day == before},
    )
    return staged, [t for t in held if t.day >= stretch.first]


def _find_moved(before: Sequence[Alert], after: Iterable[Alert]) -> Iterator[date]:
    """For each alert that now holds on other days, the first of those: from there on places may stand otherwise."""
    held = {a.id: a for a in before}
    for alert in after:
        old = held.get(alert.id)
        if old is None or (old.state == "retracted") != (alert.state == "retracted"):
            yield alert.began_on
        elif old.day != alert.day:
            yield min(old.day, alert.day) + timedelta(days=1)


def _find_restaged(before: Iterable[Alert], after: Iterable[Alert]) -> set[str]:
    """The places of the alerts of which anything is new that how a place stands follows from: see `set_stages`."""
    held = {a.id: _tell_standing(a) for a in before}
    return {a.place_id for a in after if held.get(a.id) != _tell_standing(a)}


def _tell_standing(alert: Alert) -> tuple[object, ...]:
    is_held = alert.state != "retracted" and alert.speaks == "for"
    return (alert.place_id, alert.rule, alert.precedence, alert.began_on, alert.day, is_held)


def midnight(day: date) -> datetime:
    """The moment at which a day begins, in UTC."""
    return datetime.combine(day, time.min, UTC)


def _find_places(incidents: Iterable[Incident], knowledge: Knowledge) -> list[GazetteerRow]:
    """The places of the incidents and the areas around them, as the gazetteer has them."""
    places = [i.place for i in incidents if i.place and i.place.gazetteer_id]
    ids = {p.gazetteer_id for p in places} | {area for p in places for area in p.within}
    rows = (knowledge.gazetteer.row(id_) for id_ in sorted(filter(None, ids)))
    return [row for row in rows if row]


def _changed_tensions(new: Sequence[Tension], held: Sequence[Tension]) -> tuple[Tension, ...]:
    before = {(t.place_id, t.day): t for t in held}
    return tuple(t for t in new if before.get((t.place_id, t.day)) != t)


def _gone_tensions(new: Sequence[Tension], held: Sequence[Tension]) -> tuple[tuple[str, date], ...]:
    kept = {(t.place_id, t.day) for t in new}
    return tuple((t.place_id, t.day) for t in held if (t.place_id, t.day) not in kept)


def _retract_alerts(before: Sequence[Alert], after: Sequence[Alert], first: date, stretch: Stretch) -> list[Alert]:
    """Alerts of the replayed stretch that no longer come out of it: what fired them has changed."""
    kept = {a.id for a in after}
    return [
        replace(a, state="retracted", updated_at=stretch.now, note="what fired it was regrouped or taken back")
        for a in before
        if a.id not in kept and first <= a.began_on and a.day <= stretch.until and a.state != "retracted"
    ]


def _end_alerts(before: Sequence[Alert], keep_days: Mapping[str, int], first: date, stretch: Stretch) -> list[Alert]:
    """Alerts from before the replayed stretch that still stood, on a desk that was off for long: they are over."""
    return [
        replace(a, state="resolved", updated_at=stretch.now)
        for a in before
        if a.day < first and a.state in LIVE and (stretch.until - a.day).days > keep_days.get(a.rule, 0)
    ]
