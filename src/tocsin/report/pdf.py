"""A report as PDF, set by Typst: no network, no system library; its fonts are chosen in `fonts.py`.

Text goes in as JSON and is shown as text, so nothing in it is ever read as Typst.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.report.fonts import choose_families, choose_fonts, find_unset
from tocsin.report.markings import EXERCISE, TLP_COLOURS, describe_marking, list_keywords
from tocsin.report.references import find_references, last_day, write_line
from tocsin.report.sentences import AnnexRow, Block, Report, Section, Sentence
from tocsin.report.wording import straighten, write_day

_LONG_WORD = re.compile(r"\S{29,}")
_BREAK_EVERY, _LONGEST_SHOWN = 14, 110


def make_pdf(report: Report) -> bytes:
    """The whole report; the same report gives the same file."""
    import typst

    made = typst.compile(timestamp=report.made_at.astimezone(UTC).replace(microsecond=0), **_prepare(report))
    if not isinstance(made, bytes):  # typst gives one file for PDF; its type allows for pages of pictures
        raise TypeError("typst gave no PDF")
    return made


def count_pages(report: Report) -> int:
    """How many pages `make_pdf` will give: laid out, not written."""
    import typst

    found = json.loads(typst.query(selector="<pages>", field="value", one=True, **_prepare(report)))
    return int(found)


def _prepare(report: Report) -> dict[str, Any]:
    told = make_payload(report)
    payload = json.dumps(told, ensure_ascii=False)
    told["fonts"] = choose_families(payload)
    if unset := find_unset(payload):
        told["notes"].append(_tell_boxes(unset))
    return {
        "input": _read_template(),
        "sys_inputs": {"report": json.dumps(told, ensure_ascii=False)},
        "font_paths": choose_fonts(payload),
    }


def _tell_boxes(scripts: Sequence[str]) -> str:
    """Who reads a box should know that a letter stood there, and where to read it."""
    return (
        f"Letters that the machine which made this file has no font for stand as boxes ({', '.join(scripts)}). "
        "The HTML and the DOCX of this report hold them."
    )


@cache
def _read_template() -> bytes:
    return (files("tocsin.report") / "templates" / "report.typ").read_bytes()


def make_payload(report: Report) -> dict[str, Any]:
    """The report as the template reads it: plain values, no markup."""
    day = report.made_at.astimezone(UTC)
    return {
        "title": _show(report.title),
        "author": _show(report.author or ""),
        # a file that has lost its pages' head still says how it is marked, as the DOCX does
        "keywords": list_keywords(report),
        "described": describe_marking(report),
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "running": _show(f"{report.area}, {write_day(report.since.date())} to {write_day(last_day(report))}"),
        "line": _show(write_line(report)),
        "tlp": report.tlp,
        "colour": TLP_COLOURS[report.tlp],
        "is_exercise": report.is_exercise,
        "exercise": " ".join([EXERCISE] * 3),
        "page": "Page",
        "sections": [_pay_section(report, section) for section in report.sections if section.is_shown],
        "annex_title": "Annex: articles",
        "annex_head": ["No.", "Outlet (grade; F: not judged)", "Article", "Published"],
        "annex": list(map(_pay_row, report.annex)),
        "notes_title": "How to read this",
        "notes": list(map(_show, (*report.notes, *report.footnotes))),
    }


def _pay_section(report: Report, section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "blocks": list(_pay_blocks(report, section)),
    }


def _pay_blocks(report: Report, section: Section) -> Iterator[dict[str, Any]]:
    def pay(sentence: Sentence) -> dict[str, Any]:
        return {
            "label": _show(sentence.label),
            "text": _show(sentence.text),
            "refs": str(find_references(report, section, sentence)).replace("→ ", "→\u00a0"),
            "mark": _show(f"({sentence.mark})") if sentence.mark else "",
            "own": sentence.assessor is not None,
            "row": bool(sentence.label) or sentence.state == "added",
        }

    def has_heading(block: Block) -> bool:
        return block.heading is not None and block.heading.is_shown

    for block in section.blocks:
        yield {
            "heading": pay(block.heading) if block.heading and has_heading(block) else None,
            "number": block.number,
            "sentences": [pay(s) for s in block.sentences if s.is_shown],
        }


def _pay_row(row: AnnexRow) -> dict[str, Any]:
    shown = (
        row.address if row.address is None or len(row.address) <= _LONGEST_SHOWN else row.address[:_LONGEST_SHOWN] + "…"
    )
    return {
        "number": row.number,
        "outlet": _show(row.outlet),
        "title": _show(row.title or "title not shown"),
        "published": write_day(row.published_at.date()) if row.published_at else "not said",
        "address": row.address,
        "shown": _show(shown) if shown else None,
    }


def _show(text: str) -> str:
    """Text without what cannot be shown; long unbroken words may break, so that none runs over the margin."""
    return _LONG_WORD.sub(_soften, straighten(text))


def _soften(found: re.Match[str]) -> str:
    word = found[0].replace("/", "/\u200b")
    pieces = re.split("(\u200b)", word)
    return "".join(
        piece if len(piece) <= _BREAK_EVERY else "\u200b".join(re.findall(f".{{1,{_BREAK_EVERY}}}", piece))
        for piece in pieces
    )
