"""Input made to exhaust: run as a program, within limits of the system, by test_bombs.

Each case prints its name and what became of it; who is killed prints no more.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
from collections.abc import Callable

from tests.intake.conftest import NOW, PARAGRAPHS, STORY
from tests.intake.papers import flow, make_docx, make_pdf, paragraph
from tocsin.errors import IntakeError
from tocsin.intake import Options, load_opml, read_document
from tocsin.intake.entries import parse_feed
from tocsin.intake.flattening import flatten_html
from tocsin.records import Fault
from tocsin.settings import Settings

MEMORY, SECONDS = 2_500_000_000, 300
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"ha" * 100_000}">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
ENTRY = "<item><title>{}</title><link>https://x.example/a</link><description>{}</description></item>"
OF_ENTITIES = {"laughs": LAUGHS, "quadratic": QUADRATIC, "parameter": PARAMETER, "external": EXTERNAL}


def read(body: bytes | str, name: str = "x.html", content_type: str | None = None) -> str:
    raw = body.encode() if isinstance(body, str) else body
    found = read_document(
        raw, name=name, content_type=content_type, options=Options(), taken_at=NOW, settings=Settings()
    )
    last, count = None, 0
    for thing in found:
        last, count = thing, count + 1
    return f"{count} " + (f"fault: {last.why}" if isinstance(last, Fault) else type(last).__name__)


def feed(body: bytes | str, content_type: str = "application/rss+xml") -> str:
    raw = body.encode() if isinstance(body, str) else body
    found = parse_feed(raw, name="x", base="https://x.example/", content_type=content_type)
    longest = max((len(entry.html) + len(entry.title or "") for entry in found.entries), default=0)
    return f"{len(found.entries)} entries, the longest of {longest} letters"


def page(inner: str) -> str:
    return f"<!doctype html><html><body>{inner}<article><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article>"


def rss(inner: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'


CASES: dict[str, Callable[[], str]] = {
    "html deep": lambda: read(page("<div>" * 100_000)),
    "html deep and closed": lambda: read(page("<b>" * 100_000 + "x" + "</b>" * 100_000)),
    "html deep tables": lambda: read(page("<table><tr><td>" * 30_000)),
    "html one tag of 10 MB": lambda: read(page(f"<p title='{'x' * 10_000_000}'>")),
    "html one name of 10 MB": lambda: read(page(f"<{'x' * 10_000_000}>")),
    "html attributes": lambda: read(page("<p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">")),
    "html attributes with signs": lambda: read(page("<p " + " ".join(f"a{n}='>'" for n in range(200_000)) + ">")),
    "html attributes after a quote": lambda: read(page("<p a=x" + '" ' + "b=1 " * 200_000 + '" >')),
    "html tags in tags": lambda: read(page("<a " * 900_000)),
    "html open quotes": lambda: read(page("<a b='" * 500_000)),
    "html the same attribute": lambda: read(page("<p " + "a=1 " * 500_000 + ">")),
    "html open quote": lambda: read(page("<p title='" + "x> " * 3_000_000)),
    "html comments": lambda: read(page("<!--" * 1_000_000)),
    "html cdata": lambda: read(page("<![CDATA[" * 500_000)),
    "html entities": lambda: read(page("&amp;" * 1_000_000)),
    "html elements": lambda: read(page("<i>x</i>" * 200_000)),
    "html scripts": lambda: read(page("<script type='application/ld+json'>{\"a\":" + "[" * 900_000 + "</script>")),
    "html many scripts": lambda: read(page("<script type='application/ld+json'>[[[[]]]]</script>" * 20_000)),
    "html metas": lambda: read(page("<meta name='date' content='2031'>" * 50_000)),
    "html times": lambda: read(page("<article>" + "<time datetime='2031-05-13'>x</time>" * 50_000 + "</article>")),
    "html prolog": lambda: read("<!--x-->\n" * 800 + page("")),
    "html doctype": lambda: read("<!DOCTYPE " + "[" * 7_000 + "]" * 100_000),
    "utf-7": lambda: read(f"+ADw-script+AD4-alert(1) {STORY}", content_type="text/html; charset=utf-7"),
    "utf-16 without mark": lambda: read(page("<b>x</b>").encode("utf-16-le"), content_type="text/html"),
    "utf-16 declared": lambda: read(page("").encode("utf-16-be"), content_type="text/html; charset=utf-16be"),
    "utf-16 broken": lambda: read(b"\xff\xfe" + b"\x00\xd8" * 300_000),
    "utf-32 bomb": lambda: read(b"\xff\xfe\x00\x00" + b"\x41\x00\x00\x00" * 2_000_000, "x.txt"),
    "marks": lambda: read("a" + "\u0301\u0323" * 500_000, "x.txt"),
    "blank": lambda: read("x" + " " * 5_000_000 + "y\n" * 300_000, "x.txt"),
    "markdown quotes": lambda: read(">" * 200_000 + " x", "x.md"),
    "markdown brackets": lambda: read("[" * 100_000 + "a" + "](b)" * 100_000, "x.md"),
    "markdown stars": lambda: read("*a **b " * 40_000, "x.md"),
    "markdown lists": lambda: read("".join(" " * n + "- x\n" for n in range(1_500)), "x.md"),
    "markdown ticks": lambda: read("".join("`" * n + "x" for n in range(1_200)), "x.md"),
    "front matter": lambda: read("---\n" + "title: x\n" * 70_000 + "---\n", "x.md"),
    "json lines deep": lambda: read("[" * 1_000_000, "x.jsonl"),
    "json lines long": lambda: read("[" * 20_000_000, "x.jsonl"),
    "json numbers": lambda: read('{"text": ' + "9" * 5_000_000 + "}", "x.jsonl"),
    "json surrogates": lambda: read('{"text": "' + "\\ud800" * 100_000 + '"}', "x.jsonl"),
    "csv quotes": lambda: read('text\n"' + '""' * 5_000_000, "x.csv"),
    "csv columns": lambda: read("text" + "," * 5_000_000, "x.csv"),
    "csv cells": lambda: read("text\n" + "," * 20_000_000, "x.csv"),
    "gzip": lambda: read(gzip.compress(bytes(300_000_000)), "x.html.gz"),
    "gzip members": lambda: read(gzip.compress(b"") * 500_000, "x.html.gz"),
    "warc": lambda: read(gzip.compress(b"WARC/1.0\r\n" + b"A: b\r\n" * 20_000_000), "x.warc.gz"),
    "warc blank": lambda: read(gzip.compress(b"WARC/1.0\r\n\r\n" * 3_000_000), "x.warc.gz"),
    "docx bomb": lambda: read(make_docx(paragraph("x" * 150_000_000)), "x.docx"),
    "docx deep": lambda: read(make_docx("<w:p>" * 300_000), "x.docx"),
    "docx wide": lambda: read(make_docx(paragraph("x") * 300_000), "x.docx"),
    "pdf lines": lambda: read(make_pdf([[(70.0, 700.0, "word " * 12)] * 30_000]), "x.pdf"),
    "pdf pages": lambda: read(make_pdf([flow(PARAGRAPHS[:1])] * 900), "x.pdf"),
    "feed deep": lambda: feed(rss("<item>" + "<b>" * 100_000)),
    "feed attributes": lambda: feed(rss("<item " + " ".join(f"a{n}='1'" for n in range(100_000)) + "></item>")),
    "feed in a feed": lambda: feed(rss(rss("<item><title>x</title></item>") * 20_000)),
    "feed cdata": lambda: feed(rss(ENTRY.format("x", "<![CDATA[" * 100_000))),
    "feed cdata closed": lambda: feed(rss(ENTRY.format("x", "]]>" * 100_000))),
    "feed text of 9 MB": lambda: feed(rss(ENTRY.format("x", "x " * 4_500_000))),
    "feed entries": lambda: feed(rss(ENTRY.format("x", "y") * 60_000)),
    "feed html deep": lambda: str(len(flatten_html("<div>" * 100_000 + "x", "x"))),
    "feed title": lambda: feed(rss(ENTRY.format("&lt;b&gt;" * 100_000, "y"))),
    "feed dates": lambda: feed(rss(f"<item><title>x</title><pubDate>{'1 ' * 200_000}</pubDate></item>")),
    "json feed deep": lambda: feed('{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 200_000, ""),
    "json feed numbers": lambda: feed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": []})[:-1]
                                      + ', "x": ' + "9" * 100_000 + "}", ""),
    "opml deep": lambda: str(len(load_opml(b"<opml>" + b"<outline>" * 300_000, "x"))),
    "opml attributes": lambda: str(len(load_opml(
        b"<opml><outline " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/></opml>", "x"
    ))),
    "opml namespaces": lambda: str(len(load_opml(
        b"<opml><outline " + b" ".join(b"xmlns:a%d='u%d'" % (n, n) for n in range(100_000)) + b"/></opml>", "x"
    ))),
    "opml wide": lambda: str(len(load_opml(
        b"<opml>" + b"".join(b'<outline xmlUrl="https://x.example/%d"/>' % n for n in range(100_000)) + b"</opml>", "x"
    ))),
}  # fmt: skip
for kind, head in OF_ENTITIES.items():
    for code in ("utf-8", "utf-16"):
        CASES[f"feed {kind} {code}"] = lambda head=head, code=code: feed(  # type: ignore[misc]
            rss(ENTRY.format("x", "&j;&a;" * 1_000), head).replace('"1.0"', f'"1.0" encoding="{code}"').encode(code)
        )
    CASES[f"opml {kind}"] = lambda head=head: str(  # type: ignore[misc]
        len(load_opml(f'{head}<opml><outline xmlUrl="https://x.example/&a;"/></opml>'.encode(), "x"))
    )


def main() -> None:
    """Run every case, or those named."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for name in sys.argv[1:] or CASES:
        try:
            became = CASES[name]()
        except IntakeError as why:
            became = f"refused: {why.why}"
        print(f"{name}\t{' '.join(became.split())[:150]}", flush=True)


if __name__ == "__main__":
    main()
