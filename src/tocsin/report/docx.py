"""A report as DOCX: real headings, tables for figures and annex, the marking on every page, page numbers."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tocsin.report.markings import EXERCISE, TLP_COLOURS, describe_marking, list_keywords
from tocsin.report.references import find_references, write_line
from tocsin.report.sentences import Block, Report, Section, Sentence
from tocsin.report.wording import map_characters, straighten, write_day

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_RTL = re.compile(r"([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc](?:[\s\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*"
                  r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?)")  # fmt: skip
_MUTED, _LINK, _RULE = "555555", "0B4A8F", "C8C8C8"
#: On every machine, or there by a twin of the same widths (Liberation): pages come out alike.
_BODY_FONT, _HEAD_FONT = "Times New Roman", "Arial"
_NO_BREAK = "\u00a0"


def make_docx(report: Report) -> bytes:
    """The whole report."""
    import docx

    document = docx.Document()
    _set_page(document, report)
    document.add_heading(_clean(report.title), 0)
    _add_text(document.add_paragraph(), write_line(report), colour=_MUTED)
    for section in report.sections:
        if section.is_shown:
            document.add_heading(section.title, 1)
            for block in section.blocks:
                _add_block(document, report, section, block)
    _add_annex(document, report)
    document.add_heading("How to read this", 1)
    for note in (*report.notes, *report.footnotes):
        _add_text(document.add_paragraph(), note, size=8)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _set_page(document: Document, report: Report) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt, RGBColor

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.9)
    page.top_margin = page.bottom_margin = Cm(2.2)
    styles: Any = document.styles
    styles["Normal"].font.size = Pt(9)
    styles["Normal"].paragraph_format.space_after = Pt(1)
    styles["Normal"].paragraph_format.line_spacing = 1.0
    _set_font(styles["Normal"], _BODY_FONT)
    for name, size, above in (("Title", 17, 0), ("Heading 1", 12, 7), ("Heading 2", 9.5, 5)):
        styles[name].font.size = Pt(size)
        styles[name].font.color.rgb = RGBColor(0, 0, 0)
        styles[name].paragraph_format.keep_with_next = True
        styles[name].paragraph_format.space_before, styles[name].paragraph_format.space_after = Pt(above), Pt(2)
        _set_font(styles[name], _HEAD_FONT)
    _drop_rule(styles["Title"])
    styles["List Bullet"].paragraph_format.space_after = Pt(0.5)
    core = document.core_properties
    core.title, core.author = _clean(report.title)[:250], _clean(report.author or "")[:250]
    core.keywords, core.comments = ", ".join(list_keywords(report)), describe_marking(report)
    core.language = "en"
    core.created = core.modified = report.made_at.replace(tzinfo=None)
    for part in (page.header, page.footer):
        paragraph = part.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if report.is_exercise:
            _shade(_add_run(paragraph, f" {EXERCISE} {EXERCISE} {EXERCISE} ", bold=True, size=12), "FFD400")
            _add_run(paragraph, "   ")
        if part is page.footer:
            _add_page_number(paragraph)
        marking = _add_run(paragraph, f" {report.tlp} ", bold=True, size=12, colour=TLP_COLOURS[report.tlp][1:])
        _shade(marking, "000000")


def _add_block(document: Document, report: Report, section: Section, block: Block) -> None:
    if block.heading and block.heading.is_shown:
        number = f"{block.number}. " if block.number else ""
        _add_sentence(document.add_heading(number, 2), report, section, block.heading)
    shown = [s for s in block.sentences if s.is_shown]
    rows = [s for s in shown if s.label] if section.key == "summary" else []
    for sentence in (s for s in shown if s not in rows):
        is_row = bool(sentence.label) or sentence.state == "added"
        paragraph = document.add_paragraph(style="List Bullet" if is_row else None)
        paragraph.paragraph_format.keep_with_next = (not is_row and block.heading is not None) or None
        if sentence.label:
            _add_text(paragraph, f"{sentence.label}: ", bold=True)
        _add_sentence(paragraph, report, section, sentence)
    if rows:
        table = _add_table(document, [], [2.8, 5.8, 2.8, 5.8])
        cells: Any = ()
        for at, sentence in enumerate(rows):
            cells = _add_row(table) if at % 2 == 0 else cells[2:]
            _add_text(cells[0].paragraphs[0], sentence.label, bold=True)
            _add_sentence(cells[1].paragraphs[0], report, section, sentence)


def _add_sentence(paragraph: Paragraph, report: Report, section: Section, sentence: Sentence) -> None:
    _add_text(paragraph, sentence.text, italic=sentence.assessor is not None)
    references = str(find_references(report, section, sentence))
    mark = f"({sentence.mark})" if sentence.mark else ""
    if behind := " ".join(filter(None, (references, mark))):
        _add_run(paragraph, _NO_BREAK, size=8)
        _add_text(paragraph, behind, size=8, colour=_MUTED)


def _add_annex(document: Document, report: Report) -> None:
    if not report.annex:
        return
    document.add_heading("Annex: articles", 1)
    table = _add_table(document, ["No.", "Outlet (grade; F: not judged)", "Article", "Published"], [1.1, 4.1, 9.4, 2.6])
    for row in report.annex:
        cells = _add_row(table)
        _add_text(cells[0].paragraphs[0], str(row.number), size=8)
        _add_text(cells[1].paragraphs[0], row.outlet, size=8)
        title = row.title or "title not shown"
        if row.address:
            _add_link(cells[2].paragraphs[0], title, row.address)
            _add_text(cells[2].add_paragraph(), row.address, size=7.5, colour=_MUTED)
        else:
            _add_text(cells[2].paragraphs[0], title, size=8)
        day = write_day(row.published_at.date()) if row.published_at else "not said"
        _add_text(cells[3].paragraphs[0], day, size=8)


def _add_table(document: Document, head: list[str], widths: list[float]) -> Any:
    """A table of fixed widths (cm) whose head repeats on each page."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(rows=1 if head else 0, cols=len(widths), style="Table Grid")
    table.autofit = False
    _draw_rules(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    if head:
        for cell, name in zip(table.rows[0].cells, head, strict=True):
            _add_text(cell.paragraphs[0], name, bold=True, size=8)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    return table


def _add_row(table: Any) -> Any:
    """The cells of another row, which no page tears apart."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    return row.cells


def _add_text(paragraph: Paragraph, text: str, **look: Any) -> None:
    """Text in runs of one direction each, so that Word sets Arabic and Hebrew from right to left."""
    for piece in _RTL.split(straighten(text) + (" " if text.endswith(" ") else "")):
        if piece:
            _add_run(paragraph, piece, is_rtl=_RTL.fullmatch(piece) is not None, **look)


def _add_run(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = 0,
    colour: str = "",
    is_rtl: bool = False,
) -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(map_characters(text))
    run.bold = bold or None
    run.italic = italic or None
    run.font.rtl = is_rtl or None
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _add_link(paragraph: Paragraph, text: str, address: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)
    before = len(paragraph._p)
    _add_text(paragraph, text, size=8, colour=_LINK)
    for run in list(paragraph._p)[before:]:
        link.append(run)


def _add_page_number(paragraph: Any) -> None:
    """ "Page 1 of 3", as fields that Word fills in."""
    _add_run(paragraph, "Page ", size=8, colour=_MUTED)
    _add_field(paragraph, "PAGE")
    _add_run(paragraph, " of ", size=8, colour=_MUTED)
    _add_field(paragraph, "NUMPAGES")
    _add_run(paragraph, "   ")


def _add_field(paragraph: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = _add_run(paragraph, "1", size=8, colour=_MUTED)
    paragraph._p.append(field)
    field.append(run._r)


def _set_font(style: Any, name: str) -> None:
    """One font for all scripts of a style; the theme's own would come before it."""
    from docx.oxml.ns import qn

    style.font.name = name
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)
        fonts.attrib.pop(qn(f"w:{script}Theme"), None)
    fonts.attrib.pop(qn("w:cstheme"), None)


def _drop_rule(style: Any) -> None:
    from docx.oxml.ns import qn

    for rule in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(rule)


def _draw_rules(table: Any) -> None:
    """Thin lines below the rows, none beside them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    rules = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        is_drawn = side in ("bottom", "insideH")
        for key, value in (("val", "single" if is_drawn else "nil"), ("sz", "4"), ("color", _RULE)):
            rule.set(qn(f"w:{key}"), value)
        rules.append(rule)
    names = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    later = next((found for name in names if (found := table._tbl.tblPr.find(qn(name))) is not None), None)
    if later is None:
        table._tbl.tblPr.append(rules)
    else:  # the schema has an order, and Word holds to it
        later.addprevious(rules)


def _shade(run: Any, fill: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), fill)
    run._r.get_or_add_rPr().append(shade)


def _clean(text: str) -> str:
    return straighten(text)
