"""Partitions: every record belongs to exactly one, wherever the cuts fall."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.archive import ArchiveError
from tocsin.archive.cuts import list_inputs, plan_cuts
from tocsin.archive.inputs import Raw, read_records

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40), max_size=30)
TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=30)
FIELDS = st.lists(
    st.tuples(st.text(st.sampled_from('ab,"\n\r é'), min_size=1, max_size=12), st.sampled_from(["", "x", "u"])),
    max_size=20,
)
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path: Path, most_bytes: int, limit: int = 10_000) -> list[Raw]:
    cuts = plan_cuts(list_inputs([str(path)]), most_bytes)
    assert [cut.number for cut in cuts] == list(range(len(cuts)))
    return [raw for cut in cuts for raw in read_records(cut, limit)]


@quick
@given(LINES, st.integers(1, 200), st.booleans())
def test_every_line_is_read_once_for_any_size(tmp_path: Path, lines: list[str], size: int, ends: bool) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(("\n".join(lines) + "\n" * ends).encode())
    expected = [line.removeprefix("\ufeff") for line in lines if line.encode().strip()]
    assert [raw.line for raw in read_all(path, size)] == expected


@quick
@given(FIELDS, st.integers(1, 100))
def test_every_record_of_csv_is_read_once_for_any_size(tmp_path: Path, rows: list[tuple[str, str]], size: int) -> None:
    path = tmp_path / "in.csv"
    told = io.StringIO(newline="")
    writer = csv.writer(told, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "outlet"), *rows])
    path.write_bytes(told.getvalue().encode())
    found = read_all(path, size)
    assert [raw.problem for raw in found] == [None] * len(rows)
    cells = [{"text": text.strip(), "outlet": outlet} for text, outlet in rows]
    expected = [{name: cell for name, cell in row.items() if cell} for row in cells]
    assert [json.loads(raw.line or "") for raw in found] == expected


@quick
@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=30), st.integers(1, 9), st.integers(1, 400)
)
def test_every_row_of_parquet_is_read_once(tmp_path: Path, texts: list[str], group: int, size: int) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": pa.array(texts, pa.string()), "n": range(len(texts))}), path, row_group_size=group)
    assert [json.loads(raw.line or "").get("text", "") for raw in read_all(path, size)] == texts


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_what_is_compressed_is_one_partition(tmp_path: Path, packing: str) -> None:
    body = b"".join(b'{"text": "%d"}\n' % n for n in range(1000))
    path = tmp_path / f"in.jsonl.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(body))
    else:
        with pa.output_stream(str(path), compression="zstd") as file:
            file.write(body)
    assert len(plan_cuts(list_inputs([str(path)]), 10)) == 1
    assert len(read_all(path, 10)) == 1000


def test_folders_and_patterns_give_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.jsonl", "deep/a.csv", "notes.md", ".hidden.jsonl"):
        (tmp_path / name).write_text("text\n")
    given = [str(tmp_path), str(tmp_path / "*.jsonl"), str(tmp_path / "b.jsonl")]
    assert [Path(f.path).name for f in list_inputs(given)] == ["b.jsonl", "a.csv"]


@pytest.mark.parametrize("name", ["missing.jsonl", "notes.md", "nothing-*.jsonl"])
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.md").write_text("a")
    with pytest.raises(ArchiveError, match=name.replace("*", r"\*")):
        list_inputs([str(tmp_path / name)])


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(ArchiveError, match="is no Parquet file"):
        plan_cuts(list_inputs([str(tmp_path / "a.parquet")]), 100)
