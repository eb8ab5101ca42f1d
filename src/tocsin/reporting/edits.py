"""What people do to a kept draft: words, own sentences, leaving out, order, notes. Nothing is kept unless all of it is.

Each change is tried on the report first. A sentence that the check refuses is given back with what is missing; where
somebody else touched the same sentence meanwhile, what he did is given back. Both leave the report as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tocsin.desk import Desk
from tocsin.errors import RecordError, UnknownIdError
from tocsin.records.report import EditKind, ReportEdit, report_edit_id
from tocsin.report import SECTION_TITLES, Sentence, lay_edits
from tocsin.report.editing import LONGEST_SENTENCE, MOST_CITES
from tocsin.report.laying import find_neighbour
from tocsin.report.wording import straighten
from tocsin.reporting.kept import OpenReport, check_edited, find_section, find_sentence, open_report

#: Edits of one report that are kept; a page shows them all.
MOST_EDITS = 2000
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change.

    opened   the report as it was before it
    made     the edits that were to be kept
    refused  by sentence id: what its citation lacks; nothing was kept
    rivals   what others did to the same since; nothing was kept
    """

    opened: OpenReport
    made: tuple[ReportEdit, ...] = ()
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rivals: tuple[ReportEdit, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether it now holds."""
        return not self.refused and not self.rivals


def write_sentences(
    desk: Desk,
    report_id: str,
    words: Mapping[str, str],
    *,
    by: str,
    seen: int,
    assessors: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> Outcome:
    """Other words for sentences of a draft; an empty text or the desk's own words put these back.

    assessors  by sentence id: whose own assessment it is, which needs no citation and loses the one it had
    """
    opened = open_draft(desk, report_id)
    own = assessors or {}
    made = [
        edit
        for n, (id_, text) in enumerate(words.items())
        if (edit := _write_one(opened, id_, text, own.get(id_), by, seen, n, desk)) is not None
    ]
    return keep_edits(desk, opened, [replace(edit, reason=_clean_reason(reason)) for edit in made], seen)


def add_sentence(
    desk: Desk,
    report_id: str,
    section: str,
    text: str,
    cites: Sequence[str],
    *,
    by: str,
    seen: int,
    assessor: str | None = None,
    reason: str | None = None,
) -> Outcome:
    """A sentence of the person's own at the end of a section: with what it stands on, or as an assessment by name."""
    opened = open_draft(desk, report_id)
    line, ids = _clean_words(text), tuple(dict.fromkeys(c.strip() for c in cites if c.strip()))
    if section not in SECTION_TITLES:
        raise RecordError("section", section[:40], f"must be one of {', '.join(SECTION_TITLES)}")
    if not line:
        raise RecordError("sentence", text[:40], "must say something")
    if len(ids) > MOST_CITES:
        raise RecordError("sentence", line[:40], f"must cite {MOST_CITES} records or fewer")
    if assessor and ids:
        raise RecordError("sentence", line[:40], "stands on records or is an assessment: not both")
    now = desk.clock.now()
    digest = hashlib.sha256("\x1f".join((line, *ids, by, str(seen), now.isoformat())).encode()).hexdigest()[:12]
    sentence_id = f"{section}/added/{digest}"
    edit = ReportEdit(
        report_edit_id(report_id, by, now, seen, sentence_id), report_id, "added", section, sentence_id, by, now,
        after=line, cites=ids, assessor=_clean_name(assessor), reason=_clean_reason(reason), draft=opened.kept.draft,
        is_exercise=opened.kept.is_exercise,
    )  # fmt: skip
    return keep_edits(desk, opened, [edit], seen)


def act_on_sentence(
    desk: Desk, report_id: str, sentence_id: str, act: str, *, by: str, seen: int, reason: str | None = None
) -> Outcome:
    """Leave a sentence out ("drop"), put it back ("restore"), or move it in its row ("up", "down").

    The heading of an incident moves the whole incident. Raises RecordError for another act or where it cannot move.
    """
    opened = open_draft(desk, report_id)
    sentence = _find(opened, sentence_id)
    kinds: dict[str, EditKind] = {"drop": "dropped", "restore": "restored", "up": "moved", "down": "moved"}
    if act not in kinds:
        raise RecordError("act", act[:40], f"must be one of {', '.join(kinds)}")
    after = None
    if kinds[act] == "moved":
        after = find_neighbour(opened.report, sentence_id, -1 if act == "up" else 1)
        if after is None:
            raise RecordError("sentence", sentence.text[:40], f"cannot be moved {act}: it stands at the end of its row")
    elif (act == "drop") != sentence.is_shown:
        return Outcome(opened)
    edit = _make(desk, opened, kinds[act], sentence, by, seen, 0)
    return keep_edits(desk, opened, [replace(edit, after=after, reason=_clean_reason(reason))], seen)


def add_note(desk: Desk, report_id: str, section: str, text: str, *, by: str, seen: int) -> Outcome:
    """A remark on a section among those who edit; no file bears it."""
    opened = open_draft(desk, report_id)
    line = straighten(text)
    if section not in SECTION_TITLES:
        raise RecordError("section", section[:40], f"must be one of {', '.join(SECTION_TITLES)}")
    if not line or len(line) > LONGEST_NOTE:
        raise RecordError("note", line[:40], f"must be 1 to {LONGEST_NOTE} characters")
    now = desk.clock.now()
    edit = ReportEdit(
        report_edit_id(report_id, by, now, seen, section, line), report_id, "noted", section, None, by, now,
        after=line, draft=opened.kept.draft, is_exercise=opened.kept.is_exercise,
    )  # fmt: skip
    return keep_edits(desk, opened, [edit], seen)


# --- one change


def open_draft(desk: Desk, report_id: str) -> OpenReport:
    """A report that may be edited; raises RecordError for a final one, and for one with too many edits."""
    opened = open_report(desk, report_id)
    if opened.kept.state == "final":
        raise RecordError("report", report_id, "is final and stays as it is: make a new version that corrects it")
    if len(opened.edits) >= MOST_EDITS:
        raise RecordError("report", report_id, f"has {MOST_EDITS} edits: draft another one")
    return opened


def _write_one(
    opened: OpenReport, sentence_id: str, text: str, assessor: str | None, by: str, seen: int, n: int, desk: Desk
) -> ReportEdit | None:
    """The edit that new words make; None where they are those that stand there."""
    sentence = _find(opened, sentence_id)
    machine = find_sentence(opened.text.report, sentence_id)
    words = _clean_words(text) or (machine.text if machine else sentence.text)
    whose = _clean_name(assessor)
    if machine and words == machine.text:
        whose = None
    if (words, whose) == (sentence.text, sentence.assessor):
        return None
    edit = _make(desk, opened, "replaced", sentence, by, seen, n)
    cites = edit.cites if machine or not whose else ()
    return replace(edit, after=words, assessor=whose, cites=cites)


def _make(
    desk: Desk, opened: OpenReport, kind: EditKind, sentence: Sentence, by: str, seen: int, n: int
) -> ReportEdit:  # fmt: skip
    """An edit of a sentence as it stands now, with what it stood on when it was drafted or added."""
    now, kept = desk.clock.now(), opened.kept
    machine = find_sentence(opened.text.report, sentence.id)
    return ReportEdit(
        report_edit_id(kept.id, by, now, seen, kind, n, sentence.id),
        kept.id,
        kind,
        find_section(opened.report, sentence.id),
        sentence.id,
        by,
        now,
        before=sentence.text,
        machine=machine.text if machine else None,
        cites=(machine or sentence).cites,
        draft=kept.draft,
        is_exercise=kept.is_exercise,
    )


def keep_edits(desk: Desk, opened: OpenReport, made: Sequence[ReportEdit], seen: int) -> Outcome:
    """Try the edits on the report; keep them where the check holds and nobody was faster."""
    if not made:
        return Outcome(opened)
    laid = lay_edits(opened.text.report, (*opened.edits, *made))
    touched = {edit.sentence_id for edit in made if edit.kind in ("replaced", "added", "restored")}
    _, problems = check_edited(desk, laid.report, opened.text)
    refused = {id_: found for id_, found in problems.items() if id_ in touched}
    if refused:
        return Outcome(opened, tuple(made), refused)
    rivals = desk.store.add_report_edits(made, seen=seen)
    return Outcome(opened, tuple(made), {}, tuple(rivals))


def _find(opened: OpenReport, sentence_id: str) -> Sentence:
    sentence = find_sentence(opened.report, sentence_id)
    if sentence is None:
        raise UnknownIdError("sentence", sentence_id[:120], "is not in this report any more: open it anew")
    return sentence


def _clean_words(text: str) -> str:
    words = straighten(text)
    if len(words) > LONGEST_SENTENCE:
        raise RecordError("sentence", words[:40] + "…", f"must be {LONGEST_SENTENCE} characters or fewer")
    return words


def _clean_name(name: str | None) -> str | None:
    line = straighten(name or "")
    if len(line) > 100:
        raise RecordError("name", line[:40] + "…", "must be 100 characters or fewer")
    return line or None


def _clean_reason(reason: str | None) -> str | None:
    line = straighten(reason or "")
    if len(line) > LONGEST_NOTE:
        raise RecordError("reason", line[:40] + "…", f"must be {LONGEST_NOTE} characters or fewer")
    return line or None
