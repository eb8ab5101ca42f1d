"""What comes in: articles, where they were seen, their claims and corrections, outlets, feeds and faults."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    desc,
    literal_column,
)

from tocsin.store.tables.columns import Day, Id, Moment, Sequence, metadata, needed, seq

articles = Table(
    "articles",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("shown_at", Moment),
    Column("published_at", Moment),
    needed("taken_at", Moment),
    Column("outlet_id", Id),
    Column("outlet_name", Text),
    Column("url", Text),
    Column("language", String(16)),
    needed("digest", String(64)),
    needed("is_exercise", Boolean),
    needed("claim_count", Integer),
    Column("fault", Text),
    Column("title", Text),
    needed("text", Text),  # last: SQLite then walks the columns before it without touching the text's pages
)
Index("ix_articles_newest", desc(articles.c.shown_at), articles.c.id, articles.c.outlet_id)
#: Who was heard on which day is asked at each derivation: nothing of the rows themselves is read for it.
Index("ix_articles_heard", articles.c.is_exercise, articles.c.shown_at, articles.c.outlet_id)
Index("ix_articles_outlet", articles.c.outlet_id, desc(articles.c.shown_at), articles.c.id)

sightings = Table(
    "sightings",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("address_id", Id, primary_key=True),  # an address may be longer than PostgreSQL lets a key be
    needed("address", Text),
    needed("seen_at", Moment),
)
Index("ix_sightings_address", sightings.c.address_id)

#: Articles that no derivation has accounted for yet: written with the article, struck out with its derivation.
pending_articles = Table(
    "pending_articles",
    metadata,
    seq(),
    needed("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), unique=True),
)

#: Append-only; the highest `seq` of an article holds.
withdrawals = Table(
    "withdrawals",
    metadata,
    seq(),
    needed("article_id", Id, ForeignKey("articles.id")),
    Column("later_id", Id),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_withdrawals_article", withdrawals.c.article_id, withdrawals.c.seq)
Index("ix_withdrawals_later", withdrawals.c.later_id)

claims = Table(
    "claims",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE")),
    needed("start", Integer),
    needed("shown_at", Moment),  # of its article
    needed("first_day", Day),  # of its date, else the day its article was shown: for filters, never for display
    needed("last_day", Day),
    needed("type", String(16)),
    needed("modality", String(16)),
    needed("certainty", String(16)),
    needed("background", Boolean),
    needed("is_exercise", Boolean),
    Column("outlet_id", Id),
    Column("country", String(3)),
    Column("place_id", Text),
    Column("lat", Float),
    Column("lon", Float),
    needed("parties", Text),  # folded words of actors and recipients, see words.py
    needed("payload", Text),  # as the machine read it: never changed
    needed("standing", String(16), server_default="read"),
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
    seq(),
    needed("article_id", Id),
    needed("digest", String(64)),
    Column("outlet_id", Id),
    needed("shown_at", Moment),
    needed("taken_at", Moment),
    needed("retired_at", Moment),
)
Index("ix_retirements_article", retirements.c.article_id, retirements.c.taken_at)
#: Append-only: what a feed must not bring again, though it may list it for years.
retired_addresses = Table(
    "retired_addresses", metadata, Column("address_id", Id, primary_key=True), needed("retired_at", Moment)
)

#: Append-only; for each claim and field the highest `seq` holds.
corrections = Table(
    "corrections",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("claim_id", Id),
    needed("article_id", Id, ForeignKey("articles.id")),
    needed("kind", String(16)),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_corrections_claim", corrections.c.claim_id, corrections.c.seq)
Index("ix_corrections_article", corrections.c.article_id, corrections.c.seq)

outlets = Table(
    "outlets",
    metadata,
    Column("id", Id, primary_key=True),
    needed("name", Text),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
#: Append-only: each grade that a person gave, and each marking of an article or outlet; the highest `seq` holds.
outlet_grades = Table(
    "outlet_grades",
    metadata,
    seq(),
    needed("outlet_id", Id),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_outlet_grades_outlet", outlet_grades.c.outlet_id, outlet_grades.c.seq)
markings = Table(
    "markings", metadata, seq(), needed("marked_id", Id), needed("is_exercise", Boolean), needed("payload", Text)
)
Index("ix_markings_marked", markings.c.marked_id, markings.c.seq)
feeds = Table("feeds", metadata, Column("id", Id, primary_key=True), needed("address", Text), needed("payload", Text))
faults = Table(
    "faults",
    metadata,
    Column("id", Id, primary_key=True),
    needed("which", Text),
    needed("why", Text),
    needed("at", Moment),
)
Index("ix_faults_at", faults.c.at)
notes = Table("notes", metadata, Column("key", String(200), primary_key=True), needed("value", Text))

#: Folded words of texts, evidence and incidents, keyed by the `seq` of article, claim or sketch: FTS5 tables on SQLite
#: (where the key is called rowid), plain ones elsewhere. Not in `metadata`, which the schema test compares with the
#: database.
_words = MetaData()
article_words = Table("article_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
claim_words = Table("claim_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
incident_words = Table("incident_words", _words, Column("rowid", Sequence, primary_key=True), Column("words", Text))
