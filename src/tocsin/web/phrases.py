"""Records in words for a screen: times, dates, counts, parties, places. Texts come out unescaped; templates escape."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup, escape

from tocsin.knowledge.plover import load_ontology
from tocsin.records import (
    Attribution,
    Claim,
    Feed,
    Incident,
    PartialDate,
    Party,
    Place,
    SpeakerKind,
)
from tocsin.web.counting import show_number
from tocsin.web.dating import write_day, write_month, write_time
from tocsin.web.language import _, ngettext
from tocsin.web.terms import say_term
from tocsin.web.wordlists import ACTS, SECTORS, TOLLS, UNNAMED

_RECORD = re.compile(r"\b((?:inc|clm)_[a-z2-7]{16})\b")
_COUNT = re.compile(r"(?P<least>at least )?(?P<low>\d+)(?: to (?P<high>\d+))?")
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
#: Who decides where nobody signs in.
NOBODY = "desk"


def family(type_: str) -> str:
    """ "conflict" or "cooperation"."""
    return "cooperation" if load_ontology().entry(type_).is_cooperative else "conflict"


def define(type_: str, mode: str | None = None) -> str:
    """What a type (and its mode) means, in one line."""
    entry = load_ontology().entry(type_)
    return entry.modes[mode].definition if mode and mode in entry.modes else entry.definition


def name_type(record: Claim | Incident) -> str:
    """ "ASSAULT · crowd-control"."""
    return f"{record.type} · {record.mode}" if record.mode else record.type


def show_time(moment: datetime) -> Markup:
    """A moment in UTC, for people and machines."""
    utc = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(utc.isoformat(timespec="seconds"), write_time(utc))


def show_day(day: date) -> Markup:
    """A day, for people and machines."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), write_day(day))


def show_date(when: PartialDate) -> Markup:
    """A partial date with its precision: "8 Mar 2026", "Mar 2026 (month)", "2 to 8 Mar 2026 (week)"."""
    if when.precision == "year" and when == PartialDate.of_year(when.start.year):
        text, machine = f"{when.start.year}", f"{when.start.year:04d}"
    elif when.precision == "month" and when == PartialDate.of_month(when.start.year, when.start.month):
        text, machine = write_month(when.start), f"{when.start:%Y-%m}"
    elif when.start == when.end:
        return show_day(when.start)
    else:
        text, machine = show_stretch(write_day(when.start), write_day(when.end)), when.start.isoformat()
    precision = "" if when.precision == "day" else f" ({say_term(when.precision)})"
    return Markup('<time datetime="{}">{}</time>{}').format(machine, text, precision)


def show_odds(surprise: float) -> str:
    """A surprise (minus the decimal logarithm of a chance) as odds: "about 1 in 160", "less than 1 in 10 000"."""
    if surprise >= 4:
        return _("less than 1 in %(num)s") % {"num": show_number(10_000)}
    odds = 10**surprise
    return _("about 1 in %(num)s") % {"num": show_number(int(round(odds, -1)) if odds >= 100 else round(odds))}


def week_before(day: date) -> date:
    """The first of the seven days that end on `day`: those that a level sums."""
    return day - timedelta(days=6)


def show_figure(number: float | None, digits: int = 1) -> str:
    """A measured number; a dash where there is none."""
    return "\N{EN DASH}" if number is None else f"{number:.{digits}f}"


def show_stretch(first: object, last: object) -> str:
    """ "2 to 5", "8 Mar 2026 to 12 Mar 2026"."""
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def explain_party(party: Party) -> str:
    """Its codes in words, for a tooltip."""
    parts = (party.country, name_sector(party.sector))
    return ", ".join(part for part in parts if part) or _("country and sector unknown")


def name_sector(code: str | None) -> str | None:
    """A sector's code in words; one that is not known stands for itself."""
    return _(SECTORS[code]) if code in SECTORS else code


