"""Who does what to whom: incidents summed by the pair of parties between whom they happened.

An incident counts once, for the first party named on each side. What is faint or was taken back counts for nothing;
what is denied, planned or conditional is counted apart and is never a deed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, get_args

from tocsin.errors import RecordError
from tocsin.knowledge.plover import load_ontology
from tocsin.ports import Store
from tocsin.records import EventType, Filter, Incident, PartialDate, Party
from tocsin.records.filters import NOBODY, Counted, Realm, make_party_key

#: So many of the last reported incidents are read, a part at a time; a view says so where there are more.
MOST_READ = 50_000
#: Wordings that a side carries along, and the length at which each is cut.
MOST_WORDINGS, LONGEST_WORDING = 5, 80
#: Bars that are drawn, the last ones; a stretch of this many days or fewer is told by weeks.
MOST_PERIODS, DAYS_BY_WEEKS = 36, 92

Step = Literal["week", "month"]
SortKey = Literal["incidents", "hostile", "cooperative", "disputed", "last", "actor", "recipient"]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)


@dataclass(frozen=True, slots=True)
class Side:
    """One party to dealings, by country and sector.

    key    see `make_party_key`: what a filter asks for it by
    names  the words it stands under, the most frequent first; none where nobody is named
    """

    key: str
    country: str | None = None
    sector: str | None = None
    names: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether anybody is named at all."""
        return self.key != NOBODY


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many deeds are of a type."""

    type: EventType
    incidents: int


@dataclass(frozen=True, slots=True)
class Dealing:
    """What one party does to another, in one realm: what an exercise invents never joins what happened.

    incidents    deeds; `types`, `by_period`, the weights, the days and `disputed` are theirs alone
    hostile      sum of their PLOVER scores below 0, as a positive number; `cooperative` of those above 0
    disputed     deeds with rival versions or a denial
    denied, planned, conditional  incidents that are no deeds
    first_on, last_on  first and last day of the deeds; None where there is none
    by_period    deeds in each of the periods of the whole
    """

    actor: Side
    recipient: Side
    realm: Realm
    incidents: int
    hostile: float
    cooperative: float
    types: tuple[TypeCount, ...]
    first_on: date | None
    last_on: date | None
    disputed: int
    denied: int
    planned: int
    conditional: int
    by_period: tuple[int, ...]

    @property
    def is_exercise(self) -> bool:
        """Whether an exercise invents it."""
        return self.realm == "exercise"

    @property
    def is_between_named(self) -> bool:
        """Whether somebody is named on both sides."""
        return self.actor.is_named and self.recipient.is_named


@dataclass(frozen=True, slots=True)
class Dealings:
    """All dealings of the incidents read, those with the most deeds first.

    step, periods  what `by_period` counts in: the first days of the last weeks or months, oldest first, without a gap
    deeds, denied, planned, conditional  incidents by what they count as
    left_out       incidents that count for nothing: faint or retracted
    read, total    incidents read, and those that the filter leaves
    """

    dealings: tuple[Dealing, ...]
    step: Step
    periods: tuple[date, ...]
    deeds: int
    denied: int
    planned: int
    conditional: int
    left_out: int
    read: int
    total: int


@dataclass(slots=True)
class _Sum:
    """What has been counted so far between two sides."""

    acts: Counter[tuple[EventType, str | None]] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    apart: Counter[Counted] = field(default_factory=Counter)
    disputed: int = 0


def show_dealings(store: Store, wanted: Filter) -> Dealings:
    """The dealings of all incidents that the filter leaves, whatever its page."""
    asked = replace(wanted, limit=MOST_READ, offset=0)
    if wanted.reliability is not None:  # an outlet's letter changes without a derivation
        return _sum_now(store, asked)
    return _sum_at(store, asked, store.derivation_number())  # type: ignore[arg-type]  # a store is itself alone


@lru_cache(maxsize=16)
def _sum_at(store: Store, asked: Filter, derivation_number: int) -> Dealings:  # noqa: ARG001
    """Sums of what was derived last; whoever derives anew makes another number, and these are never asked for again."""
    return _sum_now(store, asked)


def _sum_now(store: Store, asked: Filter) -> Dealings:
    summed = sum_dealings(_open_sketch(sketch.text) for sketch in store.sketches(asked))
    return replace(summed, total=store.count_incidents(asked))


@lru_cache(maxsize=MOST_READ)
def _open_sketch(text: str) -> Incident:
    """An incident with as much of it as dealings are summed from; found by its whole text, so never out of date."""
    told = json.loads(text)
    actor, recipient = (tuple(Party(*party) for party in told[side][:1]) for side in ("actor", "recipient"))
    return Incident(
        told["id"], told["type"], (), datetime.fromisoformat(told["reported_at"]), told["mode"], told["modality"],
        date=PartialDate.of_day(date.fromisoformat(told["day"])) if told["day"] else None, actor=actor,
        recipient=recipient, state=told["state"], is_faint=told["is_faint"], is_exercise=told["is_exercise"],
    )  # fmt: skip


def sum_dealings(incidents: Iterable[Incident]) -> Dealings:
    """Dealings of these incidents; their order changes nothing."""
    sums: dict[tuple[Realm, str, str], _Sum] = {}
    wordings: dict[tuple[Realm, str], Counter[str]] = {}
    counts: Counter[Counted | None] = Counter()
    for incident in incidents:
        counted = count_as(incident)
        counts[counted] += 1
        if counted is None:
            continue
        realm: Realm = "exercise" if incident.is_exercise else "real"
        actor, recipient = make_party_key(incident.actor), make_party_key(incident.recipient)
        for key, side in ((actor, incident.actor), (recipient, incident.recipient)):
            wordings.setdefault((realm, key), Counter()).update(_word_party(side))
        _add(sums.setdefault((realm, actor, recipient), _Sum()), incident, counted)
    step, periods = list_periods(day for one in sums.values() for day in one.days)
    sides = {(realm, key): make_side(key, words) for (realm, key), words in wordings.items()}
    made = [
        _make_dealing(sides[realm, actor], sides[realm, recipient], realm, one, periods)
        for (realm, actor, recipient), one in sums.items()
    ]
    return Dealings(
        tuple(sort_dealings(made)), step, periods, counts["deed"], counts["denied"], counts["planned"],
        counts["conditional"], counts[None], counts.total(), counts.total(),
    )  # fmt: skip


def count_as(incident: Incident) -> Counted | None:
    """What an incident counts as; None for nothing. A filter's `counted` says the same of what the store holds."""
    if incident.is_faint or incident.state == "retracted":
        return None
    if incident.state == "denied" or incident.modality == "negated":
        return "denied"
    return "deed" if incident.modality == "actual" else incident.modality


