"""The four formats, read back with other people's readers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import docx
import lxml.html
import pypdfium2
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.report.pictures import ATTACK, DENIED, NOW, PICTURE, PROTEST, REQUEST, SHOT, make_week
from tocsin.records import Evidence, Party
from tocsin.report import Picture, Report, Telling, Version, check_report, draft_report, fit_report, replace_sentence
from tocsin.report.docx import make_docx
from tocsin.report.html import write_html
from tocsin.report.markdown import escape_markdown, write_markdown
from tocsin.report.pdf import _prepare, count_pages, make_pdf
from tocsin.report.sentences import Block, Sentence

HOSTILE = [
    '<script>alert("x")</script><img src=x onerror=alert(1)>',
    "#panic() #let x = 1 $a$ `raw` *bold* _it_ <label> @ref \\ // https://evil.example",
    "](javascript:alert(1)) ![x](http://evil.example/p.png) | cell | # head",
    "{{ 7*7 }} {% raw %} &amp; ]]> <!--",
    "\x00\x01\x0b\ufffe\ud800 \u202eevil\u2066",
    "בית המשפט הודיע 12 חיילים",
    "الشرطة أغلقت الطريق 40",
    "Полиция закрыла мост",
    "警察封锁了桥",
    "W" * 3000,
    "e" + "\u0301" * 500,
    "",
]


def make_hostile(text: str) -> Picture:
    """Every text from outside is this one."""
    body = f"{text}\n{text}."
    articles = {
        id_: replace(a, text=body, title=text, outlet_name=text, url=f"https://x.example/{text}")
        for id_, a in PICTURE.articles.items()
    }
    shot, denied = (
        replace(c, evidence=Evidence(text, 0, len(text)), attribution=(replace(c.attribution[0], speaker=text),))
        for c in (SHOT, DENIED)
    )
    place = replace(ATTACK.place, name=text, label=text) if ATTACK.place else None
    attack = replace(ATTACK, actor=(Party(text),), recipient=(Party(text, "TLK", "COP"),), place=place)
    told = Telling(
        attack,
        (Version(text, (shot,)), Version(text, (denied,))),
        tuple(replace(d, values=((text, (0,)), (text, (1,)))) for d in PICTURE.tellings[ATTACK.id].differences),
    )
    return replace(
        PICTURE,
        incidents=(attack, PROTEST),
        tellings={ATTACK.id: told, PROTEST.id: Telling(PROTEST, ())},
        articles=articles,
        outlets={id_: replace(o, name=text) for id_, o in PICTURE.outlets.items()},
        tensions=tuple(replace(p, last=replace(p.last, place_name=text)) for p in PICTURE.tensions),
        alerts=tuple(replace(a, title=text, note=text, place_name=text) for a in PICTURE.alerts),
        outlooks=tuple(replace(o, what=text, method=text, past_error=text) for o in PICTURE.outlooks),
    )


def draft(picture: Picture = PICTURE) -> Report:
    return draft_report(REQUEST, picture, now=NOW)


def read_pdf(body: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(body)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def check_formats(report: Report) -> None:
    pages = read_pdf(make_pdf(report))
    assert pages
    assert all(report.tlp in page for page in pages)
    document = docx.Document(BytesIO(make_docx(report)))
    assert document.paragraphs[0].style.name == "Title"
    tree = lxml.html.document_fromstring(write_html(report))
    assert tree.xpath("//script | //img | //iframe | //*[@onerror] | //*[starts-with(@href, 'javascript')]") == []
    assert {a.get("href")[:1] for a in tree.xpath("//a")} <= {"#", "h"}
    assert re.search(r"(?<!\\)<(?!https?:)", write_markdown(report)) is None, "no HTML"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_give_sound_files_and_pass_their_own_check(text: str) -> None:
    picture = make_hostile(text)
    report = draft(picture)
    assert check_report(report, picture) == {}
    check_formats(report)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=120))
def test_any_text_gives_sound_files_and_passes_its_own_check(text: str) -> None:
    picture = make_hostile(text)
    report = draft(picture)
    assert check_report(report, picture) == {}
    check_formats(report)


@settings(max_examples=150, deadline=None)
@given(st.text("Ab1 .“”\"'…-\u2019,:\u202f“2 Mar 9 one two Dozen dozens B2 T-7é\u0130ßǅ", max_size=60))
def test_any_draft_passes_its_own_check(text: str) -> None:
    picture = make_hostile(text)
    assert check_report(draft(picture), picture) == {}


def test_a_week_of_two_hundred_incidents_takes_three_pages() -> None:
    week = make_week(200)
    report = fit_report(REQUEST, week, now=NOW, count_pages=count_pages)
    pages = read_pdf(make_pdf(report))
    assert len(pages) == count_pages(report) <= 3
    assert "200 in the period" in pages[0]
    told = [s for s in report.sentences if s.id.endswith("/title")]
    assert len(told) >= 8, "three pages hold more than that"
    (rest,) = (s for s in report.sentences if s.id == "incidents/more")
    assert rest.text.startswith(f"{200 - len(told)} incidents")
    assert "Annex" in "".join(pages)
    assert check_report(report, week) == {}


def test_a_quarter_of_five_hundred_incidents_takes_three_pages_and_more_where_more_are_asked_for() -> None:
    picture = make_week(500)
    report = fit_report(REQUEST, picture, now=NOW, count_pages=count_pages)
    assert len(read_pdf(make_pdf(report))) <= 3
    more = fit_report(replace(REQUEST, most_pages=6), picture, now=NOW, count_pages=count_pages)
    assert 3 < len(read_pdf(make_pdf(more))) <= 6
    assert len(more.annex) > len(report.annex)
    (rest,) = (s for s in report.sentences if s.id == "incidents/more")
    told = sum(1 for s in report.sentences if s.id.endswith("/title"))
    assert rest.text.startswith(f"{500 - told} incidents")


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_other_lengths_are_kept_to(pages: int) -> None:
    report = fit_report(replace(REQUEST, most_pages=pages), make_week(200), now=NOW, count_pages=count_pages)
    assert count_pages(report) <= pages


def test_the_pdf_shows_every_sentence_once_and_the_same_each_time() -> None:
    report = draft()
    whole = " ".join("".join(read_pdf(make_pdf(report))).replace("\ufffe", "-").split())
    for sentence in report.sentences:
        head = " ".join(sentence.text.split()[:4])
        assert head in whole, head
    assert make_pdf(report) == make_pdf(report)


def test_the_pages_are_not_blank_and_bear_the_marking_in_colour() -> None:
    document = pypdfium2.PdfDocument(make_pdf(draft()))
    picture = document[0].render(scale=1).to_numpy()[:, :, :3]
    document.close()
    dark = (picture < 100).all(axis=2).mean()
    amber = ((picture[:, :, 2] > 240) & (abs(picture[:, :, 1].astype(int) - 192) < 12) & (picture[:, :, 0] < 30)).sum()
    assert 0.02 < dark < 0.4
    assert amber > 20


def test_a_files_own_properties_say_how_it_is_marked_and_nothing_of_the_tools() -> None:
    report = replace(draft(), is_exercise=True)
    document = pypdfium2.PdfDocument(make_pdf(report))
    held = document.get_metadata_dict()
    document.close()
    assert held["Title"] == report.title
    assert held["Keywords"] == "TLP:AMBER, EXERCISE"
    assert held["Subject"].startswith("EXERCISE: everything in it is invented. TLP:AMBER: for")
    core = docx.Document(BytesIO(make_docx(report))).core_properties
    assert (core.title, core.keywords, core.language) == (report.title, "TLP:AMBER, EXERCISE", "en")
    assert core.comments == held["Subject"]


def test_the_pdf_can_be_read_aloud() -> None:
    """Typst checks what PDF/UA-1 asks of it: tags, headings that skip no level, a title and a language."""
    made = typst.compile(timestamp=NOW, pdf_standards=["ua-1"], **_prepare(draft()))
    assert isinstance(made, bytes)
    assert b"/StructTreeRoot" in make_pdf(draft()), "what is given out is tagged too"


def test_scripts_from_right_to_left_are_in_the_pdf() -> None:
    whole = "".join(read_pdf(make_pdf(draft(make_hostile("שלום الشرطة Мост")))))
    assert "Мост" in whole
    assert "שלום" in whole or "םולש" in whole


def test_docx_has_real_headings_tables_header_and_page_numbers() -> None:
    document = docx.Document(BytesIO(make_docx(draft())))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == [
        "Summary",
        "Incidents, gravest first",
        "1. Attack with firearms: Gunmen → two officers, Orle bridge",
    ]
    figures, annex = document.tables
    assert figures.rows[0].cells[0].text == "Incidents"
    assert figures.rows[0].cells[1].text.startswith("2 in the period.")
    assert annex.rows[0].cells[0].text == "No."
    assert "w:tblHeader" in annex.rows[0]._tr.xml
    assert len(annex.rows) == 4
    section = document.sections[0]
    assert "TLP:AMBER" in section.header.paragraphs[0].text
    assert 'w:instr="PAGE"' in section.footer._element.xml
    assert 'w:instr="NUMPAGES"' in section.footer._element.xml
    links = [r.target_ref for r in document.part.rels.values() if r.is_external]
    assert "https://clash.example/a?b=1&c=2" in links


def test_docx_marks_right_to_left_runs() -> None:
    assert "<w:rtl/>" in docx.Document(BytesIO(make_docx(draft(make_hostile("الشرطة"))))).element.xml


def test_html_is_one_file_that_anchors_its_references() -> None:
    tree = lxml.html.document_fromstring(write_html(draft()))
    anchors = {a.get("href")[1:] for a in tree.xpath("//a[starts-with(@href, '#')]")}
    assert anchors
    assert anchors <= set(tree.xpath("//@id"))
    assert tree.xpath("//link | //script | //img | //style[contains(., 'url(')]") == []
    assert len(tree.xpath("//strong[@class='tlp']")) == 2
    cites = tree.xpath("//span[@data-cites]/@data-cites")
    assert len(cites) == len(draft().sentences)
    assert all(cites)
    assert any("tension:" in ids for ids in cites)


def test_html_for_everybody_holds_no_id_that_leads_to_a_point() -> None:
    public = write_html(replace(draft(), is_public=True))
    assert "tension:" not in public
    assert 'data-cites="inc_' in public


def test_markdown_escapes_what_would_be_markup() -> None:
    assert escape_markdown("1. *a* [b](c) <d> | e") == r"1\. \*a\* \[b\](c) \<d\> \| e"
    assert escape_markdown("- x") == r"\- x"
    assert escape_markdown("see http://a.example www.b.example") == r"see http\://a.example www\.b.example"


def test_dropped_sentences_are_in_no_format_and_edited_ones_are_marked() -> None:
    report = draft()
    edited = replace_sentence(report, f"incidents/{ATTACK.id}/facts", "Two officers were shot at Orle bridge.")
    for text in (write_markdown(edited), write_html(edited), "".join(read_pdf(make_pdf(edited)))):
        assert "Two officers were shot" in text
        assert "(edited)" in text


def test_an_assessment_bears_its_name_in_every_format() -> None:
    report = draft()
    gaps = report.sections[-1]
    own = Sentence("gaps/added/a", "It will get <worse>.", (), state="added", assessor="Ilva *Torn*")
    blocks = (*gaps.blocks, Block("gaps/added/a", (own,)))
    report = replace(report, sections=(*report.sections[:-1], replace(gaps, blocks=blocks)))
    assert check_report(report, PICTURE) == {}
    check_formats(report)
    assert "It will get <worse>. (assessment by Ilva *Torn*)" in " ".join(
        "".join(read_pdf(make_pdf(report))).replace("\u00a0", " ").split()
    )
    assert "(assessment by Ilva \\*Torn\\*)" in write_markdown(report)
    page = lxml.html.document_fromstring(write_html(report))
    (row,) = [p for p in page.xpath("//p[@class='row']") if p.xpath(".//em")]
    assert " ".join(row.text_content().split()) == "It will get <worse>. (assessment by Ilva *Torn*)"
    document = docx.Document(BytesIO(make_docx(report)))
    (paragraph,) = [p for p in document.paragraphs if "get <worse>" in p.text]
    assert paragraph.text == "It will get <worse>.\u202f(assessment by Ilva *Torn*)"
    assert paragraph.runs[0].italic


def test_no_page_of_the_docx_tears_a_row_apart_and_fonts_are_common_ones() -> None:
    document = docx.Document(BytesIO(make_docx(draft())))
    summary, annex = document.tables
    for row in (*summary.rows, *annex.rows[1:]):
        assert row._tr.trPr.xpath("w:cantSplit")
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert document.styles["Heading 1"].font.name == "Arial"
    order = [e.tag.rsplit("}")[-1] for e in document.tables[0]._tbl.tblPr]
    assert order.index("tblBorders") < order.index("tblLook"), "the schema's order, which Word holds to"


def test_an_empty_report_is_a_sound_file() -> None:
    report = draft_report(replace(REQUEST, since=datetime(2031, 3, 8, tzinfo=UTC)), Picture(), now=NOW)
    check_formats(report)
    assert count_pages(report) == 1


def test_who_did_it_does_not_change_places_with_to_whom() -> None:
    """Between two names from right to left the arrow would belong to them: each name is fenced off."""
    police, students = "\u05de\u05e9\u05d8\u05e8\u05d4", "\u05d4\u05ea\u05dc\u05de\u05d9\u05d3\u05d9\u05dd"
    attack = replace(ATTACK, actor=(Party(police),), recipient=(Party(students),), place=None)
    picture = replace(PICTURE, incidents=(attack,), tellings={})
    report = draft(picture)
    title = next(s for s in report.sentences if s.id.endswith("/title"))
    assert title.text == f"Attack with firearms: \u2068{police}\u2069 → \u2068{students}\u2069"
    assert check_report(report, picture) == {}
    assert title.text in write_html(report)
    assert title.text in write_markdown(report)
    assert "\u2068" not in "".join(s.text for s in draft().sentences)


def test_a_sentence_on_incidents_that_the_report_does_not_tell_says_how_many_in_every_format() -> None:
    """A figure without an arrow would look like one that stands on nothing."""
    left = tuple(replace(PROTEST, id=f"inc_left{n:012}") for n in range(3))
    report = draft_report(REQUEST, replace(PICTURE, incidents=(*PICTURE.incidents, *left)), now=NOW)
    section = next(section for section in report.sections if section.key == "gaps")
    said = Sentence("gaps/x", "Three of a kind.", tuple(i.id for i in left), "Kind")
    more = Sentence("gaps/more", "3 incidents, at the desk.", said.cites, "More")
    told = [s for s in report.sections if s.key != "incidents" and s is not section]
    report = replace(report, sections=(*told, replace(section, blocks=(Block("gaps", (said, more)),))))
    texts = [
        "\n".join(read_pdf(make_pdf(report))),
        "\n".join(p.text for p in docx.Document(BytesIO(make_docx(report))).paragraphs),
        lxml.html.document_fromstring(write_html(report)).text_content(),
        write_markdown(report),
    ]
    for text in (re.sub(r"\s+", " ", text) for text in texts):
        assert "Three of a kind. → 3 at the desk" in text
        assert text.count("3 at the desk") == 1, "what says so in its own words says it once"
