"""What a screen, a list or an export is narrowed to: one record for all of them, so that they show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tocsin.records.claim import Certainty, EventType, Modality, Party
from tocsin.records.grade import Credibility
from tocsin.records.outlet import Reliability

#: What an incident counts as: something done, or only denied, announced, or said to depend on something else.
Counted = Literal["deed", "denied", "planned", "conditional"]
#: Whether what happened, or what an exercise invents.
Realm = Literal["real", "exercise"]

#: The key of a side on which nobody is named.
NOBODY = "nobody"
#: What the key of a party without codes begins with; its own words follow.
WORDS_PREFIX = "words:"
#: Longer words of a party are cut off in its key.
LONGEST_WORDS = 120
ARTICLES = ("the ", "a ", "an ")
#: Replaced one after the other in the words of a party, here and by the store alike, so that both make the same key:
#: the white space that articles hold becomes a blank, then every run of blanks one (by way of two marks that no text
#: holds). Few steps: each is a call within a call, and SQLite reads no deep ones.
FOLDING = (
    *((space, " ") for space in ("\t", "\n", "\r", "\u00a0", "\u2009", "\u202f")),
    (" ", "\ue000\ue001"),
    ("\ue001\ue000", ""),
    ("\ue000\ue001", " "),
)
CAPITALS, SMALL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_LOWER = str.maketrans(CAPITALS, SMALL_LETTERS)


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold; None (or False) asks for nothing.

    since, until      days, both inclusive: of an incident's or claim's date, or of publication for an article
    reported_since    aware time, inclusive: of an incident's first report; for claims and articles, of publication
    reported_until    the same, exclusive: an hour ends where the next one begins
    type              PLOVER type
    place_id          gazetteer_id of a place or of an area that contains it
    country           ISO 3166-1 alpha-3 of the place
    actor             words that occur in the name of an actor or recipient, letter case ignored
    by_party          key (see `make_party_key`) of the side that did it
    to_party          key of the side that it was done to
    counted           what it counts as; whatever is set leaves out what is faint or retracted
    realm             what happened alone, or what an exercise invents alone
    outlet_id         who published
    certainty         asserted or hedged
    modality          actual, planned, conditional, negated
    credibility       Admiralty figure of a claim within its incident, or of an incident's most credible claim: this or
                      better; 6 asks for what cannot be judged, which is not bad and never meets 1 to 5
    reliability       Admiralty letter of the outlet, or of an incident's best outlet: this or better; F likewise
    query             words that occur in the title, text or evidence
    with_background   whether to include what is told as history
    limit, offset     the page; limit 0 means no bound
    """

    since: date | None = None
    until: date | None = None
    reported_since: datetime | None = None
    reported_until: datetime | None = None
    type: EventType | None = None
    place_id: str | None = None
    country: str | None = None
    actor: str | None = None
    by_party: str | None = None
    to_party: str | None = None
    counted: Counted | None = None
    realm: Realm | None = None
    outlet_id: str | None = None
    certainty: Certainty | None = None
    modality: Modality | None = None
    credibility: Credibility | None = None
    reliability: Reliability | None = None
    query: str | None = None
    with_background: bool = False
    limit: int = 100
    offset: int = 0


def make_party_key(side: Sequence[Party]) -> str:
    """What the actors or recipients of a claim or incident are grouped by: the first party named.

    "XKX/COP", "XKX/" and "/COP" are its country and sector; one without either stands under its own words
    ("words:villagers": white space, letter case of A to Z, a leading article aside); "nobody" where nobody is named.
    """
    if not side:
        return NOBODY
    first = side[0]
    if first.country or first.sector:
        return f"{first.country or ''}/{first.sector or ''}"
    words = fold_party_words(first.text)
    return WORDS_PREFIX + words if words else NOBODY


def fold_party_words(text: str) -> str:
    """The words of a party as they stand in its key."""
    for old, new in FOLDING:
        text = text.replace(old, new)
    words = text.strip(" ").translate(_LOWER)[:LONGEST_WORDS].strip(" ")
    article = next((a for a in ARTICLES if words.startswith(a)), "")
    return words.removeprefix(article)


def list_wordings(words: str) -> tuple[str, ...]:
    """The words before a leading article is taken off that give just these: what the store compares with."""
    candidates = (words, *(article + words for article in ARTICLES))
    return tuple(c for c in candidates if fold_party_words(c) == words)
