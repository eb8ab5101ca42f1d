"""How an act in PLOVER's words is told in those of ACLED, UCDP GED and GDELT: `export_mappings.toml`, checked.

>>> from tocsin.knowledge.export_mappings import load_export_mappings
>>> load_export_mappings().gdelt_code("PROTEST", "obstruct", is_clash=False)
'144'
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.checking import check_keys, read_table, read_tables, read_text
from tocsin.knowledge.files import load_csv, load_toml
from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import load_ontology

_FILE = "export_mappings.toml"
_CODES = "export_codes.csv"
_CODE_COLUMNS = ("iso3", "iso2", "iso_numeric", "fips", "cow", "gw")
#: Whom an act was aimed at, as far as the sectors of its parties say.
Target = Literal["forces", "civilians", "protesters"]
#: Who did it, likewise; protesters are civilians here.
Doer = Literal["forces", "civilians"]


@dataclass(frozen=True, slots=True)
class AcledRow:
    """One row of the mapping; None is for anything. `to` is event type and sub-event type, "" where not known.

    disorder  the disorder type, "" for an act that ACLED would not record; None: that of the event type
    """

    type: str
    mode: str | None
    by: Doer | None
    against: Target | None
    deadly: bool | None
    to: tuple[str, str]
    disorder: str | None


@dataclass(frozen=True, slots=True)
class ExportMappings:
    """The tables of one version.

    state, armed_groups, civilians, protesters  sectors by what they are to the other projects
    actor_types        sector to ACLED's actor type; `type_order` and `reversed` say how two are named together
    rows               PLOVER act to ACLED's words, tried in order
    disorders          ACLED's event type, or sub-event type, to its disorder type; `type_disorders` by PLOVER type
    gdelt_types        sector to CAMEO's actor type; `gdelt_countries` alpha-3 code to CAMEO's where they differ
    codes              "TYPE" or "TYPE mode" to a CAMEO code; `goldstein` that to GDELT's GoldsteinScale, -10 to 10
    """

    version: str
    state: frozenset[str]
    armed_groups: frozenset[str]
    civilians: frozenset[str]
    protesters: frozenset[str]
    actor_types: Mapping[str, str]
    type_order: tuple[str, ...]
    reversed: frozenset[str]
    rows: tuple[AcledRow, ...]
    disorders: Mapping[str, str]
    type_disorders: Mapping[str, str]
    gdelt_types: Mapping[str, str]
    gdelt_countries: Mapping[str, str]
    codes: Mapping[str, str]
    goldstein: Mapping[str, float]

    @property
    def forces(self) -> frozenset[str]:
        """Sectors of those who bear arms for a state or against one; offices alone do not."""
        return (self.state | self.armed_groups) - {"GOV"}

    def find_acled(
        self, type_: str, mode: str | None, *, by: Doer | None, against: Target | None, deadly: bool
    ) -> tuple[str, str, str]:
        """ACLED's event, sub-event and disorder type of an act, "" for what it has no word for or is not known."""
        for row in self.rows:
            if (
                row.type == type_
                and row.mode in (None, mode)
                and row.by in (None, by)
                and row.against in (None, against)
                and row.deadly in (None, deadly)
            ):
                disorder = self._find_disorder(type_, *row.to) if row.disorder is None else row.disorder
                return *row.to, disorder
        return "", "", self._find_disorder(type_, "", "")

    def _find_disorder(self, type_: str, event_type: str, sub_event_type: str) -> str:
        return (
            self.disorders.get(sub_event_type) or self.disorders.get(event_type) or self.type_disorders.get(type_) or ""
        )

    def gdelt_code(self, type_: str, mode: str | None, *, is_clash: bool) -> str:
        """The CAMEO code of an act, "" where none can be told."""
        if mode and (code := self.codes.get(f"{type_} {mode}")):
            return code
        return (self.codes.get(f"{type_} clash", "") if is_clash else "") or self.codes.get(type_, "")


@dataclass(frozen=True, slots=True)
class CountryCodes:
    """What other projects call a country; None where they have no code for it.

    iso2         ISO 3166-1 alpha-2 (XK for Kosovo, which is user-assigned)
    iso_numeric  ISO 3166-1 numeric, without leading zeros
    fips         FIPS 10-4, as GDELT uses it
    cow, gw      Correlates of War; Gleditsch and Ward
    """

    iso2: str | None
    iso_numeric: int | None
    fips: str | None
    cow: int | None
    gw: int | None


#: For a country that no table has.
NO_CODES = CountryCodes(None, None, None, None, None)


@cache
def load_country_codes(path: Path | None = None) -> Mapping[str, CountryCodes]:
    """Codes by alpha-3 code; raises KnowledgeError on a malformed row."""
    held: dict[str, CountryCodes] = {}
    for row in load_csv(_CODES, _CODE_COLUMNS, path):
        where = f"{path or _CODES}: {row['iso3']}"
        if row["iso3"] in held:
            raise KnowledgeError("country code", where, "must be used once")
        numbers = [_read_number(where, row[name]) for name in ("iso_numeric", "cow", "gw")]
        held[row["iso3"]] = CountryCodes(row["iso2"] or None, numbers[0], row["fips"] or None, numbers[1], numbers[2])
    return held


