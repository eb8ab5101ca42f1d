"""A report as Markdown (CommonMark with tables): every character from outside is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.report.markings import EXERCISE
from tocsin.report.references import find_references, write_line
from tocsin.report.sentences import AnnexRow, Block, Report, Section, Sentence
from tocsin.report.wording import straighten, write_day

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!^$])")
_LINE_START = re.compile(r"^(\s*)([-+=:]|\d+[.)])")
_AUTOLINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)|(@)")


def write_markdown(report: Report) -> str:
    """The whole report; the marking stands at its head and foot."""
    return "\n".join(_list_lines(report)).rstrip() + "\n"


def escape_markdown(text: str) -> str:
    """Outside text that shows as it is: no emphasis, link, image, HTML, table cell, heading or list comes of it."""
    line = straighten(text)
    escaped = _SPECIAL.sub(r"\\\1", line)
    escaped = _AUTOLINK.sub(lambda m: f"{m[1] or m[3] or ''}\\{m[2] or m[4] or m[5]}", escaped)
    return _LINE_START.sub(lambda m: m[1] + re.sub(r"([-+=:.)])", r"\\\1", m[2]), escaped)


def _list_lines(report: Report) -> Iterator[str]:
    banner = f"**{report.tlp}**" + (f" · **{EXERCISE} {EXERCISE} {EXERCISE}**" if report.is_exercise else "")
    yield from (banner, "", f"# {escape_markdown(report.title)}", "")
    yield escape_markdown(write_line(report))
    yield ""
    for section in report.sections:
        if section.is_shown:
            yield from (f"## {section.title}", "")
            for block in section.blocks:
                yield from _write_block(report, section, block)
    yield from _write_annex(report)
    yield from ("## How to read this", "")
    for note in (*report.notes, *report.footnotes):
        yield from (escape_markdown(note), "")
    yield banner


def _write_block(report: Report, section: Section, block: Block) -> Iterator[str]:
    if block.heading and block.heading.is_shown:
        number = f"{block.number}. " if block.number else ""
        yield from (f"### {number}{escape_markdown(block.heading.text)}", "")
    shown = [s for s in block.sentences if s.is_shown]
    for sentence in shown:
        yield f"- {_write_sentence(report, section, sentence)}"
    if shown:
        yield ""


def _write_sentence(report: Report, section: Section, sentence: Sentence) -> str:
    label = f"**{escape_markdown(sentence.label)}**: " if sentence.label else ""
    references = str(find_references(report, section, sentence))
    mark = f" *({escape_markdown(sentence.mark)})*" if sentence.mark else ""
    return f"{label}{escape_markdown(sentence.text)}{' ' + escape_markdown(references) if references else ''}{mark}"


def _write_annex(report: Report) -> Iterator[str]:
    if not report.annex:
        return
    yield from (
        "## Annex: articles",
        "",
        "| No. | Outlet (grade; F: not judged) | Article | Published |",
        "|---:|---|---|---|",
    )
    for row in report.annex:
        yield f"| {row.number} | {escape_markdown(row.outlet)} | {_link(row)} | {_published(row)} |"
    yield ""


def _link(row: AnnexRow) -> str:
    title = escape_markdown(row.title or "title not shown")
    return f"[{title}](<{row.address.replace('|', '%7C')}>)" if row.address else title


def _published(row: AnnexRow) -> str:
    return write_day(row.published_at.date()) if row.published_at else "not said"
