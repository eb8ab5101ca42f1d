"""What the claims add up to: incidents, what they hold, and how they came together."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, desc, false

from tocsin.store.tables.articles import claims
from tocsin.store.tables.columns import Day, Id, Moment, keyed_pair, metadata, needed, seq

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    needed("reported_at", Moment),
    needed("first_day", Day),  # of its date, else the day it was first reported: for filters, never for display
    needed("last_day", Day),
    needed("type", String(16)),
    needed("modality", String(16)),
    needed("certainty", String(16)),
    needed("background", Boolean),
    needed("is_exercise", Boolean),
    needed("state", String(16)),
    Column("country", String(3)),
    Column("place_id", Text),
    Column("lat", Float),
    Column("lon", Float),
    needed("parties", Text),
    needed("payload", Text),
    needed("digest", String(16), server_default=""),  # of its look, see records/inbox.py
    needed("changed_at", Moment, server_default=""),  # when the desk gave it this look
    needed("is_judged", Boolean, server_default=false()),  # whether a person has judged any claim of it
    Column("place_key", String(16)),  # of what is told of its place, see sketching.py
    needed("credibility", Integer, server_default="6"),  # of its most credible claim
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

#: What each of the last derivations changed, as JSON lists of ids; null where it is not listed.
derivations = Table(
    "derivations", metadata, Column("number", Integer, primary_key=True, autoincrement=False), Column("changed", Text)
)

#: The place of a claim or incident and every area that contains it.
claim_areas = keyed_pair(
    "claim_areas",
    Column("place_id", Text, primary_key=True),
    Column("claim_id", Id, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
)
incident_areas = keyed_pair(
    "incident_areas",
    Column("place_id", Text, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
)
incident_outlets = keyed_pair(
    "incident_outlets",
    Column("outlet_id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True),
)
#: A claim is in one incident at most: the primary key holds it.
incident_claims = keyed_pair(
    "incident_claims",
    Column("claim_id", Id, ForeignKey("claims.id"), primary_key=True),
    needed("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE")),
)
incident_claims.append_column(needed("credibility", Integer, server_default="6"))  # of the claim within the incident
#: What a map tells of an incident, and the number its words are kept under.
incident_sketches = Table(
    "incident_sketches",
    metadata,
    seq(),
    needed("incident_id", Id, ForeignKey("incidents.id", ondelete="CASCADE"), unique=True),
    needed("sketch", Text),
)
incident_redirects = Table("incident_redirects", metadata, Column("old_id", Id, primary_key=True), needed("new_id", Id))

#: Append-only. An id may come twice (a claim that moves away and back); the highest `seq` of a claim holds.
links = Table(
    "links",
    metadata,
    seq(),
    needed("id", Id),
    needed("claim_id", Id, ForeignKey("claims.id")),
    needed("incident_id", Id),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_links_claim", links.c.claim_id, links.c.seq)

origins = Table(
    "origins",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    needed("origin_id", Id),
)
