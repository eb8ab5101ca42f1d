"""What surrounds the incidents: tension at places, alerts, forecasts."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import get_args

from tocsin.records import Alert, Precedence, Tension
from tocsin.report.picture import Outlook, Picture, PlaceTension, cite_outlook, cite_tension
from tocsin.report.sentences import Block, Section, SectionKey, Sentence
from tocsin.report.wording import LONGEST_NAME, Voice, cut_short, isolate, join_names, tidy, write_day, write_number

_RANKS: dict[str, int] = {name: rank for rank, name in enumerate(get_args(Precedence))}
#: With room for fewer rows, what an alert speaks for and what clears it are left to the desk.
_LONG_ROWS = 8
_STATES = {
    "too-little-history": "not scored, too little history at this place",
}


def tell_tension(picture: Picture, most: int) -> Section | None:
    """The hottest places: level, how it moved, how surprising it is, or why there is no score."""
    places = sorted(picture.tensions, key=_heat)
    rows = [_write_tension(place) for place in places[:most]]
    if left := places[most:]:
        cites = tuple(cite_tension(place.last) for place in left)
        rows.append(Sentence("tension/more", f"{_count(len(left), 'place')}, at the desk.", cites, "More"))
    return _make_section("tension", rows)


def tell_alerts(picture: Picture, voice: Voice, most: int) -> Section | None:
    """What rang in the period, what matters most first; people's notes stay out of a report that names nobody."""
    known = picture.known_incidents
    groups = _group_alerts(picture.alerts)
    rows = [_write_alert(lead, nested, known, voice, is_long=most > _LONG_ROWS) for lead, *nested in groups[:most]]
    if left := [alert for group in groups[most:] for alert in group]:
        rows.append(
            Sentence("alerts/more", f"{_count(len(left), 'alert')}, at the desk.", tuple(a.id for a in left), "More")
        )
    return _make_section("alerts", rows)


def tell_forecast(picture: Picture, most: int) -> Section | None:
    """What is given as a forecast, with its method and how it did before; nothing where none is given."""
    outlooks = picture.outlooks
    rows = [_write_outlook(outlook) for outlook in outlooks[:most]]
    if left := outlooks[most:]:
        cites = tuple(cite_outlook(outlook) for outlook in left)
        rows.append(Sentence("forecast/more", f"{_count(len(left), 'forecast')}, at the desk.", cites, "More"))
    return _make_section("forecast", rows)


def _make_section(key: SectionKey, rows: Sequence[Sentence]) -> Section | None:
    return Section(key, (Block(key, tuple(rows)),)) if rows else None


def _name(place_name: str) -> str:
    return isolate(cut_short(place_name, LONGEST_NAME))


def _count(number: int, noun: str) -> str:
    return f"{write_number(number)} {noun}" if number == 1 else f"{write_number(number)} {noun}s"


def _heat(place: PlaceTension) -> tuple[bool, float, float, str]:
    last = place.last
    return (last.surprise is None, -(last.surprise or 0.0), -last.level, last.place_id)


def _write_tension(place: PlaceTension) -> Sentence:
    last, before = place.last, place.before
    cites = [cite_tension(last)]
    if last.state == "sources-silent":
        text = f"not scored on {write_day(last.day)}: the outlets that normally report from here were silent."
    else:
        text = f"level {last.level:.1f} on {write_day(last.day)}"
        if before and before.state != "sources-silent":
            cites.append(cite_tension(before))
            text += f", {_compare(last, before)} {before.level:.1f} on {write_day(before.day)}"
        text += f"; {_write_surprise(last)}.{_write_coverage(last)}"
    return Sentence(f"tension/{last.place_id}", text, tuple(cites), _name(last.place_name))


def _compare(last: Tension, before: Tension) -> str:
    move = round(last.level, 1) - round(before.level, 1)
    return "up from" if move > 0 else "down from" if move < 0 else "no change from"


def _write_surprise(tension: Tension) -> str:
    if tension.surprise is None:
        return _STATES.get(tension.state, "no surprise measured")
    return f"surprise {tension.surprise:.1f} against its own past"


def _write_coverage(tension: Tension) -> str:
    if tension.coverage is None:
        return ""
    return f" Heard: {round(tension.coverage * 100)} % of the outlets that normally report from here."


