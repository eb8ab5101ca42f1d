"""One incident in sentences: what, when, where; the tolls; who says what; what they differ on; how it is graded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tocsin.records import Claim, Incident, TollRange
from tocsin.report.picture import Difference, Picture, Telling, Version
from tocsin.report.sentences import Block, Sentence
from tocsin.report.severity import Severity
from tocsin.report.wording import (
    LONGEST_NAME,
    Voice,
    cut_short,
    isolate,
    join_names,
    name_place,
    quote,
    write_date,
    write_estimate,
    write_grade,
    write_time,
)
from tocsin.report.wording import count_things as count

#: What a version does, by the modality of its latest claim.
_VERBS = {
    "actual": "says so",
    "negated": "denies it",
    "planned": "announces it",
    "conditional": "says so on a condition",
}
_STATES = {
    "reported": "Nobody contradicts it",
    "disputed": "Disputed",
    "denied": "Only denied",
    "planned": "Announced, not yet done",
    "retracted": "Taken back by those who reported it",
}
#: With room for fewer versions, who is silent on a point is left to the desk.
_TELLS_SILENCE = 4
_LONGEST_VALUE = 50
#: Tolls that are nouns: nobody is "participants".
_THINGS = frozenset({"participants", "vehicles", "weapons"})
#: Told after whether it happened and what it cost.
_LESSER_POINTS = frozenset({"actor", "recipient", "place", "date"})
_POINTS = {
    "act": "whether it happened",
    "actor": "who did it",
    "recipient": "to whom",
    "place": "where",
    "date": "when",
}


@dataclass(frozen=True, slots=True)
class Room:
    """How much of one incident fits: versions told, and characters of each quotation (0: no quotation)."""

    versions: int
    quote: int


def tell_incident(
    telling: Telling, severity: Severity, picture: Picture, voice: Voice, room: Room, number: int
) -> Block:
    """The block of one incident."""
    incident = telling.incident
    key = f"incidents/{incident.id}"
    rows = [
        Sentence(f"{key}/facts", _write_facts(incident, severity), (incident.id,)),
        *_tell_tolls(key, incident),
        *_tell_versions(key, telling, picture, voice, room),
        *_tell_differences(key, telling, voice, room),
    ]
    return Block(key, tuple(rows), Sentence(f"{key}/title", voice.title(incident), (incident.id,)), number)


def _write_facts(incident: Incident, severity: Severity) -> str:
    when = (
        write_date(incident.date)
        if incident.date
        else f"Day not given, first reported {write_time(incident.reported_at)}"
    )
    place = incident.place
    where = f", {name_place(place)} ({place.precision})" if place else ", place not said"
    carried = [count(len(incident.claim_ids), "claim"), count(incident.origins, "independent origin")]
    if incident.outlets:
        carried.append(count(len(incident.outlets), "outlet"))
    return f"{when}{where}. {_STATES[incident.state]}: {', '.join(carried)}. Severity {severity.points:.1f}."


def _tell_tolls(key: str, incident: Incident) -> Iterator[Sentence]:
    if incident.tolls:
        text = "; ".join(_write_toll(toll) for toll in incident.tolls)
        yield Sentence(f"{key}/toll", f"{text}.", (incident.id,), "Toll")


def _write_toll(toll: TollRange) -> str:
    """ "killed 5 (lowest 1, highest 5)", "injured at least 14", "nobody arrested"."""
    if toll.best == toll.high == 0:
        return f"no {toll.kind}" if toll.kind in _THINGS else f"nobody {toll.kind}"
    return f"{toll.kind} {write_estimate(toll.low, toll.best, toll.high)}"


def _tell_versions(key: str, telling: Telling, picture: Picture, voice: Voice, room: Room) -> Iterator[Sentence]:
    shown = _choose_versions(telling.versions, room.versions)
    for version in shown:
        claim = version.claims[-1]
        text, label = _write_version(claim, telling, picture, voice, room)
        # all claims of a speaker are cited; the last one is told, because who speaks again updates
        cites = (telling.incident.id, *(c.id for c in reversed(version.claims)))
        yield Sentence(f"{key}/version/{version.claims[0].id}", text, cites, label)
        # but who is quoted both ways is told both ways: nothing else says why the incident is disputed
        if turned := next((c for c in reversed(version.claims) if _denies(c) != _denies(claim)), None):
            text, label = _write_version(turned, telling, picture, voice, room)
            yield Sentence(f"{key}/version/{version.claims[0].id}/also", text, cites, f"{label}, also")
    left = [v for v in telling.versions if v not in shown]
    if left:
        cites = (telling.incident.id, *(c.id for v in left for c in v.claims))
        yield Sentence(f"{key}/more", f"{count(len(left), 'version')}, at the desk.", cites, "More")


def _write_version(claim: Claim, telling: Telling, picture: Picture, voice: Voice, room: Room) -> tuple[str, str]:
    """What a speaker says in a claim, with the outlet and the grade; and who speaks."""
    article = picture.articles.get(claim.article_id)
    outlet = picture.outlets.get(article.outlet_id) if article and article.outlet_id else None
    grade = write_grade(outlet, next((g for g in telling.incident.grades if g.claim_id == claim.id), None))
    name = isolate(cut_short((article.outlet_name if article else None) or "an unnamed outlet", LONGEST_NAME))
    speaker = voice.speaker(claim)
    words = quote(claim.evidence.text, room.quote) if room.quote and not voice.is_public else ""
    said = f": {words}" if words else ""
    hedged = ", not vouching for it" if claim.certainty == "hedged" else ""
    where = f"{name}; {grade}" if speaker else grade
    label = speaker or f"{name}, in its own voice"
    return f"{_VERBS[claim.modality]}{hedged}{said} ({where}).", label[:1].upper() + label[1:]


def _choose_versions(versions: tuple[Version, ...], most: int) -> list[Version]:
    """The first versions, and among them one that denies and one that does not, where there are both.

    Neither is cut for want of room: without the one nobody sees why it is disputed, without the other what is denied.
    """
    chosen = list(versions[:most])
    if most < 2:
        return chosen
    for denies in (True, False):
        if not any(_denies(v.claims[-1]) is denies for v in chosen):
            missed = next((v for v in versions[most:] if _denies(v.claims[-1]) is denies), None)
            chosen = [*chosen[: most - 1], missed] if missed else chosen
    return chosen


def _denies(claim: Claim) -> bool:
    return claim.modality == "negated"


def _tell_differences(key: str, telling: Telling, voice: Voice, room: Room) -> Iterator[Sentence]:
    """The points on which the versions differ, in one sentence; parties stay out of it where nobody is named."""
    held = [d for d in telling.differences if not (voice.is_public and d.kind in ("actor", "recipient"))]
    told = [d for d in map(_merge_alike, held) if len(d.values) > 1]
    if not told:
        return
    told = sorted(told, key=lambda d: d.kind in _LESSER_POINTS)[: max(room.versions, 2)]
    parts = [_write_difference(difference, telling, voice, room) for difference in told]
    speaking = {n for d in told for _, says in d.values for n in says} | {n for d in told for n in d.silent}
    cites = (telling.incident.id, *(c.id for n in sorted(speaking) for c in telling.versions[n].claims))
    yield Sentence(f"{key}/differ", f"{'; '.join(parts)}.", cites, "Versions differ on")


def _merge_alike(difference: Difference) -> Difference:
    """Values that read alike as one: "Rebels or Rebels" tells nobody what two codes differ on."""
    merged: dict[str, tuple[str, tuple[int, ...]]] = {}
    for value, says in difference.values:
        shown = cut_short(value, _LONGEST_VALUE)
        words, held = merged.get(shown.casefold(), (shown, ()))
        merged[shown.casefold()] = (words, tuple(sorted({*held, *says})))
    return replace(difference, values=tuple(merged.values()))


def _write_difference(difference: Difference, telling: Telling, voice: Voice, room: Room) -> str:
    """ "killed, 1 (the ministry) or 5 (The Gazette), nothing of it: the mayor"."""
    most = 1 if room.versions < _TELLS_SILENCE else 2
    values = [
        f"{isolate(value)} ({_name_speakers(says, telling, voice, most)})"
        for value, says in difference.values[: max(room.versions, 2)]
    ]
    text = f"{_POINTS.get(difference.kind, difference.kind)}, {' or '.join(values)}"
    if difference.silent and room.versions >= _TELLS_SILENCE:
        text += f", nothing of it: {_name_speakers(difference.silent, telling, voice, most)}"
    return text


def _name_speakers(numbers: tuple[int, ...], telling: Telling, voice: Voice, most: int) -> str:
    versions = [telling.versions[n] for n in numbers]
    names = [voice.speaker(v.claims[-1]) or v.outlet_name or "the outlet itself" for v in versions]
    return join_names(list(dict.fromkeys(names)), most)
