"""The harnesses: from bytes to one parser, which may refuse them with a `TocsinError` and do nothing else."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.intake.papers import ENCRYPTED, flow, make_docx, make_pdf, paragraph

from tocsin.archive.cuts import look_at, plan_cuts
from tocsin.archive.inputs import Raw, read_records
from tocsin.endpoint.answers import find_claims
from tocsin.endpoint.replies import read_content, tell_wait
from tocsin.errors import TocsinError
from tocsin.intake import Options
from tocsin.intake.archives import ArchiveKind, read_archive
from tocsin.intake.bodies import read_bytes
from tocsin.intake.docx import read_docx
from tocsin.intake.encodings import decode_bytes, refuse_binary
from tocsin.intake.entries import parse_feed
from tocsin.intake.exchange import follow, name_origin, parse_address
from tocsin.intake.extracts import Bounds
from tocsin.intake.flattening import flatten_html
from tocsin.intake.kinds import tell_kind
from tocsin.intake.listings import join_address
from tocsin.intake.markdown import flatten_markdown, read_front_matter
from tocsin.intake.opml import load_opml
from tocsin.intake.pages import read_html
from tocsin.intake.parquet import read_parquet
from tocsin.intake.pdf import read_pdf
from tocsin.intake.plaintext import read_dateline, read_headline
from tocsin.intake.streams import open_bounded
from tocsin.intake.text import normalise_line, normalise_text
from tocsin.intake.times import is_exact, parse_time
from tocsin.network.addresses import check_address, clean_address, forbid_host, name_host, show_address
from tocsin.settings import Settings

NOW = datetime(2031, 5, 14, 12, tzinfo=UTC)
SETTINGS = Settings(max_text_chars=50_000, unpack_max_bytes=1_000_000, archive_max_bytes=1_000_000)
BOUNDS = Bounds(pages=20, chars=50_000, unpacked=1_000_000, rows=500)
STORY = "Dockers in Port Vell put down their tools on Tuesday after talks over night shifts broke down, police said."


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    run    gives it some bytes; returns or raises a TocsinError
    seeds  what fuzzing begins with
    """

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def try_target(name: str, body: bytes) -> None:
    """Give `body` to the parser `name`; what may be raised is held back, anything else comes through."""
    with suppress(TocsinError):
        TARGETS[name].run(body)


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _feed(body: bytes) -> object:
    if body.startswith(b"type:"):  # a line that says what the server calls it
        kind, _, body = body[5:].partition(b"\n")
        return parse_feed(body, name="x", base="https://x.example/", content_type=kind.decode("latin-1"))
    return parse_feed(body, name="x", base="https://x.example/", content_type="application/xml")


def _html(body: bytes) -> object:
    text = body.decode("utf-8", "replace")
    with suppress(TocsinError):
        flatten_html(text, "x")
    return read_html(text, "x")


def _encodings(body: bytes) -> object:
    kind, _, rest = body.partition(b"\n")
    refuse_binary(rest, "x", kind.decode("latin-1"))
    return decode_bytes(rest, "x", kind.decode("latin-1"))


def _body(body: bytes) -> object:
    kind, _, rest = body.partition(b"\n")
    options = Options()
    if rest.startswith((b"%PDF", b"PK", b"PAR1")):  # these have harnesses of their own, without a process for each
        return None
    return read_bytes(rest, name="x", content_type=kind.decode("latin-1") or "text/plain", options=options,
                      taken_at=NOW, settings=SETTINGS)  # fmt: skip


def _markdown(body: bytes) -> object:
    text = body.decode("utf-8", "replace")
    read_front_matter(text)
    return flatten_markdown(text, "x")


def _archive(kind: ArchiveKind) -> Callable[[bytes], object]:
    def run(body: bytes) -> object:
        found = read_archive(
            io.BytesIO(body),
            kind=kind,
            name="x",
            options=Options(),
            taken_at=NOW,
            settings=SETTINGS,
        )
        return sum(1 for _ in found)

    return run


