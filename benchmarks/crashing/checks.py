"""What is checked when a desk has been killed often enough: against what it acknowledged, and an undisturbed desk.

Every check reads the desk's own database once the desk is stopped, and says what it finds in words; nothing found is an
empty list.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.crashing.clients import Told, Word
from benchmarks.crashing.ends import Ends, Seen
from tocsin.desk import Desk, open_desk
from tocsin.errors import TocsinError
from tocsin.notify.texts import name_message
from tocsin.ports import Reading, Store
from tocsin.records import Article, Filter, Link, to_json
from tocsin.settings import Settings

EVERYTHING = Filter(limit=0, with_background=True)
_MANY = 1_000_000


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        """The time it was set to."""
        return self.time


@dataclass(slots=True)
class Found:
    """Lost and doubled, in words by kind, and the counts beside them."""

    lost: dict[str, list[str]] = field(default_factory=dict)
    doubled: dict[str, list[str]] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def lose(self, kind: str, what: str) -> None:
        """Note what is lost."""
        self.lost.setdefault(kind, []).append(what)

    def double(self, kind: str, what: str) -> None:
        """Note what is there twice."""
        self.doubled.setdefault(kind, []).append(what)

    @property
    def faults(self) -> list[str]:
        """All that must not be."""
        named = [f"lost {k}: {w}" for k, ws in self.lost.items() for w in ws]
        named += [f"doubled {k}: {w}" for k, ws in self.doubled.items() for w in ws]
        return named + self.differing + self.unsound


def check_soundness(store: Store, file: Path | None) -> list[str]:
    """What `store.check` and SQLite itself find wrong."""
    found = list(store.check())
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            rows = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        found += [] if rows == ["ok"] else rows
    return found


def check_articles(store: Store, told: Told, ends: Ends, found: Found) -> list[Article]:
    """Every report that was acknowledged, and every entry of the feed, is there once; the articles as they came in."""
    articles = [store.article(a.id) for a in store.articles(EVERYTHING)]
    by_serial: dict[int, list[Article]] = {}
    for article in articles:
        serial = int(article.text.rpartition("This is report ")[2].partition(".")[0])
        by_serial.setdefault(serial, []).append(article)
    for serial, id_ in told.articles.items():
        held = by_serial.get(serial, [])
        if id_ not in {a.id for a in held}:
            found.lose("article", f"report {serial}, acknowledged as {id_}")
        elif told.offers[serial].text not in {a.text for a in held}:
            found.lose("article", f"report {serial} holds another text")
    for entry in ends.entries:
        if entry.serial not in by_serial:
            found.lose("article", f"feed entry {entry.serial}")
    for serial, held in by_serial.items():
        if len(held) > 1:
            found.double("article", f"report {serial}: {', '.join(a.id for a in held)}")
    found.counts["articles acknowledged"] += len(told.articles)
    found.counts["articles from the feed"] += len(ends.entries)
    found.counts["articles kept"] += len(articles)
    return sorted(articles, key=lambda a: (a.taken_at, a.id))


def check_revisions(store: Store, told: Told, found: Found) -> None:
    """Every page that was revised speaks by its later revision alone."""
    kept = {s: o for s, o in told.offers.items() if o.revises is not None and s in told.articles}
    for serial, offer in kept.items():
        earlier = told.articles.get(offer.revises or 0)
        held = store.withdrawals([earlier]).get(earlier) if earlier else None
        if held is None or held.later_id != told.articles[serial]:
            found.lose("revision", f"report {offer.revises} was revised by {serial} and still speaks")
    found.counts["revisions"] += len(kept)


def check_words(store: Store, told: Told, found: Found) -> None:
    """Everything that people said, and the desk acknowledged, is kept once and in force."""
    for word in told.words:
        kept, is_in_force = _look_up(store, word)
        if kept == 0:
            found.lose("correction", f"{word.kind} {word.mark}")
        elif kept > 1:
            found.double("correction", f"{word.kind} {word.mark}: {kept} times")
        elif not is_in_force:
            found.lose("correction", f"{word.kind} {word.mark} is kept and not in force")
        found.counts[f"words: {word.kind}"] += 1
    found.counts["corrections"] += len(told.words)
    found.counts["corrections kept though the answer was lost"] += told.found_kept


def _look_up(store: Store, word: Word) -> tuple[int, bool]:
    """How often a word is kept, and whether it holds."""
    match word.kind:
        case "retracted":
            held = store.withdrawals(word.targets[:1]).get(word.targets[0])
            said = [p for p in _read_payloads(store, "withdrawals") if word.mark in p]
            return len(said), held is not None and held.kind == "retracted"
        case "acknowledged":
            query = "SELECT alert_id FROM alert_history WHERE made_by = 'person' AND note = :mark"
            rows = _read(store, query, mark=word.mark)
            return len(rows), store.alerts_by_id(word.targets)[word.targets[0]].state != "firing"
        case "merged":
            placed = [x for x in store.link_history(word.targets) if any(word.mark in r.detail for r in x.reasons)]
            most = max(Counter(x.claim_id for x in placed).values(), default=0)
            speaking = store.claims_by_id(word.targets)
            gone = store.withdrawals({c.article_id for c in speaking.values()})
            mine = [c for c in {x.claim_id for x in placed} if speaking[c].article_id not in gone]
            homes = set(store.incidents_of_claims(mine).values())
            return most, len(homes) <= 1
        case _:
            said_of = store.corrections(word.targets[:1]).get(word.targets[0], [])
            mine_ = [c for c in said_of if word.mark in c.reason]
            standing = store.standings(word.targets[:1]).get(word.targets[0])
            return len(mine_), standing == word.kind


def _read_payloads(store: Store, table: str) -> list[str]:
    return _read(store, f"SELECT payload FROM {table} ORDER BY seq")  # noqa: S608 - a table's name of ours


def _read(store: Store, query: str, **given: str) -> list[str]:
    """The first column of what no method of the store lists."""
    from sqlalchemy import text

    with store._connections.reading() as connection:  # type: ignore[attr-defined]
        return list(connection.scalars(text(query), given))


def check_notices(store: Store, ends: Ends, found: Found) -> None:
    """Every notice was sent and came; what came twice came under the same identifier and with the same body."""
    notices = store.notices(_MANY)
    ends_of = {"hook": ends.hook, "mail": ends.mail}
    expected: dict[str, set[str]] = {"hook": set(), "mail": set()}
    numbers: dict[str, list[int]] = {}
    for notice in notices:
        numbers.setdefault(notice.group, []).append(notice.number)
        for delivery in store.deliveries(notice_id=notice.id):
            id_ = name_message(notice.id, delivery.channel)
            seen = _find_seen(ends_of[delivery.channel], id_)
            expected[delivery.channel] |= set(seen)
            if delivery.state != "sent":
                found.lose("notice", f"{notice.id} over {delivery.channel} is {delivery.state}: {delivery.fault}")
            elif not any(ends_of[delivery.channel].taken[s] for s in seen):
                found.lose("notice", f"{notice.id} over {delivery.channel} never came")
            found.counts["deliveries"] += 1
    for group, held in numbers.items():
        if sorted(held) != list(range(1, len(held) + 1)):
            found.double("notice", f"chain {group} is numbered {sorted(held)}")
    for channel, seen_ in ends_of.items():
        for id_ in seen_.came.keys() - expected[channel]:
            found.double("notice", f"{id_} came over {channel} and is in no outbox")
        for id_, digests in seen_.digests.items():
            if len(digests) > 1:
                found.double("notice", f"{id_} came over {channel} with {len(digests)} different bodies")
        repeated = seen_.count_repeated()
        found.counts[f"repeated over {channel} under one identifier"] += repeated.total()
    found.counts["notices"] += len(notices)
    for alert in store.alerts(states=["firing"]):
        if not store.notices(1, alert_id=alert.id):
            found.lose("notice", f"alert {alert.id} rings and nobody was told")


def _find_seen(seen: Seen, id_: str) -> list[str]:
    """The keys under which a message came: a mail's carries the host as well."""
    return [key for key in list(seen.came) if id_ in key]


