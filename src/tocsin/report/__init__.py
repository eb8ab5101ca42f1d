"""Situation reports: drafted from records with every sentence citing them, checked, edited, and set in four formats."""

from tocsin.records.marking import TLP_ORDER, parse_tlp
from tocsin.report.annex import renew_annex
from tocsin.report.checking import check_report
from tocsin.report.draft import Brevity, draft_report
from tocsin.report.editing import (
    Addition,
    Edit,
    add_sentence,
    apply_edits,
    drop_sentence,
    fingerprint_words,
    list_edits,
    replace_sentence,
)
from tocsin.report.fitting import fit_report
from tocsin.report.laying import Laid, lay_edits
from tocsin.report.picture import (
    Difference,
    Heard,
    Outlook,
    Picture,
    PlaceTension,
    ReportRequest,
    Telling,
    Version,
)
from tocsin.report.sentences import SECTION_TITLES, Report, Section, Sentence

__all__ = [
    "SECTION_TITLES",
    "TLP_ORDER",
    "Addition",
    "Brevity",
    "Difference",
    "Edit",
    "Heard",
    "Laid",
    "Outlook",
    "Picture",
    "PlaceTension",
    "Report",
    "ReportRequest",
    "Section",
    "Sentence",
    "Telling",
    "Version",
    "add_sentence",
    "apply_edits",
    "check_report",
    "draft_report",
    "drop_sentence",
    "fingerprint_words",
    "fit_report",
    "lay_edits",
    "list_edits",
    "parse_tlp",
    "renew_annex",
    "replace_sentence",
]
