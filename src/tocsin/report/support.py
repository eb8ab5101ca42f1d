"""What the cited records hold: the texts, numbers, days and grades that a sentence may repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from tocsin.records import Alert, Claim, Incident, Outlet, PartialDate, Party, Tension
from tocsin.report.figures import Figures, find_figures
from tocsin.report.mentions import fold_text, list_words
from tocsin.report.picture import Outlook, Picture, cite_outlook, cite_tension
from tocsin.report.sentences import FORECASTS, HEARD
from tocsin.report.severity import weigh_severity
from tocsin.report.wording import Voice, name_act, tidy, write_grade


@dataclass(frozen=True, slots=True)
class Holding:
    """What one record holds.

    texts    its words from outside, tidied; `figures` what is read out of them, `words` the folded words of each
    numbers  its own numbers; `days` its exact days; `months` (year, month) and `years` that it covers
    times    "HH:MM" in UTC
    """

    texts: tuple[str, ...] = ()
    words: tuple[frozenset[str], ...] = ()
    folded: tuple[str, ...] = ()
    figures: tuple[Figures, ...] = ()
    numbers: frozenset[float] = frozenset()
    days: frozenset[date] = frozenset()
    months: frozenset[tuple[int, int]] = frozenset()
    years: frozenset[int] = frozenset()
    times: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Gathered:
    texts: list[str] = field(default_factory=list)
    numbers: set[float] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    months: set[tuple[int, int]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    grades: set[str] = field(default_factory=set)

    def add_moment(self, moment: datetime | None) -> None:
        if moment:
            utc = moment.astimezone(UTC)
            self.add_day(utc.date())
            self.times.add(f"{utc:%H:%M}")

    def add_day(self, day: date) -> None:
        self.days.add(day)
        self.months.add((day.year, day.month))
        self.years.add(day.year)

    def add_date(self, when: PartialDate | None) -> None:
        if when is None:
            return
        self.years |= {when.start.year, when.end.year}
        if when.precision != "year":
            self.months |= {(when.start.year, when.start.month), (when.end.year, when.end.month)}
        if when.precision in ("day", "week") or (when.end - when.start).days < 20:
            self.add_day(when.start)
            self.add_day(when.end)

    def finish(self) -> Holding:
        texts = tuple(dict.fromkeys(text for text in map(tidy, filter(None, self.texts)) if text))
        read = [_read_text(text) for text in texts]
        return Holding(
            texts,
            words=tuple(words for words, _, _ in read),
            folded=tuple(folded for _, folded, _ in read),
            figures=tuple(figures for _, _, figures in read),
            numbers=frozenset(self.numbers),
            days=frozenset(self.days),
            months=frozenset(self.months),
            years=frozenset(self.years),
            times=frozenset(self.times),
            grades=frozenset(self.grades),
        )


@lru_cache(maxsize=4096)
def _read_text(text: str) -> tuple[frozenset[str], str, Figures]:
    """Its folded words, the text folded, and its figures: names come back in record after record."""
    return list_words(text), fold_text(text), find_figures(text)


class SupportIndex:
    """The records of a picture by the ids under which sentences cite them; what each holds is read once."""

    def __init__(self, picture: Picture, area: str, moments: Iterable[datetime]) -> None:
        self._picture = picture
        self._incidents = picture.known_incidents
        self._claims = {c.id: c for t in picture.tellings.values() for v in t.versions for c in v.claims}
        self._speakers = {
            c.id: (t.incident.id, n)
            for t in picture.tellings.values()
            for n, v in enumerate(t.versions)
            for c in v.claims
        }
        self._tensions = {cite_tension(t): t for p in picture.tensions for t in (p.last, p.before) if t}
        self._outlooks = {cite_outlook(o): o for o in picture.outlooks}
        self._alerts = {a.id: a for a in picture.alerts}
        self._parts: tuple[Mapping[str, object], ...] = (
            self._incidents, self._claims, self._tensions, self._outlooks, self._alerts, picture.articles,
            picture.outlets,
        )  # fmt: skip
        self._held: dict[str, Holding] = {}
        self._always = self._hold_frame(area, moments)

    def knows(self, cite: str) -> bool:
        """Whether there is a record of this id."""
        return cite in (HEARD, FORECASTS) or any(cite in part for part in self._parts)

    def count_support(self, cites: Sequence[str]) -> list[Holding]:
        """What every sentence may say, and how many of each kind are cited, with the sums of their tolls."""
        return [self._always, self._hold_counts(cites, self._find_told(cites))]

    def _find_told(self, cites: Sequence[str]) -> set[str]:
        """The incidents of which a claim is cited: their claims stand alone."""
        return {self._speakers[c][0] for c in cites if c in self._speakers}

    def _hold_counts(self, cites: Sequence[str], told: set[str]) -> Holding:
        whole = [c for c in dict.fromkeys(cites) if c in self._incidents and c not in told]
        return Holding(numbers=frozenset(float(n) for n in (*self._count(set(cites)), *self._add_tolls(whole))))

    def find_support(self, cites: Sequence[str]) -> list[Holding]:
        """What the cited records hold, and how many of each kind are cited.

        An incident of which no claim is cited stands with all of its claims. Where some are cited, they stand alone:
        what another speaker says, and what the incident makes of both, is not theirs.
        """
        told = self._find_told(cites)
        whole = [c for c in dict.fromkeys(cites) if c in self._incidents and c not in told]
        held = [self._hold(c) for c in dict.fromkeys(cites) if self.knows(c) and c not in told]
        for telling in (self._picture.tellings[c] for c in whole if c in self._picture.tellings):
            held += [self._hold(claim.id) for version in telling.versions for claim in version.claims]
        return [self._always, *held, self._hold_counts(cites, told)]

    def _count(self, cites: set[str]) -> Iterator[int]:
        """How many speakers, incidents, claims, articles, outlets, alerts, place-days and forecasts are cited."""
        counts = [len({self._speakers[c] for c in cites if c in self._speakers})]
        counts += [len(cites & part.keys()) for part in self._parts]
        yield from filter(None, counts)

    def _add_tolls(self, incident_ids: Sequence[str]) -> Iterator[int]:
        """The tolls of the incidents added up, kind by kind, and how many incidents have one."""
        tolls = [toll for id_ in incident_ids for toll in self._incidents[id_].tolls]
        for kind in {toll.kind for toll in tolls}:
            here = [toll for toll in tolls if toll.kind == kind]
            yield from (sum(t.low for t in here), sum(t.best for t in here), sum(t.high or 0 for t in here), len(here))

    def _hold(self, cite: str) -> Holding:
        if cite not in self._held:
            self._held[cite] = self._read(cite)
        return self._held[cite]

    def _read(self, cite: str) -> Holding:
        gathered = _Gathered()
        if cite == HEARD:
            self._gather_heard(gathered)
        elif cite == FORECASTS:
            gathered.texts += self._picture.no_forecast
        elif cite in self._incidents:
            self._gather_incident(gathered, self._incidents[cite])
        elif cite in self._claims:
            self._gather_claim(gathered, self._claims[cite])
        elif cite in self._tensions:
            _gather_tension(gathered, self._tensions[cite])
        elif cite in self._outlooks:
            _gather_outlook(gathered, self._outlooks[cite])
        elif cite in self._alerts:
            _gather_alert(gathered, self._alerts[cite])
        elif cite in self._picture.outlets:
            _gather_outlet(gathered, self._picture.outlets[cite])
        else:
            self._gather_article(gathered, cite)
        return gathered.finish()

    def _hold_frame(self, area: str, moments: Iterable[datetime]) -> Holding:
        gathered = _Gathered([area])
        for moment in moments:
            gathered.add_moment(moment)
        return gathered.finish()

    def _gather_heard(self, gathered: _Gathered) -> None:
        heard = self._picture.heard
        gathered.numbers |= {float(heard.articles), float(len(heard.outlet_ids)), float(len(heard.silent_ids))}
        for id_ in (*heard.outlet_ids, *heard.silent_ids):
            if id_ in self._picture.outlets:
                gathered.texts.append(self._picture.outlets[id_].name)

    def _gather_incident(self, gathered: _Gathered, incident: Incident) -> None:
        gathered.texts.append(name_act(incident.type, incident.mode))
        gathered.texts += [incident.type, incident.mode or ""]
        for party in (*incident.actor, *incident.recipient):
            gathered.texts += _list_party_texts(party)
        if incident.place:
            gathered.texts += [incident.place.name, incident.place.shown_name, incident.place.country or ""]
        gathered.texts += [self._picture.outlets[o].name for o in incident.outlets if o in self._picture.outlets]
        gathered.add_date(incident.date)
        gathered.add_moment(incident.reported_at)
        gathered.numbers |= {
            len(incident.claim_ids),
            incident.origins,
            len(incident.outlets),
            weigh_severity(incident).points,
        }
        for toll in incident.tolls:
            gathered.numbers |= {toll.low, toll.best} | ({toll.high} if toll.high is not None else set())
        gathered.numbers |= {float(g.credibility) for g in incident.grades}

    def _gather_claim(self, gathered: _Gathered, claim: Claim) -> None:
        gathered.texts += [claim.evidence.text, claim.type, name_act(claim.type, claim.mode)]
        gathered.texts += [text for p in (*claim.actor, *claim.recipient) for text in _list_party_texts(p)]
        gathered.texts += [text for link in claim.attribution for text in _begin_row(link.speaker)]
        gathered.texts += [mention.name for mention in claim.mentions]
        if claim.place:
            gathered.texts += [claim.place.name, claim.place.shown_name, claim.place.country or ""]
        gathered.add_date(claim.date)
        for toll in claim.tolls:
            gathered.numbers |= {toll.low} | ({toll.high} if toll.high is not None else set())
        self._gather_article(gathered, claim.article_id)
        home = self._speakers[claim.id][0]
        grade = next((g for g in self._picture.tellings[home].incident.grades if g.claim_id == claim.id), None)
        article = self._picture.articles.get(claim.article_id)
        outlet = self._picture.outlets.get(article.outlet_id) if article and article.outlet_id else None
        gathered.grades.add(write_grade(outlet, grade)[:2])

    def _gather_article(self, gathered: _Gathered, article_id: str) -> None:
        article = self._picture.articles.get(article_id)
        if article:
            gathered.texts += [article.title or "", *_begin_row(article.outlet_name)]
            gathered.add_moment(article.published_at)


def _gather_tension(gathered: _Gathered, tension: Tension) -> None:
    gathered.texts.append(tension.place_name)
    gathered.add_day(tension.day)
    gathered.numbers |= {tension.level, tension.hostile, tension.cooperative, len(tension.incident_ids)}
    gathered.numbers |= {value for value in (tension.surprise,) if value is not None}
    gathered.numbers |= {tension.coverage * 100} if tension.coverage is not None else set()


def _gather_outlook(gathered: _Gathered, outlook: Outlook) -> None:
    gathered.texts += [outlook.place_name, outlook.what, outlook.method, outlook.past_error or "", outlook.basis]
    for day in (outlook.first_day, outlook.last_day, outlook.known_to):
        if day:
            gathered.add_day(day)
    gathered.add_moment(outlook.made_at)
    numbers = (outlook.low, outlook.best, outlook.high, outlook.interval, outlook.many, outlook.age_days)
    gathered.numbers |= {float(number) for number in numbers if number is not None}
    for chance in (outlook.chance, outlook.chance_many):
        gathered.numbers |= {chance * 100, chance} if chance is not None else set()


def _gather_alert(gathered: _Gathered, alert: Alert) -> None:
    gathered.texts += [
        alert.place_name,
        alert.title,
        alert.hypothesis,
        alert.cleared_by,
        alert.note or "",
        alert.precedence,
    ]
    gathered.texts += [reason.detail for reason in alert.reasons]
    gathered.add_day(alert.began_on)
    gathered.add_day(alert.day)
    gathered.add_moment(alert.updated_at)
    gathered.numbers.add(len(alert.incident_ids))


def _gather_outlet(gathered: _Gathered, outlet: Outlet) -> None:
    gathered.texts += [outlet.name, outlet.reliability_reason or "", outlet.country or ""]


def _list_party_texts(party: Party) -> tuple[str, ...]:
    """How a party is told: as written, without its article, or by what it is."""
    return (party.text, Voice().party(party), party.country or "", Voice(is_public=True).party(party))


def _begin_row(name: str | None) -> tuple[str, ...]:
    """A name, and the same at the beginning of a row."""
    text = tidy(name or "")
    return (text, text[:1].upper() + text[1:])
