"""PDF and DOCX, read in a process of their own: what comes out, and what is refused."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.conftest import NOW, PARAGRAPHS, SETTINGS, UNHURRIED
from tests.intake.papers import ENCRYPTED, flow, make_docx, make_pdf, paragraph
from tocsin.errors import IntakeError
from tocsin.intake import Options, apart, read_document, read_path
from tocsin.intake.apart import read_apart
from tocsin.intake.docx import read_docx
from tocsin.intake.extracts import Bounds
from tocsin.intake.pdf import read_pdf
from tocsin.records import Article, Fault

BOUNDS = Bounds(pages=50, chars=200_000, unpacked=20_000_000, rows=1_000)
HEADLINE = "Dockers walk out in Port Vell"


def take(body: bytes, name: str, options: Options | None = None, **limits: object) -> Article:
    given = replace(SETTINGS, **limits)  # type: ignore[arg-type]
    (found,) = read_document(body, name=name, options=options or Options(), taken_at=NOW, settings=given)
    assert isinstance(found, Article), found
    return found


def refuse(body: bytes, name: str, **limits: object) -> str:
    given = replace(SETTINGS, **limits)  # type: ignore[arg-type]
    (found,) = read_document(body, name=name, options=Options(), taken_at=NOW, settings=given)
    assert isinstance(found, Fault), found
    assert found.which == name
    return found.why


# --- what comes out


def test_a_pdf_gives_its_paragraphs_and_its_headline() -> None:
    article = take(make_pdf([flow([HEADLINE, *PARAGRAPHS])]), "walkout.pdf")
    assert article.text == "\n\n".join([HEADLINE, *PARAGRAPHS])
    assert article.title == HEADLINE
    assert article.published_at is None, "when the file was made is not when the text was published"


def test_a_pdf_that_states_its_day_is_dated_and_what_the_person_says_outranks_it() -> None:
    body = make_pdf([flow([HEADLINE, "13 May 2031", *PARAGRAPHS])])
    assert take(body, "a.pdf").published_at == datetime(2031, 5, 13, tzinfo=UTC)
    given = Options(published_at=datetime(2031, 5, 12, tzinfo=UTC))
    assert take(body, "a.pdf", given).published_at == given.published_at


def test_a_title_in_the_properties_counts_only_where_the_text_bears_it_out() -> None:
    long = f"{HEADLINE} after talks over night shifts broke down on the eve of the holiday, officials say"
    pages = [flow([f"{long}.", *PARAGRAPHS])]
    assert take(make_pdf(pages, title="Microsoft Word - final2.doc"), "a.pdf").title is None
    assert take(make_pdf(pages, title=HEADLINE), "a.pdf").title == HEADLINE


def test_a_pdf_is_known_by_its_first_bytes_whatever_it_is_called() -> None:
    body = make_pdf([flow(PARAGRAPHS)])
    assert take(body, "report.txt").text == take(body, "report").text == take(body, "report.pdf").text


def test_columns_drawn_line_by_line_are_read_one_after_the_other() -> None:
    left, right = "left one begins here and runs", "right one begins here and goes"
    rows = [(f"{left} {n}", f"{right} {n}") for n in range(12)]
    lines = [(70.0, 800.0, "A headline over both of the columns that stand below, in full width of the page here")]
    for n, (a, b) in enumerate(rows):
        lines += [(70.0, 760.0 - 13 * n, a), (320.0, 760.0 - 13 * n, b)]
    text = read_pdf(make_pdf([lines], size=12), "x", BOUNDS).text
    assert text.index(rows[-1][0]) < text.index(rows[0][1])


def test_a_word_parted_at_the_end_of_a_line_is_whole_again_and_a_compound_keeps_its_hyphen() -> None:
    lines = [
        (70.0, 700.0, "The long-term plan of the harbour was set aside by the com-"),
        (70.0, 687.0, "mittee on Tuesday. It had called the plan a long-"),
        (70.0, 674.0, "term one."),
    ]
    text = read_pdf(make_pdf([lines]), "x", BOUNDS).text
    assert "the committee on Tuesday" in text
    assert text.endswith("a long-term one.")


def test_running_heads_and_page_numbers_are_left_out_and_a_sentence_goes_on_over_the_page() -> None:
    bodies = (
        "The gate at Orle was shut on Monday, and the men who stood there",
        "went on to the mill and then down to the road below.",
        "Nobody was hurt. The mayor called for calm in the evening.",
    )
    pages = [
        [(70.0, 810.0, "EXERCISE - Orle daily"), *flow([body], y=700, width=40), (290.0, 30.0, f"page {n} of 3")]
        for n, body in enumerate(bodies, start=1)
    ]
    text = read_pdf(make_pdf(pages), "x", BOUNDS).text
    assert text == f"{bodies[0]} {bodies[1]}\n\n{bodies[2]}"


def test_a_docx_gives_its_words_in_order() -> None:
    body = (
        paragraph(HEADLINE, "Title")
        + paragraph(PARAGRAPHS[0])
        + f"<w:tbl><w:tr><w:tc>{paragraph('Gate')}</w:tc><w:tc>{paragraph('shut')}</w:tc></w:tr></w:tbl>"
        + f"<w:p><w:del><w:r><w:delText>struck out</w:delText></w:r></w:del><w:r><w:t>{PARAGRAPHS[1]}</w:t></w:r></w:p>"
        + "<w:p><w:r><w:instrText>HYPERLINK x</w:instrText></w:r></w:p>"
    )
    article = take(make_docx(body), "walkout.docx")
    assert article.title == HEADLINE
    assert article.text == "\n\n".join([HEADLINE, PARAGRAPHS[0], "Gate", "shut", PARAGRAPHS[1]])


def test_a_docx_of_a_common_program_is_read() -> None:
    import docx

    document = docx.Document()
    document.add_heading(HEADLINE, 0)
    for text in PARAGRAPHS:
        document.add_paragraph(text)
    made = io.BytesIO()
    document.save(made)
    assert take(made.getvalue(), "a.docx").text == "\n\n".join([HEADLINE, *PARAGRAPHS])


def test_a_text_box_is_not_read_twice() -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>once</w:t></mc:Choice><mc:Fallback><w:t>once</w:t>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read_docx(make_docx(box), "x", BOUNDS).text == "once"


def test_files_in_a_folder_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make_pdf([flow(PARAGRAPHS)]))
    (tmp_path / "b.docx").write_bytes(make_docx(paragraph(PARAGRAPHS[0])))
    found = list(read_path(tmp_path, options=Options(), taken_at=NOW, settings=SETTINGS))
    assert [type(thing) for thing in found] == [Article, Article]


# --- what is refused

ENTITIES = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def make_zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("word/document.xml", "w") as part:
        for _ in range(400):
            part.write(b" " * 100_000)
    return made.getvalue()


def make_lying_bomb() -> bytes:
    """A DOCX whose list of files says that its part is small."""
    body = make_zip_bomb()
    size = (40_000_000).to_bytes(4, "little")
    assert body.count(size) == 2
    return body.replace(size, (1_000).to_bytes(4, "little"))


BAD = {
    "encrypted.pdf": (ENCRYPTED, "is encrypted"),
    "broken.pdf": (b"%PDF-1.4\n1 0 obj << /Type /Catalog", "is no PDF that can be read"),
    "noise.pdf": (b"no such thing at all", "is no PDF that can be read"),
    "scanned.pdf": (make_pdf([[], [], []]), "has no text in it, only pictures of pages"),
    "long.pdf": (make_pdf([[]] * 60), "has too many pages: 60, at most 50 are read"),
    "broken.docx": (b"PK\x03\x04 word/document.xml", "is no DOCX that can be read"),
    "other.docx": (make_docx("").replace(b"word/document.xml", b"word/dokument.xml"), "is a ZIP file but no DOCX"),
    "empty.docx": (make_docx(""), "holds no text"),
    "bomb.docx": (make_zip_bomb(), "unpacks to more than"),
    "liar.docx": (make_lying_bomb(), "is no DOCX that can be read"),
    "many.docx": (make_docx("", parts={f"x/{n}": b"" for n in range(5_001)}), "holds too many files: 5,003"),
    "entities.docx": (make_docx(paragraph("&b;"), head=ENTITIES), "declares XML entities"),
    "external.docx": (make_docx(paragraph("&a;"), head=EXTERNAL), "declares XML entities"),
    "deep.docx": (make_docx("<w:p>" * 5_000 + "</w:p>" * 5_000), "is not XML"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_documents_are_refused_with_a_reason(name: str) -> None:
    body, why = BAD[name]
    assert refuse(body, name, document_max_pages=50, unpack_max_bytes=20_000_000).startswith(why)


def test_an_encrypted_docx_is_named_as_what_it_may_be() -> None:
    assert "old Word" in refuse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "secret.docx")


def test_a_page_called_pdf_is_read_as_the_page_it_is() -> None:
    assert "has no article text" in refuse(b"<html><body><nav>Sign in</nav></body></html>", "https://x.example/a.pdf")


def test_relations_to_elsewhere_are_not_followed() -> None:
    """A template on another machine, as attackers use it; were it asked for, the listener would hear it."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        target = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dotm"
        relation = f'<Relationships><Relationship Target="{target}" TargetMode="External"/></Relationships>'.encode()
        parts = {"word/_rels/document.xml.rels": relation, "word/_rels/settings.xml.rels": relation}
        assert take(make_docx(paragraph(PARAGRAPHS[0]), parts=parts), "a.docx").text == PARAGRAPHS[0]
        with pytest.raises(TimeoutError):
            listener.accept()


