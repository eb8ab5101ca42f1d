"""What a page, the API or an export was asked for: one reading of the query string for all three.

Every parameter arrives as text and an empty one asks for nothing, so that a plain HTML form can send its empty fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

from fastapi import Depends, Query
from pydantic import WithJsonSchema
from starlette.concurrency import run_in_threadpool

from tocsin.errors import RecordError
from tocsin.records import Certainty, Credibility, EventType, Filter, Modality, Reliability
from tocsin.records.filters import LONGEST_WORDS, NOBODY, WORDS_PREFIX, Counted, Realm, list_wordings
from tocsin.web.asked import WINDOWS, Asked, write_time
from tocsin.web.reaching import DeskHere
from tocsin.web.windows import resolve_window

PAGE_LENGTH = 50
LONGEST_PAGE = 1000
#: Longer words are cut off by no outlet: whoever sends more is not searching.
LONGEST_TEXT = 200


def _shape(**schema: Any) -> WithJsonSchema:
    """What the reference says of a parameter that arrives as text."""
    return WithJsonSchema({"type": "string"} | schema)


_DAY = _shape(format="date")
_TIME = _shape(format="date-time", examples=["2026-03-12T14:00Z"])


async def read_asked(
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


async def asked_here(desk: DeskHere, asked: Annotated[Asked, Depends(read_asked)]) -> Asked:
    """The filter of a request, its window resolved."""
    return await run_in_threadpool(resolve_window, desk.store, asked) if asked.last else asked


#: The filter that a page, list or export was asked for.
AskedHere = Annotated[Asked, Depends(asked_here)]
