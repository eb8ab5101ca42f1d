"""Laying people's edits over a draft: in their order, where what they were made of is still cited.

The draft itself is never changed. After another draft an edit holds where its sentence is there and stands on the same
incidents as when it was edited (where it cites none: on the same records); else it is given back as astray.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from tocsin.records.report import ReportEdit
from tocsin.report.sentences import Block, Report, Section, SectionKey, Sentence

#: The heading of incidents that a person has put in another order than the gravest first.
REORDERED = "Incidents, order changed by hand"


@dataclass(frozen=True, slots=True)
class Laid:
    """A report as people have edited it.

    astray  the edits that would hold, were their sentence still there and of the same incidents
    notes   remarks of those who edit, by section, oldest first
    """

    report: Report
    astray: tuple[ReportEdit, ...] = ()
    notes: tuple[ReportEdit, ...] = ()


def lay_edits(draft: Report, edits: Sequence[ReportEdit]) -> Laid:
    """The draft with all edits, oldest first, that hold.

    Sections but the incidents become one block each, so that added sentences stand among the drafted ones; incidents
    are numbered anew in the order in which they stand.
    """
    report = replace(draft, sections=tuple(map(_join_blocks, draft.sections)))
    report, astray = _lay_words(report, edits)
    strayed = []
    moves = [edit for edit in edits if edit.kind == "moved"]
    newest = {edit.sentence_id: edit for edit in moves}
    for edit in moves:
        moved = move_unit(report, edit.sentence_id or "", edit.after or "")
        if moved is None and newest[edit.sentence_id] is edit:
            strayed.append(edit)
        report = moved or report
    report = replace(report, sections=tuple(map(_number_blocks, report.sections)))
    if any(_moves_block(edit, report) for edit in moves if edit not in strayed):
        report = _tell_order(report)
    return Laid(report, (*astray, *strayed), tuple(edit for edit in edits if edit.kind == "noted"))


# --- words


def _lay_words(report: Report, edits: Sequence[ReportEdit]) -> tuple[Report, list[ReportEdit]]:
    """Every sentence in the newest words given to it; added ones at the end of their section."""
    by_sentence: dict[str, list[ReportEdit]] = {}
    for edit in edits:
        if edit.kind in ("replaced", "dropped", "restored", "added") and edit.sentence_id:
            by_sentence.setdefault(edit.sentence_id, []).append(edit)
    drafted = {s.id: s for s in report.sentences}
    changed, astray = {}, []
    for id_, chain in by_sentence.items():
        if id_ in drafted:
            holding = [edit for edit in chain if _holds(edit, drafted[id_])]
            changed[id_] = _change_sentence(drafted[id_], holding)
            astray += [edit for edit in _find_standing(chain) if edit not in holding]
        elif chain[0].kind == "added":
            report = _append(report, cast(SectionKey, chain[0].section), _make_added(chain))
        else:
            astray += _find_standing(chain)
    return _map_sentences(report, changed), astray


def _holds(edit: ReportEdit, sentence: Sentence) -> bool:
    def incidents(cites: Iterable[str]) -> set[str]:
        return {cite for cite in cites if cite.startswith("inc_")}

    now = set(sentence.cites)
    asked, told = incidents(edit.cites), incidents(now)
    return asked == told if asked or told else set(edit.cites) == now


def _find_standing(chain: Sequence[ReportEdit]) -> list[ReportEdit]:
    """The edits of one sentence that say how it is now: its last words, and that it is left out."""
    words = [edit for edit in chain if edit.kind in ("replaced", "added")][-1:]
    turns = [edit for edit in chain if edit.kind in ("dropped", "restored")][-1:]
    words = [edit for edit in words if edit.after != edit.machine]
    return [*words, *(edit for edit in turns if edit.kind == "dropped")]


def _change_sentence(sentence: Sentence, chain: Sequence[ReportEdit]) -> Sentence:
    """A drafted sentence after its edits: in other words, left out, or as it was."""
    words = next((e for e in reversed(chain) if e.kind == "replaced"), None)
    if words and words.after and words.after != sentence.text:
        cites = () if words.assessor else sentence.cites
        sentence = replace(
            sentence, text=words.after, cites=cites, state="replaced", drafted=sentence.text, assessor=words.assessor
        )
    return _drop(sentence) if _is_dropped(chain) else sentence


def _make_added(chain: Sequence[ReportEdit]) -> Sentence:
    words = next(e for e in reversed(chain) if e.kind in ("replaced", "added"))
    sentence = Sentence(
        chain[0].sentence_id or "", words.after or "", words.cites, state="added", assessor=words.assessor
    )
    return _drop(sentence) if _is_dropped(chain) else sentence


def _is_dropped(chain: Sequence[ReportEdit]) -> bool:
    return next((e.kind for e in reversed(chain) if e.kind in ("dropped", "restored")), "") == "dropped"


def _drop(sentence: Sentence) -> Sentence:
    return replace(sentence, state="dropped", drafted=sentence.drafted or sentence.text)


def _map_sentences(report: Report, changed: dict[str, Sentence]) -> Report:
    def block(held: Block) -> Block:
        heading = changed.get(held.heading.id, held.heading) if held.heading else None
        return replace(held, heading=heading, sentences=tuple(changed.get(s.id, s) for s in held.sentences))

    return replace(report, sections=tuple(replace(s, blocks=tuple(map(block, s.blocks))) for s in report.sections))


# --- places


def _join_blocks(section: Section) -> Section:
    if section.key == "incidents" or len(section.blocks) < 2:
        return section
    return Section(section.key, (Block(section.key, tuple(s for b in section.blocks for s in b.everything)),))


def _append(report: Report, key: SectionKey, sentence: Sentence) -> Report:
    """The report with one more sentence at the end of a section, which is opened where it was not there."""
    held = {section.key: section for section in report.sections}
    blocks = held[key].blocks if key in held else ()
    if key == "incidents" or not blocks:
        blocks = (*blocks, Block(sentence.id if key == "incidents" else key, (sentence,)))
    else:
        blocks = (*blocks[:-1], replace(blocks[-1], sentences=(*blocks[-1].sentences, sentence)))
    held[key] = Section(key, blocks)
    return replace(report, sections=tuple(held[k] for k in get_section_keys() if k in held))


def get_section_keys() -> tuple[SectionKey, ...]:
    """The keys of sections in their order."""
    return get_args(SectionKey)


def list_units(section: Section) -> Iterator[tuple[str, ...]]:
    """The ids, in order, of what may change places with one another in a section, one tuple for each such row.

    In the incidents: the blocks, each by the id of its first sentence, and within a block its sentences. Elsewhere the
    sentences.
    """
    if section.key == "incidents":
        yield tuple(_lead(block) for block in section.blocks if block.everything)
    for block in section.blocks:
        if section.key != "incidents" or block.heading:
            yield tuple(sentence.id for sentence in block.sentences)


def _lead(block: Block) -> str:
    return block.everything[0].id


def find_neighbour(report: Report, sentence_id: str, by: int) -> str | None:
    """The id of what a sentence or block would stand after, moved up (-1) or down (1); "" first, None: cannot move."""
    for row in (row for section in report.sections for row in list_units(section)):
        if sentence_id in row:
            at = row.index(sentence_id) + by
            if not 0 <= at < len(row):
                return None
            rest = [id_ for id_ in row if id_ != sentence_id]
            return rest[at - 1] if at else ""
    return None


def move_unit(report: Report, sentence_id: str, after: str) -> Report | None:
    """The report with a sentence or block after another of its row, "" first; None where either is not there."""
    sections = []
    found = False
    for section in report.sections:
        rows = [row for row in list_units(section) if sentence_id in row and (not after or after in row)]
        rows = rows if sentence_id != after else []
        found = found or bool(rows)
        sections.append(_move_within(section, sentence_id, after) if rows else section)
    return replace(report, sections=tuple(sections)) if found else None


def _move_within(section: Section, sentence_id: str, after: str) -> Section:
    leads = {_lead(block): block for block in section.blocks if block.everything}
    if section.key == "incidents" and sentence_id in leads:
        order = _reorder(tuple(leads), sentence_id, after)
        return Section(section.key, tuple(leads[id_] for id_ in order))
    blocks = []
    for block in section.blocks:
        held = {s.id: s for s in block.sentences}
        order = _reorder(tuple(held), sentence_id, after) if sentence_id in held else tuple(held)
        blocks.append(replace(block, sentences=tuple(held[id_] for id_ in order)))
    return Section(section.key, tuple(blocks))


def _reorder(ids: Sequence[str], moved: str, after: str) -> tuple[str, ...]:
    rest = [id_ for id_ in ids if id_ != moved]
    at = rest.index(after) + 1 if after else 0
    return (*rest[:at], moved, *rest[at:])


def _moves_block(edit: ReportEdit, report: Report) -> bool:
    """Whether an edit put an incident elsewhere."""
    section = next((s for s in report.sections if s.key == "incidents"), None)
    return section is not None and any(block.number and _lead(block) == edit.sentence_id for block in section.blocks)


def _tell_order(report: Report) -> Report:
    """The report without the claim that its incidents stand by severity."""
    sections = tuple(replace(s, heading=REORDERED) if s.key == "incidents" else s for s in report.sections)
    return replace(report, sections=sections, notes=(*report.notes, "The order of incidents was changed by hand."))


def _number_blocks(section: Section) -> Section:
    """Incidents numbered as they stand; one that is left out wholly has no number."""
    if section.key != "incidents":
        return section
    blocks, number = [], 0
    for block in section.blocks:
        is_told = block.number is not None and any(s.is_shown for s in block.everything)
        number += is_told
        blocks.append(replace(block, number=number if is_told else None) if block.number is not None else block)
    return Section(section.key, tuple(blocks))
