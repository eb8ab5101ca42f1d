"""Records in words for a screen: times, dates, counts, parties, places. Texts come out unescaped; templates escape."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from markupsafe import Markup, escape

from tocsin.knowledge.plover import load_ontology
from tocsin.records import (
    Attribution,
    Certainty,
    Claim,
    EventType,
    Feed,
    Incident,
    Modality,
    PartialDate,
    Party,
    Place,
    Reliability,
)

_RECORD = re.compile(r"\b((?:inc|clm)_[a-z2-7]{16})\b")
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})(\.\.(?=\d))?")
TYPES: tuple[str, ...] = get_args(EventType)
MODALITIES: tuple[str, ...] = get_args(Modality)
CERTAINTIES: tuple[str, ...] = get_args(Certainty)

#: Admiralty letters, as the codebook reads them.
RELIABILITIES: dict[Reliability, str] = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
#: What the speakers of an incident are laid side by side on.
POINT_KINDS = {
    "act": "whether", "actor": "who did it", "recipient": "to whom", "place": "where", "date": "when",
    "killed": "killed", "injured": "injured", "arrested": "arrested", "abducted": "abducted",
    "displaced": "displaced", "participants": "took part", "vehicles": "vehicles", "weapons": "weapons",
}  # fmt: skip
#: Admiralty figures, as the codebook reads them.
CREDIBILITIES = {
    1: "confirmed by other independent origins",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}
#: PLOVER's codes of sectors, in words.
SECTORS = {
    "GOV": "government",
    "MIL": "armed forces",
    "COP": "police",
    "UAF": "unidentified armed force",
    "REB": "rebels or de facto authority",
    "PTY": "political party",
    "LEG": "legislature",
    "JUD": "judiciary",
    "CVL": "civilians",
    "PRO": "protesters",
    "REL": "religious body",
    "ETH": "ethnic community",
    "MED": "media",
    "IGO": "international organisation",
    "NGO": "non-governmental organisation",
    "BUS": "business",
    "EDU": "education",
    "CRM": "criminals",
    "SPY": "intelligence service",
    "UNK": "unknown",
}
#: What is drawn and written for each state of a feed.
HEALTH = {
    "fresh": "fetched on schedule",
    "late": "no success for three intervals, though nothing failed",
    "failing": "the last fetch failed",
    "unconfirmed": "never fetched: waits for your confirmation",
    "off": "turned off",
}
INCIDENT_STATES = {
    "reported": "reported: nobody contradicts it",
    "disputed": "disputed: the versions differ or somebody denies it",
    "denied": "denied: only denials speak of it",
    "planned": "planned: announced, not yet done",
    "retracted": "retracted: taken back by those who reported it",
}
#: What every map of ours says under itself.
MAP_NOTE = (
    "Boundaries: Natural Earth, public domain. The boundaries, names and designations shown do not imply endorsement "
    "or acceptance by anyone; dashed lines are disputed or not finally settled."
)
MODALITY_WORDS: dict[str, str] = {
    "actual": "said to have happened or to be going on",
    "planned": "announced, not yet done",
    "conditional": "only if something else happens",
    "negated": "said not to have happened",
}
CERTAINTY_WORDS: dict[str, str] = {"asserted": "stated as fact", "hedged": "hedged, not stated as fact"}
#: What a notice is, at the head of its line.
NOTICE_CAUSES = {
    "fired": "New.",
    "more-reports": "Further reports.",
    "raised": "Graver.",
    "lowered": "Less grave.",
    "repeated": "Still so.",
    "escalated": "Unanswered.",
    "resolved": "Over.",
    "retracted": "Taken back.",
    "digest": "The day's digest.",
    "test": "A test.",
}
DELIVERY_STATES = {
    "waiting": "waits",
    "sending": "is being sent",
    "sent": "sent",
    "given-up": "given up",
}
#: How a place stands.
STAGES = {
    "calm": "calm: no bound is reached",
    "watch": "watch: more than is usual here",
    "alert": "alert: far more than is usual here, or a grave alert",
    "crisis": "crisis: beyond what this place's past explains, or the gravest alert",
}
TENSION_STATES = {
    "scored": "measured against this place's own past",
    "too-little-history": "not scored: too little history at this place",
    "sources-silent": "not scored: the outlets that normally report from here were silent",
}


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
    return Markup('<time datetime="{}">{}</time>').format(
        utc.isoformat(timespec="seconds"), f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    )


def show_day(day: date) -> Markup:
    """A day, for people and machines."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), _day(day))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def show_date(when: PartialDate) -> Markup:
    """A partial date with its precision: "8 Mar 2026", "Mar 2026 (month)", "2 to 8 Mar 2026 (week)"."""
    if when.precision == "year" and when == PartialDate.of_year(when.start.year):
        text, machine = f"{when.start.year}", f"{when.start.year:04d}"
    elif when.precision == "month" and when == PartialDate.of_month(when.start.year, when.start.month):
        text, machine = f"{when.start:%b %Y}", f"{when.start:%Y-%m}"
    elif when.start == when.end:
        return show_day(when.start)
    else:
        text, machine = f"{_day(when.start)} to {_day(when.end)}", when.start.isoformat()
    precision = "" if when.precision == "day" else f" ({when.precision})"
    return Markup('<time datetime="{}">{}</time>{}').format(machine, text, precision)


