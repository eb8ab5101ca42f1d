"""The incidents of the last weeks, kept in memory between derivations: what a new article costs is its own ties.

The store stays the truth. What is in memory is brought up to what others have derived since; where that cannot be, and
for articles of another time, the stretch around the new articles is grouped from what is stored. Either way comes to
the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.desk.catching_up import catch_up
from tocsin.desk.voices import carry_over, find_later_claims, hear_articles
from tocsin.desk.window import IncidentWindow
from tocsin.incidents import IncidentStream, Step, find_countries
from tocsin.pipeline import Knowledge
from tocsin.ports import Store
from tocsin.records import Article, Incident, Outlet, Reason
from tocsin.warning import RuleMemory, SpotMemory

#: Claims may join an incident that was reported this long before or after.
GROUPING_DAYS = 14
_SLACK = timedelta(days=GROUPING_DAYS)
#: What is older by so much more than the grouping needs is let go, some days' worth at a time.
_MARGIN = timedelta(days=2)


@dataclass(slots=True)
class _Held:
    """A stream of real news and what it stands for.

    since       it holds everything that was published from then on
    derivation  the store's number of derivations when the two were last known to agree
    """

    stream: IncidentStream
    since: datetime
    outlets: dict[str, Outlet]
    derivation: int = -1


class IncidentMemory:
    """The stream of today's news. Not for two threads at once: the desk's lock stands before it."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._waiting: _Held | None = None
        self._is_beside = False
        self._grouped_at = -1
        #: What the rules found, and what bore on each place; held against what is stored whenever it is asked, so that
        #: it cannot be out of date.
        self.rules = RuleMemory()
        self.spots = SpotMemory()
        #: The worlds (whether of the exercise) whose places have been staged by the policy that holds now: a policy
        #: is read when a desk is opened.
        self.staged: set[bool] = set()
        #: What tension and alerts look back on.
        self.window = IncidentWindow()

    def group(self, store: Store, knowledge: Knowledge, run: Sequence[Article], *, now: datetime) -> Step:
        """What new articles, oldest first, all of the exercise or none, make of the incidents.

        `incidents` and `gone` are told against the store. The caller saves them and calls `keep`; where it does not,
        nothing is remembered.
        """
        outlets = {o.id: o for o in store.outlets()}
        self._grouped_at = store.derivation_number()
        is_exercise = run[0].is_exercise
        if is_exercise or not (now - _SLACK <= run[0].shown_at and run[-1].shown_at <= now + _SLACK):
            # what is held of today's news stays, and sees this as if another had derived it; but revisions of one page
            # tie weeks together that lie far apart
            self._is_beside = not store.withdrawals(a.id for a in run) and not any(store.revised_by(a.id) for a in run)
            if not self._is_beside:
                self._held, self._waiting = None, None
            stretch = (run[0].shown_at - _SLACK, run[-1].shown_at + _SLACK)
            return _load(store, knowledge, stretch, outlets, is_exercise=is_exercise, now=now)[1]
        held, self._held, self._waiting, self._is_beside = self._held, None, None, False
        if held and _agrees(held, store, run, outlets, now):
            step = _go_on(held, store, run, outlets, now)
            if step is not None:
                self._waiting = _forget(held, now)
                return step
        stretch = (min(run[0].shown_at, now - _SLACK) - _SLACK, max(run[-1].shown_at, now) + _SLACK)
        self._waiting, step = _load(store, knowledge, stretch, outlets, is_exercise=False, now=now)
        return step

    def catch_up(self, store: Store, *, now: datetime) -> None:
        """Take in what others have derived, before a person decides on it."""
        if self._held and not _agrees(self._held, store, (), {o.id: o for o in store.outlets()}, now):
            self._held = None

    def keep(self, store: Store) -> None:
        """The last grouping has been saved: what is in memory agrees with the store, if nobody else has derived."""
        if self._is_beside:
            return
        number = store.derivation_number()
        self._held, self._waiting = (self._waiting if number == self._grouped_at + 1 else None), None
        if self._held:
            self._held.derivation = number


