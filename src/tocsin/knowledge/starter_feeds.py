"""The starter list: feeds by region that a person may choose from, from `starter_feeds.toml`.

>>> from tocsin.knowledge.starter_feeds import load_starter_feeds
>>> sorted({row.region for row in load_starter_feeds()})[:2]
['africa', 'americas']
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from tocsin.errors import KnowledgeError, RecordError
from tocsin.knowledge.checking import check_keys, read_choice, read_flag, read_tables, read_text
from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.files import load_toml
from tocsin.records import Feed, Outlet, feed_id, outlet_id

Region = Literal["world", "africa", "americas", "asia-pacific", "central-asia-caucasus", "europe", "middle-east"]
OutletKind = Literal[
    "agency", "public broadcaster", "private press", "state media", "international organisation", "NGO", "local"
]
REGIONS: tuple[Region, ...] = get_args(Region)
KINDS: tuple[OutletKind, ...] = get_args(OutletKind)

_FILE = "starter_feeds.toml"
_KEYS = (
    "name", "outlet", "address", "country", "region", "language", "owner", "kind", "terms", "is_state_media",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class StarterFeed:
    """One feed of the list.

    name            what it is chosen by: small letters, digits and hyphens, once in the list
    outlet          who publishes, as it calls itself
    address         where the feed is said to be; https
    country         ISO 3166-1 alpha-3 of the outlet's seat
    region          what the feed is mostly about
    language        ISO 639-1
    owner           who owns the outlet, in words
    terms           what is known about reuse, in a line; "not stated" where nothing is
    is_state_media  whether a state owns or directs the outlet, by the policy in the file's head
    """

    name: str
    outlet: str
    address: str
    country: str
    region: Region
    language: str
    owner: str
    kind: OutletKind
    terms: str
    is_state_media: bool

    def make_feed(self) -> Feed:
        """The feed, unconfirmed."""
        return Feed(feed_id(self.address), self.address, outlet_id(self.outlet))

    def fill_outlet(self, held: Outlet | None) -> Outlet:
        """The outlet as the desk holds it, with what it lacks filled in from this row."""
        known = held or Outlet(outlet_id(self.outlet), self.outlet)
        return replace(
            known,
            kind=known.kind or self.kind,
            country=known.country or self.country,
            language=known.language or self.language,
            owner=known.owner or self.owner,
            terms=known.terms or self.terms,
            is_state_media=self.is_state_media if known.is_state_media is None else known.is_state_media,
        )


@cache
def load_starter_feeds(path: Path | None = None) -> tuple[StarterFeed, ...]:
    """The bundled list, or a user's own of the same form, in its order; raises KnowledgeError naming row and key."""
    table, which = load_toml(_FILE, path), str(path or _FILE)
    check_keys(which, table, ("version", "feed"))
    read_text(which, table, "version")
    rows = tuple(
        _read_row(f"{which}: feed {number}", row) for number, row in enumerate(read_tables(which, table, "feed"), 1)
    )
    for key in ("name", "address"):
        _refuse_doubles(which, key, [getattr(row, key) for row in rows])
    _refuse_contradictions(which, rows)
    return rows


def choose_starter_feeds(
    rows: Iterable[StarterFeed], *, region: str | None = None, language: str | None = None, kind: str | None = None
) -> tuple[StarterFeed, ...]:
    """The rows of a region, a language and a kind; raises RecordError for a region or kind that there is not."""
    for what, value, allowed in (("region", region, REGIONS), ("kind", kind, KINDS)):
        if value is not None and value not in allowed:
            raise RecordError(what, value[:40], f"must be one of {', '.join(allowed)}")
    return tuple(
        row
        for row in rows
        if region in (None, row.region) and language in (None, row.language) and kind in (None, row.kind)
    )


def find_starter_feeds(rows: Iterable[StarterFeed], names: Collection[str]) -> tuple[StarterFeed, ...]:
    """The rows of these names, in the order of the list; raises RecordError for a name that is not in it."""
    by_name = {row.name: row for row in rows}
    if strange := [name for name in names if name not in by_name]:
        raise RecordError("starter feed", strange[0][:80], "is not in the list: see `tocsin feeds starter`")
    return tuple(row for name, row in by_name.items() if name in names)


def _read_row(where: str, row: Mapping[str, Any]) -> StarterFeed:
    name = row.get("name")
    where = f"{where} ({name})" if isinstance(name, str) else where
    check_keys(where, row, _KEYS)
    texts = {key: _read_line(where, row, key) for key in ("name", "outlet", "address", "owner", "terms")}
    return StarterFeed(
        name=_read_form(where, row, "name", _NAME, "small letters, digits and single hyphens"),
        outlet=texts["outlet"],
        address=_read_address(where, texts["address"]),
        country=read_choice(where, row, "country", load_countries().by_code),
        region=read_choice(where, row, "region", REGIONS),
        language=_read_form(where, row, "language", _LANGUAGE, "two small letters (ISO 639-1)"),
        owner=texts["owner"],
        kind=read_choice(where, row, "kind", KINDS),
        terms=texts["terms"],
        is_state_media=read_flag(where, row, "is_state_media"),
    )


def _read_line(where: str, row: Mapping[str, Any], key: str) -> str:
    text = read_text(where, row, key)
    if text != " ".join(text.split()) or len(text) > _LONGEST:
        raise KnowledgeError("value", f"{where}: {key}", f"must be one line of at most {_LONGEST} characters")
    return text


def _read_form(where: str, row: Mapping[str, Any], key: str, form: re.Pattern[str], words: str) -> str:
    text = read_text(where, row, key)
    if not form.fullmatch(text):
        raise KnowledgeError("value", f"{where}: {key} = {text[:80]!r}", f"must be {words}")
    return text


def _read_address(where: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and not parts.fragment
    except ValueError:
        is_good = False
    if not is_good or " " in address:
        raise KnowledgeError(
            "value", f"{where}: address = {address[:80]!r}", "must begin with https:// and hold no user name or #"
        )
    return address


def _refuse_doubles(which: str, key: str, values: list[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise KnowledgeError("value", f"{which}: {key} = {value!r}", "stands twice")
        seen.add(value)


def _refuse_contradictions(which: str, rows: Iterable[StarterFeed]) -> None:
    """Two feeds of one outlet must say the same of it, and what is called state media must be labelled so."""
    said: dict[str, tuple[object, ...]] = {}
    for row in rows:
        facts = (row.country, row.language, row.owner, row.kind, row.terms, row.is_state_media)
        if said.setdefault(outlet_id(row.outlet), facts) != facts:
            raise KnowledgeError("outlet", f"{which}: {row.name}", f"says other things of {row.outlet} than before")
        if row.kind == "state media" and not row.is_state_media:
            raise KnowledgeError("value", f"{which}: {row.name}", "is of kind state media and not labelled so")
