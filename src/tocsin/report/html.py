"""A report as one HTML file: no scripts, no outside files, styles for screen and paper, everything escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.report.markings import TLP_COLOURS
from tocsin.report.picture import TENSION
from tocsin.report.references import find_references, write_period
from tocsin.report.sentences import Report, Sentence
from tocsin.report.wording import map_characters, write_day, write_time

if TYPE_CHECKING:
    from jinja2 import Environment


def write_html(report: Report) -> str:
    """The whole report."""
    return (
        _load_environment()
        .get_template("report.html")
        .render(
            report=report,
            colour=TLP_COLOURS[report.tlp],
            period=write_period(report),
            drafted=write_time(report.made_at),
            find_references=find_references,
            list_cites=lambda sentence: _list_cites(report, sentence),
        )
    )


def _list_cites(report: Report, sentence: Sentence) -> list[str]:
    """The ids behind a sentence. That of a place-day holds its place's, which leads to a point: not for everybody."""
    return [id_ for id_ in sentence.cites if not (report.is_public and id_.startswith(TENSION))]


@cache
def _load_environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tocsin.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clean": map_characters, "day": lambda moment: write_day(moment.date())}
    return environment
