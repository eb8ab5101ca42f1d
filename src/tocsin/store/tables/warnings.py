"""Tension, alerts, notices and forecasts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, desc

from tocsin.store.tables.columns import Day, Id, Moment, keyed_pair, metadata, needed, seq

tensions = Table(
    "tensions",
    metadata,
    Column("place_id", Text, primary_key=True),
    Column("day", Day, primary_key=True),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_tensions_day", tensions.c.day, tensions.c.place_id)

#: `payload` is what the desk derived last; `state` and `updated_at` are what holds, a person's word included.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    needed("day", Day),
    needed("state", String(16)),
    needed("updated_at", Moment),
    Column("person_state", String(16)),
    Column("person_note", Text),
    Column("assigned_to", Text),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
alert_history = Table(
    "alert_history",
    metadata,
    seq(),
    needed("alert_id", Id),
    needed("at", Moment),
    needed("made_by", String(16)),
    needed("state", String(16)),
    Column("note", Text),
    needed("is_exercise", Boolean),
    needed("payload", Text),
    Column("person", Text),  # who spoke, where `made_by` is "person" and the desk has accounts
)
Index("ix_alert_history_alert", alert_history.c.alert_id, alert_history.c.seq)

#: A person may end a silence before its time: the only change to a row, and its payload says so.
silences = Table(
    "silences",
    metadata,
    Column("id", Id, primary_key=True),
    needed("ends_at", Moment),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_silences_end", desc(silences.c.ends_at), silences.c.id)

#: Append-only: what people were told stays as it was told. `group` and `number` make the chain.
notices = Table(
    "notices",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("group", Id),
    needed("number", Integer),
    needed("cause", String(16)),
    needed("made_at", Moment),
    needed("is_exercise", Boolean),
    needed("payload", Text),
)
Index("ix_notices_chain", notices.c.group, notices.c.number, unique=True)
notice_alerts = keyed_pair(
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
    needed("state", String(16)),
    needed("rank", Integer),
    needed("attempts", Integer),
    Column("next_at", Moment),
    Column("lease_until", Moment),
    needed("changed_at", Moment),
    Column("fault", Text),
)
Index("ix_deliveries_due", deliveries.c.state, deliveries.c.channel, desc(deliveries.c.rank), deliveries.c.next_at)
Index("ix_deliveries_changed", desc(deliveries.c.changed_at), deliveries.c.notice_id, deliveries.c.channel)

#: What forecasts are made of. A new import of a name replaces the whole row.
histories = Table(
    "histories",
    metadata,
    Column("name", String(80), primary_key=True),
    needed("measure", String(24)),
    needed("period", String(8)),
    needed("level", String(16)),
    needed("imported_at", Moment),
    Column("licence", Text),
    needed("is_own", Boolean),
    needed("digest", String(64)),
    needed("payload", Text),
)

#: Append-only: a forecast that was made is never changed. `basis` stands for the counts that it was made of.
forecasts = Table(
    "forecasts",
    metadata,
    seq(),
    needed("id", Id, unique=True),
    needed("history", String(80)),
    needed("basis", String(16)),
    needed("unit", Text),
    needed("measure", String(24)),
    needed("model", String(32)),
    needed("known_to", String(10)),
    needed("target", String(10)),
    needed("made_on", Day),
    needed("payload", Text),
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
