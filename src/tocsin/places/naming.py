"""Names of disputed places by the desk's policy, and the footnotes that travel with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.footnotes import FootnoteTable, load_footnote_table, read_texts
from tocsin.records import Place

if TYPE_CHECKING:
    from tocsin.places.rows import GazetteerRow

POLICIES = ("un", "local", "as-reported")


@dataclass(frozen=True, slots=True)
class Naming:
    """One naming policy.

    labels  gazetteer id to the name under this policy, where it differs from the row's own name
    table   the footnotes and the countries and areas that each belongs to
    """

    policy: str
    labels: dict[str, str]
    table: FootnoteTable

    @property
    def footnotes(self) -> dict[str, str]:
        """Key to the footnote's words."""
        return dict(self.table.texts)

    @property
    def by_country(self) -> dict[str, str]:
        """Alpha-3 code to the footnote of every place there."""
        return dict(self.table.by_country)

    def label(self, row: GazetteerRow, written: str) -> str:
        """The name of `row` for a screen; `written` is how the article wrote it."""
        if self.policy == "as-reported":
            return written
        return self.labels.get(row.id, row.name)

    def name(self, place_id: str, usual: str) -> str:
        """The name of a place that no single article wrote, such as an alert's; `usual` is the gazetteer's own."""
        return self.labels.get(place_id, usual)

    def footnote(self, row: GazetteerRow, within: Sequence[str] = ()) -> str | None:
        """The key of the footnote that goes with `row`, or None; `within` are the ids of what contains it."""
        return self.table.find_key(row.footnote, row.country, (row.id, *within))


@cache
def load_naming(policy: str) -> Naming:
    """The policy's names from knowledge/names.toml; raises KnowledgeError for an unknown policy or a malformed file."""
    if policy not in POLICIES:
        raise KnowledgeError("naming policy", policy, f"must be one of {', '.join(POLICIES)}")
    labels = {} if policy == "as-reported" else read_texts(load_toml("names.toml"), policy)
    return Naming(policy, labels, load_footnote_table())


def footnotes(places: Iterable[Place | None]) -> tuple[str, ...]:
    """The texts of the footnotes that these places carry, each once, in order of first need.

    A place carries its own, or that of an area or the country it lies in.
    """
    table = load_footnote_table()
    return table.list_texts(table.key_of(place) for place in places if place is not None)
