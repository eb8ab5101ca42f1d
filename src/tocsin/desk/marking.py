"""How records may be passed on: marks that people give, and what a mark asks of what leaves the desk (TLP 2.0).

The most restrictive wins: whatever holds anything of a marked article, or of an article of a marked outlet, bears no
laxer mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.errors import RecordError, UnknownIdError
from tocsin.ports import Clock, Store
from tocsin.records import Notice, NoticeCause
from tocsin.records.marking import Marking, Tlp, choose_strictest, is_laxer

LONGEST_REASON, LONGEST_TITLE = 1000, 60
#: Notices that say nothing of the one before them in their chain.
_TOLD_ANEW: frozenset[NoticeCause] = frozenset({"fired", "digest", "test"})


def mark_record(
    store: Store, clock: Clock, marked_id: str, tlp: Tlp | None, *, who: str, why: str | None = None
) -> Marking:
    """Mark an article or an outlet, or take its mark away; raises RecordError for other records and a long reason."""
    reason = " ".join((why or "").split()) or None
    if reason and len(reason) > LONGEST_REASON:
        raise RecordError("reason", reason[:40] + "…", f"must be {LONGEST_REASON} characters or fewer")
    if marked_id.startswith("art_"):
        is_exercise = store.article(marked_id).is_exercise
    elif marked_id.startswith("out_"):
        is_exercise = store.outlet(marked_id).is_exercise
    else:
        raise RecordError("marked record", marked_id[:40], "must be an article or an outlet")
    marking = Marking(marked_id, tlp, who, clock.now(), reason, is_exercise)
    store.add_marking(marking)
    return marking


def find_forcing(
    store: Store,
    tlp: str,
    *,
    incident_ids: Iterable[str] = (),
    claim_ids: Iterable[str] = (),
    article_ids: Iterable[str] = (),
) -> Marking | None:
    """The strictest mark of what records stand on, where it is stricter than `tlp`; else None."""
    if not store.has_markings():  # the usual desk is not asked for each of its articles
        return None
    behind = store.markings_behind(incident_ids=incident_ids, claim_ids=claim_ids, article_ids=article_ids)
    forcing = choose_strictest(behind)
    return forcing if forcing and forcing.tlp and is_laxer(tlp, forcing.tlp) else None


def find_notice_marks(store: Store, notices: Sequence[Notice]) -> dict[str, Tlp]:
    """The strictest mark of the articles and outlets behind each notice, by its id; those without one are left out.

    Asked whenever notices are told, so that a mark holds that was given after they were made.
    """
    if not store.has_markings():
        return {}
    behind = {notice.id: _list_behind(store, notice) for notice in notices}
    # a notice keeps its words when claims have left their incidents: the marks of these hold for it too
    marked = store.markings_ever_behind(sorted({id_ for ids in behind.values() for id_ in ids}))
    found = {}
    for notice_id, ids in behind.items():
        strictest = choose_strictest(marking for id_ in ids for marking in marked.get(id_, ()))
        if strictest and strictest.tlp:
            found[notice_id] = strictest.tlp
    return found


def choose_restriction(own: Tlp, mark: Tlp | None) -> Tlp:
    """How strictly a notice is held: by its mark, or by the desk's own where that is stricter or there is no other."""
    return mark if mark and is_laxer(own, mark) else own


def _list_behind(store: Store, notice: Notice) -> set[str]:
    """The incidents that a notice tells of; where it tells what has changed, those of the one before it as well."""
    told = [notice]
    if notice.cause not in _TOLD_ANEW:
        told += store.notices(1, group=notice.group, below=notice.number)
    return {id_ for one in told for id_ in (*one.incident_ids, *(line.incident_id for line in one.lines))}


def tell_forcing(store: Store, forcing: Marking) -> str:
    """Which record forces a mark: "must be TLP:RED or stricter: article art_... ('Title') was marked so by ana"."""
    kind, name = "outlet", ""
    try:
        if forcing.marked_id.startswith("art_"):
            kind, name = "article", store.article(forcing.marked_id).title or ""
        else:
            name = store.outlet(forcing.marked_id).name
    except UnknownIdError:  # let go by the retention since; its mark stays
        pass
    line = " ".join(name.split())
    told = f" ({line[:LONGEST_TITLE]!r})" if line else ""
    return f"must be {forcing.tlp} or stricter: {kind} {forcing.marked_id}{told} was marked so by {forcing.made_by}"


def refuse_laxer(store: Store, tlp: str, forcing: Marking | None) -> None:
    """Raises RecordError where something forces a stricter mark than `tlp`."""
    if forcing is not None:
        raise RecordError("marking", tlp, tell_forcing(store, forcing))
