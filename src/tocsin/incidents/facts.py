"""What of a claim is compared: prepared once, so that a pair costs little."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from tocsin.incidents.stems import (
    NOTHING,
    WORD,
    join_stems,
    name_words,
    pack_stems,
    proper_words,
    stem_phrase,
    stem_words,
)
from tocsin.records import Article, Claim, Outlet, PartialDate, Party, Place

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights

_SEVERAL = """
a series of|a wave of|a string of|a spate of|a number of|a dozen|several|many|numerous|dozens of|scores of|two|three
|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,3}
"""
_HAPPENINGS = """
attacks|raids|clashes|bombings|explosions|blasts|air ?strikes|strikes|shootings|kidnappings|abductions|killings
|murders|incidents|protests|demonstrations|rallies|marches|ambushes|assaults|meetings|violations|massacres|battles
"""
#: Between the number and the happenings no such word stands: "50 wounded when protests broke out" counts the wounded.
_BETWEEN_NOT = "of|in|when|while|as|after|before|during|by|at|on|to|from|with|were|was|who|amid"
#: Words that tell of several happenings at once: "three attacks", "a wave of night raids", "28 incidents".
_SUMMARY = re.compile(
    rf"\b(?:{_SEVERAL})\s(?:(?!(?:{_BETWEEN_NOT})\b)[\w'\u2019-]+\s){{0,2}}(?:{_HAPPENINGS})\b".replace("\n", ""), re.I
)
DateGround = Literal["day", "stretch", "published", "none"]

_FULL_NAME = re.compile(r"[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)+")
#: Words before a place's name that do not name it.
_NEARNESS = frozenset(
    re.findall(r"\w+", "a an the near around outside at in of by towards close to north south east west")
)
# a claim is held for weeks: what most claims lack, and what many have alike, stands in memory once
_NO_TOLLS: Mapping[str, tuple[int, int | None]] = MappingProxyType({})
_NO_TOLL_WORDS: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Facts:
    """One claim, ready for comparing.

    days             the days on which it can have happened; None where neither text nor publication bounds them
    ground           what `days` rests on: a day or a longer stretch that the text gives, or the article's publication
    place_key        what the place is known by: its gazetteer id, or else its folded name with the country
    area_keys        the areas that contain it
    speaker_key      who is made to say it: the outermost named speaker, or the outlet
    article_country  the country that its article speaks of (`anchors.find_countries`), or None
    """

    claim: Claim
    article: Article
    outlet: Outlet | None
    origin: str
    family: str
    days: tuple[date, date] | None
    ground: DateGround
    place_key: str | None
    area_keys: frozenset[str]
    speaker_key: str
    is_verbal: bool
    article_country: str | None

    @cached_property
    def order(self) -> tuple[datetime, str, int, str]:
        """The canonical order: publication, then article, then place in the text."""
        return (self.article.shown_at, self.article.id, self.claim.evidence.start, self.claim.id)

    @property
    def place(self) -> Place | None:
        """Where it happened, as located."""
        return self.claim.place

    @property
    def is_adrift(self) -> bool:
        """Whether no place is given, or one that stands on no map: which others it lies by cannot be told."""
        place = self.claim.place
        return place is None or (place.gazetteer_id is None and place.lat is None)

    @cached_property
    def actor_words(self) -> frozenset[str]:
        """Stems of the words that name the actors."""
        return name_words(self.claim.actor)

    @cached_property
    def recipient_words(self) -> frozenset[str]:
        """Stems of the words that name the recipients."""
        return name_words(self.claim.recipient)

    @cached_property
    def recipient_names(self) -> frozenset[str]:
        """Stems of the capitalised words that name the recipients."""
        return proper_words(self.claim.recipient)

    @cached_property
    def victim_names(self) -> frozenset[str]:
        """Stems of what may be persons' names among the recipients: two capitalised words or more on end."""
        found = (m[0] for p in self.claim.recipient for m in _FULL_NAME.finditer(p.text))
        return join_stems(map(stem_words, found))

    @cached_property
    def actor_codes(self) -> frozenset[str]:
        """Country and sector of the actors, where both are known."""
        return party_codes(self.claim.actor)

    @cached_property
    def recipient_codes(self) -> frozenset[str]:
        """Country and sector of the recipients, where both are known."""
        return party_codes(self.claim.recipient)

    @cached_property
    def tolls(self) -> Mapping[str, tuple[int, int | None]]:
        """The total of each kind: of several counts of one kind the largest, which the others are parts of."""
        if not self.claim.tolls:
            return _NO_TOLLS
        totals: dict[str, tuple[int, int | None]] = {}
        for toll in self.claim.tolls:
            held = totals.get(toll.kind)
            if held is None or toll.low > held[0]:
                totals[toll.kind] = (toll.low, toll.high)
        return totals

    @cached_property
    def toll_words(self) -> Mapping[str, frozenset[str]]:
        """For each kind, stems of who or what its total counts; empty where that is not said."""
        if not self.claim.tolls:
            return _NO_TOLL_WORDS
        return {
            toll.kind: stem_words(toll.whom or "")
            for toll in self.claim.tolls
            if self.tolls[toll.kind] == (toll.low, toll.high)
        }

    @cached_property
    def trigger_words(self) -> frozenset[str]:
        """Stems of the words that name the act."""
        span = self.claim.trigger
        return stem_phrase(span.cut(self.article.text)) if span else NOTHING

    @cached_property
    def is_summary(self) -> bool:
        """Whether it tells of several happenings at once."""
        return _SUMMARY.search(self.claim.evidence.text) is not None

    @cached_property
    def likeness(self) -> tuple[object, ...]:
        """What claims are sorted by so that like ones come to stand side by side."""
        claim = self.claim
        return (
            self.place_key or "",
            claim.type,
            claim.mode or "",
            str(claim.date or ""),
            tuple(sorted(self.actor_words)),
            tuple(sorted(self.recipient_words)),
            str(sorted(self.tolls.items(), key=str)),
            tuple(sorted(self.words)),
            self.order,
        )

    @cached_property
    def likeness_of_parties(self) -> tuple[object, ...]:
        """The same by the parties alone."""
        return (tuple(sorted(self.actor_words)), tuple(sorted(self.recipient_words)), self.order)

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of the evidence."""
        return stem_words(self.claim.evidence.text)


def prepare_facts(
    claim: Claim,
    article: Article,
    outlet: Outlet | None,
    origin: str,
    weights: MergeWeights,
    article_country: str | None = None,
) -> Facts:
    """Everything about `claim` that a comparison needs."""
    days, ground = bound_days(claim.date, article.published_at, weights.undated_days)
    place = claim.place
    return Facts(
        claim=claim,
        article=article,
        outlet=outlet,
        origin=origin,
        family=weights.families[claim.type],
        days=days,
        ground=ground,
        place_key=place_key(place),
        area_keys=_gather_areas(place.within) if place else NOTHING,
        speaker_key=speaker_key(claim, article),
        is_verbal=claim.type in weights.verbal,
        article_country=article_country,
    )


def bound_days(
    date_: PartialDate | None, published_at: datetime | None, undated_days: int
) -> tuple[tuple[date, date] | None, DateGround]:
    """The days on which a claim can have happened, and on what that rests."""
    if date_ is not None:
        return (date_.start, date_.end), "day" if date_.days == 1 else "stretch"
    if published_at is None:
        return None, "none"
    day = published_at.date()
    return (day - timedelta(days=undated_days), day), "published"


def place_key(place: Place | None) -> str | None:
    """What a place is known by: its gazetteer id, or its folded name and country where nothing matched."""
    if place is None:
        return None
    return place.gazetteer_id or f"name:{fold_place_name(place.name)}:{place.country or ''}"


@lru_cache(maxsize=4096)
def fold_place_name(name: str) -> str:
    """A place's name without accents, case, articles and words of nearness ("near Zubin Potok" is Zubin Potok)."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = [w for w in WORD.findall(bare.casefold()) if w not in _NEARNESS]
    return " ".join(words) or " ".join(name.split()).casefold()


def speaker_key(claim: Claim, article: Article) -> str:
    """Who is made to say it. Hearsay without a speaker, and the outlet's own voice, are the outlet's."""
    for link in claim.attribution:
        if link.speaker:
            return " ".join(sorted(stem_words(link.speaker))) or link.speaker.casefold()
    return f"outlet:{article.outlet_id or article.id}"


def party_codes(parties: Iterable[Party]) -> frozenset[str]:
    """Country and sector of each party that has both."""
    return join_stems(_write_code(p.country, p.sector) for p in parties if p.country and p.sector)


@lru_cache(maxsize=4096)
def _write_code(country: str, sector: str) -> frozenset[str]:
    return frozenset((f"{country}/{sector}",))


@lru_cache(maxsize=10_000)
def _gather_areas(within: tuple[str, ...]) -> frozenset[str]:
    return pack_stems(within)