# --- the undisturbed desk
def compare_with_calm(
    store: Store, articles: Sequence[Article], home: Path, gazetteer: Path, now: datetime, found: Found
) -> None:
    """Give the same to a desk that nobody kills, in this process, and compare what it comes to."""
    settings = Settings(home=home)
    for built in gazetteer.glob("places-*.sqlite"):
        (home / built.name).symlink_to(built)
    clock = SetClock(now)
    with open_desk(settings, clock=clock) as calm:
        for article in articles:
            clock.time = article.taken_at
            _take_record(calm, store, article, found)
        clock.time = now
        _repeat_words(calm, store)
        calm.derive()
        calm.advance()
        _compare(store, calm.store, found)


def _take_record(calm: Desk, store: Store, article: Article, found: Found) -> None:
    outlet = store.outlet(article.outlet_id) if article.outlet_id else None
    read, claims, _ = calm.read_article(article, outlet)
    held = store.claims_as_read(_list_claims(store, article))
    added = {c.claim_id for said in store.corrections(held).values() for c in said if c.kind == "added"}
    mine = {id_: to_json(c) for id_, c in held.items() if id_ not in added}
    wanted = {c.id: to_json(c) for c in claims}
    for id_ in wanted.keys() - mine.keys():
        found.lose("claim", f"{id_} of {article.id}")
    for id_ in mine.keys() - wanted.keys():
        found.double("claim", f"{id_} of {article.id} that an undisturbed desk does not read")
    others = [id_ for id_, payload in wanted.items() if mine.get(id_, payload) != payload]
    found.differing += [f"claim {id_} differs from the undisturbed desk's" for id_ in others]
    found.counts["claims"] += len(mine)
    calm.store.add_reading(Reading(read, claims, tuple(store.sightings(article.id)), outlet))


