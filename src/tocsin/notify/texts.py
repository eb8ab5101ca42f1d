"""A notice in words: the one place where the desk says to people what it has to say.

`address`, where given, is the public address of the desk without a slash at its end; links begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from urllib.parse import quote

from tocsin.notify.cleaning import clean_line
from tocsin.notify.telling import Telling
from tocsin.records import Notice, NoticeCause, make_id, notice_id

EXERCISE = "[EXERCISE]"
_EXERCISE_SENTENCE = f"{EXERCISE} This is an exercise. Nothing in it has happened."
#: More incidents and changes than these are counted, not listed.
MOST_LINES = 8
MOST_CHANGES = 6
MOST_TITLE_CHARS = 150
#: Words in Hebrew, Arabic and their kin, side by side.
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?: [\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*")
_REMARKS: dict[NoticeCause, str] = {
    "raised": "raised",
    "lowered": "less than was told",
    "repeated": "still holds",
    "escalated": "nobody has acknowledged",
    "resolved": "resolved",
    "retracted": "retracted",
    "digest": "digest",
    "test": "test",
}


def write_subject(told: Telling) -> str:
    """One line: marks, precedence, place, headline and why it is sent."""
    notice = told.notice
    marks = f"{EXERCISE} " if notice.is_exercise else ""
    marks += f"[{told.tlp}] " if told.tlp else ""
    place, title = clean_line(notice.place_name, 80), clean_line(notice.title, MOST_TITLE_CHARS)
    where = f"{place}: " if place else ""
    remark = "" if told.is_bare else f" ({_remark(notice)})"
    return f"{marks}{notice.precedence} \u00b7 {where}{title}{remark}"


def _remark(notice: Notice) -> str:
    if notice.cause == "fired":
        return _count(len(notice.lines) + notice.more, "incident")
    return _remark_more(notice) if notice.cause == "more-reports" else _REMARKS[notice.cause]


def _remark_more(notice: Notice) -> str:
    new = sum(line.is_new for line in notice.lines)
    if not new:
        return "a further rule holds"
    # the new ones stand first: where all that have a line are new, so may be some that have none
    return f"{new} or more new incidents" if notice.more and new == len(notice.lines) else _count(new, "new incident")


def write_plain(told: Telling, address: str | None = None) -> str:
    """Plain text of at most about 40 lines."""
    # the mark turns back to left to right: without it a date after an Arabic name would be read backwards
    return _LEFTWARD.sub("\\g<0>\u200e", "\n".join(_plain_lines(told, address)) + "\n")


def _plain_lines(told: Telling, address: str | None) -> Iterator[str]:
    notice = told.notice
    if told.tlp:
        yield from (_mark(told), "")
    if notice.is_exercise:
        yield from (_EXERCISE_SENTENCE, "")
    yield _place(notice)
    yield clean_line(notice.title, MOST_TITLE_CHARS)
    yield ""
    for name, text in tell_parts(notice):
        yield f"{name}: {text}"
    if changes := tell_changes(notice):
        yield from ("", "What has changed since the last notice:", *(f"- {change}" for change in changes))
    if notice.lines:
        yield from ("", f"{_head(notice)}:")
        for line in notice.lines[:MOST_LINES]:
            yield f"* {'NEW: ' if line.is_new else ''}{clean_line(line.text)}"
            if address:
                yield f"  {link_incident(address, line.incident_id)}"
        if more := _count_more(notice):
            yield f"and {more} more"
    yield ""
    if address:
        yield from (link_alert(address, alert) for alert in notice.alert_ids[:1])
    yield _foot(notice)


def _mark(told: Telling) -> str:
    """How the notice may be passed on, before anything it says (FIRST, TLP 2.0, on e-mail)."""
    return f"{EXERCISE} {told.tlp}" if told.notice.is_exercise else f"{told.tlp}"


def write_html(told: Telling, address: str | None = None) -> str:
    """The same as a simple page: no styles from elsewhere, no images, nothing that reports back."""
    title, body = escape(write_subject(told)), write_fragment(told, address)
    head = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body>\n{body}\n</body></html>\n"


def write_fragment(told: Telling, address: str | None = None) -> str:
    """The body of `write_html`, for feeds."""
    return "\n".join(_html_parts(told, address))


def _html_parts(told: Telling, address: str | None) -> Iterator[str]:
    notice = told.notice
    if told.tlp:
        yield f"<p><strong>{_mark(told)}</strong></p>"
    if notice.is_exercise:
        yield f"<p><strong>{_EXERCISE_SENTENCE}</strong></p>"
    yield f"<h2>{_escape(_place(notice))}</h2>"
    title = _escape(clean_line(notice.title, MOST_TITLE_CHARS))
    if address and notice.alert_ids:
        title = f'<a href="{escape(link_alert(address, notice.alert_ids[0]))}">{title}</a>'
    yield f"<p><strong>{title}</strong></p>"
    for name, text in tell_parts(notice):
        yield f"<p><em>{name}:</em> {_escape(text)}</p>"
    if changes := tell_changes(notice):
        yield "<p><em>What has changed since the last notice:</em></p>"
        yield _list(_escape(change) for change in changes)
    if notice.lines:
        yield f"<p><em>{_head(notice)}:</em></p>"
        yield _list(_html_lines(notice, address))
    yield f"<p>{escape(_foot(notice))}</p>"


def _escape(text: str) -> str:
    """Fit for a page; words that run from right to left stand apart: a date beside them would be read backwards."""
    return _LEFTWARD.sub(r"<bdi>\g<0></bdi>", escape(text))


def _place(notice: Notice) -> str:
    return " \u00b7 ".join(filter(None, (notice.precedence, clean_line(notice.place_name, 80))))


def _html_lines(notice: Notice, address: str | None) -> Iterator[str]:
    for line in notice.lines[:MOST_LINES]:
        text = _escape(clean_line(line.text))
        if address:
            text = f'<a href="{escape(link_incident(address, line.incident_id))}">{text}</a>'
        yield f"<strong>new</strong> {text}" if line.is_new else text
    if more := _count_more(notice):
        yield f"and {more} more"


def _list(parts: Iterator[str]) -> str:
    return "<ul>" + "".join(f"<li>{part}</li>" for part in parts) + "</ul>"


def tell_parts(notice: Notice) -> Iterator[tuple[str, str]]:
    """Name and sentence of each single thing a notice says; what it does not say is left out."""
    for name, text in (
        ("Why now", notice.why_now),
        (f"It is evidence {notice.speaks}", notice.hypothesis),
        ("What would clear it", notice.cleared_by),
        ("Looked after by", notice.assigned_to or ""),
    ):
        if line := clean_line(text, 500):
            yield name, line


def tell_changes(notice: Notice) -> list[str]:
    """What is different from the notice before, at most `MOST_CHANGES` and a count of the rest."""
    told = [clean_line(change) for change in notice.changes[:MOST_CHANGES]]
    more = len(notice.changes) - MOST_CHANGES
    return [*told, f"and {more} more"] if more > 0 else told


def _head(notice: Notice) -> str:
    """How many incidents there are; how many of them are new where all have a line, else the changes say it."""
    told = f"From {_count(len(notice.lines) + notice.more, 'incident')}"
    # the first notice of a chain tells nothing that is newer than the rest
    is_first = notice.previous is None
    return told if notice.more or is_first else f"{told}, {sum(line.is_new for line in notice.lines)} new"


def _count_more(notice: Notice) -> int:
    """How many incidents are not shown."""
    return max(0, len(notice.lines) - MOST_LINES) + notice.more


def _foot(notice: Notice) -> str:
    mark = f"{EXERCISE} " if notice.is_exercise else ""
    return f"{mark}Notice {notice.number} of its chain, made {show_time(notice.made_at)}, {notice.id}"


def show_time(moment: datetime) -> str:
    """A time as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def link_incident(address: str, incident_id: str) -> str:
    """Where an incident is shown."""
    return f"{address.rstrip('/')}/incidents/{quote(clean_line(incident_id), safe='')}"


def link_alert(address: str, alert_id: str) -> str:
    """Where an alert is shown."""
    return f"{address.rstrip('/')}/alerts/{quote(clean_line(alert_id), safe='')}"


def name_message(notice_id_: str, channel: str) -> str:
    """The identifier of a notice on one channel: the same at every try, so that a receiver knows a repetition."""
    return make_id("msg", notice_id_, channel)


def name_earlier(notice: Notice, most: int = 20) -> list[str]:
    """The ids of the notices before one in its chain, oldest first, at most the last `most`."""
    return [notice_id(notice.group, n) for n in range(max(1, notice.number - most), notice.number)]


def make_test_notice(channel: str, now: datetime) -> Notice:
    """What `tocsin channels test` sends."""
    group = make_id("test", channel, now.isoformat())
    return Notice(
        id=notice_id(group, 1),
        group=group,
        number=1,
        previous=None,
        cause="test",
        alert_ids=(),
        place_id="",
        place_name="",
        precedence="ROUTINE",
        title=f"Test of the channel {channel}",
        hypothesis="",
        why_now="A person tries this channel. Nothing has happened and nothing needs to be done.",
        changes=(),
        lines=(),
        cleared_by="",
        made_at=now,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
