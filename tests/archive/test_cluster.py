"""Many workers, real processes: the same results, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from benchmarks.newsflow import NewsFlow
from distributed import LocalCluster

from tests.archive.edges import NOW, PlainEdge
from tests.archive.finished import finish_archive, load_incidents, load_links, load_origins, load_rows
from tests.archive.test_grouping import SMALL, group, take_all
from tocsin.archive import ArchiveError, Cluster, ReadOptions, describe_archive, read_archive
from tocsin.archive.attempts import find_poison


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """Some processes on loopback, as anybody's cluster that runs already; tests say how many."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 20}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
    ):  # fmt: skip
        yield cluster


def write_lines(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def read(path: Path, out: Path, cluster: Cluster, **given: Any) -> dict[str, Any]:
    options = ReadOptions(**{"partition_bytes": 200, **given})
    read_archive([str(path)], out, PlainEdge(), cluster, options, now=NOW, tell=lambda _: None)
    return describe_archive(out)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_workers_gives_the_same(tmp_path: Path, workers: LocalCluster, count: int) -> None:
    workers.scale(count)
    made = NewsFlow(20, seed=count)
    flow = [pair for _ in range(4) for pair in made.next_day()]
    out = tmp_path / "out"
    finish_archive(out, flow, 3)
    group(out, SMALL, cluster=Cluster(scheduler=workers.scheduler_address))
    incidents, links, origins = take_all(flow, {})
    assert load_incidents(out) == incidents
    assert load_links(out) == links
    assert load_origins(out) == origins


def test_a_record_that_ends_its_workers_is_set_aside_and_its_neighbours_are_read(
    tmp_path: Path, workers: LocalCluster
) -> None:
    texts = [f"text {n}" for n in range(40)]
    texts[7] = "KILL the worker"
    texts[8] = "HANG for ever"
    out = tmp_path / "out"
    path = write_lines(tmp_path / "in.jsonl", texts)
    told = read(path, out, Cluster(scheduler=workers.scheduler_address), record_seconds=5.0)
    assert (told["finished"], told["partitions"], told["articles"]) == (told["partitions"], told["partitions"], 38)
    reasons = {row["beginning"][10:14]: row["reason"] for row in load_rows(out, "set_aside")}
    assert reasons == {"KILL": "ended 2 workers that read it", "HANG": "took too long to read"}
    assert not list((out / "working").iterdir())


SPIN = """
import re, sys
from pathlib import Path
from tocsin.archive.attempts import Attempt

with Attempt(Path(sys.argv[1]), "part-000000", "run", 0.1) as attempt:
    attempt.at(3)
    re.match(r"(a+)+$", "a" * 60 + "b")
"""


def test_a_library_that_lets_nothing_else_run_is_ended_too(tmp_path: Path) -> None:
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", SPIN, str(tmp_path)], timeout=60, check=False)
        assert done.returncode != 0
    assert find_poison(tmp_path, "part-000000", "run") == {3: "ended 2 workers that read it"}


def test_a_scheduler_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.archive.clusters._CONNECT_SECONDS", 1)
    path = write_lines(tmp_path / "in.jsonl", ["a"])
    with pytest.raises(ArchiveError, match="cannot be reached"):
        read(path, tmp_path / "out", Cluster(scheduler="tcp://127.0.0.1:9"))
    with pytest.raises(ArchiveError, match="cannot be reached"):
        read(path, tmp_path / "out", Cluster(scheduler="nonsense://x"))


def test_a_queue_without_its_library_or_of_no_known_name_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "in.jsonl", ["a"])
    with pytest.raises(ArchiveError, match="must be one of slurm"):
        read(path, tmp_path / "out", Cluster(jobqueue="cron"))
    with pytest.raises(ArchiveError, match="pip install dask-jobqueue"):
        read(path, tmp_path / "out", Cluster(jobqueue="slurm"))
    with pytest.raises(ArchiveError, match="not both"):
        read(path, tmp_path / "out", Cluster(jobqueue="slurm", scheduler="tcp://127.0.0.1:9"))


def test_a_local_cluster_is_encrypted_and_shows_nobody_anything() -> None:
    with Cluster(1).open_client() as client:
        told = client.scheduler_info()
        assert told["address"].startswith("tls://127.0.0.1:")
        ports = [told["services"]["dashboard"], *(w["services"]["dashboard"] for w in told["workers"].values())]
        for port in ports:
            for path in ("status", "health", "metrics", "json/counts.json", "info/main/workers.html"):
                assert httpx.get(f"http://127.0.0.1:{port}/{path}").status_code == 404


RUN = """
import sys
from pathlib import Path
from tests.archive.edges import NOW, PlainEdge
from tocsin.archive import Cluster, ReadOptions, read_archive

if __name__ == "__main__":
    options = ReadOptions(partition_bytes=3_000)
    read_archive([sys.argv[1]], Path(sys.argv[2]), PlainEdge(), Cluster(2), options, now=NOW, tell=lambda _: None)
"""


def start(script: Path, path: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(script), str(path), str(out)]
    here = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=here, env=os.environ | {"PYTHONPATH": str(here)}, start_new_session=True)


def test_what_was_finished_before_a_kill_is_not_read_again(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    path, out = write_lines(tmp_path / "in.jsonl", [f"text {n} {'x' * 60}" for n in range(1_500)]), tmp_path / "out"
    running = start(script, path, out)
    parts = out / "parts"
    deadline = time.monotonic() + 60
    while not parts.is_dir() or len(list(parts.glob("part-*.json"))) < 5:
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    finished = {p.stem for p in parts.glob("part-*.json")}
    kept = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.rglob("part-*.*") if p.stem in finished}
    told = describe_archive(out)
    assert 5 <= told["finished"] < told["partitions"]
    assert start(script, path, out).wait(60) == 0
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in kept} == kept
    told = describe_archive(out)
    assert told["finished"] == told["partitions"]
    assert (told["articles"], told["set_aside"]) == (1_500, 0)
    assert [row["text"] for row in load_rows(out, "articles")] == [f"text {n} {'x' * 60}" for n in range(1_500)]
    assert not list(out.rglob(".*"))
