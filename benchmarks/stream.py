"""The grouping of a stream: what copies and incidents cost as it grows, what it remembers, and a restart in the middle.

``python -m benchmarks.stream [--articles 1000000] [--per-day 5000]``: a generated flow (`benchmarks/newsflow.py`), one
core, the window of a desk (14 days). The growth curve stands in benchmarks/results/stream.json.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks.newsflow import NewsFlow
from benchmarks.timing import write_result
from tocsin.incidents import IncidentStream, OriginIndex
from tocsin.knowledge.weights import load_merge_weights
from tocsin.records import Article, Claim, Link

WINDOW_DAYS = 14
#: Articles arrive in handfuls, as a watcher brings them.
BATCH = 50


def main() -> int:
    """Measure and write benchmarks/results/stream.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--per-day", type=int, default=5_000)
    parser.add_argument("--to", default="stream", help="name of the result")
    options = parser.parse_args()
    days = max(1, options.articles // options.per_day)
    write_result(
        options.to,
        {
            "articles": days * options.per_day,
            "articles_per_day": options.per_day,
            "window_days": WINDOW_DAYS,
            "copies_alone": measure_copies(min(days, 3 * WINDOW_DAYS), options.per_day),
            "growth": measure_growth(days, options.per_day),
            "restart": measure_restart(max(10, options.per_day // 10)),
        },
    )
    return 0


def measure_copies(days: int, per_day: int) -> dict[str, Any]:
    """Articles a CPU second for copies alone, window and forgetting included."""
    flow, index, seconds, words = NewsFlow(per_day), OriginIndex(), 0.0, 0
    for _ in range(days):
        articles = [article for article, _ in flow.next_day()]
        words += sum(len(a.text.split()) for a in articles)
        start = time.process_time()
        for batch in _cut(articles):
            index.add(batch)
        index.forget(articles[-1].shown_at - timedelta(days=WINDOW_DAYS))
        seconds += time.process_time() - start
    count = days * per_day
    return {"articles": count, "articles_per_cpu_second": round(count / seconds), "words_each": round(words / count)}


def measure_growth(days: int, per_day: int) -> list[dict[str, Any]]:
    """Cost of an article and of a claim, and memory, each time the stream has grown by half again."""
    flow, stream = NewsFlow(per_day), IncidentStream(load_merge_weights())
    rows: list[dict[str, Any]] = []
    seconds, articles, claims, incidents, next_row = 0.0, 0, 0, 0, per_day * 2
    for day in range(days):
        made = flow.next_day()
        start = time.process_time()
        for batch in _cut(made):
            stream.take([a for a, _ in batch], [c for _, cs in batch for c in cs], now=batch[-1][0].taken_at)
        now = made[-1][0].taken_at
        stream.forget(now - timedelta(days=WINDOW_DAYS), now=now)
        seconds += time.process_time() - start
        articles += len(made)
        claims += sum(len(cs) for _, cs in made)
        incidents = len(stream.incidents)
        if articles >= next_row or day == days - 1:
            total = sum(r["articles"] for r in rows)
            # shared machines slow down and speed up: the same small work beside each row says by how much
            yardstick = _take_yardstick()
            row = {
                "articles": articles, "claims": claims, "held_claims": len(stream), "held_incidents": incidents,
                "ms_per_claim": round(1000 * seconds / max(1, claims), 3),
                "yardstick_ms": round(1000 * yardstick, 2),
                "claim_in_yardsticks": round(seconds / max(1, claims) / yardstick, 3),
                "articles_per_cpu_second": round(articles / seconds),
                "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                "in_all": total + articles,
            }  # fmt: skip
            rows.append(row)
            sys.stderr.write(f"{row}\n")
            seconds, articles, claims = 0.0, 0, 0
            next_row = max(next_row, round(row["in_all"] * 0.5))
    return rows


def _take_yardstick() -> float:
    """CPU seconds of a fixed piece of work of the same kind: words to sets, sets compared. The least of nine."""
    words = [f"{n % 977}word{n % 31}" for n in range(4_000)]

    def work() -> float:
        start = time.process_time()
        sets = [frozenset(words[i : i + 40]) for i in range(0, len(words), 20)]
        sum(len(a & b) for a, b in pairwise(sets))
        return time.process_time() - start

    return min(work() for _ in range(9))


def measure_restart(per_day: int) -> dict[str, Any]:
    """A stream that breaks off after twenty days and is built anew from what a desk stored, beside one that ran on."""
    weights, flow = load_merge_weights(), NewsFlow(per_day, seed=3)
    whole, broken = IncidentStream(weights), IncidentStream(weights)
    stored: list[tuple[Article, tuple[Claim, ...]]] = []
    links: dict[str, Link] = {}
    differing = 0
    for day in range(30):
        made = flow.next_day()
        now = made[-1][0].taken_at
        since = now - timedelta(days=WINDOW_DAYS)
        if day == 20:
            broken = IncidentStream(weights)
            _restart(broken, stored, links, since - timedelta(days=1), made[0][0].taken_at)
        for stream in (whole, broken):
            for batch in _cut(made):
                step = stream.take([a for a, _ in batch], [c for _, cs in batch for c in cs], now=batch[-1][0].taken_at)
                if stream is broken:
                    links |= {link.claim_id: link for link in step.links}
            stream.forget(since, now=now)
        stored += made
        if day >= 20:
            ours = {i.id: i.claim_ids for i in broken.incidents.values()}
            differing += ours != {i.id: i.claim_ids for i in whole.incidents.values()}
    claims = {c.id for _, cs in stored for c in cs}
    return {
        "days": 30, "articles": len(stored), "days_on_which_incidents_differed": differing,
        "claims_without_link": len(claims - links.keys()), "links_without_claim": len(links.keys() - claims),
    }  # fmt: skip


def _restart(
    stream: IncidentStream,
    stored: Iterable[tuple[Article, tuple[Claim, ...]]],
    links: dict[str, Link],
    since: datetime,
    now: datetime,
) -> None:
    # an incident that is still reported is taken whole, as the stream had kept it
    running = {links[c.id].incident_id for a, cs in stored if a.shown_at >= since for c in cs}
    kept = [
        (a, cs if a.shown_at >= since else tuple(c for c in cs if links[c.id].incident_id in running))
        for a, cs in stored
        if a.shown_at >= since or any(links[c.id].incident_id in running for c in cs)
    ]
    stream.take([a for a, _ in kept], [c for _, cs in kept for c in cs], now=now, held=links)


def _cut(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[i : i + BATCH] for i in range(0, len(rows), BATCH))


if __name__ == "__main__":
    sys.exit(main())
