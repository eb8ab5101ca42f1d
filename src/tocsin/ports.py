"""The edges as protocols: what the desk needs from the world, and what stands behind each need.

Store   `store/` (SQLAlchemy on SQLite or PostgreSQL)
Reader  `reading/` (article to claims), or `endpoint/` where the operator sets one up
Fetcher `intake/` (the network, guarded)
Notifier `notify/` (e-mail, signed webhook)
Clock   `SystemClock`, or a fixed one in tests
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol

from tocsin.records import (
    Alert,
    AlertState,
    Article,
    Claim,
    Delivery,
    DeliveryState,
    EventType,
    Fault,
    Feed,
    Filter,
    Findings,
    Incident,
    Link,
    Notice,
    Outlet,
    OutletPace,
    Place,
    Reliability,
    Sighting,
    Silence,
    Tension,
    Withdrawal,
    digest_text,
)
from tocsin.records.account import Account, ApiToken, Role, Session, SetupLink, SignIn
from tocsin.records.correction import Correction, Standing
from tocsin.records.inbox import InboxCounts, InboxRow, InboxWanted, Mark, SavedFilter, Shift, Shown
from tocsin.records.report import KeptReport, ReportEdit


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)


class Reader(Protocol):
    """Turns an article into claims and names of places; places are only mentioned, not looked up."""

    @property
    def version(self) -> str:
        """Name and version, stored on every claim ("encoder/1")."""
        ...

    def read_article(self, article: Article) -> Findings:
        """What one article holds; raises ReadingError where it cannot read.

        Raises ReaderUnavailableError where the reader itself cannot be asked now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """An answer from the network.

    address       the address asked for; `final_address` the one that answered, after redirects
    status        HTTP status; 304 means not changed since `etag` or `last_modified`
    body          at most the settings' `fetch_max_bytes`
    """

    address: str
    final_address: str
    status: int
    content_type: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after_seconds: int | None = None


