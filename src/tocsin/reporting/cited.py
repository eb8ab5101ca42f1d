"""The records that the sentences of a kept report cite, read back to check what people write and to list articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tocsin.desk import Desk
from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.places.naming import load_naming
from tocsin.ports import Store
from tocsin.records import Incident
from tocsin.report import Heard, Outlook, Picture, PlaceTension, Report, Sentence, check_report
from tocsin.report.severity import rank_incidents
from tocsin.reporting.names import name_places
from tocsin.reporting.picture import gather_telling, read_claims
from tocsin.reporting.withholding import find_withheld, withhold_names

#: As many incidents at most are read with what is said of them; a report tells no more.
MOST_TOLD = 60


@dataclass(frozen=True, slots=True)
class Frame:
    """What a draft was made with and no record holds later: who was heard, what was forecast or not."""

    heard: Heard
    outlooks: tuple[Outlook, ...] = ()
    no_forecast: tuple[str, ...] = ()


def read_cited(desk: Desk, report: Report, frame: Frame, sentences: Iterable[Sentence]) -> Picture:
    """A picture of what the sentences cite, as the records are now; ids that are gone are not in it."""
    store = desk.store
    cites = dict.fromkeys(cite for sentence in sentences for cite in sentence.cites)
    claim_ids = [cite for cite in cites if cite.startswith("clm_")]
    homes = store.incidents_of_claims(claim_ids)
    asked = dict.fromkeys([*(c for c in cites if c.startswith("inc_")), *homes.values()])
    incidents = tuple(replace(i, id=id_) for id_, i in store.incidents_by_id(asked).items())
    told = _choose_told(incidents, {homes[c] for c in claim_ids if c in homes})
    claims, articles = read_claims(store, told)
    outlets = {o.id: o for o in store.outlets()}
    articles |= store.articles_by_id(c for c in cites if c.startswith("art_") and c not in articles)
    picture = Picture(
        incidents=incidents,
        tellings={i.id: gather_telling(i, claims, articles, outlets) for i in told},
        articles=articles,
        outlets=outlets,
        tensions=_read_tensions(store, cites),
        alerts=tuple(store.alerts_by_id(c for c in cites if c.startswith("alt_")).values()),
        outlooks=frame.outlooks,
        heard=frame.heard,
        no_forecast=frame.no_forecast,
    )
    if report.is_public:
        picture = withhold_names(store, picture)
    is_own = report.policy == desk.settings.naming_policy
    return name_places(picture, load_naming(report.policy), is_own=is_own)


def _choose_told(incidents: tuple[Incident, ...], cited: set[str]) -> list[Incident]:
    """Those of which a claim is cited, then the gravest."""
    ranked = [incident for incident, _ in rank_incidents(incidents)]
    return sorted(ranked, key=lambda i: i.id not in cited)[: max(MOST_TOLD, len(cited))]


def _read_tensions(store: Store, cites: Iterable[str]) -> tuple[PlaceTension, ...]:
    days: dict[str, set[date]] = {}
    for cite in cites:
        if cite.startswith("tension:"):
            place_id, _, day = cite.removeprefix("tension:").rpartition(":")
            days.setdefault(place_id, set()).add(date.fromisoformat(day))
    if not days:
        return ()
    all_days = [day for held in days.values() for day in held]
    rows = store.tensions(place_ids=days, since=min(all_days), until=max(all_days))
    return tuple(PlaceTension(row) for row in rows if row.day in days[row.place_id])


def check_sentences(
    store: Store, report: Report, picture: Picture, sentences: Sequence[Sentence]
) -> dict[str, tuple[str, ...]]:
    """The problems of some sentences of a report, by id; in a report for everybody names of people are one too."""
    wanted = {sentence.id for sentence in sentences}
    problems = check_report(report, picture, only=wanted)
    written = [s for s in sentences if s.is_shown and s.state in ("replaced", "added")]
    if report.is_public and written:
        withheld = find_withheld(store, picture)
        for sentence in written:
            masked = withheld.mask(sentence.text)
            if masked != sentence.text:
                told = f"everybody may read this report, so it names nobody: {masked[:120]!r}; say what they are"
                problems[sentence.id] = (*problems.get(sentence.id, ()), told)
    return problems


def find_footnotes(picture: Picture, sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """The naming footnotes of the places of incidents that sentences cite; the exercise's places have none."""
    table = load_footnote_table()
    cited = {cite for sentence in sentences for cite in sentence.cites}
    places = [i.place for i in picture.incidents if i.id in cited and i.place and not i.is_exercise]
    return table.list_texts(table.key_of(place) for place in places)
