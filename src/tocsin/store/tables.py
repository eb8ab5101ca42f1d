"""The tables as this version of Tocsin reads and writes them; `migrations/` brings a database to this form.

A record's JSON (`payload`) is the record; the columns beside it only repeat what lists are narrowed and ordered by.
`seq` counts in the order of writing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    desc,
    false,
    literal_column,
)
from sqlalchemy.types import TypeDecorator

from tocsin.errors import StoreError

#: Schema revisions in order, oldest first; the last is the one this code works with. Each is a file in migrations/.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")


class Moment(TypeDecorator[datetime]):
    """An aware time as ISO 8601 in UTC, always with microseconds: sorts as text, reads alike in any shell."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to keep."""
        if value is not None and value.tzinfo is None:
            raise StoreError("time", value.isoformat(), "must carry a time zone")
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The time that was kept."""
        return None if value is None else datetime.fromisoformat(value)


class Day(TypeDecorator[date]):
    """A day as ISO 8601."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text to keep."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """The day that was kept."""
        return None if value is None else date.fromisoformat(value)


#: 64 bits on PostgreSQL; on SQLite the row's own number, which only the type INTEGER gives.
Sequence = BigInteger().with_variant(Integer, "sqlite")
Id = String(40)
metadata = MetaData()


def _needed(name: str, kind: Any, *more: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *more, nullable=False, **options)


def _seq() -> Column[Any]:
    return Column("seq", Sequence, primary_key=True, autoincrement=True)


def _keyed_pair(name: str, first: Column[Any], second: Column[Any]) -> Table:
    """A table of pairs, found from either side; on SQLite the primary key is the table."""
    table = Table(name, metadata, first, second, sqlite_with_rowid=False)
    Index(f"ix_{name}_{second.name}", second)
    return table


articles = Table(
    "articles",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("shown_at", Moment),
    Column("published_at", Moment),
    _needed("taken_at", Moment),
    Column("outlet_id", Id),
    Column("outlet_name", Text),
    Column("url", Text),
    Column("language", String(16)),
    _needed("digest", String(64)),
    _needed("is_exercise", Boolean),
    _needed("claim_count", Integer),
    Column("fault", Text),
    Column("title", Text),
    _needed("text", Text),  # last: SQLite then walks the columns before it without touching the text's pages
)
Index("ix_articles_newest", desc(articles.c.shown_at), articles.c.id, articles.c.outlet_id)
Index("ix_articles_exercise", articles.c.is_exercise)
Index("ix_articles_outlet", articles.c.outlet_id, desc(articles.c.shown_at), articles.c.id)

sightings = Table(
    "sightings",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("address_id", Id, primary_key=True),  # an address may be longer than PostgreSQL lets a key be
    _needed("address", Text),
    _needed("seen_at", Moment),
)
Index("ix_sightings_address", sightings.c.address_id)