class Fetcher(Protocol):
    """Fetches one address, guarded: public addresses only, robots.txt obeyed, bounded in size and time."""

    def fetch(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page, or 304; raises FetchError with the reason (refused address, robots, status, size, time)."""
        ...


class Notifier(Protocol):
    """One channel to people; safe to use from one thread at a time, and bounded in time."""

    def send(self, notice: Notice) -> None:
        """Hand a notice over under identifiers that are the same at every try; raises DeliveryError."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One article with everything that is written with it, in one transaction."""

    article: Article
    claims: tuple[Claim, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    outlet: Outlet | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """What the stages after reading made of the claims: replaces the earlier derivation of the same stretch.

    incidents        new or changed; `gone_incident_ids` no longer exist (their claims now belong elsewhere)
    redirects        old incident id to the one that took its claims over
    links            only those that differ from the newest link of their claim: links are append-only
    tensions         new or changed place-days; `gone_tensions` are (place_id, day) no longer counted
    alerts           new or changed; a person's acknowledgement is kept by the store
    articles_derived ids of articles whose claims are now accounted for
    at               when it was made; None: as of each incident's first report
    """

    incidents: tuple[Incident, ...] = ()
    gone_incident_ids: tuple[str, ...] = ()
    redirects: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    tensions: tuple[Tension, ...] = ()
    gone_tensions: tuple[tuple[str, date], ...] = ()
    alerts: tuple[Alert, ...] = ()
    articles_derived: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptHistory:
    """A history as the store keeps it: what was counted, period by period, in one body of counts.

    name         what the user calls it; a new import of the same name replaces the whole
    measure      "deaths" or "deadly incidents"
    period       "month" or "week"
    level        "country" or "admin1"
    licence      a note on where it comes from and what may be done with it, or None
    is_own       whether it was counted from the desk's own incidents
    payload      units, their places and their counts as JSON, in the form of `forecasting_histories`
    """

    name: str
    measure: str
    period: str
    level: str
    imported_at: datetime
    licence: str | None
    is_own: bool
    payload: str

    @property
    def digest(self) -> str:
        """SHA-256 of the payload."""
        return digest_text(self.payload)


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast as the store keeps it; never changed once kept.

    id        made of history, basis and key: the same forecast made again has the same
    history   name of the history it was made of; `basis` the first 16 digits of its digest then
    known_to  the last period that was known; `target` the one spoken of
    payload   the whole forecast as JSON
    """

    id: str
    history: str
    basis: str
    unit: str
    measure: str
    model: str
    known_to: str
    target: str
    made_on: date
    payload: str


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """The forecasts made at one time of one history: the last kept are the newest."""

    history: str
    basis: str
    known_to: str
    made_on: date
    last_seq: int


@dataclass(frozen=True, slots=True)
class Tally:
    """So many incidents of a type are told of the same place; None where no claim says where."""

    place: Place | None
    type: EventType
    is_exercise: bool
    count: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """An incident as a map tells of it.

    text       one line of JSON, see `store/sketching.py`
    place_key  the same for all that are told of the same place; None where no claim says where
    place      what is told of it, with the reason that it is one of several namesakes, if it is
    """

    text: str
    place_key: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """So many incidents of a type were first reported in the hour or day that begins at `began_at`."""

    began_at: datetime
    type: EventType
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the desk holds."""

    articles: int
    claims: int
    incidents: int
    alerts: int
    outlets: int
    feeds: int
    faults: int
    exercise_articles: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the store is.

    alerts             state to number; `deliveries` channel to state to number
    oldest_waiting_at  when the oldest notice was made that is still to be sent, or None
    underived          articles that no derivation has accounted for yet
    """

    articles: int
    claims: int
    incidents: int
    faults: int
    alerts: Mapping[str, int]
    deliveries: Mapping[str, Mapping[str, int]]
    oldest_waiting_at: datetime | None
    underived: int
    database_bytes: int


@dataclass(frozen=True, slots=True)
class Retained:
    """What a run of the retention took out, or would.

    texts_bytes  size of the article texts and records among them; the file keeps its size and fills the room again
    """

    articles: int = 0
    claims: int = 0
    incidents: int = 0
    tensions: int = 0
    faults: int = 0
    deliveries: int = 0
    texts_bytes: int = 0


class AccountStore(Protocol):
    """Who may sign in; secrets come as digests. `store/accounts.py` says what each call refuses."""

    def has_accounts(self) -> bool: ...
    def accounts(self) -> list[Account]: ...
    def account(self, account_id: str) -> Account: ...
    def account_named(self, name: str) -> Account: ...
    def account_of_subject(self, subject: str) -> Account | None: ...
    def add_account(self, account: Account) -> None: ...
    def set_role(self, account_id: str, role: Role) -> Account: ...
    def disable_account(self, account_id: str, at: datetime) -> Account: ...
    def enable_account(self, account_id: str) -> Account: ...
    def password_of(self, account_id: str) -> str | None: ...
    def set_password(self, account_id: str, password: str, *, ends_sessions: bool = True) -> None: ...
    def add_setup_link(self, link: SetupLink, digest: str) -> None: ...
    def setup_link(self, digest: str, now: datetime) -> SetupLink: ...
    def use_setup_link(
        self,
        digest: str,
        now: datetime,
        *,
        first: Account | None = None,
        password: str | None = None,
        subject: str | None = None,
    ) -> Account: ...
    def add_session(self, session: Session, digest: str) -> None: ...
    def find_session(self, digest: str, now: datetime, idle: timedelta) -> tuple[Session, Account] | None: ...
    def mark_session(self, session: Session, now: datetime) -> None: ...
    def sessions(self, account_id: str | None = None) -> list[Session]: ...
    def end_session(self, digest: str) -> None: ...
    def end_sessions(self, account_id: str) -> int: ...
    def drop_old_access(self, now: datetime, idle: timedelta, log_days: int) -> None: ...
    def add_token(self, token: ApiToken, digest: str) -> None: ...
    def find_token(self, digest: str, now: datetime) -> tuple[ApiToken, Account] | None: ...
    def mark_token(self, token: ApiToken, now: datetime) -> None: ...
    def tokens(self, account_id: str | None = None) -> list[ApiToken]: ...
    def revoke_token(self, account_id: str, token_id: str, at: datetime) -> None: ...
    def add_sign_in(self, line: SignIn) -> None: ...
    def sign_ins(self, limit: int = 100) -> list[SignIn]: ...


class Store(AccountStore, Protocol):
    """The desk's memory. Each writing method is one transaction: all of it, or nothing.

    Lists come newest first (claims of one article or incident: in order of the text, of publication). Methods that
    name one record raise UnknownIdError; an incident that was merged away is answered by the one it redirects to.
    """

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

    # --- what people say of claims: append-only
    def add_corrections(self, new: Sequence[Correction]) -> None:
        """Keep corrections, bring their claims up to date and let their articles be derived anew: all, or nothing.

        Raises RecordError where somebody else has corrected the same meanwhile.
        """
        ...

    def corrections(self, claim_ids: Iterable[str]) -> dict[str, list[Correction]]:
        """What was ever said of each of the claims that something was said of, oldest first."""
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

    # --- derived
    def underived_article_ids(self) -> list[str]:
        """Articles whose claims the later stages have not seen yet (all, after a crash in between)."""
        ...

    def save_derivation(self, derivation: Derivation) -> None:
        """Write one derivation and mark its articles as derived."""
        ...

    def derivation_number(self) -> int:
        """How many derivations there were: another number than before means that somebody has derived since."""
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

    # --- what people asked the desk not to ring for
    def add_silence(self, silence: Silence) -> None: ...
    def end_silence(self, silence_id: str, at: datetime) -> Silence: ...
    def silences(self, *, after: datetime | None = None, limit: int = 500) -> list[Silence]:
        """Those that end after a time (all without one), the last to end first."""
        ...

    # --- what each person has seen, his shifts and filters
    def inbox(self, person: str, wanted: InboxWanted) -> list[InboxRow]:
        """A page: unread or changed first, then what nobody has judged, then the rest; the last changed first."""
        ...

    def count_inbox(self, person: str, wanted: InboxWanted) -> InboxCounts: ...
    def count_unread(self, person: str, since: datetime | None, *, most: int) -> int:
        """How many incidents that changed since then the person has not seen as they are; `most` at most."""
        ...

    def shown(self, incident_ids: Iterable[str]) -> dict[str, Shown]:
        """How each of the known incidents stands in everybody's list."""
        ...

    def mark(self, person: str, incident_id: str) -> Mark | None: ...
    def mark_seen(self, person: str, digests: Mapping[str, str | None], at: datetime) -> int:
        """Remember that a person has seen incidents as they look; how many were marked.

        A digest that is not the incident's any more says that he saw it otherwise: that one stays as it is.
        """
        ...

    def mark_unseen(self, person: str, incident_ids: Iterable[str]) -> int: ...
    def begin_shift(self, person: str, at: datetime) -> Shift:
        """The shift that begins, or the one that the person is in already."""
        ...

    def end_shift(self, person: str, at: datetime) -> Shift | None:
        """The shift that ends, or None where none was open."""
        ...

    def last_shifts(self, person: str, limit: int = 2) -> list[Shift]: ...
    def add_saved_filter(self, new: SavedFilter) -> None:
        """Keep one; raises RecordError where the person has one of that name."""
        ...

    def change_saved_filter(self, changed: SavedFilter) -> None: ...
    def remove_saved_filter(self, filter_id: str) -> None: ...
    def saved_filter(self, filter_id: str) -> SavedFilter: ...
    def saved_filters(self, person: str) -> list[SavedFilter]:
        """A person's own, by name, then those that others share."""
        ...

    # --- what people were told, and how far it got
    def add_notices(self, new: Sequence[Notice], channels_of: Callable[[Notice], Iterable[str]]) -> int:
        """Keep notices with their deliveries, in one transaction; how many were new. A known one changes nothing."""
        ...

    def notice(self, notice_id: str) -> Notice: ...
    def notices(
        self,
        limit: int,
        *,
        group: str | None = None,
        below: int | None = None,
        alert_id: str | None = None,
        with_exercise: bool = True,
    ) -> list[Notice]:
        """The newest (of a chain, of a lower number, of an alert, if asked for), the last written first."""
        ...

    def last_notice(self, group: str) -> Notice | None: ...
    def last_notices(self, groups: Iterable[str]) -> dict[str, Notice]:
        """The newest notice of each chain that has one."""
        ...

    def open_chains(self) -> dict[str, list[Notice]]:
        """For each chain whose last notice does not end it: its notices since it last ended, oldest first."""
        ...

    def channels_told(self, group: str) -> frozenset[str]:
        """The channels that a chain's notices went to since it last ended."""
        ...

    def due_channels(self, now: datetime) -> list[str]:
        """The channels that have something to send, by name."""
        ...

    def claim_deliveries(
        self, now: datetime, limit: int, lease_seconds: float, *, channel: str | None = None
    ) -> list[tuple[Delivery, Notice]]:
        """Hold due deliveries for a while, the gravest first; no two workers hold the same one."""
        ...

    def finish_delivery(
        self,
        notice_id: str,
        channel: str,
        attempt: int,
        state: DeliveryState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        fault: str | None = None,
        is_tried: bool = True,
    ) -> bool:
        """Say what became of an attempt; False if somebody else holds the delivery by now."""
        ...

    def retry_deliveries(self, channel: str, at: datetime) -> int:
        """Try everything of a channel again that waits or was given up; how many deliveries that is."""
        ...

    def deliveries(
        self,
        *,
        states: Sequence[DeliveryState] | None = None,
        channel: str | None = None,
        notice_id: str | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The last changed first."""
        ...

    def delivery_counts(self) -> dict[str, dict[DeliveryState, int]]:
        """How many deliveries each channel has in each state."""
        ...

    # --- situation reports: texts and edits are append-only, a final report stays as it is
    def add_report(self, report: KeptReport, text: str, edits: Sequence[ReportEdit] = ()) -> None:
        """Keep a new draft with its text and, where it goes on from another report, that one's edits."""
        ...

    def report(self, report_id: str) -> KeptReport: ...
    def reports(self, *, limit: int = 100, series: str | None = None, replaces: str | None = None) -> list[KeptReport]:
        """The last asked for first; of one series, or those that correct one report, where given."""
        ...

    def report_text(self, report_id: str, draft: int) -> str:
        """The text of one draft, as it was given."""
        ...

    def report_edits(self, report_id: str) -> list[ReportEdit]:
        """What people did to a report, oldest first."""
        ...

    def add_report_edits(self, new: Sequence[ReportEdit], *, seen: int) -> list[ReportEdit]:
        """Keep edits; or, where somebody touched the same sentences after edit `seen`, say how, and keep none.

        Raises RecordError for a report that is final.
        """
        ...

    def redraft_report(self, report: KeptReport, text: str, edit: ReportEdit, *, seen: int) -> list[ReportEdit]:
        """Keep a new text of a draft, the old one stays; or, where somebody did anything after `seen`, say what."""
        ...

    def finalize_report(self, report_id: str, text: str, *, by: str, at: datetime, seen: int) -> list[ReportEdit]:
        """Freeze a report, numbered in its series; or, where somebody did anything after edit `seen`, say what."""
        ...

    # --- histories, and what was forecast from them
    def save_history(self, history: KeptHistory) -> None:
        """Keep a history whole, in the place of an earlier one of the same name."""
        ...

    def history(self, name: str) -> KeptHistory: ...
    def histories(self) -> list[KeptHistory]:
        """All of them: imported ones first, then own ones, each by name."""
        ...

    def history_digests(self, *, is_own: bool) -> dict[str, str]:
        """Name to digest, without reading the counts."""
        ...

    def add_forecasts(self, made: Sequence[KeptForecast]) -> int:
        """Keep forecasts, in one transaction; how many were new. A known one changes nothing."""
        ...

    def newest_run(self, history: str, *, basis: str | None = None) -> ForecastRun | None:
        """What the forecast of a history (of one basis, if asked for) that was kept last was made with, or None."""
        ...

    def forecasts(
        self,
        history: str,
        *,
        units: Sequence[str] | None = None,
        model: str | None = None,
        basis: str | None = None,
        known_to: str | None = None,
        until: str | None = None,
        limit: int | None = None,
    ) -> list[KeptForecast]:
        """Of a history, latest target first, of one target the last kept first; `until` is the last target."""
        ...

    # --- outlets and feeds
    def outlet(self, outlet_id: str) -> Outlet: ...
    def outlets(self) -> list[Outlet]: ...
    def save_outlet(self, outlet: Outlet) -> None: ...
    def grade_outlet(self, outlet_id: str, reliability: Reliability, reason: str) -> Outlet: ...
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

    # --- the desk's own notes and care
    def note(self, key: str) -> str | None:
        """A small remembered value ("exercise-removed"), or None."""
        ...

    def set_note(self, key: str, value: str) -> None: ...
    def vitals(self) -> Vitals: ...
    def schema(self) -> str:
        """The database's schema revision."""
        ...

    @property
    def newest_schema(self) -> str:
        """The revision that this code works with."""
        ...

    def retain(self, before: datetime, at: datetime, *, is_stopped: Callable[[], bool] = ...) -> Retained:
        """Take out what was shown and taken in before a time and nothing kept stands on; `store/retention.py`."""
        ...

    def plan_retention(self, before: datetime) -> Retained:
        """What `retain` would take out now; nothing is written."""
        ...

    def drop_faults(self, before: datetime) -> int: ...
    def drop_deliveries(self, before: datetime) -> int:
        """Forget how far notices of ended chains got that are done with since before a time; how many."""
        ...

    def remove_exercise(self) -> int:
        """Take out everything marked as exercise; how many articles went."""
        ...

    # --- what processes on one database agree upon
    def taking_turn(self) -> AbstractContextManager[None]:
        """A block that no other process on this database, and no other thread, is in at the same time."""
        ...

    def hold_watch(self) -> bool:
        """Take the watch over the feeds if no other process has it; whether this one has it."""
        ...

    def release_watch(self) -> None: ...

    def check(self) -> list[str]:
        """Problems found in the database, in words; empty when it is sound."""
        ...

    def close(self) -> None: ...
