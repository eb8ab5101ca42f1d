"""Reading an archive: what is set aside, kept once, gone on with and refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.archive.edges import NOW, VERSIONS, PlainEdge
from tocsin.archive import ArchiveError, Cluster, Progress, ReadOptions, describe_archive, read_archive
from tocsin.archive.attempts import Attempt, find_poison
from tocsin.archive.manifest import hold_archive
from tocsin.archive.tables import read_rows
from tocsin.errors import ReaderUnavailableError

HERE = Cluster(0)


def write_lines(path: Path, texts: list[str | bytes]) -> Path:
    lines = [t if isinstance(t, bytes) else json.dumps({"text": t}).encode() for t in texts]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def read(path: Path, out: Path, edge: PlainEdge | None = None, **given: Any) -> list[Progress]:
    told: list[Progress] = []
    options = ReadOptions(**{"partition_bytes": 60, **given})
    read_archive([str(path)], out, edge or PlainEdge(), HERE, options, now=NOW, tell=told.append)
    return told


def load(out: Path, table: str) -> list[dict[str, Any]]:
    return [row for path in sorted((out / table).glob("*.parquet")) for row in read_rows(path)]


def list_finished(out: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.rglob("part-*.*")}


def test_every_bad_record_is_set_aside_with_place_and_reason(tmp_path: Path) -> None:
    texts: list[str | bytes] = [
        "good",
        b"no json",
        "DEFECT here",
        "FOREIGN",
        b"\xff",
        "x" * 3_000,
        "good too",
        b'{"a":1}',
    ]
    out = tmp_path / "out"
    read(write_lines(tmp_path / "in.jsonl", texts), out)
    assert [row["text"] for row in load(out, "articles")] == ["good", "FOREIGN", "good too"]
    aside = load(out, "set_aside")
    assert [(row["step"], row["reason"]) for row in aside] == [
        ("intake", "is not JSON"), ("reading", "ZeroDivisionError: a defect"), ("reading", "is not in English"),
        ("input", "is not UTF-8 (at its byte 0)"),
        ("input", "is too large: 3,013 bytes, at most 2,000 are read"), ("intake", "KeyError: 'text'"),
    ]  # fmt: skip
    assert aside[0]["place"] == "byte 17"
    assert aside[0]["beginning"] == "no json"
    told = describe_archive(out)
    assert (told["articles"], told["set_aside"], told["state"]) == (3, 6, "read")


def test_what_could_not_be_read_is_an_article_with_its_fault(tmp_path: Path) -> None:
    out = tmp_path / "out"
    read(write_lines(tmp_path / "in.jsonl", ["FOREIGN"]), out)
    assert "is not in English" in load(out, "articles")[0]["fault"]


def test_a_reader_that_is_away_stops_the_run_and_blames_no_article(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", [*(f"text {n}" for n in range(20)), "AWAY"]), tmp_path / "out"
    with pytest.raises(ReaderUnavailableError):
        read(path, out)
    told = describe_archive(out)
    assert 0 < told["finished"] < told["partitions"]
    assert told["set_aside"] == 0


def test_what_is_finished_is_not_read_again(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", [f"text {n}" for n in range(40)]), tmp_path / "out"
    read(path, out)
    whole = load(out, "articles")
    for name in ("part-000003", "part-000007"):
        (out / "parts" / f"{name}.json").unlink()
    (out / "claims" / "part-000003.parquet").unlink()
    (out / "doubles.json").unlink()
    before = list_finished(out)
    told = read(path, out)
    after = list_finished(out)
    assert {p for p in before if before[p] != after[p]} == {
        str(out / table / f"{name}.parquet")
        for table in ("articles", "claims", "set_aside")
        for name in ("part-000003", "part-000007")
        if (table, name) != ("claims", "part-000003")
    }
    assert told[0].done == told[0].total - 2
    assert load(out, "articles") == whole


def test_an_article_in_two_partitions_is_kept_once_in_the_first(tmp_path: Path) -> None:
    texts = [f"text {n % 7}" for n in range(30)]
    out = tmp_path / "out"
    path = write_lines(tmp_path / "in.jsonl", list(texts))
    read(path, out)
    rows = load(out, "articles")
    assert [row["text"] for row in rows] == [f"text {n}" for n in range(7)]
    assert describe_archive(out)["doubles"] == 23
    before = list_finished(out)
    read(path, out)
    assert list_finished(out) == before


def test_an_archive_of_other_versions_is_refused_by_name(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", ["a"]), tmp_path / "out"
    read(path, out)
    for name in ("tocsin", "codebook", "model", "places", "weights"):
        other = PlainEdge(replace(VERSIONS, **{name: "later"}))
        with pytest.raises(ArchiveError, match=rf"{name} .* is what it was begun with, and later is at hand now"):
            read(path, out, other)
    read(path, out, other, is_again=True)
    assert describe_archive(out)["versions"]["weights"] == "later"


def test_input_that_has_changed_is_refused(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", ["a"]), tmp_path / "out"
    read(path, out)
    write_lines(path, ["b"])
    with pytest.raises(ArchiveError, match="has changed"):
        read(path, out)
    with pytest.raises(ArchiveError, match="is not given now"):
        read(write_lines(tmp_path / "other.jsonl", ["a"]), out)


def test_a_folder_that_somebody_works_at_is_refused(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", ["a"]), tmp_path / "out"
    with hold_archive(out), pytest.raises(ArchiveError, match="is another run at it"):
        read(path, out)


def test_the_schema_says_what_the_tables_were_made_with(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    out = tmp_path / "out"
    read(write_lines(tmp_path / "in.jsonl", ["a"]), out)
    for table in ("articles", "claims", "set_aside"):
        metadata = pq.read_schema(out / table / "part-000000.parquet").metadata
        assert metadata[b"tocsin.codebook"] == b"1"
        assert metadata[b"tocsin.model"] == b"plain/1 abc"


def test_a_manifest_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    path, out = write_lines(tmp_path / "in.jsonl", ["a"]), tmp_path / "out"
    read(path, out)
    for text in ("{", '{"form": 99}', '{"form": 1}'):
        (out / "manifest.json").write_text(text)
        with pytest.raises(ArchiveError, match="again"):
            read(path, out)


def test_a_record_at_which_two_workers_of_one_run_ended_is_poison(tmp_path: Path) -> None:
    def die_at(run: str, number: int) -> None:
        with Attempt(tmp_path, "part-000001", run, None) as attempt:
            attempt.at(number)
            (note,) = tmp_path.glob("part-000001.*-*.note")
            note.with_name(f"part-000001.{run}.{len(list(tmp_path.iterdir()))}.note").write_bytes(note.read_bytes())

    die_at("a", 3)
    die_at("b", 3)
    die_at("b", -1)
    die_at("b", -1)
    assert find_poison(tmp_path, "part-000001", "b") == {}
    die_at("b", 3)
    assert find_poison(tmp_path, "part-000001", "b") == {3: "ended 2 workers that read it"}
    assert find_poison(tmp_path, "part-000002", "b") == {}
    (tmp_path / "part-000001.b.torn.note").write_bytes(b"\x01")
    assert len(find_poison(tmp_path, "part-000001", "b")) == 1
