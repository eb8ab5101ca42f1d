"""What to derive again when new articles have been read, and the loading and writing around the pure stages.

A derivation looks at a stretch of time around the new articles, not at the whole archive: incidents of other weeks do
not change. The exercise is derived apart from real news and by its own calendar, so that neither raises the other's
tension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from tocsin.desk.remembering import GROUPING_DAYS, IncidentMemory, find_gone, find_redirects
from tocsin.desk.revising import withdraw_revised
from tocsin.desk.window import IncidentWindow
from tocsin.pipeline import NO_OUTLOOKS, Knowledge, derive_warning
from tocsin.places import GazetteerRow
from tocsin.ports import Derivation, Store
from tocsin.records import Alert, Article, Incident, Link, Tension
from tocsin.warning import Outlook, count_day, set_stages
from tocsin.warning.chains import LIVE

#: A day's incidents bear on the tension of so many days after it (84 of past and 7 of window), and on alerts.
INFLUENCE_DAYS = 91
#: Alerts are replayed from so many days before the first change, so that a run that began earlier is seen whole.
RUN_DAYS = 45
#: A desk that was off is brought up over so many days at most; a clock that is years ahead must not fill the store.
LONGEST_GAP_DAYS = 183
#: What forecasts say of real places, by gazetteer id.
Outlooks = Mapping[str, Sequence[Outlook]]


class Foresight:
    """What forecasts say, read from the store once a day and again when forecasts were made; not once an article."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read_for: tuple[date, str | None] | None = None
        self._outlooks: Outlooks = NO_OUTLOOKS

    def find(self, knowledge: Knowledge, *, now: datetime) -> Outlooks:
        """The outlooks that hold at `now`; none, and nothing is read, where no rule asks for any."""
        from tocsin.forecasting.running import ROUND_NOTE, find_outlooks  # loads numpy
        from tocsin.knowledge.rules import OutlookCondition

        if not any(isinstance(c, OutlookCondition) for rule in knowledge.rules for c in rule.conditions):
            return NO_OUTLOOKS
        asked = (now.date(), self._store.note(ROUND_NOTE))
        if self._read_for != asked:
            self._outlooks, self._read_for = find_outlooks(self._store, now=now), asked
        return self._outlooks


def derive_pending(
    store: Store,
    knowledge: Callable[[bool], Knowledge],
    memory: IncidentMemory,
    *,
    now: datetime,
    outlooks: Outlooks = NO_OUTLOOKS,
) -> None:
    """Derive incidents, tension and alerts over all articles that await it; does nothing when none does.

    `knowledge` gives what is known for real news (False) or for the exercise (True), for which nothing is forecast.
    """
    pending = store.articles_by_id(store.underived_article_ids())
    earlier = store.articles_by_id(withdraw_revised(store, pending.values(), now))
    later_ids = {w.later_id for w in store.withdrawals(earlier).values()}
    pending |= earlier
    for is_exercise in (False, True):
        mine = [a for a in pending.values() if a.is_exercise == is_exercise]
        ahead = NO_OUTLOOKS if is_exercise else outlooks
        # later revisions first: when the earlier one falls silent, there is where its incidents can lead to
        for run in sorted(_split_runs(mine), key=lambda run: later_ids.isdisjoint(a.id for a in run)):
            derivation = _derive_run(store, knowledge(is_exercise), memory, run, ahead, now=now)
            store.save_derivation(derivation)
            memory.keep(store)


def advance_warning(store: Store, knowledge: Knowledge, *, now: datetime, outlooks: Outlooks = NO_OUTLOOKS) -> None:
    """Bring real tension and alerts up to today's date though nothing new was read.

    Days after today, which a clock that was ahead has left, are taken out again: nobody has heard of them.
    """
    today = now.date()
    newest = max((t.day for t in store.latest_tensions() if not t.is_exercise), default=today)
    first = min(today - timedelta(days=RUN_DAYS), newest + timedelta(days=1))
    stretch = (max(first, today - timedelta(days=LONGEST_GAP_DAYS)), today)
    derivation = _derive_warning(store, knowledge, {}, (), stretch, now, outlooks, is_exercise=False, touched=None)
    ahead = [(t.place_id, t.day) for t in store.tensions(since=today + timedelta(days=1)) if not t.is_exercise]
    store.save_derivation(replace(derivation, gone_tensions=(*derivation.gone_tensions, *ahead)))


