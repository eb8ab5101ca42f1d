"""Who may sign in, and what each has seen and kept."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from tocsin.store.tables.columns import Id, Moment, metadata, needed, seq

#: Who may sign in. `folded` is the name without capitals; `subject_id` stands for `subject`, which may be long.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    needed("name", String(80)),
    needed("folded", String(240), unique=True),
    needed("role", String(16)),
    needed("made_at", Moment),
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
    needed("id", Id, unique=True),
    needed("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    needed("made_at", Moment),
    needed("seen_at", Moment),
    needed("expires_at", Moment),
    needed("way", String(16)),
    needed("place", String(64)),
)
Index("ix_sessions_account", sessions.c.account_id)
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    needed("id", Id, unique=True),
    needed("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    needed("label", Text),
    needed("role", String(16)),
    needed("made_at", Moment),
    needed("expires_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)
Index("ix_api_tokens_account", api_tokens.c.account_id)
setup_links = Table(
    "setup_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    needed("made_by", Text),
    needed("made_at", Moment),
    needed("expires_at", Moment),
    Column("used_at", Moment),
)
Index("ix_setup_links_account", setup_links.c.account_id)
#: Append-only, but for what is older than the desk keeps it.
sign_ins = Table(
    "sign_ins",
    metadata,
    seq(),
    needed("at", Moment),
    needed("name", Text),
    needed("way", String(16)),
    needed("place", String(64)),
    needed("outcome", String(16)),
)
Index("ix_sign_ins_at", sign_ins.c.at)

#: What each person has seen of an incident: `look` as JSON, `digest` to compare it with the incident's.
marks = Table(
    "marks",
    metadata,
    Column("person", Text, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
    needed("digest", String(16)),
    needed("seen_at", Moment),
    needed("look", Text),
)
Index("ix_marks_incident", marks.c.incident_id)
shifts = Table(
    "shifts", metadata, seq(), needed("person", Text), needed("began_at", Moment), Column("ended_at", Moment)
)
Index("ix_shifts_person", shifts.c.person, shifts.c.seq)
#: `name_key` is the name in small letters: nobody has two filters that are called the same.
saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Id, primary_key=True),
    needed("person", Text),
    needed("name", Text),
    needed("name_key", Text),
    needed("query", Text),
    needed("made_at", Moment),
    needed("is_shared", Boolean),
    Column("feed_digest", String(64)),
)
Index("ix_saved_filters_person", saved_filters.c.person, saved_filters.c.name_key, unique=True)
