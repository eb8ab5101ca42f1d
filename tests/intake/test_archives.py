"""Files of many articles: CSV, Parquet, WARC, and what is packed with gzip. EXERCISE: what they tell is invented."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import NOW, PARAGRAPHS, SETTINGS, STORY, UNHURRIED, make_page
from tests.intake.papers import flow, make_docx, make_pdf, paragraph
from tocsin.errors import IntakeError
from tocsin.intake import Options, read_archive, read_document, read_path
from tocsin.intake.archives import MAX_FAULTS, ArchiveKind
from tocsin.intake.documents import Found
from tocsin.intake.streams import BoundedStream, open_bounded
from tocsin.records import Article, Fault

DAY = datetime(2031, 5, 13, tzinfo=UTC)


def take(body: bytes, name: str, **limits: object) -> list[Found]:
    given = replace(SETTINGS, **limits)  # type: ignore[arg-type]
    return list(read_document(body, name=name, options=Options(), taken_at=NOW, settings=given))


def faults(found: list[Found]) -> list[tuple[str, str]]:
    return [(thing.which, thing.why) for thing in found if isinstance(thing, Fault)]


def texts(found: list[Found]) -> list[str]:
    return [thing.text for thing in found if isinstance(thing, Article)]


# --- CSV


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_csv_gives_an_article_a_row(sign: str) -> None:
    rows = [
        ["ID", "Title", "text", "outlet", "published", "url"],
        ["7", '"Gate ""shut"""', f'"{STORY}"', "Vell Courier", "2031-05-13", "https://courier.example/a"],
        ["8", "", '"Second, of one line; with signs"', "", "", ""],
        ["9", "", "", "", "", ""],
        ["10", "", "Third.", "", "soon", ""],
    ]
    body = "\ufeff" + "\r\n".join(sign.join(row) for row in rows) + "\r\n"
    found = take(body.encode(), "x.csv")
    one, two = (thing for thing in found if isinstance(thing, Article))
    assert (one.title, one.outlet_name, one.published_at, one.url) == (
        'Gate "shut"', "Vell Courier", DAY, "https://courier.example/a",
    )  # fmt: skip
    assert one.text == f'Gate "shut"\n\n{STORY}'
    assert two.text == "Second, of one line; with signs"
    assert [why for _, why in faults(found)] == [
        "is empty",
        "has a time of publication that is not understood (soon)",
    ]
    assert faults(found)[0][0].startswith("x.csv, line ")


def test_a_csv_whose_quotes_do_not_close_is_one_fault() -> None:
    found = take(b'text\nFirst row.\n"never closed, ' + b"and on\n" * 200, "x.csv")
    assert texts(found) == ["First row."]
    assert "is not CSV" in faults(found)[0][1]


def test_a_cell_longer_than_an_article_may_be_is_a_fault() -> None:
    found = take(b"text\n" + b"x" * 300_000 + b"\nSecond.\n", "x.csv")
    assert texts(found) == ["Second."]
    assert len(faults(found)) == 1


def test_a_row_without_end_is_not_gathered() -> None:
    cell = b'"\nabcd",'
    found = take(b"text\n" + cell * 100_000 + b"\nSecond.\n", "x.csv", max_text_chars=1_000)
    assert "a row of more than 6,000 characters; is a quotation mark left open?" in faults(found)[0][1]
    assert len(found) < 200, "each is passed over as a whole"


def test_a_line_longer_than_an_article_may_be_is_not_parsed() -> None:
    found = take(b"[" + b"[]," * 200_000 + b"[]]\n" + b'{"text": "Second."}', "x.jsonl")
    assert texts(found) == ["Second."]
    assert faults(found) == [("x.jsonl, line 1", "is too long: 600,005 characters")]


def test_a_list_of_feeds_of_nothing_but_faults_does_not_fill_the_desk_with_them() -> None:
    found = take(b"<opml><body>" + b"<outline xmlUrl='x:1'/>" * (MAX_FAULTS + 5) + b"</body></opml>", "x.opml")
    assert len(found) == MAX_FAULTS + 1
    assert faults(found)[-1][1] == "has 5 more addresses like these, which are not listed"