def _group_alerts(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Alerts of one rule that hold over the same incidents (a district, a town in it) together, the widest first."""
    groups: list[list[Alert]] = []
    for alert in sorted(alerts, key=lambda a: (-len(a.incident_ids), a.place_name, a.id)):
        home = next((g for g in groups if _repeats(alert, g[0])), None)
        if home is None:
            groups.append([alert])
        else:
            home.append(alert)
    return sorted(groups, key=lambda g: (-_RANKS[g[0].precedence], -g[0].day.toordinal(), g[0].place_name, g[0].id))


def _repeats(alert: Alert, lead: Alert) -> bool:
    alike = all(getattr(alert, name) == getattr(lead, name) for name in ("rule", "precedence", "state", "note"))
    meets = alert.began_on <= lead.day and lead.began_on <= alert.day
    return alike and meets and not set(alert.incident_ids).isdisjoint(lead.incident_ids)


def _write_alert(
    alert: Alert, nested: Sequence[Alert], known: Container[str], voice: Voice, *, is_long: bool
) -> Sentence:
    until = "" if alert.day == alert.began_on else f" to {write_day(alert.day)}"
    note = f" Note: {isolate(cut_short(alert.note, 120))}." if alert.note and not voice.is_public else ""
    also = f" Also at: {join_names([a.place_name for a in nested], 5)}." if nested else ""
    head = f"{alert.precedence}, {alert.state}, {write_day(alert.began_on)}{until}"
    text = f"{head}: {isolate(tidy(alert.title))}.{also}{note}"
    if is_long:
        text += f" Speaks {alert.speaks}: {cut_short(alert.hypothesis, 200).rstrip('.')}."
        text += f" Clears when: {cut_short(alert.cleared_by, 160).rstrip('.')}."
    cites = (alert.id, *(a.id for a in nested), *(i for i in alert.incident_ids if i in known))
    return Sentence(f"alerts/{alert.id}", text, cites, _name(alert.place_name))


def _write_outlook(outlook: Outlook) -> Sentence:
    span = f"{write_day(outlook.first_day)} to {write_day(outlook.last_day)}"
    what = isolate(cut_short(outlook.what, 120))
    figure = "; ".join(_list_figures(outlook)) or "no figure given"
    made = f" Made {write_day(outlook.made_at.date())} by {cut_short(outlook.method, 60)}{_write_basis(outlook)}."
    error = f" Past error: {cut_short(outlook.past_error, 160)}." if outlook.past_error else " Past error not known."
    text = f"{what}, {span}: {figure}.{made}{error}"
    return Sentence(f"forecast/{outlook.key}", text, (cite_outlook(outlook),), _name(outlook.place_name))


def _list_figures(outlook: Outlook) -> Iterator[str]:
    """The chances, and the range as a range: a forecast is never one number."""
    if outlook.chance is not None:
        yield (
            f"chance of any {_write_chance(outlook.chance)}"
            if outlook.basis
            else (f"chance {_write_chance(outlook.chance)}")
        )
    if outlook.chance_many is not None:
        yield f"of {outlook.many} or more {_write_chance(outlook.chance_many)}"
    if outlook.low is not None and outlook.high is not None:
        median = "" if outlook.best is None else f", median {_write_count(outlook.best)}"
        yield f"{outlook.interval} % range {_write_count(outlook.low)} to {_write_count(outlook.high)}{median}"
    elif outlook.best is not None:
        yield f"median {_write_count(outlook.best)}"


def _write_chance(chance: float) -> str:
    """Whole per cent; what is neither impossible nor certain is not written so."""
    if 0 < chance < 0.005:
        return f"{chance * 100:.1g} %"
    return f"{chance * 100:.1f} %" if 0.995 <= chance < 1 else f"{chance * 100:.0f} %"


def _write_count(count: float) -> str:
    return write_number(round(count)) if count == round(count) or count >= 10 else f"{count:.1f}"


def _write_basis(outlook: Outlook) -> str:
    if not outlook.basis:
        return ""
    known = f", known to {write_day(outlook.known_to)}" if outlook.known_to else ""
    days = outlook.age_days
    age = "" if days is None else f", {_count(days, 'day')} old" if days else ", of today"
    return f" from {isolate(cut_short(outlook.basis, 60))}{known}{age}"
