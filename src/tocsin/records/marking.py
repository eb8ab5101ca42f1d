"""How a record may be passed on: marks of the Traffic Light Protocol 2.0 that people put on articles and outlets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from tocsin.errors import RecordError

Tlp = Literal["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
#: Least restrictive first (FIRST, TLP 2.0, August 2022).
TLP_ORDER: tuple[Tlp, ...] = get_args(Tlp)
#: Markings under which a thing may reach the public: people's names stay out unless a person decides otherwise.
PUBLIC_MARKINGS: frozenset[Tlp] = frozenset({"TLP:CLEAR", "TLP:GREEN"})


@dataclass(frozen=True, slots=True)
class Marking:
    """A mark that a person put on an article or an outlet. Append-only: for each record the newest one holds.

    marked_id  id of the article or outlet; an outlet's mark is one of everything that it publishes
    tlp        the mark, None: it bears none any more
    made_by    who says so, `reason` why, or None
    """

    marked_id: str
    tlp: Tlp | None
    made_by: str
    made_at: datetime
    reason: str | None = None
    is_exercise: bool = False


@dataclass(frozen=True, slots=True)
class AskedMark:
    """The mark that who hands reports in asks for, and who that is."""

    tlp: Tlp
    made_by: str

    def put_on(self, marked_id: str, at: datetime, *, is_exercise: bool) -> Marking:
        """The mark of one of the reports."""
        return Marking(marked_id, self.tlp, self.made_by, at, is_exercise=is_exercise)


def parse_tlp(given: str) -> Tlp:
    """A mark as written in capitals or not; raises RecordError for one that TLP 2.0 does not have."""
    for tlp in TLP_ORDER:
        if given.strip().upper() == tlp:
            return tlp
    raise RecordError("marking", given[:40], f"must be one of {', '.join(TLP_ORDER)} (TLP 2.0)")


def is_public(tlp: str) -> bool:
    """Whether what bears this marking may reach the public."""
    return tlp in PUBLIC_MARKINGS


def choose_strictest(markings: Iterable[Marking]) -> Marking | None:
    """The most restrictive of several marks, the first of those alike; None where there is none."""
    marked = [m for m in markings if m.tlp is not None]
    return max(marked, key=lambda m: TLP_ORDER.index(m.tlp or TLP_ORDER[0]), default=None)


def read_mark(given: str | None) -> Tlp | None:
    """A mark that a form or a program gives: nothing is no mark; raises RecordError as `parse_tlp` does."""
    return parse_tlp(given) if given and given.strip() else None


def is_laxer(tlp: str, than: Tlp) -> bool:
    """Whether a mark lets more people read it than another does."""
    return TLP_ORDER.index(parse_tlp(tlp)) < TLP_ORDER.index(than)
