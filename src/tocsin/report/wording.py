"""Records in plain words for a report. Everything comes out as one line of plain text; renderers escape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from tocsin.knowledge.report import load_report_table
from tocsin.knowledge.wording import load_wording
from tocsin.records import Attribution, Claim, Grade, Incident, Outlet, PartialDate, Party, Place

LONGEST_SIDE, LONGEST_NAME = 56, 60
#: Invisible letters that some scripts need between letters.
_JOINERS = "\u200c\u200d"
_ISOLATES = "\u2068\u2069"
_NO_ISOLATES = str.maketrans(dict.fromkeys(_ISOLATES))
_NARROW = "\u202f"
_BLANKS = re.compile(rf"[^\S{_NARROW}]+")
#: A quotation of ours stands in these; inside it, and in names, outside text keeps single ones only.
OPEN, CLOSE = "“", "”"
_QUOTES = str.maketrans(dict.fromkeys('"“”\u201e\u201f«»\uff02\u301d\u301e\u301f', "'"))
#: Longest reading of a text from outside in one sentence; a title may be a megabyte.
_LONGEST_READ = 4000


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """One line of outside text: no control, formatting or half characters, no double quotation marks of its own.

    Characters that change the direction of what follows go too; letters of every script stay.
    """
    return straighten(text[:_LONGEST_READ].translate(_NO_ISOLATES)).translate(_QUOTES)


def isolate(text: str) -> str:
    """Words from outside that run from right to left, fenced off: who did it may not change places with to whom.

    Unicode's first strong isolate (U+2068) and its end (U+2069), which every reader of our formats knows; the text
    itself can hold none, and other texts are left as they are.
    """
    return f"\u2068{text}\u2069" if any(map(_runs_left, text)) else text


def strip_isolates(text: str) -> str:
    """The text without fences, as it is compared and counted."""
    return text.translate(_NO_ISOLATES)


@lru_cache(maxsize=4096)
def _runs_left(c: str) -> bool:
    return unicodedata.bidirectional(c) in ("R", "AL")


def straighten(text: str) -> str:
    """One line of text that every format can hold: single blanks, but the narrow ones within numbers stay."""
    return _BLANKS.sub(" ", map_characters(text)).strip()


def map_characters(text: str) -> str:
    """The text without characters that XML forbids or that show nothing; white space becomes blanks."""
    return "".join(_keep(c) for c in text)


@lru_cache(maxsize=4096)
def _keep(c: str) -> str:
    if c.isspace():
        return _NARROW if c in (_NARROW, "\u00a0") else " "
    kind = unicodedata.category(c)
    is_noncharacter = ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF
    if kind == "Cc":
        return " "
    return "" if is_noncharacter or kind == "Cs" or (kind == "Cf" and c not in _JOINERS + _ISOLATES) else c


def cut_short(text: str, most: int) -> str:
    """A tidy text, cut at a word where it is too long."""
    line = tidy(text)
    if len(line) <= most:
        return line
    head = line[:most]
    kept = head.rsplit(" ", 1)[0] if " " in head else head
    return kept.rstrip(",;:\u2013\u2014 ") + "…"


def quote(text: str, most: int) -> str:
    """The words of an article in quotation marks; nothing where there are none."""
    words = cut_short(text, most)
    return f"{OPEN}{isolate(words)}{CLOSE}" if words else ""


def write_day(day: date) -> str:
    """ "8 Mar 2026"."""
    return f"{day.day} {day:%b} {day.year}"


def write_date(when: PartialDate) -> str:
    """A date as finely as it is known: "8 Mar 2026", "Mar 2026 (month)", "2 Mar 2026 to 8 Mar 2026 (week)"."""
    if when.precision == "year" and when == PartialDate.of_year(when.start.year):
        return f"{when.start.year} (year)"
    if when.precision == "month" and when == PartialDate.of_month(when.start.year, when.start.month):
        return f"{when.start:%b} {when.start.year} (month)"
    if when.start == when.end:
        return write_day(when.start)
    precision = "" if when.precision == "day" else f" ({when.precision})"
    return f"{write_day(when.start)} to {write_day(when.end)}{precision}"


def write_time(moment: datetime) -> str:
    """ "8 Mar 2026, 21:38 UTC"."""
    utc = moment.astimezone(UTC)
    return f"{write_day(utc.date())}, {utc:%H:%M} UTC"


def write_number(number: int) -> str:
    """12 345, with narrow no-break spaces."""
    return f"{number:,}".replace(",", _NARROW)


def count_things(number: int, one: str, many: str | None = None) -> str:
    """ "1 claim", "12 claims"."""
    return f"{write_number(number)} {one if number == 1 else many or one + 's'}"


def write_bounds(low: int, high: int | None) -> str:
    """ "3", "2 to 5", "at least 3"."""
    if high is None:
        return f"at least {write_number(low)}"
    return write_number(low) if low == high else f"{write_number(low)} to {write_number(high)}"


def write_estimate(low: int, best: int, high: int | None) -> str:
    """The used number with its bounds: "5", "5 (lowest 1, highest 8)", "at least 14" where nobody gives a top."""
    if low == best and high in (None, best):
        return write_bounds(low, high)
    top = "no top given" if high is None else f"highest {write_number(high)}"
    return f"{write_number(best)} (lowest {write_number(low)}, {top})"


def name_place(place: Place) -> str:
    """A place's name for a sentence."""
    return isolate(cut_short(place.shown_name, LONGEST_NAME))


