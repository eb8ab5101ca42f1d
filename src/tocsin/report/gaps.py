"""What is not known: silence, no change, places without news, what is counted only loosely."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.records import Incident
from tocsin.report.picture import Picture
from tocsin.report.sentences import FORECASTS, HEARD, Block, Section, Sentence
from tocsin.report.wording import (
    Voice,
    count_things,
    cut_short,
    join_names,
    name_place,
    write_date,
    write_number,
    write_time,
)


def tell_gaps(picture: Picture, voice: Voice, most: int) -> Section:
    """The section that says what the others cannot."""
    rows = [
        *_tell_silence(picture),
        *_tell_quiet_places(picture, voice, most),
        *_tell_loose_counts(picture),
        *_tell_unreviewed(picture),
        *_tell_no_forecast(picture),
    ]
    if not rows:
        text = "none found: every outlet heard in the weeks before was heard in the period."
        rows = [Sentence("gaps/none", text, (HEARD,), "Gaps")]
    return Section("gaps", (Block("gaps", tuple(rows)),))


def _tell_silence(picture: Picture) -> Iterator[Sentence]:
    silent = picture.heard.silent_ids
    if silent:
        names = [picture.outlets[id_].name for id_ in silent if id_ in picture.outlets]
        text = (
            f"{count_things(len(silent), 'outlet')} heard in the weeks before, not in the period: {join_names(names)}."
        )
        yield Sentence("gaps/silent", text, (HEARD, *silent), "Silent outlets")


def _tell_quiet_places(picture: Picture, voice: Voice, most: int) -> Iterator[Sentence]:
    quiet = sorted(picture.quiet, key=lambda i: (-i.reported_at.timestamp(), i.id))
    for incident in quiet[:most]:
        if incident.place is None:
            continue
        text = f"{_write_when(incident)} ({voice.title(incident)})."
        label = f"No change at {name_place(incident.place)} since"
        yield Sentence(f"gaps/quiet/{incident.id}", text, (incident.id,), label)
    if left := quiet[most:]:
        places = [i.place.shown_name for i in left if i.place]
        text = f"{count_things(len(left), 'more place')}: {join_names(places, 8)}."
        yield Sentence("gaps/quiet-more", text, tuple(i.id for i in left), "Places without news")


def _write_when(incident: Incident) -> str:
    return write_date(incident.date) if incident.date else f"first reported {write_time(incident.reported_at)}"


def _tell_loose_counts(picture: Picture) -> Iterator[Sentence]:
    undated = tuple(i.id for i in picture.incidents if i.id in picture.undated)
    unplaced = tuple(i.id for i in picture.incidents if i.place is None)
    late, faint = tuple(i.id for i in picture.late), tuple(i.id for i in picture.faint)
    rows = (
        ("undated", "Day not given", undated, "without a day; each stands in the period by its first report"),
        ("unplaced", "Place not said", unplaced, "without a place"),
        ("late", "Reported late", late, "first reported in the period, of earlier days; not counted"),
        ("faint", "Faint", faint, "told once and not surely an act; not counted"),
    )
    for key, label, ids, words in rows:
        if ids:
            yield Sentence(f"gaps/{key}", f"{count_things(len(ids), 'incident')} {words}.", ids, label)
    if picture.is_cut:
        ids = tuple(i.id for i in picture.incidents)
        text = f"the desk holds more incidents for this area and period than the {write_number(len(ids))} looked at."
        yield Sentence("gaps/cut", text, ids, "Not all looked at")


def _tell_unreviewed(picture: Picture) -> Iterator[Sentence]:
    heard = [picture.outlets[id_] for id_ in picture.heard.outlet_ids if id_ in picture.outlets]
    unreviewed = [outlet for outlet in heard if not outlet.is_reviewed]
    if unreviewed:
        names = join_names([outlet.name for outlet in unreviewed], 6)
        text = f"{count_things(len(unreviewed), 'outlet')} that nobody has graded: {names}."
        yield Sentence("gaps/unreviewed", text, tuple(o.id for o in unreviewed), "Reliability not judged")


def _tell_no_forecast(picture: Picture) -> Iterator[Sentence]:
    """Where nothing is forecast, that is said, with the reason: no forecast is not a forecast of calm."""
    if picture.no_forecast:
        text = " ".join(cut_short(reason, 240) for reason in picture.no_forecast[:2])
        yield Sentence("gaps/forecast", text, (FORECASTS,), "No forecast")