def test_a_file_of_nothing_but_faults_does_not_fill_the_desk_with_them() -> None:
    found = take(b"{\n" * 20_000, "x.jsonl")
    assert len(found) == MAX_FAULTS + 1
    assert faults(found)[-1][1] == "has 19,000 more faults like these, which are not listed"


def test_a_file_of_too_many_articles_is_read_so_far() -> None:
    found = take(b"\n".join(json.dumps({"text": f"Number {n}."}).encode() for n in range(9)), "x.jsonl",
                 archive_max_records=5)  # fmt: skip
    assert len(texts(found)) == 5
    assert faults(found) == [("x.jsonl", "holds more than 5 articles: the rest is left out; see archive_max_records")]


# --- Parquet


def make_parquet(columns: dict[str, list[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = io.BytesIO()
    pq.write_table(pa.table(columns), made)
    return made.getvalue()


def test_a_parquet_table_gives_an_article_a_row() -> None:
    body = make_parquet({
        "text": [STORY, "Second.", None], "title": ["Gate shut", None, None], "more": [1, 2, 3],
        "published": [datetime(2031, 5, 13, 7, tzinfo=UTC), None, None], "outlet": ["Vell Courier", None, None],
    })  # fmt: skip
    found = take(body, "x.parquet")
    one, two = (thing for thing in found if isinstance(thing, Article))
    assert (one.title, one.outlet_name, one.published_at) == ("Gate shut", "Vell Courier", DAY.replace(hour=7))
    assert two.text == "Second."
    assert faults(found) == [("x.parquet, line 3", "is empty")]


def test_an_odd_time_of_a_parquet_table_costs_its_row_at_most() -> None:
    import pyarrow as pa

    body = make_parquet({"text": [STORY, f"{STORY} Again."], "published": pa.array([0, 2**62], pa.timestamp("us"))})  # type: ignore[dict-item]
    assert [fault for name, fault in faults(take(body, "x.parquet")) if "no Parquet file" in fault] == []
    assert len(take(body, "x.parquet")) == 2


def test_a_parquet_table_without_texts_is_refused() -> None:
    ((_, why),) = faults(take(make_parquet({"body": ["a"], "n": [1]}), "x.parquet"))
    assert why.startswith("has no column text: it has body, n; articles need text")


def test_a_parquet_bomb_is_refused_in_its_own_process() -> None:
    """One long text, kept once and repeated: a few bytes a row on disk, a hundred kilobytes in memory."""
    body = make_parquet({"text": ["x" * 100_000] * 500})
    assert len(body) < 10_000
    ((_, why),) = faults(take(body, "x.parquet", unpack_max_bytes=5_000_000))
    assert why == "unpacks to more than 5,000,000 bytes: see unpack_max_bytes"


def test_a_broken_parquet_table_is_refused() -> None:
    whole = make_parquet({"text": [STORY]})
    for body in (whole[:-9], b"PAR1" + whole[60:], whole[: len(whole) // 2]):
        ((_, why),) = faults(take(body, "x.parquet"))
        assert why.startswith(("is no Parquet file", "cannot be read"))


# --- WARC


def make_warc(pages: list[tuple[str, str, bytes]], *, gzipped: bool = True, encoding: str = "") -> bytes:
    """An archive as crawlers write it, each record a member of its own where it is packed."""
    records = [b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nok\r\n\r\n"]
    for address, kind, body in pages:
        packing = f"Content-Encoding: {encoding}\r\n" if encoding else ""
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{packing}\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2031-05-14T00:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        records.append(head.encode() + answer + b"\r\n\r\n")
    return b"".join(gzip.compress(record) if gzipped else record for record in records)


PAGE = make_page(head='<meta property="article:published_time" content="2031-05-13T00:00:00Z">').encode()


@pytest.mark.parametrize("is_packed", [True, False])
def test_an_archive_of_the_web_gives_its_pages(tmp_path: Path, is_packed: bool) -> None:
    pages = [
        ("https://courier.example/a", "text/html; charset=utf-8", PAGE),
        ("https://courier.example/logo.png", "image/png", b"\x89PNG"),
        ("https://courier.example/menu", "text/html", b"<html><body><nav>Home</nav></body></html>"),
        ("https://u:secret@courier.example/b.pdf", "application/pdf", make_pdf([flow(PARAGRAPHS)])),
        ("https://courier.example/c", "text/plain", STORY.encode()),
    ]
    path = tmp_path / ("x.warc.gz" if is_packed else "x.warc")
    path.write_bytes(make_warc(pages, gzipped=is_packed))
    found = list(read_path(path, options=Options(), taken_at=NOW, settings=SETTINGS))
    articles = [thing for thing in found if isinstance(thing, Article)]
    assert [article.url for article in articles] == [
        "https://courier.example/a", "https://courier.example/b.pdf", "https://courier.example/c",
    ]  # fmt: skip
    assert [article.published_at for article in articles] == [DAY, None, None], "a crawl's date is no publication"
    assert faults(found) == [("https://courier.example/menu", "has no article text")]
    assert take(path.read_bytes(), path.name) == found
    assert "secret" not in str(found)


def test_packed_and_chunked_answers_in_an_archive_are_undone() -> None:
    body = make_warc([("https://courier.example/a", "text/html", gzip.compress(PAGE))], encoding="gzip")
    assert len(texts(take(body, "x.warc.gz"))) == 1
    odd = make_warc([("https://courier.example/a", "text/html", PAGE)], encoding="br")
    assert faults(take(odd, "x.warc.gz")) == [("https://courier.example/a", "is packed as br, which is not read")]


def test_an_archive_that_is_packed_twice_is_not_unpacked_past_its_bounds() -> None:
    inner = gzip.compress(make_warc([("https://x.example/a", "text/plain", b"\0" * 50_000_000)], gzipped=False))
    found = take(gzip.compress(inner), "x.warc.gz", archive_max_bytes=1_000_000)
    assert faults(found) == [("x.warc.gz", "is packed twice: unpack it once and hand it in again")]


def test_a_long_page_in_an_archive_is_a_fault_and_the_rest_goes_on() -> None:
    pages = [("https://x.example/a", "text/plain", b"x" * 400_000), ("https://x.example/b", "text/plain", b"Short.")]
    found = take(make_warc(pages), "x.warc.gz")
    assert texts(found) == ["Short."]
    assert faults(found) == [("https://x.example/a", "is larger than 300,000 bytes: see fetch_max_bytes")]


HEADS = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/\r\n"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"no archive at all", "is no WARC archive"),
        (gzip.compress(b"no archive at all"), "is no WARC archive"),
        (make_warc([("https://x.example/", "text/html", PAGE)])[:-40], "breaks off"),
        (HEADS + b"X: " + b"a" * 3_000_000, "head is longer than"),
        (HEADS + b"X: y\r\n" * 500_000, "head is longer than"),
        (HEADS + b"Content-Length: 9999999\r\n\r\nHTTP/1.1 200 OK\r\nX: " + b"a" * 3_000_000, "head is longer than"),
        (gzip.compress(b"\n" * 30_000_000), "unpacks to more than 20,000,000 bytes"),
        (gzip.compress(HEADS + b"Content-Length: 90000000\r\n\r\n" + b" " * 30_000_000), "head is longer than"),
    ],
)  # fmt: skip
def test_bad_archives_are_refused(body: bytes, why: str) -> None:
    found = take(body, "x.warc.gz", archive_max_bytes=20_000_000)
    assert any(why in reason for _, reason in faults(found)), found


def test_an_archive_that_unpacks_to_too_much_is_read_so_far() -> None:
    pages = [("https://x.example/a", "text/plain", b"Short."), ("https://x.example/b", "image/png", b" " * 30_000_000)]
    found = take(make_warc(pages), "x.warc.gz", archive_max_bytes=5_000_000)
    assert texts(found) == ["Short."]
    assert "unpacks to more than 5,000,000 bytes" in faults(found)[0][1]


# --- packed with gzip


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.txt.gz", STORY.encode()),
        ("a.html.gz", PAGE),
        ("a.pdf.gz", make_pdf([flow(PARAGRAPHS)])),
        ("a.docx.gz", make_docx(paragraph(PARAGRAPHS[0]))),
        ("a.jsonl.gz", json.dumps({"text": STORY}).encode()),
        ("a.csv.gz", b"text\nWords.\n"),
        ("a.gz", STORY.encode()),
    ],
)
def test_packed_files_are_what_is_in_them(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(gzip.compress(body))
    found = list(read_path(tmp_path / name, options=Options(), taken_at=NOW, settings=SETTINGS))
    assert [type(thing) for thing in found] == [Article]
    assert take(gzip.compress(body), name) == found


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(b"x" * 30_000_000), "unpacks to more than 20,000,000 bytes"),
        (gzip.compress(gzip.compress(STORY.encode())), "is packed twice"),
        (gzip.compress(STORY.encode())[:-20], "breaks off"),
        (b"\x1f\x8b\x08\x00" + b"\xff" * 90, "packed bytes are broken"),
        (gzip.compress(b""), "is empty"),
    ],
)
def test_bombs_and_broken_packings_are_refused(body: bytes, why: str) -> None:
    ((_, reason),) = faults(take(body, "x.txt.gz", unpack_max_bytes=20_000_000))
    assert why in reason


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_stream_may_be_larger_than_a_file_that_is_loaded(tmp_path: Path, kind: ArchiveKind) -> None:
    line = json.dumps({"text": "Words."}) if kind == "jsonl" else "Words."
    body = "\n".join([*(["text"] if kind == "csv" else []), *[line] * 2_000])
    path = tmp_path / f"x.{kind}.gz"
    path.write_bytes(gzip.compress(body.encode()))
    tight = replace(SETTINGS, max_file_bytes=50, unpack_max_bytes=1_000)
    assert len(list(read_path(path, options=Options(), taken_at=NOW, settings=tight))) == 2_000
    with path.open("rb") as stream:
        cut = replace(tight, archive_max_bytes=1_000)
        found = list(read_archive(stream, kind=kind, name="x", options=Options(), taken_at=NOW, settings=cut))
    assert isinstance(found[-1], Fault)
    assert "unpacks to more than 1,000 bytes" in found[-1].why