def join_names(names: Sequence[str], most: int = 12) -> str:
    """Names in a row; of too many the first, introduced as such."""
    shown = [isolate(cut_short(strip_isolates(name), LONGEST_NAME)) for name in names[:most]]
    return ("among them " if len(names) > most else "") + ", ".join(shown)


def write_grade(outlet: Outlet | None, grade: Grade | None) -> str:
    """Admiralty letter and figure: "B2"; F and 6 are said to be not judged, never bad."""
    letter = outlet.reliability if outlet else "F"
    figure = grade.credibility if grade else 6
    unjudged = [name for name, is_so in (("outlet", letter == "F"), ("claim", figure == 6)) if is_so]
    if len(unjudged) == 2:
        return f"{letter}{figure}, not judged"
    return f"{letter}{figure}, {unjudged[0]} not judged" if unjudged else f"{letter}{figure}"


def name_act(type_: str, mode: str | None, modality: str = "actual") -> str:
    """The act in plain words: "Attack with firearms, planned"."""
    wording = load_wording()
    act = wording["acts"].get(f"{type_}/{mode}" if mode else type_) or wording["acts"].get(type_, type_)
    suffix = wording["modalities"].get(modality)
    return f"{act}, {suffix}" if suffix else str(act)


@dataclass(frozen=True, slots=True)
class Voice:
    """Whether people are named and quoted, or told by what they are: a report for everybody names nobody."""

    is_public: bool = False

    def title(self, incident: Incident) -> str:
        """An incident in one line: "Attack with firearms: unnamed → a police post, Collane"."""
        act = name_act(incident.type, incident.mode, incident.modality)
        actor, recipient = self._side(incident.actor), self._side(incident.recipient)
        # the same words on both sides tell of no one who did it to another
        parties = f"{actor or 'unnamed'} → {recipient}" if recipient and recipient != actor else actor
        place = name_place(incident.place) if incident.place else ""
        if place and place.casefold() in f"{actor} {recipient}".casefold():
            place = ""
        return ", ".join(part for part in (f"{act}: {parties}" if parties else act, place) if part)

    def party(self, party: Party) -> str:
        """A party's name as written, or what it is."""
        if not self.is_public:
            return _strip_article(tidy(party.text))
        sectors = load_report_table().sectors
        name = sectors.get(party.sector or "UNK", sectors["UNK"])
        return f"{name} ({party.country})" if party.country else name

    def speaker(self, claim: Claim) -> str | None:
        """Who speaks first in the chain; None for the outlet's own voice."""
        if not claim.attribution:
            return None
        return self.link(claim.attribution[0])

    def link(self, link: Attribution) -> str:
        """One speaker: the name, or what stands for it."""
        if link.speaker and not self.is_public and (name := tidy(link.speaker)):
            return isolate(cut_short(name, LONGEST_NAME))
        return load_report_table().speakers[link.kind]

    def _side(self, parties: Sequence[Party]) -> str:
        names = {name.casefold(): name for name in map(self.party, parties) if name}
        return isolate(cut_short(", ".join(names.values()), LONGEST_SIDE))


def _strip_article(text: str) -> str:
    words = text.split()
    return " ".join(words[1:] if len(words) > 1 and words[0].casefold() in ("the", "a", "an") else words)
