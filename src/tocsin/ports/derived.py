"""What was made of the claims, as a store keeps it, and everything read back for screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from tocsin.ports.kept import (
    Changes,
    Derivation,
    Pulse,
    Sketch,
    Tally,
)
from tocsin.records import (
    Alert,
    AlertState,
    Article,
    Claim,
    Filter,
    Incident,
    Link,
    Place,
    Sighting,
    Silence,
    Tension,
)
from tocsin.records.alert import AlertWord


class DerivedStore(Protocol):
    """Derivations: written whole, beside the articles that they stand on."""

    def underived_article_ids(self) -> list[str]:
        """Articles whose claims the later stages have not seen yet (all, after a crash in between)."""
        ...

    def save_derivation(self, derivation: Derivation) -> None:
        """Write one derivation and mark its articles as derived."""
        ...

    def derivation_number(self) -> int:
        """How many derivations there were: another number than before means that somebody has derived since."""
        ...

    def changes_since(self, number: int) -> Changes | None:
        """What the derivations after the one of that number changed; None where it is not known."""
        ...

    def add_decision(self, links: Sequence[Link]) -> None:
        """Keep a person's links, and let the articles of their claims be derived anew, in one transaction."""
        ...

    def newest_links(self, claim_ids: Sequence[str]) -> dict[str, Link]:
        """The link that holds for each claim that has one."""
        ...

    def link_history(self, claim_ids: Iterable[str]) -> list[Link]:
        """All links that the claims ever had, oldest first."""
        ...


class RecordStore(Protocol):
    """Articles, claims, incidents, tensions, alerts and silences, read back for people."""

    # --- reading back: claims as people have put them right; lists and counts leave the rejected ones out
    def article(self, article_id: str) -> Article: ...
    def articles(self, wanted: Filter) -> list[Article]: ...
    def articles_by_id(self, article_ids: Iterable[str]) -> dict[str, Article]: ...
    def articles_between(self, since: datetime, until: datetime) -> list[Article]:
        """Articles shown (published, or else taken in) within the two times, oldest first, all fields."""
        ...

    def activity_between(self, since: datetime, until: datetime, *, is_exercise: bool) -> dict[date, dict[str, int]]:
        """For each day the outlets that published anything shown within the two times, with the number of articles."""
        ...

    def sightings(self, article_id: str) -> list[Sighting]: ...
    def origins(self, article_ids: Iterable[str]) -> dict[str, str]:
        """The origin (id of its first article) of each derived article."""
        ...

    def claim(self, claim_id: str) -> Claim: ...
    def claims(self, wanted: Filter) -> list[Claim]: ...
    def claims_of_article(self, article_id: str) -> list[Claim]:
        """Rejected ones too: the article's page shows them."""
        ...

    def claims_of_articles(self, article_ids: Iterable[str], *, with_rejected: bool = False) -> list[Claim]: ...
    def claims_by_id(self, claim_ids: Iterable[str]) -> dict[str, Claim]: ...
    def claim_counts(self, article_ids: Iterable[str]) -> dict[str, int]: ...
    def incident(self, incident_id: str) -> Incident: ...
    def incidents(self, wanted: Filter) -> list[Incident]: ...
    def incidents_by_id(self, incident_ids: Iterable[str]) -> dict[str, Incident]: ...
    def incidents_between(self, since: datetime, until: datetime) -> list[Incident]:
        """Incidents first reported within the two times, oldest first."""
        ...

    def count_incidents(self, wanted: Filter) -> int: ...
    def newest_report(self, wanted: Filter) -> datetime | None:
        """When the last reported of the incidents was first reported; None where there is none."""
        ...

    def shown_days(self, wanted: Filter) -> list[date]:
        """The day of each incident of a page: its date's last, or, where no claim says when, that of its report.

        Never a day after that report: what is planned for next month has not been.
        """
        ...

    def tally_places(self, wanted: Filter) -> list[Tally]:
        """Incidents counted by what is told of their place, all pages: the place of the last reported first."""
        ...

    def count_in_places(self, place_ids: Iterable[str]) -> dict[str, int]:
        """Incidents in each of the places or areas, background included; those without any are left out."""
        ...

    def told_places(self, place_ids: Iterable[str]) -> dict[str, Place]:
        """For each place or area that has an incident: the place of one of those that lie in it."""
        ...

    def sketches(self, wanted: Filter) -> list[Sketch]:
        """A page of incidents as a map tells of them, the last reported first."""
        ...

    def pulses(self, wanted: Filter, unit: Literal["hour", "day"]) -> list[Pulse]:
        """Incidents counted by the hour or UTC day of their first report, all pages: oldest first."""
        ...

    def count_articles(self, wanted: Filter) -> int: ...
    def count_claims(self, wanted: Filter) -> int: ...
    def incidents_of_claims(self, claim_ids: Iterable[str]) -> dict[str, str]:
        """Claim id to incident id, for claims that are in one."""
        ...

    def tensions(
        self,
        *,
        place_id: str | None = None,
        place_ids: Iterable[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> list[Tension]:
        """Oldest first; of one place or of several, where given."""
        ...

    def latest_tensions(self) -> list[Tension]:
        """Each place's newest day, highest surprise first, then level."""
        ...

    def alert(self, alert_id: str) -> Alert: ...
    def alerts(self, *, states: Sequence[AlertState] | None = None) -> list[Alert]: ...
    def count_alerts(self, states: Sequence[AlertState]) -> int: ...
    def alerts_by_id(self, alert_ids: Iterable[str]) -> dict[str, Alert]: ...
    def set_alert_state(
        self,
        alert_id: str,
        state: AlertState,
        note: str | None,
        at: datetime,
        *,
        assigned_to: str | None = None,
        who: str | None = None,
    ) -> Alert: ...

    def alert_history(self, alert_id: str) -> list[AlertWord]:
        """What the desk and people said of an alert, the newest first."""
        ...

    # --- what people asked the desk not to ring for
    def add_silence(self, silence: Silence) -> None: ...
    def end_silence(self, silence_id: str, at: datetime, by: str | None = None) -> Silence: ...
    def silences(self, *, after: datetime | None = None, limit: int = 500) -> list[Silence]:
        """Those that end after a time (all without one), the last to end first."""
        ...
