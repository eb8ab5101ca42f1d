"""Names that borrow a land's: no part of Guinea is the Gulf of Guinea, and nothing happened in Washington because The
Washington Post tells it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tocsin.errors import KnowledgeError

BorrowerKind = Literal["water", "outlet"]
_KEYS = frozenset({"before", "between", "after"})
#: The most words between a land and the word that makes an outlet of it: "Sudan Free Daily Press".
_MOST_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Borrowers:
    """Lower-case words that make a land's name a part of another name.

    before   what stands before the land ("gulf of"); `after` what stands behind it ("sea")
    between  words that may part the land from what stands behind it ("morning")
    beside   the words of all these that can stand next to the land
    """

    before: frozenset[str]
    after: frozenset[str]
    between: frozenset[str]
    beside: frozenset[str]


def read_borrowers(table: Mapping[str, Any], where: str) -> Borrowers:
    """One table of `parties.toml`; raises KnowledgeError for a key that is none of its own."""
    if unknown := set(table) - _KEYS:
        raise KnowledgeError("words of names", f"{where}: {min(unknown)}", f"must be one of {', '.join(sorted(_KEYS))}")
    before, after, between = (frozenset(table.get(key, ())) for key in ("before", "after", "between"))
    return Borrowers(before, after, between, after | between | {form.rpartition(" ")[2] for form in before})


def find_borrower(
    words: Sequence[str],
    at: int,
    length: int,
    borrowers: Mapping[BorrowerKind, Borrowers],
    heads: Collection[str],
    *,
    is_capital: bool = False,
) -> tuple[BorrowerKind, int] | None:
    """What the name is that the land at `words[at : at + length]` is part of, with its words from `at` on, or None.

    heads  role words: "the Kabul Post Office" and "Ukrainian Sea Drones" are none, for a role word ends them
    """
    beside = {word.lower() for word in (*words[max(0, at - 1) : at], *words[at + length : at + length + 1])}
    for what, table in borrowers.items():
        if beside.isdisjoint(table.beside):
            continue
        # the bay of a capital is its country's own
        if what != "water" or not is_capital:
            for count in (1, 2, 3):
                before = " ".join(words[max(0, at - count) : at])
                if before.lower() in table.before and (what == "water" or before[0].isupper()):
                    return what, length
        end = at + length
        for stop in range(end + 1, min(end + 1 + _MOST_BETWEEN, len(words)) + 1):
            last = words[stop - 1]
            if last != last.capitalize() and last != "TV":
                break
            follows = words[stop] if stop < len(words) else ""
            if last.lower() in table.after and not (follows[:1].isupper() and follows.lower() in heads):
                return what, stop - at
            if last.lower() not in table.between:
                break
    return None
