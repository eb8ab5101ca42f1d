"""Looking places up: the gazetteer's file, and the rows of an exercise or a mission on top of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tocsin.errors import KnowledgeError
from tocsin.places.building import Step, build_file, digest_inputs, is_sound, is_whole
from tocsin.places.bundled import describe_inputs, iterate_rows, list_overlay_ids
from tocsin.places.drawn import DrawnAreas, lay_between
from tocsin.places.file import GazetteerFile
from tocsin.places.folding import fold_name
from tocsin.places.naming import Naming, load_naming
from tocsin.places.rows import GazetteerRow
from tocsin.places.turn import building_turn

#: Of the bundled towns no more share a name; San José has 2,000 in the world, and the ranker never needs the last.
MOST_CANDIDATES = 160
_DEEPEST = 8
#: The file of a country or world profile in the desk's folder; where it is not there, the bundled profile serves.
BUILT_NAME = "gazetteer.sqlite"
_MOST_SEARCHED = 500


def open_gazetteer(folder: Path, *, extra: Sequence[GazetteerRow] = (), policy: str = "un") -> Gazetteer:
    """The gazetteer in `folder`, with `extra` rows that outrank it: the profile built there, else the bundled one.

    The bundled one is built at first use. policy is the desk's naming policy: "un", "local" or "as-reported". Raises
    KnowledgeError where the folder cannot be written, the file cannot be opened, an id of `extra` comes twice or the
    policy is unknown.
    """
    naming = load_naming(policy)
    built = folder / BUILT_NAME
    if built.exists():
        if not is_whole(built):
            why = "is cut short or no gazetteer; delete it, or build it again with tocsin gazetteer build"
            raise KnowledgeError("gazetteer file", built, why)
        return Gazetteer(built, extra=extra, naming=naming)
    return Gazetteer(_provide_bundled(folder, is_whole), extra=extra, naming=naming)


def build_bundled(folder: Path, step: Step = lambda *_: None) -> Path:
    """The file of the bundled profile in `folder`, built where it is not there, of other inputs or damaged inside.

    Whoever asks for it may have been told to by an error: every page is read, which takes about a second.
    """
    return _provide_bundled(folder, is_sound, step)


def _provide_bundled(folder: Path, is_good: Callable[[Path], bool], step: Step = lambda *_: None) -> Path:
    inputs = describe_inputs()
    path = folder / f"places-{digest_inputs(inputs)}.sqlite"
    if not is_good(path):
        with building_turn(folder):
            if not is_good(path):  # else another process built it meanwhile: a desk and its worker begin together
                build_file(path, iterate_rows(), inputs, about=lambda: {"profile": "bundled"}, step=step)
                _remove_older(folder, path)
    return path


def _remove_older(folder: Path, newest: Path) -> None:
    """Files of earlier versions are of no use to anyone; one that is held open elsewhere may stay."""
    for older in folder.glob("places-*.sqlite"):
        if older != newest:
            try:
                older.unlink()
            except OSError:
                continue


class Gazetteer:
    """Places by name and by id. Read-only; safe to call from several threads."""

    def __init__(self, path: Path, *, extra: Sequence[GazetteerRow] = (), naming: Naming | None = None) -> None:
        self.path = path
        self.naming = naming or load_naming("un")
        self._extra = _by_id(extra)
        self._extra_names = _by_name(self._extra.values())
        self._drawn = DrawnAreas(self._extra.values())
        self._file = GazetteerFile(path)
        self._find = lru_cache(maxsize=20_000)(self._find_folded)
        self._row = lru_cache(maxsize=20_000)(self._file.row)
        self._held = lru_cache(maxsize=20_000)(self._list_holders)

    @property
    def policy(self) -> str:
        """The naming policy: un, local or as-reported."""
        return self.naming.policy

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def find(self, name: str) -> tuple[GazetteerRow, ...]:
        """Every place that bears this name, in any letter case and with or without diacritics; most peopled first.

        Whole names only: "Mitrovica" is not found in "Sremska Mitrovica". Extra rows come before the bundled ones.
        """
        return self.find_folded(fold_name(name))

    def find_folded(self, folded: str) -> tuple[GazetteerRow, ...]:
        """`find` for a name that `fold_name` has folded."""
        return self._find(folded) if folded else ()

    def row(self, id: str) -> GazetteerRow | None:
        """The place with this id, or None."""
        return self._extra.get(id) or self._row(id)

    def within(self, id: str) -> tuple[str, ...]:
        """Ids of what contains the place, nearest first: (settlement,) district, region, country.

        By the places' parents; and what lies in an area that a mission has drawn is within it, whatever its parent.
        """
        return self._held(id) if self._drawn else self._climb(id)

    def move_within(self, within: tuple[str, ...], lat: float, lon: float) -> tuple[str, ...]:
        """What contains a point that was reckoned from a place within `within`: the drawn areas are its own."""
        if not self._drawn:
            return within
        by_drawing = {above for id_ in within if id_ in self._drawn for above in (id_, *self._climb(id_))}
        own = [id_ for id_ in within if id_ not in by_drawing]
        own_above = {above for id_ in own for above in self._climb(id_)}
        kept = [id_ for id_ in within if id_ in own or id_ in own_above]
        return self._lay_drawn(kept, self._drawn.find_at(lat, lon))

    def _list_holders(self, id: str) -> tuple[str, ...]:
        row, chain = self.row(id), self._climb(id)
        return chain if row is None else self._lay_drawn(chain, self._drawn.find(row))

    def _lay_drawn(self, chain: Sequence[str], drawn: Iterable[str]) -> tuple[str, ...]:
        held = list(chain)
        for id_ in dict.fromkeys(above for area in drawn for above in (area, *self._climb(area))):
            row = self.row(id_)
            if id_ not in held and row is not None and row.precision != "country":
                rows = [(held_id, r.precision) for held_id in held if (r := self.row(held_id)) is not None]
                held = list(lay_between(rows, id_, row.precision))
        return tuple(held)

    def _climb(self, id: str) -> tuple[str, ...]:
        chain: list[str] = []
        row = self.row(id)
        while row is not None and len(chain) < _DEEPEST:
            up = row.parent or (f"country:{row.country}" if row.country and row.precision != "country" else None)
            if up is None or up in chain or up == id:
                break
            above = self.row(up) or (self.country(row.country) if row.country else None)
            if above is None or above.id in chain or above.id == id:
                break
            chain.append(above.id)
            row = above
        return tuple(chain)

    def sites_in(self, id: str, feature: str) -> tuple[GazetteerRow, ...]:
        """The recorded sites of one kind ("bridge") whose parent is the place `id`."""
        extra = [r for r in self._extra.values() if (r.parent, r.precision, r.feature) == (id, "site", feature)]
        return (*extra, *(row for row in self._file.sites_in(id, feature) if row.id not in self._extra))

    def capital(self, code: str) -> GazetteerRow | None:
        """The capital of the country with this alpha-3 code, where exactly one is recorded."""
        extra = [r for r in self._extra.values() if r.feature == "capital" and r.country == code]
        rows = extra or self._file.capitals(code)
        return rows[0] if len(rows) == 1 else None

    def country(self, code: str | None) -> GazetteerRow | None:
        """The country with this ISO 3166-1 alpha-3 code (an exercise's invented one too), or None."""
        if not code:
            return None
        for row in self._extra.values():
            if row.precision == "country" and row.country == code:
                return row
        return self.row(f"country:{code}")

    def is_extra(self, id: str) -> bool:
        """Whether the place was given by an exercise or a mission."""
        return id in self._extra

    def is_by_hand(self, id: str) -> bool:
        """Whether people chose the place's names one by one: in the overlay, for an exercise or for a mission."""
        return id in self._extra or id in list_overlay_ids()

    def search(self, words: str, *, country: str | None = None, limit: int = 20) -> tuple[GazetteerRow, ...]:
        """Places whose names have all the words, the last one or its beginning: "main bri" finds the Main Bridge.

        Those of exactly this name come first, then extra rows, then those with these words as they stand, then those
        that begin so; most peopled first.
        Raises KnowledgeError where nothing is asked, or the file has no full-text search.
        """
        folded = fold_name(words)
        if not folded:
            raise KnowledgeError("search", words, "must have at least one letter or digit")
        found = {row.id: row for row in self._extra.values() if _has_words(row, folded.split())}
        found |= {row.id: row for row in self.find_folded(folded)}
        for row in self._file.search(folded.split(), country, _MOST_SEARCHED):
            found.setdefault(row.id, row)
        rows = [row for row in found.values() if country in (None, row.country)]
        return tuple(sorted(rows, key=lambda row: self._order(row, folded))[:limit])

    def _order(self, row: GazetteerRow, folded: str) -> tuple[bool, bool, bool, bool, int]:
        names = [fold_name(name) for name in (row.name, *row.names)]
        is_whole_word = any(f" {folded} " in f" {name} " for name in names)
        begins = any(name.startswith(folded) for name in names)
        return folded not in names, row.id not in self._extra, not is_whole_word, not begins, -(row.population or 0)

    def status(self) -> dict[str, Any]:
        """What the file holds and is made of, for `tocsin gazetteer status` and `tocsin doctor`."""
        meta = self._file.meta
        return {
            "path": str(self.path),
            "profile": meta.get("profile", "bundled"),
            "bytes": self.path.stat().st_size if self.path.exists() else 0,
            "schema": meta["schema"],
            "places": meta["places"],
            "names": meta["names"],
            "extra": len(self._extra),
            "policy": self.policy,
            "inputs": meta["inputs"],
        }

    def contents(self) -> dict[str, Any]:
        """How many places it holds by precision, feature and country, and all else that was kept when it was built."""
        return dict(self._file.meta)

    def _find_folded(self, folded: str) -> tuple[GazetteerRow, ...]:
        extra = self._extra_names.get(folded, ())
        rows = self._file.find(folded, MOST_CANDIDATES)
        return (*extra, *(row for row in rows if row.id not in self._extra))


def _has_words(row: GazetteerRow, words: Sequence[str]) -> bool:
    held = [word for name in (row.name, *row.names) for word in fold_name(name).split()]
    return set(words[:-1]) <= set(held) and any(word.startswith(words[-1]) for word in held)


def _by_id(rows: Iterable[GazetteerRow]) -> dict[str, GazetteerRow]:
    held: dict[str, GazetteerRow] = {}
    for row in rows:
        if row.id in held:
            raise KnowledgeError("place", row.id, "comes twice among the extra rows")
        held[row.id] = row
    return held


def _by_name(rows: Iterable[GazetteerRow]) -> dict[str, tuple[GazetteerRow, ...]]:
    held: dict[str, list[GazetteerRow]] = defaultdict(list)
    for row in rows:
        for folded in {fold_name(name) for name in (row.name, *row.names)} - {""}:
            held[folded].append(row)
    return {name: tuple(found) for name, found in held.items()}