def _gzip(body: bytes) -> object:
    return len(open_bounded(io.BytesIO(b"\x1f\x8b" + body), "x", 1_000_000).read())


def _plain(body: bytes) -> object:
    text = _text(body)
    once = normalise_text(text)
    if normalise_text(once) != once:
        raise AssertionError("normalising twice changes more")
    once.encode("utf-8")
    normalise_line(text)
    tell_kind(text, "x", None)
    return read_headline(once), read_dateline(once)


def _times(body: bytes) -> object:
    text = _text(body)
    when = parse_time(text)
    if when is not None and (when.utcoffset() is None or when.year < 1500):
        raise AssertionError("a time without a zone, or before there was news")
    return when and is_exact(text)


def _dates(body: bytes) -> object:
    from tocsin.reading.dates import find_dates

    text = body.decode("utf-8", "ignore")
    for phrase in find_dates(text, date(2022, 7, 31)):
        if not 0 <= phrase.span.start < phrase.span.end <= len(text):
            raise AssertionError("a phrase outside the text")
    return find_dates(text, None)


def _addresses(body: bytes) -> object:
    text = _text(body)
    clean = clean_address(text)
    if clean is not None and clean_address(clean) != clean:
        raise AssertionError("cleaning twice changes more")
    forbid_host(text, allow_private=False)
    name_host(text)
    show_address(text)
    with suppress(TocsinError):
        follow(parse_address("https://x.example/a/b", "x"), text, "x")
    with suppress(TocsinError):
        name_origin(parse_address(text, "x"))
    join_address("https://x.example/a/b", text)
    return check_address(text)


def _robots(body: bytes) -> object:
    from tocsin.intake.robots import Robots, RobotsAnswer

    return Robots(lambda _: RobotsAnswer(200, body)).check("https://x.example", "https://x.example/a?b", "x")


def _with_file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A parser that wants a file: one in memory where the system has such a place."""
    where = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not shared: made by tempfile

    def run(body: bytes) -> object:
        with tempfile.NamedTemporaryFile(suffix=suffix, dir=where) as file:
            file.write(body)
            file.flush()
            return read(Path(file.name))

    return run


def _layer(path: Path) -> object:
    from tocsin.places.layers import load_layer

    return load_layer(path)


def _geonames(path: Path) -> object:
    from tocsin.places.geonames import read_countries, read_first_divisions, read_parents, read_second_divisions

    for read in (read_first_divisions, read_second_divisions, read_countries, read_parents):
        with suppress(TocsinError):
            read(path)
    return None


def _rules(path: Path) -> object:
    from tocsin.knowledge.rules import load_alert_rules

    return load_alert_rules(path)


def _policy(path: Path) -> object:
    from tocsin.knowledge.policy import load_alert_policy

    return load_alert_policy(path)


def _onsets(path: Path) -> object:
    from tocsin.desk.ruling import read_onsets

    return read_onsets(path)


def _history(body: bytes) -> object:
    from tocsin.forecast.imports import import_history

    return import_history(io.StringIO(body.decode("utf-8", "replace"), newline=""), "x")


def _filter(body: bytes) -> object:
    from urllib.parse import parse_qsl

    from tocsin.web.asking import parse_asked

    return parse_asked(dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)))


def _partitions(path: Path) -> object:
    """An archive's input: the same records whatever the size of its partitions, so far as it can be cut."""
    file = look_at(path)
    told = [[_tell(raw) for cut in plan_cuts([file], size) for raw in read_records(cut, 5_000)] for size in (40, 10**6)]
    is_sound = file.kind == "jsonl" or (file.kind == "csv" and not any(problem for *_, problem in told[1]))
    if is_sound and told[0] != told[1]:
        raise AssertionError("small partitions hold other records than one large one")
    return told


def _tell(raw: Raw) -> tuple[str | None, ...]:
    return raw.line, raw.page.address if raw.page else None, raw.problem


