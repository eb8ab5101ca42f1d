"""What an inbox shows of its rows: what is new about each to one person; and judging many incidents at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from tocsin.errors import RecordError
from tocsin.incidents import PERSON
from tocsin.ports import Clock, Store
from tocsin.records import Claim, Incident, Link
from tocsin.records.correction import Correction, correction_id, find_newest
from tocsin.records.inbox import Change, InboxRow, Mark, compare_looks, make_look

#: So many claims are accepted at once: more than anybody reads in one go.
MOST_ACCEPTED = 500


@dataclass(frozen=True, slots=True)
class News:
    """What is other about an incident since somebody looked.

    changes     of what it shows, what weighs most first
    deniers     who denies it in a claim that has joined; None stands for an unnamed voice
    came_from   incidents that claims which have joined were in before
    said        what others said of its claims, and noted on it, since, oldest first
    """

    changes: tuple[Change, ...] = ()
    deniers: tuple[str | None, ...] = ()
    came_from: tuple[str, ...] = ()
    said: tuple[Correction, ...] = ()

    @property
    def joined(self) -> frozenset[str]:
        """The claims that have joined."""
        return frozenset(c for change in self.changes if change.kind == "joined" for c in change.claim_ids)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person has seen of an incident that he looks at.

    digest  of its look now
    """

    mark: Mark | None
    digest: str
    news: News

    @property
    def is_current(self) -> bool:
        """Whether he has marked it as it is now."""
        return self.mark is not None and self.mark.digest == self.digest


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many claims of how many incidents were accepted; `passed` looked otherwise than the person had seen."""

    claims: int
    incidents: int
    passed: int


def find_sight(store: Store, person: str, incident: Incident) -> Sight:
    """What a person has seen of an incident, and what is new about it since."""
    mark = store.mark(person, incident.id)
    shown = store.shown([incident.id]).get(incident.id)
    news = tell_news(store, [(incident, mark)])[incident.id] if mark else News()
    return Sight(mark, shown.digest if shown else "", news)


@contextmanager
def keep_sight(store: Store, clock: Clock, person: str, incident_id: str) -> Iterator[None]:
    """While a person grades: what he had seen of an incident he has seen still where only its grade is other.

    His own word is no news to him. What else came in meanwhile is: then the incident is unread.
    """
    mark, before = store.mark(person, incident_id), store.shown([incident_id]).get(incident_id)
    yield
    if mark is None or before is None or mark.digest != before.digest:
        return
    now = store.incidents_by_id([incident_id]).get(incident_id)
    after = store.shown([incident_id]).get(incident_id)
    if now is None or after is None or after.digest == before.digest:
        return
    if all(change.kind == "credibility" for change in compare_looks(mark.look, make_look(now))):
        store.mark_seen(person, {incident_id: after.digest}, clock.now())


def list_news(store: Store, rows: Sequence[InboxRow]) -> dict[str, News]:
    """What is new about each row whose person has seen it before, by incident id."""
    return tell_news(store, [(row.incident, row.mark) for row in rows if row.mark is not None and row.is_changed])


def tell_news(store: Store, seen: Sequence[tuple[Incident, Mark]]) -> dict[str, News]:
    """The same for incidents with the marks that somebody left on them: three questions to the store for all."""
    changes = {incident.id: compare_looks(mark.look, make_look(incident)) for incident, mark in seen}
    joined = {c for found in changes.values() for change in found if change.kind == "joined" for c in change.claim_ids}
    claims = store.claims_by_id(joined)
    moves = _find_moves(store.link_history(joined))
    said = store.corrections([id_ for incident, _ in seen for id_ in (incident.id, *incident.claim_ids)])
    return {
        incident.id: News(
            changes[incident.id],
            _find_deniers(claims, changes[incident.id]),
            _find_earlier_homes(moves, changes[incident.id], incident.id),
            _find_words(said, incident, mark.person, mark.seen_at),
        )
        for incident, mark in seen
    }


def accept_incidents(store: Store, clock: Clock, digests: Mapping[str, str | None], *, who: str) -> Accepted:
    """Accept every claim of the incidents that nobody has judged, in one transaction.

    digests  incident to the digest of the look that the person had before him: one that looks otherwise by now is
             passed over. Raises RecordError where there are more than MOST_ACCEPTED claims, and where somebody else
             judges one of them at the same moment: then nothing is kept.
    """
    shown = store.shown(digests)
    chosen = [i for i, held in shown.items() if digests[i] in (None, held.digest)]
    incidents = store.incidents_by_id(chosen)
    homes = {c: id_ for id_, incident in incidents.items() for c in incident.claim_ids}
    open_ = [c for c, standing in store.standings(homes).items() if standing == "read"]
    if len(open_) > MOST_ACCEPTED:
        told = f"are more than {MOST_ACCEPTED} claims: tick fewer incidents, so that somebody has read what is accepted"
        raise RecordError("to be accepted", len(open_), told)
    store.add_corrections(_make_acceptances(store, open_, clock.now(), who))
    return Accepted(len(open_), len({homes[c] for c in open_}), len(digests) - len(chosen))


def _make_acceptances(store: Store, claim_ids: Sequence[str], now: datetime, who: str) -> list[Correction]:
    claims, said = store.claims_by_id(claim_ids), store.corrections(claim_ids)
    articles = store.articles_by_id({claim.article_id for claim in claims.values()})
    made = []
    for claim in claims.values():
        newest = find_newest(said.get(claim.id, ()), None)
        seen = newest.id if newest else None
        id_ = correction_id(claim.id, "accepted", None, now, seen)
        is_exercise = articles[claim.article_id].is_exercise
        made.append(
            Correction(id_, claim.id, claim.article_id, "accepted", f"{PERSON}{who}", now, "", replaces=seen,
                       is_exercise=is_exercise)
        )  # fmt: skip
    return made


def _find_deniers(claims: Mapping[str, Claim], changes: Iterable[Change]) -> tuple[str | None, ...]:
    joined = (c for change in changes if change.kind == "joined" for c in change.claim_ids)
    return tuple(dict.fromkeys(claims[c].speaker for c in joined if c in claims and claims[c].modality == "negated"))


def _find_moves(links: Iterable[Link]) -> dict[str, list[str]]:
    """The incidents that each claim was ever in, oldest first."""
    homes: dict[str, list[str]] = {}
    for link in links:
        homes.setdefault(link.claim_id, []).append(link.incident_id)
    return homes


def _find_earlier_homes(moves: Mapping[str, list[str]], changes: Iterable[Change], home: str) -> tuple[str, ...]:
    joined = (c for change in changes if change.kind == "joined" for c in change.claim_ids)
    return tuple(dict.fromkeys(old for c in joined for old in moves.get(c, ()) if old != home))


def _find_words(
    said: Mapping[str, Sequence[Correction]], incident: Incident, person: str, since: datetime
) -> tuple[Correction, ...]:
    of_it = (c for id_ in (incident.id, *incident.claim_ids) for c in said.get(id_, ()))
    news = [c for c in of_it if c.made_at > since and c.made_by != f"{PERSON}{person}"]
    return tuple(sorted(news, key=lambda c: (c.made_at, c.id)))