#: Articles that no derivation has accounted for yet: written with the article, struck out with its derivation.
pending_articles = Table(
    "pending_articles",
    metadata,
    _seq(),
    _needed("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), unique=True),
)

#: Append-only; the highest `seq` of an article holds.
withdrawals = Table(
    "withdrawals",
    metadata,
    _seq(),
    _needed("article_id", Id, ForeignKey("articles.id")),
    Column("later_id", Id),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_withdrawals_article", withdrawals.c.article_id, withdrawals.c.seq)
Index("ix_withdrawals_later", withdrawals.c.later_id)

claims = Table(
    "claims",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE")),
    _needed("start", Integer),
    _needed("shown_at", Moment),  # of its article
    _needed("first_day", Day),  # of its date, else the day its article was shown: for filters, never for display
    _needed("last_day", Day),
    _needed("type", String(16)),
    _needed("modality", String(16)),
    _needed("certainty", String(16)),
    _needed("background", Boolean),
    _needed("is_exercise", Boolean),
    Column("outlet_id", Id),
    Column("country", String(3)),
    Column("place_id", Text),
    Column("lat", Float),
    Column("lon", Float),
    _needed("parties", Text),  # folded words of actors and recipients, see words.py
    _needed("payload", Text),  # as the machine read it: never changed
    _needed("standing", String(16), server_default="read"),
    Column("corrected", Text),  # as people have put it right, where they have; the columns above follow it
)
Index("ix_claims_article", claims.c.article_id, claims.c.start, claims.c.id)
#: Written out: SQLite takes a partial index only where it sees the value.
IS_REJECTED: ColumnElement[str] = literal_column("'rejected'")
_rejected = claims.c.standing == IS_REJECTED
Index("ix_claims_rejected", claims.c.id, sqlite_where=_rejected, postgresql_where=_rejected)

#: Append-only: what the retention has taken out, and the door by which it went. An article goes only after its row here
#: was written; whoever holds a text can still show by its digest that it was here.
retirements = Table(
    "retirements",
    metadata,
    _seq(),
    _needed("article_id", Id),
    _needed("digest", String(64)),
    Column("outlet_id", Id),
    _needed("shown_at", Moment),
    _needed("taken_at", Moment),
    _needed("retired_at", Moment),
)
Index("ix_retirements_article", retirements.c.article_id, retirements.c.taken_at)
#: Append-only: what a feed must not bring again, though it may list it for years.
retired_addresses = Table(
    "retired_addresses", metadata, Column("address_id", Id, primary_key=True), _needed("retired_at", Moment)
)

#: Append-only; for each claim and field the highest `seq` holds.
corrections = Table(
    "corrections",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("claim_id", Id),
    _needed("article_id", Id, ForeignKey("articles.id")),
    _needed("kind", String(16)),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_corrections_claim", corrections.c.claim_id, corrections.c.seq)
Index("ix_corrections_article", corrections.c.article_id, corrections.c.seq)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("reported_at", Moment),
    _needed("first_day", Day),  # of its date, else the day it was first reported: for filters, never for display
    _needed("last_day", Day),
    _needed("type", String(16)),
    _needed("modality", String(16)),
    _needed("certainty", String(16)),
    _needed("background", Boolean),
    _needed("is_exercise", Boolean),
    _needed("state", String(16)),
    Column("country", String(3)),
    Column("place_id", Text),
    Column("lat", Float),
    Column("lon", Float),
    _needed("parties", Text),
    _needed("payload", Text),
    _needed("digest", String(16), server_default=""),  # of its look, see records/inbox.py
    _needed("changed_at", Moment, server_default=""),  # when the desk gave it this look
    _needed("is_judged", Boolean, server_default=false()),  # whether a person has judged any claim of it
    Column("place_key", String(16)),  # of what is told of its place, see sketching.py
    _needed("credibility", Integer, server_default="6"),  # of its most credible claim
)

#: What lists of claims and incidents are narrowed by. The index that gives the order of a list holds them all, so that
#: a page or a count is found in the index alone, and only the rows of the page are opened. (`parties` would make it
#: too wide for PostgreSQL.)
_NARROWING = ("type", "modality", "certainty", "background", "country", "first_day", "last_day")
CLAIM_ORDER = (desc(claims.c.shown_at), claims.c.article_id, claims.c.start, claims.c.id)
INCIDENT_ORDER = (desc(incidents.c.reported_at), incidents.c.id)
Index("ix_claims_newest", *CLAIM_ORDER, *(claims.c[name] for name in (*_NARROWING, "outlet_id", "standing")))
_COUNTED = ("is_exercise", "credibility", "place_key")
Index("ix_incidents_newest", *INCIDENT_ORDER, *(incidents.c[name] for name in (*_NARROWING, *_COUNTED)))
for _name in ("type", "country", "outlet_id"):
    Index(f"ix_claims_{_name}", claims.c[_name], *CLAIM_ORDER)
for _name in ("type", "country"):
    Index(f"ix_incidents_{_name}", incidents.c[_name], *INCIDENT_ORDER)
#: What an inbox is ordered and counted by, whatever the person.
Index(
    "ix_incidents_inbox",
    desc(incidents.c.changed_at),
    desc(incidents.c.reported_at),
    *(incidents.c[name] for name in ("id", "digest", "is_judged", "background", "type", "country", "is_exercise")),
)

#: The place of a claim or incident and every area that contains it.
claim_areas = _keyed_pair(
    "claim_areas",
    Column("place_id", Text, primary_key=True),
    Column("claim_id", Id, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
)
incident_areas = _keyed_pair(
    "incident_areas",
    Column("place_id", Text, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
)
incident_outlets = _keyed_pair(
    "incident_outlets",
    Column("outlet_id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
)
#: A claim is in one incident at most: the primary key holds it.
incident_claims = _keyed_pair(
    "incident_claims",
    Column("claim_id", Id, ForeignKey("claims.id"), primary_key=True),
    _needed("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE")),
)
incident_claims.append_column(_needed("credibility", Integer, server_default="6"))  # of the claim within the incident
#: What a map tells of an incident, and the number its words are kept under.
incident_sketches = Table(
    "incident_sketches",
    metadata,
    _seq(),
    _needed("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), unique=True),
    _needed("sketch", Text),
)
incident_redirects = Table(
    "incident_redirects", metadata, Column("old_id", Id, primary_key=True), _needed("new_id", Id)
)

#: Append-only. An id may come twice (a claim that moves away and back); the highest `seq` of a claim holds.
links = Table(
    "links",
    metadata,
    _seq(),
    _needed("id", Id),
    _needed("claim_id", Id, ForeignKey("claims.id")),
    _needed("incident_id", Id),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_links_claim", links.c.claim_id, links.c.seq)

origins = Table(
    "origins",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    _needed("origin_id", Id),
)

tensions = Table(
    "tensions",
    metadata,
    Column("place_id", Text, primary_key=True),
    Column("day", Day, primary_key=True),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_tensions_day", tensions.c.day, tensions.c.place_id)

#: `payload` is what the desk derived last; `state` and `updated_at` are what holds, a person's word included.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("day", Day),
    _needed("state", String(16)),
    _needed("updated_at", Moment),
    Column("person_state", String(16)),
    Column("person_note", Text),
    Column("assigned_to", Text),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
alert_history = Table(
    "alert_history",
    metadata,
    _seq(),
    _needed("alert_id", Id),
    _needed("at", Moment),
    _needed("made_by", String(16)),
    _needed("state", String(16)),
    Column("note", Text),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
    Column("person", Text),  # who spoke, where `made_by` is "person" and the desk has accounts
)
Index("ix_alert_history_alert", alert_history.c.alert_id, alert_history.c.seq)

#: A person may end a silence before its time: the only change to a row, and its payload says so.
silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("ends_at", Moment),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_silences_end", desc(silences.c.ends_at), silences.c.id)

#: Append-only: what people were told stays as it was told. `group` and `number` make the chain.
notices = Table(
    "notices",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("group", Id),
    _needed("number", Integer),
    _needed("cause", String(16)),
    _needed("made_at", Moment),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_notices_chain", notices.c.group, notices.c.number, unique=True)
notice_alerts = _keyed_pair(
    "notice_alerts",
    Column("alert_id", Id, primary_key=True),
    Column("notice_id", Id, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
)
#: The outbox: written with the notice, so that nothing told is forgotten and nothing forgotten is told.
#: `rank` is the notice's precedence, 0 to 3: the gravest leaves first. `attempts` is also the number of the hold on it:
#: who finishes under an older number was too slow, and somebody else holds it now.
deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", Id, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(64), primary_key=True),
    _needed("state", String(16)),
    _needed("rank", Integer),
    _needed("attempts", Integer),
    Column("next_at", Moment),
    Column("lease_until", Moment),
    _needed("changed_at", Moment),
    Column("fault", Text),
)
Index("ix_deliveries_due", deliveries.c.state, deliveries.c.channel, desc(deliveries.c.rank), deliveries.c.next_at)
Index("ix_deliveries_changed", desc(deliveries.c.changed_at), deliveries.c.notice_id, deliveries.c.channel)

#: A situation report's head: final it stays for ever. `series` is area and period, `number` the version in it.
reports = Table(
    "reports",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("series", Text),
    Column("number", Integer),
    _needed("state", String(16)),
    Column("replaces", Id),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_reports_series", reports.c.series, reports.c.number, unique=True)
Index("ix_reports_replaces", reports.c.replaces)
#: Append-only: the text of each draft, and last the final one; and what people did to it.
report_drafts = Table(
    "report_drafts",
    metadata,
    Column("report_id", Id, ForeignKey("reports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
report_edits = Table(
    "report_edits",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    Column("report_id", Id, ForeignKey("reports.id"), nullable=False),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_report_edits_report", report_edits.c.report_id, report_edits.c.seq)
#: Append-only: each sending of a report with the file as it was sent, so that every try sends the same.
report_mails = Table(
    "report_mails",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    Column("report_id", Id, ForeignKey("reports.id"), nullable=False),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
    _needed("body", LargeBinary),
)
Index("ix_report_mails_report", report_mails.c.report_id, report_mails.c.seq)
#: One row for each recipient, written with the mail; columns as in `deliveries`.
report_copies = Table(
    "report_copies",
    metadata,
    Column("mail_id", Id, ForeignKey("report_mails.id", ondelete="CASCADE"), primary_key=True),
    Column("recipient", String(320), primary_key=True),
    _needed("channel", String(64)),
    _needed("state", String(16)),
    _needed("attempts", Integer),
    Column("next_at", Moment),
    Column("lease_until", Moment),
    _needed("changed_at", Moment),
    Column("fault", Text),
)
Index("ix_report_copies_due", report_copies.c.state, report_copies.c.channel, report_copies.c.next_at)

#: Who may sign in. `folded` is the name without capitals; `subject_id` stands for `subject`, which may be long.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("name", String(80)),
    _needed("folded", String(240), unique=True),
    _needed("role", String(16)),
    _needed("made_at", Moment),
    Column("shown_name", Text),
    Column("disabled_at", Moment),
    Column("password", Text),  # as Argon2 keeps it
    Column("subject", Text),
    Column("subject_id", Id, unique=True),
)
#: Of sessions, tokens and links the secret is not kept: `digest` is its SHA-256.
sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    _needed("id", Id, unique=True),
    _needed("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    _needed("made_at", Moment),
    _needed("seen_at", Moment),
    _needed("expires_at", Moment),
    _needed("way", String(16)),
    _needed("place", String(64)),
)
Index("ix_sessions_account", sessions.c.account_id)
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    _needed("id", Id, unique=True),
    _needed("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    _needed("label", Text),
    _needed("role", String(16)),
    _needed("made_at", Moment),
    _needed("expires_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
Index("ix_api_tokens_account", api_tokens.c.account_id)
setup_links = Table(
    "setup_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    _needed("made_by", Text),
    _needed("made_at", Moment),
    _needed("expires_at", Moment),
    Column("used_at", Moment),
)
Index("ix_setup_links_account", setup_links.c.account_id)
#: Append-only, but for what is older than the desk keeps it.
sign_ins = Table(
    "sign_ins",
    metadata,
    _seq(),
    _needed("at", Moment),
    _needed("name", Text),
    _needed("way", String(16)),
    _needed("place", String(64)),
    _needed("outcome", String(16)),
)
Index("ix_sign_ins_at", sign_ins.c.at)

#: What forecasts are made of. A new import of a name replaces the whole row.
histories = Table(
    "histories",
    metadata,
    Column("name", String(80), primary_key=True),
    _needed("measure", String(24)),
    _needed("period", String(8)),
    _needed("level", String(16)),
    _needed("imported_at", Moment),
    Column("licence", Text),
    _needed("is_own", Boolean),
    _needed("digest", String(64)),
    _needed("payload", Text),
)

#: Append-only: a forecast that was made is never changed. `basis` stands for the counts that it was made of.
forecasts = Table(
    "forecasts",
    metadata,
    _seq(),
    _needed("id", Id, unique=True),
    _needed("history", String(80)),
    _needed("basis", String(16)),
    _needed("unit", Text),
    _needed("measure", String(24)),
    _needed("model", String(32)),
    _needed("known_to", String(10)),
    _needed("target", String(10)),
    _needed("made_on", Day),
    _needed("payload", Text),
)
Index("ix_forecasts_unit", forecasts.c.history, forecasts.c.unit, forecasts.c.model, desc(forecasts.c.target))
Index("ix_forecasts_target", forecasts.c.history, forecasts.c.model, desc(forecasts.c.target), forecasts.c.seq)
Index(
    "ix_forecasts_run",
    *(forecasts.c[name] for name in ("history", "basis", "known_to", "model")),
    desc(forecasts.c.target),
    desc(forecasts.c.seq),
)
Index("ix_forecasts_newest", forecasts.c.history, desc(forecasts.c.seq))

outlets = Table(
    "outlets",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("name", Text),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
#: Append-only: each grade that a person gave, and each marking of an article or outlet; the highest `seq` holds.
outlet_grades = Table(
    "outlet_grades",
    metadata,
    _seq(),
    _needed("outlet_id", Id),
    _needed("is_exercise", Boolean),
    _needed("payload", Text),
)
Index("ix_outlet_grades_outlet", outlet_grades.c.outlet_id, outlet_grades.c.seq)
markings = Table(
    "markings", metadata, _seq(), _needed("marked_id", Id), _needed("is_exercise", Boolean), _needed("payload", Text)
)
Index("ix_markings_marked", markings.c.marked_id, markings.c.seq)
feeds = Table("feeds", metadata, Column("id", Id, primary_key=True), _needed("address", Text), _needed("payload", Text))
faults = Table(
    "faults",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("which", Text),
    _needed("why", Text),
    _needed("at", Moment),
)
Index("ix_faults_at", faults.c.at)
notes = Table("notes", metadata, Column("key", String(200), primary_key=True), _needed("value", Text))

#: What each person has seen of an incident: `look` as JSON, `digest` to compare it with the incident's.
marks = Table(
    "marks",
    metadata,
    Column("person", Text, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    _needed("digest", String(16)),
    _needed("seen_at", Moment),
    _needed("look", Text),
)
Index("ix_marks_incident", marks.c.incident_id)
shifts = Table(
    "shifts", metadata, _seq(), _needed("person", Text), _needed("began_at", Moment), Column("ended_at", Moment)
)
Index("ix_shifts_person", shifts.c.person, shifts.c.seq)
#: `name_key` is the name in small letters: nobody has two filters that are called the same.
saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("person", Text),
    _needed("name", Text),
    _needed("name_key", Text),
    _needed("query", Text),
    _needed("made_at", Moment),
    _needed("is_shared", Boolean),
    Column("feed_digest", String(64)),
)
Index("ix_saved_filters_person", saved_filters.c.person, saved_filters.c.name_key, unique=True)

#: Folded words of texts, evidence and incidents, keyed by the `seq` of article, claim or sketch: FTS5 tables on SQLite
#: (where the key is called rowid), plain ones elsewhere. Not in `metadata`, which the schema test compares with the
#: database.
_words = MetaData()
article_words = Table("article_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
claim_words = Table("claim_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
incident_words = Table("incident_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