def _split_runs(articles: Sequence[Article]) -> list[list[Article]]:
    """Articles in order of time, cut where more than two grouping windows lie between neighbours."""
    runs: list[list[Article]] = []
    for article in sorted(articles, key=lambda a: (a.shown_at, a.id)):
        if runs and article.shown_at - runs[-1][-1].shown_at <= timedelta(days=2 * GROUPING_DAYS):
            runs[-1].append(article)
        else:
            runs.append([article])
    return runs


def _derive_run(
    store: Store,
    knowledge: Knowledge,
    memory: IncidentMemory,
    run: Sequence[Article],
    outlooks: Outlooks,
    *,
    now: datetime,
) -> Derivation:
    is_exercise = run[0].is_exercise
    step = memory.group(store, knowledge, run, now=now)
    gone = find_gone(store, step)
    changed = {i.id: i for i in step.incidents}
    held = store.newest_links([link.claim_id for link in step.links])
    derivation = Derivation(
        incidents=step.incidents,
        gone_incident_ids=tuple(sorted(gone)),
        redirects=find_redirects(store, gone.values(), step.incidents),
        links=tuple(link for link in step.links if _differs(link, held.get(link.claim_id))),
        articles_derived=tuple(a.id for a in run),
        origins=step.origins,
        at=now,
    )
    # one that now has another day, or is background, no longer counts on the day that it had
    before = store.incidents_by_id(changed)
    bearing = chain(step.incidents, gone.values(), before.values())
    days = [day for i in bearing if not i.background and (day := count_day(i))]
    if not days:
        return derivation
    until = _find_today(store, run, days, is_exercise, now)
    # where no outlet is heard for the first time on a day, the rows of places that nothing happened at stay as they are
    touched = (
        None if _is_anybody_new(store, run) else _list_areas((*changed.values(), *gone.values(), *before.values()))
    )
    stretch = (min(days), until)
    warning = _derive_warning(
        store,
        knowledge,
        changed,
        tuple(gone),
        stretch,
        now,
        outlooks,
        is_exercise=is_exercise,
        touched=touched,
        memory=memory,
    )
    return replace(derivation, tensions=warning.tensions, gone_tensions=warning.gone_tensions, alerts=warning.alerts)


def _is_anybody_new(store: Store, run: Sequence[Article]) -> bool:
    """Whether some outlet of these articles published nothing else on the day of one of them."""
    told = Counter((a.shown_at.date(), a.outlet_id) for a in run if a.outlet_id)
    if not told:
        return False
    first, last = min(day for day, _ in told), max(day for day, _ in told)
    activity = store.activity_between(
        _midnight(first), _midnight(last + timedelta(days=1)), is_exercise=run[0].is_exercise
    )
    return any(activity.get(day, {}).get(outlet, 0) <= count for (day, outlet), count in told.items())


def _list_areas(incidents: Iterable[Incident]) -> set[str]:
    """The places of some incidents, and all areas that hold them."""
    return {area for i in incidents if i.place for area in (i.place.gazetteer_id, *i.place.within) if area}


def _differs(link: Link, held: Link | None) -> bool:
    return held is None or held.incident_id != link.incident_id


def _find_today(store: Store, run: Sequence[Article], days: Sequence[date], is_exercise: bool, now: datetime) -> date:
    """The last day to derive: the exercise's own last day of reports; else today, or as far as old news bears."""
    last = run[-1].shown_at.date()
    if is_exercise:
        return max([last, *(t.day for t in store.latest_tensions() if t.is_exercise)])
    return max(last, min(now.date(), max(days) + timedelta(days=INFLUENCE_DAYS)))