@UNHURRIED
@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, 3), st.integers(1, 70))
def test_members_come_out_as_they_went_in(parts: list[bytes], zeros: int, size: int) -> None:
    packed = b"".join(gzip.compress(part) + b"\x00" * zeros for part in parts)
    stream = open_bounded(io.BytesIO(packed), "x", 10_000)
    got = b"".join(iter(lambda: stream.read(size), b""))
    assert got == b"".join(parts)


@UNHURRIED
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_streams(body: bytes, is_gzip: bool) -> None:
    with suppress(IntakeError):
        open_bounded(io.BytesIO(b"\x1f\x8b\x08\x00" + body if is_gzip else body), "x", 1_000).read()


@UNHURRIED
@given(st.binary(max_size=200), st.integers(0, 900), st.sampled_from(["warc", "jsonl", "csv"]))
def test_no_archive_breaks_it(patch: bytes, place: int, kind: ArchiveKind) -> None:
    whole = make_warc([("https://x.example/a", "text/html", PAGE)], gzipped=False)
    body = whole[:place] + patch + whole[place + len(patch) :] if kind == "warc" else patch
    found = read_archive(io.BytesIO(body), kind=kind, name="x", options=Options(), taken_at=NOW, settings=SETTINGS)
    assert all(isinstance(thing, Article | Fault) for thing in found)


def test_a_bomb_is_unpacked_no_further_than_it_is_read() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join([packer.compress(bytes(1_000_000)) for _ in range(200)]) + packer.flush()
    stream = BoundedStream(io.BytesIO(body), "x", 10**9)
    assert len(stream.read(1_000)) == 1_000