# --- the process


@pytest.mark.parametrize("start", ["import time; time.sleep(90)", "while True: pass"])
def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    monkeypatch.setattr(apart, "_START", start)
    began = time.monotonic()
    why = refuse(make_pdf([]), "slow.pdf", document_timeout_seconds=1.0)
    assert why == "took longer than 1 s to read: split it, or raise document_timeout_seconds"
    assert time.monotonic() - began < 30


def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    body = make_docx(paragraph("x" * 150_000) * 100)
    low = refuse(body, "big.docx", document_memory_bytes=40_000_000, max_text_chars=10_000_000)
    assert "memory" in low or "broke off" in low


def test_two_are_read_at_once_and_the_others_wait() -> None:
    body = make_pdf([flow(PARAGRAPHS)])
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(take(body, "a.pdf").text)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 5
    assert len(set(texts)) == 1


def test_nothing_of_the_environment_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """PYTHONPATH would let it import another module in place of ours; a secret has no business there."""
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("TOCSIN_ENDPOINT_KEY", "lantern")
    started: list[dict[str, str]] = []
    whole = subprocess.Popen

    class Watched(whole):  # type: ignore[misc, valid-type]
        def __init__(self, *args: object, **given: object) -> None:
            started.append(given["env"])  # type: ignore[arg-type]
            super().__init__(*args, **given)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    take(make_pdf([flow(PARAGRAPHS)]), "a.pdf")
    assert started
    assert not any(name.startswith(("PYTHON", "TOCSIN", "HOME")) for name in started[0])


