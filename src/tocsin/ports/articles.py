"""What came in and what people say of it, as a store keeps it: append-only, with the outlets and feeds it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.ports.kept import (
    Counts,
    Reading,
)
from tocsin.records import (
    Claim,
    Fault,
    Feed,
    Outlet,
    OutletPace,
    Reliability,
    Withdrawal,
)
from tocsin.records.correction import Correction, Standing
from tocsin.records.outlet import OutletGrade


class ArticleStore(Protocol):
    """Readings, withdrawals, corrections, outlets and feeds."""

    # --- input: append-only
    def add_reading(self, reading: Reading) -> bool:
        """Keep an article with its claims; False (and only the sightings added) if the article is known."""
        ...

    def has_article(self, article_id: str) -> bool:
        """Whether the article is known."""
        ...

    def known_addresses(self, addresses: Sequence[str]) -> set[str]:
        """Those of `addresses` under which an article was already seen."""
        ...

    def add_faults(self, faults: Sequence[Fault]) -> None:
        """Keep what could not be taken; one already kept has its time renewed."""
        ...

    # --- what is no longer said: append-only
    def add_withdrawal(self, withdrawal: Withdrawal, carried: Sequence[Correction] = ()) -> None:
        """Keep it, with what it carries over to a later revision, and let the articles be derived anew, at once."""
        ...

    def withdrawals(self, article_ids: Iterable[str], *, with_reinstated: bool = False) -> dict[str, Withdrawal]:
        """What holds for those of the articles that are withdrawn; a reinstated one is not, and told if asked for."""
        ...

    def revised_by(self, article_id: str) -> Withdrawal | None:
        """The withdrawal of the article that this one is a later revision of, or None."""
        ...

    def articles_at(self, address: str) -> list[str]:
        """The articles that were seen under an address, the last taken in first."""
        ...

    # --- what people say of claims and incidents: append-only
    def add_corrections(self, new: Sequence[Correction]) -> None:
        """Keep corrections, bring their claims up to date and let their articles be derived anew: all, or nothing.

        Raises RecordError where somebody else has corrected the same meanwhile.
        """
        ...

    def corrections(self, ids: Iterable[str]) -> dict[str, list[Correction]]:
        """What was ever said of each of the claims that something was said of, oldest first; the notes on incidents.

        ids  of claims, and of incidents
        """
        ...

    def claims_as_read(self, claim_ids: Iterable[str]) -> dict[str, Claim]:
        """Those of the claims that are known, as the machine read them (an added one: as it was added)."""
        ...

    def standings(self, claim_ids: Iterable[str]) -> dict[str, Standing]:
        """How each of the known claims stands."""
        ...

    def rejections(self, claim_ids: Iterable[str]) -> dict[str, Correction]:
        """The rejection of each of the claims that is rejected."""
        ...

    def standing_counts(self, *, is_exercise: bool = False) -> dict[Standing, int]:
        """How many claims stand how."""
        ...

    def reviewed_article_ids(self, *, is_exercise: bool = False) -> list[str]:
        """The articles that have claims, all of which a person has judged; in the order they came in."""
        ...

    # --- outlets and feeds
    def outlet(self, outlet_id: str) -> Outlet: ...
    def outlets(self) -> list[Outlet]: ...
    def save_outlet(self, outlet: Outlet) -> None: ...
    def grade_outlet(
        self, outlet_id: str, reliability: Reliability, reason: str, *, by: str, at: datetime
    ) -> Outlet: ...
    def outlet_grades(self, outlet_id: str) -> list[OutletGrade]:
        """Every grade that people gave an outlet, the newest first."""
        ...

    def outlet_article_counts(self) -> dict[str, int]: ...
    def outlet_paces(self, now: datetime) -> dict[str, OutletPace]:
        """How much each outlet gave in the 7 and the 28 days up to `now`; one that gave nothing is left out."""
        ...

    def feed(self, feed_id: str) -> Feed: ...
    def feeds(self) -> list[Feed]: ...
    def save_feed(self, feed: Feed) -> None: ...
    def add_feeds(self, feeds: Sequence[Feed]) -> int:
        """Keep feeds not known yet; how many were new."""
        ...

    def remove_feed(self, feed_id: str) -> None: ...
    def faults(self, limit: int = 100) -> list[Fault]: ...
    def counts(self) -> Counts: ...
