"""How a printed sentence points at what it stands on: articles of the annex, incidents by their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.report.sentences import Report, Section, Sentence, iterate_blocks
from tocsin.report.wording import write_time

MOST_SHOWN = 6
#: The label of sentences that say how many of something the report does not tell.
LEFT = "More"


@dataclass(frozen=True, slots=True)
class References:
    """What stands behind a sentence.

    articles   numbers in the annex; `incidents` numbers of incidents told in the report
    more       how many further incidents it cites that stand at the desk only or are too many to list
    """

    articles: tuple[int, ...] = ()
    incidents: tuple[int, ...] = ()
    more: int = 0

    def __str__(self) -> str:
        """ "[1, 4]", "→ 2, 3 and 12 more", "→ 26 at the desk", or nothing."""
        articles = f"[{', '.join(map(str, self.articles))}]" if self.articles else ""
        parts = (", ".join(map(str, self.incidents)), self.rest)
        incidents = " and ".join(part for part in parts if part)
        return " ".join(part for part in (articles, f"→\u00a0{incidents}" if incidents else "") if part)

    @property
    def rest(self) -> str:
        """How many incidents are not pointed at: "12 more"; "26 at the desk" where none is; or nothing."""
        return f"{self.more} {'more' if self.incidents else 'at the desk'}" if self.more else ""


def find_references(report: Report, section: Section, sentence: Sentence) -> References:
    """The references of one sentence; in an incident's own block they are its articles."""
    if not sentence.cites:
        return References()
    articles = report.find_numbers(sentence)[:MOST_SHOWN]
    if section.key == "incidents" and sentence.state != "added":
        return References(articles=articles)
    cited = frozenset(sentence.cites)
    told = sorted(number for id_, number in number_incidents(report).items() if id_ in cited)
    shown = tuple(told[:MOST_SHOWN])
    # what is left to the desk says so, and how many, in its own words
    more = 0 if sentence.label == LEFT else len(sentence.incident_ids) - len(shown)
    return References(articles, shown, more)


def number_incidents(report: Report) -> dict[str, int]:
    """The number under which the report tells each incident."""
    return {
        block.key.removeprefix("incidents/"): block.number
        for section, block in iterate_blocks(report)
        if section.key == "incidents" and block.number is not None
    }


def last_day(report: Report) -> date:
    """The last day that the period touches."""
    return (report.until - timedelta(microseconds=1)).date()


def write_line(report: Report) -> str:
    """What stands below the title: area, period, when and by whom it was drafted, which version it is."""
    author = f" by {report.author}." if report.author else "."
    edition = f" {report.edition}" if report.edition else ""
    return f"{report.area}. {write_period(report)}. Drafted {write_time(report.made_at)}{author}{edition}"


def write_period(report: Report) -> str:
    """ "12 Mar 2026, 00:00 UTC to 19 Mar 2026, 00:00 UTC"."""
    return f"{write_time(report.since)} to {write_time(report.until)}"