def _endpoint(body: bytes) -> object:
    answer, _, header = body.partition(b"\0")
    tell_wait(header.decode("latin-1"))
    find_claims(_text(answer))
    return find_claims(read_content(answer, "x", "m"))


def _records(body: bytes) -> object:
    from tocsin import records

    kinds = (records.Claim, records.Incident, records.Article, records.Feed, records.Alert, records.Notice)
    kind = kinds[body[0] % len(kinds)] if body else kinds[0]
    record = records.from_json(kind, _text(body[1:]))
    if records.from_json(kind, records.to_json(record)) != record:
        raise AssertionError("a record does not survive the way to JSON and back")
    return record


def _articles_json() -> bytes:
    from tocsin import records

    article = records.Article(records.article_id(None, "T", STORY, NOW), STORY, NOW, "T", digest="0" * 64)
    return records.to_json(article).encode()


def _parquet_seed() -> bytes:
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    made = io.BytesIO()
    pq.write_table(pa.table({"text": [STORY], "published": [NOW], "title": ["T"]}), made, compression="none")
    return made.getvalue()


_PAGE = (
    "<!doctype html><html><head><title>Gate shut</title><meta property='article:published_time' "
    'content=\'2031-05-13T07:00:00Z\'><script type=\'application/ld+json\'>{"@type": "NewsArticle", "publisher": '
    f'{{"name": "Vell Courier"}}}}</script></head><body><article><h1>Gate shut</h1><p>{STORY}</p></article>'
).encode()
_RSS = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><item><title>A &amp; b</title><link>/a</link>"
    b"<pubDate>Tue, 13 May 2031 07:00:00 GMT</pubDate><description><![CDATA[<p>Words</p>]]></description></item>"
    b"</channel></rss>"
)
_ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>u:1</id><title type='html'>A</title>"
    b"<link href='https://x.example/a'/><updated>2031-05-13T07:00:00Z</updated><content type='html'>x</content>"
    b"</entry></feed>"
)
_WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/a\r\nContent-Length: 85\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nWords\r\n0\r\n\r\n\r\n\r\n"
)
_GEOJSON = json.dumps({
    "type": "FeatureCollection", "features": [{
        "type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[1, 1], [1, 2], [2, 2], [1, 1]]]},
        "properties": {"id": "m:1", "name": "Sector One", "kind": "district", "country": "XKX"},
    }],
}).encode()  # fmt: skip
_RULES = b"""version = "1"
[[rule]]
name = "x"
title = "X"
sets = ["peacekeeping"]
precedence = "IMMEDIATE"
hypothesis = "h"
cleared_by = "c"
within_days = 3
widest = "district"
keep_days = 3
[[rule.condition]]
kind = "incident"
types = ["ASSAULT"]
"""
_PDF = make_pdf([flow([STORY, STORY])], title="T")