def _agrees(held: _Held, store: Store, run: Sequence[Article], outlets: dict[str, Outlet], now: datetime) -> bool:
    """Whether what is held is, or by now is brought to, what others have derived, and no outlet is graded anew."""
    if not all(outlets.get(id_) == outlet for id_, outlet in held.outlets.items()):
        return False
    if held.derivation == store.derivation_number():
        return True
    changes = store.changes_since(held.derivation)
    waiting = {a.id for a in run}
    if changes is None or not catch_up(held.stream, store, changes, outlets, waiting, since=held.since, now=now):
        return False
    named = {a.outlet_id for a in store.articles_by_id(changes.articles).values()}
    held.outlets |= {id_: outlets[id_] for id_ in named if id_ is not None and id_ in outlets}
    held.derivation = changes.number
    return True


def _go_on(held: _Held, store: Store, run: Sequence[Article], outlets: dict[str, Outlet], now: datetime) -> Step | None:
    """Take the articles into the stream; None where one bears on what is not in memory."""
    articles = {a.id: a for a in run if a.fault is None}
    voices = hear_articles(store, articles)
    if store.incidents_by_id(voices.homes - held.stream.incidents.keys()):
        return None
    held.outlets |= {a.outlet_id: outlets[a.outlet_id] for a in run if a.outlet_id and a.outlet_id in outlets}
    step = held.stream.take(articles.values(), voices.claims, outlets, now=now, held=voices.links)
    return _keep_retracted(store, held.stream, step)


def _keep_retracted(store: Store, stream: IncidentStream, step: Step) -> Step:
    """The step with those incidents kept, and marked, that are gone because all who spoke for them took it back."""
    retracted = _find_retracted(store, store.incidents_by_id(step.gone), stream)
    return replace(
        step,
        incidents=(*step.incidents, *retracted.values()),
        gone=tuple(id_ for id_ in step.gone if id_ not in retracted),
    )


def _forget(held: _Held, now: datetime) -> _Held | None:
    """Let go of what is too old; None in the rare case that others changed by it, which nobody has saved."""
    due = now - 2 * _SLACK
    if held.since >= due - _MARGIN:
        return held
    left = held.stream.forget(due, now=now)
    held.since = due
    return None if left.incidents or left.gone else held


def _load(
    store: Store,
    knowledge: Knowledge,
    stretch: tuple[datetime, datetime],
    outlets: dict[str, Outlet],
    *,
    is_exercise: bool,
    now: datetime,
) -> tuple[_Held, Step]:
    """A stream of what was published in a stretch of time, and what it makes of it against what is stored."""
    near = store.articles_between(*stretch)
    articles = {a.id: a for a in near if a.is_exercise == is_exercise and a.fault is None}
    claims = store.claims_of_articles(articles, with_rejected=True)
    held = store.newest_links([c.id for c in claims])
    # a person may have placed a claim elsewhere since: the incident that has it now is touched as well
    homes = store.incidents_of_claims([c.id for c in claims])
    found = store.incidents_by_id({link.incident_id for link in held.values()} | set(homes.values()))
    # an incident that became part of another, and was linked to by a claim that is silent since, leads too far
    touched = {id_: i for id_, i in found.items() if i.id == id_}
    # an incident on the edge of the stretch is taken whole, or it would fall apart
    missing = {c for i in touched.values() for c in i.claim_ids} - {c.id for c in claims}
    further = store.claims_by_id(missing)
    articles |= store.articles_by_id({c.article_id for c in further.values()})
    # a copy stays one though what it copies was published before the stretch
    articles |= store.articles_by_id(set(store.origins(articles).values()) - articles.keys())
    held |= store.newest_links(list(further))
    everything = [*claims, *further.values()]
    withdrawn = store.withdrawals(articles)
    revised = {i for w in withdrawn.values() if w.later_id for i in (w.article_id, w.later_id)}
    as_read = store.claims_as_read(c.id for c in everything if c.article_id in revised)
    held |= carry_over(withdrawn, list(as_read.values()), held)
    rejected = store.rejections(c.id for c in everything)
    speaking = [c for c in everything if c.article_id not in withdrawn and c.id not in rejected]
    stream = IncidentStream(knowledge.merge_weights)
    # of an article beyond the stretch only some claims are taken, but what it speaks of all of them say
    beyond = store.claims_of_articles({c.article_id for c in further.values()} - {a.id for a in near})
    countries = find_countries(c for c in beyond if c.article_id not in withdrawn)
    step = stream.take(articles.values(), speaking, outlets, now=now, held=held, countries=countries)
    retracted = _find_retracted(store, touched, stream)
    made = Step(
        incidents=(
            *(i for i in step.incidents if touched.get(i.id) != i),
            *(i for i in retracted.values() if touched[i.id] != i),
        ),
        gone=tuple(sorted(touched.keys() - stream.incidents.keys() - retracted.keys())),
        links=step.links,
        origins=step.origins,
    )
    known = {a.outlet_id: outlets[a.outlet_id] for a in articles.values() if a.outlet_id and a.outlet_id in outlets}
    return _Held(stream, stretch[0], known), made


