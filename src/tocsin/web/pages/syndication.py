"""Notices for other programs: Atom and RSS for feed readers, CAP for alerting systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.desk import Desk
from tocsin.desk.export_notices import withhold_in_notices
from tocsin.desk.marking import choose_restriction, find_notice_marks
from tocsin.errors import UnknownIdError
from tocsin.notify.cap import MOST_REFERENCES, RESTRICTION, Scope, Status, write_cap
from tocsin.notify.syndication import write_atom, write_rss
from tocsin.notify.telling import Telling, cut_notice, fit_notice
from tocsin.records import Notice
from tocsin.records.marking import Tlp, is_public, parse_tlp
from tocsin.web.conditional import answer_unless_known, begin_of_day
from tocsin.web.reaching import DeskHere

#: Stands before the pages: "/alerts/alt_a.cap" must not be read as an alert's identifier.
router = APIRouter()
MOST_NOTICES = 100
_ATOM, _RSS, _CAP = "application/atom+xml", "application/rss+xml", "application/cap+xml"

Limit = Annotated[int, Query(ge=1, le=MOST_NOTICES)]
Precise = Annotated[bool, Query(description="1 keeps persons' names in what is TLP:CLEAR or GREEN: a person decides")]


@router.get("/alerts.atom")
def get_atom(
    request: Request, desk: DeskHere, limit: Limit = 50, *, exercise: bool = False, precise: Precise = False
) -> Response:
    """The newest notices; those of the exercise only where asked for."""
    told = _fit_notices(desk, desk.store.notices(limit, with_exercise=exercise), is_precise=precise)
    address = find_address(request, desk)
    xml = write_atom(told, address=address, self_address=f"{address}/alerts.atom", now=begin_of_day(desk.clock.now()))
    return answer_unless_known(request, xml, _ATOM)


@router.get("/alerts.rss")
def get_rss(
    request: Request, desk: DeskHere, limit: Limit = 50, *, exercise: bool = False, precise: Precise = False
) -> Response:
    """The same as RSS 2.0."""
    told = _fit_notices(desk, desk.store.notices(limit, with_exercise=exercise), is_precise=precise)
    xml = write_rss(told, address=find_address(request, desk), now=begin_of_day(desk.clock.now()))
    return answer_unless_known(request, xml, _RSS)


@router.get("/alerts/{alert_id}.cap")
def get_alert_cap(
    request: Request,
    desk: DeskHere,
    alert_id: str,
    status: Literal["draft", "actual"] = "draft",
    scope: Literal["restricted", "public"] = "restricted",
    *,
    precise: Precise = False,
) -> Response:
    """The last notice that tells of an alert."""
    desk.store.alert(alert_id)  # an unknown one is answered as on its page
    found = desk.store.notices(1, alert_id=alert_id)
    if not found:
        raise UnknownIdError("notice", alert_id, "no notice has told of this alert")
    return _send_cap(request, desk, found[0], status, scope, is_precise=precise)


@router.get("/notices/{notice_id}.cap")
def get_notice_cap(
    request: Request,
    desk: DeskHere,
    notice_id: str,
    status: Literal["draft", "actual"] = "draft",
    scope: Literal["restricted", "public"] = "restricted",
    *,
    precise: Precise = False,
) -> Response:
    """One notice."""
    return _send_cap(request, desk, desk.store.notice(notice_id), status, scope, is_precise=precise)


def _send_cap(request: Request, desk: Desk, notice: Notice, status: str, scope: str, *, is_precise: bool) -> Response:
    statuses: dict[str, Status] = {"draft": "Draft", "actual": "Actual"}
    scopes: dict[str, Scope] = {"restricted": "Restricted", "public": "Public"}
    address = find_address(request, desk)
    (told,) = _fit_notices(desk, [notice], is_precise=is_precise, is_for_all=scope == "public")
    incidents = desk.store.incidents_by_id([line.incident_id for line in told.notice.lines])
    xml = write_cap(
        told,
        desk.store.notices(MOST_REFERENCES, group=notice.group, below=notice.number),
        sender=f"tocsin@{urlsplit(address).hostname or 'localhost'}",
        incidents=list(incidents.values()),
        status=statuses[status],
        scope=scopes[scope],
        restriction=f"{_choose_restriction(desk, told)}. {RESTRICTION}",
        address=address,
    )
    return answer_unless_known(request, xml, _CAP)


def _fit_notices(desk: Desk, notices: Sequence[Notice], *, is_precise: bool, is_for_all: bool = False) -> list[Telling]:
    """Notices under the marks that hold now, those that are stricter than the setting as bare calls.

    What may reach the public names nobody, unless a person decides otherwise.
    """
    marks, limit = find_notice_marks(desk.store, notices), parse_tlp(desk.settings.notice_feed_tlp)
    told = [fit_notice(notice, marks.get(notice.id), limit) for notice in notices]
    if is_precise:
        return told
    at = [n for n, one in enumerate(told) if not one.is_bare and _is_public(desk, one, is_for_all=is_for_all)]
    for n, fit in zip(at, withhold_in_notices(desk, [told[n].notice for n in at]), strict=True):
        told[n] = replace(told[n], notice=fit or cut_notice(told[n].notice), is_bare=fit is None)
    return told


def _is_public(desk: Desk, told: Telling, *, is_for_all: bool) -> bool:
    """Whether everybody may come to read it: by its mark, or as a message of public scope."""
    return is_public(_choose_restriction(desk, told)) or (is_for_all and told.tlp in (None, "TLP:CLEAR"))


def _choose_restriction(desk: Desk, told: Telling) -> Tlp:
    return choose_restriction(parse_tlp(desk.settings.tlp), told.tlp)


def find_address(request: Request, desk: Desk) -> str:
    """Where people reach the desk: the setting, or else where this asker did."""
    return (desk.settings.public_address or str(request.base_url)).rstrip("/")