def name_speaker(link: Attribution) -> str:
    """Who speaks, or what stands for him."""
    if link.speaker:
        return " ".join(link.speaker.split())
    return name_unnamed(link.kind)


def name_unnamed(kind: SpeakerKind) -> str:
    """What stands for a speaker without a name."""
    return _(UNNAMED[kind])


def name_place(place: Place) -> str:
    """The name for a screen, with the country's code where it is a finer place."""
    return place.shown_name


def describe_precision(place: Place) -> str:
    """How finely the place is known: "settlement", "district, no point", "no match in the gazetteer"."""
    precision = say_term(place.precision)
    if place.is_ambiguous:
        return _("%(precision)s, not resolved: several places of this name") % {"precision": precision}
    if place.gazetteer_id is None:
        return _("%(precision)s, not in the gazetteer") % {"precision": precision}
    return precision


def show_bounds(low: int, high: int | None) -> str:
    """ "3", "2 to 5", "at least 3"."""
    if high is None:
        return _("at least %(num)s") % {"num": show_number(low)}
    return show_number(low) if low == high else show_stretch(show_number(low), show_number(high))


def say_count(text: str | None) -> str:
    """A count that a record holds in English words ("at least 300", "2 to 9") in the language spoken now."""
    if text is None or (found := _COUNT.fullmatch(text)) is None:
        return text or ""
    low = int(found["low"])
    return show_bounds(low, None if found["least"] else int(found["high"] or low))


def say_point(kind: str, value: str) -> str:
    """One thing that somebody says of an incident: counts, days and whether it happened in the language spoken now."""
    if kind == "act":
        return _(ACTS[value]) if value in ACTS else value
    if kind == "date":
        return _DAY.sub(_write_day, value)
    return say_count(value) if kind in TOLLS else value


def name_maker(made_by: str) -> str:
    """Who or what made a decision, for a screen: "person:anna" and "rule:merge/4" are the codes of records."""
    kind, _colon, name = made_by.partition(":")
    if kind == "rule":
        return _("the rules (%(version)s)") % {"version": name}
    return made_by if kind != "person" else _("somebody at this desk") if name == NOBODY else name


def show_wait(feed: Feed, now: datetime) -> str:
    """When a feed is fetched next: "in 12 min", "now"."""
    if feed.next_due_at is None or feed.next_due_at <= now:
        return _("on the next round")
    return _("in %(span)s") % {"span": show_span(feed.next_due_at - now)}


def show_span(span: timedelta) -> str:
    """A stretch of time in its largest fitting unit: "12 min", "3 h", "5 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return _("%(num)s min") % {"num": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(num)s h") % {"num": minutes // 60}
    days = minutes // 1440
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def cut_short(text: str, most: int = 200) -> str:
    """A text in one line, cut at a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0].rstrip(",;:\N{EN DASH}\N{EM DASH} ") + "…"


def link_records(text: str) -> Markup:
    """A text with the identifiers of incidents and claims in it made into short links: each opens its sentences.

    Days stand as everywhere on the desk: "13 Mar 2026 to 15 Mar 2026" for "2026-03-13..2026-03-15".
    """
    parts = _RECORD.split(text)
    links = {"inc": "incidents", "clm": "claims"}
    return Markup("").join(
        Markup('<a href="/{}/{}" title="{}">{}</a>').format(links[part[:3]], part, part, _("open"))
        if number % 2
        else escape(_DAY.sub(_write_day, part))
        for number, part in enumerate(parts)
    )


def _write_day(found: re.Match[str]) -> str:
    try:
        days = [write_day(date.fromisoformat(day)) for day in found.group(1, 2) if day]
    except ValueError:
        return found[0]
    return show_stretch(*days) if len(days) == 2 else days[0]


def safe_address(address: str | None) -> str | None:
    """An address that may become a link: http and https only, never a script."""
    return address if address and address.startswith(("http://", "https://")) else None
