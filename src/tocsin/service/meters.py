"""What Prometheus is told: counted where it happens, or looked up in the store when asked, at most every few seconds.

Names follow https://prometheus.io/docs/practices/naming/: base units, `_total` for what only grows. Every label has a
bounded number of values: no address, place or person is one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

import tocsin
from tocsin.errors import TocsinError
from tocsin.ports import Clock, Store, Vitals
from tocsin.records.outlet import FeedState
from tocsin.service.observing import Work

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: The store is asked again after so long: counting a million rows takes a tenth of a second.
KEPT_SECONDS = 15.0
#: The store's note of when the last backup was finished.
BACKUP_NOTE = "backup"
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
_TIMED: dict[Work, tuple[str, tuple[float, ...]]] = {
    "fetch": ("Seconds that one round of one feed took: the feed and the pages of its new entries", _SLOW),
    "reading": ("Seconds that the reading of one article took: the encoder and what follows it", _QUICK),
    "derivation": ("Seconds that one derivation took: incidents, tension and alerts", _SLOW),
    "retention": ("Seconds that one run of the retention took", _SLOW),
}
log = logging.getLogger("tocsin.metrics")


class Meters:
    """An `observing.Observer`, and what `/metrics` answers; it has a registry of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self._times = {
            work: Histogram(f"tocsin_{work}_seconds", told, buckets=buckets, registry=self.registry)
            for work, (told, buckets) in _TIMED.items()
        }
        self._taken = Counter(
            "tocsin_articles_taken", "Articles handed in or fetched, by what became of them", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        for outcome in ("new", "known", "faulty"):
            self._taken.labels(outcome)
        self._requests = Counter(
            "tocsin_requests", "Requests answered, by method, route and status", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self._answers = Histogram(
            "tocsin_request_seconds", "Seconds until a request was answered, by route", ["route"], buckets=_QUICK,
            registry=self.registry,
        )  # fmt: skip
        self._refused = Counter(
            "tocsin_intake_refused", "Reports not let in because too many waited", registry=self.registry
        )
        self._restarts = Counter("tocsin_worker_restarts", "Workers started after one had died", registry=self.registry)
        self.registry.register(_StoreCollector(store, clock))

    @contextmanager
    def timing(self, work: Work) -> Iterator[None]:
        """See `Observer`."""
        with self._times[work].time():
            yield

    def note_time(self, work: Work, seconds: float) -> None:
        """See `Observer`."""
        self._times[work].observe(seconds)

    def count_taken(self, new: int, known: int, faults: int) -> None:
        """See `Observer`."""
        for outcome, number in (("new", new), ("known", known), ("faulty", faults)):
            if number:
                self._taken.labels(outcome).inc(number)

    def count_restart(self) -> None:
        """See `Observer`."""
        self._restarts.inc()

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer; `route` as the application writes it, never the address that was asked for."""
        self._requests.labels(method, route, str(status)).inc()
        self._answers.labels(route).observe(seconds)

    def count_refused(self) -> None:
        """One report that was not let in."""
        self._refused.inc()

    def write_text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)


class _StoreCollector(Collector):
    """What the store holds. Where it does not answer, `tocsin_up` is 0 and the rest is left out: absent is absent."""

    def __init__(self, store: Store, clock: Clock, seconds: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock, self._seconds = store, clock, seconds
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._held: list[GaugeMetricFamily] = []

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the registry must not ask the store when it is made."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See `Collector`."""
        with self._lock:  # several scrapes at once ask the store once
            if self._seconds() >= self._until:
                self._held = self._look()
                self._until = self._seconds() + KEPT_SECONDS
            yield from self._held

    def _look(self) -> list[GaugeMetricFamily]:
        built = _one("tocsin_build_info", "Version of this desk", {"version": tocsin.__version__}, 1)
        try:
            vitals = self._store.vitals()
            feeds = self._store.feeds()
            backup = self._store.note(BACKUP_NOTE)
        except TocsinError as why:
            log.warning("metrics without the store: %s", why)
            return [built, _one("tocsin_up", "Whether the database answers", {}, 0)]
        now = self._clock.now()
        states = dict.fromkeys(get_args(FeedState), 0)
        for feed in feeds:
            states[feed.state(now)] += 1
        made = [built, _one("tocsin_up", "Whether the database answers", {}, 1), *_tell_vitals(vitals, now)]
        made.append(_many("tocsin_feeds", "Feeds by health", ["state"], {(s,): n for s, n in states.items()}))
        if backup is not None:
            at = datetime.fromisoformat(backup).timestamp()
            made.append(_one("tocsin_last_backup_timestamp_seconds", "When the last backup was finished", {}, at))
        return made


def _tell_vitals(vitals: Vitals, now: datetime) -> Iterator[GaugeMetricFamily]:
    held = {(kind,): getattr(vitals, kind) for kind in ("articles", "claims", "incidents", "faults")}
    yield _many("tocsin_records", "Records that the desk holds", ["kind"], held)
    alerts = {(state,): n for state, n in vitals.alerts.items()}
    yield _many("tocsin_alerts", "Alerts by state", ["state"], alerts)
    sent = {(channel, state): n for channel, states in vitals.deliveries.items() for state, n in states.items()}
    yield _many("tocsin_deliveries", "Notices by channel and how far they got", ["channel", "state"], sent)
    open_ = sum(n for (_, state), n in sent.items() if state in ("waiting", "sending"))
    yield _one("tocsin_outbox_depth", "Notices that are still to be sent", {}, open_)
    age = max(0.0, (now - vitals.oldest_waiting_at).total_seconds()) if vitals.oldest_waiting_at else 0.0
    yield _one("tocsin_outbox_age_seconds", "Age of the oldest notice that is still to be sent", {}, age)
    yield _one("tocsin_underived_articles", "Articles read and not yet grouped", {}, vitals.underived)
    yield _one("tocsin_database_bytes", "Size of the database", {}, vitals.database_bytes)


def _one(name: str, told: str, labels: dict[str, str], value: float) -> GaugeMetricFamily:
    return _many(name, told, list(labels), {tuple(labels.values()): value})


def _many(name: str, told: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
