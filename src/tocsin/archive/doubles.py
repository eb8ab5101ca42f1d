"""The same article in two partitions is kept once: in the first of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.archive.files import read_json, write_json
from tocsin.archive.manifest import DOUBLES, PARTS, Manifest, list_reports
from tocsin.archive.progress import Progress, Tell
from tocsin.archive.running import run_tasks
from tocsin.archive.tables import ARTICLES, CLAIMS, TableWriter, read_rows

Numbers = npt.NDArray[np.uint64]


def number_ids(ids: Iterable[str]) -> Numbers:
    """A number of 64 bits for each identifier: small enough for a hundred million in memory."""
    digests = (hashlib.blake2b(id_.encode(), digest_size=8).digest() for id_ in ids)
    return np.fromiter((int.from_bytes(d, "big") for d in digests), np.uint64)


def drop_doubles(client: Any, out: Path, manifest: Manifest, tell: Tell) -> None:
    """Take articles out of every partition that an earlier one has too, once all are read; done already, nothing."""
    if (out / DOUBLES).exists():
        return
    gone = find_doubles(out, manifest)
    tasks = {name: (out, name, sorted(ids), manifest.versions.to_metadata()) for name, ids in gone.items()}
    for done, _ in enumerate(run_tasks(client, drop_from_part, tasks), start=1):
        tell(Progress("dropping doubles", done, len(tasks)))
    dropped = sum(r["doubles"] for r in list_reports(out, manifest).values())
    write_json(out / DOUBLES, {"dropped": dropped})


def find_doubles(out: Path, manifest: Manifest) -> dict[str, set[str]]:
    """For each partition that has any: the articles in it that an earlier partition holds."""
    parts = [(cut.name, out / "articles" / f"{cut.name}.parquet") for cut in manifest.cuts]
    numbers = [number_ids(row["id"] for row in read_rows(path, ["id"])) for _, path in parts]
    every = np.sort(np.concatenate(numbers)) if numbers else np.zeros(0, np.uint64)
    twice = np.unique(every[1:][every[1:] == every[:-1]])
    known: set[str] = set()
    gone: dict[str, set[str]] = {}
    for (name, path), mine in zip(parts, numbers, strict=True):
        if not np.isin(mine, twice).any():
            continue
        # two ids may share a number: what is dropped is told by the ids themselves
        near = {row["id"] for row, number in zip(read_rows(path, ["id"]), mine, strict=True) if _holds(twice, number)}
        if doubled := near & known:
            gone[name] = doubled
        known |= near
    return gone


def _holds(numbers: Numbers, number: np.uint64) -> bool:
    at = int(np.searchsorted(numbers, number))
    return at < len(numbers) and bool(numbers[at] == number)


def drop_from_part(out: Path, name: str, ids: list[str], metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """Write a partition's tables anew without some articles and their claims; claims first: none is left alone."""
    gone = set(ids)
    paths = {table: out / table / f"{name}.parquet" for table in ("articles", "claims")}
    with TableWriter(paths["claims"], CLAIMS, metadata) as claims:
        for row in read_rows(paths["claims"]):
            if row["article_id"] not in gone:
                claims.add(row)
    characters = 0
    with TableWriter(paths["articles"], ARTICLES, metadata) as articles:
        for row in read_rows(paths["articles"]):
            if row["id"] not in gone:
                articles.add(row)
                characters += len(row["text"])
        # before the table stands: whoever comes again after a crash finds the doubles still there, and counts them once
        report: dict[str, Any] = read_json(out / PARTS / f"{name}.json")
        doubles = report["doubles"] + report["articles"] - articles.count
        report |= {"articles": articles.count, "claims": claims.count, "doubles": doubles, "characters": characters}
        write_json(out / PARTS / f"{name}.json", report)
    return report