@cache
def load_export_mappings(path: Path | None = None) -> ExportMappings:
    """The bundled mappings, or a user's own of the same form; raises KnowledgeError naming file, table and key."""
    table, which = load_toml(_FILE, path), str(path or _FILE)
    check_keys(which, table, ("version", "sectors", "acled", "gdelt"))
    sectors, acled, gdelt = (read_table(which, table, key) for key in ("sectors", "acled", "gdelt"))
    check_keys(f"{which}: sectors", sectors, ("state", "armed_groups", "civilians", "protesters"))
    check_keys(f"{which}: acled", acled, ("actor_types", "order", "disorder", "disorder_of_type", "row"))
    check_keys(f"{which}: gdelt", gdelt, ("actor_types", "countries", "codes", "goldstein"))
    check_keys(f"{which}: acled.order", acled["order"], ("types", "reversed"))
    groups = {name: frozenset(_read_sectors(f"{which}: sectors.{name}", sectors[name])) for name in sectors}
    order = tuple(_read_words(f"{which}: acled.order.types", acled["order"]["types"]))
    types = _read_map(f"{which}: acled.actor_types", acled["actor_types"], SECTORS)
    if strange := sorted(set(types.values()) - set(order)):
        raise KnowledgeError("actor type", f"{which}: {strange[0]}", f"must be one of {', '.join(order)}")
    disorders = _read_map(f"{which}: acled.disorder", acled["disorder"])
    rows = tuple(_read_row(f"{which}: acled.row {n}", row) for n, row in enumerate(read_tables(which, acled, "row"), 1))
    if strange := sorted({row.to[0] for row in rows if row.to[0]} - disorders.keys()):
        raise KnowledgeError("event type", f"{which}: {strange[0]}", "has no disorder type in acled.disorder")
    return ExportMappings(
        version=read_text(which, table, "version"),
        **groups,
        actor_types=types,
        type_order=order,
        reversed=frozenset(_read_words(f"{which}: acled.order.reversed", acled["order"]["reversed"])),
        rows=rows,
        disorders=disorders,
        type_disorders=_read_map(f"{which}: acled.disorder_of_type", acled["disorder_of_type"], load_ontology().types),
        gdelt_types=_read_map(f"{which}: gdelt.actor_types", gdelt["actor_types"], SECTORS),
        gdelt_countries=_read_map(f"{which}: gdelt.countries", gdelt["countries"], load_country_codes()),
        codes=(codes := _read_codes(f"{which}: gdelt.codes", gdelt["codes"])),
        goldstein=_read_goldstein(f"{which}: gdelt.goldstein", gdelt["goldstein"], frozenset(codes.values())),
    )


def _read_row(where: str, row: Mapping[str, Any]) -> AcledRow:
    check_keys(where, row, ("type", "to"), ("mode", "by", "against", "deadly", "disorder"))
    _check_act(where, read_text(where, row, "type"), row.get("mode"))
    for key, allowed in (("by", get_args(Doer)), ("against", get_args(Target))):
        if row.get(key) not in (None, *allowed):
            raise KnowledgeError("value", f"{where}: {row[key]}", f"must be one of {', '.join(allowed)}")
    if not isinstance(row.get("deadly", False), bool):
        raise KnowledgeError("value", f"{where}: deadly = {row['deadly']!r}", "must be true or false")
    if not isinstance(row.get("disorder", ""), str):
        raise KnowledgeError("value", f"{where}: disorder = {row['disorder']!r}", "must be a text")
    words = _read_words(f"{where}: to", row["to"])
    if len(words) != 2:
        raise KnowledgeError("value", f"{where}: to", "must be an event type and a sub-event type")
    return AcledRow(
        row["type"], row.get("mode"), row.get("by"), row.get("against"), row.get("deadly"), (words[0], words[1]),
        row.get("disorder"),
    )  # fmt: skip


def _read_codes(where: str, table: Any) -> Mapping[str, str]:
    codes = _read_map(where, table)
    for act, code in codes.items():
        type_, _, mode = act.partition(" ")
        _check_act(where, type_, mode if mode and mode != "clash" else None)
        if not (code.isascii() and code.isdigit() and 3 <= len(code) <= 4 and "01" <= code[:2] <= "20"):
            raise KnowledgeError(
                "cameo code", f"{where}: {act} = {code!r}", "must be three or four digits, 010 to 2042"
            )
    return codes


def _read_goldstein(where: str, table: Any, codes: frozenset[str]) -> Mapping[str, float]:
    if not isinstance(table, Mapping):
        raise KnowledgeError("value", where, "must be a table of numbers")
    if odd := sorted(codes ^ set(table)):
        raise KnowledgeError("cameo code", f"{where}: {odd[0]}", "stands here if, and only if, it is one of the codes")
    for code, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not -10 <= value <= 10:
            raise KnowledgeError("value", f"{where}: {code} = {value!r}", "must be a number from -10 to 10")
    return {code: float(value) for code, value in table.items()}


def _check_act(where: str, type_: str, mode: Any) -> None:
    entry = load_ontology().entry(type_)
    if mode is not None and mode not in entry.modes:
        raise KnowledgeError("mode", f"{where}: {type_} {mode}", f"must be one of {', '.join(entry.modes) or 'none'}")


def _read_map(where: str, table: Any, keys: Collection[str] | None = None) -> Mapping[str, str]:
    if not isinstance(table, Mapping) or not all(isinstance(value, str) and value for value in table.values()):
        raise KnowledgeError("value", where, "must be a table of texts")
    if keys is not None and (strange := sorted(set(table) - set(keys))):
        raise KnowledgeError("key", f"{where}: {strange[0]}", f"is unknown; allowed are {', '.join(sorted(keys))}")
    return dict(table)


def _read_words(where: str, words: Any) -> list[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise KnowledgeError("value", where, "must be a list of texts")
    return words


def _read_sectors(where: str, words: Any) -> list[str]:
    sectors = _read_words(where, words)
    if strange := sorted(set(sectors) - set(SECTORS)):
        raise KnowledgeError("sector", f"{where}: {strange[0]}", f"must be one of {', '.join(SECTORS)}")
    return sectors


def _read_number(where: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise KnowledgeError("country code", f"{where}: {text}", "must be a whole number")
    return int(text)