TARGETS: dict[str, Target] = {
    "feeds": Target(_feed, (
        _RSS, _ATOM, b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "url": "http://["}]}',
        b"type:text/xml; charset=punycode\n" + _RSS + b"<?x -aaa?>", b"type:text/xml; charset=windows-1251\n" + _RSS)),
    "opml": Target(lambda body: load_opml(body, "x"), (
        b"<opml><body><outline xmlUrl='https://x.example/rss' text='T'/></body></opml>",)),
    "html": Target(_html, (_PAGE,)),
    "encodings": Target(_encodings, (b"text/html; charset=utf-16\n<p>x", b"text/plain\n\xff\xfea\x00")),
    "bodies": Target(_body, (b"\n---\ntitle: T\n---\n" + STORY.encode(), b"text/html\n" + _PAGE)),
    "markdown": Target(_markdown, (b"# T\n\n> [a](b) *c* `d`\n\n- x\n  1. y\n",)),
    "jsonl": Target(_archive("jsonl"), (json.dumps({"text": STORY, "published": "2031-05-13"}).encode(),)),
    "csv": Target(_archive("csv"), (b'text;title;published\n"a ""b""";T;2031-05-13\n',)),
    "warc": Target(_archive("warc"), (_WARC,)),
    "archive-jsonl": Target(_with_file(".jsonl", _partitions), (
        b'{"text": "a"}\n\n{"text": "b", "published": "2031-05-13"}\nno json\n\xff\n{"text": "c"}',)),
    "archive-csv": Target(_with_file(".csv", _partitions), (
        b'text;title\n"a ""b""\nc";T\r\nd;\n"e\n', b"\n\ntext,url\na,b\n")),
    "archive-warc": Target(_with_file(".warc", _partitions), (
        _WARC, b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")),
    "archive-parquet": Target(_with_file(".parquet", _partitions), (_parquet_seed(),)),
    "endpoint": Target(_endpoint, (
        b'{"choices": [{"message": {"content": [{"text": "```json\\n{}\\n```"}]}, "finish_reason": "stop"}]}\x005',
        b'Well:\n```json\n{"claims": [{"evidence": "x"}]}\n```\0Tue, 13 May 2031 07:00:00 +0900',
        b'{"error": {"message": "busy"}}\0Tue, 13 May 299999999999031 07:00:00 GMT')),
    "gzip": Target(_gzip, (b"\x08\x00\x00\x00\x00\x00\x02\x03K\x04\x00C\xbe\xb7\xe8\x01\x00\x00\x00",)),
    "pdf": Target(lambda body: read_pdf(body, "x", BOUNDS), (_PDF, ENCRYPTED)),
    "docx": Target(lambda body: read_docx(body, "x", BOUNDS), (make_docx(paragraph(STORY), title="T"),)),
    "parquet": Target(lambda body: read_parquet(body, "x", BOUNDS), (_parquet_seed(),)),
    "texts": Target(_plain, (f"Gate shut\n\n31 Jul, 2022 21:38 / Updated 2 years ago\n\n{STORY}".encode(),)),
    "times": Target(_times, (b"2022-07-31T18:05+02:00", b"Tue, 13 May 2031 07:00:00 GMT", b"July 31, 2022 9:38 pm")),
    "dates": Target(_dates, (b"On Monday night, 12 March 2022, two days earlier, between May 3 and 5, last week.",)),
    "addresses": Target(_addresses, (b"https://u:p@x.example:8/a?b#c", b"::ffff:127.0.0.1", b"http://xn--a.example/")),
    "robots": Target(_robots, (b"User-agent: *\nDisallow: /a*b$\nCrawl-delay: 5\n",)),
    "layer-csv": Target(_with_file(".csv", _layer), (
        b"id,name,kind,country,lat,lon,alternates\nm:1,Camp,site,XKX,42.1,20.1,A|B\n",)),
    "layer-geojson": Target(_with_file(".geojson", _layer), (_GEOJSON,)),
    "geonames": Target(_with_file(".txt", _geonames), (
        b"XK.01\tOrle\tOrle\t784024\n", b"AF\tAFG\t004\tAF\tAfghanistan\tKabul\n", b"1\t2\tADM\n")),
    "rules": Target(_with_file(".toml", _rules), (_RULES,)),
    "policy": Target(_with_file(".toml", _policy), (b'version = "1"\n',)),
    "onsets": Target(_with_file(".csv", _onsets), (b"place_id,date\nm:1,2031-03-09\n",)),
    "histories": Target(_history, (
        b"unit,month,value\nXKX,2022-01,5\n",
        b"id,year,type_of_violence,country_id,country,date_start,date_end,best,low,high,where_prec,date_prec\n"
        b"1,2022,1,1,Orle,2022-01-01,2022-01-02,5,4,6,1,1\n",
        b"event_id_cnty,event_date,event_type,country,iso,fatalities\nA1,2022-01-01,Battles,Orle,383,5\n")),
    "filters": Target(_filter, (b"since=2022-01-01&type=ASSAULT&country=XKX&last=7d&near=42.1,20.1,5&limit=5",)),
    "records": Target(_records, (b"\x02" + _articles_json(),)),
}  # fmt: skip
