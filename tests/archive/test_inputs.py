"""Bad records: each is told with its place and reason, and the rest goes on."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tocsin.archive.cuts import list_inputs, plan_cuts
from tocsin.archive.inputs import Raw, read_records


def read_all(path: Path, most_bytes: int = 100, size: int = 10_000) -> list[Raw]:
    return [raw for cut in plan_cuts(list_inputs([str(path)]), size) for raw in read_records(cut, most_bytes)]


@pytest.mark.parametrize("size", [7, 100_000])
def test_a_line_beyond_the_limit_is_passed_over_unread(tmp_path: Path, size: int) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"one\n" + b"x" * 5_000 + b"\n" + b"y" * 100 + b"\ntwo")
    found = read_all(path, 101, size)
    assert [raw.line for raw in found] == ["one", None, "y" * 100, "two"]
    assert found[1].problem == "is too large: 5,001 bytes, at most 101 are read"
    assert found[1].where == "byte 4"


def test_a_line_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"one\n\xff\xfe\ntwo\n")
    assert [raw.problem for raw in read_all(path)] == [None, "is not UTF-8 (at its byte 0)", None]


def test_a_compressed_file_that_breaks_off_gives_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(b"%064d\n" % n**9 for n in range(5_000)))[:-5_000])
    found = read_all(path)
    assert len(found) > 10
    assert [raw.where for raw in found if raw.problem] == ["the rest of the file"]


def test_rows_of_csv_that_do_not_fit_are_told(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b'Title,text\na,b\nc\n"d"e,f\n\n' + b"g," + b"x" * 200 + b"\nh,i\n")
    found = read_all(path)
    assert [raw.problem for raw in found] == [
        None, None, "is no record of CSV in UTF-8", "is too large: at most 100 bytes are read", None,
    ]  # fmt: skip
    assert [raw.line for raw in found] == [
        '{"title": "a", "text": "b"}', '{"title": "c"}', None, None, '{"title": "h", "text": "i"}',
    ]  # fmt: skip


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_cells_are_parted_by_what_the_heading_has_most_of(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"\n\ufeffTEXT{sign}Outlet\na{sign} b \n", "utf-8")
    (found,) = read_all(path)
    assert found.line == '{"text": "a", "outlet": "b"}'


def test_pages_in_a_packing_that_is_not_read_are_told(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\nxx"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Length: {len(answer)}"
    path = tmp_path / "in.warc"
    path.write_bytes(head.encode() + b"\r\n\r\n" + answer + b"\r\n\r\n")
    (found,) = read_all(path)
    assert found.problem == "is packed as br, which is not read"


def test_a_quotation_mark_that_is_never_closed_costs_one_partition(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b'text\na\n"b\n' + b"c\n" * 500)
    found = read_all(path)
    assert [raw.problem for raw in found] == [None, "is too large: at most 100 bytes are read"]


@pytest.mark.parametrize("name", ["in.csv", "in.parquet"])
def test_a_table_without_texts_is_told_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "in.csv":
        path.write_text("title,body\na,b\n")
    else:
        pq.write_table(pa.table({"title": ["a"]}), path)
    (found,) = read_all(path)
    assert found.problem == "names no column text"


def test_times_of_parquet_are_written_out(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    times = [datetime(2024, 1, 2, 3, tzinfo=UTC), None]
    days = pa.array([None, date(2024, 1, 2)], pa.date32())
    for column in (pa.array(times, pa.timestamp("us", tz="UTC")), pa.array(times, pa.timestamp("us"))):
        pq.write_table(pa.table({"text": ["a", "b"], "published_at": column, "outlet_name": ["o", None]}), path)
        told = [json.loads(raw.line or "") for raw in read_all(path)]
        assert told == [{"text": "a", "published": "2024-01-02T03:00:00+00:00", "outlet": "o"}, {"text": "b"}]
    pq.write_table(pa.table({"text": ["a", "b"], "published": days}), path)
    assert json.loads(read_all(path)[1].line or "")["published"] == "2024-01-02"


BAD_TEXT = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(bytes([0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0])), pa.py_buffer(b"a\xff\xfe")]
)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ({"published": pa.array([0, 2**62], pa.timestamp("us"))}, "4611686018427387904 us+00:00"),
        ({"published": pa.array([0, 2**50], pa.timestamp("s", "UTC"))}, "1125899906842624000 ms+00:00"),
        ({"published": pa.array([0, 2**31 - 1], pa.date32())}, "2147483647 D"),
        ({"published": pa.array([0, 1_704_164_400_123_456_789], pa.timestamp("ns"))}, "2024-01-02T03:00:00+00:00"),
        ({"published": pa.array([0, 1_704_164_400], pa.timestamp("s", "Mars/Olympus"))}, "2024-01-02T03:00:00+00:00"),
        ({"published": pa.array([0, 2**62], pa.duration("s"))}, None),
        ({"text": BAD_TEXT}, None),
    ],
)
def test_one_odd_cell_of_parquet_costs_its_row_at_most(
    tmp_path: Path, column: dict[str, pa.Array], told: str | None
) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": ["a", "b"]} | column), path)
    first, second = read_all(path)
    assert (first.problem is None) == (column.get("published", BAD_TEXT).type != pa.duration("s"))
    if told is None:
        assert second.problem == "holds a field that is no text"
    else:
        assert json.loads(second.line or "")["published"] == told


def test_a_broken_group_of_parquet_is_told_and_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    texts = [f"{n**30}" for n in range(300)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100, compression="none", use_dictionary=False)
    start = pq.read_metadata(path).row_group(1).column(0).data_page_offset
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 60)
    found = read_all(path, 10_000, size=1)
    assert [raw.line is not None for raw in found].count(True) == 200
    assert [raw.where for raw in found if raw.problem] == ["rows from 0 on, from row group 1"]


PAGES = (
    ("200 OK", "text/html", b"<p>one"), ("404 Not Found", "text/html", b"gone"), ("200 OK", "image/png", b"x"),
    ("200 OK", "text/html; charset=utf-8", b"y" * 500), ("200 OK", "text/plain", b"two"),
)  # fmt: skip


def write_warc(path: Path, *, is_packed: bool) -> None:
    with path.open("wb") as file:
        for n, (status, kind, body) in enumerate(PAGES):
            answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
            head = (
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n"
                f"WARC-Target-URI: https://news.example/{n}\r\nContent-Type: application/http; msgtype=response\r\n"
                f"WARC-Record-ID: <urn:uuid:{n}>\r\nContent-Length: {len(answer)}\r\n\r\n"
            )
            record = head.encode() + answer + b"\r\n\r\n"
            file.write(gzip.compress(record) if is_packed else record)


@pytest.mark.parametrize("name", ["in.warc", "in.warc.gz"])
def test_pages_of_the_web_that_were_answered_well_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_warc(path, is_packed=name.endswith("gz"))
    found = read_all(path)
    assert [raw.page.body if raw.page else None for raw in found] == [b"<p>one", None, b"two"]
    assert found[1].problem == "is too large: at most 100 bytes are read"
    assert found[0].page
    assert found[0].page.address == "https://news.example/0"


def test_a_record_of_the_web_without_its_address_ends_no_run(tmp_path: Path) -> None:
    path = tmp_path / "in.warc"
    write_warc(path, is_packed=False)
    answer = b"HTTP/1.1 200 OK\r\n\r\n"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(answer)}\r\n\r\n"
    path.write_bytes(path.read_bytes() + head.encode() + answer + b"\r\n\r\n")
    found = read_all(path)
    assert [bool(raw.page) for raw in found] == [True, False, True, False]
    assert found[-1].problem is not None
    assert found[-1].problem.startswith("cannot be read")


def test_an_archive_of_the_web_that_breaks_off_gives_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "in.warc.gz"
    write_warc(path, is_packed=True)
    path.write_bytes(path.read_bytes()[:-60] + b"no gzip at all")
    found = read_all(path)
    assert found[0].page
    (tmp_path / "no.warc").write_bytes(b"this is no archive of the web\r\n\r\n")
    (only,) = read_all(tmp_path / "no.warc")
    assert only.problem == "holds no record of an archive of the web"
