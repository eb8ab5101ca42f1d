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
    SpeakerKind,
)
from tocsin.web.counting import show_number
from tocsin.web.dating import write_day, write_month, write_time
from tocsin.web.language import N_, _, ngettext
from tocsin.web.terms import say_term

_RECORD = re.compile(r"\b((?:inc|clm)_[a-z2-7]{16})\b")
_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
TYPES: tuple[str, ...] = get_args(EventType)
MODALITIES: tuple[str, ...] = get_args(Modality)
CERTAINTIES: tuple[str, ...] = get_args(Certainty)

#: Admiralty letters, as the codebook reads them.
RELIABILITIES: dict[Reliability, str] = {
    "A": N_("completely reliable"),
    "B": N_("usually reliable"),
    "C": N_("fairly reliable"),
    "D": N_("not usually reliable"),
    "E": N_("unreliable"),
    "F": N_("cannot be judged"),
}
#: What the speakers of an incident are laid side by side on.
POINT_KINDS = {
    "act": N_("whether"), "actor": N_("who did it"), "recipient": N_("to whom"), "place": N_("where"),
    "date": N_("when"), "killed": N_("killed"), "injured": N_("injured"), "arrested": N_("arrested"),
    "abducted": N_("abducted"), "displaced": N_("displaced"), "participants": N_("took part"),
    "vehicles": N_("vehicles"), "weapons": N_("weapons"),
}  # fmt: skip
#: Admiralty figures, as the codebook reads them.
CREDIBILITIES = {
    1: N_("confirmed by other independent origins"),
    2: N_("probably true"),
    3: N_("possibly true"),
    4: N_("doubtful"),
    5: N_("improbable"),
    6: N_("cannot be judged"),
}
#: What stands for speakers whom nobody names.
UNNAMED: dict[SpeakerKind, str] = {
    "official": N_("unnamed official"),
    "force": N_("unnamed force"),
    "organisation": N_("unnamed organisation"),
    "person": N_("unnamed person"),
    "witness": N_("unnamed witness"),
    "media": N_("unnamed media"),
    "footage": N_("unnamed footage"),
    "document": N_("unnamed document"),
    "anonymous": N_("unnamed anonymous"),
    "unspecified": N_("hearsay, nobody named"),
}
#: PLOVER's codes of sectors, in words.
SECTORS = {
    "GOV": N_("government"),
    "MIL": N_("armed forces"),
    "COP": N_("police"),
    "UAF": N_("unidentified armed force"),
    "REB": N_("rebels or de facto authority"),
    "PTY": N_("political party"),
    "LEG": N_("legislature"),
    "JUD": N_("judiciary"),
    "CVL": N_("civilians"),
    "PRO": N_("protesters"),
    "REL": N_("religious body"),
    "ETH": N_("ethnic community"),
    "MED": N_("media"),
    "IGO": N_("international organisation"),
    "NGO": N_("non-governmental organisation"),
    "BUS": N_("business"),
    "EDU": N_("education"),
    "CRM": N_("criminals"),
    "SPY": N_("intelligence service"),
    "UNK": N_("unknown"),
}
#: Whether it happened, as speakers of an incident have it.
ACTS = {one: one for one in (N_("it happened"), N_("it is to happen"), N_("it did not happen"))}
#: How the figure used is chosen among what is said.
TOLL_RULES = {"latest-of-most-reliable": N_("the latest of the most reliable")}
#: What is drawn and written for each state of a feed.
HEALTH = {
    "fresh": N_("fetched on schedule"),
    "late": N_("no success for three intervals, though nothing failed"),
    "failing": N_("the last fetch failed"),
    "unconfirmed": N_("never fetched: waits for your confirmation"),
    "off": N_("turned off"),
}
#: Windows of time, by what an address calls them.
WINDOW_NAMES = {
    "1h": N_("1 h"), "6h": N_("6 h"), "24h": N_("24 h"), "3d": N_("3 days"), "7d": N_("7 days"), "30d": N_("30 days"),
    "90d": N_("90 days"), "all": N_("All"),
}  # fmt: skip
#: What an export holds, where its filter is that of another list.
EXPORT_NAMES = {
    "incidents": N_("Incidents"), "claims": N_("Claims"), "articles": N_("Articles"),
}  # fmt: skip
INCIDENT_STATES = {
    "reported": N_("reported: nobody contradicts it"),
    "disputed": N_("disputed: the versions differ or somebody denies it"),
    "denied": N_("denied: only denials speak of it"),
    "planned": N_("planned: announced, not yet done"),
    "retracted": N_("retracted: taken back by those who reported it"),
}
#: What every map of ours says under itself.
MAP_NOTE = N_(
    "Boundaries: Natural Earth, public domain. The boundaries, names and designations shown do not imply endorsement "
    "or acceptance by anyone; dashed lines are disputed or not finally settled."
)
MODALITY_WORDS: dict[str, str] = {
    "actual": N_("said to have happened or to be going on"),
    "planned": N_("announced, not yet done"),
    "conditional": N_("only if something else happens"),
    "negated": N_("said not to have happened"),
}
CERTAINTY_WORDS: dict[str, str] = {"asserted": N_("stated as fact"), "hedged": N_("hedged, not stated as fact")}
#: What a notice is, at the head of its line.
NOTICE_CAUSES = {
    "fired": N_("New."),
    "more-reports": N_("Further reports."),
    "raised": N_("Graver."),
    "lowered": N_("Less grave."),
    "repeated": N_("Still so."),
    "escalated": N_("Unanswered."),
    "resolved": N_("Over."),
    "retracted": N_("Taken back."),
    "digest": N_("The day's digest."),
    "test": N_("A test."),
}
DELIVERY_STATES = {
    "waiting": N_("waits"),
    "sending": N_("is being sent"),
    "sent": N_("sent"),
    "given-up": N_("given up"),
}
#: How a place stands.
STAGES = {
    "calm": N_("calm: no bound is reached"),
    "watch": N_("watch: more than is usual here"),
    "alert": N_("alert: far more than is usual here, or a grave alert"),
    "crisis": N_("crisis: beyond what this place's past explains, or the gravest alert"),
}
TENSION_STATES = {
    "scored": N_("measured against this place's own past"),
    "too-little-history": N_("not scored: too little history at this place"),
    "sources-silent": N_("not scored: the outlets that normally report from here were silent"),
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
