"""Fuzz the parsers one after the other, keep what reached new code, and tell what was found.

python -m fuzz.run [NAME ...] [--seconds 600] [--jobs 1]
"""

# ruff: noqa: T201, S603 - a program for people, that starts itself
from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
CORPUS, FINDINGS, WORK = HERE / "corpus", HERE / "findings", HERE / "work"
MAX_FILES, MAX_BYTES = 48, 60_000
MAX_INPUT_BYTES = 4_096
_DONE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+)")


def main() -> int:
    """1 where something was found."""
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"parsers, of {', '.join(TARGETS)}; without any: all")
    parser.add_argument("--seconds", type=int, default=600, help="for each parser")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(TARGETS):
        parser.error(f"no such parser: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    names = asked.names or list(TARGETS)
    for name in names:
        keep_inputs(name, TARGETS[name].seeds, is_seed=True)
    with ThreadPoolExecutor(asked.jobs) as pool:
        found = list(pool.map(lambda name: fuzz(name, asked.seconds), names))
    return int(any(found))


def fuzz(name: str, seconds: int) -> int:
    """Fuzz one parser; the number of its findings."""
    grown, findings = WORK / name, FINDINGS / name
    shutil.rmtree(grown, ignore_errors=True)
    grown.mkdir(parents=True)
    findings.mkdir(parents=True, exist_ok=True)
    before, began = len(list(findings.iterdir())), time.monotonic()
    runs, coverage = 0, 0
    while (left := seconds - (time.monotonic() - began)) > 1:
        done = call(name, [str(grown), str(CORPUS / name), f"-max_total_time={int(left)}", "-timeout=25",
                           f"-max_len={MAX_INPUT_BYTES}", "-rss_limit_mb=2048", "-print_final_stats=1",
                           f"-artifact_prefix={findings}/"])  # fmt: skip
        told = [_DONE.search(line) for line in done.splitlines()]
        runs += sum(int(match[1]) for match in told if match)
        coverage = max([coverage, *(int(match[2]) for match in told if match)])
        if len(list(findings.iterdir())) - before >= 5 or not any(told):
            (findings / "log.txt").write_text(done[-20_000:])
            if len([path for path in findings.iterdir() if path.name != "log.txt"]) - before >= 5:
                break
            if not any(told) and "Test unit written" not in done:
                print(f"{name}: could not be fuzzed: {done[-500:]}", flush=True)
                return 1
    minimise(name, grown)
    count = len([path for path in findings.iterdir() if path.name != "log.txt"]) - before
    print(
        f"{name}: {runs:,} runs in {time.monotonic() - began:.0f} s, {coverage} branches, {count} findings", flush=True
    )
    return count


def call(name: str, arguments: list[str]) -> str:
    """What libFuzzer says."""
    command = [sys.executable, "-m", "fuzz.one", name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, cwd=HERE.parent)
    return done.stdout + done.stderr


def minimise(name: str, grown: Path) -> None:
    """Let the corpus be the smallest inputs that together reach what all of them reach."""
    merged = WORK / f"{name}.merged"
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir()
    told = call(name, ["-merge=1", "-timeout=25", "-rss_limit_mb=2048", str(merged), str(CORPUS / name), str(grown)])
    inputs = [path.read_bytes() for path in merged.iterdir()]
    shutil.rmtree(merged, ignore_errors=True)
    if not inputs:  # minutes of work are not thrown away for that
        print(f"{name}: the corpus could not be made small and stays in {grown}: {told[-300:]}", flush=True)
        return
    keep_inputs(name, inputs, is_seed=False)
    shutil.rmtree(grown, ignore_errors=True)


def keep_inputs(name: str, inputs: Iterable[bytes], *, is_seed: bool) -> None:
    """Write inputs under their digests: seeds beside what is there, others in its place, the smallest so many."""
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    kept: dict[str, bytes] = {}
    total = 0
    for body in sorted(set(inputs), key=lambda body: (len(body), body)):
        total += len(body)
        if is_seed or (len(kept) < MAX_FILES and total <= MAX_BYTES):
            kept[hashlib.sha1(body, usedforsecurity=False).hexdigest()[:16]] = body
    if not kept:
        return
    if not is_seed:
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()
    for digest, body in kept.items():
        (folder / digest).write_bytes(body)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
