"""What a form asks of a situation report, and what of it takes more than the role that drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Request

from tocsin.desk import Desk
from tocsin.errors import RecordError
from tocsin.records import Filter
from tocsin.records.marking import TLP_ORDER, Tlp, is_laxer, parse_tlp
from tocsin.report import ReportRequest
from tocsin.report.picture import MOST_PAGES
from tocsin.reporting.drafting import find_area, is_laxer_than_desk, make_period
from tocsin.web.persons import may, require
from tocsin.web.windows import find_newest_day

DEFAULT_DAYS = 7
#: What is refused to whoever may not take precise exports out, or may not send reports.
NAMING = "to name people in what anybody may read"
LOOSENING = "to mark a report more laxly than the desk is set"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form that drafts asks for, as texts for showing it again; `only` is exercise, real or empty."""

    area: str
    first: str
    last: str
    tlp: str
    title: str = ""
    author: str = ""
    pages: str = "3"
    only: str = ""
    names: str = ""
    laxer_because: str = ""


def read_asked(desk: Desk, given: Mapping[str, str]) -> Asked:
    """The fields as they came, with the desk's defaults where they are empty: the week up to the newest day."""
    newest = find_newest_day(desk.store, Filter(with_background=True)) or desk.clock.now().date()
    names = (*Asked.__dataclass_fields__, "from", "to")
    text = {name: " ".join(given.get(name, "").split())[:200] for name in names}
    return Asked(
        area=text["area"],
        first=text["from"] or (newest - timedelta(days=DEFAULT_DAYS - 1)).isoformat(),
        last=text["to"] or newest.isoformat(),
        tlp=text["tlp"] or desk.settings.tlp,
        title=text["title"],
        author=text["author"],
        pages=text["pages"] or "3",
        only=text["only"],
        names=text["names"],
        laxer_because=text["laxer_because"],
    )


def make_request(desk: Desk, asked: Asked) -> ReportRequest:
    """The report that is asked for; raises RecordError on a field that cannot be."""
    place_id, place_name = find_area(desk, asked.area)
    return ReportRequest(
        *make_period(_parse_day("from", asked.first), _parse_day("to", asked.last)),
        place_id=place_id,
        place_name=place_name,
        tlp=parse_tlp(asked.tlp),
        policy=desk.settings.naming_policy,
        most_pages=parse_pages(asked.pages),
        title=asked.title or None,
        author=asked.author or None,
        has_names=parse_names(asked.names),
        laxer_because=asked.laxer_because or None,
    )


def parse_pages(given: str) -> int:
    """A number of pages; raises RecordError for anything else."""
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        raise RecordError("pages", given[:40], f"must be a whole number from 1 to {MOST_PAGES}")
    return int(given)


def parse_names(given: str) -> bool | None:
    """Whether people are named: "yes", "no", or as the marking says."""
    return {"yes": True, "no": False}.get(given)


def _parse_day(name: str, given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as why:
        raise RecordError(name, given[:40], "must be a day as in 2026-03-08") from why


def require_role(request: Request, desk: Desk, wanted: ReportRequest, held: ReportRequest | None = None) -> None:
    """Raises RoleError where a report is asked for that names people, or that is laxer than the desk, by whoever may
    not have it so; what was allowed once, in what no more people may read, stays allowed.

    held  what the report that is drafted anew was asked for
    """
    is_wider = held is None or is_laxer(wanted.tlp, held.tlp)
    if wanted.has_names and (is_wider or (held and not held.has_names)):
        require(request, "precise", NAMING)
    is_said_anew = held is None or wanted.laxer_because != held.laxer_because
    if is_laxer_than_desk(desk, wanted.tlp) and (is_wider or is_said_anew):
        require(request, "send", LOOSENING)


def list_markings(request: Request, desk: Desk, held: str) -> list[Tlp]:
    """The markings that who asks may choose: none that is laxer than the desk's, but for whom sends reports.

    held  the one that is chosen already
    """
    every = may(request, "send")
    return [tlp for tlp in TLP_ORDER if every or tlp == held or not is_laxer_than_desk(desk, tlp)]