def _find_retracted(store: Store, touched: Mapping[str, Incident], stream: IncidentStream) -> dict[str, Incident]:
    """Incidents that nobody speaks for any more because all who did took it back, or no claim was one: kept, marked."""
    over = {id_: i for id_, i in touched.items() if id_ not in stream.incidents and i.id == id_}
    silence = _tell_silence(store, [c for i in over.values() for c in i.claim_ids])
    found = {}
    for id_, incident in over.items():
        if any(c not in silence for c in incident.claim_ids):
            continue
        reasons = [r for r in incident.reasons if r.rule != "retracted"]
        marks = [Reason("retracted", detail) for detail in sorted({silence[c] for c in incident.claim_ids})]
        found[id_] = replace(incident, state="retracted", reasons=(*marks, *reasons))
    return found


def _tell_silence(store: Store, claim_ids: Sequence[str]) -> dict[str, str]:
    """Why claims speak for nothing any more; one that speaks, or that a later revision repeats, is missing."""
    claims = store.claims_by_id(claim_ids)
    later = find_later_claims(store, claims.values())
    heirs = store.claims_by_id(later.values())
    withdrawn = store.withdrawals({c.article_id for c in (*claims.values(), *heirs.values())})
    rejected = store.rejections({*claims, *heirs})
    why = {}
    for id_, claim in claims.items():
        last = heirs.get(later.get(id_, ""), claim)
        withdrawal, rejection = withdrawn.get(last.article_id), rejected.get(id_) or rejected.get(last.id)
        if rejection is not None:
            why[id_] = f"claim {rejection.claim_id} was rejected by {rejection.made_by}: {rejection.reason}"
        elif withdrawal is not None and withdrawal.kind == "retracted":
            why[id_] = f"article {withdrawal.article_id} was taken back: {withdrawal.reason}"
        elif withdrawal is not None:
            why[id_] = f"article {withdrawal.article_id}: the later revision {withdrawal.later_id} no longer says it"
    return why


def find_gone(store: Store, step: Step) -> dict[str, Incident]:
    """The incidents that a step ends, as they are stored."""
    return {id_: incident for id_, incident in store.incidents_by_id(step.gone).items() if incident.id == id_}


def find_redirects(store: Store, gone: Collection[Incident], kept: Iterable[Incident]) -> dict[str, str]:
    """For each incident that is no more: the one that took over most of its claims, if any did.

    A claim is taken over as well where a later revision of its page says the same.
    """
    if not gone:
        return {}
    home = {claim: incident.id for incident in kept for claim in incident.claim_ids}
    moved = store.claims_by_id(c for incident in gone for c in incident.claim_ids if c not in home)
    later = find_later_claims(store, moved.values())
    home = store.incidents_of_claims(sorted(later.values())) | home
    redirects = {}
    for incident in gone:
        now = (later.get(c, c) for c in incident.claim_ids)
        heirs = Counter(home[c] for c in now if c in home)
        if heirs:
            redirects[incident.id] = min(heirs, key=lambda h: (-heirs[h], h))
    return redirects
