"""The shapes of what is sent to the API; a field that is not among them is refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from tocsin.desk.grading import LONGEST_NOTE
from tocsin.records import Credibility, EventType, Precedence, Reliability
from tocsin.records.correction import CORRECTABLE_FIELDS
from tocsin.records.marking import Tlp
from tocsin.report.picture import LONGEST_LINE, MOST_PAGES
from tocsin.web.forms import REPORT_FIELD
from tocsin.web.guards import HOLDS_NUL, NUL


class Given(BaseModel, extra="forbid"):
    """What is sent; no text in it holds the character that no store keeps, but for a report's, which is cleaned."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, sent: Any) -> Any:
        if isinstance(sent, dict):
            for name, value in sent.items():
                if holds_nul(name) or (name != REPORT_FIELD and holds_nul(value)):
                    raise ValueError(f"{name.replace(NUL, '%00')[:40]!r} {HOLDS_NUL}")
        return sent


def holds_nul(sent: Any) -> bool:
    """Whether U+0000 stands anywhere in what was read from JSON."""
    left = [sent]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            left += [*part, *part.values()]
        elif isinstance(part, list):
            left += part
        elif isinstance(part, str) and NUL in part:
            return True
    return False


class TextGiven(Given):
    """A report as text."""

    text: str = Field(min_length=1)
    title: str | None = None
    outlet: str | None = None
    published_at: datetime | None = Field(None, description="with a time zone, or else UTC")
    url: str | None = None
    tlp: Tlp | None = Field(None, description="TLP 2.0 mark that it bears; none without it")


class ReportGiven(Given):
    """A situation report that is to be drafted and kept."""

    first_day: date
    last_day: date = Field(description="inclusive, in UTC as the first")
    area: str = Field("", max_length=200, description="name or gazetteer id of a place; without it everywhere")
    tlp: Tlp | None = Field(None, description="TLP 2.0 marking; else as the desk is set")
    laxer_because: str | None = Field(
        None, max_length=LONGEST_LINE, description="why it may be laxer than the desk is set; for who may send reports"
    )
    title: str | None = Field(None, max_length=LONGEST_LINE)
    author: str | None = Field(None, max_length=LONGEST_LINE, description="who signs it")
    pages: int = Field(3, ge=1, le=MOST_PAGES, description="most pages as PDF, annex included")
    exercise: bool | None = Field(None, description="true keeps to the exercise, false leaves it out")
    names: bool | None = Field(None, description="whether people are named; else only where not everybody may read it")


class EndGiven(Given):
    """That a report is to be made final."""

    seen: int = Field(0, ge=0, description="`seq` of the last of its edits that was seen; 0 where there is none")


class AddressGiven(Given):
    """An address to fetch a report from."""

    address: str = Field(min_length=1, max_length=2000)
    title: str | None = None
    outlet: str | None = None
    published_at: datetime | None = Field(None, description="with a time zone, or else UTC")
    tlp: Tlp | None = Field(None, description="TLP 2.0 mark that it bears; none without it")


class StateGiven(Given):
    """An alert's new state."""

    state: Literal["acknowledged", "firing"]
    note: str | None = Field(None, max_length=1000)
    assigned_to: str | None = Field(None, max_length=80, description="who looks after it; empty: nobody any more")


class SilenceGiven(Given):
    """What no notices are wanted for, until when, and why."""

    ends_at: AwareDatetime = Field(description="with a time zone; at most 31 days after it begins")
    reason: str = Field(min_length=1, max_length=1000)
    place_id: str | None = Field(None, max_length=200, description="an area and all that lies in it; none: everywhere")
    rule: str | None = Field(None, max_length=200, description="name of the rule, `*` for any letters; none: any")
    rule_set: str | None = Field(None, max_length=80, description="a set of rules; none: any")
    at_most: Precedence | None = Field(None, description="graver alerts ring all the same; none: whatever it is")
    starts_at: AwareDatetime | None = Field(None, description="a later time, at most 366 days ahead; none: now")
    exercise: bool = False


class GradeGiven(Given):
    """An outlet's grade, with why."""

    reliability: Reliability
    reason: str = Field(min_length=1, max_length=1000)


class CredibilityGiven(Given):
    """How credible a claim or an incident is held to be, with why."""

    credibility: Credibility | None = Field(description="Admiralty 1 to 6; null: as the rule says")
    reason: str = Field(min_length=1, max_length=1000)
    seen: str | None = Field(
        None, max_length=40, description="a claim: the newest correction of its credibility; an incident: its `seen`"
    )


class NoteGiven(Given):
    """A note on an incident."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE)


class FeedGiven(Given):
    """A feed to keep; it is not fetched before it is confirmed."""

    address: str = Field(min_length=1, max_length=2000)
    outlet: str | None = Field(None, max_length=200)


class MergeGiven(Given):
    """Incidents to make part of another, with why."""

    other_ids: list[str] = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=1000)


class SplitGiven(Given):
    """Claims to take out of an incident, with why."""

    claim_ids: list[str] = Field(min_length=1, max_length=10_000)
    reason: str = Field(min_length=1, max_length=1000)


class ReasonGiven(Given):
    """Why something is decided."""

    reason: str = Field(min_length=1, max_length=1000)


class MarkingGiven(Given):
    """How an article, or all that an outlet publishes, may be passed on."""

    tlp: Tlp | None = Field(description="TLP 2.0 mark; null: it bears none any more")
    reason: str | None = Field(None, max_length=1000)


class JudgedGiven(Given):
    """What is said of a claim as a whole."""

    reason: str = Field("", max_length=1000, description="needed for all but accepting")
    seen: str | None = Field(None, max_length=40, description="the claim's newest correction, where there is one")


class CorrectionGiven(Given):
    """Fields of a claim with other values, with why."""

    changes: dict[str, Any] = Field(
        min_length=1,
        max_length=len(CORRECTABLE_FIELDS),
        description="field to value as the claim's own JSON has it; a place as {gazetteer_id} or null",
    )
    reason: str = Field(min_length=1, max_length=1000)
    seen: dict[str, str | None] = Field(
        default_factory=dict,
        max_length=len(CORRECTABLE_FIELDS),
        description="field to the correction that holds for it, where there is one",
    )


class ClaimGiven(Given):
    """A claim that the machine missed."""

    type: EventType
    evidence: str = Field(min_length=1, max_length=2000, description="a passage of the article, word for word")
    start: int | None = Field(None, ge=0, description="where it begins, where the words stand there several times")
    values: dict[str, Any] = Field(
        default_factory=dict, max_length=len(CORRECTABLE_FIELDS), description="the other fields"
    )
    reason: str = Field(min_length=1, max_length=1000)