def _derive_warning(
    store: Store,
    knowledge: Knowledge,
    fresh: dict[str, Incident],
    gone: Sequence[str],
    stretch: tuple[date, date],
    now: datetime,
    outlooks: Outlooks,
    *,
    is_exercise: bool,
    touched: Collection[str] | None,
    memory: IncidentMemory | None = None,
) -> Derivation:
    """Tension and alerts of a stretch of days, both ends included, over the stored incidents and the fresh ones.

    touched  the only places whose tension can have changed on days that have been derived before; None: any
    memory   what is remembered of the last derivation
    """
    first, until = stretch
    alerts_before = [a for a in store.alerts() if a.is_exercise == is_exercise]
    replay_from = min([first - timedelta(days=RUN_DAYS), *(a.began_on for a in alerts_before if a.day >= first)])
    since = min(replay_from, first) - timedelta(days=INFLUENCE_DAYS + 7)
    window = memory.window if memory else IncidentWindow()
    stored = window.read(store, _midnight(since), _midnight(until + timedelta(days=2)))
    incidents = {i.id: i for i in stored if i.is_exercise == is_exercise and i.id not in set(gone)} | fresh
    activity = store.activity_between(_midnight(since), _midnight(until + timedelta(days=1)), is_exercise=is_exercise)
    picture = derive_warning(
        list(incidents.values()),
        {day: frozenset(heard) for day, heard in activity.items()},
        knowledge,
        first=replay_from,
        until=until,
        now=now,
        places=_find_places(incidents.values(), knowledge),
        outlooks=outlooks,
        earlier=alerts_before,
        memory=memory.rules if memory else None,
        spots=memory.spots if memory else None,
    )
    alerts = (
        *picture.alerts,
        *_retract_alerts(alerts_before, picture.alerts, replay_from, until, now),
        *_end_alerts(alerts_before, {r.name: r.keep_days for r in knowledge.rules}, replay_from, until, now),
    )
    first = min([first, *_find_moved(alerts_before, alerts)])
    before = first - timedelta(days=1)
    if touched is not None:
        # where no alert stands otherwise than before, the place does not; but by the policy of before
        is_known = memory is not None and is_exercise in memory.staged
        touched = {*touched, *(_find_restaged(alerts_before, alerts) if is_known else (a.place_id for a in alerts))}
        if not any(t.is_exercise == is_exercise for t in store.tensions(since=until, until=until)):
            touched = None  # a new day: everybody has a row to get
    kept = store.tensions(place_ids=touched, since=before, until=until)
    held = [t for t in kept if t.is_exercise == is_exercise]
    staged = set_stages(
        tuple(picture.tensions.rows(since=first, places=touched)),
        alerts,
        knowledge.policy,
        earlier={t.place_id: t for t in held if t.day == before},
    )
    if memory is not None:
        memory.staged.add(is_exercise)
    held = [t for t in held if t.day >= first]
    return Derivation(
        tensions=_changed_tensions(staged, held), gone_tensions=_gone_tensions(staged, held), alerts=alerts
    )


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


def _midnight(day: date) -> datetime:
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


def _retract_alerts(
    before: Sequence[Alert], after: Sequence[Alert], first: date, until: date, now: datetime
) -> list[Alert]:
    """Alerts of the replayed stretch that no longer come out of it: what fired them has changed."""
    kept = {a.id for a in after}
    return [
        replace(a, state="retracted", updated_at=now, note="what fired it was regrouped or taken back")
        for a in before
        if a.id not in kept and first <= a.began_on and a.day <= until and a.state != "retracted"
    ]


def _end_alerts(
    before: Sequence[Alert], keep_days: Mapping[str, int], first: date, until: date, now: datetime
) -> list[Alert]:
    """Alerts from before the replayed stretch that still stood, on a desk that was off for long: they are over."""
    return [
        replace(a, state="resolved", updated_at=now)
        for a in before
        if a.day < first and a.state in LIVE and (until - a.day).days > keep_days.get(a.rule, 0)
    ]
