"""What to derive again when new articles have been read, and in which order.

A derivation looks at a stretch of time around the new articles, not at the whole archive: incidents of other weeks do
not change. The exercise is derived apart from real news and by its own calendar, so that neither raises the other's
tension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

from tocsin.desk.foresight import Outlooks
from tocsin.desk.remembering import GROUPING_DAYS, IncidentMemory, find_gone, find_redirects
from tocsin.desk.revising import withdraw_revised
from tocsin.desk.stretch import INFLUENCE_DAYS, RUN_DAYS, Stretch, derive_stretch, midnight
from tocsin.pipeline import NO_OUTLOOKS, Knowledge
from tocsin.ports import Derivation, Store
from tocsin.records import Article, Incident, Link
from tocsin.warning import count_day

#: A desk that was off is brought up over so many days at most; a clock that is years ahead must not fill the store.
LONGEST_GAP_DAYS = 183


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
    stretch = Stretch(False, max(first, today - timedelta(days=LONGEST_GAP_DAYS)), today, now)
    derivation = derive_stretch(store, knowledge, stretch, outlooks=outlooks)
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
    warning = derive_stretch(
        store, knowledge, Stretch(is_exercise, min(days), until, now), fresh=changed, gone=gone, outlooks=outlooks,
        touched=touched, memory=memory,
    )  # fmt: skip
    return replace(derivation, tensions=warning.tensions, gone_tensions=warning.gone_tensions, alerts=warning.alerts)


def _is_anybody_new(store: Store, run: Sequence[Article]) -> bool:
    """Whether some outlet of these articles published nothing else on the day of one of them."""
    told = Counter((a.shown_at.date(), a.outlet_id) for a in run if a.outlet_id)
    if not told:
        return False
    first, last = min(day for day, _ in told), max(day for day, _ in told)
    activity = store.activity_between(
        midnight(first), midnight(last + timedelta(days=1)), is_exercise=run[0].is_exercise
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
