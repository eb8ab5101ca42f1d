"""What a page, the API or an export was asked for: one reading of the query string for all three.

Every parameter arrives as text and an empty one asks for nothing, so that a plain HTML form can send its empty fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from pydantic import WithJsonSchema

from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.records import Certainty, Credibility, EventType, Filter, Incident, Modality, Reliability
from tocsin.records.filters import LONGEST_WORDS, NOBODY, WORDS_PREFIX, Counted, Realm, list_wordings
from tocsin.web.reaching import DeskHere

#: Windows that end with the newest report of what is asked for; "all" has no bound.
WINDOWS: dict[str, timedelta | None] = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "all": None,
}
#: What asks for a stretch of time; whoever changes one of them takes the others back.
TIME_FIELDS = ("since", "until", "reported_since", "reported_until", "last")
PAGE_LENGTH = 50
#: So many of the last reported incidents are looked at for the newest day: a late report tells of an earlier one.
LOOKED_AT = 50
LONGEST_PAGE = 1000
#: Longer words are cut off by no outlet: whoever sends more is not searching.
LONGEST_TEXT = 200
_FIELDS = tuple(field.name for field in fields(Filter) if field.name not in ("limit", "offset"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter, and the window it was given as, if it was.

    wanted  what the store is asked for: `reported_since` already stands for the window
    last    a key of `WINDOWS` as given, or None
    has_limit whether a limit was given: an export without one holds everything
    """

    wanted: Filter
    last: str | None = None
    has_limit: bool = False

    def query(self, **changes: Any) -> str:
        """The query string that asks for the same, with `changes` (None takes a parameter out); no paging.

        `last` and the time it stands for never stand side by side; a change of any parameter but paging starts the
        list anew.
        """
        asked: dict[str, Any] = {name: getattr(self.wanted, name) for name in _FIELDS}
        if self.last:
            asked |= {"last": self.last, **dict.fromkeys(TIME_FIELDS[:-1])}
        asked |= changes
        return urlencode({name: _to_text(value) for name, value in asked.items() if value not in (None, False, "")})

    def link(self, path: str, **changes: Any) -> str:
        """`path` with the query string that asks for the same."""
        query = self.query(**changes)
        return f"{path}?{query}" if query else path

    def link_time(self, path: str, **times: Any) -> str:
        """`path` asked for the same in another stretch of time: a window, days or times; none of them for all."""
        return self.link(path, **(dict.fromkeys(TIME_FIELDS) | times))

    @property
    def time_fields(self) -> tuple[str, ...]:
        """What asks for a stretch of time."""
        return TIME_FIELDS

    @property
    def newest(self) -> datetime | None:
        """The newest report, with which the window ends; None without a window, or where nothing is in it."""
        length = WINDOWS.get(self.last or "all")
        since = self.wanted.reported_since
        return since + length if length is not None and since is not None else None

    @property
    def has_range(self) -> bool:
        """Whether days or times are asked for that are no window."""
        wanted = self.wanted
        return not self.last and any((wanted.since, wanted.until, wanted.reported_since, wanted.reported_until))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for (paging apart)."""
        return bool(self.query())

    def unbounded(self) -> Asked:
        """The same without paging: what an export holds."""
        return replace(self, wanted=replace(self.wanted, limit=0, offset=0))

    def at_most(self, limit: int) -> Asked:
        """The same from its beginning, `limit` of it at most: the map knows no pages."""
        return replace(self, wanted=replace(self.wanted, limit=limit, offset=0))

    def list_fields(self, *without: str) -> dict[str, str]:
        """The parameters that ask for the same, for the hidden fields of a form that changes those in `without`."""
        return dict(parse_qsl(self.query(**dict.fromkeys(without))))


def _to_text(value: Any) -> str:
    if value is True:
        return "1"
    if isinstance(value, datetime):
        return write_time(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def write_time(value: datetime) -> str:
    """A time as addresses have it: UTC, no longer than it must be ("2026-03-12T14:00Z")."""
    at = value.astimezone(UTC)
    unit = "microseconds" if at.microsecond else "seconds" if at.second else "minutes"
    return at.replace(tzinfo=None).isoformat(timespec=unit) + "Z"


def _shape(**schema: Any) -> WithJsonSchema:
    """What the reference says of a parameter that arrives as text."""
    return WithJsonSchema({"type": "string"} | schema)


_DAY = _shape(format="date")
_TIME = _shape(format="date-time", examples=["2026-03-12T14:00Z"])


def read_asked(
    since: Annotated[str, _DAY, Query(description="first day")] = "",
    until: Annotated[str, _DAY, Query(description="last day, inclusive")] = "",
    reported_since: Annotated[
        str, _TIME, Query(description="first reported (an article, a claim: published) at this time or later; UTC")
    ] = "",
    reported_until: Annotated[str, _TIME, Query(description="first reported before this time; UTC")] = "",
    last: Annotated[
        str,
        _shape(enum=[*WINDOWS]),
        Query(description="a window back from the newest report of what is asked for; days and times outrank it"),
    ] = "",
    type: Annotated[str, _shape(enum=[*get_args(EventType)]), Query(description="PLOVER type")] = "",
    place_id: Annotated[str, Query(description="gazetteer id of a place, or of an area that contains it")] = "",
    country: Annotated[
        str, _shape(pattern="^[A-Z]{3}$"), Query(description="ISO 3166-1 alpha-3 of the place; Kosovo is XKX")
    ] = "",
    actor: Annotated[str, Query(description="words in the name of an actor or recipient")] = "",
    by_party: Annotated[
        str,
        _shape(examples=["XKX/COP"]),
        Query(description="who did it, first named: country/sector, words:… of one without codes, or nobody"),
    ] = "",
    to_party: Annotated[
        str, _shape(examples=["/CVL"]), Query(description="to whom it was done, first named: as by_party")
    ] = "",
    counted: Annotated[
        str,
        _shape(enum=[*get_args(Counted)]),
        Query(description="what it counts as; leaves out what is faint or retracted"),
    ] = "",
    realm: Annotated[
        str, _shape(enum=[*get_args(Realm)]), Query(description="what happened, or what an exercise invents")
    ] = "",
    outlet_id: Annotated[str, Query(description="id of who published")] = "",
    certainty: Annotated[str, _shape(enum=[*get_args(Certainty)]), Query(description="how surely it is said")] = "",
    modality: Annotated[str, _shape(enum=[*get_args(Modality)]), Query(description="happened, planned, …")] = "",
    credibility: Annotated[
        str,
        _shape(enum=[*map(str, get_args(Credibility))]),
        Query(description="Admiralty figure of the (most credible) claim: this or better; 6: cannot be judged"),
    ] = "",
    reliability: Annotated[
        str,
        _shape(enum=[*get_args(Reliability)]),
        Query(description="Admiralty letter of the (best) outlet: this or better; F: not judged"),
    ] = "",
    query: Annotated[str, Query(description="words in the title, text or evidence")] = "",
    with_background: Annotated[
        str, _shape(enum=["1", "0"]), Query(description="1 to include what is told as history")
    ] = "",
    limit: Annotated[
        str,
        _shape(type="integer", minimum=1, maximum=LONGEST_PAGE, default=PAGE_LENGTH),
        Query(description="longest list"),
    ] = "",
    offset: Annotated[
        str, _shape(type="integer", minimum=0, default=0), Query(description="how many to leave out at the beginning")
    ] = "",
) -> Asked:
    """The filter in the query string; raises RecordError on a value that cannot be."""
    return parse_asked(locals())


def parse_asked(given: Mapping[str, str]) -> Asked:
    """The same from a mapping of texts; parameters that no filter knows are left alone."""
    texts = {name: " ".join(value.split()) for name, value in given.items() if value.strip()}
    wanted = Filter(
        since=_parse_day(texts, "since"),
        until=_parse_day(texts, "until"),
        reported_since=_parse_time(texts, "reported_since"),
        reported_until=_parse_time(texts, "reported_until"),
        type=_parse_choice(texts, "type", get_args(EventType)),
        place_id=_parse_text(texts, "place_id"),
        country=_parse_country(texts),
        actor=_parse_text(texts, "actor"),
        by_party=_parse_party(given, "by_party"),
        to_party=_parse_party(given, "to_party"),
        counted=_parse_choice(texts, "counted", get_args(Counted)),
        realm=_parse_choice(texts, "realm", get_args(Realm)),
        outlet_id=_parse_text(texts, "outlet_id"),
        certainty=_parse_choice(texts, "certainty", get_args(Certainty)),
        modality=_parse_choice(texts, "modality", get_args(Modality)),
        credibility=_parse_figure(texts),
        reliability=_parse_choice(texts, "reliability", get_args(Reliability)),
        query=_parse_text(texts, "query"),
        with_background=_parse_choice(texts, "with_background", ("1", "0", "true", "false")) in ("1", "true"),
        limit=_parse_number(texts, "limit", 1, LONGEST_PAGE, PAGE_LENGTH),
        offset=_parse_number(texts, "offset", 0, 10_000_000, 0),
    )
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise RecordError("since", wanted.since, f"must not be after until ({wanted.until})")
    if wanted.reported_since and wanted.reported_until and wanted.reported_since >= wanted.reported_until:
        until = write_time(wanted.reported_until)
        raise RecordError(
            "reported_since", write_time(wanted.reported_since), f"must be before reported_until ({until})"
        )
    last = _parse_choice(texts, "last", tuple(WINDOWS))
    asked = Asked(wanted, None, "limit" in texts)
    return asked if asked.has_range else replace(asked, last=last)


def _parse_text(texts: Mapping[str, str], name: str) -> str | None:
    value = texts.get(name)
    if value is not None and len(value) > LONGEST_TEXT:
        raise RecordError(name, value[:40] + "…", f"must be {LONGEST_TEXT} characters or fewer")
    return value


def _parse_day(texts: Mapping[str, str], name: str) -> date | None:
    if name not in texts:
        return None
    try:
        return date.fromisoformat(texts[name])
    except ValueError as why:
        raise RecordError(name, texts[name][:40], "must be a day as in 2026-03-08") from why


def _parse_time(texts: Mapping[str, str], name: str) -> datetime | None:
    """A time; without an offset it is UTC, as all times of the desk are."""
    if name not in texts:
        return None
    try:
        if "T" not in texts[name]:
            raise ValueError("a day is no time")
        at = datetime.fromisoformat(texts[name])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as why:
        raise RecordError(name, texts[name][:40], "must be a time as in 2026-03-08T14:00Z") from why


def _parse_figure(texts: Mapping[str, str]) -> Any:
    figures = {str(figure): figure for figure in get_args(Credibility)}
    chosen = _parse_choice(texts, "credibility", tuple(figures))
    return None if chosen is None else figures[chosen]


def _parse_choice(texts: Mapping[str, str], name: str, allowed: tuple[Any, ...]) -> Any:
    value = texts.get(name)
    if value is not None and value not in allowed:
        raise RecordError(name, value[:40], f"must be one of {', '.join(allowed)}")
    return value


def _parse_country(texts: Mapping[str, str]) -> str | None:
    value = texts.get("country", "").upper()
    if value and not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise RecordError("country", value[:40], "must be three letters (ISO 3166-1 alpha-3, XKX for Kosovo)")
    return value or None


def _parse_party(given: Mapping[str, str], name: str) -> str | None:
    """The key of a party: "XKX/COP", "words:villagers", "nobody"; taken as it stands, with its own white space."""
    key = given.get(name, "").strip(" ")
    words = key.removeprefix(WORDS_PREFIX)
    if words != key:
        is_key = bool(words and list_wordings(words))
    else:
        is_key = key in ("", NOBODY) or ("/" in key and key != "/" and len(key) <= LONGEST_TEXT)
    if not is_key:
        allowed = f"XKX/COP, XKX/, /COP, {WORDS_PREFIX}villagers (small letters, {LONGEST_WORDS} at most) or {NOBODY}"
        raise RecordError(name, key[:40], f"must be the key of a party: {allowed}")
    return key or None


def _parse_number(texts: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    if name not in texts:
        return default
    value = texts[name]
    if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
        raise RecordError(name, value[:40], f"must be a whole number from {least} to {most}")
    return int(value)


def find_newest_day(store: Store, wanted: Filter) -> date | None:
    """The newest day among the incidents last reported of those that `wanted` asks for; None where there is none.

    An incident's day is its date's last day, or, where no claim says when, the day it was first reported; never a day
    after that report, so that what is planned for next month does not end the window there.
    """
    newest = store.incidents(replace(wanted, since=None, until=None, limit=LOOKED_AT, offset=0))
    return max(map(_shown_day, newest), default=None)


def _shown_day(incident: Incident) -> date:
    reported_on = incident.reported_at.date()
    return min(incident.date.end, reported_on) if incident.date else reported_on


def resolve_window(store: Store, asked: Asked) -> Asked:
    """Put a time in the place of a window: it ends with the newest report of what is asked for, not now."""
    length = WINDOWS.get(asked.last or "all")
    newest = store.newest_report(asked.wanted) if length else None
    if length is None or newest is None:
        return asked
    return replace(asked, wanted=replace(asked.wanted, reported_since=newest - length))


def asked_here(desk: DeskHere, asked: Annotated[Asked, Depends(read_asked)]) -> Asked:
    """The filter of a request, its window resolved."""
    return resolve_window(desk.store, asked)


#: The filter that a page, list or export was asked for.
AskedHere = Annotated[Asked, Depends(asked_here)]
