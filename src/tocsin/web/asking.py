"""What a page, the API or an export was asked for: one reading of the query string for all three.

Every parameter arrives as text and an empty one asks for nothing, so that a plain HTML form can send its empty fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Annotated, Any, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from pydantic import WithJsonSchema

from tocsin.errors import RecordError
from tocsin.ports import Store
from tocsin.records import Certainty, EventType, Filter, Incident, Modality
from tocsin.records.filters import LONGEST_WORDS, NOBODY, WORDS_PREFIX, Counted, Realm, list_wordings
from tocsin.web.reaching import DeskHere

#: Windows that end on the newest day shown, in days; "all" has no bound.
WINDOWS: dict[str, int | None] = {"24h": 1, "7d": 7, "30d": 30, "90d": 90, "all": None}
PAGE_LENGTH = 50
#: So many of the last reported incidents are looked at for the newest day: a late report tells of an earlier one.
LOOKED_AT = 50
LONGEST_PAGE = 1000
#: Longer words are cut off by no outlet: whoever sends more is not searching.
LONGEST_TEXT = 200
_PAGING = ("limit", "offset")


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter, and the window it was given as, if it was.

    wanted  what the store is asked for: `since` already stands for the window
    last    "24h", "7d", "30d", "90d" or "all" as given, or None
    has_limit whether a limit was given: an export without one holds everything
    """

    wanted: Filter
    last: str | None = None
    has_limit: bool = False

    def query(self, **changes: Any) -> str:
        """The query string that asks for the same, with `changes` (None takes a parameter out); no paging.

        `last` and the days it stands for never stand side by side; a change of any parameter but paging starts the
        list anew.
        """
        asked: dict[str, Any] = {f.name: getattr(self.wanted, f.name) for f in fields(Filter) if f.name not in _PAGING}
        if self.last:
            asked |= {"last": self.last, "since": None, "until": None}
        asked |= changes
        return urlencode({name: _to_text(value) for name, value in asked.items() if value not in (None, False, "")})

    def link(self, path: str, **changes: Any) -> str:
        """`path` with the query string that asks for the same."""
        query = self.query(**changes)
        return f"{path}?{query}" if query else path

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
    return value.isoformat() if isinstance(value, date) else str(value)


def _shape(**schema: Any) -> WithJsonSchema:
    """What the reference says of a parameter that arrives as text."""
    return WithJsonSchema({"type": "string"} | schema)


_DAY = _shape(format="date")


def read_asked(
    since: Annotated[str, _DAY, Query(description="first day")] = "",
    until: Annotated[str, _DAY, Query(description="last day, inclusive")] = "",
    last: Annotated[
        str,
        _shape(enum=[*WINDOWS]),
        Query(description="a window that ends on the newest day there is; since and until come before it"),
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
        query=_parse_text(texts, "query"),
        with_background=_parse_choice(texts, "with_background", ("1", "0", "true", "false")) in ("1", "true"),
        limit=_parse_number(texts, "limit", 1, LONGEST_PAGE, PAGE_LENGTH),
        offset=_parse_number(texts, "offset", 0, 10_000_000, 0),
    )
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise RecordError("since", wanted.since, f"must not be after until ({wanted.until})")
    last = _parse_choice(texts, "last", tuple(WINDOWS))
    return Asked(wanted, None if wanted.since or wanted.until else last, "limit" in texts)


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
    """Put days in the place of a window: it ends on the newest day there is, not today."""
    days = WINDOWS.get(asked.last or "all")
    newest = find_newest_day(store, asked.wanted) if days else None
    if not days or newest is None:
        return asked
    return replace(asked, wanted=replace(asked.wanted, since=newest - timedelta(days=days - 1)))


def asked_here(desk: DeskHere, asked: Annotated[Asked, Depends(read_asked)]) -> Asked:
    """The filter of a request, its window resolved."""
    return resolve_window(desk.store, asked)


#: The filter that a page, list or export was asked for.
AskedHere = Annotated[Asked, Depends(asked_here)]