def find_day(incident: Incident) -> date:
    """The day an incident is counted on: its first, or, where no claim says when, that of its first report."""
    return incident.date.start if incident.date else incident.reported_at.date()


def _add(held: _Sum, incident: Incident, counted: Counted) -> None:
    if counted != "deed":
        held.apart[counted] += 1
        return
    held.acts[incident.type, incident.mode] += 1
    held.days[find_day(incident)] += 1
    held.disputed += incident.state == "disputed"


def _word_party(side: Sequence[Party]) -> list[str]:
    """The words of the party that a side is counted for, in one line and cut; none where it has none."""
    line = " ".join(side[0].text.split()) if side else ""
    return [line if len(line) <= LONGEST_WORDING else line[: LONGEST_WORDING - 1].rstrip() + "…"] if line else []


def make_side(key: str, wordings: Counter[str]) -> Side:
    """A side by its key, with the words it was written in."""
    names = sorted(wordings, key=lambda words: (-wordings[words], words))[:MOST_WORDINGS]
    country, slash, sector = key.partition("/")
    is_coded = bool(slash) and not key.startswith("words:")
    return Side(key, (country or None) if is_coded else None, (sector or None) if is_coded else None, tuple(names))


def _make_dealing(actor: Side, recipient: Side, realm: Realm, one: _Sum, periods: Sequence[date]) -> Dealing:
    score = load_ontology().score
    # sorted: a sum of floats depends on its order
    weights = [score(*act) * number for act, number in sorted(one.acts.items(), key=lambda a: (a[0][0], a[0][1] or ""))]
    types: Counter[EventType] = Counter()
    for (type_, _), number in one.acts.items():
        types[type_] += number
    return Dealing(
        actor,
        recipient,
        realm,
        incidents=one.acts.total(),
        hostile=round(-sum(w for w in weights if w < 0), 2) + 0.0,
        cooperative=round(sum(w for w in weights if w > 0), 2) + 0.0,
        types=tuple(TypeCount(t, n) for t, n in sorted(types.items(), key=lambda pair: (-pair[1], pair[0]))),
        first_on=min(one.days, default=None),
        last_on=max(one.days, default=None),
        disputed=one.disputed,
        denied=one.apart["denied"],
        planned=one.apart["planned"],
        conditional=one.apart["conditional"],
        by_period=_count_periods(one.days, periods),
    )


def list_periods(days: Iterable[date]) -> tuple[Step, tuple[date, ...]]:
    """The weeks (from Monday) or months that these days reach over, the last `MOST_PERIODS` of them, oldest first."""
    held = set(days)
    if not held:
        return "month", ()
    first, last = min(held), max(held)
    step: Step = "week" if (last - first).days <= DAYS_BY_WEEKS else "month"
    periods = [_begin(step, last)]
    while len(periods) < MOST_PERIODS and periods[-1] > first:
        periods.append(_begin(step, periods[-1] - timedelta(days=1)))
    return step, tuple(reversed(periods))


def _begin(step: Step, day: date) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def _count_periods(days: Counter[date], periods: Sequence[date]) -> tuple[int, ...]:
    """Days before the first period are in none of them."""
    counts = [0] * len(periods)
    for day, number in days.items():
        at = sum(period <= day for period in periods) - 1
        if at >= 0:
            counts[at] += number
    return tuple(counts)


_BY: dict[SortKey, Callable[[Dealing], Any]] = {
    "incidents": lambda d: -d.incidents,
    "hostile": lambda d: -d.hostile,
    "cooperative": lambda d: -d.cooperative,
    "disputed": lambda d: -d.disputed,
    "last": lambda d: -(d.last_on or date.min).toordinal(),
    "actor": lambda d: d.actor.key.casefold(),
    "recipient": lambda d: d.recipient.key.casefold(),
}


def parse_sort(text: str) -> SortKey:
    """A column by its name; without one, the number of deeds; raises RecordError."""
    found = next((key for key in SORT_KEYS if key == (text or "incidents")), None)
    if found is None:
        raise RecordError("sort", text[:40], f"must be one of {', '.join(SORT_KEYS)}")
    return found


def sort_dealings(dealings: Iterable[Dealing], by: SortKey = "incidents") -> list[Dealing]:
    """By one column, largest or newest first, names from A; what is equal by deeds, weight and name."""
    return sorted(
        dealings,
        key=lambda d: (_BY[by](d), -d.incidents, -d.hostile - d.cooperative, d.actor.key, d.recipient.key, d.realm),
    )
