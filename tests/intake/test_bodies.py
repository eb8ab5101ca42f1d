"""Bytes with a name: which kind, which encoding, what is in them."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import NOW, PARAGRAPHS, SETTINGS, STORY, UNHURRIED, make_page
from tocsin.errors import IntakeError
from tocsin.intake import Options, read_bytes
from tocsin.records import Article

POLISH = (
    "Dokerzy w porcie Wel przerwali pracę we wtorek, gdy rozmowy o nocnych zmianach zakończyły się "
    "niczym. Około czterdziestu mężczyzn stało przy północnej bramie aż do południa, a "
    "policja przyglądała się z drogi i nie interweniowała. Nikt nie został ranny, podała "
    "kapitania, ale dwa statki odesłano do Sarn."
)
RUSSIAN = "Докеры в порту Велл прекратили работу во вторник. Около сорока человек стояли у северных ворот до полудня."  # noqa: RUF001


def read(
    body: bytes, name: str = "report.txt", content_type: str | None = None, options: Options | None = None
) -> Article:
    return read_bytes(
        body, name=name, content_type=content_type, options=options or Options(), taken_at=NOW, settings=SETTINGS
    )


def attempt(body: bytes, name: str) -> Article | IntakeError:
    try:
        return read(body, name)
    except IntakeError as why:
        return why


# --- kinds


@pytest.mark.parametrize(
    ("body", "name", "content_type"),
    [
        (make_page().encode(), "page", None),
        (make_page().encode(), "page.txt", "text/plain"),
        (make_page().partition(">")[2].encode(), "page.htm", None),
        (b"".join(f"<p>{p}</p>".encode() for p in PARAGRAPHS), "page", "application/xhtml+xml; charset=utf-8"),
        (b"".join(f"<p>{p}</p>".encode() for p in PARAGRAPHS), "page", None),
    ],
)
def test_html_is_known_by_its_beginning_type_name_or_tags(body: bytes, name: str, content_type: str | None) -> None:
    assert read(body, name, content_type).text.endswith(STORY)


def test_a_text_that_speaks_of_tags_stays_a_text() -> None:
    text = "The page said <p> and <br> where the names should be, and <div> at the end."
    assert read(text.encode(), content_type="text/plain").text == text


def test_markdown_with_front_matter() -> None:
    body = (
        "---\ntitle: 'Dockers walk out'\nOutlet: Vell Courier\npublished: 2031-05-13T18:05+02:00\n"
        'url: "https://courier.example/a"\nmood: bad\n---\n# Dockers walk out\n\nDockers *put down* their '
        "[tools](https://x.example).\nPolice\nwatched.\n\n- one\n- two\n\n<script>alert(1)</script>\n"
    )
    article = read(body.encode(), "a.md")
    assert article.text == "Dockers walk out\n\nDockers put down their tools. Police watched.\n\none\n\ntwo"
    assert (article.outlet_name, article.url) == ("Vell Courier", "https://courier.example/a")
    assert article.published_at == datetime(2031, 5, 13, 16, 5, tzinfo=UTC)


def test_markdown_without_front_matter_takes_its_first_heading() -> None:
    article = read(b"Dockers walk out\n================\n\nThe gate *is* shut.", "a.markdown")
    assert (article.title, article.text) == ("Dockers walk out", "Dockers walk out\n\nThe gate is shut.")


def test_a_date_in_front_matter_that_is_not_understood_is_refused() -> None:
    with pytest.raises(IntakeError, match=r"'a\.md': gives a time of publication that is not understood \(soon\)"):
        read(b"---\npublished: soon\n---\nThe gate is shut.", "a.md")


def test_front_matter_can_name_no_machine_of_a_strange_kind() -> None:
    assert read(b"---\nurl: javascript:alert(1)\n---\nThe gate is shut.", "a.md").url is None


@pytest.mark.parametrize(
    ("text", "title", "when"),
    [
        (f"Dockers walk out in Port Vell\n\n13 May, 2031 21:38 / Updated 2 hours ago\n{STORY}",
         "Dockers walk out in Port Vell", datetime(2031, 5, 13, 21, 38, tzinfo=UTC)),
        (f"Published: May 13, 2031\n\n{STORY}", None, datetime(2031, 5, 13, tzinfo=UTC)),
        (STORY, None, None),
        (f"Updated 13 May 2031\n\n{STORY}", "Updated 13 May 2031", None),
        (f"PORT VELL, 13 May 2031 - {STORY}", None, None),
        (f"On 13 May 2031, dockers walked out.\n\n{STORY}", None, None),
        (f"20310513\n\n{STORY}", None, None),
    ],
)  # fmt: skip
def test_a_plain_text_says_its_headline_and_date_on_lines_of_their_own(
    text: str, title: str | None, when: datetime | None
) -> None:
    article = read(text.encode())
    assert (article.title, article.published_at, article.text) == (title, when, text)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<?xml version="1.0"?><!-- x --><rss version="2.0"></rss>', "is a feed, not an article: add it to the feeds"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "is a feed"),
        (b'<opml version="2.0"></opml>', "is a list of feeds"),
    ],
)
def test_a_feed_is_no_article(body: bytes, reason: str) -> None:
    with pytest.raises(IntakeError, match=reason):
        read(body, "x", "text/html")


# --- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1250", "iso8859-2"])
def test_encodings_are_told_by_mark_or_by_looking(encoding: str) -> None:
    assert read(POLISH.encode(encoding)).text == POLISH


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le"])
def test_a_declared_charset_is_believed(encoding: str) -> None:
    assert read(RUSSIAN.encode(encoding), content_type=f"text/plain; charset={encoding}").text == RUSSIAN


def test_a_page_declares_its_charset_in_its_head() -> None:
    page = make_page(f"<p>{POLISH}</p><p>{POLISH} Tak.</p>").replace("'utf-8'", "'iso-8859-2'")
    assert POLISH in read(page.encode("iso-8859-2"), "page.html").text


def test_a_charset_that_cannot_be_true_is_not_believed() -> None:
    assert read(POLISH.encode(), content_type="text/plain; charset=ascii").text == POLISH
    assert read(POLISH.encode(), content_type="text/plain; charset=no-such-thing").text == POLISH
    assert read(POLISH.encode(), content_type="text/plain; charset=zip").text == POLISH
    assert read(POLISH.encode("cp1250"), content_type="text/plain; charset=utf-8").text == POLISH


def test_who_says_latin_1_writes_windows_1252() -> None:
    text = "\u201cThe gate is shut,\u201d the union said \u2013 for now."
    assert read(text.encode("cp1252"), content_type="text/plain; charset=ISO-8859-1").text == text


def test_a_few_broken_bytes_do_not_spoil_the_rest() -> None:
    body = (POLISH * 3).encode()
    text = read(body[:400].rsplit(b" ", 1)[0] + b" \xff " + body[400:]).text
    assert text.count("\ufffd") <= 2
    assert "mężczyzn" in text


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "is no PDF that can be read"),
        (b"PK\x03\x04" + b"\x14\x00" * 20, "looks like ZIP, DOCX or ODT"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "looks like PNG image"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 9, "looks like JPEG image"),
        (b"\x1f\x8b\x08\x00abc", "looks like gzip"),
        (b"\x00\x00\x00\x18ftypmp42", "looks like MP4 or HEIC"),
        (b"words and \x00 bytes that are none", "is binary"),
    ],
)
def test_binary_is_refused_by_name(body: bytes, looks: str) -> None:
    with pytest.raises(IntakeError, match=f"'scan': is binary.*{looks}|'scan': {looks}"):
        read(body, "scan")


def test_what_says_it_is_no_text_is_refused() -> None:
    with pytest.raises(IntakeError, match=r"is binary \(application/zip\)"):
        read(STORY.encode(), "scan", "application/zip")
    with pytest.raises(IntakeError, match="is no PDF that can be read"):
        read(STORY.encode(), "scan", "application/pdf")


@UNHURRIED
@given(st.binary(max_size=300), st.sampled_from(["a", "a.txt", "a.html", "a.md"]))
def test_no_bytes_break_it(body: bytes, name: str) -> None:
    got = attempt(body, name)
    if isinstance(got, IntakeError):
        assert got.which == name
    else:
        assert got.text.encode("utf-8")


def test_noise_is_refused() -> None:
    random = Random(5)
    for _ in range(20):
        body = bytes(random.randrange(128, 256) for _ in range(2_000))
        got = attempt(body, "a.txt")
        assert isinstance(got, IntakeError)
        assert got.why == "is in an encoding that cannot be told: save it as UTF-8"
