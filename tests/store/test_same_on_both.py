"""Whatever is done, in whatever order: SQLite and PostgreSQL hold the same and list it in the same order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.postgresql import Server
from tests.store.worlds import START, catch_up, make_alert, make_link, make_readings, make_tension
from tocsin.errors import TocsinError
from tocsin.ports import Derivation, Store
from tocsin.records import Fault, Feed, Filter, Notice, Outlet, Silence, Withdrawal, make_id
from tocsin.records.correction import Correction, correction_id
from tocsin.store import open_store

pytestmark = pytest.mark.postgresql
REAL, PLAYED = make_readings(14, seed=23), make_readings(5, seed=29, is_exercise=True)
READINGS = [*REAL, *PLAYED]
CLAIMS = [c for r in READINGS for c in r.claims]
#: Names whose order differs from one system's tables of letters to another's.
NAMES = ("Zebra", "apple", "Äpfel", "_under", "Ångström", "a b", "a-b", "a_b", "B", "ﬁ", "日本", "Éire", "eire", "  ")
EVERYTHING = Filter(limit=0, with_background=True)
FILTERS = (
    EVERYTHING, Filter(), Filter(query="villagers"), Filter(query="vucic", realm="real"), Filter(type="ASSAULT"),
    Filter(place_id="toy:orle"), Filter(actor="police", limit=5, offset=2), Filter(by_party="TLK/COP", counted="deed"),
    Filter(since=START.date() + timedelta(days=1), until=START.date() + timedelta(days=2)), Filter(country="TLK"),
)  # fmt: skip
Job = Callable[[Store], object]


def read_in(number: int) -> Job:
    return lambda store: store.add_reading(READINGS[number])


def derive(_: int) -> Job:
    return catch_up


def name_outlet(number: int) -> Job:
    name = NAMES[number % len(NAMES)]
    return lambda store: store.save_outlet(Outlet(make_id("out", name), name, reliability_reason=name))


def keep_feed(number: int) -> Job:
    name = NAMES[number % len(NAMES)]
    return lambda store: store.add_feeds([Feed(make_id("fed", name), f"https://hill.example/{name}")])


def fail(number: int) -> Job:
    at = START + timedelta(hours=number % 3)
    return lambda store: store.add_faults(
        [Fault(make_id("flt", str(number)), NAMES[number % len(NAMES)], "is empty", at)]
    )


def warm(number: int) -> Job:
    place = f"toy:{NAMES[number % len(NAMES)]}"
    tensions = (make_tension(place, START.date() + timedelta(days=number % 4), float(number)),)
    alerts = (make_alert(place, title=NAMES[number % 5]),)
    return lambda store: store.save_derivation(Derivation(tensions=tensions, alerts=alerts))


def mark(number: int) -> Job:
    alert = make_alert(f"toy:{NAMES[number % len(NAMES)]}")
    at = START + timedelta(hours=number)
    return lambda store: store.set_alert_state(alert.id, "acknowledged", NAMES[number % 7], at, assigned_to="Ä")


def move(number: int) -> Job:
    return lambda store: store.add_decision([make_link(CLAIMS[number % len(CLAIMS)], "inc_moved", hours=number)])


def withdraw(number: int) -> Job:
    made = Withdrawal(READINGS[number].article.id, "retracted", "person:Ä", START + timedelta(days=9), "wrong")
    return lambda store: store.add_withdrawal(made)


def reject(number: int) -> Job:
    claim = CLAIMS[number % len(CLAIMS)]
    at = START + timedelta(days=8, hours=number)
    made = Correction(
        correction_id(claim.id, "rejected", None, at, None),
        claim.id,
        claim.article_id,
        "rejected",
        "person:Ä",
        at,
        "no",
    )
    return lambda store: store.add_corrections([made])


def hush(number: int) -> Job:
    ends = START + timedelta(days=1 + number % 3)
    silence = Silence(make_id("sil", str(number)), START, ends, "Ä", NAMES[number % len(NAMES)])
    return lambda store: store.add_silence(silence)


def tell(number: int) -> Job:
    from tests.notify.made import make_notice

    notice: Notice = make_notice(group=f"grp_{number % 4}", number=1 + number % 3)
    return lambda store: store.add_notices([notice], lambda _: ["mail", "Äther"][: 1 + number % 2])


def send(number: int) -> Job:
    def work(store: Store) -> list[Any]:
        held = store.claim_deliveries(START + timedelta(days=3650), 2, 60.0)
        for delivery, _ in held:
            store.finish_delivery(
                delivery.notice_id,
                delivery.channel,
                delivery.attempts,
                "sent",
                at=START + timedelta(days=3651, hours=number),
            )
        return [(d, n.id) for d, n in held]

    return work


def note(number: int) -> Job:
    return lambda store: store.set_note(NAMES[number % len(NAMES)], str(number))


def play_on(_: int) -> Job:
    return lambda store: store.remove_exercise()


JOBS = (
    read_in, read_in, read_in, derive, derive, name_outlet, keep_feed, fail, warm, mark, move, withdraw, reject, hush,
    tell, send, note, play_on,
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(JOBS), st.integers(0, len(READINGS) - 1)), min_size=5, max_size=40)


def tell_outcome(store: Store, job: Job) -> object:
    """What a job gives, or says that it refuses."""
    try:
        return job(store)
    except TocsinError as why:
        return type(why), why.what


def list_all(store: Store) -> dict[str, object]:
    """Every list that the store has, in its order."""
    claims, articles = [c.id for c in CLAIMS], [r.article.id for r in READINGS]
    found: dict[str, object] = {
        "counts": store.counts(),
        "outlets": store.outlets(),
        "outlet counts": store.outlet_article_counts(),
        "paces": store.outlet_paces(START + timedelta(days=3)),
        "feeds": store.feeds(),
        "faults": store.faults(0),
        "tensions": store.tensions(),
        "latest": store.latest_tensions(),
        "alerts": store.alerts(),
        "silences": store.silences(),
        "notices": store.notices(99),
        "chains": store.open_chains(),
        "deliveries": store.deliveries(),
        "delivery counts": store.delivery_counts(),
        "waiting": store.underived_article_ids(),
        "links": store.link_history(claims),
        "newest links": store.newest_links(claims),
        "homes": store.incidents_of_claims(claims),
        "standings": store.standings(claims),
        "rejections": store.rejections(claims),
        "withdrawals": store.withdrawals(articles),
        "origins": store.origins(articles),
        "activity": store.activity_between(START, START + timedelta(days=9), is_exercise=False),
        "notes": [store.note(name) for name in NAMES],
        "between": store.incidents_between(START, START + timedelta(days=9)),
        "check": store.check(),
    }
    for number, wanted in enumerate(FILTERS):
        found[f"claims {number}"] = (store.claims(wanted), store.count_claims(wanted))
        found[f"articles {number}"] = (store.articles(wanted), store.count_articles(wanted))
        found[f"incidents {number}"] = (store.incidents(wanted), store.count_incidents(wanted))
    return found


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(done=steps)
def test_the_same_is_done_and_listed_on_both(postgresql: Server, done: list[tuple[Callable[[int], Job], int]]) -> None:
    with TemporaryDirectory() as folder, postgresql.lending() as lend:
        stores = [open_store(Path(folder) / "desk.sqlite"), open_store(lend())]
        try:
            for make_job, number in done:
                ours, theirs = (tell_outcome(store, make_job(number)) for store in stores)
                assert ours == theirs, (make_job.__name__, number)
            held, theirs_held = map(list_all, stores)
            for name, listed in held.items():
                assert listed == theirs_held[name], name
            assert held["check"] == []
        finally:
            for store in stores:
                store.close()
