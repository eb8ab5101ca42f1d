"""The incidents of the last weeks, kept in memory between derivations: what a new article costs is its own ties.

The store stays the truth. What is in memory is brought up to what others have derived since; where that cannot be, and
for articles of another time, the stretch around the new articles is grouped from what is stored. Either way comes to
the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.desk.catching_up import catch_up
from tocsin.desk.voices import carry_over, hear_articles
from tocsin.desk.window import IncidentWindow
from tocsin.incidents import IncidentStream, Step, find_countries
from tocsin.pipeline import Knowledge
from tocsin.ports import Store
from tocsin.records import Article, Claim, Incident, Outlet, Reason, Withdrawal
from tocsin.records.correction import Correction
from tocsin.warning import RuleMemory

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
        self._grouped_at = -1
        #: What the rules found; held against what is stored whenever it is asked, so that it cannot be out of date.
        self.rules = RuleMemory()
        #: What tension and alerts look back on.
        self.window = IncidentWindow()

    def group(self, store: Store, knowledge: Knowledge, run: Sequence[Article], *, now: datetime) -> Step:
        """What new articles, oldest first, all of the exercise or none, make of the incidents.

        `incidents` and `gone` are told against the store. The caller saves them and calls `keep`; where it does not,
        nothing is remembered.
        """
        outlets = {o.id: o for o in store.outlets()}
        self._grouped_at = store.derivation_number()
        held, self._held, self._waiting = self._held, None, None
        is_live = not run[0].is_exercise and now - _SLACK <= run[0].shown_at and run[-1].shown_at <= now + _SLACK
        if is_live and held and _agrees(held, store, run, outlets, now):
            step = _go_on(held, store, run, outlets, now)
            if step is not None:
                self._waiting = _forget(held, now)
                return step
        since = min(run[0].shown_at, now - _SLACK if is_live else run[0].shown_at) - _SLACK
        until = max(run[-1].shown_at, now if is_live else run[-1].shown_at) + _SLACK
        loaded, step = _load(store, knowledge, (since, until), outlets, is_exercise=run[0].is_exercise, now=now)
        self._waiting = loaded if is_live else None
        return step

    def catch_up(self, store: Store, *, now: datetime) -> None:
        """Take in what others have derived, before a person decides on it."""
        if self._held and not _agrees(self._held, store, (), {o.id: o for o in store.outlets()}, now):
            self._held = None

    def keep(self, store: Store) -> None:
        """The last grouping has been saved: what is in memory agrees with the store, if nobody else has derived."""
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
    touched = store.incidents_by_id(step.gone)
    claims = list(store.claims_by_id(c for i in touched.values() for c in i.claim_ids).values())
    rejected = store.rejections(c.id for c in claims)
    withdrawn = store.withdrawals({c.article_id for c in claims})
    retracted = _find_retracted(touched, claims, withdrawn, rejected, stream)
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
    touched = store.incidents_by_id({link.incident_id for link in held.values()} | set(homes.values()))
    # an incident on the edge of the stretch is taken whole, or it would fall apart
    missing = {c for i in touched.values() for c in i.claim_ids} - {c.id for c in claims}
    further = store.claims_by_id(missing)
    articles |= store.articles_by_id({c.article_id for c in further.values()})
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
    retracted = _find_retracted(touched, everything, withdrawn, rejected, stream)
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


def _find_retracted(
    touched: Mapping[str, Incident],
    claims: Sequence[Claim],
    withdrawn: Mapping[str, Withdrawal],
    rejected: Mapping[str, Correction],
    stream: IncidentStream,
) -> dict[str, Incident]:
    """Incidents that nobody speaks for any more because all who did took it back, or no claim was one: kept, marked."""
    article_of = {c.id: c.article_id for c in claims}
    found = {}
    for id_, incident in touched.items():
        if id_ in stream.incidents or incident.id != id_:
            continue
        why = [_tell_silence(c, withdrawn.get(article_of.get(c, "")), rejected.get(c)) for c in incident.claim_ids]
        told = sorted({one for one in why if one})
        if not all(why):
            continue
        reasons = [r for r in incident.reasons if r.rule != "retracted"]
        marks = [Reason("retracted", detail) for detail in told]
        found[id_] = replace(incident, state="retracted", reasons=(*marks, *reasons))
    return found


def _tell_silence(claim_id: str, withdrawal: Withdrawal | None, rejection: Correction | None) -> str | None:
    """Why a claim speaks for nothing any more, or None where it does or only moved."""
    if rejection is not None:
        return f"claim {claim_id} was rejected by {rejection.made_by}: {rejection.reason}"
    if withdrawal is not None and withdrawal.kind == "retracted":
        return f"article {withdrawal.article_id} was taken back: {withdrawal.reason}"
    return None


def find_gone(store: Store, step: Step) -> dict[str, Incident]:
    """The incidents that a step ends, as they are stored."""
    return {id_: incident for id_, incident in store.incidents_by_id(step.gone).items() if incident.id == id_}