def _list_claims(store: Store, article: Article) -> list[str]:
    return [c.id for c in store.claims_of_articles([article.id], with_rejected=True)]


def _repeat_words(calm: Desk, store: Store) -> None:
    """What people said, what the desk withdrew, and how incidents were named, in the order in which it was kept.

    Which claim names an incident follows from what came first, and of two incidents that would do for an alert the name
    decides. So the names are given: the machine's links place no claim, they name what is grouped anew.
    """
    from tocsin.records import Withdrawal, from_json
    from tocsin.records.correction import Correction

    for payload in _read_payloads(store, "withdrawals"):
        calm.store.add_withdrawal(from_json(Withdrawal, payload))
    for payload in _read_payloads(store, "corrections"):
        calm.store.add_corrections([from_json(Correction, payload)])
    calm.store.add_decision([from_json(Link, payload) for payload in _read_payloads(store, "links")])


def _compare(store: Store, calm: Store, found: Found) -> None:
    mine, theirs = ({i.id: i for i in s.incidents(EVERYTHING)} for s in (store, calm))
    groups = [{frozenset(i.claim_ids): i for i in held.values() if i.state != "retracted"} for held in (mine, theirs)]
    for group in groups[0].keys() - groups[1].keys():
        found.differing.append(f"incident {groups[0][group].id} of {len(group)} claims: none such undisturbed")
    for group in groups[1].keys() - groups[0].keys():
        found.differing.append(f"incident of {len(group)} claims of the undisturbed desk is not there")
    both = groups[0].keys() & groups[1].keys()
    found.counts["incidents"] += len(groups[0])
    for group in both:
        if groups[0][group].id != groups[1][group].id:
            found.differing.append(f"incident {groups[0][group].id} is {groups[1][group].id} undisturbed")
    # whether a day on which nothing happened has a row follows from what was known when it was derived
    days = [
        {to_json((t.place_id, t.day, t.hostile, t.level)) for t in s.tensions() if t.hostile or t.level}
        for s in (store, calm)
    ]
    if days[0] != days[1]:
        found.differing.append(f"tension differs on {len(days[0] ^ days[1])} days of places")
    found.counts["days of tension"] += len(days[0])
    ringing = [{a.id for a in s.alerts() if a.state in ("firing", "acknowledged", "resolved")} for s in (store, calm)]
    if ringing[0] != ringing[1]:
        found.differing.append(f"alerts differ: {sorted(ringing[0] ^ ringing[1])[:5]}")
    found.counts["alerts"] += len(ringing[0])


