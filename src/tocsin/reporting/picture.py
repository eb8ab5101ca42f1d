"""What a situation report reads of a desk: bounded, by area and period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from tocsin.desk import Desk
from tocsin.desk.views import group_by_speaker
from tocsin.incidents import Point, compare_speakers
from tocsin.places.naming import load_naming
from tocsin.ports import Store
from tocsin.records import Alert, Article, Claim, Filter, Incident, Outlet, Place, Tension
from tocsin.report import Difference, Heard, Picture, PlaceTension, ReportRequest, Telling, Version
from tocsin.report.fitting import LADDER
from tocsin.report.severity import rank_incidents
from tocsin.reporting.names import find_notes, name_places
from tocsin.reporting.outlooks import read_outlooks

#: More incidents are not looked at, and the report says so.
MOST_INCIDENTS = 2000
#: Claims of one incident that are read; the oldest and all that a report can tell are among them.
MOST_CLAIMS = 80
MOST_OUTLETS, MOST_PLACES, MOST_QUIET, MOST_EARLIER = 500, 60, 40, 500
#: Days before the period that say who is normally heard and which places normally make news.
BEFORE = timedelta(days=28)
#: An outlet with fewer articles in those days is not missed.
LEAST_BEFORE = 2


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Incidents of area and period, sorted by what a report does with them."""

    counted: tuple[Incident, ...]
    undated: frozenset[str]
    late: tuple[Incident, ...]
    faint: tuple[Incident, ...]
    is_cut: bool


def gather_picture(desk: Desk, request: ReportRequest, *, is_exercise: bool | None = None) -> Picture:
    """The records of an area and a period; `is_exercise` True or False keeps to the exercise or leaves it out."""
    store = desk.store
    chosen = _choose_incidents(store, request, is_exercise)
    ranked = [incident for incident, _ in rank_incidents(chosen.counted)]
    told = ranked[: LADDER[0].incidents]
    claims, articles = read_claims(store, told)
    outlets = {o.id: o for o in store.outlets()}
    members = _list_members(chosen.counted, request.place_id)
    earlier = _read_earlier(store, request, is_exercise)
    flags = {i.is_exercise for i in (*chosen.counted, *chosen.late)}
    is_drill = is_exercise if is_exercise is not None else flags == {True}
    carriers = _list_carriers([*chosen.counted, *earlier], request.place_id)
    alerts = _choose_alerts(store, request, members, chosen.counted, is_exercise)
    tensions = _read_tensions(store, request, members, chosen.counted, is_exercise)
    naming = load_naming(request.policy)
    outlooks = read_outlooks(
        store, request, [*chosen.counted, *earlier], naming, now=desk.clock.now(), is_exercise=is_drill
    )
    known = {i.id for part in (chosen.counted, chosen.late, chosen.faint) for i in part}
    behind = store.incidents_by_id([i for a in alerts for i in a.incident_ids if i not in known][:MOST_EARLIER])
    picture = Picture(
        incidents=chosen.counted,
        tellings={i.id: gather_telling(i, claims, articles, outlets) for i in told},
        articles=articles,
        outlets=outlets,
        tensions=tensions,
        alerts=alerts,
        heard=_listen(store, request, [o for o in outlets.values() if o.is_exercise == is_drill], carriers),
        quiet=_find_quiet(earlier, members),
        undated=chosen.undated,
        late=chosen.late,
        faint=chosen.faint,
        behind=tuple(replace(i, id=asked) for asked, i in behind.items()),
        is_cut=chosen.is_cut,
        note_keys=find_notes([*chosen.counted, *earlier], [*(p.last for p in tensions), *alerts])
        | dict(outlooks.notes),
        outlooks=outlooks.told,
        no_forecast=outlooks.missing,
    )
    return name_places(picture, naming, is_own=request.policy == desk.settings.naming_policy)


# --- incidents