PROBE = """
import os, socket, sys
from tocsin.intake.confinement import limit_resources, seal
limit_resources(10, 500_000_000)
assert seal()
for what in (
    lambda: open("/etc/hostname"),
    lambda: socket.socket(),
    lambda: os.listdir("/"),
    lambda: os.fork(),
    lambda: os.execv("/bin/true", ["true"]),
    lambda: os.unlink("/nowhere"),
    lambda: os.kill(1, 0),
):
    try:
        what()
    except OSError as why:
        assert why.errno == 38, why
    else:
        raise SystemExit("it could")
len([0] * 1_000_000)
sys.stdout.write("sealed")
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"), reason="Linux only")
def test_a_sealed_process_computes_and_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ("sealed", 0), done.stderr


MEMORY = """
from tocsin.intake.confinement import limit_resources
limit_resources(1, 300_000_000)
try:
    bytearray(400_000_000)
except MemoryError:
    print("held", flush=True)
try:
    with open(__import__("sys").argv[1], "wb", buffering=0) as file:
        file.write(b"x")
except OSError:
    print("unwritten", flush=True)
while True:
    pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold a process to less")
def test_a_limited_process_is_held_to_its_memory_time_and_files(tmp_path: Path) -> None:
    target = tmp_path / "never"
    done = subprocess.run(
        [sys.executable, "-c", f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{MEMORY}", str(target)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "held\nunwritten\n", done.stderr
    assert done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    assert target.stat().st_size == 0


def test_an_answer_that_makes_no_sense_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As from a process that a document has taken over."""
    for start in (
        "import os; os.write(1, b'[]')",
        "import os; os.write(1, b'{\"text\": 5}')",
        "import os; os.write(1, b'{' * 100)",
        "import os; os.abort()",
        "import os; [os.write(1, b'x' * 60000) for _ in range(2000)]",
        "pass",
    ):
        monkeypatch.setattr(apart, "_START", start)
        with pytest.raises(IntakeError, match="cannot be read: its reader"):
            read_apart("pdf", b"%PDF-", name="a.pdf", settings=replace(SETTINGS, document_timeout_seconds=5.0))


# --- no bytes break them


@UNHURRIED
@given(st.binary(max_size=200), st.integers(0, 1500), st.binary(max_size=8))
def test_no_pdf_breaks_it(tail: bytes, place: int, patch: bytes) -> None:
    whole = make_pdf([flow(PARAGRAPHS)], title=HEADLINE)
    place = min(place, len(whole))
    for body in (b"%PDF-1.4\n" + tail, whole[:place] + patch + whole[place + len(patch) :]):
        with suppress(IntakeError):
            read_pdf(body, "x", BOUNDS)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=8))
def test_no_docx_breaks_it(place: int, patch: bytes) -> None:
    whole = make_docx(paragraph(PARAGRAPHS[0]), title=HEADLINE)
    place = min(place, len(whole))
    with suppress(IntakeError):
        read_docx(whole[:place] + patch + whole[place + len(patch) :], "x", BOUNDS)
