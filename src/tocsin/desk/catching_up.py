"""What another process has derived, brought into the incidents that this one holds in memory.

Desks that share a database derive in turn. Reading and grouping the last weeks anew after each turn of another would
make a person wait for it at every correction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tocsin.desk.voices import hear_articles
from tocsin.incidents import IncidentStream
from tocsin.ports import Changes, Store
from tocsin.records import Incident, Outlet


def catch_up(
    stream: IncidentStream,
    store: Store,
    changes: Changes,
    outlets: Mapping[str, Outlet],
    waiting: Collection[str],
    *,
    since: datetime,
    now: datetime,
) -> bool:
    """Take in the articles that others derived, published from `since` on; whether the stream holds what they saved.

    waiting  ids of articles that are to be derived next: people may have decided on them what nobody has derived yet

    Where it does not (an incident reaches beyond what is held) the stream is of no more use.
    """
    in_doubt = {c.id for c in store.claims_of_articles(waiting, with_rejected=True)}
    derived = store.articles_by_id(i for i in changes.articles if i not in waiting).values()
    articles = {a.id: a for a in derived if not a.is_exercise and a.fault is None and a.shown_at >= since}
    voices = hear_articles(store, articles)
    saved = {id_: i for id_, i in store.incidents_by_id(changes.incidents).items() if i.id == id_ and not i.is_exercise}
    bearing = dict.fromkeys(c for i in saved.values() for c in i.claim_ids)
    links = store.newest_links([c for c in bearing if c in stream and c not in in_doubt])
    step = stream.take(articles.values(), voices.claims, outlets, now=now, held={**voices.links, **links})
    for id_ in {*changes.incidents, *(i.id for i in step.incidents), *step.gone}:
        told, held = saved.get(id_), stream.incidents.get(id_)
        if in_doubt.isdisjoint(c for i in (told, held) if i for c in i.claim_ids) and (
            id_ not in changes.incidents or not _agree(stream, held, told)
        ):
            return False
    return True


def _agree(stream: IncidentStream, held: Incident | None, saved: Incident | None) -> bool:
    """Whether the stream has an incident as it was saved; one that is retracted, or of another time, is in none."""
    if saved is None or held is not None:
        return held == saved
    return saved.state == "retracted" or not any(c in stream for c in saved.claim_ids)