def _choose_incidents(store: Store, request: ReportRequest, is_exercise: bool | None) -> _Chosen:
    """By their days; where no claim says when, or it is still to come, by their first report in the period."""
    wanted = Filter(
        since=request.first_day, until=request.last_day, place_id=request.place_id, limit=MOST_INCIDENTS + 1
    )
    dated = store.incidents(wanted)
    reported, is_more = _read_reported(store, request)
    held = {i.id: i for i in dated if i.date and _is_within(i.date.start, i.date.end, request)}
    ahead = {i.id: i for i in reported if i.date is None or i.date.start > request.last_day}
    late = [i for i in reported if i.date and i.date.end < request.first_day]
    together = [i for i in (held | ahead).values() if _is_wanted(i, is_exercise)]
    counted = sorted((i for i in together if not i.is_faint), key=lambda i: (i.reported_at, i.id))[-MOST_INCIDENTS:]
    return _Chosen(
        tuple(counted),
        frozenset(i.id for i in counted if i.date is None),
        tuple(i for i in late if _is_wanted(i, is_exercise) and not i.is_faint),
        tuple(i for i in together if i.is_faint),
        len(dated) > MOST_INCIDENTS or is_more,
    )


def _is_within(start: date, end: date, request: ReportRequest) -> bool:
    """Whether a stretch of days belongs to the period: it meets it, and is not much longer than it."""
    length = (request.last_day - request.first_day).days + 1
    meets = start <= request.last_day and end >= request.first_day
    return meets and (end - start).days + 1 <= max(length, 31)


def _is_wanted(incident: Incident, is_exercise: bool | None) -> bool:
    return not incident.background and is_exercise in (None, incident.is_exercise)


def _read_reported(store: Store, request: ReportRequest) -> tuple[list[Incident], bool]:
    """Incidents of the area first reported in the period, the last days first, and whether there are more."""
    found: list[Incident] = []
    day, first = request.last_day, request.first_day
    while day >= first and len(found) <= MOST_INCIDENTS:
        since, until = max(_midnight(day), request.since), min(_midnight(day + timedelta(days=1)), request.until)
        here = store.incidents_between(since, until - timedelta(microseconds=1))
        found += [i for i in here if _is_inside(i.place, request.place_id) and not i.background]
        day -= timedelta(days=1)
    return found[:MOST_INCIDENTS], len(found) > MOST_INCIDENTS


def _is_inside(place: Place | None, area: str | None) -> bool:
    return area is None or (place is not None and area in (place.gazetteer_id, *place.within))


def _read_earlier(store: Store, request: ReportRequest, is_exercise: bool | None) -> list[Incident]:
    """Incidents of the weeks before the period."""
    until = request.first_day - timedelta(days=1)
    wanted = Filter(since=until - BEFORE, until=until, place_id=request.place_id, limit=MOST_EARLIER)
    found = store.incidents(wanted)
    return [i for i in found if _is_wanted(i, is_exercise) and not i.is_faint and i.state != "retracted"]


def _find_quiet(earlier: Iterable[Incident], members: frozenset[str]) -> tuple[Incident, ...]:
    """The newest earlier incident of each site, settlement or district that has none in the period."""
    newest: dict[str, Incident] = {}
    for incident in earlier:
        place = incident.place
        if incident.date is None or incident.modality != "actual" or place is None or place.gazetteer_id is None:
            continue
        if place.gazetteer_id in members or place.precision in ("region", "country"):
            continue
        held = newest.get(place.gazetteer_id)
        if held is None or held.date is None or held.date.end < incident.date.end:
            newest[place.gazetteer_id] = incident
    return tuple(sorted(newest.values(), key=lambda i: i.reported_at, reverse=True)[:MOST_QUIET])


# --- what is said


def read_claims(store: Store, told: Sequence[Incident]) -> tuple[dict[str, Claim], dict[str, Article]]:
    """The claims of incidents that are told, and their articles, by id."""
    claims = store.claims_by_id(c for i in told for c in i.claim_ids[:MOST_CLAIMS])
    return claims, store.articles_by_id({c.article_id for c in claims.values()})


def gather_telling(
    incident: Incident, claims: dict[str, Claim], articles: dict[str, Article], outlets: dict[str, Outlet]
) -> Telling:
    """What each speaker says of an incident, and on what they differ."""
    held = [claims[c] for c in incident.claim_ids[:MOST_CLAIMS] if c in claims]
    versions = group_by_speaker(held, articles, outlets)
    points = compare_speakers([version.claims for version in versions]) if len(versions) > 1 else ()
    return Telling(
        incident,
        tuple(Version(v.speaker, v.claims, v.outlet.name if v.outlet else None) for v in versions),
        tuple(_find_differences(points, frozenset(range(len(versions))))),
    )


