"""A report as records: sections of sentences, each with the identifiers of what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tocsin.records.marking import Tlp

SentenceState = Literal["drafted", "replaced", "dropped", "added"]
SectionKey = Literal["summary", "incidents", "tension", "alerts", "forecast", "gaps"]
#: In the order in which they stand.
SECTION_TITLES: dict[SectionKey, str] = {
    "summary": "Summary",
    "incidents": "Incidents, gravest first",
    "tension": "Tension",
    "alerts": "Alerts",
    "forecast": "Forecast",
    "gaps": "Gaps: what is not known",
}
#: The identifier of what the desk listened to in the period: articles and outlets heard and not heard.
HEARD = "heard"
#: The identifier of what the desk holds by way of forecasts: histories, and what of the area they do not cover.
FORECASTS = "forecasts"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and what it stands on.

    id       the same whenever the same is drafted again: "incidents/inc_.../title"
    text     plain text, one line
    cites    ids of incidents, claims, articles, outlets and alerts; `tension:<place>:<day>`, `outlook:<key>`, `heard`
    label    what stands before it in its row ("Killed", a speaker, a place), or empty
    state    drafted by the desk, replaced or added by a person, or dropped: kept and not shown
    drafted  the machine's own words where a person has replaced or dropped them
    assessor whose own assessment it is: it stands on no record, cites nothing, and is printed so; else None
    """

    id: str
    text: str
    cites: tuple[str, ...]
    label: str = ""
    state: SentenceState = "drafted"
    drafted: str | None = None
    assessor: str | None = None

    @property
    def whole(self) -> str:
        """Label and text, as a reader takes them in."""
        return f"{self.label}: {self.text}" if self.label else self.text

    @property
    def is_shown(self) -> bool:
        """Whether it stands in the report."""
        return self.state != "dropped"

    @property
    def mark(self) -> str:
        """What is printed behind it where a person wrote it, without brackets: "edited", "assessment by N. N."."""
        if self.assessor:
            return f"assessment by {self.assessor}"
        return "edited" if self.state in ("replaced", "added") else ""

    @property
    def incident_ids(self) -> tuple[str, ...]:
        """The incidents among what it cites."""
        return tuple(id_ for id_ in self.cites if id_.startswith("inc_"))

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The claims among what it cites."""
        return tuple(id_ for id_ in self.cites if id_.startswith("clm_"))


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences that belong together: one incident, or the rows of a section. `heading` None: no heading of its own.

    number  how the report numbers the incident, or None
    """

    key: str
    sentences: tuple[Sentence, ...]
    heading: Sentence | None = None
    number: int | None = None

    @property
    def everything(self) -> tuple[Sentence, ...]:
        """Heading and sentences."""
        return (self.heading, *self.sentences) if self.heading else self.sentences


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a report; `heading` is a title of its own where the usual one would not be true."""

    key: SectionKey
    blocks: tuple[Block, ...]
    heading: str | None = None

    @property
    def title(self) -> str:
        """Its heading."""
        return self.heading or SECTION_TITLES[self.key]

    @property
    def is_shown(self) -> bool:
        """Whether anything is left in it."""
        return any(sentence.is_shown for block in self.blocks for sentence in block.everything)


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """An article that sentences of the report stand on.

    number     how sentences refer to it
    outlet     its name with the reliability grade ("Isle Wire (F)")
    title      None where the report names nobody
    address    http or https, or None
    claim_ids  the claims of the report that it holds
    """

    number: int
    article_id: str
    outlet: str
    title: str | None
    published_at: datetime | None
    address: str | None
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A situation report: everything that a renderer needs.

    since, until  the period, aware
    policy        naming policy of its places
    notes         how to read it: order, grades, what was left out
    footnotes     naming footnotes of the places in it
    is_public     whether people's names were kept out
    edition       which version it is and what it replaces, one sentence, or empty
    """

    title: str
    area: str
    since: datetime
    until: datetime
    made_at: datetime
    tlp: Tlp
    policy: str
    sections: tuple[Section, ...]
    annex: tuple[AnnexRow, ...] = ()
    notes: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    author: str | None = None
    is_exercise: bool = False
    is_public: bool = False
    most_pages: int = 3
    edition: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order, dropped ones too."""
        return tuple(s for section in self.sections for block in section.blocks for s in block.everything)

    def find_numbers(self, sentence: Sentence) -> tuple[int, ...]:
        """The annex rows that a sentence refers to."""
        cited = set(sentence.cites)
        return tuple(row.number for row in self.annex if row.article_id in cited or not cited.isdisjoint(row.claim_ids))


def iterate_blocks(report: Report) -> Iterator[tuple[Section, Block]]:
    """Every block with the section it stands in."""
    for section in report.sections:
        for block in section.blocks:
            yield section, block
