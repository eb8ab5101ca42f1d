"""Drafting: a request and a picture in, a report out. Nothing is said that is not in the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.knowledge.footnotes import load_footnote_table
from tocsin.records import Incident
from tocsin.records.marking import Tlp
from tocsin.report.annex import build_annex
from tocsin.report.around import tell_alerts, tell_forecast, tell_tension
from tocsin.report.gaps import tell_gaps
from tocsin.report.markings import TLP_MEANINGS, check_exercise, choose_marking, is_for_everybody
from tocsin.report.overview import summarise
from tocsin.report.picture import Picture, ReportRequest, Telling
from tocsin.report.sentences import Block, Report, Section, Sentence
from tocsin.report.severity import Severity, explain_order, rank_incidents
from tocsin.report.telling import Room, tell_incident
from tocsin.report.wording import Voice, count_things, tidy


@dataclass(frozen=True, slots=True)
class Brevity:
    """How much is told before the rest is left to the desk.

    incidents  how many of the gravest; versions of each, and characters of each quotation
    rows       places, alerts, forecasts and places without change
    """

    incidents: int = 60
    versions: int = 6
    quote: int = 240
    rows: int = 15


@dataclass(frozen=True, slots=True)
class Groundwork:
    """What a report says whatever room it has: worked out once, however often it is drafted to fit its pages."""

    ranked: tuple[tuple[Incident, Severity], ...]
    summary: Section
    tlp: Tlp
    is_public: bool
    is_exercise: bool


def lay_ground(request: ReportRequest, picture: Picture) -> Groundwork:
    """Order, figures and marking of a report; raises RecordError for a mix of exercise and real news."""
    is_exercise = check_exercise(picture.exercise_flags)
    tlp = choose_marking(request.tlp, picture.markings)
    is_public = is_for_everybody(tlp, request.has_names)
    return Groundwork(
        tuple(rank_incidents(picture.incidents)), summarise(picture), tlp, is_public, is_exercise
    )  # fmt: skip


def draft_report(
    request: ReportRequest,
    picture: Picture,
    *,
    now: datetime,
    brevity: Brevity = Brevity(),
    ground: Groundwork | None = None,
) -> Report:
    """The report in full for the room that `brevity` gives; raises RecordError for a mix of exercise and real news."""
    ground = ground or lay_ground(request, picture)
    ranked, is_public, is_exercise, tlp = ground.ranked, ground.is_public, ground.is_exercise, ground.tlp
    voice = Voice(is_public)
    sections = [
        ground.summary,
        _tell_incidents(ranked, picture, voice, brevity),
        tell_tension(picture, brevity.rows),
        tell_alerts(picture, voice, brevity.rows),
        tell_forecast(picture, brevity.rows),
        tell_gaps(picture, voice, brevity.rows),
    ]
    told = tuple(section for section in sections if section)
    return Report(
        title=tidy(request.title or f"Situation report: {request.place_name}"),
        area=tidy(request.place_name),
        since=request.since,
        until=request.until,
        made_at=now,
        tlp=tlp,
        policy=request.policy,
        sections=told,
        annex=build_annex(told, picture, is_public=is_public),
        notes=tuple(_list_notes(tlp, is_public, is_exercise, has_incidents=bool(ranked))),
        footnotes=_list_footnotes(ranked[: brevity.incidents], picture, is_exercise),
        author=tidy(request.author) if request.author else None,
        is_exercise=is_exercise,
        is_public=is_public,
        most_pages=request.most_pages,
    )


def _tell_incidents(
    ranked: Sequence[tuple[Incident, Severity]], picture: Picture, voice: Voice, brevity: Brevity
) -> Section | None:
    """The gravest, each in a block of its own, and how many more there are."""
    if not ranked:
        return None
    room = Room(brevity.versions, brevity.quote)
    blocks = [
        tell_incident(picture.tellings.get(incident.id, Telling(incident, ())), severity, picture, voice, room, number)
        for number, (incident, severity) in enumerate(ranked[: brevity.incidents], 1)
    ]
    if left := ranked[brevity.incidents :]:
        text = f"{count_things(len(left), 'incident')} in the period, less grave by the same order, at the desk."
        more = Sentence("incidents/more", text, tuple(i.id for i, _ in left), "More")
        blocks.append(Block("incidents/more", (more,)))
    return Section("incidents", tuple(blocks))


def _list_notes(tlp: Tlp, is_public: bool, is_exercise: bool, *, has_incidents: bool) -> Iterator[str]:
    """How to read it."""
    if is_exercise:
        yield "EXERCISE: everything in this report is invented; nothing of it happened."
    yield f"{tlp}: {TLP_MEANINGS[tlp]}."
    if has_incidents:
        yield explain_order()
        yield (
            "Grades: Admiralty, the letter for the outlet (A completely reliable to E unreliable, F not judged), the "
            "figure for the claim (1 confirmed by other independent origins to 5 improbable, 6 not judged). Not judged "
            "does not mean bad. Said is not happened: every version is its speaker's."
        )
    if is_public:
        yield "Because anybody may read this, people are told by what they are, and nobody is quoted."


def _list_footnotes(
    told: Sequence[tuple[Incident, Severity]], picture: Picture, is_exercise: bool
) -> tuple[str, ...]:  # fmt: skip
    """The naming footnotes of every place that the report names; the exercise's places are invented and have none."""
    table = load_footnote_table()
    named = [incident for incident, _ in told] + list(picture.quiet)
    claims = (c for i, _ in told if i.id in picture.tellings for v in picture.tellings[i.id].versions for c in v.claims)
    keys = [table.key_of(i.place) for i in named if i.place and not i.is_exercise]
    keys += [table.key_of(c.place) for c in claims if c.place and not is_exercise]
    return table.list_texts([*keys, *picture.note_keys.values()])
