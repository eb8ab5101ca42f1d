"""Notices as Common Alerting Protocol messages (OASIS CAP 1.2).

A desk that reads news is no alerting authority. So a message is a Draft of restricted scope unless the caller says
otherwise, it never claims that something was observed, it gives no instruction, and it draws no area.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from lxml import etree

from tocsin.errors import RecordError
from tocsin.notify.cleaning import clean_line, clean_text
from tocsin.notify.telling import Telling
from tocsin.notify.texts import EXERCISE, link_alert, write_plain, write_subject
from tocsin.records import Incident, Notice, Precedence

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
Status = Literal["Draft", "Actual"]
Scope = Literal["Restricted", "Public"]
RESTRICTION = "For those it was sent to. Drawn from news reports; not an official warning."
#: What a notice's precedence says in CAP's words: urgency, severity, and for how many hours the message stands.
LEVELS: dict[Precedence, tuple[str, str, int]] = {
    "FLASH": ("Immediate", "Extreme", 6),
    "IMMEDIATE": ("Expected", "Severe", 12),
    "PRIORITY": ("Future", "Moderate", 24),
    "ROUTINE": ("Unknown", "Minor", 48),
}
#: What a message says that ends a chain: that a rule no longer holds does not say that a danger is over.
ENDED = ("Unknown", "Unknown")
#: The certainty of an incident in CAP's words, the surest first. "Observed" is not among them: the desk has only
#: reports, and what is said is not what happened.
CERTAINTIES = ("Likely", "Possible", "Unlikely", "Unknown")
#: More earlier messages of a chain than these are not named.
MOST_REFERENCES = 100
_NAME = re.compile(r"[^\s,<&]+")


def write_cap(
    told: Telling,
    earlier: Sequence[Notice] = (),
    *,
    sender: str,
    incidents: Sequence[Incident] = (),
    status: Status = "Draft",
    scope: Scope = "Restricted",
    restriction: str = RESTRICTION,
    address: str | None = None,
) -> bytes:
    """One CAP 1.2 message, UTF-8 XML.

    earlier    the notices of the same chain that came before, in any order
    sender     who sends it, without space, comma, < or &: RecordError otherwise
    incidents  those of the notice that are known; they say how certain it is
    status     of a real notice; one of the exercise is an Exercise, a test is a Test, whatever is said here
    scope      of a notice that anybody may read; one that is marked otherwise is Restricted, whatever is said here
    address    public address of the desk, for the link
    """
    if not _NAME.fullmatch(sender):
        raise RecordError("CAP sender", sender, "must be a name without space, comma, < or &")
    notice = told.notice
    before = find_referenced(notice, earlier)
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(root, "identifier", notice.id)
    _add(root, "sender", sender)
    _add(root, "sent", _show(notice.made_at))
    _add(root, "status", _name_status(notice, status))
    _add(root, "msgType", _name_type(notice, before))
    scope = "Restricted" if told.tlp not in (None, "TLP:CLEAR") else scope
    _add(root, "scope", scope)
    if scope == "Restricted":
        _add(root, "restriction", clean_line(restriction))
    if notice.is_exercise:
        _add(root, "note", f"{EXERCISE} Nothing in this message has happened.")
    if before:
        named = (f"{sender},{n.id},{_show(n.made_at)}" for n in before[-MOST_REFERENCES:])
        _add(root, "references", " ".join(named))
    _tell(root, told, incidents, address)
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml


def find_referenced(notice: Notice, earlier: Sequence[Notice]) -> list[Notice]:
    """The notices that this one updates or cancels, oldest first: those since the chain last ended that still stand.

    Of what has expired a receiver holds nothing that could be updated: where all has, the message is an alert of its
    own. The end of a chain is none: it then cancels the last.
    """
    before = sorted((n for n in earlier if n.group == notice.group and n.number < notice.number), key=_number)
    ends = [at for at, n in enumerate(before) if n.ends_chain]
    run = before[ends[-1] + 1 :] if ends else before
    standing = [n for n in run if find_expiry(n) > notice.made_at]
    return standing or (run[-1:] if notice.ends_chain else [])


def find_expiry(notice: Notice) -> datetime:
    """Until when the message of a notice stands."""
    _, _, hours = LEVELS[notice.precedence]
    return notice.made_at + timedelta(hours=hours)


def _number(notice: Notice) -> int:
    return notice.number


def _name_status(notice: Notice, status: Status) -> str:
    if notice.is_exercise:
        return "Exercise"
    return "Test" if notice.cause == "test" else status


def _name_type(notice: Notice, before: Sequence[Notice]) -> str:
    if not before:
        return "Alert"
    return "Cancel" if notice.ends_chain else "Update"


def _tell(root: etree._Element, told: Telling, incidents: Sequence[Incident], address: str | None) -> None:
    notice = told.notice
    info = _add(root, "info")
    urgency, severity, _ = LEVELS[notice.precedence]
    if notice.ends_chain:
        urgency, severity = ENDED
    mark = f"{EXERCISE} " if notice.is_exercise else ""
    _add(info, "language", "en")
    _add(info, "category", "Security")
    _add(info, "event", mark + clean_line(notice.title))
    _add(info, "urgency", urgency)
    _add(info, "severity", severity)
    _add(info, "certainty", "Unknown" if notice.ends_chain else judge_certainty(incidents))
    _add(info, "effective", _show(notice.made_at))
    _add(info, "expires", _show(find_expiry(notice)))
    _add(info, "senderName", "Tocsin, a desk that reads news")
    _add(info, "headline", clean_line(write_subject(told)))
    _add(info, "description", clean_text(write_plain(told, address)).strip())
    if address and notice.alert_ids:
        _add(info, "web", link_alert(address, notice.alert_ids[0]))
    _add_parameters(info, told)
    area = _add(info, "area")
    _add(area, "areaDesc", clean_line(notice.place_name) or ("not told here" if told.is_bare else "not known"))
    if notice.place_id:
        _add_pair(area, "geocode", "tocsin:place", notice.place_id)


def _add_parameters(info: etree._Element, told: Telling) -> None:
    notice = told.notice
    if told.tlp:
        _add_pair(info, "parameter", "tocsin:tlp", told.tlp)
    _add_pair(info, "parameter", "tocsin:precedence", notice.precedence)
    _add_pair(info, "parameter", "tocsin:cause", notice.cause)
    for alert_id in notice.alert_ids:
        _add_pair(info, "parameter", "tocsin:alert", alert_id)
    for incident_id in dict.fromkeys(line.incident_id for line in notice.lines):
        _add_pair(info, "parameter", "tocsin:incident", incident_id)


def judge_certainty(incidents: Sequence[Incident]) -> str:
    """The surest that an incident of the notice is; "Unknown" where none is known."""
    return min((_judge(incident) for incident in incidents), key=CERTAINTIES.index, default="Unknown")


def _judge(incident: Incident) -> str:
    """Likely: asserted by two independent origins and disputed by nobody. Unlikely: only denials are left."""
    if incident.state in ("denied", "retracted"):
        return "Unlikely"
    is_plain = incident.state == "reported" and incident.modality == "actual" and incident.certainty == "asserted"
    return "Likely" if is_plain and incident.origins >= 2 and not incident.is_faint else "Possible"


def _show(moment: datetime) -> str:
    """CAP 1.2, section 3.3.2: UTC is written -00:00, never Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _add_pair(parent: etree._Element, name: str, value_name: str, value: str) -> None:
    pair = _add(parent, name)
    _add(pair, "valueName", value_name)
    _add(pair, "value", clean_line(value))
