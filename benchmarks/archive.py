"""The archive: reading and grouping by one worker and by two, what it leaves on the disk, and a plan from that.

``python -m benchmarks.archive [--runs 3]``. Workers are started and warmed beforehand; one and two take turns. On a
machine whose cores others use, wall time says as much about them as about us: two figures stand beside it. Work is
CPU seconds an article with one worker over those with two (what sharing memory, caches and locks costs); busy is how
much of the workers' time tasks filled (what handing out costs). Their product is the efficiency that wall time would
show on cores of our own. The plan's formulae stand in docs/archive.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster

from benchmarks.newsflow import NewsFlow
from benchmarks.timing import write_result
from tocsin.archive import Cluster, GroupOptions, Progress, ReadOptions, group_archive, read_archive
from tocsin.archive.cuts import Cut
from tocsin.archive.files import write_json
from tocsin.archive.manifest import DOUBLES, PARTS, Manifest, list_reports, save_manifest
from tocsin.archive.reading import note_day
from tocsin.archive.tables import ARTICLES, CLAIMS, Columns, TableWriter, read_rows, row_of_article, row_of_claim
from tocsin.archiving import SILENCE_DAYS, DeskEdge
from tocsin.incidents import OriginIndex
from tocsin.records import Article
from tocsin.settings import Settings

DATA = Path(__file__).resolve().parents[1] / "training" / "data" / "claims.jsonl"
WORDS, PARTITIONS = 400, 16
FLOW_DAYS, FLOW_A_DAY = 10, 300
PLANNED, PLANNED_CLAIMS = 100_000_000, 2.0
NOW = datetime(2026, 3, 20, tzinfo=UTC)


def main() -> int:
    """Measure and write benchmarks/results/archive.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--articles", type=int, default=96)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        memory = measure_memory()
        edge = DeskEdge(Settings(home=home / "desk"))
        (home / "desk").mkdir()
        edge.versions()  # builds the gazetteer, once for all workers
        lines = write_articles(home / "in.jsonl", options.articles)
        size = -(-(home / "in.jsonl").stat().st_size // PARTITIONS)
        write_flow(home / "flow", edge)
        clusters = [start_workers(n) for n in (1, 2)]
        reading: list[list[dict[str, float]]] = [[], []]
        grouping: list[list[dict[str, float]]] = [[], []]
        try:
            for cluster in clusters:
                warm_up(cluster, edge)
            for _ in range(options.runs):
                for n, cluster in enumerate(clusters):
                    reading[n].append(time_reading(cluster, home, edge, size, n + 1))
            for _ in range(options.runs):
                for n, cluster in enumerate(clusters):
                    grouping[n].append(time_grouping(cluster, home / "flow", edge, n + 1))
        finally:
            for cluster in clusters:
                cluster.close()
        figures = {
            "reading": {"words_each": lines["words"], **compare(*reading)},
            "grouping": compare(*grouping),
            "bytes": measure_bytes(home),
            "memory": memory,
        }
        write_result("archive", {**figures, "plan": plan(figures), "runs": options.runs})
    return 0


def write_articles(path: Path, count: int) -> dict[str, int]:
    """The invented articles of `training/data`, joined to length, each used once before any is used again."""
    texts = [json.loads(line)["text"] for line in DATA.read_text("utf-8").splitlines()]
    at = words = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            parts: list[str] = []
            while sum(len(p.split()) for p in parts) < WORDS * 0.9:
                parts.append(texts[at % len(texts)])
                at += 1
            told = {"title": f"Report {number}", "text": "\n\n".join(parts), "outlet": f"Outlet {number % 20}"}
            file.write(json.dumps(told | {"published": f"2024-03-{1 + number % 28:02d}"}) + "\n")
            words += len(told["text"].split())
    return {"words": round(words / count)}


def write_flow(out: Path, edge: DeskEdge) -> None:
    """An archive that is read already, of a generated flow of news."""
    flow = NewsFlow(FLOW_A_DAY)
    versions = edge.versions()
    cuts = tuple(Cut(n, "flow", "jsonl", "", n, n + 1) for n in range(FLOW_DAYS))
    out.mkdir()
    save_manifest(out, Manifest(versions, NOW, 1, (), cuts))
    for cut in cuts:
        days: dict[str, tuple[datetime, datetime]] = {}
        with (
            TableWriter(out / "articles" / f"{cut.name}.parquet", ARTICLES, {}) as articles,
            TableWriter(out / "claims" / f"{cut.name}.parquet", CLAIMS, {}) as claims,
        ):
            for article, told in flow.next_day():
                articles.add(row_of_article(article, "generated"))
                note_day(days, article)
                for claim in told:
                    claims.add(row_of_claim(claim, article))
        counts = {"articles": articles.count, "claims": claims.count, "set_aside": 0, "doubles": 0}
        spans = {key: [t.isoformat() for t in span] for key, span in days.items()}
        write_json(out / PARTS / f"{cut.name}.json", {**counts, "days": spans})
    write_json(out / DOUBLES, {"dropped": 0})


def start_workers(count: int) -> LocalCluster:
    """Processes of one thread each, on loopback."""
    dask.config.set({"distributed.worker.profile.enabled": False})  # as `Cluster` does
    return LocalCluster(
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
         silence_logs=50,
    )  # fmt: skip


def warm_up(cluster: LocalCluster, edge: DeskEdge) -> None:
    """Have every worker load what it needs and read one article."""
    with Client(cluster, set_as_default=False) as client:
        client.run(_read_one, edge)


def _read_one(edge: DeskEdge) -> None:
    text = "Villagers blocked the bridge at Orle on Monday, police said."
    edge.knowledge().reader.read_article(Article("art_warm", text, NOW))


def time_reading(cluster: LocalCluster, home: Path, edge: DeskEdge, size: int, workers: int) -> dict[str, float]:
    """One reading of all articles: wall seconds from the first task to the last, and the tasks' own seconds."""
    out, told = home / "out", list[tuple[float, Progress]]()
    options = ReadOptions(partition_bytes=size, is_again=True)
    given = Cluster(scheduler=cluster.scheduler_address)

    def tell(progress: Progress) -> None:
        told.append((time.perf_counter(), progress))

    manifest = read_archive([str(home / "in.jsonl")], out, edge, given, options, now=NOW, tell=tell)
    reports = list_reports(out, manifest).values()
    reading = [at for at, progress in told if progress.step == "reading"]
    wall = reading[-1] - reading[0]
    articles, cpu, busy = (sum(r[key] for r in reports) for key in ("articles", "cpu_seconds", "seconds"))
    return {"articles": articles, "wall": wall, "cpu": cpu, "busy": busy / (wall * workers)}


def time_grouping(cluster: LocalCluster, out: Path, edge: DeskEdge, workers: int) -> dict[str, float]:
    """One grouping of the flow."""
    start = time.perf_counter()
    options = GroupOptions(SILENCE_DAYS, window_days=1, most_claims=1_000, is_again=True)
    given = Cluster(scheduler=cluster.scheduler_address)
    told = group_archive(out, edge, given, options, now=NOW, tell=lambda _: None)
    wall = time.perf_counter() - start
    cpu = sum(told["cpu_seconds"].values())
    return {
        "articles": told["articles"],
        "claims": told["claims"],
        "wall": wall,
        "cpu": cpu,
        "busy": cpu / (wall * workers),
    }


def compare(one: Sequence[dict[str, float]], two: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Medians over the runs; ratios are taken within each pair of runs that followed one another."""
    count = one[0]["articles"]

    def median(values: Sequence[float], digits: int = 2) -> float:
        return round(statistics.median(values), digits)

    pairs = list(zip(one, two, strict=True))
    work = median([a["cpu"] / b["cpu"] for a, b in pairs], 3)
    busy = median([b["busy"] / a["busy"] for a, b in pairs], 3)
    return {
        "articles": int(count),
        "one_worker": _tell_rates(one, median), "two_workers": _tell_rates(two, median),
        "wall_efficiency": median([a["wall"] / (2 * b["wall"]) for a, b in pairs], 3),
        "work_efficiency": work, "busy_ratio": busy, "efficiency": round(work * min(1.0, busy), 3),
    }  # fmt: skip


def _tell_rates(runs: Sequence[dict[str, float]], median: Any) -> dict[str, float]:
    return {
        "articles_per_second": median([r["articles"] / r["wall"] for r in runs]),
        "cpu_seconds_per_article": median([r["cpu"] / r["articles"] for r in runs], 5),
        "busy": median([r["busy"] for r in runs], 3),
    }


def measure_bytes(home: Path) -> dict[str, Any]:
    """What is left on the disk, a record: of articles as they were read, of the rest as the flow was grouped."""
    grouping = json.loads((home / "flow" / "grouping.json").read_text("utf-8"))
    articles, claims, incidents = (grouping[key] for key in ("articles", "claims", "incidents"))
    read_articles, article_bytes = _write_whole(home, "articles", ARTICLES)
    read_claims, claim_bytes = _write_whole(home, "claims", CLAIMS)

    def size(folder: Path) -> int:
        return sum(p.stat().st_size for p in folder.glob("*.parquet"))

    return {
        "article": round(article_bytes / read_articles),
        "claim": round(claim_bytes / max(1, read_claims)),
        "claims_per_article_read": round(read_claims / read_articles, 2),
        "incident": round(size(home / "flow" / "incidents") / incidents),
        "link": round(size(home / "flow" / "links") / claims),
        "origin": round(size(home / "flow" / "origins") / articles),
        "claims_per_article_grouped": round(claims / articles, 2),
        "incidents_per_claim": round(incidents / claims, 3),
        "shuffled": {
            "deal_per_article": round(grouping["shuffled_bytes"]["deal"] / articles),
            **{f"{s}_per_claim": round(grouping["shuffled_bytes"][s] / claims) for s in ("place", "firsts", "sort")},
        },
        "grouping_cpu_seconds_per_article": {s: round(v / articles, 6) for s, v in grouping["cpu_seconds"].items()},
        "widest_knot": grouping["ties"]["widest"],
        "ties_per_claim": round(grouping["ties"]["ties"] / claims, 2),
    }  # fmt: skip


def _write_whole(home: Path, table: str, columns: Columns) -> tuple[int, int]:
    """Rows and bytes of a table as one partition: the benchmark's own are too small for what a file costs by itself."""
    target = home / f"{table}.parquet"
    with TableWriter(target, columns, {}) as writer:
        for path in sorted((home / "out" / table).glob("*.parquet")):
            for row in read_rows(path):
                writer.add(row)
    return writer.count, target.stat().st_size


def measure_memory() -> dict[str, float]:
    """What the texts of a chapter take while their copies are looked for."""
    flow = NewsFlow(2_000)
    articles = [a for _ in range(3) for a, _ in flow.next_day()]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index = OriginIndex()
    index.add(articles)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    words = sum(len(a.text.split()) for a in articles) / len(articles)
    return {"chapter_kilobytes_per_article": round(kilobytes / len(articles), 1), "words_each": round(words)}


def plan(figures: dict[str, Any]) -> dict[str, Any]:
    """A hundred million articles of WORDS words, from the rates above; nothing in it was run at that size."""
    size, reading = figures["bytes"], figures["reading"]
    read = PLANNED * reading["two_workers"]["cpu_seconds_per_article"] * WORDS / reading["words_each"] / 3600
    claims = PLANNED * PLANNED_CLAIMS
    per_claim = PLANNED_CLAIMS / size["claims_per_article_grouped"]
    spent = size["grouping_cpu_seconds_per_article"]
    by_text = ("deal", "copies")
    grouped = PLANNED / 3600 * sum(v * (1 if s in by_text else per_claim) for s, v in spent.items())
    moved = size["shuffled"]
    chapter = (
        timedelta(days=28 + 14) / timedelta(days=3_653) * PLANNED * figures["memory"]["chapter_kilobytes_per_article"]
    )
    return {
        "articles": PLANNED, "words_each": WORDS, "claims": round(claims),
        "reading_core_hours": round(read), "grouping_core_hours": round(grouped),
        "hours_on_256_cores_at_0.9": round((read + grouped) / (256 * 0.9), 1),
        "disk_gb": {
            "articles": round(PLANNED * size["article"] / 1e9), "claims": round(claims * size["claim"] / 1e9),
            "incidents": round(claims * size["incidents_per_claim"] * size["incident"] / 1e9),
            "links": round(claims * size["link"] / 1e9), "origins": round(PLANNED * size["origin"] / 1e9),
        },
        "shuffle_gb": {
            "deal": round(PLANNED * moved["deal_per_article"] / 1e9),
            **{s: round(claims * moved[f"{s}_per_claim"] / 1e9) for s in ("place", "firsts", "sort")},
        },
        "chapter_gb_for_28_days_of_ten_years": round(chapter / 1e6, 1),
        "knot_gb": round(claims * size["ties_per_claim"] * 40 / 1e9),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