def _find_differences(points: Sequence[Point], everyone: frozenset[int]) -> list[Difference]:
    """The kinds of points on which somebody says otherwise, each with all that is said of it."""
    found = []
    for kind in dict.fromkeys(point.kind for point in points if point.differ):
        here = [point for point in points if point.kind == kind]
        values = [(point.value, tuple(sorted(point.agree))) for point in here]
        if kind == "act":
            values.append(("it did not happen", tuple(sorted(here[0].differ))))
        speaking = frozenset(n for point in here for n in point.agree | point.differ)
        found.append(Difference(kind, tuple(values), tuple(sorted(everyone - speaking))))
    return found


# --- places, alerts


def _list_members(incidents: Iterable[Incident], area: str | None) -> frozenset[str]:
    """The places of incidents and the areas around them, up to the area of the report."""
    found: set[str] = {area} if area else set()
    for place in (i.place for i in incidents if i.place and i.place.gazetteer_id):
        chain = [place.gazetteer_id or "", *place.within]
        found.update(chain[: chain.index(area) + 1] if area in chain else chain)
    return frozenset(found)


def _read_tensions(
    store: Store,
    request: ReportRequest,
    members: frozenset[str],
    incidents: Sequence[Incident],
    is_exercise: bool | None,
) -> tuple[PlaceTension, ...]:
    """The last day of each place in the period, the hottest first, and the day before the period."""
    days = {i.date.end for i in incidents if i.date and i.date.end <= request.last_day}
    last: list[Tension] = []
    for day in dict.fromkeys([request.last_day, *sorted(days, reverse=True)[:1]]):
        last = last or store.tensions(since=day, until=day)
    eve = request.first_day - timedelta(days=1)
    before = {t.place_id: t for t in store.tensions(since=eve, until=eve)}
    here = [t for t in last if t.place_id in members and is_exercise in (None, t.is_exercise)]
    hot = [t for t in here if t.level > 0 or t.state == "sources-silent"]
    hot.sort(key=lambda t: (t.surprise is None, -(t.surprise or 0.0), -t.level, t.place_id))
    return tuple(PlaceTension(t, before.get(t.place_id)) for t in hot[:MOST_PLACES])


def _choose_alerts(
    store: Store,
    request: ReportRequest,
    members: frozenset[str],
    incidents: Sequence[Incident],
    is_exercise: bool | None,
) -> tuple[Alert, ...]:
    """Alerts that held on a day of the period, in the area."""
    ids = {i.id for i in incidents}
    return tuple(
        a
        for a in store.alerts(states=["firing", "acknowledged", "resolved"])
        if a.began_on <= request.last_day
        and a.day >= request.first_day
        and is_exercise in (None, a.is_exercise)
        and (request.place_id is None or a.place_id in members or not ids.isdisjoint(a.incident_ids))
    )


# --- who was heard


def _list_carriers(incidents: Iterable[Incident], area: str | None) -> frozenset[str]:
    """The outlets that tell of an area; empty, which is everybody, where the report is of everywhere."""
    return frozenset(o for i in incidents for o in i.outlets) if area else frozenset()


def _listen(store: Store, request: ReportRequest, outlets: Sequence[Outlet], carriers: frozenset[str]) -> Heard:
    asked = [o for o in outlets if not carriers or o.id in carriers][:MOST_OUTLETS]
    until = request.first_day - timedelta(days=1)
    articles, heard, silent = 0, [], []
    for outlet in asked:
        now = store.count_articles(Filter(outlet_id=outlet.id, since=request.first_day, until=request.last_day))
        articles += now
        if now:
            heard.append(outlet.id)
        elif store.count_articles(Filter(outlet_id=outlet.id, since=until - BEFORE, until=until)) >= LEAST_BEFORE:
            silent.append(outlet.id)
    return Heard(articles, tuple(heard), tuple(silent))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
