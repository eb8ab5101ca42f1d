"""Names of disputed places by the desk's policy, and the footnotes that travel with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.records import Place

if TYPE_CHECKING:
    from tocsin.places.rows import GazetteerRow

POLICIES = ("un", "local", "as-reported")


@dataclass(frozen=True, slots=True)
class Naming:
    """One naming policy.

    labels      gazetteer id to the name under this policy, where it differs from the row's own name
    footnotes   key to the footnote's text
    by_country  alpha-3 code to the footnote of every place there
    """

    policy: str
    labels: dict[str, str]
    footnotes: dict[str, str]
    by_country: dict[str, str]

    def label(self, row: GazetteerRow, written: str) -> str:
        """The name of `row` for a screen; `written` is how the article wrote it."""
        if self.policy == "as-reported":
            return written
        return self.labels.get(row.id, row.name)

    def footnote(self, row: GazetteerRow) -> str | None:
        """The key of the footnote that goes with `row`, or None."""
        return row.footnote or (self.by_country.get(row.country) if row.country else None)


def load_naming(policy: str) -> Naming:
    """The policy's names from knowledge/names.toml; raises KnowledgeError for an unknown policy or a malformed file."""
    if policy not in POLICIES:
        raise KnowledgeError("naming policy", policy, f"must be one of {', '.join(POLICIES)}")
    table = load_toml("names.toml")
    footnotes = _texts(table, "footnotes")
    by_country = _texts(table, "by_country")
    if strange := sorted(set(by_country.values()) - footnotes.keys()):
        raise KnowledgeError("footnote", strange[0], f"is not in names.toml; there are {', '.join(sorted(footnotes))}")
    return Naming(policy, {} if policy == "as-reported" else _texts(table, policy), footnotes, by_country)


def footnotes(places: Iterable[Place | None]) -> tuple[str, ...]:
    """The texts of the footnotes that these places carry, each once, in order of first need."""
    texts = _texts(load_toml("names.toml"), "footnotes")
    keys = dict.fromkeys(p.footnote for p in places if p is not None and p.footnote)
    if strange := [k for k in keys if k not in texts]:
        raise KnowledgeError("footnote", strange[0], f"is not in names.toml; there are {', '.join(sorted(texts))}")
    return tuple(texts[k] for k in keys)


def _texts(table: dict[str, object], section: str) -> dict[str, str]:
    found = table.get(section)
    if not isinstance(found, dict) or not all(isinstance(v, str) and v for v in found.values()):
        raise KnowledgeError("knowledge file", "names.toml", f"must have a table [{section}] of texts")
    return found