def show_odds(surprise: float) -> str:
    """A surprise (minus the decimal logarithm of a chance) as odds: "about 1 in 160", "less than 1 in 10 000"."""
    if surprise >= 4:
        return f"less than 1 in {show_number(10_000)}"
    odds = 10**surprise
    return f"about 1 in {show_number(int(round(odds, -1)) if odds >= 100 else round(odds))}"


def week_before(day: date) -> date:
    """The first of the seven days that end on `day`: those that a level sums."""
    return day - timedelta(days=6)


def show_number(number: int) -> str:
    """12 345, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")


def show_figure(number: float | None, digits: int = 1) -> str:
    """A measured number; a dash where there is none."""
    return "\N{EN DASH}" if number is None else f"{number:.{digits}f}"


def count_things(number: int, one: str, many: str | None = None) -> str:
    """ "1 claim", "12 claims"."""
    return f"{show_number(number)} {one if number == 1 else many or one + 's'}"


def explain_party(party: Party) -> str:
    """Its codes in words, for a tooltip."""
    return (
        ", ".join(part for part in (party.country, SECTORS.get(party.sector or "", party.sector)) if part)
        or "country and sector unknown"
    )


def name_speaker(link: Attribution) -> str:
    """Who speaks, or what stands for him."""
    if link.speaker:
        return " ".join(link.speaker.split())
    return "hearsay, nobody named" if link.kind == "unspecified" else f"unnamed {link.kind}"


def name_place(place: Place) -> str:
    """The name for a screen, with the country's code where it is a finer place."""
    return place.shown_name


def describe_precision(place: Place) -> str:
    """How finely the place is known: "settlement", "district, no point", "no match in the gazetteer"."""
    if place.is_ambiguous:
        return f"{place.precision}, not resolved: several places of this name"
    if place.gazetteer_id is None:
        return f"{place.precision}, not in the gazetteer"
    return place.precision


def show_bounds(low: int, high: int | None) -> str:
    """ "3", "2 to 5", "at least 3"."""
    if high is None:
        return f"at least {show_number(low)}"
    return show_number(low) if low == high else f"{show_number(low)} to {show_number(high)}"


def show_wait(feed: Feed, now: datetime) -> str:
    """When a feed is fetched next: "in 12 min", "now"."""
    if feed.next_due_at is None or feed.next_due_at <= now:
        return "on the next round"
    return f"in {show_span(feed.next_due_at - now)}"


def show_span(span: timedelta) -> str:
    """A stretch of time in its largest fitting unit: "12 min", "3 h", "5 days"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{max(minutes, 1)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


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
        Markup('<a href="/{}/{}" title="{}">open</a>').format(links[part[:3]], part, part)
        if number % 2
        else escape(_DAY.sub(_write_day, part))
        for number, part in enumerate(parts)
    )


def _write_day(found: re.Match[str]) -> str:
    try:
        day = _day(date.fromisoformat(found[1]))
    except ValueError:
        return found[0]
    return f"{day} to " if found[2] else day


def safe_address(address: str | None) -> str | None:
    """An address that may become a link: http and https only, never a script."""
    return address if address and address.startswith(("http://", "https://")) else None
