"""A generated flow of news: articles with their claims, day by day, with copies as desks make them.

Words follow Zipf's law over an invented vocabulary. Of the articles a third are copies of one of the last two days
(exact, under another lead, trimmed, with words changed, joined); the rest tell happenings of the day, most of them
once, some in two to five independent reports. Deterministic by seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from tocsin.records import Article, Claim, EventType, Evidence, PartialDate, Party, Place, Toll

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_WORDS, _PLACES, _ACTORS, _OUTLETS = 40_000, 3_000, 400, 300
_TYPES: tuple[EventType, ...] = ("ASSAULT", "PROTEST", "COERCE", "MOBILIZE", "AID", "CONSULT", "RETREAT", "SANCTION")
_SHARE_COPIED = 0.35


@dataclass(frozen=True, slots=True)
class _Happening:
    type: EventType
    day: date
    place: Place
    actor: Party
    recipient: Party
    killed: int


class NewsFlow:
    """Articles and claims of one day after the other."""

    def __init__(self, per_day: int, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._per_day, self._day, self._count = per_day, 0, 0
        syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        self._words = ["".join(self._chance.choices(syllables, k=self._chance.randint(1, 4))) for _ in range(_WORDS)]
        self._cumulated = list(accumulate(1 / (rank + 2) for rank in range(_WORDS)))
        self._places = [self._make_place(n) for n in range(_PLACES)]
        self._parties = [Party(f"{self._name()} {self._name()}", f"X{n % 26:02d}", "MIL") for n in range(_ACTORS)]
        self._recent: list[tuple[Article, tuple[Claim, ...]]] = []

    def next_day(self) -> list[tuple[Article, tuple[Claim, ...]]]:
        """The articles of the next day with their claims."""
        made: list[tuple[Article, tuple[Claim, ...]]] = []
        telling = self._tell_happenings()
        for n in range(self._per_day):
            at = _BEGINNING + timedelta(days=self._day, seconds=n * 86_400 / self._per_day)
            copied = self._recent and self._chance.random() < _SHARE_COPIED
            made.append(self._copy(at) if copied else self._report(at, next(telling)))
            self._recent.append(made[-1])
        self._day += 1
        del self._recent[: -2 * self._per_day]
        return made

    def _tell_happenings(self) -> Iterator[_Happening]:
        """Happenings, some of them again; two reports of one are some hours apart."""
        day = (_BEGINNING + timedelta(days=self._day)).date()
        known: list[_Happening] = []
        while True:
            if known and self._chance.random() < 0.4:
                yield self._chance.choice(known[-50:])
                continue
            actor, recipient = self._chance.sample(self._parties, 2)
            place = self._places[int(len(self._places) * self._chance.random() ** 2)]
            killed = self._chance.choice([0, 0, 1, 2, 3, 5, 8, 20])
            known.append(_Happening(self._chance.choice(_TYPES), day, place, actor, recipient, killed))
            yield known[-1]

    def _report(self, at: datetime, first: _Happening) -> tuple[Article, tuple[Claim, ...]]:
        chance = self._chance
        sentences, claims, id_ = [], [], self._next_id()
        others = [next(self._tell_happenings()) for _ in range(chance.randint(0, 2))]
        for told in (first, *others):
            words = self._write(chance.randint(8, 16))
            sentences.append(f"{told.actor.text} {words} {told.recipient.text} in {told.place.name}.")
            further = range(chance.randint(3, 7))
            sentences.extend(f"{self._write(chance.randint(10, 25))}.".capitalize() for _ in further)
        text = " ".join(sentences)
        for n, told in enumerate((first, *others)):
            start = text.index(told.actor.text)
            evidence = text[start : text.index(".", start)]
            tolls = (Toll("killed", told.killed, told.killed, "people"),) if told.killed else ()
            claims.append(
                Claim(
                    f"clm_{id_}_{n}", id_, told.type, Evidence(evidence, start, start + len(evidence)), score=0.9,
                    actor=(told.actor,), recipient=(told.recipient,), tolls=tolls, place=told.place,
                    date=PartialDate.of_day(told.day) if chance.random() < 0.7 else None,
                )
            )  # fmt: skip
        return self._publish(id_, text, at), tuple(claims)

    def _copy(self, at: datetime) -> tuple[Article, tuple[Claim, ...]]:
        article, claims = self._chance.choice(self._recent)
        id_, kind = self._next_id(), self._chance.random()
        words = article.text.split()
        if kind < 0.3:
            text = article.text
        elif kind < 0.5:
            text = f"{self._write(6)} {article.text}"
        elif kind < 0.75:
            text = " ".join(words[: int(len(words) * self._chance.uniform(0.3, 0.9))])
        elif kind < 0.95:
            text = " ".join(w if self._chance.random() > 0.1 else self._write(1) for w in words)
        else:
            text = f"{article.text} {' '.join(self._chance.choice(self._recent)[0].text.split()[:40])}"
        kept = []
        for n, claim in enumerate(claims):
            at_char = text.find(claim.evidence.text)
            if at_char >= 0:
                evidence = Evidence(claim.evidence.text, at_char, at_char + len(claim.evidence.text))
                kept.append(_retell(claim, f"clm_{id_}_{n}", id_, evidence))
        return self._publish(id_, text, at), tuple(kept)

    def _publish(self, id_: str, text: str, at: datetime) -> Article:
        outlet = self._chance.randrange(_OUTLETS)
        return Article(id_, text, at, outlet_id=f"out_{outlet}", outlet_name=f"Outlet {outlet}", published_at=at)

    def _next_id(self) -> str:
        self._count += 1
        return f"a{self._count:08d}"

    def _make_place(self, n: int) -> Place:
        lat, lon = self._chance.uniform(-40, 60), self._chance.uniform(-100, 140)
        country = f"X{n % 150:03d}"[:3]
        return Place(self._name(), "settlement", country, lat, lon, f"g:{n}", within=(f"r:{n % 900}", f"c:{n % 150}"))

    def _name(self) -> str:
        return self._chance.choice(self._words).capitalize()

    def _write(self, count: int) -> str:
        return " ".join(self._chance.choices(self._words, cum_weights=self._cumulated, k=count))


def _retell(claim: Claim, id_: str, article_id: str, evidence: Evidence) -> Claim:
    return Claim(
        id_, article_id, claim.type, evidence, score=claim.score, actor=claim.actor, recipient=claim.recipient,
        tolls=claim.tolls, place=claim.place, date=claim.date,
    )  # fmt: skip
