"""Notices for other programs: Atom and RSS for feed readers, CAP for alerting systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.desk import Desk
from tocsin.desk.marking import find_notice_marks
from tocsin.errors import UnknownIdError
from tocsin.notify.cap import MOST_REFERENCES, RESTRICTION, Scope, Status, write_cap
from tocsin.notify.syndication import write_atom, write_rss
from tocsin.notify.telling import Telling, fit_notice
from tocsin.records import Notice
from tocsin.records.marking import Tlp, is_laxer, parse_tlp
from tocsin.web.reaching import DeskHere

#: Stands before the pages: "/alerts/alt_a.cap" must not be read as an alert's identifier.
router = APIRouter()
MOST_NOTICES = 100
_ATOM, _RSS, _CAP = "application/atom+xml", "application/rss+xml", "application/cap+xml"

Limit = Annotated[int, Query(ge=1, le=MOST_NOTICES)]


@router.get("/alerts.atom")
def get_atom(request: Request, desk: DeskHere, limit: Limit = 50, *, exercise: bool = False) -> Response:
    """The newest notices; those of the exercise only where asked for."""
    told = _fit_notices(desk, desk.store.notices(limit, with_exercise=exercise))
    address = find_address(request, desk)
    xml = write_atom(told, address=address, self_address=f"{address}/alerts.atom", now=desk.clock.now())
    return _answer(xml, _ATOM)


@router.get("/alerts.rss")
def get_rss(request: Request, desk: DeskHere, limit: Limit = 50, *, exercise: bool = False) -> Response:
    """The same as RSS 2.0."""
    told = _fit_notices(desk, desk.store.notices(limit, with_exercise=exercise))
    return _answer(write_rss(told, address=find_address(request, desk), now=desk.clock.now()), _RSS)


@router.get("/alerts/{alert_id}.cap")
def get_alert_cap(
    request: Request,
    desk: DeskHere,
    alert_id: str,
    status: Literal["draft", "actual"] = "draft",
    scope: Literal["restricted", "public"] = "restricted",
) -> Response:
    """The last notice that tells of an alert."""
    desk.store.alert(alert_id)  # an unknown one is answered as on its page
    found = desk.store.notices(1, alert_id=alert_id)
    if not found:
        raise UnknownIdError("notice", alert_id, "no notice has told of this alert")
    return _send_cap(request, desk, found[0], status, scope)


@router.get("/notices/{notice_id}.cap")
def get_notice_cap(
    request: Request,
    desk: DeskHere,
    notice_id: str,
    status: Literal["draft", "actual"] = "draft",
    scope: Literal["restricted", "public"] = "restricted",
) -> Response:
    """One notice."""
    return _send_cap(request, desk, desk.store.notice(notice_id), status, scope)


def _send_cap(request: Request, desk: Desk, notice: Notice, status: str, scope: str) -> Response:
    statuses: dict[str, Status] = {"draft": "Draft", "actual": "Actual"}
    scopes: dict[str, Scope] = {"restricted": "Restricted", "public": "Public"}
    address = find_address(request, desk)
    (told,) = _fit_notices(desk, [notice])
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
    return _answer(xml, _CAP)


def _fit_notices(desk: Desk, notices: Sequence[Notice]) -> list[Telling]:
    """Notices under the marks that hold now, those that are stricter than the setting as bare calls."""
    marks, limit = find_notice_marks(desk.store, notices), parse_tlp(desk.settings.notice_feed_tlp)
    return [fit_notice(notice, marks.get(notice.id), limit) for notice in notices]


def _choose_restriction(desk: Desk, told: Telling) -> Tlp:
    """The notice's mark, or the desk's own where that is stricter or there is no other."""
    own = parse_tlp(desk.settings.tlp)
    return told.tlp if told.tlp and is_laxer(own, told.tlp) else own


def find_address(request: Request, desk: Desk) -> str:
    """Where people reach the desk: the setting, or else where this asker did."""
    return (desk.settings.public_address or str(request.base_url)).rstrip("/")


def _answer(xml: bytes, kind: str) -> Response:
    return Response(xml, media_type=f"{kind}; charset=utf-8", headers={"cache-control": "private, no-cache"})