def check_nothing_is_left(settings: Settings, now: datetime, found: Found) -> None:
    """A desk that is opened anew has nothing to derive and nobody to tell; derived anew, everything is as it was."""
    clock = SetClock(now)
    with open_desk(settings, clock=clock) as desk:
        if left := desk.store.underived_article_ids():
            found.lose("derivation", f"{len(left)} articles are not derived")
        before, told = _list_incidents(desk.store), len(desk.store.notices(_MANY))
        desk.advance()
        if (more := len(desk.store.notices(_MANY)) - told) > 0:
            found.lose("notice", f"{more} were only told when the desk was opened once more")
        _derive_all_anew(desk)
        after = _list_incidents(desk.store)
        if before != after:
            found.differing.append(f"derived anew, {len(before.items() ^ after.items())} incidents are others")


def _list_incidents(store: Store) -> dict[str, str]:
    return {i.id: to_json(sorted(i.claim_ids)) for i in store.incidents(EVERYTHING) if i.state != "retracted"}


def _derive_all_anew(desk: Desk) -> None:
    from sqlalchemy import text

    with desk.store._connections.writing() as connection:  # type: ignore[attr-defined]
        connection.execute(text("INSERT INTO pending_articles (article_id) SELECT id FROM articles"))
    desk.derive()


def check_all(
    store: Store, told: Told, ends: Ends, *, settings: Settings, calm_home: Path, gazetteer: Path, now: datetime
) -> Found:
    """All of the above over one stopped desk."""
    found = Found()
    file = Path(store._connections.name) if store._dialect == "sqlite" else None  # type: ignore[attr-defined]
    found.unsound += check_soundness(store, file)
    articles = check_articles(store, told, ends, found)
    check_revisions(store, told, found)
    check_words(store, told, found)
    check_notices(store, ends, found)
    try:
        compare_with_calm(store, articles, calm_home, gazetteer, now, found)
    except TocsinError as why:
        found.differing.append(f"the undisturbed desk refuses what the other keeps: {why}")
    check_nothing_is_left(settings, now, found)
    found.unsound += check_soundness(store, file)
    return found


def sum_counts(found: Iterable[Found]) -> dict[str, int]:
    """The counts of several desks together."""
    total: Counter[str] = Counter()
    for one in found:
        total.update(one.counts)
    return dict(sorted(total.items()))


def list_faults(found: Iterable[Found]) -> Iterator[str]:
    """All faults of several desks."""
    for one in found:
        yield from one.faults


def now_utc(shift: float = 0.0) -> datetime:
    """The desk's time, where its clock is ahead by so much."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + shift, UTC)


def describe(found: Found) -> dict[str, Any]:
    """Counts of what was lost and doubled, and the first words of each."""
    return {
        "lost": {k: len(v) for k, v in found.lost.items()}, "doubled": {k: len(v) for k, v in found.doubled.items()},
        "differing": len(found.differing), "unsound": len(found.unsound), "first": found.faults[:20],
    }  # fmt: skip
